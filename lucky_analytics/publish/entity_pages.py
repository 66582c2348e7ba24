"""One page for each store and each product, and a list of each kind; the names that reports link to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lucky_analytics.estate import servers
from lucky_analytics.pages.charts import format_json
from lucky_analytics.publish.app_links import AppLink
from lucky_analytics.publish.entities import KINDS, Entities, Entity, Mention, Rows
from lucky_analytics.publish.entity_lists import list_entities
from lucky_analytics.publish.morning import Morning, name_fallen
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run

__all__ = ["Said", "list_kinds", "write_entities", "write_names"]

_ON_SERVERS = "database_health"  # the report that judges the company's database servers


@dataclass(frozen=True)
class Said:
    """All that one report says of one entity. ``is_own``: it was made for this entity alone; ``details`` are
    the tables that its Details hold."""

    run: Run
    is_own: bool
    mentions: Sequence[Mention]
    tables: Sequence[Rows]
    details: Sequence[Rows]


def list_kinds(entities: Entities) -> list[NavEntry]:
    """The entries of the navigation: one for each kind of which a report names any."""
    return [
        NavEntry(f"{kind.plural}/index.html", kind.plural.capitalize()) for kind in KINDS if entities.of(kind)
    ]


def write_entities(frame: Frame, entities: Entities, morning: Morning | None) -> None:
    """``stores/`` and ``products/`` with a page each and a list."""
    weeks = {store.name: store for store in morning.stores} if morning else {}
    moved = {move.name: move for move in morning.moves} if morning else {}
    for kind in KINDS:
        found = entities.of(kind)
        if not found:
            continue
        for entity in found:
            frame.write(
                entity.address,
                "entity.html.j2",
                entity=entity,
                said=_by_report(entities, entity),
                week=weeks.get(entity.name),
                move=moved.get(entity.name),
                morning=morning,
            )
        frame.write(
            f"{kind.plural}/index.html",
            "entities.html.j2",
            kind=kind,
            entities=found,
            listing=list_entities(entities, kind),
            links={entity.name: entity.link for entity in found},
            weeks=weeks if kind.word == "store" else {},
            fallen=name_fallen(weeks.values()) if kind.word == "store" else "",
            morning=morning,
        )


def write_names(
    frame: Frame,
    entities: Entities,
    apps: Sequence[AppLink],
    beside: Sequence[NavEntry] = (),
    shown: Sequence[Run] = (),
) -> None:
    """``names.js``: what reports link to: the page of each store and product, of ``shown`` the report on
    servers by each server's name, the apps beside them, and the portal's pages ``beside`` the list of all
    reports."""
    on_servers = [run for run in shown if run.notebook == _ON_SERVERS and not run.variant]
    names = {name: f"{run.link}/index.html" for run in on_servers for name in servers.load().servers}
    names |= {entity.name: entity.link for entity in entities.found}
    links: dict[str, list[tuple[str, str]]] = {}
    for app in apps:
        for notebook in app.beside:
            links.setdefault(notebook, []).append((app.title, app.href))
    nav = [(entry.text, entry.address) for entry in beside]
    text = f"window.luckyNames = {format_json(names)};\nwindow.luckyApps = {format_json(links)};\n"
    text += f"window.luckyNav = {format_json(nav)};\n"
    (frame.site / "names.js").write_text(text, encoding="utf-8")


def _by_report(entities: Entities, entity: Entity) -> list[Said]:
    """What is said of an entity by report: its own report first, then in the order of the portal.

    Where a question has a report for this entity alone, what its other reports say of it would be the same
    once more.
    """
    own = entities.own[entity.name]
    answered = {run.notebook for run in own}
    rows, mentions = entities.rows[entity.name], entities.mentions[entity.name]
    told = [*(table.run for table in rows), *(mention.run for mention in mentions)]
    named = [run for run in told if run.notebook not in answered]
    runs = {run.key: run for run in [*own, *named]}
    return [
        Said(
            run,
            run in own,
            [mention for mention in mentions if mention.run is run],
            [table for table in rows if table.run is run and table.is_open],
            [table for table in rows if table.run is run and not table.is_open],
        )
        for run in runs.values()
    ]
