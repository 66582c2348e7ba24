"""What the MySQL and PostgreSQL servers say of themselves: connections, work, lag, sizes of tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, stream
from lucky_analytics.demo.process.horizon import FIRST_DATE, day_of
from lucky_analytics.demo.process.server_clock import DAY, ServerClock
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.estate.model import Estate
from lucky_analytics.estate.servers import Server

__all__ = ["Series", "Work", "count_up", "draw_restarts", "list_tables", "measure_tables", "run_servers"]

# Servers whose work follows the orders; all others do about the same at every hour.
_SELLING = frozenset(
    {"salesorder", "salespayment", "salescrm", "salesmarketing", "opproduction", "isalescdp", "upush",
     "iotplatform", "scm-shopstock"}
)  # fmt: skip
_LIMITS = (300, 500, 1_000, 2_000)
_PAGE = 16_384
_CROWDED = 0.72  # of its limit at a usual hour of the last day, where a server is planted to be crowded


@dataclass(frozen=True)
class Series:
    """One number of one server at every collection, as ``instance_metrics`` has it."""

    instance: str
    metric: str
    unit: str
    values: Floats
    subject: str = ""


@dataclass(frozen=True)
class Work:
    """Statements a second of one server, and since when its counters run: UTC seconds by collection."""

    rate: Floats
    started: Ints


def draw_restarts(clock: ServerClock, rng: np.random.Generator) -> Ints:
    """Since when a server runs at each collection: some months before the first, or a restart since."""
    before = clock.at[0] - DAY * int(rng.integers(20, 200)) - int(rng.integers(0, DAY))
    if rng.random() > 0.15:
        return np.full(len(clock.at), before)
    again = int(clock.at[rng.integers(len(clock.at) // 4, 3 * len(clock.at) // 4)])
    return np.where(clock.at > again, again, before)


def count_up(a_second: Floats, started: Ints, clock: ServerClock) -> Floats:
    """A counter that begins anew with the server, from what it counts a second."""
    total = np.cumsum(a_second * clock.since)
    is_first = started == started[0]
    until_then = total[is_first][-1]
    history = a_second.mean() * (clock.at[0] - started[0])
    return np.rint(np.where(is_first, total + history, total - until_then))


def run_servers(
    servers: list[Server], clock: ServerClock, plant: dict[str, float], seed: int
) -> Iterator[tuple[Server, Work, list[Series]]]:
    """Each MySQL and PostgreSQL server with its work and its numbers, tables aside.

    ``plant``: ``planted["servers"]``; its positions count the MySQL servers in their order.
    """
    mysql = [server.name for server in servers if server.kind == "mysql"]
    position = {name: number for number, name in enumerate(mysql)}
    peak = np.minimum(clock.busy, 4) / 4
    for server in servers:
        own, rng = position.get(server.name, -1), stream(seed, f"server {server.name}")
        sells = rng.uniform(10, 30) if server.source in _SELLING else rng.uniform(0.02, 0.2)
        noise = np.exp(rng.normal(0, 0.10, len(clock.at)))
        work = Work((rng.lognormal(0.5, 0.7) + sells * clock.busy) * noise, draw_restarts(clock, rng))
        slowness = _slowness(clock, plant) if own == plant["slow"] else np.ones(len(clock.at))
        said = _count_work(server, work, clock, rng, slowness)
        limit = float(rng.choice(_LIMITS))
        share = np.minimum(rng.lognormal(-2.8, 0.5), 0.3) * (0.7 + 0.6 * peak)
        if own == plant["crowded"]:
            share = _CROWDED * (1 + plant["crowding_a_week"]) ** -clock.to_cut * (0.75 + 0.5 * peak)
        used = np.rint(np.clip(limit * share * np.exp(rng.normal(0, 0.05, len(share))), 2, limit))
        stopped = plant["replica_late_hours"] * 3_600 if own == plant["late_replica"] else 0.0
        lag = np.maximum(rng.poisson(0.2, len(used)), stopped - (clock.at[-1] - clock.at))
        said += [
            ("connections", "count", used),
            ("connections_limit", "count", np.full(len(used), limit)),
            ("replica_lag", "seconds", lag),
        ]
        yield server, work, [Series(server.name, name, unit, values) for name, unit, values in said]


def _slowness(clock: ServerClock, plant: dict[str, float]) -> Floats:
    """How many times as often a statement is slow."""
    since = np.datetime64(FIRST_DATE, "s").astype(np.int64) + day_of(str(plant["slow_since"])) * DAY
    return np.where(clock.at >= since, float(plant["slow_factor"]), 1.0)


def _count_work(
    server: Server, work: Work, clock: ServerClock, rng: np.random.Generator, slowness: Floats
) -> list[tuple[str, str, Floats]]:
    asked = count_up(work.rate * rng.uniform(20, 60), work.started, clock)
    missed = count_up(work.rate * rng.uniform(0.05, 0.8), work.started, clock)
    if server.kind == "postgresql":
        done = [("transactions", count_up(work.rate, work.started, clock))]
        done.append(("deadlocks", count_up(np.full(len(clock.at), 1e-7), work.started, clock)))
    else:
        often = rng.lognormal(-9.0, 0.5) * slowness
        slow = rng.poisson(np.maximum(work.rate * often * clock.since, 0)) / clock.since
        done = [("statements", count_up(work.rate, work.started, clock))]
        done.append(("slow_statements", count_up(slow, work.started, clock)))
        done.append(("connections_running", np.rint(1.0 + rng.poisson(work.rate / 60))))
    return [
        (name, "count", values)
        for name, values in (*done, ("cache_requests", asked), ("cache_misses", missed))
    ]


def list_tables(declared: Estate) -> list[tuple[str, str, int]]:
    """Server, ``database.table`` and published rows of every declared table of MySQL; the largest first."""
    found = [
        (database.server, f"{database.name}.{table.name}", table.rows or 0)
        for database in declared.databases.values()
        if database.kind == "mysql"
        for table in database.tables.values()
    ]
    return sorted(found, key=lambda each: (-each[2], each[1]))


def measure_tables(
    declared: Estate, clock: ServerClock, planted: Plants, scale: float, seed: int
) -> Iterator[Series]:
    """Rows and bytes of each declared table: what follows orders grows with them, the rest stays.

    The tables that are planted to grow have reached their published rows by as much a week.
    """
    plant = planted["servers"]
    for place, (server, name, rows) in enumerate(list_tables(declared)):
        rng = stream(seed, f"table {name}")
        n = float(rows * scale if rows else rng.integers(0, 400))
        path = np.maximum(clock.sold, 0.02) if rows > 5_000 else np.ones(len(clock.at))
        if place in plant["growing_tables"] and plant["growth_a_week"]:
            path = (1 + plant["growth_a_week"]) ** -clock.to_cut
        counted = np.rint(n * path * np.exp(rng.normal(0, 0.01, len(path)) * (rows > 5_000)))
        width, indexed = rng.uniform(90, 500), rng.uniform(0.15, 0.6)
        yield Series(server, "table_rows", "count", counted, name)
        yield Series(
            server, "table_bytes", "bytes", np.rint(counted * width / 16_384) * 16_384 + 16_384, name
        )
        size = np.rint(counted * width * indexed / 16_384) * 16_384 + 16_384
        yield Series(server, "index_bytes", "bytes", size, name)
