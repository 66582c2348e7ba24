"""What needs an owner this morning: alerts, numbers withheld, failed intervals and contracts, failed runs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucky_analytics.decisions import DO, LEAN, say_strength
from lucky_analytics.formats import join_names, keep_together
from lucky_analytics.pages.templating import format_words
from lucky_analytics.publish.access_page import ADDRESS
from lucky_analytics.publish.failures import Failure
from lucky_analytics.publish.home_entries import count_monthly, place_of
from lucky_analytics.publish.quality import QUALITY
from lucky_analytics.publish.shelf import Run, Shelf

if TYPE_CHECKING:
    from lucky_analytics.snapshot import Manifest

__all__ = ["FindAlerts", "Need", "RunAlert", "list_needs", "say_calm"]

_NAMED = 3


@dataclass(frozen=True)
class RunAlert:
    """An alert on a headline of a report that holds now: the rule's name and why, for readers."""

    run: Run
    rule: str
    reasons: tuple[str, ...]


# Which alerts hold for the reports of a shelf on a day; the rules belong to the schedule, which knows us.
FindAlerts = Callable[[Shelf, dt.date], Sequence[RunAlert]]


@dataclass(frozen=True)
class Need:
    """One line: what it is (``kind``, in words), what is said of it, and the page that has the rest. ``run``
    is the report whose number it says, null for none."""

    kind: str
    text: str
    href: str
    run: Run | None = None


def list_needs(
    shelf: Shelf,
    failed: Sequence[Failure],
    n_unread: int,
    manifest: Manifest | None,
    alerts: Sequence[RunAlert],
    waiting: Sequence[str] = (),
) -> list[Need]:
    """Alerts first, those of pages that decide on most money before the others, then withheld numbers,
    questions whose intervals have failed, contracts and failures. ``n_unread``: notebooks and runs that could
    not be read; a null ``manifest`` leaves contracts out. ``waiting``: notebooks that wait for tables.
    Numbers that are withheld for one reason are one line."""
    found = [
        Need(
            f"{format_words(alert.run.department)}: {alert.rule.replace('_', ' ')}",
            keep_together("; ".join(alert.reasons)),
            f"{alert.run.link}/index.html",
            alert.run,
        )
        for alert in _rank(alerts)
    ]
    withheld: dict[str, list[Run]] = {}
    for run in shelf.shown:
        if run.problems and not run.is_gone:
            withheld.setdefault(run.answer, []).append(run)
    found += [_say_withheld(answer, runs) for answer, runs in withheld.items()]
    marked = {run.notebook: run for run in reversed(shelf.shown) if run.mark and not run.is_gone}
    found += [
        Need("Missed what it predicted", f"{run.title} {run.mark}", f"record/{run.notebook}.html")
        for run in marked.values()
    ]
    broken = [finding for finding in manifest.findings if finding.is_breach] if manifest else []
    if broken:
        tables = list(dict.fromkeys(finding.table for finding in broken))
        holds = "contract does not hold" if len(broken) == 1 else "contracts do not hold"
        found.append(Need("Data", f"{len(broken)} {holds}: {_name(tables)}", "quality.html"))
    if failed:
        names = list(dict.fromkeys(format_words(failure.run.notebook) for failure in failed))
        reports = "report" if len(failed) == 1 else "reports"
        text = f"The newest run of {len(failed)} {reports}: {_name(names)}"
        found.append(Need("Did not complete", text, "failures.html"))
    if names := list(dict.fromkeys(format_words(name) for name in waiting)):
        wait = "question waits" if len(names) == 1 else "questions wait"
        text = f"{len(names)} {wait} for tables that nobody has read: {_name(names)}"
        found.append(Need("Waiting for access", text, ADDRESS))
    if n_unread:
        what = "notebook or run" if n_unread == 1 else "notebooks or runs"
        found.append(Need("Could not be read", f"{n_unread} {what}", "failures.html"))
    return found


def _say_withheld(answer: str, runs: Sequence[Run]) -> Need:
    """The report itself where it is one, else how many, and which."""
    if len(runs) == 1:
        return Need("Numbers withheld", f"{runs[0].title} {answer}", f"{runs[0].link}/index.html")
    names = list(dict.fromkeys(format_words(run.notebook) for run in runs))
    said = answer.replace("because of its data", "because of their data", 1)
    return Need("Numbers withheld", f"{len(runs)} reports ({_name(names)}). {said}", QUALITY.address)


def _rank(alerts: Sequence[RunAlert]) -> list[RunAlert]:
    """One alert of each page, those whose page decides most first, by dollars, then the others."""
    seen: Counter[str] = Counter()
    placed = []
    for alert in alerts:
        decided = next(iter(alert.run.decisions), {})
        is_asked = say_strength(decided) in (DO, LEAN)
        money = count_monthly(decided) if is_asked else -1.0
        placed.append(((seen[alert.run.key], -money, place_of(alert.run.department)), alert))
        seen[alert.run.key] += 1
    return [alert for _, alert in sorted(placed, key=lambda each: each[0])]


def say_calm(*, has_rules: bool, has_contracts: bool) -> str:
    """What is said where nothing needs anybody, of what was looked at and nothing else.

    >>> say_calm(has_rules=True, has_contracts=False)
    'Nothing: no alert holds, and every report completed its newest run.'
    """
    known = [
        *(["no alert holds"] if has_rules else []),
        *(["every contract of the data holds"] if has_contracts else []),
        "every report completed its newest run",
    ]
    return f"Nothing: {', '.join(known[:-1])}{', and ' if known[:-1] else ''}{known[-1]}."


def _name(names: Sequence[str]) -> str:
    more = f"{len(names) - _NAMED} more"
    return join_names([*names[:_NAMED], more] if len(names) > _NAMED else names)
