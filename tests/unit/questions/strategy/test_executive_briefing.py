"""What the briefing finds unusual and why, what it leaves alone, the next seven days, all its texts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.models import week_ahead
from lucky_analytics.models.calendar import name_special
from lucky_analytics.models.order_demand import Demand
from lucky_analytics.models.watched_days.chain_numbers import sum_stores
from lucky_analytics.models.watched_days.event_causes import Beside
from lucky_analytics.models.watched_days.judged_days import WatchedDays
from lucky_analytics.models.watched_days.kpis import ALL, CHAIN, KPIS
from lucky_analytics.models.watched_days.store_events import list_events
from lucky_analytics.models.weeks_advice import ask_about_weeks, list_weeks, say_weeks
from lucky_analytics.questions.strategy.executive_briefing import (
    next_days,
    notable,
    numbers,
    references,
    texts,
    views,
    watch,
    why,
)
from tests.coverage_rule import holds
from tests.store_days import CALM

FIRST, N_DAYS = pd.Timestamp("2025-09-01"), 110
DAYS = pd.date_range(FIRST, periods=N_DAYS)
TODAY, DAY = DAYS[-1], DAYS[-1].date()
WEEK = np.array([1.0, 1.05, 1.0, 1.1, 1.2, 0.6, 0.5])
STORES = ["8th & Broadway", "102 Fulton", "221 Grand", "54th & 8th"]
NOT_COUNTED = ["making_seconds", "timed", "not_made", "tickets", "machines_down", "machines", "sold_out",
               "goods", "refunded", "complaints", "missed_halves", "planned_halves"]  # fmt: skip


def watched_days(since=FIRST, factors=(), **today):
    """Four steady stores and their sum; ``today``: factors of the last day's sales by store, ``refunds`` of
    all stores; ``factors``: others, as (store, day, factor); ``since``: the first day that is kept."""
    chance = np.random.default_rng(2)
    rows = []
    for place, store in enumerate(STORES):
        y = 1000 * (place + 1) * WEEK[DAYS.day_of_week] * np.exp(chance.normal(0, 0.04, N_DAYS))
        y[-1] *= today.get(f"store_{place}", 1.0)
        for name, ds, factor in factors:
            y[ds == DAYS] *= factor if name == store else 1.0
        rows.append(pd.DataFrame({"store_id": str(place), "ds": DAYS, "dollars": y}))
    days = pd.concat(rows, ignore_index=True).assign(open_hours=13.0, planned_minutes=780.0)
    days["orders"] = (days["dollars"] / 5).round()
    days["aov"] = days["dollars"] / days["orders"]
    days = days.reindex(columns=[*days.columns, *NOT_COUNTED])
    chain = sum_stores(days, TODAY)
    usual = 15 * chain["orders"] / chain["orders"].mean()
    refunds = chance.poisson(usual).astype(float)
    refunds[-1] = today.get("refunds", round(usual.iloc[-1]))
    chain["refunded"] = refunds
    stores = pd.DataFrame({"store_id": [str(place) for place in range(4)], "store_name": STORES})
    stores = stores.assign(opened=FIRST, latitude=40.7, longitude=-74.0)
    return WatchedDays(stores, days[days["ds"] >= since], chain[chain["ds"] >= since])


def by_store(**changes):
    rows = [dict.fromkeys(why.BARS, 0.0) | {"store": store} for store in STORES]
    table = pd.DataFrame(rows)
    for place, (part, dollars) in changes.items():
        table.loc[int(place.removeprefix("store_")), part] = dollars
    return table.assign(total=table[list(why.BARS)].sum(axis=1))


@functools.cache
def look(**given):
    """``watched_days`` with what is judged of it, once for all tests of the same days."""
    watched = watched_days(**given)
    return watched, watch.judge_days(watched, 4.0)


def find(looked, special="", **changes):
    watched, judged = looked
    beside = Beside(watched.stores, {TODAY: special} if special else {}, NO_SILENCE, {})
    events = list_events(judged, watched.days, beside, 1)
    return judged, notable.find_notable(judged, events, TODAY, by_store(**changes), special)


NO_SILENCE = pd.DataFrame(columns=["store_id", "ds", "start", "end"])


def test_a_quiet_day_has_nothing_notable_and_decides_nothing():
    judged, things = find(look())
    assert things == []
    usual = numbers.estimate_off(judged, TODAY)
    assert usual.holds(0)
    assert (
        texts.name_finding(DAY, things, usual, CALM)
        == f"An ordinary {DAY:%A}: nothing was more unusual than chance"
    )
    made = texts.decide(DAY, things, usual, CALM)
    assert made.action == "go on as planned" and made.record["call"] == "Nothing to decide"
    assert made.strength.word == "do not decide on this yet" and not say_weeks(CALM)


def test_an_ordinary_day_tells_of_a_fall_over_weeks_and_asks_as_the_page_of_the_stores_does():
    fell = dataclasses.replace(CALM, together=Estimate(-0.15, -0.22, -0.06, level=0.95, n=5))
    said = texts.name_finding(DAY, [], Estimate(0.0, -0.1, 0.1, level=0.95), fell)
    assert said.startswith("The oldest stores sold {weeks_fall:value} less over {weeks_compared:value}; ")
    assert said.endswith("itself was ordinary") and "sold less" in say_weeks(fell)
    assert "{comparable}" in say_weeks(fell) and len(said.split()) <= 14
    assert texts.decide(DAY, [], Estimate(0.0), fell) == ask_about_weeks(fell, 0.95)
    assert {row["name"]: row["value"] for row in list_weeks(fell)}["weeks_fall"] == 0.15
    rose = dataclasses.replace(CALM, together=Estimate(0.15, 0.06, 0.22, level=0.95, n=5))
    assert "nothing was more" in texts.name_finding(DAY, [], Estimate(0.0), rose)
    assert "sold more" in say_weeks(rose)
    rows = [
        {"store_name": name, "change": -0.3, "low": -0.4, "high": -0.2, "before": 9_000.0} for name in STORES
    ]
    one, two = (dataclasses.replace(CALM, fallen=pd.DataFrame(rows[:n])) for n in (1, 2))
    said = [texts.name_finding(DAY, [], Estimate(0.0), weeks) for weeks in (one, two)]
    assert said[0].startswith(f"{STORES[0]} fell over {{weeks_compared:value}}; ")
    assert said[1].startswith(f"{STORES[0]} and another fell over {{weeks_compared:value}}; ")
    assert {row["name"]: row["value"] for row in list_weeks(two)}["weeks_lost"].value == pytest.approx(5_400)
    assert texts.decide(DAY, [], Estimate(0.0), two).worth.value == pytest.approx(0.6 * 9_000)


def test_a_store_that_lost_half_is_told_once_with_its_dollars_and_likely_cause():
    judged, things = find(look(store_1=0.5), store_1=("traffic", -700.0))
    (thing,) = [found for found in things if found.where == "102 Fulton"]
    assert thing.kpi.name == "revenue_hour" and thing.is_low and thing.is_bad
    assert thing.size.high < 0
    assert thing.size.value == pytest.approx(13 * (thing.value - thing.usual.value))
    assert (thing.cause, thing.cause_dollars) == ("fewer orders than on the day it is held against", -700.0)
    said = texts.say_thing(1, thing)
    assert said.startswith(
        "102 Fulton, revenue an hour: {seen_1:value}, usual {usual_1}, {size_1:value} off. Likely:"
    )
    made = texts.decide(DAY, things, numbers.estimate_off(judged, TODAY), CALM)
    assert made.owner == "Operations" and "102 Fulton" in made.action
    assert made.worth.low > 0 and made.strength.word == "lean"


def test_numbers_of_the_sentences_and_of_the_charts_follow_the_day():
    said = {}
    for share in (1.0, 0.5, 0.4):
        days = look(**({f"store_{place}": share for place in range(4)} if share < 1 else {}))
        judged, things = find(days, store_1=("traffic", -700.0))
        shown, stores = views.show_days(judged, TODAY), views.show_stores(judged, days[0], by_store(), TODAY)
        steps = pd.DataFrame({"dollars": [share], "label": ["orders"], "name": ["traffic"]})
        listed = numbers.list_numbers(things, watch.list_quiet(judged, TODAY))
        listed += numbers.list_charted(steps, shown, stores)
        said[share] = {number["name"]: number["value"] for number in listed}
    quiet, before, after = said.values()
    assert (quiet["odd_days"], quiet["odd_stores"]) == (1, 0)  # an earlier day, by chance
    assert (before["odd_days"], before["odd_stores"], before["moved_most"]) == (2, 4, 0.5)
    once = shown.assign(is_alarm=shown["ds"].eq(DAYS[-1]))
    assert texts.name_days(once) == "1 of the last 56 days was unusual in revenue"
    twice = shown.assign(is_alarm=shown["ds"].isin(DAYS[-2:]))
    assert texts.name_days(twice) == "2 of the last 56 days were unusual in revenue"
    assert texts.name_stores(stores).endswith("and 1 more")
    for name in ("seen_1", "size_1"):
        value = [getattr(own[name], "value", own[name]) for own in (before, after)]
        assert value[1] < value[0], name
    assert before["running_1"] == 1 and before["usual_1"].low < before["usual_1"].high
    calm = numbers.list_charted(steps.iloc[:0], shown.assign(is_alarm=False), stores.assign(is_known=False))
    assert [number["value"] for number in calm] == [None, 0, 0]
    assert texts.name_days(shown.assign(is_alarm=False)).startswith("No day of the last 56")


def test_a_cause_never_goes_against_what_happened():
    _, things = find(look(store_1=0.5), store_1=("traffic", 700.0))
    assert "no cause is seen in these tables" in {
        thing.cause for thing in things if thing.where == "102 Fulton"
    }


def test_what_hits_several_stores_is_no_matter_of_one():
    days = look(store_0=0.4, store_1=0.4, store_2=0.4, store_3=0.4)
    judged, things = find(days, store_1=("traffic", -700.0))
    assert all("several stores at once" in thing.cause for thing in things)
    usual = numbers.estimate_off(judged, TODAY)
    assert texts.name_finding(DAY, things, usual, CALM).endswith("below what is usual, more than chance")
    _, special = find(days, special="Thanksgiving Day")
    assert all("Thanksgiving Day" in thing.cause for thing in special)


def test_a_good_day_is_told_as_one():
    _, things = find(look(store_3=1.8), store_3=("basket", 900.0))
    (thing,) = [found for found in things if found.where == "54th & 8th"]
    assert not thing.is_bad and thing.cause.startswith("more items an order")
    assert (
        texts.decide(DAY, [thing], Estimate(0.1), CALM).action
        == "look into revenue an hour at 54th & 8th, unusually high"
    )


def test_counts_have_their_dollars_and_missing_records_are_named():
    _, things = find(look(refunds=60.0))
    (thing,) = things
    assert thing.size.value == pytest.approx((60 - thing.usual.value) * 5, rel=0.05)
    assert texts.decide(DAY, things, Estimate(0.0), CALM).owner == "Finance"
    _, things = find(look(refunds=0.0))
    assert things[0].cause == "records of the day may be missing"


def test_what_only_looks_unusual_is_listed_and_alarms_are_not():
    judged = look(factors=(("221 Grand", TODAY - pd.Timedelta(days=7), 1.25),), store_1=0.5)[1]
    quiet = watch.list_quiet(judged, TODAY)
    assert "221 Grand" in set(quiet["where"])
    alarms = judged[judged["ds"].eq(TODAY) & judged["is_alarm"]]
    assert not set(zip(quiet["kpi"], quiet["where"], strict=True)) & set(
        zip(alarms["kpi"], alarms["where"], strict=True)
    )
    assert "221 Grand, " in texts.say_quiet(quiet, DAY)
    assert texts.say_quiet(quiet.iloc[:0], DAY) == ""
    assert views.show_quiet(quiet)["why"].isin(["looks like a fall", "a dashboard would flag it"]).all()


def test_days_in_a_row_are_counted_and_take_the_doubt_of_a_single_one():
    days = look(factors=tuple(("221 Grand", day, 0.4) for day in DAYS[-3:]))
    judged, things = find(days, store_2=("mix", -50.0))
    thing = next(found for found in things if found.where == "221 Grand")
    assert thing.n_running == 3
    assert "for {running_1:value} in a row" in texts.say_thing(1, thing)
    assert texts.decide(DAY, things, numbers.estimate_off(judged, TODAY), CALM).strength.word == "do"


def test_two_standard_deviations_flag_nearly_every_day_and_this_control_does_not():
    flags = watch.count_false_alarms(look()[1], TODAY).set_index("rule")
    assert flags.loc["is_naive", "n_with"] > 0.3 * flags.loc["is_naive", "n_days"]
    assert flags.loc["is_alarm", "n_with"] <= 0.1 * flags.loc["is_alarm", "n_days"]


def test_a_young_chain_says_that_it_is_too_early():
    judged, things = find(look(since=TODAY - pd.Timedelta(days=19)))
    usual = numbers.estimate_off(judged, TODAY)
    assert usual.value is None and things == []
    assert texts.name_finding(DAY, things, usual, CALM) == f"{DAY:%A}: too early to say what is usual"
    assert texts.decide(DAY, things, usual, CALM).action == "read the numbers without a verdict"
    assert texts.describe_day(DAY, usual, float("nan")) == (
        f"All stores sold {{revenue}} on {DAY:%A}; there is no day to hold it against."
    )
    assert texts.name_days(views.show_days(judged, TODAY)).startswith("Too few days")
    parts = references.compare_parts(judged, TODAY)
    assert set(parts["verdict"]) == {"too early to say"} and set(parts["usual"]) == {"not known yet"}


def test_references_are_plain_means_of_their_days():
    judged = look()[1]
    own = judged[judged["kpi"].eq("revenue") & judged["store_id"].eq(ALL)].set_index("ds")["y"]
    found = references.hold_against(judged, "revenue", TODAY).set_index("name")
    assert found.loc["last_week", "then"] == own.iloc[-8]
    assert found.loc["seven", "then"] == pytest.approx(own.iloc[-8:-1].mean())
    assert found.loc["all_thirty", "then"] == pytest.approx(own.iloc[-31:-1].mean())
    assert found.loc["thirty", "then"] == pytest.approx(own.iloc[[-8, -15, -22, -29]].mean())
    assert found.loc["month", "change"] == pytest.approx(own.iloc[-1] / own.iloc[-29] - 1)
    none = references.hold_against(judged[judged["ds"].eq(TODAY)], "revenue", TODAY)
    assert none["change"].isna().all()


def test_bars_lead_from_one_day_to_the_other_and_parts_keep_the_cents():
    parts = pd.DataFrame({"store": ["a", "a", "b"], "part": ["traffic", "discount", "stores"]})
    parts["cents"] = [-1234, 200, 501]
    sums = why.sum_parts(parts)
    assert sums["name"].tolist() == ["traffic", "stores", "price"]
    bars = views.show_bars(sums, 100.0, 94.67, ("then", "now"))
    assert bars["end"].iloc[-2] == pytest.approx(94.67)
    assert bars["kind"].tolist() == ["day", "down", "up", "up", "day"]
    assert why.sum_parts(parts, "store")["total"].tolist() == [-10.34, 5.01]
    assert texts.name_change(sums) == "Orders moved revenue most, −$12.34"


def forecasts(bias, seed=0, n_weeks=20, noise=0.04):
    """Sales of whole weeks, and forecasts made at the end of each of the next, ``bias`` times too high."""
    chance = np.random.default_rng(seed)
    days = pd.date_range(FIRST, periods=7 * n_weeks)
    level = 2000 * WEEK[days.day_of_week]
    orders = chance.poisson(level * np.exp(chance.normal(0, noise, len(days))))
    sold = pd.DataFrame({"ds": days, "orders": orders, "dollars": orders * 5.0})
    said = pd.date_range(FIRST, periods=7 * n_weeks + 7)
    hours = pd.DataFrame({"date": said[7:], "predicted": 2000 * WEEK[said[7:].day_of_week] * bias})
    hours["made"] = days[6::7].repeat(7)
    came = pd.DataFrame({"store_id": "1", "date": days, "slot": 24, "y": orders})
    demand = Demand(hours.assign(store_id="1", hour=12), came)
    told = week_ahead.foretell_days(demand, [day.date() for day in days[6::7]], days[-1].date())
    return told.rename(columns={"date": "ds"}), sold, days[-1]


@pytest.mark.parametrize("bias", [0.9, 1.0, 1.15])
def test_the_outlook_takes_off_what_forecasts_are_known_to_be_off_by(bias):
    found = next_days.foresee(*forecasts(bias), 0.9)
    assert found.bias.holds(bias - 1)
    week = 2000 * WEEK.sum() * 5
    assert found.total.value == pytest.approx(week, rel=0.03)
    assert found.total.low < week < found.total.high
    assert found.orders * 5 == pytest.approx(found.total.value)
    assert found.days["expected"].sum() == pytest.approx(found.total.value)
    said = texts.say_outlook(found)
    assert ("{forecast_bias}" in said) == (bias != 1.0)
    assert ("too high" in said) == (bias > 1) and ("too low" in said) == (bias < 1)


def test_without_whole_weeks_the_outlook_says_less():
    made, sold, last = forecasts(1.0, n_weeks=2)
    young = next_days.foresee(made, sold, last, 0.9)
    assert young.total.low is None and young.bias.value is None
    assert young.days["low"].isna().all()
    assert texts.name_outlook(young) == (
        "Next seven days: $63.5K expected, not clearly less than the last, $63.5K"
    )
    assert next_days.foresee(made[made["made"] < last], sold, last, 0.9) is None
    assert texts.say_outlook(None) == ""
    assert list(next_days.list_promises(young, last.date())) == list(next_days.list_promises(None, DAY)) == []


def test_the_page_is_held_to_its_outlook():
    made, sold, last = forecasts(1.1)
    found = next_days.foresee(made, sold, last, 0.9)
    (promise,) = next_days.list_promises(found, last.date())
    assert (promise.value, promise.low, promise.high) == (
        found.total.value,
        found.total.low,
        found.total.high,
    )
    assert (promise.level, promise.measure.unit) == (0.9, "USD")
    assert (promise.measure.start - last.date()).days == 1 and (promise.due - last.date()).days == 7


@pytest.mark.full
def test_the_range_of_the_next_seven_days_holds_as_often_as_stated():
    inside = []
    for seed in range(200):
        made, sold, last = forecasts(1.1, seed)
        cut = last - pd.Timedelta(days=7)
        found = next_days.foresee(made[made["made"] <= cut], sold[sold["ds"] <= cut], cut, 0.9)
        came = sold[sold["ds"] > cut]["dollars"].sum()
        inside.append(found.total.low <= came <= found.total.high)
    assert holds(np.array(inside, float), 0.9), f"{np.mean(inside):.2f}"


def test_special_days_are_named():
    assert name_special(dt.date(2025, 12, 24)) == "the eve of a holiday"
    assert name_special(dt.date(2025, 12, 10)) == ""


def test_every_watched_number_has_somebody_who_looks_into_it():
    assert set(texts.OWNERS) <= {kpi.name for kpi in (*KPIS, *CHAIN)}
    assert {kpi.name for kpi in KPIS} <= set(texts.OWNERS)  # a store's number is no matter of marketing


def test_the_outlook_names_public_holidays_among_its_days():
    week = pd.DataFrame({"ds": pd.date_range("2026-02-14", periods=7)})
    said = texts.say_outlook(next_days.Outlook(Estimate(99.7e3), 1.0, Estimate(None), week))
    assert said == "The next seven days: {outlook}. Monday is Washington's Birthday."
    week["ds"] += pd.Timedelta(days=7)
    assert texts.say_outlook(next_days.Outlook(Estimate(99.7e3), 1.0, Estimate(None), week)).count(".") == 1
