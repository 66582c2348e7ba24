"""One page for each store and each product, and a list of each kind; the names that reports link to them.

A page opens with one screen (``store_screen``, ``product_screen``); what every report says is folded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from lucky_analytics.estate import servers
from lucky_analytics.pages.charts import format_json
from lucky_analytics.publish import product_screen, store_screen
from lucky_analytics.publish.app_links import AppLink
from lucky_analytics.publish.entities import KINDS, Entities, Entity, Kind, Mention, Rows
from lucky_analytics.publish.entity_lists import list_entities
from lucky_analytics.publish.entity_sources import Screen, Sources
from lucky_analytics.publish.morning import Morning, name_fallen
from lucky_analytics.publish.portal_frame import Frame, NavEntry
from lucky_analytics.publish.shelf import Run

__all__ = ["Said", "list_kinds", "make_screens", "write_entities", "write_names"]

_ON_SERVERS = "database_health"  # the report that judges the company's database servers
# In the order in which somebody who works with a store or product reads on.
_DEPARTMENTS = ("operations", "supply_chain", "finance", "product", "marketing", "strategy", "platform")
_SAYS_NOTHING = {"–", "0", ""}
_HEADS = {"store": store_screen.HEADS, "product": product_screen.HEADS}
_ON_A_PHONE = {"store": (1, 3), "product": (4,)}  # which numbers of the list
_MAKE = {"store": store_screen.make_store_screen, "product": product_screen.make_product_screen}


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


def make_screens(entities: Entities, shown: Sequence[Run]) -> dict[str, Screen]:
    """The screen of each store and product that has one, by name, in the order of their lists: the largest
    first."""
    sources = Sources(shown)
    made = [
        (entity.name, screen)
        for kind in KINDS
        for entity in entities.of(kind)
        if (screen := _MAKE[kind.word](sources, entity)) is not None
    ]
    return dict(sorted(made, key=lambda one: -one[1].rank))


def write_entities(
    frame: Frame, entities: Entities, morning: Morning | None, shown: Sequence[Run] = ()
) -> None:
    """``stores/`` and ``products/`` with a page each and a list."""
    screens = make_screens(entities, shown)
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
                screen=screens.get(entity.name),
                week=weeks.get(entity.name),
                move=moved.get(entity.name),
                morning=morning,
            )
        frame.write(
            f"{kind.plural}/index.html",
            "entities.html.j2",
            kind=kind,
            entities=found,
            listing=None if _listed(screens, entities, kind) else list_entities(entities, kind),
            screens=_listed(screens, entities, kind),
            heads=_HEADS[kind.word],
            narrow=_ON_A_PHONE[kind.word],
            profit=_find_profit(shown) if kind.word == "store" else None,
            links={entity.name: entity.link for entity in found},
            weeks=weeks if kind.word == "store" else {},
            fallen=name_fallen(weeks.values()) if kind.word == "store" else "",
            morning=morning,
        )


def _find_profit(shown: Sequence[Run]) -> dict[str, str] | None:
    """The finding of the page on the stores' profit, with its link; null where a reader has none."""
    run = next((run for run in shown if run.notebook == "store_profit" and not run.variant), None)
    if run is None or not run.is_good or run.problems or run.is_stopped:
        return None
    said = [title["text"] for title in run.results.get("title", [])]
    return {"link": run.link, "finding": said[0]} if said else None


def _listed(screens: Mapping[str, Screen], entities: Entities, kind: Kind) -> dict[str, Screen]:
    """The screens of one kind, in the order of their list."""
    own = {entity.name for entity in entities.of(kind)}
    return {name: screen for name, screen in screens.items() if name in own}


def write_names(
    frame: Frame,
    entities: Entities,
    apps: Sequence[AppLink],
    beside: Sequence[NavEntry] = (),
    shown: Sequence[Run] = (),
    topics: Mapping[str, NavEntry] = MappingProxyType({}),
) -> None:
    """``names.js``: what reports link to: the page of each store and product, of ``shown`` the report on
    servers by each server's name, the apps beside them, the portal's pages ``beside`` the list of all
    reports, and by notebook the page of the portal that has its topic (``topics``)."""
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
    told = {notebook: (entry.text, entry.address) for notebook, entry in topics.items()}
    text += f"window.luckyTopics = {format_json(told)};\n"
    (frame.site / "names.js").write_text(text, encoding="utf-8")


def _by_report(entities: Entities, entity: Entity) -> list[Said]:
    """What is said of an entity by report: its own report first, then by department in the order of work.

    Where a question has a report for this entity alone, what its other reports say of it would be the same
    once more.
    """
    own = entities.own[entity.name]
    answered = {run.notebook for run in own}
    rows, mentions = entities.rows[entity.name], entities.mentions[entity.name]
    told = [*(table.run for table in rows), *(mention.run for mention in mentions)]
    named = [run for run in told if run.notebook not in answered]
    place = {name: k for k, name in enumerate(_DEPARTMENTS)}
    named.sort(key=lambda run: place.get(run.department, len(place)))
    runs = {run.key: run for run in [*own, *named]}
    said = [
        Said(
            run,
            run in own,
            [mention for mention in mentions if mention.run is run],
            [
                full
                for table in rows
                if table.run is run and table.is_open and (full := _leave_out_nothing(table)).labels
            ],
            [table for table in rows if table.run is run and not table.is_open],
        )
        for run in runs.values()
    ]
    return [each for each in said if each.is_own or each.mentions or each.tables or each.details]


def _leave_out_nothing(table: Rows) -> Rows:
    """The table without columns that say nothing of a single row: nought, and what is not known."""
    if len(table.lines) != 1:
        return table
    kept = [place for place, cell in enumerate(table.lines[0]) if cell not in _SAYS_NOTHING]
    return replace(
        table,
        labels=tuple(table.labels[place] for place in kept),
        lines=(tuple(table.lines[0][place] for place in kept),),
    )
