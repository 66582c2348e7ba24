"""What stands around the charts of the forecast page: finding, subtitle, words for the blind, source.

Each function returns the arguments of ``report.figure`` by name.
"""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.supply_chain.forecast_accuracy import texts, views
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import Drift

__all__ = ["bias_map", "drift", "error_map", "leads", "panels", "stores", "weeks"]

_SOURCE = {"source": "forecasts and stock of the trading stores"}


def drift(drift: Drift, reference_days: int) -> dict[str, str]:
    """The control chart of the daily bias."""
    said = views.describe_drift(drift)
    return {
        "finding": said,
        "subtitle": f"Forecast above use, by day, of {drift.n_stores} stores open for long, against what was "
        f"usual; "
        f"grey: the {reference_days} days of reference",
        "alt": f"{said}; the change is {100 * drift.low:.0f} to {100 * drift.high:.0f} %.",
        "source": "forecasts and stock of stores open for eight weeks by then",
    }


def stores(table: pd.DataFrame, other: str, lead_days: int, level: float) -> dict[str, str]:
    """``table``: stores with ``value`` (error), ``naive`` (of the forecast ``other``), the best first."""
    ahead, last = int((table["value"] < table["naive"]).sum()), table.iloc[-1]
    worst = f"{100 * last['value']:.0f} %"
    return {
        "finding": f"{ahead} of {len(table)} stores beat the {other}; the worst is {last['store_name']} "
        f"at {worst}",
        "subtitle": f"Error over use by store with {100 * level:.0f} % intervals, {lead_days} days ahead; "
        f"grey tick: "
        f"{other}",
        "alt": f"From {100 * table['value'].min():.0f} % in {table['store_name'].iloc[0]} to {worst} in "
        f"{last['store_name']}.",
    } | _SOURCE


def bias_map(cells: pd.DataFrame, retrain: pd.DataFrame) -> dict[str, str]:
    """``cells``: one row a store and category."""
    return {
        "finding": texts.title_bias(cells, retrain),
        "subtitle": "Forecast above use over all weeks, by store and category in percent; orange: too much, "
        "blue: too little",
        "alt": f"From {100 * cells['bias'].min():+.0f} to {100 * cells['bias'].max():+.0f} %.",
    } | _SOURCE


def panels(panels: pd.DataFrame) -> dict[str, str]:
    """``panels`` as from ``assemble_panels``."""
    sums = panels.pivot_table(index="store_name", columns="kind", values="amount", aggfunc="sum")
    n_over = int((sums["predicted"] > sums["actual"]).sum())
    return {
        "finding": f"In {n_over} of {len(sums)} stores more was predicted than used in eight weeks",
        "subtitle": "Dollars at cost a day, last eight weeks; colour: predicted, grey: actual",
        "alt": f"Over all stores {100 * (sums['predicted'].sum() / sums['actual'].sum() - 1):+.0f} % "
        f"against use.",
    } | _SOURCE


def error_map(cells: pd.DataFrame, over: pd.DataFrame, limit: float, lead_days: int) -> dict[str, str]:
    """``over``: the rows that are clearly over ``limit`` (0 to 1)."""
    return {
        "finding": f"{len(over)} of {len(cells)} pairs of store and category are clearly over "
        f"{100 * limit:g} %",
        "subtitle": f"Mean error of a forecast by store and category in percent, {lead_days} days ahead; "
        f"orange: over {100 * limit:g} %, "
        "by chance or not",
        "alt": f"MAPE runs from {100 * cells['mape'].min():.0f} to {100 * cells['mape'].max():.0f} %.",
    } | _SOURCE


def leads(leads: pd.DataFrame) -> dict[str, str]:
    """``leads`` as from ``assemble_leads``."""
    is_own = leads["prediction"] == "forecast"
    own = leads[is_own].set_index("lead_days")["wape"]
    naive = leads[~is_own].set_index("lead_days")["wape"]
    lost = own.index[own >= naive]
    said = "The forecast is ahead of last week's same day at every lead"
    if len(lost):
        said = (
            f"The forecast is ahead up to {lost[0] - 1} days; further out last week's same day is "
            "about as good"
        )
    return {
        "finding": said,
        "subtitle": "Error over use of goods by days between forecast and demand",
        "alt": f"The error grows from {100 * own.iloc[0]:.0f} % one day ahead to {100 * own.iloc[-1]:.0f} % "
        f"{own.index[-1]} days ahead.",
    } | _SOURCE


def weeks(trend: pd.Series, lead_days: int) -> dict[str, str]:
    """``trend``: second half less first half, ``value``, ``low``, ``high``, as a share."""
    way = "worse" if trend["low"] > 0 else "better" if trend["high"] < 0 else "no different"
    return {
        "finding": f"Accuracy was {way} in the second half of the period",
        "subtitle": f"Error over use by week, {lead_days} days ahead",
        "alt": f"Second half less first half: {100 * trend['value']:+.1f} points "
        f"({100 * trend['low']:+.1f} to "
        f"{100 * trend['high']:+.1f}).",
    } | _SOURCE
