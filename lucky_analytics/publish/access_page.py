"""Reports that wait for access: which databases to ask for first, the request, and what each report lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run, Shelf
from lucky_analytics.runs.access import format_request, order_grants
from lucky_analytics.runs.wanted import Wanted

__all__ = ["ADDRESS", "find_waiting", "name_access", "write_access"]

ADDRESS = "access.html"


@dataclass(frozen=True)
class _Asked:
    """One database in the order of asking: what it brings, as links, and how many questions run then."""

    about: str
    database: str
    completes: Sequence[tuple[str, str]]
    helps: Sequence[tuple[str, str]]
    in_part: Sequence[tuple[str, str]]
    n_then: int


def find_waiting(shelf: Shelf) -> list[Run]:
    """The newest run of each report that waits for tables, in the order of the shelf."""
    return [runs[0] for runs in shelf.runs.values() if runs[0].is_waiting and not runs[0].is_gone]


def name_access(shelf: Shelf, wanted: Sequence[Wanted]) -> list[NavEntry]:
    """The page's entry in the navigation, with how many questions wait; none where nothing does."""
    n = len({run.notebook for run in find_waiting(shelf)})
    if not n and not wanted:
        return []
    return [NavEntry(ADDRESS, f"Waiting for access ({n})" if n else "Waiting for access")]


def write_access(frame: Frame, shelf: Shelf, wanted: Sequence[Wanted]) -> None:
    """``access.html``. ``wanted`` is empty for readers who are told nothing of servers: they see which
    reports wait. Questions are counted, not the pages of single stores."""
    waiting = {run.notebook: run for run in reversed(find_waiting(shelf))}
    titles = {run.notebook: run for run in reversed(shelf.shown)}
    grants = order_grants(wanted)
    n_then = len(titles) - len(waiting)
    asked = []
    for grant in grants:
        n_then += sum(name in waiting for name in grant.completes)
        completes, helps, in_part = (
            _links(names, titles) for names in (grant.completes, grant.helps, grant.in_part)
        )
        asked.append(_Asked(grant.about, grant.database, completes, helps, in_part, n_then))
    lacks: dict[str, list[str]] = {}
    for one in wanted:
        for name in one.notebooks:
            lacks.setdefault(name, []).append(one.table)
    frame.write(
        ADDRESS,
        "access.html.j2",
        n=len(titles),
        waiting=[(run, lacks.get(name, [])) for name, run in sorted(waiting.items())],
        asked=asked,
        request=format_request(grants),
    )


def _links(names: Sequence[str], titles: dict[str, Run]) -> list[tuple[str, str]]:
    """Each report by name with its address; without one where it has never been begun."""
    return [(name, f"{titles[name].link}/index.html" if name in titles else "") for name in names]
