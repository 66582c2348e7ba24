"""What of yesterday is notable, the largest first, each with its size and what likely caused it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.models.watched_days.event_causes import SHARED, name_hint
from lucky_analytics.models.watched_days.judged_days import LEVEL
from lucky_analytics.models.watched_days.kpis import ALL, OF_SALES, VOLUMES, Kpi, find_kpi
from lucky_analytics.questions.strategy.executive_briefing.why import BARS

__all__ = ["MOST", "UNKNOWN", "Thing", "find_notable"]

MOST = 5
_SALES = ("revenue", "orders", "order_value", "active")  # of the chain: the same orders, told once
_LEADS = ("revenue_hour", "orders_hour", "hours_kept")  # which number a store's sales are told by
_SAME = {*VOLUMES, "aov"}  # of a store: the same orders, told once
_FEW = 10  # an expected count whose absence is no chance
UNKNOWN = "no cause is seen in these tables"
_PUSHED = {
    "stores": "it did not sell on both days", "traffic": "{more} orders", "basket": "{more} items an order",
    "price": "{higher} prices paid", "mix": "{dearer} products bought", "fees": "fees and order discounts",
}  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One store that was unusual, or one number of all stores. ``alarms``: its numbers (rows of
    ``watch.judge_days``), the one that it is told by first. ``size``: dollars off what was expected (below 0:
    short of it), null where no money can be put on it; ``cause``: words without numbers, and
    ``cause_dollars`` that belong to them (null for none); ``is_bad``: one of its numbers is worse than
    usual."""

    alarms: tuple[Mapping[Any, Any], ...]
    size: Estimate
    cause: str
    cause_dollars: float | None
    is_bad: bool

    @property
    def kpi(self) -> Kpi:
        """The number that it is told by."""
        return find_kpi(self.alarms[0]["kpi"])

    @property
    def where(self) -> str:
        """The store in words, or ``ALL``."""
        return str(self.alarms[0]["where"])

    @property
    def value(self) -> float:
        """The number that it is told by, as readers see it."""
        return float(self.alarms[0]["value"])

    @property
    def usual(self) -> Estimate:
        """What that number usually is."""
        return Estimate.of(self.alarms[0], "expected", level=LEVEL, n=int(self.alarms[0]["n_past"]))

    @property
    def n_running(self) -> int:
        """Days in a row that it was so."""
        return int(self.alarms[0]["n_running"])

    @property
    def is_low(self) -> bool:
        return self.usual.value is not None and self.value < self.usual.value


def find_notable(
    judged: pd.DataFrame, events: pd.DataFrame, as_of: pd.Timestamp, by_store: pd.DataFrame,
    why_special: str = "",
) -> list[Thing]:  # fmt: skip
    """Every store with an alarm on the day, and every alarm of all stores together but one for their sales:
    the largest in dollars first, then the rest.

    ``judged`` as ``watch.judge_days``; ``events`` as ``store_events.list_events`` of the same; ``by_store``
    as ``sum_parts(parts, "store")``: why each store's revenue changed against the reference day;
    ``why_special``: what makes the day a special one, empty for an ordinary one. A page shows the first
    ``MOST``.
    """
    today = judged[judged["ds"].eq(as_of)]
    alarms = today[today["is_alarm"]]
    of_day = events[events["ds"].eq(as_of)]
    found = [
        _tell_store(event, alarms[alarms["store_id"].eq(event["store_id"])], by_store)
        for event in of_day.to_dict("records")
    ]
    of_chain = alarms[alarms["store_id"].eq(ALL)].set_index("kpi", drop=False)
    value = today.loc[today["kpi"].eq("order_value"), "value"].sum()
    sales = [name for name in _SALES if name in of_chain.index]
    for names in ([sales] if sales else []) + [[name] for name in of_chain.index if name not in _SALES]:
        rows = of_chain.loc[names].to_dict("records")
        cause = _explain_chain(rows[0], by_store, of_day, alarms[alarms["store_id"].ne(ALL)], why_special)
        found.append(_tell_chain(rows, float(value), *cause))
    return sorted(
        found, key=lambda thing: (thing.size.value is None, -abs(thing.size.value or 0.0), thing.where)
    )


def _tell_store(event: Mapping[Any, Any], alarms: pd.DataFrame, by_store: pd.DataFrame) -> Thing:
    order = {name: place - len(_LEADS) for place, name in enumerate(_LEADS)}
    rank = alarms["kpi"].map(order).fillna(alarms["p_value"])
    rows = alarms.assign(rank=rank).sort_values("rank").drop(columns="rank").to_dict("records")
    lead = rows[0]["kpi"]
    # What explains another of its numbers explains not itself.
    hints = [hint for hint in event["hints"].split("; ") if hint and hint != name_hint(lead)]
    beside = [row["kpi"] for row in rows[1:] if not {row["kpi"], lead} <= _SAME]
    also = [f"{find_kpi(name).label.lower()} unusual there, too" for name in beside
            if name_hint(name) not in hints]  # fmt: skip
    dollars = None
    if not hints and lead in {*OF_SALES, "aov"}:
        pushed, dollars = _push_most(rows[0], by_store)
        hints = [pushed] if pushed != UNKNOWN else []
    cause = "; ".join([*hints, *also]) or UNKNOWN
    size = Estimate.of(event, "off", level=LEVEL)
    return Thing(tuple(rows), size, cause, dollars, bool(event["is_worse"]))


def _tell_chain(
    rows: Sequence[Mapping[Any, Any]], order_value: float, cause: str, cause_dollars: float | None
) -> Thing:
    lead = rows[0]
    worth = {"dollar": 1.0, "order": order_value}.get(find_kpi(lead["kpi"]).worth)
    usual = Estimate.of(lead, "expected", level=LEVEL)
    size = Estimate(None) if worth is None else usual.times(-1).plus(lead["value"]).times(worth)
    return Thing(tuple(rows), size, cause, cause_dollars, any(row["side"] == "worse" for row in rows))


def _explain_chain(
    lead: Mapping[Any, Any], by_store: pd.DataFrame, of_day: pd.DataFrame, of_stores: pd.DataFrame,
    special: str,
) -> tuple[str, float | None]:  # fmt: skip
    """What likely caused an alarm of all stores together. ``of_day``: the day's events; ``of_stores``: the
    alarms of stores."""
    kpi = find_kpi(lead["kpi"])
    if lead["value"] == 0 and kpi.kind == "count" and lead["expected"] >= _FEW:
        return "records of the day may be missing", None
    if special:
        return f"the day is special: {special}", None
    if kpi.name in _SALES:
        off = of_day.loc[of_day["hints"].str.contains(SHARED, regex=False), "off"].dropna()
        is_shared = bool((off * (lead["value"] - lead["expected"]) > 0).any())
        return (SHARED, None) if is_shared else _push_most(lead, by_store)
    counts_it = of_stores["kpi"].map(lambda name: find_kpi(name).y).eq(kpi.y)
    where = of_stores.loc[counts_it & of_stores["side"].eq(lead["side"]), "where"].tolist()
    if not where:
        return UNKNOWN, None
    return f"unusual at {join_names(where[:3])}" + (" and others" if len(where) > 3 else ""), None


def _push_most(row: Mapping[Any, Any], by_store: pd.DataFrame) -> tuple[str, float | None]:
    """The largest part of the store's change that goes the way of the alarm."""
    side = 1 if row["value"] > row["expected"] else -1
    own = by_store[list(BARS)][by_store["store"].eq(row["where"]) | (row["where"] == ALL)].sum()
    if not (own * side > 0).any():
        return UNKNOWN, None
    name = str((own * side).astype(float).idxmax())
    words = ("more", "higher", "dearer") if side > 0 else ("fewer", "lower", "cheaper")
    text = _PUSHED[name].format(**dict(zip(("more", "higher", "dearer"), words, strict=True)))
    return f"{text} than on the day it is held against", float(own[name])
