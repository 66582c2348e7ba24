"""The user that a loaded server gets for reading."""

from __future__ import annotations

from dataclasses import dataclass

from lucky_analytics.secrets import Secret

__all__ = ["Reader"]


@dataclass(frozen=True)
class Reader:
    """The SELECT-only user that the load creates: its name, and where its password is."""

    name: str
    secret: Secret
