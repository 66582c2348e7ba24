"""What all configured servers say of themselves, as tables that grow by a collection at each snapshot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources import redis_server, telemetry_mysql, telemetry_postgres
from lucky_analytics.sources.base import Since, Source
from lucky_analytics.sources.collection import Collected
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["DATABASE", "TelemetrySource", "keep_times"]

DATABASE = "telemetry"
SERVERS_AT_ONCE = 8
# All collections of two days, then the last of each hour for four weeks, by which what is usual at an hour of
# the week is known, then the last of each day.
EVERY_COLLECTION, HOURLY = dt.timedelta(days=2), dt.timedelta(days=28)
KEPT = dt.timedelta(days=400)


class TelemetrySource(Source):
    """One collection of ``instances`` (endpoints by the server's name), and those before it from ``kept``.

    ``databases_of`` names the PostgreSQL databases of an instance whose tables are looked at. A server that
    cannot be asked is a row that says so, and a warning; it costs nothing else.
    """

    kind = "live"
    name = DATABASE

    def __init__(
        self,
        instances: Mapping[str, Endpoint],
        kept: Path,
        databases_of: Mapping[str, list[str]] | None = None,
    ) -> None:
        self.instances, self.kept, self.databases_of = instances, kept, databases_of or {}
        self.databases = [DATABASE]
        self._at: dt.datetime | None = None
        self._found: dict[str, tuple[str, Collected | SourceError]] = {}

    def __enter__(self) -> Self:
        self._at = dt.datetime.now(dt.UTC).replace(microsecond=0)
        asked = [node for item in self.instances.items() for node in _nodes(*item)]
        with ThreadPoolExecutor(SERVERS_AT_ONCE) as pool:
            answers = pool.map(lambda node: self._ask(*node), asked)
            self._found = {
                name: (endpoint.kind, answer)
                for (name, endpoint, *_), answer in zip(asked, answers, strict=True)
            }
        if not any(isinstance(answer, Collected) for _, answer in self._found.values()):
            raise SourceError(
                "telemetry",
                expected="a server that answers",
                got="; ".join(str(error).rstrip(".") for _, error in self._found.values())
                or "none configured",
            )
        return self

    @property
    def where(self) -> str:
        return f"{len(self._found)} servers"

    @property
    def version(self) -> str:
        return f"telemetry of {len(self._found)} servers"

    @property
    def cut(self) -> dt.datetime:
        if self._at is None:
            raise SourceError("telemetry", expected="an open source", got="one not opened yet")
        return self._at

    def tables(self) -> dict[str, list[str]]:
        return {DATABASE: sorted(estate.load().database(DATABASE).tables)}

    def facts(self) -> dict[str, str]:
        reached = sum(isinstance(answer, Collected) for _, answer in self._found.values())
        return {"answers": f"{reached} of {len(self._found)} servers"}

    def warnings(self) -> list[str]:
        return [str(answer) for _, answer in self._found.values() if isinstance(answer, SourceError)]

    def read(
        self,
        database: str,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        since: Since | None = None,
    ) -> Iterator[pa.RecordBatch]:
        if since is not None:
            raise NotImplementedError("telemetry does not know what changed")
        schema = estate.load().database(database).table(table).schema
        now = pa.Table.from_pylist(list(self._rows(table)), schema=schema)
        rows = _joined(self.kept / f"{table}.parquet", now, self.cut.replace(tzinfo=None))
        yield from rows.select(list(columns or schema.names)).to_batches()

    def _ask(self, name: str, endpoint: Endpoint, host: str, port: int) -> Collected | SourceError:
        try:
            if endpoint.kind == "redis":
                return redis_server.collect(endpoint, name, host, port)
            if endpoint.kind == "postgresql":
                return telemetry_postgres.collect(endpoint, name, self.databases_of.get(name, []))
            return telemetry_mysql.collect(endpoint, name)
        except SourceError as error:
            return error

    def _rows(self, table: str) -> Iterator[dict[str, Any]]:
        at = self.cut.replace(tzinfo=None)
        for instance, (kind, answer) in sorted(self._found.items()):
            facts = {"collected_at": at, "instance": instance}
            reached = isinstance(answer, Collected)
            if table == "instances":
                yield {
                    **facts,
                    "kind": kind,
                    "is_reached": int(reached),
                    "role": answer.role if isinstance(answer, Collected) else "",
                    "version": answer.version if isinstance(answer, Collected) else "",
                    "started_at": answer.started_at if isinstance(answer, Collected) else None,
                }
            elif isinstance(answer, Collected) and table == "instance_metrics":
                for m in sorted(answer.metrics, key=lambda m: (m.name, m.subject)):
                    yield {
                        **facts,
                        "metric": m.name,
                        "subject": m.subject[:191],
                        "value": m.value,
                        "unit": m.unit,
                    }
            elif isinstance(answer, Collected) and table == "redis_prefixes":
                for prefix in answer.prefixes:
                    yield {**facts, **vars(prefix)}


def _nodes(name: str, endpoint: Endpoint) -> list[tuple[str, Endpoint, str, int]]:
    if endpoint.kind != "redis":
        return [(name, endpoint, endpoint.host, endpoint.port)]
    return [(node, endpoint, host, port) for node, host, port in redis_server.nodes(endpoint, name)]


def keep_times(times: Iterable[dt.datetime], at: dt.datetime) -> list[dt.datetime]:
    """Which collections are kept when a new one is made ``at`` a time, the oldest first."""
    ordered = sorted(times)
    of_day = {time.date(): time for time in ordered}
    of_hour = {(time.date(), time.hour): time for time in ordered if time >= at - HOURLY}
    lasting = {*of_day.values(), *of_hour.values()}
    return [time for time in ordered if time >= at - EVERY_COLLECTION or time in lasting]


def _joined(path: Path, now: pa.Table, at: dt.datetime) -> pa.Table:
    """What was collected before, with what is new, written back in one step; old times are thinned."""
    rows = now
    if path.is_file():
        before = pq.read_table(path, schema=now.schema)
        before = before.filter((pc.field("collected_at") < at) & (pc.field("collected_at") >= at - KEPT))
        kept = keep_times(set(before.column("collected_at").to_pylist()), at)
        rows = pa.concat_tables([before.filter(pc.field("collected_at").isin(kept)), now])
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    spare = path.with_suffix(".new")
    pq.write_table(rows, spare, compression="zstd")
    spare.replace(path)
    return rows
