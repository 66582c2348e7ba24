"""Whether reports agree: on figures that several of them print, and on what they decide about one thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lucky_analytics.errors import PublishError
from lucky_analytics.publish.shelf import Run

__all__ = ["OPPOSED", "UNDECIDED", "find_disagreements"]

# A stance that opposes none: one page may know more than another.
UNDECIDED = "wait"
# Stances on one thing that cannot both be right.
OPPOSED = (
    {"raise", "cut"},
    {"negotiate", "do not sign"},
    {"open more", "do not open"},
    {"give", "withdraw"},
    {"keep", "change"},
    {"give to all", "give to nobody yet"},
    {"give to all", "keep as it was"},
)


def find_disagreements(shown: Sequence[Run]) -> list[PublishError]:
    """What the runs at their reports' addresses contradict each other in, one error each.

    A figure (``report.publish_figure``) printed with different values is one, unless windows differ or each
    page gives a reason; so are two decisions (``on``) with opposed stances on one thing. Runs of different
    snapshots or last days are not held against each other, and those that show no numbers against none.
    """
    groups: dict[tuple[str, str], list[Run]] = defaultdict(list)
    for run in shown:
        if run.is_good and not run.problems:
            groups[run.record.snapshot["id"], run.record.as_of].append(run)
    return [error for runs in groups.values() for error in [*_differing(runs), *_opposed(runs)]]


def _differing(runs: Sequence[Run]) -> Iterable[PublishError]:
    printed: dict[tuple[str, str, str], list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
    for run in runs:
        for said in run.results.get("published", []):
            printed[said["what"], said["entity"], said["window"]].append((run.key, said))
    for (what, entity, window), by_page in printed.items():
        if len({said["shown"] for _, said in by_page}) > 1 and not all(said["reason"] for _, said in by_page):
            yield PublishError(
                f"{what} of {entity}, {window}",
                expected="one value on all pages, or a reason on each",
                got=" and ".join(f"{said['shown']} on {page}" for page, said in by_page),
                remedy="Compute it in one place, or give publish_figure the reason",
            )


def _opposed(runs: Sequence[Run]) -> Iterable[PublishError]:
    stances: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for run in runs:
        for said in run.decisions:
            for thing, stance in said.get("on", {}).items():
                stances[thing].append((run.key, stance))
    for thing, by_page in stances.items():
        if any(pair <= {stance for _, stance in by_page} for pair in OPPOSED):
            yield PublishError(
                f"decisions on the {thing}",
                expected="pages that do not contradict each other",
                got=" and ".join(f"{stance!r} on {page}" for page, stance in by_page),
            )
