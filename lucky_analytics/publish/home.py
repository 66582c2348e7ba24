"""The portal's home: the briefing's first lines, what needs an owner, what the reports advise, the
questions folded by department."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lucky_analytics.decision_words import BASIS
from lucky_analytics.pages.facts import FRESH_DAYS
from lucky_analytics.publish.app_links import AppLink
from lucky_analytics.publish.coupon_verdict import Coupons
from lucky_analytics.publish.entities import Entities
from lucky_analytics.publish.entity_sources import Sources
from lucky_analytics.publish.home_briefing import read_briefing
from lucky_analytics.publish.home_entries import list_asks, list_departments
from lucky_analytics.publish.home_needs import Need
from lucky_analytics.publish.morning import Morning, name_fallen
from lucky_analytics.publish.portal_frame import Frame
from lucky_analytics.publish.run_pages import describe_by_hand
from lucky_analytics.publish.shelf import Run, Shelf
from lucky_analytics.publish.store_screen import say_who_pays
from lucky_analytics.publish.whats_new import Move, describe_cause, find_moves, find_previous

__all__ = ["write_home"]

_SCRIPT = Path(__file__).parent / "assets" / "portal.js"
_MOVES_SHOWN = 12
_MOVED_SHOWN = 3
_ASKS_SHOWN = 5


def write_home(
    frame: Frame,
    shelf: Shelf,
    needs: Sequence[Need],
    calm: str,
    entities: Entities,
    morning: Morning | None,
    apps: Sequence[AppLink],
    coupons: Coupons | None = None,
) -> None:
    """``index.html``, the history page of each notebook, and the script of the search. ``calm`` is said where
    nothing needs anybody. An alert stands in the list of its department: what it asks of leadership is the
    decision of its page."""
    shown = shelf.shown
    alerts: dict[str, list[Need]] = {}
    for need in needs:
        if need.run:
            alerts.setdefault(need.run.department, []).append(need)
    departments = list_departments(shelf)
    frame.write(
        "index.html",
        "home.html.j2",
        departments=departments,
        asks=list_asks(departments)[:_ASKS_SHOWN],
        basis=BASIS,
        alerts=alerts,
        coupons=coupons,
        newest={key: runs[0] for key, runs in shelf.runs.items()},
        briefing=read_briefing(shown),
        needs=[need for need in needs if not need.run],
        calm=calm,
        morning=morning,
        fallen=name_fallen(morning.stores) if morning else "",
        paying=say_who_pays(Sources(shown)),
        moved=morning.moves[:_MOVED_SHOWN] if morning else [],
        entities=entities,
        apps=apps,
        changes=_changes(shelf),
        n_moves_shown=_MOVES_SHOWN,
        as_of=max(run.record.as_of for run in shown),
        fresh_days=FRESH_DAYS,
    )
    for run in shown:
        others = [(other, describe_by_hand(other)) for other in shelf.beside.get(run.key, ())]
        listed = {"run": run, "runs": shelf.runs[run.key], "others": others}
        frame.write(f"{run.address}/history.html", "history.html.j2", **listed)
    (frame.site / "assets" / "portal.js").write_bytes(_SCRIPT.read_bytes())


def _changes(shelf: Shelf) -> list[tuple[Run, Move, str]]:
    """Headlines that moved beyond their interval since the previous run, largest first, with the cause."""
    found = []
    for run in shelf.shown:
        previous = find_previous(run, shelf.before(run)) if run.is_good else None
        if previous:
            cause = describe_cause(run, previous)
            found += [(run, move, cause) for move in find_moves(run, previous) if move.is_beyond]
    return sorted(found, key=lambda change: -change[1].size)
