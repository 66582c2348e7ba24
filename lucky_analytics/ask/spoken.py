"""What people call things, beside the names that the catalog and the metrics have: ``words/*.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lucky_analytics import declarations
from lucky_analytics.errors import ParameterError

__all__ = ["SPOKEN"]


def _read() -> dict[str, Any]:
    """The entries of all files; none stands in two of them."""
    found: dict[str, Any] = {}
    for file in sorted(Path(__file__).with_name("words").glob("*.yml")):
        for name, said in declarations.read(file).items():
            if name in found:
                raise ParameterError(f"{name} in {file.name}", expected="one file that has it", got="two")
            found[name] = said
    return found


SPOKEN: Mapping[str, Any] = _read()
