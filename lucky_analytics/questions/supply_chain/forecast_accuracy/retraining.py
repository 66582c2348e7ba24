"""Which forecasts should be trained anew, and which raise an alert: only what chance does not explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import estimate_intervals
from lucky_analytics.questions.supply_chain.forecast_accuracy.measures import Rows, aggregate_errors, measure
from lucky_analytics.questions.supply_chain.forecast_accuracy.steps import PREDICTIONS

__all__ = ["FALSE_SHARE", "list_over_limit", "list_retraining"]

# Of what is listed, at most this share is there by chance, on average.
FALSE_SHARE = 0.05
PAIR = ["store_id", "category"]


def list_over_limit(
    rows: Rows, by: Sequence[str] = ("store_id", "category"), *, mape_limit: float = 0.3
) -> pd.DataFrame:
    """Groups whose MAPE is above ``mape_limit`` by more than chance, worst first: what raises an alert.

    ``by``, ``mape``, ``low``, ``high``, ``n_blocks`` (weeks), ``q_value``. Of the groups listed at most
    ``FALSE_SHARE`` are there by chance on average (Benjamini and Hochberg 1995); weeks count as independent.
    """
    table = _intervals(rows, list(by), "percentage_error", "n_positive")
    table["q_value"] = adjust_p_values(_chance_above(table, mape_limit))
    listed = table[table["q_value"] <= FALSE_SHARE].rename(columns={"value": "mape"})
    return listed.sort_values(["mape", *by], ascending=False, ignore_index=True)


def list_retraining(
    rows: Rows, best: str = "naive", *, mape_limit: float = 0.3, bias_limit: float = 0.05
) -> pd.DataFrame:
    """Store and category whose forecasts should be trained anew, most dollars first, with the reasons.

    ``store_id``, ``category``, ``mape``, ``wape``, ``naive_wape`` (of the simple forecast ``best``, a name of
    ``PREDICTIONS``), ``bias``, ``low``, ``high`` (of the bias, at 90 %), ``dollars`` (absolute error),
    ``reasons``: MAPE above ``mape_limit``; worse than the simple forecast; a bias beyond ``bias_limit``. A
    reason counts where chance does not explain it: all of them, of all pairs, are tested together, and of
    those given at most ``FALSE_SHARE`` are wrong on average.
    """
    bias = _intervals(rows, PAIR, "error", "actual")
    tests = {
        f"MAPE over {100 * mape_limit:g} %": _chance_above(
            _intervals(rows, PAIR, "percentage_error", "n_positive"), mape_limit
        ),
        f"worse than the {PREDICTIONS[best]}": _chance_above(_worse(rows, best), 0.0),
        "predicts too much": _chance_above(bias, bias_limit),
        "predicts too little": _chance_above(bias.assign(value=-bias["value"]), bias_limit),
    }
    chance = np.column_stack(list(tests.values()))
    flags = np.asarray(adjust_p_values(chance.ravel()).reshape(chance.shape) <= FALSE_SHARE)
    own = measure(rows, PAIR).rename(columns={"abs_error": "dollars"})
    naive = measure(rows, PAIR, best).rename(columns={"wape": "naive_wape"})
    table = own.merge(naive[[*PAIR, "naive_wape"]], on=PAIR).merge(bias[[*PAIR, "low", "high"]], on=PAIR)
    table["reasons"] = [", ".join(np.array(list(tests))[row]) for row in flags]
    columns = [*PAIR, "mape", "wape", "naive_wape", "bias", "low", "high", "dollars", "reasons"]
    listed = table.loc[table["reasons"] != "", columns]
    return listed.sort_values(["dollars", *PAIR], ascending=[False, True, True], ignore_index=True)


def _intervals(rows: Rows, by: list[str], numerator: str, denominator: str) -> pd.DataFrame:
    """``estimate_intervals`` at 90 %, sorted by group, so that tests of one group stand in one row."""
    table = estimate_intervals(rows, by, numerator, denominator=denominator, level=0.9)
    return table.sort_values(by, ignore_index=True)


def _worse(rows: Rows, best: str) -> pd.DataFrame:
    """Error of the forecast less that of the simple one, over what was used."""
    own, other = (aggregate_errors(rows, [*PAIR, "week"], name) for name in ("predicted", best))
    gap = own.assign(abs_error=own["abs_error"] - other["abs_error"])
    return estimate_ratios(gap, PAIR, "week", "abs_error", "actual", 0.9).sort_values(PAIR, ignore_index=True)


def _chance_above(table: pd.DataFrame, limit: float) -> np.ndarray:
    """One-sided p-value of ``value`` being at most ``limit``, from its 90 % interval over weeks; null below
    three weeks."""
    dof = np.maximum(table["n_blocks"] - 1, 1)
    half = (table["high"] - table["low"]) / 2
    se = (half / student.ppf(0.95, dof)).where(half > 0)
    return np.asarray(student.sf((table["value"] - limit) / se, dof), float)
