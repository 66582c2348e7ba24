"""What the KPI page relies on, and single figures of it in readers' units."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.formats import format_change
from lucky_analytics.methods.inference.false_alarms import say_rate
from lucky_analytics.metrics import REGISTRY
from lucky_analytics.questions.strategy.kpi_command_center.figure_targets import Target
from lucky_analytics.questions.strategy.kpi_command_center.views import reader_unit

__all__ = [
    "check_figures",
    "describe_usual",
    "has_no_orders",
    "name_weeks",
    "say_rate",
    "show_targets",
    "step_of",
    "value_of",
]


def has_no_orders(orders: ir.Table) -> bool:
    """Whether no order was completed."""
    return not orders.count().execute()


def check_figures(
    weeks: pd.DataFrame, lacking: Mapping[str, str], wrong: Mapping[str, LuckyError]
) -> pd.DataFrame:
    """``name``, ``passed``, ``detail``: targets read, metrics measured, an identity."""
    facts = [(f"{place} can be read", False, str(error)) for place, error in wrong.items()]
    if not facts:
        facts.append(("every target can be read", True, "none is mistaken"))
    n_dated = sum(bool(metric.date) for metric in REGISTRY.values())
    detail = "; ".join(sorted(set(lacking.values()))) or f"{n_dated} of them"
    facts.append(("every metric with a period could be measured", not lacking, detail))
    wide = weeks.pivot(index="ds", columns="unique_id", values="y")
    if {"revenue", "orders", "aov"} <= set(wide.columns):
        gap = (wide["revenue"] - wide["orders"] * wide["aov"]).abs().max()
        facts.append(
            ("revenue is orders times their average", not gap > 1e-3, f"at most {gap:.1e} cents apart")
        )
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def value_of(judged: pd.DataFrame, name: str) -> float | None:
    """The last seven days of a metric in readers' units; null where it has none. ``judged`` by metric."""
    value = _number(judged, name, "value")
    return None if value is None else value / reader_unit(REGISTRY[name].unit)[1]


def step_of(judged: pd.DataFrame, name: str) -> float | None:
    """The step of a metric against the weeks before, a share of them; null where it has none."""
    return _number(judged, name, "step")


def describe_usual(judged: pd.DataFrame, name: str, level: float) -> str:
    """The usual steps of a metric that moves by percent, as a note; that they are not known, without them."""
    low, high = (_number(judged, name, end) for end in ("low", "high"))
    if low is None or high is None:
        return "What is usual is not known yet"
    return f"{100 * level:g} % of weeks move by {format_change(low)} to {format_change(high)}"


def _number(judged: pd.DataFrame, name: str, column: str) -> float | None:
    value = judged[column].to_dict().get(name)
    return None if value is None or pd.isna(value) else float(value)


def name_weeks(weeks: pd.DataFrame) -> str:
    """How many figures and windows there are, as the title of the picture of all."""
    return f"{weeks['unique_id'].nunique()} figures in up to {weeks['ds'].nunique()} windows of seven days"


def show_targets(shown: pd.DataFrame, targets: Mapping[str, Target]) -> pd.DataFrame:
    """The rows of ``show_metrics`` that have a target, with ``source``, who set it."""
    own = shown[shown["target_met"] != ""]
    return own.assign(source=[targets[name].source for name in own["unique_id"]])
