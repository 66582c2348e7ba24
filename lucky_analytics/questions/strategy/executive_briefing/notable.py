"""What of yesterday is notable: at most five things, each with its size and what likely caused it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.strategy.executive_briefing.day_numbers import ALL, WATCHED, Watched
from lucky_analytics.questions.strategy.executive_briefing.watch import LEVEL
from lucky_analytics.questions.strategy.executive_briefing.why import BARS

__all__ = ["MOST", "UNKNOWN", "Thing", "find_notable"]

MOST = 5
_SALES = ("revenue", "orders", "order_value", "active")
_FEW = 10  # an expected count whose absence is no chance
_MANY = 3  # stores that are more than one store's matter
UNKNOWN = "no cause is seen in these tables"
_PUSHED = {
    "stores": "it did not sell on both days", "traffic": "{more} orders", "basket": "{more} items an order",
    "price": "{higher} prices paid", "mix": "{dearer} products bought", "fees": "fees and order discounts",
}  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One unusual number of the day. ``size``: dollars off what was expected (below 0: short of it), null
    where no money can be put on it; ``cause``: words without numbers, and ``cause_dollars`` that belong to
    them (null for none); ``n_running``: days in a row that it was so."""

    watched: Watched
    unit: str
    y: float
    usual: Estimate
    size: Estimate
    cause: str
    cause_dollars: float | None
    n_running: int

    @property
    def is_low(self) -> bool:
        return self.usual.value is not None and self.y < self.usual.value

    @property
    def is_bad(self) -> bool:
        return self.watched.good * (-1 if self.is_low else 1) < 0


def find_notable(
    judged: pd.DataFrame, as_of: pd.Timestamp, by_store: pd.DataFrame, why_special: str = ""
) -> list[Thing]:
    """Every alarm of the day, one for each store's sales, the largest in dollars first, then the rest.

    ``judged`` as ``judge_days``; ``by_store`` as ``sum_parts(parts, "store")``: why each store's revenue
    changed against the reference day; ``why_special``: what makes the day a special one, empty for an
    ordinary one. A page shows the first ``MOST``.
    """
    today = judged[judged["ds"].eq(as_of)]
    alarms = today[today["is_alarm"]]
    value = today.loc[today["metric"].eq("order_value") & today["unique_id"].eq(ALL), "y"]
    together = _moved_together(alarms)
    odd = set(zip(alarms["metric"], alarms["unique_id"], strict=True))
    found = []
    for row in alarms.to_dict("records"):
        metric, unit = row["metric"], row["unique_id"]
        if metric in _SALES and any((other, unit) in odd for other in _SALES[: _SALES.index(metric)]):
            continue  # the same orders, told once
        watched = WATCHED[metric]
        usual = Estimate.of(row, "expected", level=LEVEL, n=int(row["n_past"]))
        worth = {"dollar": 1.0, "order": float(value.sum())}.get(watched.worth)
        size = Estimate(None) if worth is None else usual.times(-1).plus(row["y"]).times(worth)
        beside = [
            WATCHED[name].label.lower() for name, where in sorted(odd) if where == unit and name not in _SALES
        ]
        cause = _name_cause(watched, row, [] if unit == ALL else beside, by_store, together, why_special)
        found.append(Thing(watched, unit, row["y"], usual, size, *cause, int(row["n_running"])))
    return sorted(
        found, key=lambda thing: (thing.size.value is None, -abs(thing.size.value or 0.0), thing.unit)
    )


def _moved_together(alarms: pd.DataFrame) -> int:
    """1 or -1 where the sales of several stores are unusual on the same side and none on the other, or 0."""
    sales = alarms[alarms["metric"].isin(_SALES) & alarms["unique_id"].ne(ALL)]
    is_up = (sales["y"] > sales["expected"]).groupby(sales["unique_id"]).first()
    if len(is_up) < _MANY or is_up.nunique() > 1:
        return 0
    return 1 if is_up.iloc[0] else -1


def _name_cause(
    watched: Watched, row: Mapping[Any, Any], beside: Sequence[str], by_store: pd.DataFrame, together: int,
    why_special: str,
) -> tuple[str, float | None]:  # fmt: skip
    """What likely caused it, in words, and the dollars that the words are about. ``beside``: what else is
    unusual in the same store."""
    if row["y"] == 0 and watched.kind == "count" and row["expected"] >= _FEW:
        return "records of the day may be missing", None
    if why_special:
        return f"the day is special: {why_special}", None
    if together and watched.name in _SALES:
        return "several stores at once, so not a matter of one: weather, the app, an event", None
    if watched.name in _SALES:
        cause, dollars = _push_most(row, by_store)
        return "; ".join([cause, *(f"{name} unusual there, too" for name in beside)]), dollars
    return UNKNOWN, None


def _push_most(row: Mapping[Any, Any], by_store: pd.DataFrame) -> tuple[str, float | None]:
    """The largest part of the store's change that goes the way of the alarm."""
    side = 1 if row["y"] > row["expected"] else -1
    unit = row["unique_id"]
    own = by_store[list(BARS)][by_store["store"].eq(unit) | (unit == ALL)].sum()
    if not (own * side > 0).any():
        return UNKNOWN, None
    name = str((own * side).astype(float).idxmax())
    words = ("more", "higher", "dearer") if side > 0 else ("fewer", "lower", "cheaper")
    text = _PUSHED[name].format(**dict(zip(("more", "higher", "dearer"), words, strict=True)))
    return f"{text} than on the day it is held against", float(own[name])
