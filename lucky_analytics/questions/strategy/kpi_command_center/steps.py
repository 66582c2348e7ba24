"""Each metric judged: its last seven days against what is usual, its target; and the tree of revenue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from lucky_analytics.methods.baselines.usual_steps import judge_steps
from lucky_analytics.methods.growth.change_parts import split_change
from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.metrics import REGISTRY
from lucky_analytics.questions.strategy.kpi_command_center.figure_targets import Target, judge

__all__ = [
    "FILLING",
    "STANDS",
    "TOO_FEW",
    "TREE",
    "UNUSUAL",
    "USUAL",
    "judge_frequency",
    "judge_metrics",
    "split_revenue",
]

UNUSUAL, USUAL, TOO_FEW = "unusual", "usual", "too few weeks to say"
FILLING, STANDS = "still filling", "as it stands"

# Factors of revenue, in the order in which a reader goes down the tree.
TREE = {
    "customers": "customers who ordered",
    "frequency": "orders of each",
    "basket": "items an order",
    "price": "list price with tax and fees",
    "discount": "discounts",
}
_READ = ("revenue", "orders", "active_customers", "items_per_order", "discount_rate")


def judge_metrics(
    weeks: pd.DataFrame,
    states: pd.DataFrame,
    targets: Mapping[str, Target],
    *,
    n_before: int = 4,
    level: float = 0.95,
    weeks_apart: float = 4.0,
) -> pd.DataFrame:
    """One row a metric: ``judge_steps`` of its windows, ``is_alarm`` over all of them together, its target.

    ``way``: ``better``, ``worse`` or ``other`` (a metric without a better side), by the step; ``state``:
    ``unusual``, ``usual``, ``too few weeks to say``, ``still filling`` for a metric whose past weeks have had
    longer to fill (``Metric.fills_later``: it is not compared), ``as it stands`` for one without a period.
    ``worse_when``: the sign of a change for the worse, 0 where the metric has no better side. ``target``,
    ``target_met`` (met, missed, nothing measured) are null and empty where none is declared.
    """
    judged = judge_steps(weeks, n_before=n_before, level=level)
    fills = judged["unique_id"].map(lambda name: REGISTRY[name].fills_later).astype(bool)
    judged.loc[fills, ["step", "low", "high", "usual_low", "usual_high", "p_value"]] = np.nan
    judged = flag_alarms(judged.assign(ds=0), weeks_apart).drop(columns="ds")
    cases = [judged["is_alarm"], fills, judged["p_value"].isna()]
    judged = judged.assign(state=np.select(cases, [UNUSUAL, FILLING, TOO_FEW], USUAL))
    rows = pd.concat([judged, states.assign(state=STANDS, is_alarm=False, n_past=0)], ignore_index=True)
    metrics = [REGISTRY[name] for name in rows["unique_id"]]
    signs = {"up": 1, "down": -1, "none": 0}
    side = np.sign(rows["step"].fillna(0.0)) * [signs[metric.direction] for metric in metrics]
    values = [None if pd.isna(value) else float(value) for value in rows["value"]]
    found = [targets.get(metric.name) for metric in metrics]
    return rows.assign(
        label=[metric.label for metric in metrics],
        unit=[metric.unit for metric in metrics],
        owner=[metric.owner for metric in metrics],
        worse_when=[-signs[metric.direction] for metric in metrics],
        way=np.select([side > 0, side < 0], ["better", "worse"], "other"),
        target=[float("nan") if target is None else target.value for target in found],
        target_met=["" if t is None else judge(t, value) for t, value in zip(found, values, strict=True)],
    ).astype({"target": float, "n_past": int})


def judge_frequency(weeks: pd.DataFrame, *, n_before: int = 4, level: float = 0.95) -> pd.Series:
    """Orders of each customer in the last seven days, judged as ``judge_steps`` does; empty without either.

    Names of ``judge_steps``; ``value`` in orders.
    """
    wide = weeks[weeks["unique_id"].isin(_READ)].pivot(index="ds", columns="unique_id", values="y")
    if not {"orders", "active_customers"} <= set(wide.columns):
        return pd.Series(dtype=float)
    often = (wide["orders"] / wide["active_customers"].where(wide["active_customers"] > 0)).dropna()
    rows = often.rename("y").reset_index().assign(unique_id="frequency", scale="ratio")
    return judge_steps(rows, n_before=n_before, level=level).iloc[0] if len(rows) else pd.Series(dtype=float)


def split_revenue(weeks: pd.DataFrame, n_before: int = 4) -> pd.DataFrame:
    """The tree of revenue: the last seven days against a usual week of the ``n_before`` before.

    ``factor``, ``label``, ``before`` (geometric mean of the weeks), ``after``, ``ratio``, ``cents``: what it
    contributed; the parts add up to the change of revenue against its geometric mean, which is the product
    of the factors'. No row where a week sold nothing or is not there.
    """
    wide = (
        weeks[weeks["unique_id"].isin(_READ)]
        .pivot(index="ds", columns="unique_id", values="y")
        .tail(n_before + 1)
    )
    factors = pd.DataFrame(columns=list(TREE))
    if len(wide) == n_before + 1 and set(_READ) <= set(wide.columns):
        units = wide["orders"] * wide["items_per_order"]
        paid = 1 - wide["discount_rate"]
        factors = pd.DataFrame(
            {
                "customers": wide["active_customers"],
                "frequency": wide["orders"] / wide["active_customers"],
                "basket": wide["items_per_order"],
                "price": wide["revenue"] / units / paid,
                "discount": paid,
            }
        )
    columns = ["factor", "label", "before", "after", "ratio", "cents"]
    if factors.empty or not (np.isfinite(factors) & (factors > 0)).all(axis=None):
        return pd.DataFrame(columns=columns)
    before, after = np.exp(np.log(factors.iloc[:-1]).mean()), factors.iloc[-1]
    found = {
        "factor": list(TREE),
        "label": list(TREE.values()),
        "before": before.to_numpy(),
        "after": after.to_numpy(),
    }
    made = pd.DataFrame(found).assign(cents=split_change(before.tolist(), after.tolist()))
    return made.assign(ratio=made["after"] / made["before"])[columns]
