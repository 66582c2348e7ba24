"""What the page on caches relies on, and the queries behind its headlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from lucky_analytics.estate import servers as fleet
from lucky_analytics.questions.platform.redis_fleet.cache_fleet import Caches
from lucky_analytics.questions.platform.redis_fleet.cache_money import SERVICE, Saving
from lucky_analytics.questions.platform.redis_fleet.cache_sizes import Sizing
from lucky_analytics.questions.platform.redis_fleet.key_lives import Keys

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_fleet", "count_unnamed", "write_queries"]


def check_fleet(found: Caches, sizing: Sizing, saving: Saving, keys: Keys, quiet: int) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property."""
    n = fleet.load().count("redis") - count_unnamed()
    silent = int((~found.rows["is_reached"]).sum())
    watched = int(found.rows["watched"].max()) if len(found.rows) else 0
    tried = int(sizing.tried["n"].sum())
    facts = [
        ("every named cache was asked", not found.never, f"{len(found.never)} of {n} never were"),
        ("every cache that was asked answered", not silent, f"{silent} did not"),
        ("days enough to call a silence one", watched >= quiet, f"{watched} days are kept, {quiet} count"),
        ("sizes chosen so could be tried on days gone by", tried > 0, f"{tried} were"),
        ("the bill of caches is known", saving.bill is not None, f"{SERVICE} of the cloud's bill"),
        ("samples of keys are there", keys.sampled > 0, f"{keys.sampled:,} keys in all"),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def count_unnamed() -> int:
    """Caches that the company counts and does not name."""
    return fleet.load().unnamed["redis"]


def write_queries(suite: Suite) -> dict[str, str]:
    """SQL by what it is of: ``levels``, ``counted``, ``prefixes``, ``bill``."""
    said = suite.server_metrics
    levels = said.filter(_.subject == "").group_by("server", "metric").agg(value=_.value.argmax(_.said_at))
    day = _.said_at.truncate("D").name("day")
    counted = said.filter(_.is_counter).group_by("server", "metric", day).agg(n=(_.rate * _.seconds).sum())
    of = {"levels": levels, "counted": counted, "prefixes": levels, "bill": levels}
    if (prefixes := suite.optional("cache_prefixes")) is not None:
        newest = prefixes.said_at.max()
        of["prefixes"] = prefixes.filter(_.said_at == newest)
    if (costs := suite.optional("cloud_costs")) is not None:
        of["bill"] = costs.filter(_.service == SERVICE).group_by("day").agg(cents=_.cost_cents.sum())
    return {name: suite.sql(query) for name, query in of.items()}
