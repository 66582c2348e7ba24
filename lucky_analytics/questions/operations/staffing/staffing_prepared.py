"""Everything that the plan of shifts rests on, by store, day and half-hour: made once, for page and app."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.methods.scheduling.shift_assignment import Rules
from lucky_analytics.models import bar_hands, order_demand
from lucky_analytics.models.no_shows import NoShows, count_no_shows, mark_clocked
from lucky_analytics.models.order_demand import DAYS, SLOTS
from lucky_analytics.models.order_demand_later import NOTICE_WEEKS, foretell_later
from lucky_analytics.questions.operations.staffing.crew import list_people, pay_people

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LEVEL", "N_PAST", "PreparedStaffing", "Week", "find_missing", "narrow", "prepare_staffing"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVEL = 0.9
N_PAST = 4  # weeks on which a plan is tried
_MOST_ABSENT = 0.5  # beyond it no plan is one
_FIT_WEEKS = 8  # weeks from which hands, no-shows and what is paid on wages are taken


@dataclass(frozen=True)
class Week:
    """Seven days, (stores, days, half-hours): ``mean`` and ``spread`` of the rate of orders that was
    foretold, ``staffed`` (open, or just before and after), ``heads`` on duty, ``y`` (orders that came; null
    ahead). ``paid`` (stores): hours of the roster, ``paid_cents`` its wages with overtime."""

    dates: tuple[dt.date, ...]
    mean: Floats
    spread: Floats
    staffed: NDArray[np.bool_]
    heads: Ints
    y: Floats
    paid: Floats
    paid_cents: Floats


@dataclass(frozen=True)
class PreparedStaffing:
    """``ahead``: the next seven days; their ``heads`` and ``paid`` are those of the last seven, by weekday.
    ``past``: whole weeks before ``as_of``, the newest first, as foretold then and as they came; ``told``: the
    same weeks as foretold 14 days before they began (rosters and orders are those of ``past``). ``stores``:
    ``store_id``, ``store_name``, ``opened_date`` in the order of the arrays. ``people``: who is employed
    (``crew.list_people``). ``on_top``: labour in the ledger for each dollar of wages (null without the
    ledger). ``no_shows``: of the stores shown; ``absent`` of all: the chance that nobody comes for a shift.
    ``scores``: of ``order_demand.score_past``, ``scores_told`` 14 days before. ``half_week``: by how much,
    ln, a store's week is off, at 90 %. ``roster``: the last seven days' worked shifts (``store_id``, ``day``
    of the week ahead, ``start`` and ``end`` in half-hours). ``shifts``: those of the last weeks, with people
    as codes. ``n_stores`` that trade."""

    as_of: dt.date
    stores: pd.DataFrame
    ahead: Week
    past: tuple[Week, ...]
    told: tuple[Week, ...]
    people: pd.DataFrame
    hands: bar_hands.Hands
    relief: Estimate
    on_top: Estimate
    no_shows: NoShows
    absent: float
    scores: pd.DataFrame
    scores_told: pd.DataFrame
    half_week: float
    roster: pd.DataFrame
    shifts: pd.DataFrame
    n_stores: int
    rules: Rules
    quantile: float

    @property
    def can_answer(self) -> bool:
        """Whether there is a demand to plan for, and somebody to plan."""
        return bool(len(self.stores)) and self.ahead.mean.sum() > 0 and self.ahead.paid.sum() > 0

    def place(self, store_id: str) -> int:
        """The position of a store in the arrays."""
        return int(self.stores.index[self.stores["store_id"] == store_id][0])


NEEDED = {
    "rosters": ("luckyus_opempefficiency.t_shift_roster", "aws-luckyus-opempefficiency-rw"),
    "employees": ("luckyus_opempefficiency.t_employee", "aws-luckyus-opempefficiency-rw"),
    "wages": ("luckyus_opempefficiency.t_employee_wage", "aws-luckyus-opempefficiency-rw"),
    "skills": ("luckyus_opempefficiency.t_employee_skill", "aws-luckyus-opempefficiency-rw"),
    "order_forecasts": ("luckyus_ireplenishment.t_order_predict_alg_v2", "aws-luckyus-ireplenishment-rw"),
    "production": ("luckyus_opproduction.t_production", "aws-luckyus-opproduction-rw"),
    "store_hours": ("luckyus_opshop.t_shop_opening_time", "aws-luckyus-opshop-rw"),
}


def find_missing(suite: Suite) -> dict[str, str]:
    """The source tables that a plan needs and the snapshot lacks, each with its server."""
    return dict(source for name, source in NEEDED.items() if suite.optional(name) is None)


def prepare_staffing(
    suite: Suite,
    *,
    store: str = "",
    cover: float = 0.8,
    beside_minutes: int = 30,
    rules: Rules | None = None,
    availability_file: str = "",
) -> PreparedStaffing:
    """Demand, rosters, people and hands of a suite. ``store``: the name of one, or all of them. ``cover``:
    the chance that a half-hour's rate of orders is not above what is planned for; ``beside_minutes``:
    staffed before opening and after closing; ``availability_file``: of ``availability.read_availability``.
    Raises ``UnknownNameError`` for a store that does not trade, ``LuckyError`` for a file that is wrong."""
    traded = suite.stores.filter(_.is_trading_store, _.opened_date <= suite.as_of)
    every = (
        traded.select("store_id", "store_name", "opened_date").order_by("opened_date", "store_id").execute()
    )
    if store and store not in set(every["store_name"]):
        raise UnknownNameError("store", store, list(every["store_name"]))
    stores = every
    demand = order_demand.load_foretold(suite, 2 * N_PAST)
    origins = [suite.as_of - dt.timedelta(days=DAYS * ago) for ago in range(2 * N_PAST + 1)]
    shifts = bar_hands.load_shifts(suite, suite.as_of - dt.timedelta(weeks=_FIT_WEEKS, days=DAYS))
    shifts = mark_clocked(suite, shifts)
    people, wages = list_people(suite, shifts, stores, availability_file)
    heads = bar_hands.count_heads(shifts)
    near = {made: order_demand.foretell(demand, made) for made in origins}
    notice = dt.timedelta(weeks=NOTICE_WEEKS)
    far = {made - notice: foretell_later(demand, made - notice) for made in origins[1 : N_PAST + 1]}
    scores = order_demand.score_past(demand, {made: near[made] for made in origins[1:]}, cover)
    since = suite.as_of - dt.timedelta(days=7 * _FIT_WEEKS - 1)
    cells = _open_only(bar_hands.load_half_hours(suite, heads, since), suite)
    hours = _load_hours(suite, origins[-1])

    def week(made: dt.date, roster: dt.date, told: pd.DataFrame) -> Week:
        """The week after ``made`` as ``told``, with the roster of the week after ``roster``."""
        days = tuple(made + dt.timedelta(days=ago) for ago in range(1, DAYS + 1))
        mean, spread = (_fill(told, name, stores, made) for name in ("mean", "spread"))
        staffed = _fill_staffed(hours, stores, days, beside_minutes)
        own = shifts[shifts["is_worked"] & _within(shifts["date"], roster)]
        paid, cents = pay_people(own, wages, stores, rules or Rules())
        orders = _fill(demand.orders[_within(demand.orders["date"], made)], "y", stores, made)
        there = _fill(heads[_within(heads["date"], roster)], "heads", stores, roster).astype(np.int64)
        return Week(days, mean * staffed, spread, staffed, there, orders, paid, cents)

    shown = shifts[shifts["date"] > pd.Timestamp(suite.as_of) - pd.Timedelta(weeks=_FIT_WEEKS)]
    shown = shown[shown["store_id"].isin(stores["store_id"])].reset_index(drop=True)
    past = tuple(week(made, made, near[made]) for made in origins[1 : N_PAST + 1])
    no_shows = count_no_shows(shown, LEVEL)
    coded = shown.assign(employee_id=pd.factorize(shown["employee_id"], sort=True)[0])
    prepared = PreparedStaffing(
        suite.as_of,
        stores,
        week(suite.as_of, origins[1], near[suite.as_of]),
        past,
        tuple(
            _as_told(each, far[made - notice], stores, made)
            for each, made in zip(past, origins[1:], strict=False)
        ),
        people,
        bar_hands.measure_hands(cells, LEVEL),
        bar_hands.estimate_relief(cells, LEVEL),
        _estimate_on_top(suite, shifts, wages, rules or Rules()),
        no_shows,
        min(no_shows.lost.value or 0.0, _MOST_ABSENT),
        scores,
        order_demand.score_past(demand, far, cover),
        _spread_of_weeks(scores),
        _last_roster(shown, suite.as_of),
        coded.drop(columns="shift_id"),
        len(every),
        rules or Rules(),
        cover,
    )
    return (
        narrow(prepared, str(every.loc[every["store_name"] == store, "store_id"].iloc[0]))
        if store
        else prepared
    )


def narrow(prepared: PreparedStaffing, store_id: str) -> PreparedStaffing:
    """The same of one store: what is learnt of hands, wages, relief and absence stays that of all."""
    place = slice(prepared.place(store_id), prepared.place(store_id) + 1)
    stores = prepared.stores.iloc[place].reset_index(drop=True)

    def own(rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["store_id"] == store_id].reset_index(drop=True)

    def week(whole: Week) -> Week:
        arrays = {name: value[place] for name, value in vars(whole).items() if name != "dates"}
        return replace(whole, **arrays)

    scores, shifts = own(prepared.scores), own(prepared.shifts)
    return replace(
        prepared,
        stores=stores,
        ahead=week(prepared.ahead),
        past=tuple(week(each) for each in prepared.past),
        told=tuple(week(each) for each in prepared.told),
        people=own(prepared.people),
        no_shows=count_no_shows(shifts, LEVEL),
        scores=scores,
        scores_told=own(prepared.scores_told),
        half_week=_spread_of_weeks(scores),
        roster=own(prepared.roster),
        shifts=shifts,
    )


def _last_roster(shifts: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """The worked shifts of the last seven days, by the day of the week ahead that has their weekday."""
    own = shifts[shifts["is_worked"] & _within(shifts["date"], as_of - dt.timedelta(days=DAYS))]
    day = (own["date"] - pd.Timestamp(as_of)).dt.days + DAYS - 1
    found = pd.DataFrame(
        {"store_id": own["store_id"], "day": day, "start": own["begins"] / 30, "end": own["ends"] / 30}
    )
    return found.sort_values(["store_id", "day", "start", "end"], ignore_index=True)


def _within(dates: pd.Series, made: dt.date) -> pd.Series:
    """Which lie in the seven days after ``made``."""
    since = pd.Timestamp(made)
    return (dates > since) & (dates <= since + pd.Timedelta(days=DAYS))


def _fill(rows: pd.DataFrame, name: str, stores: pd.DataFrame, made: dt.date) -> Floats:
    """A column of ``store_id``, ``date``, ``slot`` as (stores, days, half-hours) of the seven days after."""
    found = np.zeros((len(stores), DAYS, SLOTS))
    store = stores.set_index("store_id").index.get_indexer(pd.Index(rows["store_id"]))
    day = (rows["date"] - pd.Timestamp(made)).dt.days.to_numpy(int) - 1
    slot = rows["slot"].to_numpy(int)
    known = (store >= 0) & (day >= 0) & (day < DAYS) & (slot >= 0) & (slot < SLOTS)
    found[store[known], day[known], slot[known]] = rows[name].to_numpy(float)[known]
    return found


def _load_hours(suite: Suite, since: dt.date) -> pd.DataFrame:
    """Planned opening by store and day, in minutes after midnight; days that are closed do not appear."""
    day = suite.store_hours.filter(_.is_planned_open, _.planned_minutes.notnull(), _.business_date > since)
    until = suite.as_of + dt.timedelta(days=DAYS)
    opens = day.planned_open_time.substr(0, 2).cast("int64") * 60 + day.planned_open_time.substr(3, 2).cast(
        "int64"
    )
    found = day.filter(day.business_date <= until).select(
        "store_id", date="business_date", opens=opens, closes=opens + day.planned_minutes
    ).execute()  # fmt: skip
    return found.assign(date=pd.to_datetime(found["date"]))


def _fill_staffed(
    hours: pd.DataFrame, stores: pd.DataFrame, days: tuple[dt.date, ...], beside: int
) -> NDArray[np.bool_]:
    found = np.zeros((len(stores), len(days), SLOTS), bool)
    place = {store: row for row, store in enumerate(stores["store_id"])}
    first = pd.Timestamp(days[0])
    own = hours[(hours["date"] >= first) & (hours["date"] <= pd.Timestamp(days[-1]))]
    begins = np.maximum(own["opens"].to_numpy(int) - beside, 0) // 30
    ends = -(-np.minimum(own["closes"].to_numpy(int) + beside, SLOTS * 30) // 30)
    day = (own["date"] - first).dt.days.to_numpy(int)
    for store, on, begin, end in zip(own["store_id"], day, begins, ends, strict=True):
        if store in place:
            found[place[store], on, begin:end] = True
    opened = pd.to_datetime(stores["opened_date"]).dt.date.to_numpy()
    return found & (np.array(days)[None, :] >= opened[:, None])[:, :, None]


def _open_only(cells: pd.DataFrame, suite: Suite) -> pd.DataFrame:
    """Half-hours whose orders were given to people on duty: all with a ticket, since nobody else takes
    one."""
    opened = suite.stores.select("store_id", "opened_date").execute().set_index("store_id")["opened_date"]
    return cells[cells["date"] >= pd.to_datetime(cells["store_id"].map(opened))].reset_index(drop=True)


def _as_told(week: Week, told: pd.DataFrame, stores: pd.DataFrame, made: dt.date) -> Week:
    """The week after ``made`` with what was foretold of it in time to tell it."""
    mean, spread = (_fill(told, name, stores, made) for name in ("mean", "spread"))
    return replace(week, mean=mean * week.staffed, spread=spread)


def _spread_of_weeks(scores: pd.DataFrame) -> float:
    """By how much, ln, the orders of all stores of a past week were off what was foretold, at ``LEVEL``."""
    weeks = scores.groupby("made")[["y", "mean"]].sum()
    known = weeks[(weeks["y"] > 0) & (weeks["mean"] > 0)]
    off = np.log(known["y"].to_numpy(float) / known["mean"].to_numpy(float))
    return float(1.645 * np.sqrt(np.mean(off**2))) if len(off) > 1 else np.nan


def _estimate_on_top(suite: Suite, shifts: pd.DataFrame, wages: pd.DataFrame, rules: Rules) -> Estimate:
    """Labour in the ledger for each dollar of wages of the rosters, over whole weeks of the trading
    stores."""
    bills: Any = suite.optional("accounting_costs")
    if bills is None or shifts.empty:
        return Estimate(None)
    bill = (
        bills.filter(_.kind == "labour").group_by("store_id", "week_end_date").agg(cents=_.cost_cents.sum())
    )
    billed = bill.execute()
    billed["week_end_date"] = pd.to_datetime(billed["week_end_date"])
    own = shifts[shifts["is_worked"]].merge(wages, on="employee_id", how="inner")
    day = own["date"]
    own["week_end_date"] = day + pd.to_timedelta(6 - day.dt.day_of_week, unit="D")
    own = own[(own["start_date"] <= day) & (own["next_date"].isna() | (own["next_date"] > day))]
    own["wages"] = own["hour_cents"] * (own["ends"] - own["begins"]) / 60
    whole = own.groupby(["store_id", "week_end_date"], as_index=False)["wages"].sum()
    first = day.min() + pd.Timedelta(days=6)
    both = whole[whole["week_end_date"] >= first].merge(billed, on=["store_id", "week_end_date"])
    if both["wages"].sum() <= 0:
        return Estimate(None)
    row = estimate_ratios(
        both.assign(everything="all"), ["everything"], "week_end_date", "cents", "wages", LEVEL
    )
    return Estimate.of(row.iloc[0].to_dict(), "value", level=LEVEL, n=len(both))
