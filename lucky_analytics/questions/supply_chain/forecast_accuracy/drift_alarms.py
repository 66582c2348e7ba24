"""Where forecasts fail and since when: comparison with naive ones, drift, what to retrain, what cost most."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.forecasts.control_chart import Chart, chart_cusum, date_change
from lucky_analytics.methods.forecasts.demand_class import classify_demand
from lucky_analytics.methods.forecasts.forecast_error import measure_errors
from lucky_analytics.methods.forecasts.forecast_test import estimate_long_run, estimate_skill
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.supply_chain.forecast_accuracy.measures import (
    Rows,
    aggregate_errors,
    with_groups,
)
from lucky_analytics.questions.supply_chain.forecast_accuracy.steps import PREDICTIONS

__all__ = [
    "Drift",
    "compare_with_naive",
    "estimate_drift",
    "estimate_intervals",
    "has_past",
    "list_worst",
    "score_stock_outs",
    "summarise_classes",
]


# Days between two alarms of one drift, at most.
ALARM_GAP = 7
# Days over which errors hang together: a holiday, a delivery that is late, a week of snow.
LAGS = 14


FEWEST_DAYS = 28  # of settled stores: four weeks, over which a change that stays is looked for


@dataclass(frozen=True)
class Drift:
    """``days``: ``demand_date``, ``ratio`` (mean over settled stores of ln(predicted / actual) less the
    store's usual), ``up``, ``down``, ``is_alarm``; ``since``: date from which it has drifted, or None;
    ``shift`` with ``low`` and ``high``: by how much the bias changed (0.1: ten percent more is predicted),
    since then; without a drift, in the last four weeks, whatever they show. ``small_since``: date of an alarm
    whose change is not clearly beyond ``smallest``: nothing follows from it. ``used``, ``asked``: what
    a day's use and what is asked for changed by in the whole weeks since, against the four weeks before:
    which of them moved; null without a drift, or within its first week.
    """

    days: pd.DataFrame
    chart: Chart
    since: pd.Timestamp | None
    found: pd.Timestamp | None
    shift: float
    low: float
    high: float
    n_stores: int
    smallest: float = 0.0
    small_since: pd.Timestamp | None = None
    used: float = np.nan
    asked: float = np.nan


def compare_with_naive(rows: Rows, level: float = 0.9) -> pd.DataFrame:
    """Daily error of the forecast against each simple one, the best of these first.

    ``other``, ``name`` (of ``PREDICTIONS``), ``skill`` (share of the other's error saved) with ``low`` and
    ``high``, ``p_value`` (one-sided, of being no better), ``difference`` (weighted error a day, below 0:
    better), ``n`` days.
    """
    days = {name: aggregate_errors(rows, ["demand_date"], name) for name in PREDICTIONS}
    table = []
    own = days["predicted"]["abs_error"]
    for name, label in list(PREDICTIONS.items())[1:]:
        other = days[name]["abs_error"]
        skill = estimate_skill(own, other, LAGS, level)
        gap = (own.sum() - other.sum()) / max(len(own), 1)
        table.append((label, name, skill.value, skill.low, skill.high, skill.p_value, gap, skill.n))
    columns = ["other", "name", "skill", "low", "high", "p_value", "difference", "n"]
    return pd.DataFrame(table, columns=columns).sort_values(
        "difference", ascending=False, ignore_index=True, kind="stable"
    )


def estimate_intervals(
    rows: Rows,
    by: list[str],
    numerator: str = "abs_error",
    *,
    denominator: str = "actual",
    level: float = 0.9,
) -> pd.DataFrame:
    """A measure by group with an interval over weeks: ``value``, ``low``, ``high``, ``n_blocks`` (weeks).

    WAPE by default; bias with ``numerator`` "error"; MAPE with "percentage_error" over "n_positive". Without
    groups one row.
    """
    table, keys = with_groups(rows, by)
    sums = aggregate_errors(table, [*keys, "week"])
    return estimate_ratios(sums, keys, "week", numerator, denominator, level)


def has_past(rows: Rows, opened: pd.Series, settled_days: int = 56) -> bool:
    """Whether there are days enough of stores that had been open for long to judge forecasts by."""
    return int(_settled_days(rows, opened, settled_days)["demand_date"].nunique()) >= FEWEST_DAYS


def _settled_days(rows: Rows, opened: pd.Series, settled_days: int) -> pd.DataFrame:
    """Sums of errors by store and day, of stores open for ``settled_days`` when the first day came."""
    sums = aggregate_errors(rows, ["store_id", "demand_date"])
    sums["demand_date"] = pd.to_datetime(sums["demand_date"])
    settled = opened[opened.index.isin(sums["store_id"])] + pd.Timedelta(days=settled_days)
    first = max(sums["demand_date"].min(), settled.min())
    own = sums["store_id"].isin(settled[settled <= first].index) & (sums["demand_date"] >= first)
    return sums[own & (sums["actual"] > 0)].copy()


def estimate_drift(
    rows: Rows,
    opened: pd.Series,
    *,
    reference_days: int = 56,
    settled_days: int = 56,
    run_length: float = 365.0,
    smallest: float = 0.05,
    level: float = 0.9,
) -> Drift:
    """Whether the bias has changed against the first ``reference_days``, by a CUSUM chart of days.

    A change is a drift where the chart alarms and the whole interval of its size lies beyond ``smallest``
    (0.05: 5 % of what is predicted, either way); charts of many days find changes that no order feels. So is
    one of the last four weeks whose interval lies there, alarm or none; it is dated from their first day.

    Only stores that had been open (``opened``, by store) for ``settled_days`` when the reference starts
    count: forecasts of new stores err in their own way. The reference starts with the first row, or when the
    oldest store has been open for so long. False alarms come every ``run_length`` days on average. Raises
    ``LuckyError`` where ``has_past`` is false.
    """
    own = _settled_days(rows, opened, settled_days)
    if (n_days := own["demand_date"].nunique()) < FEWEST_DAYS:
        expected = f"{FEWEST_DAYS} days of stores open for {settled_days} days"
        raise LuckyError("drift", expected=expected, got=f"{n_days}")
    own["ratio"] = np.log((own["actual"] + own["error"]) / own["actual"])
    table = own.pivot(index="demand_date", columns="store_id", values="ratio").sort_index()
    usual = table.head(reference_days).median()
    ratio = (table - usual).mean(axis=1).dropna()
    chart = chart_cusum(ratio, reference_days, run_length=run_length)
    days = pd.DataFrame({"demand_date": ratio.index, "ratio": ratio.to_numpy()})
    days = days.join(chart.points[["up", "down", "is_alarm"]])
    since, found = None, None
    run = _last_run(chart.alarms, len(days))
    if len(run):
        changed = date_change(ratio, int(run["alarm"].iloc[-1]))
        since = days["demand_date"].iloc[changed]
        found = days["demand_date"].iloc[run.loc[run["alarm"] >= changed, "alarm"].iloc[0]]
    after = ratio[ratio.index >= since] if since is not None else ratio.tail(28)
    shift, low, high = _change(after, ratio.head(reference_days), level)
    small_since = None
    if since is not None and max(low, -high) <= smallest:
        since, found, small_since = None, None, since
        # From a date that was picked because it shows a change, chance alone shows one too.
        shift, low, high = _change(ratio.tail(28), ratio.head(reference_days), level)
    if since is None and max(low, -high) > smallest > 0:
        # The chart starts anew after an alarm and may be still since, while the bias has not come back.
        since, found, small_since = ratio.index[-28:][0], ratio.index[-1], None
    moved = _split_change(own, since)
    return Drift(days, chart, since, found, shift, low, high, table.shape[1], smallest, small_since, *moved)


def _split_change(own: pd.DataFrame, since: pd.Timestamp | None) -> tuple[float, float]:
    """``Drift.used`` and ``Drift.asked``; a day without any use counts in neither."""
    days = own.assign(asked=own["actual"] + own["error"]).groupby("demand_date")[["actual", "asked"]].sum()
    if since is None:
        return np.nan, np.nan
    after, before = days[days.index >= since], days[days.index < since].tail(FEWEST_DAYS)
    after = after.tail(len(after) // 7 * 7)
    used, asked = after.mean() / before.mean() - 1
    return float(used), float(asked)


def _change(after: pd.Series, before: pd.Series, level: float) -> tuple[float, float, float]:
    """The change of the bias between two spans of days, with its interval."""
    difference = after.mean() - before.mean()
    se = np.sqrt(_mean_variance(after) + _mean_variance(before))
    half = student.ppf(0.5 + level / 2, len(after) - 1) * se
    shift, low, high = (float(np.expm1(difference + side * half)) for side in (0, -1, 1))
    return shift, low, high


def _mean_variance(days: pd.Series) -> float:
    """Variance of a mean of days that may hang together; no less than if they did not."""
    long_run = estimate_long_run([days.to_numpy()], LAGS)[0, 0]
    return max(float(days.var()), float(long_run)) / len(days)


def _last_run(alarms: pd.DataFrame, n_days: int) -> pd.DataFrame:
    """The alarms of a drift that goes on: of one direction, none more than ``ALARM_GAP`` days after the one
    before, the last one that near to the end. An alarm by chance stands alone; the chart starts anew after
    each, so a drift that goes on raises the next within days."""
    if alarms.empty or n_days - 1 - alarms["alarm"].iloc[-1] > ALARM_GAP:
        return alarms.head(0)
    breaks = (alarms["alarm"].diff() > ALARM_GAP) | (alarms["direction"].diff() != 0)
    return alarms[breaks.cumsum() == breaks.sum()]


def list_worst(rows: ir.Table, names: pd.DataFrame, n: int = 20) -> pd.DataFrame:
    """The ``n`` series with the largest error in dollars a week: ``store_id``, ``unit_id``, measures,
    ``naive_wape``, ``dollars_a_week``, and the columns of ``names`` (by ``unit_id``)."""
    keys = ["store_id", "unit_id"]
    own = measure_errors(aggregate_errors(rows, keys))
    naive = measure_errors(aggregate_errors(rows, keys, "naive"))[[*keys, "wape"]]
    weeks = max(rows.week.nunique().execute(), 1)
    table = own.merge(naive.rename(columns={"wape": "naive_wape"}), on=keys)
    table["dollars_a_week"] = table["abs_error"] / weeks
    table = table.sort_values(["dollars_a_week", *keys], ascending=[False, True, True]).head(n)
    return table.merge(names, on="unit_id", how="left").reset_index(drop=True)


def score_stock_outs(rows: ir.Table) -> pd.DataFrame:
    """Days that ran out, scored apart: consumption is less than demand, so only a lower bound is known.

    ``days``, ``n``, ``wape``, ``bias``, ``over_share`` (rows in which more was predicted than was used).
    """
    over = (
        rows.filter(rows.predicted.notnull())
        .group_by("is_stock_out")
        .agg(over_share=(rows.predicted > rows.y).cast("float64").mean())
    )
    table = measure_errors(aggregate_errors(rows, ["is_stock_out"])).merge(over.execute(), on="is_stock_out")
    labels = table["is_stock_out"].map({False: "enough in stock", True: "ran out"})
    return table.assign(days=labels)[["days", "n", "wape", "bias", "over_share"]]


def summarise_classes(rows: ir.Table) -> pd.DataFrame:
    """Series by Syntetos-Boylan class with the error in each: ``demand_class``, ``n_series``, measures."""
    y = ibis.ifelse(rows.y > 0, rows.y, ibis.null("float64"))
    facts = rows.group_by("store_id", "unit_id").agg(
        n=rows.count(), n_positive=y.count(), mean_positive=y.mean(), sd_positive=y.std(how="sample")
    )
    classes = classify_demand(facts.execute())
    sums = aggregate_errors(rows, ["store_id", "unit_id"])
    merged = sums.merge(classes[["store_id", "unit_id", "demand_class"]], on=["store_id", "unit_id"])
    numbers = [name for name in sums.columns if name not in ("store_id", "unit_id")]
    table = merged.groupby("demand_class")[numbers].sum()
    table.insert(0, "n_series", merged.groupby("demand_class").size())
    return measure_errors(table.reset_index())
