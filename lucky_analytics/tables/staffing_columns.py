"""The columns of the tables on the page of staffing."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["CHANGES", "CLAIMS", "CREW", "GRID", "LAW", "SCORES", "SCORES_TOLD", "SHIFTS", "STORES", "TRIAL"]

STORES = {
    "store_name": Column("Store"),
    "paid": Column("Paid last week", "hours", 0, bar=True),
    "plan": Column("Plan", "hours", 0),
    "same": Column("Same service", "hours", 0),
    "fewest": Column("Fewest", "hours", 0),
    "red_today": Column("Under-staffed", "share", 0),
    "red_plan": Column("With the plan", "share", 0),
    "cost_today": Column("Cost last week", "USD", 0),
    "cost_plan": Column("Plan's cost", "USD", 0),
    "verdict": Column("Verdict"),
}
SHIFTS = {
    "store_name": Column("Store"),
    "day": Column("Day"),
    "begins": Column("From"),
    "ends": Column("To"),
    "hours": Column("Length", "hours", 1),
    "who": Column("Who"),
}
CREW = {
    "store_name": Column("Store"),
    "label": Column("Who"),
    "hours": Column("Week", "hours", 1, bar=True),
    "days": Column("Days", decimals=0),
    "evenings": Column("Evenings", decimals=0),
    "weekend": Column("Weekend shifts", decimals=0),
}
GRID = {
    "store_name": Column("Store"),
    "day": Column("Day"),
    "time": Column("From"),
    "orders": Column("Orders forecast", decimals=1),
    "need": Column("Needed", "heads", 0),
    "today": Column("Roster", "heads", 0),
    "light_today": Column("Roster is"),
    "plan": Column("Plan", "heads", 0),
    "light_plan": Column("Plan is"),
}
TRIAL = {
    "first_day": Column("Week from"),
    "orders": Column("Orders", decimals=0),
    "late_today": Column("Late, roster", "orders", 0),
    "late_plan": Column("Late, plan", "orders", 0),
    "red_today": Column("Under-staffed, roster", "share", 0),
    "red_plan": Column("Plan", "share", 0),
    "paid": Column("Paid", "hours", 0),
    "hours_same": Column("Same service", "hours", 0),
    "saved": Column("Saved so", "share", 0),
}
SCORES = {
    "made": Column("Forecast on"),
    "bias_raw": Column("Forecasts off", "change", 0),
    "bias": Column("Corrected", "change", 0),
    "off_raw": Column("Half-hours off", "share", 0),
    "off": Column("Corrected", "share", 0),
    "inside": Column("At or below plan", "share", 1),
    "expected": Column("Should be", "share", 1),
}
SCORES_TOLD = {name: SCORES[name] for name in ("made", "bias", "off", "inside", "expected")} | {
    "bias": Column("Weeks off", "change", 0),
    "off": Column("Half-hours off", "share", 0),
}
LAW = {
    "kind": Column("What"),
    "n": Column("Shifts", decimals=0),
    "dollars": Column("Would cost", "USD", 0),
    "source": Column("Rule"),
}
CHANGES = {
    "store_name": Column("Store"),
    "moved": Column("Moved", "shifts", 0),
    "added": Column("Added", "shifts", 0),
    "cut": Column("Cut", "shifts", 0),
    "dollars": Column("Premiums, told tomorrow", "USD", 0),
}
CLAIMS = {"claim": Column("What is said"), "found": Column("What the tables show")}
