"""What the stores cost: weekly bills by type, from what each sold, its crews and its lease."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.crews import crew_hours
from lucky_analytics.demo.process.horizon import DATES, N_DAYS
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["COSTS", "CostBills", "cost_table", "draw_cost_bills", "weekly_sales"]

N_COST = 5_649
N_COST_WEEKS = N_DAYS // 7
_MONEY = pa.decimal128(14, 2)
COSTS = (
    "rent", "labour", "goods", "packaging", "utilities", "marketing", "maintenance", "cleaning", "waste",
    "insurance", "software", "freight", "licences", "training", "security", "equipment", "other",
)  # fmt: skip
RENT, LABOUR, MARKETING = COSTS.index("rent"), COSTS.index("labour"), COSTS.index("marketing")
# Of a store: dollars a week whatever it sells, dollars an order, shares of sales before tax.
_A_WEEK = np.array([0, 0, 0, 0, 95, 0, 35, 45, 0, 30, 25, 0, 10, 10, 15, 20, 15.0])
_AN_ORDER = np.array([0, 0, 1.10, 0.24, 0, 0, 0, 0, 0.04, 0, 0, 0.06, 0, 0, 0, 0, 0])
_OF_SALES = np.array([0, 0, 0, 0, 10, 15, 6, 6, 0, 3, 2, 0, 0, 0, 2, 3, 3]) / 1000
# Of the head office, beside the crews of its kiosk; salaries are in no table.
_HEAD_OFFICE = np.array([4200, 0, 0, 0, 520, 640, 210, 260, 0, 150, 95, 0, 40, 60, 70, 120, 85.0])
# A campaign from four weeks before the opening that fades in four after it, and what the opening takes.
_BILLED_DAYS_BEFORE, _CAMPAIGN_WEEKS = 28, 8
_STOCKING_UP = 100
_BY_CONTRACT = (RENT, LABOUR)  # no noise, no corrections: a lease, and hours times wages
_NOISE = 0.15


@dataclass(frozen=True)
class CostBills:
    """Bills in the order of week, store and type. ``store``: position among the ten, then the head office."""

    store: Ints
    week: Ints
    kind: Ints
    cents: Ints


def draw_cost_bills(world: World) -> CostBills:
    """Costs by store, week and type since four weeks before each opening, and corrections up to the count.

    Dollars shrink with the scale of the estate, so that they keep their proportion to the sales.
    """
    rng = stream(world.seed, "cost bills")
    store, week, kind = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(RESIDUAL + 1), np.arange(N_COST_WEEKS), np.arange(len(COSTS)), indexing="ij"
        )
    )
    is_billed = (week * 7 + 6 >= OPENED[store] - _BILLED_DAYS_BEFORE) | (store == RESIDUAL)
    store, week, kind = store[is_billed], week[is_billed], kind[is_billed]
    is_firm = np.isin(kind, _BY_CONTRACT)
    per = _bills_each(len(store), is_firm, world.targets.is_full, rng)
    row = np.repeat(np.arange(len(store)), per)
    dollars = _weekly_dollars(world)[store, week, kind][row]
    noise = np.where(is_firm[row], 1.0, np.exp(rng.normal(0, _NOISE, len(row))))
    cents = np.round(dollars * noise * 100).astype(np.int64)
    is_correction = np.r_[False, row[1:] == row[:-1]]
    cents = np.where(is_correction, -(cents // 20), cents)
    order = np.lexsort((kind[row], store[row], week[row]))
    row = row[order]
    return CostBills(store[row], week[row], kind[row], cents[order])


def _bills_each(n: int, is_firm: Bools, is_full: bool, rng: np.random.Generator) -> Ints:
    """How many bills each cell has: one, and a second, which corrects it, up to the published count."""
    wanted = min(N_COST, n) if is_full else n
    each = largest_remainder(np.ones(n), wanted)
    if n < N_COST and is_full:
        each[rng.choice(np.flatnonzero(~is_firm), N_COST - n, replace=False)] += 1
    return each


def _weekly_dollars(world: World) -> Floats:
    """[stores and head office, weeks, types] before noise.

    Waste and freight follow the orders as goods do; rent is the lease's base and its share of sales.
    """
    planted, scale = world.planted["costs"], world.targets.scale
    orders, sales = weekly_sales(world)
    a_week = np.where(np.arange(RESIDUAL + 1)[:, None] < RESIDUAL, _A_WEEK, _HEAD_OFFICE) * scale
    bought = np.maximum(orders, _STOCKING_UP * scale)  # a store that is about to open buys already
    dollars = a_week[:, None, :] + bought[..., None] * _AN_ORDER + sales[..., None] * _OF_SALES
    lease = np.r_[planted["rent_a_week"], 0.0][:, None] * scale
    dollars[..., RENT] += lease + planted["rent_share_of_sales"] * sales
    hours = crew_hours(world.plan, world.planted, scale).sum(2)[:, : N_COST_WEEKS * 7]
    hours = hours.reshape(RESIDUAL + 1, N_COST_WEEKS, 7).sum(2)
    dollars[..., LABOUR] = hours * planted["dollars_a_crew_hour"] * scale
    age = (np.arange(N_COST_WEEKS)[None, :] * 7 + 6 - OPENED[:, None]) / 7
    campaign = planted["opening_campaign_a_week"] * np.exp(-np.maximum(age, 0) / 4) * (age < _CAMPAIGN_WEEKS)
    dollars[:RESIDUAL, :, MARKETING] += campaign[:RESIDUAL] * scale
    return dollars


def weekly_sales(world: World) -> tuple[Floats, Floats]:
    """Completed USD orders, and dollars before tax, of each store (all others as the head office's) and week.

    Both [11, 32]; the last days, which make no whole week, are left out.
    """
    book, n_weeks = world.book, N_DAYS // 7 + 1
    done = np.flatnonzero(book.is_completed & book.is_usd)
    tax = np.bincount(book.lines.order, book.lines.tax, book.n)[done]
    cell = np.minimum(book.shop[done], RESIDUAL) * n_weeks + book.day[done] // 7
    shape, n = (RESIDUAL + 1, n_weeks), (RESIDUAL + 1) * n_weeks
    orders = np.bincount(cell, minlength=n).reshape(shape)
    dollars = np.bincount(cell, (book.pay[done] - tax) / 100, n).reshape(shape).astype(float)
    return orders[:, :N_COST_WEEKS].astype(float), dollars[:, :N_COST_WEEKS]


def cost_table(schema: pa.Schema, world: World) -> pa.Table:
    """``t_acc_cost_bill`` of ``draw_cost_bills``."""
    bills = draw_cost_bills(world)
    n = len(bills.store)
    last_day = bills.week * 7 + 6
    ids = 300_000_001 + np.arange(n)
    shop = np.r_[world.shops.ids[:RESIDUAL], world.shops.ids[world.shops.first_pop_up]][bills.store]
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "bill_no": pc.binary_join_element_wise("CB", texts(ids), ""),
        "shop_id": shop,
        "bill_date": pa.array([DATES[day] for day in last_day], pa.date32()),
        "cost_type": choose(bills.kind, COSTS),
        "amount": decimals(bills.cents, _MONEY),
        "create_time": datetimes(local_midnight_utc(last_day, np.zeros(n, dtype=bool)) + 34 * 3600),
    })  # fmt: skip
