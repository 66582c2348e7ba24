"""What the KPI page relies on: targets that can be read, metrics that can be measured, an identity."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.metrics import REGISTRY

__all__ = ["check_figures", "has_no_orders"]


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
