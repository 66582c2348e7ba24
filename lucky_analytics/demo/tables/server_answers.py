"""What all named servers said of themselves, collection by collection: three tables as live ones are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Bools, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.caches import Prefixes, run_caches
from lucky_analytics.demo.process.server_clock import ServerClock, keep_time
from lucky_analytics.demo.process.server_work import Series, Work, measure_tables, run_servers
from lucky_analytics.estate import servers as fleet
from lucky_analytics.estate.servers import Server

__all__ = ["tables"]

_FEWEST_ALIKE = 5  # keys of a sample that share a beginning
_SILENT = 0.0005  # of all questions to a server, those that it did not answer
_VERSIONS = {"mysql": "mysql 8.0.35", "postgresql": "postgresql 15.5", "redis": "redis 7.1.0"}


def tables(world: World) -> Iterator[NamedTable]:
    """``instances``, ``instance_metrics``, ``redis_prefixes`` of every named server; none is made up."""
    declared = estate.load()
    schemas = {name: each.schema for name, each in declared.database("telemetry").tables.items()}
    plant, scale = world.planted["servers"], world.targets.scale
    clock = keep_time(world.book.created, scale)
    named = sorted(fleet.load().servers.values(), key=lambda server: server.name)
    ran: list[tuple[Server, Work]] = []
    series: list[Series] = []
    keys: list[Prefixes] = []
    for server, work, said in run_servers([s for s in named if s.kind != "redis"], clock, plant, world.seed):
        ran.append((server, work))
        series += said
    for server, work, said, prefixes in run_caches(named, clock, plant, world.seed):
        ran.append((server, work))
        series += said
        keys.append(prefixes)
    series += measure_tables(declared, clock, world.planted, scale, world.seed)
    ran.sort(key=lambda each: each[0].name)
    answered = stream(world.seed, "telemetry").random((len(ran), len(clock.at))) >= _SILENT
    answered[:, -1] = True  # the newest collection is whole
    heard = {server.name: answered[place] for place, (server, _) in enumerate(ran)}
    yield "telemetry", "instances", _instances(schemas["instances"], ran, clock, answered)
    yield "telemetry", "instance_metrics", _metrics(schemas["instance_metrics"], series, clock, heard)
    yield "telemetry", "redis_prefixes", _prefixes(schemas["redis_prefixes"], keys, clock, heard)


def _instances(
    schema: pa.Schema, ran: Sequence[tuple[Server, Work]], clock: ServerClock, answered: Bools
) -> pa.Table:
    n, m = len(clock.at), len(ran)
    when, which = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    is_heard = answered[which, when]
    started = np.stack([work.started for _, work in ran])[which, when]
    names, kinds = [server.name for server, _ in ran], [server.kind for server, _ in ran]
    silent = len(names)
    return table(schema, {
        "collected_at": datetimes(clock.at[when]),
        "instance": choose(which, names),
        "kind": choose(which, kinds),
        "is_reached": is_heard.astype(np.int64),
        "role": choose(is_heard.astype(np.int64), ["", "replica"]),
        "version": choose(np.where(is_heard, which, silent), [*(_VERSIONS[kind] for kind in kinds), ""]),
        "started_at": datetimes(np.where(is_heard, started, -1)),
    })  # fmt: skip


def _metrics(
    schema: pa.Schema, series: Sequence[Series], clock: ServerClock, heard: dict[str, Bools]
) -> pa.Table:
    """By collection, server, metric and subject, as a live collection writes them."""
    ordered = sorted(series, key=lambda each: (each.instance, each.metric, each.subject))
    there = np.stack([heard[each.instance] for each in ordered], axis=1)
    when, which = np.nonzero(there)
    values = np.stack([each.values for each in ordered], axis=1)[when, which]
    return table(schema, {
        "collected_at": datetimes(clock.at[when]),
        "instance": choose(which, [each.instance for each in ordered]),
        "metric": choose(which, [each.metric for each in ordered]),
        "subject": choose(which, [each.subject for each in ordered]),
        "value": values,
        "unit": choose(which, [each.unit for each in ordered]),
    })  # fmt: skip


def _prefixes(
    schema: pa.Schema, keys: Sequence[Prefixes], clock: ServerClock, heard: Mapping[str, Bools]
) -> pa.Table:
    """By collection, server, prefix and type; a beginning that fewer than five keys share is not told."""
    cells = sorted(
        (each.instance, name, each.types[place], place, each)
        for each in keys
        for place, name in enumerate(each.names)
    )
    n_keys, n_expiring = (
        np.stack([getattr(each, name)[:, place] for *_, place, each in cells], axis=1)
        for name in ("n_keys", "n_expiring")
    )
    is_told = (n_keys >= _FEWEST_ALIKE) & np.stack([heard[cell[0]] for cell in cells], axis=1)
    when, which = np.nonzero(is_told)
    sampled = np.array([each.n_keys[0].sum() for *_, each in cells])
    ttl, size = (
        np.array([getattr(each, name)[place] for *_, place, each in cells])[which]
        for name in ("ttl", "bytes_per_key")
    )
    return table(schema, {
        "collected_at": datetimes(clock.at[when]),
        "instance": choose(which, [cell[0] for cell in cells]),
        "prefix": choose(which, [cell[1] for cell in cells]),
        "type": choose(which, [cell[2] for cell in cells]),
        "n_keys": n_keys[when, which],
        "n_sampled": sampled[which],
        "n_expiring": n_expiring[when, which],
        "ttl_seconds": pa.array(ttl, mask=np.isnan(ttl)),
        "bytes_per_key": size,
    })  # fmt: skip
