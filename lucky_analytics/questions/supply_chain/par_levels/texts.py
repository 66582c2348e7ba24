"""The findings of the page on levels as sentences, and what is advised."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, add_up, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_interval, format_number, format_value, join_names
from lucky_analytics.models import goods_deliveries, goods_demand, goods_levels
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.order_trial import ask_for_trial, propose_trial

__all__ = [
    "LIMITS",
    "decide",
    "describe_answer",
    "describe_frontier",
    "describe_levels",
    "describe_stores",
    "describe_unknown",
    "describe_weeks",
    "name_finding",
    "note_net",
    "select_saving",
]

_OWNER, _TITLE_WORDS = "Supply chain", 14
LIMITS = (
    goods_deliveries.LIMIT,
    goods_demand.LIMIT,
    goods_levels.LIMIT,
    "The replay is no trial: it knows what stood on the shelf on the morning of a delivery, takes every "
    "order as delivered in full, and lets no store order on other days than it did.",
    "Only what keeps a month at most is replayed: nearly all waste is of it. Levels of other goods rest on "
    "the same rule, and are not tried in dollars.",
    "Least quantities and joint orders of suppliers are in no table, so each good is ordered by itself.",
    "What was ordered was made of the demand that came; a level is made of what was foretold. Where orders "
    "of the past knew more than forecasts do, the replay makes levels look worse than they are.",
)


def describe_unknown() -> tuple[str, str, Decision]:
    """Title, answer and decision where there is no stock of the day, or too little of the days before."""
    return (
        "Levels cannot be set on this day",
        "No store has a row of stock on this day, or too few days are on record, so no level can be set "
        "against what is used.",
        Decision(
            "ask again when two weeks of stock are on record",
            _OWNER,
            Strength(WAIT, ("too little is on record",)),
            "Levels rest on how far use strays from what is expected.",
            "Two weeks of stock are on record.",
        ),
    )


def select_saving(stores: pd.DataFrame) -> pd.DataFrame:
    """The stores at which the levels would surely have saved money."""
    return stores[stores["saves"]] if len(stores) else stores


def name_finding(stores: pd.DataFrame, net: Estimate) -> str:
    """The title: where ordering by levels would have saved money, for all stores together if nowhere alone.

    >>> own = {"store_name": ["102 Fulton"], "saves": [True], "net": [10.0], "is_over": [True]}
    >>> name_finding(pd.DataFrame(own), Estimate(9.0))
    '102 Fulton over-order perishables: $43.48 a month to save'
    >>> name_finding(pd.DataFrame(own | {"is_over": [False]}), Estimate(9.0))
    'Ordering by levels would have saved money at 102 Fulton'
    """
    own = select_saving(stores)
    if len(own):
        named = own["store_name"].tolist() if len(own) < 4 else [f"{len(own)} stores"]
        saved = format_number(float(own["net"].sum()) * WEEKS_A_MONTH, "USD")
        over = f"{join_names(named)} over-order perishables: {saved} a month to save"
        if own["is_over"].all() and len(over.split()) <= _TITLE_WORDS:
            return over
        return f"Ordering by levels would have saved money at {join_names(named)}"
    if net.value is None:
        return "What levels would have saved cannot be said yet"
    if net.low is not None and net.low > 0:
        return "Ordering by levels would have saved money, at no store for sure"
    if net.high is not None and net.high < 0:
        return "Ordering by levels would have lost more sales than it saved waste"
    return "Ordering by levels is not known to save money"


def describe_answer(net: Estimate) -> str:
    if net.value is None:
        return (
            "{levels:value} are set for the coming week. Too few weeks are on record to try them against "
            "orders."
        )
    return (
        "Had perishable goods been ordered by levels, {expired_by:value} would have expired instead of "
        "{expired:value}; with the sales lost besides, that would have saved {net}, against what was ordered."
    )


def note_net(net: Estimate, weeks: int) -> str:
    if net.value is None:
        return "Fewer weeks are on record than a replay takes"
    replayed = format_value(weeks, "weeks")
    return f"Less expired, less the sales lost besides, goods that keep a month at most, {replayed} replayed"


def describe_stores(stores: pd.DataFrame) -> str:
    own = select_saving(stores)
    if own.empty:
        return "At no store would levels surely have saved money"
    rest = len(stores) - len(own)
    tail = f"; at the other {rest} it is not known" if rest else ""
    return f"Levels would have saved money at {join_names(own['store_name'].tolist())}{tail}"


def describe_frontier(frontier: pd.DataFrame) -> str:
    """The title of the picture of waste against lost sales, for where the past lies."""
    past = frontier[frontier["kind"] == "as it was"].iloc[0]
    these = frontier[frontier["kind"] == "these levels"].iloc[0]
    less = "Less" if these["expired"] < past["expired"] else "More"
    lost = "more" if these["lost"] > past["lost"] else "fewer"
    return f"{less} would have expired by levels, {lost} sales lost; holding more trades one for the other"


def describe_levels(levels: pd.DataFrame, store: str) -> str:
    n = levels["goods_name"].nunique()
    return f"{format_value(n, 'goods')} of {store}: least and most after each delivery, in packs"


def describe_weeks(weeks: pd.DataFrame) -> str:
    n = int((weeks["expired_by"] < weeks["expired"]).sum())
    return f"Less would have expired in {n} of {format_value(len(weeks), 'weeks')}"


def decide(stores: pd.DataFrame, net: Estimate, level: float, as_of: dt.date) -> Decision:
    """Order by levels where that would surely have saved; elsewhere go on."""
    own = select_saving(stores)
    if net.value is None:
        return Decision(
            "look at the levels, and order by none of them yet",
            _OWNER,
            weigh(None, problems=["too few weeks are on record to try the levels"]),
            "Levels were not tried against what was ordered.",
            "Two weeks of stock before the weeks that are tried are on record.",
        )
    if own.empty:
        if net.holds(0) or (net.high or 0.0) < 0:
            return Decision(
                "order by none of these levels yet",
                _OWNER,
                idle("levels are not known to beat what is ordered"),
                f"Levels would have brought {format_interval(net.low, net.high, 'USD')} a week.",
                "A store orders well beyond its levels, chance aside.",
            )
        worth = net.times(WEEKS_A_MONTH)
        return Decision(
            "try the levels at one store for four weeks",
            _OWNER,
            weigh(worth, doubts=["levels were replayed, not tried", "no store alone would surely save"]),
            "All stores together would have saved, none surely by itself.",
            "Four weeks by levels at one store show no less waste.",
            worth,
        )
    worth = add_up(
        [
            Estimate(row["net"], row["net_low"], row["net_high"], level=level).times(WEEKS_A_MONTH)
            for row in own.to_dict("records")
        ]
    )
    names = own["store_name"].tolist()
    over = own.loc[own["is_over"], "store_name"]
    return Decision(
        ask_for_trial("perishable goods", join_names(names), as_of),
        _OWNER,
        weigh(worth, doubts=["levels were replayed, not tried"]),
        "Much less would have expired there, and hardly more sales been lost. The sheet orders up to these "
        "levels; the page on waste prices another step, down to what the other stores order.",
        "Shelves run out more often in those weeks than at the other stores.",
        worth,
        {f"orders of what keeps a week at most, {name}": "less" for name in over},
        trials=[propose_trial(names, as_of)],
    )
