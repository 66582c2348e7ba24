"""The columns of the tables on the page on machines."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "CLOCKS",
    "COMPOSITION",
    "EVENTS",
    "MACHINES",
    "PLAN",
    "PROGRAMMES",
    "SPARES",
    "STORES",
    "TRIED",
    "TYPES",
]

STORES = {
    "place": Column("Store"),
    "machines": Column("Stand", "machines", 0),
    "online": Column("In touch", decimals=0),
    "offline": Column("Out of touch", decimals=0),
    "waiting": Column("Wait for repair", decimals=0),
    "less": Column("Pour less", decimals=0),
    "gone": Column("Taken out so far", decimals=0),
    "peak": Column("Busiest hour", "cups", 0),
    "needed": Column("It needs", "machines", 0),
    "p_short": Column("Short on a day ahead", "share", 0),
    "loss": Column("Sales at risk", "USD", 0),
    "low": Column("Its range", "USD", 0, high="high"),
    "expected": Column("Failures expected", decimals=1),
    "few": Column("Their range", decimals=0, high="many"),
}
MACHINES = {
    "place": Column("Store"),
    "serial": Column("Machine"),
    "machine_type": Column("Type"),
    "shown": Column("State"),
    "p_fail": Column("Fails in the days ahead", "share", 0),
    "p_low": Column("Its range", "share", 0, high="p_high"),
    "best": Column("Rank, at best", decimals=0, high="last"),
    "soon": Column("Next failure between", "days", 0, high="late"),
    "n_failed": Column("Failed so far", decimals=0),
    "days": Column("Since service", "days", 0),
    "since_cups": Column("Since service", "cups", 0),
    "last_failed": Column("Last failed"),
    "last_repaired": Column("Last repaired"),
    "recent": Column("Cups an hour", decimals=1),
    "before": Column("Before", decimals=1),
    "ratio": Column("Of its part", "share", 0),
    "low": Column("Range of that", "share", 0, high="high"),
    "busy": Column("Of the open hours pouring", "share", 1),
    "programmes": Column("Programmes used", decimals=0),
    "saving": Column("The best type would save", "USD a year", 0),
    "years": Column("Repaid in", "years", 0),
}
SPARES = {
    "machine_type": Column("Type"),
    "standing": Column("Stand", "machines", 0),
    "expected": Column("Failures expected", decimals=1),
    "low": Column("Their range", decimals=0, high="high"),
    "spares": Column("Spares", decimals=0),
    "p_enough": Column("Enough of this type", "share", 1),
}
TYPES = {
    "machine_type": Column("Type"),
    "ever": Column("Ever", "machines", 0),
    "standing": Column("Stand", decimals=0),
    "gone": Column("Taken out", decimals=0),
    "failures": Column("Failures", decimals=0),
    "days": Column("Days between failures", decimals=0),
    "low": Column("Their range", decimals=0, high="high"),
    "raw": Column("Plain ratio", decimals=0),
    "up": Column("Of its days at work", "share", 1),
    "cups": Column("Cups an hour open", decimals=1),
    "pour": Column("Pours one in", "seconds", 0),
    "rinses": Column("Rinses and tests", "share", 1),
}
COMPOSITION = {
    "what": Column("What a count of all machines mixes"),
    "machines": Column("Machines", decimals=0),
    "share": Column("Of all ever installed", "share", 0),
    "poured": Column("Poured in the last three days", decimals=0),
}
PLAN = {
    "what": Column("What"),
    "dashboard": Column("A plain dashboard says"),
    "page": Column("This page says"),
    "why": Column("Why they differ"),
}
EVENTS = {
    "at": Column("Day"),
    "place": Column("Store"),
    "serial": Column("Machine"),
    "machine_type": Column("Type"),
    "what": Column("Event"),
    "days": Column("After", "days", 0),
}
PROGRAMMES = {
    "programme_name": Column("Product"),
    "programme": Column("Programme"),
    "loaded": Column("Loaded"),
    "cups": Column("Cups", decimals=0, bar=True),
    "machines": Column("Machines that poured it", decimals=0),
}
CLOCKS = {
    "clock": Column("Failures go by"),
    "since": Column("Power of days since repair", decimals=2),
    "age": Column("Power of age", decimals=2),
    "aic": Column("AIC", decimals=1),
    "p_value": Column("p-value", decimals=4),
}
TRIED = {
    "origin": Column("Foretold on"),
    "standing": Column("Machines", decimals=0),
    "expected": Column("Expected", decimals=1),
    "low": Column("Range", decimals=0, high="high"),
    "came": Column("Came", decimals=0),
    "naive": Column("As many as before", decimals=0),
}
