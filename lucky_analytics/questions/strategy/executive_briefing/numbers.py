"""The numbers that sentences of the briefing name: each is a headline, none stands in a text alone."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.watched_days.judged_days import LEVEL
from lucky_analytics.models.watched_days.kpis import ALL, find_kpi
from lucky_analytics.questions.strategy.executive_briefing.notable import MOST, Thing

__all__ = ["estimate_off", "list_against", "list_charted", "list_numbers", "pick"]

_COUNTED = "Counted, not estimated: it has no interval"


def pick(judged: pd.DataFrame, kpi: str, as_of: pd.Timestamp) -> float | None:
    """A number of the day of all stores together; null where it was not measured."""
    own = judged[judged["kpi"].eq(kpi) & judged["store_id"].eq(ALL) & judged["ds"].eq(as_of)]["value"]
    return float(own.iloc[0]) if len(own) and pd.notna(own.iloc[0]) else None


def estimate_off(judged: pd.DataFrame, as_of: pd.Timestamp) -> Estimate:
    """Revenue of all stores over what was usual for such a day, less one; its interval is that of the usual
    day. Null before a month of sales."""
    own = judged[judged["kpi"].eq("revenue") & judged["store_id"].eq(ALL) & judged["ds"].eq(as_of)]
    row = own.iloc[0]
    if pd.isna(row["expected"]) or pd.isna(row["value"]):
        return Estimate(None, n=int(row["n_past"]))
    value, low, high = (float(row["value"] / row[name] - 1) for name in ("expected", "high", "low"))
    return Estimate(value, low, high, level=LEVEL, n=int(row["n_past"]))


def list_against(money: pd.DataFrame, off: Estimate, n_naive: int) -> list[dict[str, Any]]:
    """The same for the day against earlier ones (``references.hold_against``), against what is usual
    (``estimate_off``), and for how many numbers two standard deviations would flag."""
    early = "Null before a month of sales"
    usual = {"unit": "rate", "n": off.n or 0, "n_of": "days before", "is_tile": False}
    found = [
        {
            "name": "against_usual",
            "label": "Revenue over what is usual for such a day",
            "value": off,
            **usual,
        },
        {
            "name": "off_usual",
            "label": "The same, either way",
            "value": off.value and abs(off.value),
            **usual,
        },
    ]
    found = [number | {"note": early if off.value is None else _COUNTED} for number in found]
    for name, row in money.set_index("name").iterrows():
        label = f"Revenue against {row['against']}"
        own = _one(f"against_{name}", label, None if pd.isna(row["change"]) else row["change"], "rate", 0)
        note = "Null where no such day was" if pd.isna(row["change"]) else _COUNTED
        found.append(own | {"n": int(row["n_days"]), "n_of": "days", "note": note})
    flagged = "What two standard deviations would flag"
    return [*found, _one("naive_flags", flagged, n_naive, "numbers", off.n)]


def list_charted(steps: pd.DataFrame, days: pd.DataFrame, stores: pd.DataFrame) -> list[dict[str, Any]]:
    """The same for what the titles of the charts say: the largest of ``why.sum_parts``, and how many of
    ``views.show_days`` and ``views.show_stores`` are unusual."""
    first = float(steps["dollars"].iloc[0]) if len(steps) else None
    most = _one("moved_most", "What moved revenue most", first, "USD", len(steps)) | {"n_of": "parts"}
    found = [most | ({"note": "Null where revenue is the same"} if first is None else {})]
    for name, what, rows in (
        ("odd_days", "days", days[days["expected"].notna()]),
        ("odd_stores", "stores", stores[stores["is_known"]]),
    ):
        own = _one(name, f"Unusual in revenue: {what}", int(rows["is_alarm"].sum()), what, len(rows))
        found.append(own | {"n_of": what})
    return found


def list_numbers(things: list[Thing], quiet: pd.DataFrame) -> list[dict[str, Any]]:
    """What ``report.headline`` takes for each number that ``texts.say_thing``, ``say_more`` and ``say_quiet``
    name."""
    found = []
    for place, thing in enumerate(things[:MOST], start=1):
        unit, what = thing.kpi.unit, f"{thing.kpi.label}, {thing.where}"
        found.append(_one(f"seen_{place}", what, thing.value, unit, thing.usual.n))
        found.append(_one(f"usual_{place}", f"Usual: {what}", thing.usual, unit, thing.usual.n))
        found.append(_one(f"running_{place}", f"In a row: {what}", thing.n_running, "days", thing.usual.n))
        found.append(_one(f"size_{place}", f"Off by: {what}", thing.size, "USD", thing.usual.n))
        if thing.cause_dollars is not None:
            found.append(_one(f"cause_{place}", f"Likely: {what}", thing.cause_dollars, "USD", thing.usual.n))
    n_more = len(things) - MOST
    if n_more > 0:
        unit = "thing" if n_more == 1 else "things"
        found.append(
            _one("more", "Unusual beside those told", n_more, unit, len(things)) | {"n_of": "things"}
        )
    for place, row in enumerate(quiet.head(3).to_dict("records"), start=1):
        label = f"{find_kpi(row['kpi']).label}, {row['where']}, against the same weekday before"
        found.append(_one(f"quiet_{place}", label, row["change"], "rate", 1))
    return found


def _one(name: str, label: str, value: float | Estimate | None, unit: str, n: int | None) -> dict[str, Any]:
    is_null = value is None or (isinstance(value, Estimate) and value.value is None)
    note = "No money can be put on it" if is_null else "" if isinstance(value, Estimate) else _COUNTED
    common = {"name": name, "label": label, "value": value, "unit": unit, "note": note, "is_tile": False}
    return common | {"n": n or 0, "n_of": "days before"}
