"""What people call things, beside the names that the catalog and the metrics have: ``spoken.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lucky_analytics import declarations

__all__ = ["SPOKEN"]

SPOKEN: Mapping[str, Any] = declarations.read(Path(__file__).with_name("spoken.yml"))
