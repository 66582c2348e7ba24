"""What the servers of one made world said, as conformed tables, without building an estate."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.catalog import TABLES
from lucky_analytics.demo.tables import server_answers
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.demo.truth.server_plants import name_planted

AS_OF = dt.date(2026, 2, 13)
PLANT = plants()["servers"]
NULL = json.loads((Path(__file__).parent / "worlds/null.json").read_text())["servers"]
NAMED = name_planted(PLANT)
# The planted servers, and some others of each kind.
FEW = ("aws-luckyus-scm-wds-rw", "aws-luckyus-isalescdp-rw", "aws-luckyus-salescrm-rw",
       "aws-luckyus-salesorder-rw", "aws-luckyus-ifiaccounting-rw", "luckyus-isales-tradecapi",
       "aws-luckyus-salespayment-rw",
       "aws-luckyus-upush-rw", "aws-luckyus-iehr-rw", "aws-luckyus-dify-rw", "luckyus-shopsale",
       "luckyus-session", "luckyus-auth", "luckyus-daq")  # fmt: skip


def make_orders(seed: int = 5) -> np.ndarray:
    """UTC seconds of orders from 7 to 19 o'clock in New York's winter, also on the morning of the cut."""
    chance = np.random.default_rng(seed)
    day, hour = chance.integers(0, 230, 60_000), 12 + 12 * chance.beta(2.0, 2.5, 60_000)
    start = int(np.datetime64("2025-06-30", "s").astype(np.int64))
    return start + day * 86_400 + (hour * 3_600).astype(np.int64)


@functools.lru_cache(maxsize=4)
def raw(kind: str = "planted", seed: int = 7) -> dict[str, pd.DataFrame]:
    """The tables of ``telemetry``, of the planted or of the null world."""
    planted = copy.deepcopy(plants())
    planted["servers"] = {**planted["servers"], **(NULL if kind == "null" else {})}
    book = SimpleNamespace(created=make_orders(seed))
    world: Any = SimpleNamespace(planted=planted, seed=seed, targets=SimpleNamespace(scale=1.0), book=book)
    return {name: rows.to_pandas() for _, name, rows in server_answers.tables(world)}


class Suite(SimpleNamespace):
    """As much of a catalog as the question asks for."""

    def source(self, _name: str) -> SimpleNamespace:
        return SimpleNamespace(**self.raw_tables)

    def optional(self, name: str) -> ibis.Table | None:
        return getattr(self, name, None)

    def sql(self, expression: ibis.Expr) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))


def conform(frames: dict[str, pd.DataFrame]) -> dict[str, ibis.Table]:
    """The conformed tables of raw rows, as the catalog builds them; of prefixes where there are such rows."""
    given: Any = Suite(raw_tables={name: ibis.memtable(rows) for name, rows in frames.items()}, as_of=AS_OF)
    wanted = ["server_answers", "server_metrics", *(["cache_prefixes"] if "redis_prefixes" in frames else [])]
    return {name: TABLES[name].build(given).cache() for name in wanted}


def suite(frames: dict[str, pd.DataFrame], as_of: dt.date = AS_OF) -> Any:
    """A catalog of these rows alone, its snapshot closed on 13 February."""
    return Suite(as_of=as_of, snapshot=SimpleNamespace(last_closed_day=AS_OF), **conform(frames))


def pick(
    frames: dict[str, pd.DataFrame], servers: tuple[str, ...] = FEW, has_prefixes: bool = False
) -> dict[str, pd.DataFrame]:
    return {
        name: rows[rows["instance"].isin(servers)]
        for name, rows in frames.items()
        if has_prefixes or name != "redis_prefixes"
    }
