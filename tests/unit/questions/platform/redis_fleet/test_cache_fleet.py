"""Caches in made worlds: what is planted is found, what is not is left alone, and every edge holds."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import WAIT
from lucky_analytics.methods.reliability.quiet_spells import count_returns
from lucky_analytics.models.cloud_month import read_bill
from lucky_analytics.questions.platform.redis_fleet import (
    cache_fleet,
    cache_money,
    cache_sizes,
    fleet_checks,
    key_lives,
    texts,
    views,
)
from tests import cache_world, server_world

NAMED, TERMS, POWERS = server_world.NAMED, cache_sizes.Terms(), (0.6, 0.8, 1.0)
UNUSED = set(NAMED["unused_caches"])
FEW = [*NAMED["unused_caches"], "luckyus-session", "luckyus-shopsale"]


def judge(given, terms=TERMS, powers=POWERS, own_rate=0.2):
    found = cache_fleet.read_caches(given, own_rate, terms.level)
    sizing = cache_sizes.choose_sizes(found, terms)
    saving = cache_money.price_actions(sizing, read_bill(given), 2, powers, terms.level)
    return found, sizing, saving


@functools.cache
def suite(kind="planted"):
    return cache_world.suite(cache_world.frames(kind))


@functools.cache
def judged(kind="planted"):
    return judge(suite(kind))


def servers_of(sizing, what):
    return set(sizing.rows.loc[sizing.rows["what"] == what, "server"])


def test_what_is_planted_is_found_and_nothing_else():
    found, sizing, _saving = judged()
    assert servers_of(sizing, cache_sizes.DROP) == UNUSED
    assert servers_of(sizing, cache_sizes.GROW) == set(NAMED["filling_cache"])
    keys = key_lives.read_keys(suite(), found, 0.9)
    assert set(keys.prefixes.loc[keys.prefixes["should_expire"], "server"]) == set(
        NAMED["caches_without_ttl"]
    )
    assert key_lives.count_none(keys) > len(NAMED["caches_without_ttl"])  # a plain list names more
    wasted = found.rows[found.rows["fragmentation"] > 1.5]
    assert set(wasted["server"]) == set(NAMED["fragmented_cache"])


def test_where_nothing_is_planted_none_is_unused_and_no_key_stays():
    found, sizing, _ = judged("null")
    assert not servers_of(sizing, cache_sizes.DROP) and not servers_of(sizing, cache_sizes.GROW)
    keys = key_lives.read_keys(suite("null"), found, 0.9)
    assert not keys.prefixes["should_expire"].any()
    assert not (found.rows["fragmentation"] > 1.5).any()


def test_where_every_cache_is_half_full_nothing_is_advised():
    given = cache_world.suite(cache_world.fill_all(cache_world.frames("null"), 0.4))
    found, sizing, saving = judge(given, dataclasses.replace(TERMS, most_filled=0.7))
    assert set(sizing.rows["what"]) == {cache_sizes.KEEP}
    assert saving.total.value == 0 and saving.parts.empty
    assert texts.decide(found, sizing, saving, count_returns(found.used, 62)).strength.is_idle
    assert texts.name_finding(sizing).endswith("caches is unused, too large or too small")
    assert "not more than its limit" in texts.describe_answer(sizing, saving)


def test_a_cache_that_is_used_at_the_end_of_each_month_alone_is_not_unused():
    given = cache_world.some(cache_world.frames(), FEW)
    server = sorted(UNUSED)[0]
    rows = given["instance_metrics"]
    ends = rows["collected_at"].dt.is_month_end.astype(int)
    own = (rows["instance"] == server) & (rows["metric"] == "cache_hits")
    counted = rows[own].sort_values("collected_at").index
    values = rows["value"].copy()
    values.loc[counted] = 50.0 * ends.loc[counted].cumsum()
    given = {**given, "instance_metrics": rows.assign(value=values)}
    found, sizing, _ = judge(cache_world.suite(given))
    quiet = found.rows.set_index("server").loc[server, "quiet"]
    assert 7 <= quiet < 31  # a week of silence would have called it unused
    assert servers_of(sizing, cache_sizes.DROP) == UNUSED - {server}
    week, months = count_returns(found.used, 7), count_returns(found.used, 62)
    assert week.returned >= 3 and months.returned == 0


def test_the_bill_is_split_whole_and_savings_follow_it():
    found, sizing, saving = judged()
    assert saving.bill == pytest.approx(cache_world.bill_dollars(suite()), abs=0.006)
    named = len(sizing.rows) / (len(sizing.rows) + 2)
    assert saving.rows["cost"].sum() == pytest.approx(saving.bill * named)
    assert saving.first.low < saving.total.low and saving.first.value < saving.total.value
    by_part = saving.parts.set_index("what")["saves"]
    assert by_part.sum() == pytest.approx(saving.total.value) == pytest.approx(saving.rows["saves"].sum())
    unused = saving.rows[saving.rows["server"].isin(UNUSED)]
    assert unused["saves"].to_numpy() == pytest.approx(unused["cost"].to_numpy())
    assert by_part[cache_sizes.GROW] < 0
    for row in saving.rows.itertuples():
        assert row.saves_low <= row.saves <= row.saves_high
    twice = cache_world.suite(cache_world.frames())
    twice.cloud_costs = twice.cloud_costs.mutate(cost_cents=twice.cloud_costs.cost_cents * 2)
    again = cache_money.price_actions(sizing, read_bill(twice), 2, POWERS, 0.9)
    assert again.total.value == pytest.approx(2 * saving.total.value)
    assert again.share.value == pytest.approx(saving.share.value)
    assert found.rows["filled"].is_monotonic_decreasing


def test_one_size_down_is_the_next_of_the_fleet():
    _, sizing, saving = judged()
    steps = np.array(sizing.sizes)
    cost = dict(zip(saving.rows["size"], saving.rows["cost"], strict=True))
    total = 0.0
    for row in saving.rows.itertuples():
        if row.what == cache_sizes.DROP:
            total += row.cost
        elif row.what in (cache_sizes.SHRINK, cache_sizes.GROW):
            new = steps[steps < row.size].max() if row.what == cache_sizes.SHRINK else row.new
            total += row.cost - cost[new]
    assert saving.first.value == pytest.approx(total)


def test_without_a_bill_sizes_are_told_and_dollars_are_not():
    given = cache_world.suite(cache_world.frames(), has_bill=False)
    found, sizing, saving = judge(given)
    assert saving.bill is None and saving.total.value is None and saving.rows["saves"].isna().all()
    decision = texts.decide(found, sizing, saving, count_returns(found.used, 62))
    assert decision.worth.value is None and decision.strength.word in ("lean", WAIT)
    assert "not known" in texts.describe_answer(sizing, saving)
    assert len(views.show_actions(saving, found, count_returns(found.used, 62).chance(30, 0.9))) > 20


@pytest.mark.parametrize(
    ("chosen", "what", "fewer"),
    [({"quiet": 200}, cache_sizes.DROP, True), ({"most_filled": 0.1}, cache_sizes.SHRINK, True),
     ({"memory_most": 0.1}, cache_sizes.GROW, False)],
)  # fmt: skip
def test_each_limit_is_the_one_that_was_given(chosen, what, fewer):
    _, mine, _ = judge(suite(), dataclasses.replace(TERMS, **chosen))
    n, usual = len(servers_of(mine, what)), len(servers_of(judged()[1], what))
    assert n < usual if fewer else n > usual


def test_use_is_told_by_reads_keys_and_statements_each():
    server, last = sorted(UNUSED)[0], dt.datetime(2026, 2, 12)
    few = cache_world.some(cache_world.frames(), FEW)
    for metric, change in [("cache_hits", lambda v: v + 10), ("keys", lambda v: v + 1),
                           ("statements", lambda v: v + 1e6)]:  # fmt: skip
        given = cache_world.suite(cache_world.edit(few, metric, change, server, last))
        found = cache_fleet.read_caches(given, 0.2, 0.9).rows.set_index("server")
        assert found.loc[server, "quiet"] <= 1, metric
    assert (
        cache_fleet.read_caches(cache_world.suite(few), 0.01, 0.9).rows["quiet"].max() <= 1
    )  # their monitoring counts as use


def test_hits_are_those_of_counted_reads():
    found, *_ = judged()
    shopsale = found.rows.set_index("name").loc["shopsale"]
    assert shopsale["hits"] == pytest.approx(0.029, abs=1e-4) == found.rows["hits"].min()
    assert views.count_low(found) == 0 and len(views.list_low(found, 0.05)) == 1
    frames = cache_world.edit(
        cache_world.frames(), "cache_misses", lambda v: v * 0, found.rows["server"].iloc[1]
    )
    again = cache_fleet.read_caches(cache_world.suite(frames), 0.2, 0.9).rows.set_index("server")
    assert again.loc[found.rows["server"].iloc[1], "hits"] == 1.0


def test_keys_of_prefixes_add_up_to_those_of_the_cache():
    found, *_ = judged()
    keys = key_lives.read_keys(suite(), found, 0.9)
    sums = keys.prefixes.groupby("server")["keys"].sum()
    of = found.rows.set_index("server")["keys"].reindex(sums.index)
    assert sums.to_numpy() == pytest.approx(of.to_numpy(), rel=0.01)
    assert keys.lives["share"].sum() == pytest.approx(1.0)
    by_life = keys.lives.set_index("life")["keys"]
    assert by_life["never expire"] == pytest.approx(
        (keys.prefixes["keys"] * (1 - keys.prefixes["share"])).sum()
    )
    row = keys.prefixes.iloc[0]
    assert row["keys_low"] < row["keys"] < row["keys_high"]
    none = cache_world.frames()
    without = cache_world.suite({**none, "redis_prefixes": none["redis_prefixes"].iloc[:0]})
    empty = key_lives.read_keys(without, found, 0.9)
    assert empty.never.value is None and empty.lives["share"].sum() == 0 and empty.sampled == 0
    assert texts.name_lives(empty) == "No sample of keys was taken"


def test_past_choices_are_tried_and_a_cache_that_grew_since_is_missed():
    found, sizing, _ = judged()
    assert sizing.tried["n"].sum() > 20 and sizing.tried["missed"].sum() == 0
    smaller = sizing.rows[(sizing.rows["what"] == cache_sizes.SHRINK) & (sizing.rows["new"] < 2)]
    server = smaller["server"].iloc[0]
    frames = cache_world.edit(
        cache_world.some(cache_world.frames(), [server, *found.rows["server"].iloc[:20]]),
        "used_memory",
        lambda v: v * 30,
        server,
        dt.datetime(2026, 1, 10),
    )
    again = judge(cache_world.suite(frames))[1]
    assert again.tried.set_index("cut").loc[90, "missed"] == 1


def test_before_the_first_collection_and_with_one_of_one_cache():
    early = cache_world.suite(cache_world.frames(), dt.date(2025, 1, 1))
    assert cache_fleet.read_caches(early, 0.2, 0.9) is None
    frames = cache_world.frames()
    last = frames["instances"]["collected_at"].max()
    one = {name: rows[(rows["collected_at"] == last) & (rows["instance"] == "luckyus-daq")]
           for name, rows in frames.items()}  # fmt: skip
    given = cache_world.suite(one)
    found, sizing, saving = judge(given)
    assert len(found.rows) == 1 and set(sizing.rows["what"]) == {cache_sizes.KEEP}
    keys = key_lives.read_keys(given, found, 0.9)
    checks = fleet_checks.check_fleet(found, sizing, saving, keys, 62).set_index("name")["passed"]
    assert not checks["days enough to call a silence one"] and checks["the bill of caches is known"]
    assert len(views.draw_grid(saving, found, 2)) == 78
    assert views.draw_cache(found, found.rows["server"].iloc[0]).empty
    assert views.draw_hits(found).empty


def test_a_cache_without_a_limit_is_not_judged():
    given = cache_world.suite(
        cache_world.edit(cache_world.some(cache_world.frames(), FEW), "memory_limit", lambda v: v * 0)
    )
    found, sizing, saving = judge(given)
    assert set(sizing.rows["what"]) == {cache_sizes.UNKNOWN} and saving.bill is None
    assert views.find_fullest(found) is None and views.sum_filled(found) is None


def test_a_silent_cache_keeps_its_place_and_is_not_called_unused():
    frames = cache_world.some(cache_world.frames(), FEW)
    server = "luckyus-session"
    asked, said = frames["instances"].copy(), frames["instance_metrics"]
    late = asked["collected_at"] > dt.datetime(2025, 12, 1)
    asked.loc[(asked["instance"] == server) & late, "is_reached"] = 0
    said = said[~((said["instance"] == server) & (said["collected_at"] > dt.datetime(2025, 12, 1)))]
    found, sizing, saving = judge(cache_world.suite({**frames, "instances": asked, "instance_metrics": said}))
    row = found.rows.set_index("server").loc[server]
    assert not row["is_reached"] and row["quiet"] == 0
    assert server not in servers_of(sizing, cache_sizes.DROP)
    cells = views.draw_grid(saving, found, 2).set_index("name")
    assert cells.loc["session", "state"] == "nothing heard of it"


def test_texts_hold_in_every_mix_of_actions():
    found, sizing, saving = judged()
    again = count_returns(found.used, 62)
    whats = (cache_sizes.DROP, cache_sizes.SHRINK, cache_sizes.GROW)
    for kept in [(), *[(w,) for w in whats], whats[:2], whats[1:], (whats[0], whats[2]), whats]:
        rows = sizing.rows.assign(
            what=[what if what in kept else cache_sizes.KEEP for what in sizing.rows["what"]]
        )
        mixed = dataclasses.replace(sizing, rows=rows)
        priced = cache_money.price_actions(mixed, read_bill(suite()), 2, POWERS, 0.9)
        decision = texts.decide(found, mixed, priced, again)
        assert len(texts.name_finding(mixed).split()) <= 14
        assert len(decision.action.split()) <= 40
        assert decision.strength.is_idle == (not kept)
        assert texts.describe_answer(mixed, priced).count("{") <= 3
    actions = views.show_actions(saving, found, again.chance(30, 0.9))
    assert actions["risk"].str.len().min() > 5 and actions["undo"].str.len().min() > 5
    assert pd.isna(actions.loc[actions["what"] == cache_sizes.DROP, "new"]).all()
