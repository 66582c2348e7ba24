"""Tickets, levers, causes, quotes and what is said of them: plain loops over raw rows, and each branch."""

from __future__ import annotations

import datetime as dt
import math
from functools import partial

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.models import kitchen_tickets
from lucky_analytics.questions.operations.production_time import (
    advice,
    causes,
    effects,
    making_levers,
    making_week,
    quotes,
    texts,
    tickets,
    views,
)
from tests import demo_suite
from tests.tickets_made import make_tickets

TARGET = 3.0


@pytest.fixture(scope="module")
def suite():
    return demo_suite.suite()


@pytest.fixture(scope="module")
def rows(suite):
    return tickets.add_load(tickets.load_tickets(suite), 1800)


@pytest.fixture(scope="module")
def made():
    """Tickets of a world of one's own: slope .18, one slow store, one slow machine type, some left open."""
    return make_tickets(6_000, seed=3, slow_store=0.15, slow_type=0.1, left_open=0.004)


@pytest.fixture(scope="module")
def fit(made):
    return effects.fit_making(made)


def test_tickets_and_their_load_equal_a_plain_loop(suite, rows):
    known = suite.production.filter(suite.production.production_seconds.notnull()).execute()
    for name in ("opened", "accepted", "done"):
        known[name] = known[f"{name}_at"].astype("datetime64[s]").astype("int64")
    assert len(rows) == len(known) > 5_000
    assert (rows["queue"] + rows["seconds"] == rows["wait"]).all()
    assert rows["seconds"].sum() == (known["done"] - known["accepted"]).sum()
    shop = known["store_id"].iloc[0]
    own = known[known["store_id"] == shop].sort_values(["accepted", "done"])
    spans = own.loc[own["production_seconds"] <= 1800, ["accepted", "done"]].to_numpy().tolist()
    expected = [
        (begin, end, sum(1 for other, over in spans if other < begin < over))
        for begin, end in own[["accepted", "done"]].head(400).to_numpy().tolist()
    ]
    found = rows.loc[rows["store_id"] == shop, ["accepted", "done", "load"]].head(400)
    assert [tuple(row) for row in found.to_numpy().tolist()] == expected


def test_names_of_tickets_are_those_of_what_they_held(suite, rows):
    unit = suite.production_units.execute().groupby("production_id")["product_id"].nunique()
    n_one = int((unit == 1).sum())
    is_named = ~rows["product"].isin([tickets.MIXED, tickets.WRAPPED])
    assert 0.9 * n_one < int(is_named.sum()) <= n_one  # void ones without an end are no tickets here
    assert (rows.loc[rows["product"] == tickets.WRAPPED, "units"] == "0").all()
    assert set(rows["load_class"].cat.categories) == set(tickets.LOADS)
    assert rows.loc[rows["load_opened"] == 4, "load_class"].isin(["3 to 4"]).all()


def test_the_slope_and_the_slow_ones_are_found_and_the_levers_take_them_away(made, fit):
    slope = effects.estimate_number(fit, "log_load", 0.99)
    assert slope.holds(0.18) and not slope.holds(0)
    stores = effects.compare_levels(fit, "store", 0.9)
    assert stores["level"].iloc[0] == "store 0" and stores["is_apart"].iloc[0]
    products, per_step, _ = effects.estimate_steps(fit, None, 0.9)
    assert per_step.value is None and products["steps"].isna().all()
    found = making_levers.add_levers(made, fit, products, per_step, most_open=0, level=0.9).set_index("lever")
    assert found["is_known"].to_dict() == {
        "open tickets": True, "slower stores": True, "slower machine types": True, "long recipes": False,
        "tickets left open": True, "all of them": True,
    }  # fmt: skip
    kept = made[~made["is_over"]]
    least = kept["seconds"] * (1 + kept["load"]) ** -slope.value
    gain = (kept["seconds"].sum() - least.sum()) / len(made)
    assert found.loc["open tickets", "gain"] == pytest.approx(gain, rel=1e-9)
    parts = found["gain"].drop("all of them").sum()
    assert found.loc["all of them", "gain"] == pytest.approx(parts) and found.loc["all of them", "low"] > 0
    assert found.loc["all of them", "after"] == pytest.approx(made["seconds"].mean() - parts)
    ends = found.dropna(subset=["low"])  # tickets left open are counted
    assert len(ends) == 4 and ends["low"].le(ends["gain"]).all() and ends["gain"].le(ends["high"]).all()
    shown = views.show_levers(found.reset_index(), made["seconds"].mean() / 60)
    assert shown["end"].iloc[-1] == pytest.approx(found.loc["all of them", "after"] / 60)
    assert making_levers.estimate_left(found.reset_index(), 0.9, 9).value == pytest.approx(
        shown["end"].iloc[-1]
    )
    assert "Holding open tickets at 0 saves most" in texts.describe_levers(shown, TARGET, 0)
    assert ", not under 1" in texts.describe_levers(shown, 1.0, 0)
    assert "No lever" in texts.describe_levers(shown.assign(gain=np.nan), TARGET, 0)


def test_what_a_lever_brings_is_as_uncertain_as_days_differ(made, fit):
    """Against leaving out one day after the other, and its slope alone, where days are busy and idle."""
    busy = made[(made["date"].dt.day % 2 == 0) | (made["load"] == 0)]
    products, per_step, _ = effects.estimate_steps(fit, None, 0.9)
    levers = making_levers.add_levers(busy, fit, products, per_step, most_open=0, level=0.9)
    found = levers.set_index("lever").loc["open tickets"]
    slope = effects.estimate_number(fit, "log_load", 0.9)
    kept = busy.assign(off=busy["seconds"] * (1 - (1 + busy["load"]) ** -slope.value))
    kept["off"] = kept["off"].where(~kept["is_over"], 0.0)
    days = kept.groupby("date").agg(off=("off", "sum"), n=("off", "size"))
    without = (days["off"].sum() - days["off"]) / (days["n"].sum() - days["n"])
    of_days = 1.645 * np.sqrt((len(days) - 1) ** 2 / len(days) * without.var())
    of_slope = found["gain"] * (slope.high - slope.low) / 2 / slope.value
    half = (found["high"] - found["low"]) / 2
    assert half == pytest.approx(np.hypot(of_days, of_slope), rel=0.2)
    left = making_levers.estimate_left(levers, 0.9, 1)
    mean = kitchen_tickets.estimate_mean(busy[~busy["is_over"]], "seconds", 0.9)
    assert left.high - left.low > 0.5 * (mean.high - mean.low)


def test_a_lever_that_surely_brings_next_to_nothing_is_not_worth_a_trial():
    levers = pd.DataFrame({"lever": ["open tickets", "long recipes"], "gain": [6.4, 0.036], "is_known": True})
    found = making_levers.best_lever(levers.assign(low=levers["gain"] * 0.8))
    assert found is not None and found["lever"] == "open tickets"
    assert making_levers.best_lever(levers.assign(low=levers["gain"] * 0.1)) is None
    assert making_levers.best_lever(levers.iloc[1:].assign(low=0.02)) is None


def test_where_nothing_acts_no_lever_is_pulled_and_nothing_is_decided():
    n_pulled = 0
    for seed in range(12):
        null = make_tickets(2_000, seed=seed, slope=0.0)
        fit = effects.fit_making(null)
        products, per_step, _ = effects.estimate_steps(fit, None, 0.9)
        found = making_levers.add_levers(null, fit, products, per_step, most_open=0, level=0.9)
        n_pulled += int(found["is_known"].any())
        if not found["is_known"].any():
            assert (
                making_levers.best_lever(found) is None
                and making_levers.estimate_left(found, 0.9, 1).value is None
            )
    assert n_pulled <= 2
    made = advice.decide(Estimate(3.7, 3.6, 3.8, level=0.9), TARGET, None, most_open=2, level=0.9, n=9,
                         kept=Estimate(None), promise=0.9, reachable=Estimate(None))  # fmt: skip
    assert made.strength.word == WAIT and "measure on" in made.action


def test_quotes_are_kept_on_later_weeks_in_each_group(made):
    as_of = made["date"].max().date()
    tried = quotes.try_quotes(made, as_of, 21, 2, 0.9)
    assert tried.rows["date"].min() > made["date"].max() - pd.Timedelta(days=14)
    for by in ("product", "hour", "store"):
        judged = quotes.judge_quotes(tried, by)
        assert len(judged) > 1 and not judged["is_off"].any()
        assert (judged["share"] >= judged["kept_low"]).all() and (judged["kept_high"] > 0.88).all()
    assert (tried.rows["quote"] % 30 == 0).all() and (tried.rows["quote"] >= tried.rows["slow"]).all()
    kept, naive = (quotes.share_kept(tried, name, 0.9) for name in ("quote", "naive_mean"))
    assert kept.value > 0.88 > 0.75 > naive.value and quotes.gain_over_naive(tried, 0.9).value > 0
    parts = quotes.list_parts(tried.now).set_index(["part", "level"])["times"]
    one = quotes.quote(tried.now, made.head(1)).iloc[0]
    own = (
        parts["seconds to begin with", ""]
        * (1 + one["load_opened"]) ** parts["power of (1 + open tickets)", ""]
    )
    for part, name in (("product", "product"), ("units", "units"), ("store", "store"), ("hour", "hour"),
                       ("open tickets", "load_class")):  # fmt: skip
        own *= parts[part, str(one[name])]
    assert own == pytest.approx(one["slow"], rel=1e-6)


def test_causes_are_those_that_are_seen_more_often_beyond_chance():
    random = np.random.default_rng(1)
    over = pd.Series(random.random(5_000) < 0.02)
    flags = pd.DataFrame({"down": random.random(5_000) < np.where(over, 0.5, 0.1),
                          "delivery": random.random(5_000) < 0.2, "never": False})  # fmt: skip
    alone = pd.Series(range(5_000))
    seen = causes.compare_causes(flags, over, alone, 0.9)
    assert seen["cause"].tolist()[0] == "down" and seen["is_cause"].tolist() == [True, False, False]
    assert seen.set_index("cause").loc["never", ["times", "low"]].isna().all()
    assert "Seen most" in texts.describe_causes(seen, 100, (9, 3), 30)
    assert "3 tickets had been handed over before" in texts.describe_causes(seen, 100, (9, 3), 30)
    none = seen.assign(is_cause=False)
    assert texts.describe_causes(none, 100, None, 30) == (
        "No table shows why 100 tickets since the first day took over 30 minutes"
    )
    assert texts.describe_causes(none, 0, None, 30) == "No ticket took more than 30 minutes"


def test_tickets_that_a_day_left_open_together_are_one_event():
    """Days on which many are over, and days with a flag, have nothing to do with each other."""
    n_called, day = 0, pd.Series(np.repeat(np.arange(300), 40))
    for seed in range(60):
        random = np.random.default_rng(seed)
        over = pd.Series(random.random(len(day)) < np.where(random.random(300) < 0.1, 0.2, 0.001)[day])
        flags = pd.DataFrame({f"c{k}": (random.random(300) < 0.2)[day] for k in range(4)})
        n_called += int(causes.compare_causes(flags, over, day, 0.9)["is_cause"].any())
    assert n_called <= 7  # 5 % of 60, and chance
    flags["real"] = over | flags["c0"]
    seen = causes.compare_causes(flags, over, day, 0.9)
    assert seen["cause"].iloc[0] == "real" and seen["is_cause"].iloc[0]


def test_the_next_week_is_foretold_from_what_the_rule_missed_before(made):
    as_of = made["date"].max().date()
    weeks = making_week.measure_weeks(made, as_of)
    last = made[made["date"] > made["date"].max() - pd.Timedelta(days=7)]
    assert weeks["y"].iloc[-1] == pytest.approx(last["seconds"].mean()) and weeks["n"].iloc[-1] == len(last)
    assert weeks["ds"].diff().dropna().eq(pd.Timedelta(days=7)).all()
    foretold = making_week.predict_week(weeks, as_of, 0.9)
    assert foretold.low < foretold.value < foretold.high and foretold.due == as_of + dt.timedelta(days=7)
    assert making_week.predict_week(weeks.tail(8), as_of, 0.9) is None


def test_the_fall_since_the_first_weeks_is_net_of_load_and_null_where_too_short(made, fit):
    fall = effects.split_fall(made, fit, 14)
    assert abs(fall["rest"]) < 0.1  # no learning in this world
    assert all(math.isnan(share) for share in effects.split_fall(made, fit, 60).values())


@pytest.mark.parametrize(
    ("making", "reachable", "is_known", "said"),
    [(Estimate(2.5, 2.4, 2.6, level=0.9), Estimate(None), True, "within the target of 3"),
     (Estimate(3.0, 2.9, 3.1, level=0.9), Estimate(None), True, "near the target of 3"),
     (Estimate(3.7, 3.6, 3.8, level=0.9), Estimate(None), False, "no table shows what would shorten it"),
     (Estimate(3.7, 3.6, 3.8, level=0.9), Estimate(2.8, 2.7, 2.9, level=0.9), True, "could bring it under 3"),
     (Estimate(3.7, 3.6, 3.8, level=0.9), Estimate(3.0, 2.9, 3.1, level=0.9), True, "nothing we see brings"),
     (Estimate(None), Estimate(None), True, "not known")],
)  # fmt: skip
def test_each_title(making, reachable, is_known, said):
    assert said in texts.name_finding(making, reachable, TARGET, is_known)


def _decide(making, best, reachable, *, kept):
    return advice.decide(
        making, TARGET, best, most_open=2, level=0.9, n=9, kept=kept, promise=0.9, reachable=reachable
    )


def test_each_answer_and_each_decision():
    slow, quick = Estimate(3.7, 3.6, 3.8, level=0.9), Estimate(2.5, 2.4, 2.6, level=0.9)
    kept = Estimate(0.92, 0.91, 0.93, level=0.9)
    decide = partial(_decide, kept=kept)
    for lever in making_levers.LEVERS[:-1]:
        best = pd.Series({"lever": lever, "gain": 9.0, "low": 5.0, "high": 12.0})
        assert "would save 9.0 of the 42 seconds" in texts.describe_answer(slow, TARGET, kept, 0.9, best)
        made = decide(slow, best, Estimate(2.8, 2.7, 2.9, level=0.9))
        assert (
            made.strength.word == LEAN and "compare" in made.action and made.worth_unit == "seconds an order"
        )
    made = decide(slow, best, Estimate(3.33, 3.31, 3.35, level=0.9))
    assert (
        "set the target at 3.4 minutes" in made.action and made.strength.word == LEAN and made.worth is None
    )
    assert "42 seconds" in made.because and "9.0 of them" in made.because
    made = decide(quick, best, Estimate(None))
    assert made.strength.word == WAIT and "within its target" in made.action
    assert "within the target" in texts.describe_answer(quick, TARGET, Estimate(None), 0.9, None)
    assert "Nothing we see would shorten it" in texts.describe_answer(slow, TARGET, kept, 0.9, None)
    near = texts.describe_answer(Estimate(3.0, 2.9, 3.1, level=0.9), TARGET, kept, 0.9, None)
    assert "near the target" in near and "No promised time" in texts.describe_answer(
        slow, TARGET, Estimate(None), 0.9, None
    )


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.91, 0.93, "more often"), (0.8, 0.85, "less often"), (0.88, 0.91, "about as")]
)
def test_promised_times_are_said_to_hold_as_their_interval_says(low, high, said):
    assert said in texts.say_kept(Estimate((low + high) / 2, low, high, level=0.9), 0.9)


def test_each_sentence_says_less_where_less_is_known():
    sure, maybe = Estimate(0.2, 0.1, 0.3, level=0.9), Estimate(0.1, -0.1, 0.3, level=0.9)
    assert "longer" in texts.describe_load(sure) and "shorter" in texts.describe_load(sure.times(-1))
    assert "beyond chance" in texts.describe_load(maybe) and "Too little" in texts.describe_load(
        Estimate(None)
    )
    assert "cost" in texts.say_same(sure) and "save" in texts.say_same(sure.times(-1))
    assert "no gain" in texts.say_same(maybe) and "Too few" in texts.say_same(Estimate(None))
    assert "differ in more" in texts.say_steps(sure, sure) and "No link" in texts.say_steps(maybe, sure)
    assert "Over all products it seems +22 %" in texts.say_steps(maybe, sure)
    assert "Too few" in texts.say_steps(Estimate(None), sure)
    assert texts.describe_weeks({"raw": np.nan, "rest": np.nan}) == "Making by week"
    assert "little" in texts.describe_weeks({"raw": 0.01, "rest": 0.0})
    assert "no table shows why" in texts.describe_weeks({"raw": -0.3, "rest": -0.2})
    kept = pd.DataFrame(
        {"kind": ["hour", "product"], "kept_high": [0.85, 0.95], "share": [0.8, 0.9], "n": [50, 9]}
    )
    assert (
        "in 80 of 100 orders, less often than promised in 1 of 1 hour and 1 product"
        in texts.describe_kept(kept, 0.9)
    )
    assert "surely less often than promised in no hour" in texts.describe_kept(kept.tail(1), 0.9)
    assert "No promised time" in texts.describe_kept(kept.head(0), 0.9)
    empty = pd.DataFrame(columns=["product", "minutes", "width"])
    assert "Too few" in texts.describe_curves(empty) and "spread" in texts.describe_curves(
        pd.DataFrame({"product": ["a"]})
    )
    assert "Too few hours" in texts.describe_cells(pd.DataFrame({"hour": [9], "minutes": [3.0], "n": [40]}))
    assert texts.stop_short(3, 84)[2].strength.word == WAIT
