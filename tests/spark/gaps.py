"""What the two engines do not compute alike, by name and reason: the one place. A gap that is none fails."""

TABLES: dict[str, str] = {}
METRICS: dict[str, str] = {}
