"""What the forecast page shows beside its estimates: checks, names, panels, sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import Drift
from lucky_analytics.questions.supply_chain.forecast_accuracy.measures import Rows, aggregate_errors, measure
from lucky_analytics.questions.supply_chain.forecast_accuracy.steps import PREDICTIONS, Scored

__all__ = [
    "WEEKDAYS",
    "assemble_leads",
    "assemble_panels",
    "assemble_weeks",
    "check_forecasts",
    "compare_predictions",
    "describe_drift",
    "estimate_trend",
    "name_stores",
]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check_forecasts(goods: Scored, orders: Scored, lead_days: int) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    rows = goods.rows.filter(goods.rows.lead_days == lead_days)
    days = rows.group_by("store_id", "unit_id", "demand_date").agg(
        n=rows.count(),
        negative=((rows.predicted < 0) | (rows.y < 0)).sum(),
        unpriced=rows.weight.isnull().sum(),
        out=rows.is_stock_out.sum(),
    )
    counts = days.agg(
        **{name: days[name].sum().fill_null(0) for name in ("n", "negative", "unpriced", "out")},
        n_days=days.count(),
    )
    n, negative, unpriced, out, n_days = (int(count) for count in counts.execute().iloc[0])
    repeated = n - n_days
    late = goods.n_late / goods.n_forecasts if goods.n_forecasts else 0.0
    facts = [
        (
            "one forecast per store, good and day at the time of the order",
            repeated == 0,
            f"{repeated:,} repeated",
        ),
        ("no negative quantity", negative == 0, f"{negative:,} rows"),
        (
            "every good has a cost",
            unpriced == 0,
            f"{unpriced:,} of {n:,} rows without; they carry no dollars",
        ),
        (
            "forecasts made after the order are left out",
            True,
            f"{goods.n_late:,} of {goods.n_forecasts:,} rows ({100 * late:.0f} %)",
        ),
        ("days that ran out are scored apart", True, f"{out:,} of {n:,} rows"),
        ("orders are scored too", orders.rows.count().execute() > 0, f"{orders.n_forecasts:,} rows"),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def name_stores(frame: pd.DataFrame, stores: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with ``store_name`` for its ``store_id``."""
    names = stores.set_index("store_id")["store_name"]
    return frame.assign(store_name=frame["store_id"].map(names).fillna(frame["store_id"]))


def compare_predictions(goods: Rows, orders: Rows) -> pd.DataFrame:
    """Every measure of the forecast and the naive ones by grain: ``grain``, ``prediction``, measures."""
    parts = []
    for grain, rows in (("goods, dollars at cost", goods), ("orders by hour", orders)):
        for name, label in PREDICTIONS.items():
            parts.append(measure(rows, [], name).assign(grain=grain, prediction=label))
    return pd.concat(parts, ignore_index=True)


def assemble_leads(scored: Scored) -> pd.DataFrame:
    """WAPE by lead: ``lead_days``, ``prediction`` ("forecast" or "same weekday"), ``wape``, ``n``."""
    rows = scored.rows.filter(~scored.rows.is_stock_out)
    parts = [
        measure(rows, ["lead_days"], name).assign(prediction=label)
        for name, label in (("predicted", "forecast"), ("naive", "same weekday"))
    ]
    return pd.concat(parts, ignore_index=True)[["lead_days", "prediction", "wape", "n"]]


def assemble_weeks(cells: pd.DataFrame) -> pd.DataFrame:
    """WAPE and bias by week of the forecast and of the same weekday a week earlier; whole weeks only.

    ``week``, ``prediction``, ``wape``, ``bias``, ``n``; from the frame of ``aggregate_cells``.
    """
    whole = cells[cells.groupby("week")["demand_date"].transform("nunique") == 7]
    parts = [
        measure(whole, ["week"], name).assign(prediction=label)
        for name, label in (("predicted", "forecast"), ("naive", "same weekday"))
    ]
    return pd.concat(parts, ignore_index=True)[["week", "prediction", "wape", "bias", "n"]]


def assemble_panels(rows: Rows, stores: pd.DataFrame, n_days: int = 56) -> pd.DataFrame:
    """Predicted against actual by store and day, the last ``n_days``.

    ``store_name``, ``demand_date``, ``kind`` ("actual" or "predicted"), ``amount`` in the unit of the weight.
    """
    sums = aggregate_errors(rows, ["store_id", "demand_date"])
    sums["demand_date"] = pd.to_datetime(sums["demand_date"])
    recent = sums[sums["demand_date"] > sums["demand_date"].max() - pd.Timedelta(days=n_days)]
    wide = name_stores(recent.assign(predicted=recent["actual"] + recent["error"]), stores)
    long = wide.melt(["store_name", "demand_date"], ["actual", "predicted"], "kind", "amount")
    return long.sort_values(["store_name", "demand_date", "kind"], ignore_index=True)


def estimate_trend(rows: Rows, level: float = 0.9) -> dict[str, float]:
    """WAPE of the second half of the weeks less that of the first: ``value``, ``low``, ``high``.

    Above 0: accuracy got worse. The halves are independent, so their variances add.
    """
    sums = aggregate_errors(rows, ["week"])
    half = (sums.index >= len(sums) / 2).astype(int)
    parts = estimate_ratios(sums.assign(half=half), ["half"], "week", "abs_error", "actual", level)
    if len(parts) < 2:
        return {"value": float("nan"), "low": float("nan"), "high": float("nan")}
    first, second = parts.to_dict("records")
    value = second["value"] - first["value"]
    width = ((second["high"] - second["value"]) ** 2 + (first["high"] - first["value"]) ** 2) ** 0.5
    return {"value": value, "low": value - width, "high": value + width}


def describe_drift(drift: Drift) -> str:
    """What the control chart found, as a sentence."""
    if drift.since is None or drift.found is None:
        if drift.small_since is None:
            return "The forecasts have not drifted"
        return (
            f"The forecasts have not drifted by clearly more than {100 * drift.smallest:g} %; what the chart "
            f"shows since {drift.small_since:%-d %b %Y} is a smaller change, or chance"
        )
    way = "higher" if drift.shift > 0 else "lower"
    return (
        f"Since {drift.since:%-d %b %Y} the forecasts run {abs(100 * drift.shift):.0f} % {way} against use "
        f"than before; this was sure on {drift.found:%-d %b}"
    )
