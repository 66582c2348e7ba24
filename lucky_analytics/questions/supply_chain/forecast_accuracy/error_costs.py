"""What wrong forecasts cost: goods thrown away, and sales that a day without stock did not make."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.models.product_costs import load_items
from lucky_analytics.questions.supply_chain.forecast_accuracy.steps import Scored

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LIMIT", "estimate_costs", "load_margin_of_goods"]

LIMIT = (
    "What errors cost is counted on what happened: waste has other causes than forecasts, and a day without "
    "stock is seen only where it ran out. Better forecasts would save less than the table says."
)


def load_margin_of_goods(suite: Suite, start: dt.date, end: dt.date) -> float:
    """Contribution margin per dollar of ingredients and packaging, over units sold in [start, end) of known
    cost; null without any."""
    items = load_items(suite, start, end)
    known = items.filter(items.ingredient_cents.notnull())
    goods = (known.ingredient_cents + known.packaging_cents).sum()
    fees = known.fee_cents.sum()
    sums = known.agg(paid=known.paid_cents.sum(), goods=goods, fees=fees).execute().iloc[0].astype(float)
    return (
        (sums["paid"] - sums["goods"] - sums["fees"]) / sums["goods"] if sums["goods"] > 0 else float("nan")
    )


def estimate_costs(
    scored: Scored, lead_days: int, waste: pd.DataFrame, margin_of_goods: float, level: float = 0.9
) -> pd.DataFrame:
    """Dollars a week: ``what``, ``value``, ``low``, ``high`` (over weeks), ``assumes``. ``waste`` of
    ``wasted_goods.load_waste``.

    Thrown away: all waste, the forecast's fault or not, so an upper bound. Missing: on days that ran out,
    what the same weekdays used before less what was used. Lost: the margin of what those goods would have
    been made into, each good bearing its share of a drink's cost. A tenth less error: a tenth of both.
    """
    out = scored.rows.filter(scored.rows.is_stock_out, scored.rows.lead_days == lead_days)
    lack = (out.weekdays - out.y).clip(lower=0) * out.weight.fill_null(0)
    missing = out.group_by("week").agg(missing=lack.sum().round(6)).execute()
    missing = missing.assign(week=pd.to_datetime(missing["week"]))
    weeks = waste.merge(missing, on="week", how="left").fillna({"missing": 0.0}).assign(group="all")
    weeks["lost"] = weeks["missing"] * margin_of_goods
    weeks["saved"] = 0.1 * (weeks["wasted"] + weeks["lost"])
    named = {
        "wasted": ("thrown away", "at cost; as if better forecasts would avoid all of it"),
        "missing": ("missing on days that ran out", "at cost; against the mean of four same weekdays"),
        "lost": ("margin lost on those days", f"${margin_of_goods:.2f} of margin per dollar of goods"),
        "saved": ("saved by a tenth less error", "at most; both fall as the error does"),
    }
    parts = [
        estimate_ratios(weeks, ["group"], "week", name, "part", level).assign(what=what, assumes=assumes)
        for name, (what, assumes) in named.items()
    ]
    return pd.concat(parts, ignore_index=True)[["what", "value", "low", "high", "assumes"]]
