"""The demo in a real Redis, asked about itself beside a loaded MariaDB: the caches are the demo's."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from lucky_analytics import snapshot
from lucky_analytics.catalog import Suite
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import DemoError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from tests import demo_suite
from tests.services import mariadb
from tests.services.redis_nodes import Redis

CACHES = ("luckyus-isales-order", "luckyus-session")


def prefixes(suite: Suite, server: str) -> pd.DataFrame:
    """The newest sample of one cache."""
    rows = suite.cache_prefixes.execute()
    rows = rows[(rows["server"] == server) & (rows["said_at"] == rows["said_at"].max())]
    rows = rows.assign(prefix=rows["prefix"].str.rstrip(":"))
    return rows.sort_values(["prefix", "type"], ignore_index=True)


def test_caches_that_were_loaded_are_sampled_as_the_demo_has_them(
    start_redis: Callable[..., Redis], server: mariadb.Mariadb, where: Settings
):
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    load(demo_suite.estate(), server.root, names=["opshop"], reader=reader)
    lines = (
        f'[telemetry]\ncollect = true\n[opshop]\nreplica = "{server.reader}"\ncut = "2026-02-14T12:00:00Z"\n'
    )
    for name in CACHES:
        node = start_redis()
        url = f"redis://127.0.0.1:{node.port}"
        loaded = load(demo_suite.estate(), url, names=[name.removeprefix("luckyus-")], reader=reader)
        assert loaded.rows == {name: node.client.dbsize()} and loaded.rows[name] > 1_000
        lines += f'[{name}]\nreplica = "{node.reader}"\n'
    (where.root / "sources.toml").write_text(lines)
    live = Suite(snapshot.take(configured.connect(where), settings=where))
    of_demo = demo_suite.suite()
    for name in CACHES:
        expected, got = prefixes(of_demo, name), prefixes(live, name)
        exact = ["server", "prefix", "type", "n_keys", "n_sampled", "n_expiring"]
        assert got[exact].equals(expected[exact]) and len(got) > 3
        lasts = expected["ttl_seconds"].notna()
        assert (got["ttl_seconds"].notna() == lasts).all()
        assert ((expected["ttl_seconds"] - got["ttl_seconds"])[lasts].between(0, 60)).all()
        plain = expected["type"] == "string"
        assert (got["key_bytes"] / expected["key_bytes"])[plain].between(0.5, 2).all() and plain.any()
    answered = live.server_answers.execute().set_index("server")
    assert answered.loc[[*CACHES, "aws-luckyus-opshop-rw"], "is_reached"].all()
    said = live.server_metrics.execute()
    rows = said[(said["metric"] == "table_rows") & (said["subject"] == "luckyus_opshop.t_shop_info")]
    n_shops = int(of_demo.source("opshop").t_shop_info.count().execute())
    assert rows["value"].item() == pytest.approx(n_shops, rel=0.2)  # the server's own estimate
    server.execute("DROP DATABASE luckyus_opshop")


@pytest.mark.parametrize("name", ["salesorder", "nowhere"])
def test_a_cache_that_the_fleet_does_not_have_is_one_line(start_redis: Callable[..., Redis], name: str):
    with pytest.raises(DemoError, match=f"cache {name}: expected a Redis server"):
        load(demo_suite.estate(), f"redis://127.0.0.1:{start_redis().port}", names=[name])
