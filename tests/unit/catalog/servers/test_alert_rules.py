"""Alert rules: rows as exported, and which of them could tell anybody anything."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from lucky_analytics.questions.platform.database_health import alert_state
from tests import cloud_world

RAW = pd.DataFrame(
    {
        "rule": ["a", "b", "c", "d"],
        "tool": ["grafana", "grafana", "cloudwatch", "grafana"],
        "health": ["ok", "ok", "nodata", "error"],
        "is_paused": [0, 1, 0, 0],
        "evaluated_at": pd.to_datetime(["2026-02-13 10:00", None, None, None]),
    }
)


def of(raw: pd.DataFrame):
    return cloud_world.suite({**cloud_world.raw(), "alert_rules": raw})


def test_it_has_its_columns_and_its_key():
    table = cloud_world.conform(cloud_world.raw())["alert_rules"]
    check_types(TABLES["alert_rules"], table)
    assert tuple(table.columns) == tuple(TABLES["alert_rules"].columns)
    assert find_faults(TABLES["alert_rules"], table) == []


def test_only_a_healthy_rule_that_is_not_paused_can_fire():
    rows = of(RAW).alert_rules.execute().set_index("rule")
    loop = {row.rule: row.health == "ok" and not row.is_paused for row in RAW.itertuples()}
    assert rows["can_fire"].to_dict() == loop == {"a": True, "b": False, "c": False, "d": False}
    assert rows["evaluated_at"].notna().sum() == 1


@pytest.mark.parametrize(
    ("health", "silent", "unwatched", "title"),
    [
        (["ok"] * 4, 1, None, "1 of 4 alert rules is silent"),  # one is paused
        (["error"] * 4, 4, 140, "None of the 4 alert rules can tell anybody anything"),
        (["ok", "ok", "nodata", "error"], 3, None, "3 of 4 alert rules are silent"),
    ],
)
def test_what_is_said_of_them_follows_their_state(health, silent, unwatched, title):
    suite = of(RAW.assign(health=health))
    suite.optional = lambda name: getattr(suite, name)
    rules = alert_state.read_rules(suite)
    assert alert_state.count_silent(rules) == silent
    assert alert_state.count_unwatched(rules, 140) == unwatched
    assert alert_state.describe_rules(rules) == title and title in alert_state.say_rules(rules)


def test_without_an_export_nothing_is_claimed():
    suite = of(RAW)
    suite.optional = lambda name: None
    rules = alert_state.read_rules(suite)
    assert (rules, alert_state.count_silent(rules), alert_state.count_unwatched(rules, 140)) == (
        None,
        None,
        None,
    )
    assert "Nobody can say" in alert_state.describe_rules(rules)
