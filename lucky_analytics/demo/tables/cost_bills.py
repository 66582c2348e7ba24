"""What the stores cost: weekly bills by type, fixed ones and those that follow the orders."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Floats, largest_remainder, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import DATES, N_DAYS
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["cost_table"]

N_COST = 5_649
_MONEY = pa.decimal128(14, 2)
_COSTS = (
    "rent", "labour", "goods", "packaging", "utilities", "marketing", "maintenance", "cleaning", "waste",
    "insurance", "software", "freight", "licences", "training", "security", "equipment", "other",
)  # fmt: skip
# Dollars a week of a trading store; what follows its orders is dollars an order instead.
_COST_DOLLARS = np.array([4200, 6100, 0, 0, 520, 640, 210, 260, 0, 150, 95, 0, 40, 60, 70, 120, 85.0])
_AN_ORDER = {"goods": 1.10, "packaging": 0.24, "waste": 0.04, "freight": 0.06}
_STOCKING_UP = 100


def cost_table(schema: pa.Schema, world: World) -> pa.Table:
    """Costs by store, week and type since each opening, with corrections up to the published count.

    Fixed costs shrink with the scale of the estate, so that they keep their proportion to the orders.
    """
    rng = stream(world.seed, "cost bills")
    weeks = np.arange(N_DAYS // 7)
    store, week, kind = (
        axis.ravel()
        for axis in np.meshgrid(np.arange(RESIDUAL + 1), weeks, np.arange(len(_COSTS)), indexing="ij")
    )
    opened = np.r_[OPENED[:RESIDUAL], 0][store]  # the eleventh cost centre is the head office
    is_open = week * 7 + 6 >= opened - 28
    store, week, kind = store[is_open], week[is_open], kind[is_open]
    wanted = min(N_COST, len(store)) if world.targets.is_full else len(store)
    per = largest_remainder(np.ones(len(store)), wanted)
    if len(store) < N_COST and world.targets.is_full:  # corrections of earlier bills make up the count
        extra = rng.choice(len(store), N_COST - len(store), replace=False)
        per[extra] += 1
    row = np.repeat(np.arange(len(store)), per)
    an_order = np.array([_AN_ORDER.get(name, 0.0) for name in _COSTS])
    dollars = _COST_DOLLARS[kind] * world.targets.scale + an_order[kind] * _weekly_orders(world)[store, week]
    cents = np.round(dollars[row] * np.exp(rng.normal(0, 0.15, len(row))) * 100).astype(np.int64)
    is_correction = np.r_[False, row[1:] == row[:-1]]
    cents = np.where(is_correction, -(cents // 20), cents)
    order = np.lexsort((kind[row], store[row], week[row]))
    row, cents = row[order], cents[order]
    last_day = week[row] * 7 + 6
    ids = 300_000_001 + np.arange(len(row))
    shop = np.r_[world.shops.ids[:RESIDUAL], world.shops.ids[world.shops.first_pop_up]][store[row]]
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, len(row), pa.string()),
        "bill_no": pc.binary_join_element_wise("CB", texts(ids), ""),
        "shop_id": shop,
        "bill_date": pa.array([DATES[day] for day in last_day], pa.date32()),
        "cost_type": choose(kind[row], _COSTS),
        "amount": decimals(cents, _MONEY),
        "create_time": datetimes(local_midnight_utc(last_day, np.zeros(len(row), dtype=bool)) + 34 * 3600),
    })  # fmt: skip


def _weekly_orders(world: World) -> Floats:
    """Completed orders of each cost centre and week: the ten stores, then all others as the head office's.

    A store that is about to open buys for a few orders already.
    """
    book, n_weeks = world.book, N_DAYS // 7 + 1
    done = np.flatnonzero(book.is_completed & book.is_usd)
    centre = np.minimum(book.shop[done], RESIDUAL)
    cell = centre * n_weeks + book.day[done] // 7
    orders = np.bincount(cell, minlength=(RESIDUAL + 1) * n_weeks).reshape(RESIDUAL + 1, n_weeks)
    return np.maximum(orders, _STOCKING_UP * world.targets.scale)
