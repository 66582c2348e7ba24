"""What is known to be wrong with the data, how much of it there is today, and which reports it touches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lucky_analytics.errors import SnapshotError, UnknownNameError
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.snapshot import Finding, Manifest

__all__ = ["QUALITY", "Issue", "find_manifest", "list_issues", "readers_of", "say_damaged", "write_quality"]

QUALITY = NavEntry("quality.html", "Data quality")

_SEVERITIES = ("critical", "high", "medium", "low")
_RULES = {
    "drift": "columns as declared",
    "key": "keys unique",
    "nulls": "values where one is required",
    "range": "values within their limits",
    "reference": "references found",
    "fresh": "data fresh",
}


@dataclass(frozen=True)
class Issue:
    """A known issue of the platform. ``count`` is of what ``counted`` says, rows or empty tables;
    null when the snapshot does not have its tables; ``effect``: what it does to which number."""

    name: str
    about: str
    effect: str
    severity: str
    where: str
    count: int | None
    counted: str


def find_manifest(settings: Settings, shown: Sequence[Run]) -> Manifest | None:
    """The snapshot that the newest of the shown reports was made from; null when it is no longer there."""
    try:
        return _find(settings, shown)
    except (SnapshotError, UnknownNameError):
        return None


def say_damaged(settings: Settings, shown: Sequence[Run]) -> list[str]:
    """Why the portal has no page of data quality, in one line, where its snapshot is there and damaged; one
    that was pruned is no fault."""
    try:
        _find(settings, shown)
    except UnknownNameError:
        return []
    except SnapshotError as error:
        is_there = any((settings.snapshots_dir / run.record.snapshot["id"]).is_dir() for run in shown)
        return [f"no page of data quality: {error}"] if is_there else []
    return []


def _find(settings: Settings, shown: Sequence[Run]) -> Manifest:
    from lucky_analytics import snapshot

    newest = max(shown, key=lambda run: (run.record.snapshot["cut"], run.record.ended_at))
    return snapshot.find(newest.record.snapshot["id"], settings=settings, check=False)


def list_issues(declared: Mapping[str, Mapping[str, Any]], findings: Sequence[Finding]) -> list[Issue]:
    """Each declared issue with today's count, the most severe first."""
    counted = {finding.subject: finding for finding in findings if finding.rule == "issue"}
    issues = [
        Issue(
            name=name,
            about=issue["about"],
            effect=issue["effect"],
            severity=issue["severity"],
            where=issue["empty"] if "empty" in issue else issue["tables"][0],
            count=counted[name].count if name in counted else None,
            counted="tables" if "empty" in issue else "rows",
        )
        for name, issue in declared.items()
    ]
    return sorted(issues, key=lambda issue: _SEVERITIES.index(issue.severity))


def write_quality(frame: Frame, manifest: Manifest, shown: Sequence[Run]) -> None:
    """``quality.html``: the known issues, then the contracts that do not hold, then all that was checked."""
    from lucky_analytics.snapshot import contracts

    checked = [finding for finding in manifest.findings if finding.rule != "issue"]
    issues = list_issues(contracts.declared()["issues"], manifest.findings)
    rules = [(words, [f for f in checked if f.rule == rule]) for rule, words in _RULES.items()]
    frame.write(
        QUALITY.address,
        "quality.html.j2",
        manifest=manifest,
        cut=manifest.cut.isoformat(),
        issues=issues,
        finding=_name_finding(issues, [finding for finding in checked if finding.is_breach]),
        breaches=[finding for finding in checked if finding.is_breach],
        rules=[(words, found, sum(f.holds for f in found)) for words, found in rules if found],
        fresh=[finding for finding in checked if finding.rule == "fresh"],
        readers=readers_of(shown),
    )


def _name_finding(issues: Sequence[Issue], breaches: Sequence[Finding]) -> str:
    """How many faults are known and how many contracts are broken, as the title.

    >>> _name_finding([Issue("a", "b", "no number", "low", "t", 3, "rows")], [])
    'All contracts hold; 1 known fault remains, none of them critical'
    """
    open_ = [issue for issue in issues if issue.count]
    n_bad = sum(issue.severity == "critical" for issue in open_)
    held = (
        f"{len(breaches)} contract{'s' if len(breaches) > 1 else ''} broken"
        if breaches
        else "All contracts hold"
    )
    known = "1 known fault remains" if len(open_) == 1 else f"{len(open_)} known faults remain"
    return f"{held}; {known}, {n_bad or 'none'} of them critical"


def readers_of(shown: Sequence[Run]) -> dict[str, list[Run]]:
    """For each table and each database the reports that were made from it."""
    readers: dict[str, list[Run]] = {}
    for run in (run for run in shown if not run.variant):
        tables = run.record.tables_read
        for name in sorted({*tables, *(table.partition(".")[0] for table in tables)}):
            readers.setdefault(name, []).append(run)
    return readers
