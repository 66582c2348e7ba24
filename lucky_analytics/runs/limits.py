"""What one run may use."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """What one run may use: seconds per cell (counted in whole ones) and per notebook, MiB of resident
    memory, and how often it is tried again when its kernel is lost for no reason of its own."""

    cell: float = 600
    notebook: float = 1200
    memory_mib: float = 6144
    retries: int = 1
