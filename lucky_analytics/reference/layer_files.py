"""Which files the shipped layers are: known without the libraries that read them."""

from __future__ import annotations

from pathlib import Path

from lucky_analytics.errors import LuckyError

__all__ = ["LAYER_FILES", "require_layers"]

LAYER_FILES = (
    "manhattan_tracts.geojson",
    "manhattan_areas.csv",
    "manhattan_jobs.csv",
    "manhattan_lots.parquet",
    "manhattan_subway.csv",
    "new_york_land.geojson",
)


def require_layers(folder: Path) -> None:
    """Raises ``LuckyError`` naming the first layer of which ``folder`` has no file."""
    for name in LAYER_FILES:
        if not (folder / name).is_file():
            raise LuckyError(
                f"reference layer {name}",
                expected=f"a file in {folder}",
                got="none",
                remedy="It ships with the checkout: git checkout data/external",
            )
