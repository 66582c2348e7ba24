"""The rules by which snapshots are made, as text: what was made by others is not taken for equal."""

from __future__ import annotations

import functools
from pathlib import Path

__all__ = ["read_rules"]


@functools.cache
def read_rules() -> tuple[str, ...]:
    """Every module and declaration of this folder, in the order of their names."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.[py]*")))
