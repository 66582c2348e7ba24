"""The page of the stores and the briefing tell the same alarms of the stores' day, good ones among them."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.models.watched_days.event_causes import Beside
from lucky_analytics.models.watched_days.judged_days import judge_days
from lucky_analytics.models.watched_days.kpis import ALL, KPIS, find_kpi
from lucky_analytics.models.watched_days.store_events import list_events
from lucky_analytics.questions.operations.store_performance import lights
from lucky_analytics.questions.operations.store_performance import views as store_views
from lucky_analytics.questions.strategy.executive_briefing import notable, numbers, texts, views, watch, why
from lucky_analytics.runs import notebooks
from tests.store_days import LAST, change, make_days, make_stores
from tests.store_days import watch as watch_days

N_DAYS = 70
NO_SILENCE = pd.DataFrame(columns=["store_id", "ds", "start", "end"])
PLANTED = {
    "s0": {"orders": 0.2, "dollars": 0.2},
    "s1": {"orders": 2.0, "dollars": 2.0},
    "s2": {"making_seconds": 2.0},
    "s4": {"dollars": 0.5},
    "s5": {"making_seconds": 0.5},
    "s6": {"orders": 0.3, "dollars": 0.3, "making_seconds": 1.8},
}
COUNTS = {"s3": ("sold_out", 30.0), "s7": ("machines_down", 9.0), "s8": ("not_made", 120.0),
          "s9": ("missed_halves", 14.0), "s2": ("refunded", 25.0), "s5": ("complaints", 25.0)}  # fmt: skip


@pytest.fixture(scope="module")
def told():
    """What both pages find in what was planted: stores, lights, ``judged`` of the briefing, its things."""
    days, stores = make_days(3, N_DAYS), make_stores(N_DAYS)
    for store, factors in PLANTED.items():
        days = change(days, store, LAST, **factors)
    for store, (name, value) in COUNTS.items():
        days.loc[(days["store_id"] == store) & (days["ds"] == LAST), name] = value
    watched = watch_days(days, stores)
    judged = watch.judge_days(watched, 4.0)
    events = list_events(judged, days, Beside(stores, {}, NO_SILENCE, {}), 1)
    no_parts = pd.DataFrame(columns=["store", *why.BARS])
    things = notable.find_notable(judged, events, LAST, no_parts)
    return stores, lights.light_stores(judge_days(watched, 4.0)), judged, things


def test_every_alarm_of_a_store_is_on_both_pages(told):
    stores, lit, _judged, things = told
    of_day = lit[lit["ds"] == LAST]
    shown = of_day[(of_day["light"] == lights.RED) | (of_day["is_alarm"] & (of_day["side"] == "better"))]
    on_stores = set(zip(shown["store_id"], shown["ds"], shown["kpi"], strict=True))
    of_stores = [row for thing in things for row in thing.alarms if row["store_id"] != ALL]
    in_briefing = [(row["store_id"], row["ds"], row["kpi"]) for row in of_stores]
    assert len(in_briefing) == len(set(in_briefing)) and set(in_briefing) == on_stores
    assert {kpi for _store, _ds, kpi in on_stores} == {kpi.name for kpi in KPIS}
    assert {row["side"] for row in of_stores} == {"better", "worse"}
    # As readers see it: what is "off" in the ranges of one page is in the table of the other.
    ranges = store_views.show_ranges(store_views.show_cells(lit, stores))
    off = ranges[ranges["state"] == store_views.WORDS[lights.RED]]
    table = views.show_things(things)
    assert set(zip(off["store_name"], off["label"], strict=True)) <= set(
        zip(table["where"], table["what"], strict=True)
    )


def test_a_store_is_one_thing_and_the_rest_is_counted(told):
    _stores, _lit, judged, things = told
    where = [thing.where for thing in things if thing.where != ALL]
    assert len(where) == len(set(where)) > notable.MOST
    listed = numbers.list_numbers(things, watch.list_quiet(judged, LAST))
    (more,) = [number for number in listed if number["name"] == "more"]
    assert more["value"] == len(things) - notable.MOST and "{more:value}" in texts.say_more(things)
    assert texts.say_more(things[: notable.MOST]) == ""
    assert {thing.kpi for thing in things if thing.size.value is None} >= {find_kpi("uptime")}


def test_a_cause_is_neither_the_thing_itself_nor_said_twice(told):
    *_rest, things = told
    causes = {thing.where: thing.cause for thing in things if thing.where != ALL}
    assert causes["Store 6"] == "production time unusual"
    assert causes["Store 2"] == "orders refunded unusual there, too"
    assert causes["Store 8"] == notable.UNKNOWN
    of_chain = {thing.kpi.name: thing.cause for thing in things if thing.where == ALL}
    assert of_chain["refunded"] == "unusual at Store 2" and of_chain["stock_outs"] == "unusual at Store 3"


def test_past_days_have_the_same_alarms_on_both_pages(told):
    _stores, lit, judged, _things = told
    keys = ["store_id", "ds", "kpi"]
    both = lit.merge(judged[judged["store_id"] != ALL], on=keys, suffixes=("", "_told"), validate="1:1")
    assert len(both) == len(lit) and both["is_alarm"].tolist() == both["is_alarm_told"].tolist()


def test_both_pages_state_one_rate_of_false_alarms():
    asked = {}
    for name in ("store_performance", "executive_briefing"):
        loaded = notebooks.load(notebooks.find(name, settings.load()))
        asked[name] = loaded.parameters["weeks_apart"]
    assert asked["store_performance"] == asked["executive_briefing"]
