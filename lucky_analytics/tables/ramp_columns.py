"""The columns of the tables on the store ramp page."""

from __future__ import annotations

from lucky_analytics.tables.bar_columns import BUSIEST_HOUR
from lucky_analytics.tables.render import Column

__all__ = ["ASSUMPTIONS", "BAR", "FALLS", "FIRST_WEEKS", "PLATEAUS", "UNSEEN", "WEEKS", "YOUNG"]

PLATEAUS = {
    "store_name": Column("Store"),
    "opened": Column("Opened"),
    "age_weeks": Column("Age", "weeks", 1),
    "plateau": Column("Plateau", "orders a week", 0),
    "low": Column("Interval", "orders a week", 0, high="high"),
    "raw": Column("Own weeks alone", "orders a week", 0),
    "dollars": Column("Revenue", "USD K", 1, bar=True),
    "dollars_low": Column("Interval", "USD K", 1, high="dollars_high"),
    "t90": Column("90 % reached"),
}
ASSUMPTIONS = {
    "assumption": Column("Assumption"),
    "weeks": Column("To 90 %", "weeks", 1),
    "low": Column("Interval", "weeks", 1, high="high"),
    "p_claim": Column("Within the claim", "share", 0),
    "plateau": Column("Typical plateau", "orders a week", 0),
    "loss": Column("Lost to a sister 500 m away", "share", 0),
    "log_likelihood": Column("Fit", "log likelihood", 1),
}
FIRST_WEEKS = {
    "duration": Column("Week", decimals=0),
    "n_at_risk": Column("Still below", "stores", 0),
    "n_event": Column("First week at 90 %", "stores", 0),
    "survival": Column("Not there yet", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
}
WEEKS = {
    "week": Column("Week", decimals=0),
    "y": Column("Orders", "a week", 0),
    "low": Column("Interval", "a week", 0, high="high"),
    "dollars": Column("Revenue", "USD", 0),
    "dollars_low": Column("Interval", "USD", 0, high="dollars_high"),
}
YOUNG = {"store_name": Column("Store")} | WEEKS
BAR = {"week": Column("Week", decimals=0)} | BUSIEST_HOUR
UNSEEN = {
    "store_name": Column("Store left out"),
    "n_weeks": Column("Scored", "weeks", 0),
    "chain_mean": Column("Chain mean", "share", 0),
    "before": Column("Ramp, before opening", "share", 0),
    "after": Column("Ramp, after 4 weeks", "share", 0),
    "covered": Column("Weeks in the interval", "share", 0),
}
FALLS = {
    "store_name": Column("Store"),
    "peak": Column("Best four weeks", "orders a week", 0),
    "recent": Column("Last four weeks", "orders a week", 0),
    "change": Column("Change", "change", 0),
    "low": Column("Interval", "share", 0, high="high"),
}
