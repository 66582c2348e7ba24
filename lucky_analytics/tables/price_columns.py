"""The columns of the tables on the price page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["BEST", "CELL", "ESTIMATE", "PLACEBO", "STAGE", "WITHDRAWAL"]

BEST = {
    "category": Column("Category"),
    "decision": Column("Next step"),
    "paid_price": Column("Paid today", "USD", 2),
    "next_price": Column("One step", "USD", 2),
    "step_gain": Column("Gain of the step", "USD K a month", 1, bar=True),
    "step_gain_low": Column("Interval", "USD K a month", 1, high="step_gain_high"),
    "units_change": Column("Units", "change", 0),
    "list_price": Column("List", "USD", 2),
    "unit_cost": Column("Unit cost", "USD", 2),
    "beyond_share": Column("Units below all prices tried", "share", 0),
    "best": Column("Best of all tried", "USD", 2),
    "best_low": Column("Interval", "USD", 2, high="best_high"),
    "edge": Column("It may lie"),
}
WITHDRAWAL = {
    "depth": Column("Depth", "share", 0),
    "n_units": Column("Units", "a month", 0),
    "kept_share": Column("Units kept", "share", 0),
    "margin_now": Column("Margin now, a month", "USD", 0),
    "gain": Column("Gain if withdrawn", "USD", 0),
    "gain_low": Column("Interval", "USD", 0, high="gain_high"),
    "p_gain": Column("Probability of a gain", "share", 0),
}
ESTIMATE = {
    "category": Column("Category"),
    "method": Column("Method"),
    "estimate": Column("Elasticity", "", 2),
    "low": Column("Interval", "", 2, high="high"),
    "n_events": Column("Units bought", "", 0),
}
CELL = {
    "category": Column("Category"),
    "segment": Column("Segment"),
    "estimate": Column("Units at 1 % more price", "percent", 2),
    "low": Column("Interval", "", 2, high="high"),
    "raw": Column("Own data alone", "", 2),
    "raw_se": Column("Its error", "", 2),
}
STAGE = {
    "category": Column("Category"),
    "slope": Column("Price paid per price shown", "", 3),
    "n": Column("Coupons", "", 0),
    "j_p": Column("One elasticity for all depths", "p-value", 2),
}
PLACEBO = {
    "outcome": Column("Outcome"),
    "estimate": Column("Elasticity", "", 2),
    "low": Column("Interval", "", 2, high="high"),
    "n_events": Column("Units", "", 0),
}
