"""The frames that the page shows: values in readers' units, the largest moves, rows for the charts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.formats import format_change, format_interval, format_value
from lucky_analytics.metrics import REGISTRY
from lucky_analytics.metrics.metric import reader_unit
from lucky_analytics.questions.strategy.kpi_command_center.figure_targets import MISSED, Target
from lucky_analytics.questions.strategy.kpi_command_center.steps import FILLING, UNUSUAL, USUAL

__all__ = [
    "count_metrics",
    "number_of",
    "show_distances",
    "show_members",
    "show_metrics",
    "show_sparks",
    "show_targets",
    "show_tree",
    "show_unit",
    "show_values",
    "step_of",
    "value_of",
]

BY_CHANCE = "outside, as 1 of 20 is by chance"
_WORDS = ["said_value", "said_step", "said_usual"]
# Units that this page's tables show otherwise than the metrics layer does, with the number to divide by.
_SHOWN = {"seconds": ("minutes", 60.0), "share": ("%", 0.01), "rate": ("%", 0.01)}


def show_unit(unit: str) -> tuple[str, float]:
    """The unit that the tables show for a metric's, and the number by which its values are divided.

    >>> show_unit("cents"), show_unit("seconds")
    (('USD', 100.0), ('minutes', 60.0))
    """
    return _SHOWN.get(unit) or reader_unit(unit)


def count_metrics(judged: pd.DataFrame) -> dict[str, int]:
    """``unusual``, ``judged`` (unusual or not), ``outside`` (of these, outside its own range, as one of 20
    is by chance), ``worse`` (unusual, wrong way), ``missed``, ``targets``."""
    is_alarm = judged["state"] == UNUSUAL
    return {
        "unusual": int(is_alarm.sum()),
        "judged": int(judged["state"].isin((UNUSUAL, USUAL)).sum()),
        "outside": int(_is_outside(judged).sum()),
        "worse": int((is_alarm & (judged["way"] == "worse")).sum()),
        "missed": int((judged["target_met"] == MISSED).sum()),
        "targets": int((judged["target_met"] != "").sum()),
    }


def _is_outside(judged: pd.DataFrame) -> pd.Series:
    known = judged[["value", "usual_low", "usual_high"]].astype(float)
    is_out = (known["value"] < known["usual_low"]) | (known["value"] > known["usual_high"])
    return is_out & judged["state"].isin((UNUSUAL, USUAL))


def show_metrics(judged: pd.DataFrame) -> pd.DataFrame:
    """Every metric for readers, unusual ones first: values, usual range and target in ``shown_unit``;
    ``percent``: the step, percent of the weeks before, or percentage points of a share. In words:
    ``said_value``, ``said_step``, ``said_usual``, ``said_state``."""
    divide = np.array([show_unit(unit)[1] for unit in judged["unit"]])
    shown = judged.assign(shown_unit=[show_unit(unit)[0] for unit in judged["unit"]])
    for name in ("value", "before", "usual_low", "usual_high", "target"):
        shown[name] = shown[name].astype(float) / divide
    is_share = judged["unit"].isin(("share", "rate"))
    relative = judged["value"].astype(float) / judged["before"].where(judged["before"] != 0) - 1
    shown["percent"] = 100 * judged["step"].where(is_share | judged["step"].isna(), relative)
    words = [_say_metric(row) for row in judged.assign(percent=shown["percent"]).to_dict("records")]
    shown = shown.assign(**pd.DataFrame(words, index=shown.index, columns=_WORDS))
    shown["said_state"] = judged["state"].mask(_is_outside(judged) & (judged["state"] == USUAL), BY_CHANCE)
    order = shown.assign(rank=judged["state"] != UNUSUAL, p=judged["p_value"].fillna(2.0))
    return order.sort_values(["rank", "p", "label"], ignore_index=True).drop(columns=["rank", "p"])


def _say_metric(row: Mapping[Hashable, Any]) -> dict[str, str]:
    is_share = row["unit"] in ("share", "rate")
    unit, divide = (row["unit"], 1.0) if is_share else show_unit(row["unit"])
    low, high = (
        None if pd.isna(row[f"usual_{end}"]) else float(row[f"usual_{end}"]) / divide
        for end in ("low", "high")
    )
    known = not pd.isna(row["percent"])
    points = f"{row['percent']:+.1f} points".replace("-", "−") if known else ""
    return {
        "said_value": "" if pd.isna(row["value"]) else format_value(float(row["value"]) / divide, unit),
        "said_step": points if is_share or not known else format_change(row["percent"] / 100),
        "said_usual": format_interval(low, high, unit).strip("()"),
    }


def show_distances(judged: pd.DataFrame) -> pd.DataFrame:
    """``label`` with the step, ``distance``: the step in times of half its usual range, 0 in its middle,
    beyond 1 outside; ``kind``: the way of an unusual one, else usual. The farthest first; none without a
    range."""
    known = judged.dropna(subset=["low", "high", "step"])
    half = ((known["high"] - known["low"]) / 2).where(lambda own: own > 0)
    middle = (known["high"] + known["low"]) / 2
    rows = known.assign(distance=((known["step"] - middle) / half).clip(-5, 5)).dropna(subset="distance")
    rows = rows.assign(kind=np.where(rows["state"] == UNUSUAL, rows["way"], "usual"))
    steps = show_metrics(rows).set_index("unique_id")["said_step"]
    rows["label"] = rows["label"] + "  " + rows["unique_id"].map(steps)
    return rows.sort_values("distance", key=abs, ascending=False, ignore_index=True)


def show_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Windows, days or months for readers: ``label``, ``ds``, ``y`` in ``unit``; nulls left out."""
    known = rows.dropna(subset="y").copy()
    units = known["unique_id"].map(lambda name: show_unit(REGISTRY[name].unit))
    labels = known["unique_id"].map(lambda name: REGISTRY[name].label)
    return known.assign(label=labels, unit=units.str[0], y=known["y"] / units.str[1].astype(float))


def show_sparks(weeks: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """``show_values`` without figures that are still filling (they rise or fall by their age alone), with
    ``kind`` as in ``show_distances`` and ``target``, null where none is declared."""
    filling = judged.loc[judged["state"] == FILLING, "unique_id"]
    shown = show_values(weeks[~weeks["unique_id"].isin(filling)])
    kinds = show_distances(judged).set_index("unique_id")["kind"]
    targets = show_metrics(judged).set_index("unique_id")["target"]
    return shown.assign(
        kind=shown["unique_id"].map(kinds).astype(object).fillna("usual"),
        target=shown["unique_id"].map(targets),
    )


def show_members(members: pd.DataFrame) -> pd.DataFrame:
    """``measure_members`` in readers' units, with ``label`` and ``percent`` (null where new); the largest
    change of each metric and dimension first."""
    units = members["metric"].map(lambda name: show_unit(REGISTRY[name].unit))
    shown = members.assign(
        label=members["metric"].map(lambda name: REGISTRY[name].label), shown_unit=units.str[0]
    )
    for name in ("value", "before", "change"):
        shown[name] = shown[name] / units.str[1].astype(float)
    before = members["before"].where(~members["is_new"] & (members["before"] != 0))
    shown = shown.assign(
        percent=100 * (members["value"] / before - 1), size=shown["change"].abs().fillna(-1.0)
    )
    order = ["label", "dimension", "size"]
    shown = shown.sort_values(order, ascending=[True, True, False], ignore_index=True)
    return shown.drop(columns="size")


def show_tree(tree: pd.DataFrame) -> pd.DataFrame:
    """The tree with ``dollars``, ``percent`` and both values in words (``said_before``, ``said_after``)."""
    shown = tree.assign(
        dollars=tree["cents"].astype(float) / 100, percent=100 * (tree["ratio"].astype(float) - 1)
    )
    for when in ("before", "after"):
        pairs = zip(tree["factor"], tree[when], strict=True)
        shown[f"said_{when}"] = [_say_factor(factor, float(value)) for factor, value in pairs]
    return shown


def _say_factor(factor: str, value: float) -> str:
    if factor == "customers":
        return f"{value:,.0f} customers"
    if factor == "price":
        return f"${value / 100:.2f} an item"
    if factor == "discount":
        return f"{100 * value:.1f} % of it paid"
    return f"{value:.2f} {'orders' if factor == 'frequency' else 'items'}"


def show_targets(shown: pd.DataFrame, targets: Mapping[str, Target]) -> pd.DataFrame:
    """The rows of ``show_metrics`` that have a target, with ``source``, who set it."""
    own = shown[shown["target_met"] != ""]
    return own.assign(source=[targets[name].source for name in own["unique_id"]])


def value_of(judged: pd.DataFrame, name: str) -> float | None:
    """The last seven days of a metric in readers' units; null where it has none. ``judged`` by metric."""
    value = number_of(judged, name, "value")
    return None if value is None else value / show_unit(REGISTRY[name].unit)[1]


def step_of(judged: pd.DataFrame, name: str) -> float | None:
    """The step of a metric against the weeks before, a share of them; null where it has none."""
    return number_of(judged, name, "step")


def number_of(judged: pd.DataFrame, name: str, column: str) -> float | None:
    """One number of a metric in the metric's own unit; null where there is none. ``judged`` by metric."""
    value = judged[column].to_dict().get(name)
    return None if value is None or pd.isna(value) else float(value)
