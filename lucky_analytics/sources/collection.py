"""What one server said of itself in one collection: numbers by name, never a statement, a key or a value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

__all__ = ["Collected", "Metric", "Prefix"]


@dataclass(frozen=True)
class Metric:
    """One number: ``subject`` says of what part of the server, empty for all of it."""

    name: str
    value: float
    unit: str = "count"
    subject: str = ""


@dataclass(frozen=True)
class Prefix:
    """Keys of a sample that share a prefix and a type: how many, how many expire, typical life and size."""

    prefix: str
    type: str
    n_keys: int
    n_sampled: int
    n_expiring: int
    ttl_seconds: float | None
    bytes_per_key: float | None


@dataclass(frozen=True)
class Collected:
    """One server's answer. ``role`` is ``primary`` or ``replica``; ``started_at`` is in UTC."""

    role: str
    version: str
    started_at: dt.datetime | None
    metrics: list[Metric]
    prefixes: list[Prefix] = field(default_factory=list)
