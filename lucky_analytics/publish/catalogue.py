"""Pages about the numbers themselves: metrics, the source tables, and how well the demo data fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.estate import Database
    from lucky_analytics.metrics import Metric
    from lucky_analytics.publish.shelf import Run

__all__ = ["DEMO", "DICTIONARY", "METRICS", "has_demo", "write_demo", "write_dictionary", "write_metrics"]

METRICS = NavEntry("metrics.html", "Metrics")
DICTIONARY = NavEntry("dictionary/index.html", "Data dictionary")
DEMO = NavEntry("demo.html", "Demo data")

_DIRECTIONS = {"up": "higher is better", "down": "lower is better", "none": "neither way is better"}


def write_metrics(frame: Frame, metrics: Sequence[Metric], shown: Sequence[Run]) -> None:
    """Every metric as it is declared, by owner, with the reports that use it."""
    ordered = sorted(metrics, key=lambda metric: (metric.owner, metric.label))
    owners = [(owner, list(owned)) for owner, owned in groupby(ordered, key=lambda metric: metric.owner)]
    frame.write(
        METRICS.address, "metrics.html.j2", owners=owners, directions=_DIRECTIONS, users=_users(shown)
    )


def _users(shown: Sequence[Run]) -> dict[str, list[Run]]:
    """For each metric the reports that were made with it; pages for one store each are left out."""
    users: dict[str, list[Run]] = {}
    for run in (run for run in shown if not run.variant):
        for name in run.record.definitions:
            kind, _, metric = name.partition(" ")
            if kind == "metric":
                users.setdefault(metric, []).append(run)
    return users


def write_dictionary(
    frame: Frame, databases: Sequence[Database], readers: Mapping[str, Sequence[Run]]
) -> None:
    """A page that lists the source databases, and one for each with its tables, columns and units.

    ``readers`` maps ``database.table`` to the reports that were made from it.
    """
    frame.write(DICTIONARY.address, "dictionary.html.j2", databases=databases)
    for database in databases:
        frame.write(
            f"dictionary/{database.name}.html", "database.html.j2", database=database, readers=readers
        )


def has_demo(settings: Settings) -> bool:
    return (settings.demo_dir / "fit.json").is_file() and (settings.demo_dir / "demo.json").is_file()


def write_demo(frame: Frame, settings: Settings) -> None:
    """How the demo estate was built and how its figures compare with the published ones."""
    fit, built = (_read(settings, name) for name in ("fit.json", "demo.json"))
    figures = [{**figure, "is_met": figure["built"] == figure["published"]} for figure in fit["figures"]]
    frame.write(
        DEMO.address,
        "demo.html.j2",
        figures=sorted(figures, key=lambda figure: figure["is_met"]),
        n_met=sum(figure["is_met"] for figure in figures),
        plants=fit.get("plants", []),
        built=built,
    )


def _read(settings: Settings, name: str) -> dict[str, Any]:
    return json.loads((settings.demo_dir / name).read_text(encoding="utf-8"))
