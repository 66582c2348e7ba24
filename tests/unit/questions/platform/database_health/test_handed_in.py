"""Slow statements, disks and topics that were handed in, held against plain loops over their rows."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from lucky_analytics.questions.platform.database_health import handed_in, texts
from tests import monitoring_world


def read(server: str = "", as_of: dt.date = monitoring_world.AS_OF, **gone: None) -> handed_in.HandedIn:
    tables = {name: table for name, table in monitoring_world.conform(as_of).items() if name not in gone}
    return handed_in.read_handed_in(SimpleNamespace(optional=tables.get), server)


def test_statements_of_seven_days_are_summed_and_the_dearest_comes_first():
    found = read().statements
    raw = monitoring_world.raw()["slow_statements"]
    seven = raw[(raw["day"] > dt.date(2026, 2, 6)) & (raw["day"] <= monitoring_world.AS_OF)]
    loop: dict[str, float] = {}
    for row in seven.itertuples():
        loop[row.digest] = loop.get(row.digest, 0.0) + row.seconds
    assert found.set_index("digest")["seconds"].to_dict() == loop
    assert found["seconds"].is_monotonic_decreasing and found["share"].sum() == pytest.approx(1)
    first = found.iloc[0]
    assert (first["before"], first["examined"], first["longest"]) == (6.0, 100_000.0, 9.0)
    assert found["before"].tolist()[1:] == [0.0, 0.0]  # there is a log of that week, without them
    assert pd.isna(found.set_index("verb").loc["UPDATE", "examined"])
    assert handed_in.describe_statements(found) == (
        "SELECT on luckyus_sales_order.t_order takes 81 % of the time of slow statements"
    )


def test_without_older_days_nothing_is_held_against_them():
    assert read(as_of=dt.date(2026, 2, 5)).statements["before"].isna().all()


def test_disks_are_those_of_their_newest_time_the_fullest_first():
    found = read().disks
    assert found["machine"].tolist() == ["db-1", "db-2"]
    assert found["used"].tolist() == pytest.approx([0.9, 0.375])
    assert found["before"].tolist()[0] == pytest.approx(0.6) and pd.isna(found["before"][1])
    assert handed_in.describe_disks(found) == "The fullest disk is 90 % full, on db-1"


def test_topics_are_summed_over_their_partitions_and_nobodys_are_no_lag():
    (row,) = read().topics.to_dict("records")
    assert (row["group"], row["topic"], row["n_partitions"], row["behind"], row["before"]) == (
        "warehouse", "orders", 2, 520.0, 0.0,
    )  # fmt: skip
    assert handed_in.describe_topics(read().topics) == "warehouse is 520 messages behind on orders"


def test_a_page_of_one_server_has_its_own_rows_by_any_of_its_names():
    found = read("aws-luckyus-salescrm-rw")
    assert found.statements["name"].tolist() == ["salescrm"] and found.statements["share"].tolist() == [1.0]
    assert found.disks.empty and found.topics.empty
    assert "no slow statement here" in handed_in.describe_statements(read("scm-wds").statements)


@pytest.mark.parametrize(
    ("table", "entry"),
    [("slow_statements", "statements"), ("disk_space", "disk_space"), ("topic_lags", "topic_lags")],
)
def test_what_is_not_handed_in_is_asked_for_by_its_file(table: str, entry: str):
    told = texts.list_unknown(None, None, read(**{table: None}).known)
    whole = texts.list_unknown(None, None, read().known)
    (asked,) = set(told["ask"]) - set(whole["ask"])
    assert "files" in asked or "as a file" in asked
    assert entry not in read(**{table: None}).known and entry in read().known


def test_the_limit_on_disks_follows_the_file():
    assert "not collected" in handed_in.say_disks(read(disk_space=None))
    assert "not collected" not in handed_in.say_disks(read())
