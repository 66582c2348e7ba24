"""What people call things, beside the names that the catalog and the metrics have: ``spoken.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

__all__ = ["SPOKEN"]

SPOKEN: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("spoken.yml").read_text(encoding="utf-8"))
