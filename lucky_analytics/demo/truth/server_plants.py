"""What was planted of servers, caches, tables and the cloud, with their names, for the truth file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lucky_analytics import estate
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.server_work import list_tables
from lucky_analytics.demo.truth.planted import Realised
from lucky_analytics.estate import servers as fleet

__all__ = ["name_planted", "note"]

_MYSQL = {"slow": "slowed_server", "crowded": "crowded_server", "late_replica": "late_replica"}
_REDIS = ("filling_cache", "fragmented_cache", "unused_caches", "caches_without_ttl")


def name_planted(plant: Mapping[str, Any]) -> dict[str, list[str]]:
    """The planted servers and tables by class, from their positions; a position that none has names nobody.

    >>> from lucky_analytics.demo.truth.planted import plants
    >>> len(name_planted(plants()["servers"])["unused_caches"])
    9
    """
    named = sorted(fleet.load().servers.values(), key=lambda server: server.name)
    by_kind = {kind: [s.name for s in named if s.kind == kind] for kind in ("mysql", "redis")}
    tables = [name for _, name, _ in list_tables(estate.load())]
    found = {label: _pick(by_kind["mysql"], plant[key]) for key, label in _MYSQL.items()}
    found |= {key: _pick(by_kind["redis"], plant[key]) for key in _REDIS}
    return found | {"growing_tables": _pick(tables, plant["growing_tables"])}


def note(world: World, truth: Realised) -> None:
    """The plants as they stand, which no later step moves, and the names of what has them."""
    plant = world.planted["servers"]
    for mechanism in ("servers", "cloud"):
        for name in world.planted[mechanism]:
            truth.hold(mechanism, name)
    for label, names in name_planted(plant).items():
        truth.rows(label, names)


def _pick(names: Sequence[str], positions: int | Sequence[int]) -> list[str]:
    wanted = [positions] if isinstance(positions, int) else positions
    return [names[place] for place in wanted if place < len(names)]
