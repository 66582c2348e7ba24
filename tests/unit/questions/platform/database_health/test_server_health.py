"""The state of servers in made worlds: what is planted is found, what is not is left alone; edges hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate import servers as fleet
from lucky_analytics.models import server_readings as readings
from lucky_analytics.questions.platform.database_health import (
    advice,
    filling,
    health,
    next_quarter,
    server_checks,
    texts,
    unusual,
    views,
)
from tests import server_world

LIMITS = health.Limits()
NAMED = server_world.NAMED


@functools.cache
def suite(kind="planted"):
    return server_world.suite(server_world.pick(server_world.raw(kind)))


@functools.cache
def read(kind="planted"):
    return readings.read_servers(suite(kind))


def judge(found, chosen=LIMITS, weeks_apart=4.0):
    outlook = filling.find_outlook(found, chosen.memory_most, chosen.connections_most, chosen.level)
    odd = unusual.judge_hours(found, weeks_apart, 7)
    slow = health.count_slow(found, chosen.level)
    return outlook, slow, odd, health.find_issues(found, outlook, slow, odd, chosen)


@functools.cache
def judged(kind="planted"):
    return judge(read(kind))


def edit(found, metric, change, **of):
    """The readings with the newest and all other values of one metric changed."""

    def changed(frame):
        rows = frame.copy()
        own = rows["metric"] == metric
        for name, value in of.items():
            own &= rows[name] == value
        rows.loc[own, "value"] = change(rows.loc[own, "value"])
        return rows

    return dataclasses.replace(
        found, **{part: changed(getattr(found, part)) for part in ("newest", "lately", "daily")}
    )


def test_what_is_planted_is_found_and_nothing_else():
    *_, issues = judged()
    act = issues[issues["state"] == health.ACT].groupby("kind")
    assert {kind: set(own["server"]) for kind, own in act if kind != "growth"} == {
        "late": set(NAMED["late_replica"]),
        "memory": set(NAMED["filling_cache"]),
        "connections": set(NAMED["crowded_server"]),
        "slow": set(NAMED["slowed_server"]),
    }
    assert set(act.get_group("growth")["subject"]) == set(NAMED["growing_tables"])
    late = issues[issues["kind"] == "late"].iloc[0]
    assert late["value"] == server_world.PLANT["replica_late_hours"]
    assert late["since"] == read().moment - pd.Timedelta(hours=late["value"])
    slow = issues[issues["kind"] == "slow"].iloc[0]
    assert slow["low"] < server_world.PLANT["slow_factor"] < slow["high"]
    for row in act.get_group("growth").itertuples():  # with the noise of one world: twice the half-range
        assert abs(row.value - server_world.PLANT["growth_a_week"]) < row.high - row.low


def test_the_filling_cache_is_full_when_its_planted_growth_says():
    outlook, *_ = judged()
    row = outlook.limited[
        outlook.limited["server"].isin(NAMED["filling_cache"]) & (outlook.limited["what"] == "memory")
    ].iloc[0]
    plant = server_world.PLANT
    # The line begins at the last whole day, half a day before the newest collection.
    true = 0.5 + 7 * np.log(1 / plant["filled"]) / np.log1p(plant["filling_a_week"])
    assert row["days_full_low"] < true < row["days_full_high"]
    assert row["growth_low"] < plant["filling_a_week"] < row["growth_high"]


def test_where_nothing_is_planted_nothing_needs_work():
    outlook, _slow, odd, issues = judged("null")
    assert not (issues["state"].isin([health.ACT, health.SOON])).any()
    assert odd.alarms["at"].nunique() <= 2  # hours: one in four weeks is expected, here a week is judged
    assert (
        texts.name_finding(issues[issues["kind"] != "unusual"], 14) == "None of 14 servers needs work today"
    )
    assert advice.decide(issues, read("null").moment).strength.is_idle
    assert "No server is over a limit" in texts.describe_answer(issues)
    assert not outlook.limited["days_line"].lt(30).any()


def test_hours_are_those_of_a_plain_loop():
    found = read()
    wide = unusual.spread_hours(found, "work")
    rows = found.lately[(found.lately["metric"] == "statements") & found.lately["rate"].notna()]
    for server in ("aws-luckyus-iehr-rw", "luckyus-session"):
        own = rows[rows["server"] == server]
        for hour in wide.columns[-30:-1]:
            inside = own[(own["said_at"] > hour) & (own["said_at"] <= hour + unusual.HOUR)]
            if inside["seconds"].sum() >= 1_800:
                counted = (inside["rate"] * inside["seconds"]).sum() * 3_600 / inside["seconds"].sum()
                assert wide.loc[server, hour] == pytest.approx(counted)
    assert wide[wide.columns[-1]].isna().all()  # the hour to come
    assert wide.columns[-1] == found.moment


@pytest.mark.parametrize(
    ("metric", "change", "kind"),
    [
        ("replica_lag", lambda v: v * 0 + 900.0, "late"),
        ("used_memory", lambda v: v * 0 + 1e13, "memory"),
        ("connections", lambda v: v * 0 + 1e6, "connections"),
    ],
)
def test_each_issue_follows_its_rows(metric, change, kind):
    found = read("null")
    server = found.newest.loc[found.newest["metric"] == metric, "server"].iloc[0]
    *_, issues = judge(edit(found, metric, change, server=server))
    own = issues[(issues["kind"] == kind) & (issues["server"] == server)]
    assert len(own) == 1 and own["state"].iloc[0] == health.ACT
    assert texts.say_issue(own.iloc[0]) and texts.say_fix(kind, "x", "")


@pytest.mark.parametrize(
    ("chosen", "kind", "there"),
    [
        ({"memory_most": 0.95}, "memory", False),
        ({"connections_most": 1.0}, "connections", False),
        ({"growth_most": 0.3}, "growth", False),
        ({"slow_times": 9.0}, "slow", False),
        ({"lag_seconds": 31 * 3_600.0}, "late", False),
        ({"memory_most": 0.95, "soon_days": 365.0}, "fills", True),
    ],
)
def test_each_limit_is_the_one_that_was_given(chosen, kind, there):
    outlook, slow, odd, _ = judged()
    mine = dataclasses.replace(LIMITS, **chosen)
    outlook = filling.find_outlook(read(), mine.memory_most, mine.connections_most, mine.level)
    issues = health.find_issues(read(), outlook, slow, odd, mine)
    assert (issues["kind"] == kind).any() == there


def test_a_silent_server_is_first_and_of_its_silence_the_time_is_told():
    frames = server_world.pick(server_world.raw("null"))
    said, asked = frames["instance_metrics"], frames["instances"].copy()
    silent = ("aws-luckyus-upush-rw", asked["collected_at"].max() - pd.Timedelta(hours=5))
    own = (asked["instance"] == silent[0]) & (asked["collected_at"] > silent[1])
    asked.loc[own, "is_reached"] = 0
    said = said[~((said["instance"] == silent[0]) & (said["collected_at"] > silent[1]))]
    found = readings.read_servers(server_world.suite({"instances": asked, "instance_metrics": said}))
    _outlook, _slow, _odd, issues = judge(found)
    assert issues["kind"].iloc[0] == "silent" and issues["value"].iloc[0] == 5
    states = health.state_servers(found, issues, with_unnamed=True)
    assert states.set_index("server").loc[silent[0], "state"] == health.ACT
    assert len(views.show_servers(found, states)) == len(states)
    assert "does not answer" in texts.describe_answer(issues)


def test_all_143_stand_in_the_grid_and_the_unnamed_are_said_to_be():
    states = health.state_servers(read(), judged()[3], with_unnamed=True)
    cells = views.show_states(states)
    assert len(cells) == 143 == sum(fleet.load().count(kind) for kind in ("mysql", "postgresql", "redis"))
    assert (states["state"] == health.UNNAMED).sum() == 3
    assert (states["state"] == health.SILENT).sum() == 140 - len(server_world.FEW)
    assert not cells.duplicated(["row", "across"]).any()


def test_the_next_quarter_is_nearer_than_the_last_value_and_its_range_holds():
    found, (_, _, odd, _) = read(), judged()
    coming = next_quarter.foretell_quarter(found, odd, LIMITS)
    assert coming.gain.low > 0 and 0.8 < coming.inside <= 1
    rows = coming.rows.set_index(["server", "what"])
    full = rows.loc[(NAMED["filling_cache"][0], "memory")]
    assert full["chance"] > 0.5 and full["next_low"] < full["now"] < full["next_high"]
    assert rows["chance"].between(0, 1).all()


def test_a_server_is_found_by_its_short_name_and_a_stranger_is_refused():
    own = readings.read_servers(suite(), "upush")
    assert own.asked["server"].tolist() == ["aws-luckyus-upush-rw"] and own.never == ()
    assert len(health.state_servers(own, judge(own)[3], with_unnamed=False)) == 1
    with pytest.raises(UnknownNameError, match="nobody"):
        readings.read_servers(suite(), "nobody")


def test_before_the_first_collection_nothing_is_said_and_an_early_day_counts_its_own():
    given = suite()
    early = server_world.Suite(**{**vars(given), "as_of": dt.date(2025, 1, 1)})
    assert readings.read_servers(early) is None
    day = server_world.Suite(**{**vars(given), "as_of": dt.date(2025, 8, 1)})
    found = readings.read_servers(day)
    assert found.moment < pd.Timestamp("2025-08-02 04:00")
    outlook, _slow, odd, issues = judge(found)
    assert odd.n_series == 0 and "Too few weeks" in texts.name_alarms(odd)
    coming = next_quarter.foretell_quarter(found, odd, LIMITS)
    assert coming.gain.value is None and coming.rows.empty
    assert views.draw_outlook(outlook, views.pick_fullest(outlook), 0.9) is not None
    assert not issues["kind"].isin(["unusual", "slow"]).any()


def test_one_collection_of_one_server_is_enough_for_a_page():
    frames = server_world.pick(server_world.raw("null"), ("luckyus-session",))
    last = frames["instances"]["collected_at"].max()
    frames = {name: rows[rows["collected_at"] == last] for name, rows in frames.items()}
    found = readings.read_servers(server_world.suite(frames))
    outlook, slow, odd, issues = judge(found)
    states = health.state_servers(found, issues, with_unnamed=True)
    assert found.n_collections == 1 and issues.empty and outlook.tables.empty and slow.empty
    assert len(views.show_servers(found, states)) == 143
    assert views.show_limited(outlook)["full"].eq("too few days").all()
    checks = server_checks.check_servers(found, outlook, odd, 0.9).set_index("name")["passed"]
    assert not checks["every named server was asked"]
    assert views.count_naive(found, LIMITS) == 0
    assert texts.say_tests(outlook, LIMITS)[0].startswith("Trends of tables could not be tested")


def test_a_cache_without_a_limit_is_never_full():
    found = edit(read(), "memory_limit", lambda v: v * 0)
    outlook, _, _, issues = judge(found)
    assert set(outlook.limited["what"]) == {"connections"} and not (issues["kind"] == "memory").any()


def test_slow_statements_follow_their_counts():
    slow = health.count_slow(read("null"), 0.9)
    assert len(slow) and (slow["times_low"] < 1.5).all() and slow["times"].between(0.5, 2).all()
    found = read("null")
    daily = found.daily.copy()
    newest = daily["day"] > daily["day"].max() - pd.Timedelta(days=7)
    own = newest & (daily["metric"] == "slow_statements") & (daily["server"] == slow["server"].iloc[0])
    daily.loc[own, "counted"] *= 4
    again = health.count_slow(dataclasses.replace(found, daily=daily), 0.9).set_index("server")
    assert again.loc[slow["server"].iloc[0], "times"] == pytest.approx(4 * slow["times"].iloc[0])


def test_texts_name_the_worst_and_hold_at_most_three_numbers():
    *_, issues = judged()
    assert (
        texts.name_finding(issues, 140)
        == "{needs_work:value} of 140 need IT today, first a replica that fell behind"
    )
    said = texts.describe_answer(issues)
    assert said.count("{") <= 3 and "scm-wds" in said
    named = issues.assign(name="framework01")
    assert texts.describe_answer(named).count("{") == 1  # its digits count, too
    decision = advice.decide(issues, read().moment)
    assert decision.strength.word == "lean" and "scm-wds" in decision.action
    assert len(decision.action.split()) <= 40 and "more" in decision.action
    shown = views.show_issues(issues, read().moment)
    assert shown["fix"].str.len().min() > 5 and len(shown) == len(issues)


def test_what_nobody_can_see_names_whom_to_ask():
    unknown = texts.list_unknown(None, None)
    assert (
        unknown["what"].str.contains("CyberData").any() and unknown["what"].str.contains("Alert rules").any()
    )
    assert (unknown["ask"].str.len() > 10).all()
