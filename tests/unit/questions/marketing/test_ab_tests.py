"""Experiments in simulated worlds: verdicts, money, time, traffic, pairs, and every branch of the texts."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.figures.marketing import experiment_charts as charts
from lucky_analytics.models.judged_experiments import experiment_verdicts as verdicts
from lucky_analytics.models.judged_experiments import looks
from lucky_analytics.models.judged_experiments import newcomer_reach as reach
from lucky_analytics.questions.marketing.ab_tests import (
    advice,
    experiment_captions,
    pairs,
    texts,
    views,
)
from tests.experiment_world import AS_OF, START, cut, simulate

RULES = looks.Rules(least=0.03)


@functools.cache
def world():
    """A wins, B loses, C and D do nothing, E's branches are out of ratio, F's gain wears off."""
    effects = (0.09, -0.09, 0.0, 0.0, 0.06, 0.0)
    days = simulate(11, effects, per_day=700, share={4: 0.46}, early={5: 0.14})
    return days, verdicts.judge_experiments(days, AS_OF, RULES)


def judged(days, as_of=AS_OF, rules=RULES):
    return verdicts.judge_experiments(days, as_of, rules).set_index("experiment_id")


def test_what_was_planted_is_found_each_as_what_it_is():
    table = world()[1].set_index("experiment_id")
    assert table["verdict"].to_dict() == {
        "E1": "won", "E2": "lost", "E3": "even", "E4": "even", "E6": "even", "E5": "broken",
    }  # fmt: skip
    assert table.loc["E1", "gap_low"] <= 0.09 <= table.loc["E1", "gap_high"]
    assert table.loc["E6", "is_trap"] and not table.loc["E1", "is_trap"]
    assert table.loc["E6", "early"] > 0.02 > 0 > table.loc["E6", "late"]
    assert pd.Timestamp("2025-10-01") <= table.loc["E5", "ratio_since"] <= pd.Timestamp("2025-11-10")
    # The broken one is no part of the control over all: its level is that of five, two of them believed.
    assert table["alpha"].iloc[0] == pytest.approx(0.05 * 2 / 5)


def test_the_usual_columns_are_those_of_a_two_sample_test_and_the_adjusted_are_narrower_for_margin():
    days, table = world()
    row = table.set_index("experiment_id").loc["E1"]
    a, n, b, m = row["again_0"], row["n_over_0"], row["again_1"], row["n_over_1"]
    se = np.sqrt((a / n) * (1 - a / n) / (n - 1) + (b / m) * (1 - b / m) / (m - 1))
    assert row["usual_high"] - row["usual_low"] == pytest.approx(2 * 1.959964 * se, rel=1e-6)
    assert row["share_1"] - row["share_0"] == pytest.approx((row["usual_high"] + row["usual_low"]) / 2)
    assert row["gap_high"] - row["gap_low"] > row["usual_high"] - row["usual_low"]
    assert 0 < row["saved_margin"] < 0.5 and row["n_needed"] > 0
    per_day = days.loc[days["experiment_id"] == "E1", "n"].sum() / 40
    assert row["a_month"] == pytest.approx(per_day * 365.25 / 12)


def test_looks_add_up_day_by_day_and_nobody_reads_too_few():
    days, _ = world()
    stood = looks.follow_looks(days, RULES)
    own = stood[stood["experiment_id"] == "E3"]
    assert (
        own["n_over_1"].iloc[-1] == days.loc[(days["experiment_id"] == "E3") & ~days["is_control"], "n"].sum()
    )
    assert own["seen"].iloc[0] == START + pd.Timedelta(days=34)
    few = looks.follow_looks(simulate(1, (0.0,), per_day=3, n_days=20), RULES)
    assert few["value"].isna().all() and few["evidence"].isna().all()
    assert judged(simulate(1, (0.0,), per_day=3, n_days=20)).loc["E1", "verdict"] == "young"


def test_a_cost_beyond_what_comes_back_keeps_a_winner_from_being_given_to_all():
    dear = judged(simulate(4, (0.09, 0.0), per_day=300, cost=3.0))
    assert dear.loc["E1", "verdict"] == "unpaid" and dear.loc["E1", "margin_high"] < 0
    made = advice.decide(dear.reset_index(), RULES)
    assert "to nobody until it is known to pay" in made.action and made.worth is None
    assert made.on["experiment Experiment A"] == "give to nobody yet" and made.strength.word == LEAN
    # Without any known cost the money says nothing, and the advice says so.
    days = simulate(4, (0.09, 0.0), per_day=300)
    blind = judged(days.assign(margin=np.nan, margin_square=np.nan, margin_past=np.nan))
    assert blind.loc["E1", "verdict"] == "won" and np.isnan(blind.loc["E1", "pays"])
    made = advice.decide(blind.reset_index(), RULES)
    assert made.strength.word == LEAN and made.worth is None
    assert "what that is worth is not known" in texts.phrase_answer(blind.reset_index())


def test_a_sure_gain_of_little_size_is_not_given_to_all():
    days = simulate(5, (0.05, 0.0), per_day=400)
    table = judged(days, rules=looks.Rules(least=0.06))
    assert table.loc["E1", "gap_low"] > 0 and table.loc["E1", "verdict"] in ("small", "even")
    small = judged(days, rules=looks.Rules(least=float(table.loc["E1", "gap"]) + 0.005))
    assert small.loc["E1", "verdict"] == "small"
    made = advice.decide(small.reset_index(), RULES)
    assert made.strength.is_idle and "Experiment A" not in made.on
    shown = views.list_experiments(small.reset_index()).set_index("experiment")
    assert shown.loc["Experiment A", "next"].startswith("see who gains")


def test_before_half_of_its_run_nothing_wins_and_what_runs_says_how_long():
    days = simulate(6, (0.12, 0.0), per_day=300, n_days=80)
    early = (START + pd.Timedelta(days=34 + 25)).date()
    table = judged(cut(days, early), early)
    assert (
        table["is_running"].all() and table.loc["E1", "is_picked"] and table.loc["E1", "verdict"] == "running"
    )
    assert table.loc["E2", "verdict"] in ("running", "even") and (table["days_more"] >= 34).all()
    later = (START + pd.Timedelta(days=34 + 50)).date()
    table = judged(cut(days, later), later)
    assert table.loc["E1", "verdict"] == "won" and not table.loc["E1", "is_running"]
    made = advice.decide(judged(cut(days, early), early).reset_index(), RULES)
    assert made.strength.word == WAIT and "run until" in made.action
    traffic = views.list_traffic(judged(cut(days, early), early).reset_index()).set_index("experiment")
    assert traffic.loc["Experiment A", "advised"] == 0.9  # nearly sure, and bounded while it runs
    assert "send 90 %" in traffic.loc["Experiment A", "shift"]
    listed = views.list_times(judged(cut(days, early), early).reset_index())
    assert listed["days_more"].notna().any()


def test_ended_and_undecided_says_how_many_customers_a_new_run_needs():
    table = judged(simulate(7, (0.03,), per_day=40)).reset_index()
    assert table["verdict"].tolist() == ["open"]
    assert views.list_experiments(table)["next"].iloc[0].startswith("run again, with ")
    made = advice.decide(table, RULES)
    assert made.strength.is_idle and made.because.startswith("1 of 1 ended before")
    assert texts.name_finding(table) == "The one experiment has no winner"
    assert table["visible"].iloc[0] > RULES.least


def test_nobody_treated_no_plan_and_all_alike_break_nothing():
    days = simulate(8, (0.0, 0.0, 0.0), per_day=60)
    days = days[(days["experiment_id"] != "E1") | days["is_control"]]
    days.loc[days["experiment_id"] == "E2", "planned"] = np.nan
    days.loc[days["experiment_id"] == "E2", ["start", "end"]] = pd.NaT
    days.loc[days["experiment_id"] == "E3", "again"] = 0.0
    table = judged(days)
    assert table["verdict"].to_dict() == {"E3": "young", "E1": "broken", "E2": "unplanned"}
    frame = table.reset_index()
    for view in (views.list_experiments, views.list_readings, views.list_money, views.list_ratios,
                 views.show_ratios, views.list_times, views.list_traffic, views.show_gaps):  # fmt: skip
        assert len(view(frame)) <= 3
    made = advice.decide(frame, RULES)
    assert "find out why the branches of " in made.action
    only = frame[frame["verdict"] == "unplanned"]
    assert 'register "Experiment B"' in advice.decide(only, RULES).action
    checks = views.check_experiments(frame, pd.DataFrame({"draw_q": []}), days, 0.05).set_index("name")
    assert checks["passed"].tolist() == [False, False, True, True]


def test_the_decision_follows_the_verdicts_and_is_no_stronger_than_its_money():
    _, table = world()
    made = advice.decide(table, RULES)
    assert made.strength.word == DO and made.worth.low > 0
    row = table[table["verdict"] == "won"].iloc[0]
    assert made.worth.value == pytest.approx(row["margin"] * row["a_month"])
    assert made.on["experiment Experiment A"] == "give to all" and "experiment Experiment E" not in made.on
    assert '"Experiment E" are out of ratio' in made.action and 'give "Experiment A" to all' in made.action
    unsure = table.assign(margin_low=-0.2)
    assert advice.decide(unsure, RULES).strength.word == LEAN
    lost = table[table["verdict"] == "lost"].assign(is_running=True)
    assert advice.decide(lost, RULES).action == 'stop "Experiment B"'
    broken = table[table["verdict"] == "broken"]
    assert (
        "got the treatment where" in advice.decide(broken, RULES).because
        and "50.0 % was planned" in advice.decide(broken, RULES).because
    )
    every = advice.decide(
        table.assign(is_running=True, verdict=table["verdict"].replace("even", "unpaid")), RULES
    )
    assert '"Experiment A" to all; give "Experiment ' in every.action and "more to nobody" in every.action
    many = pd.concat([table[table["verdict"] == "won"]] * 5, ignore_index=True)
    many["experiment"] = [f"Test {place}" for place in range(5)]
    assert "and 2 more to all" in advice.decide(many, RULES).action


TITLES = {
    ("won", "even", "broken"): "1 of 3 experiments won, 1 cannot be trusted",
    ("unpaid", "even"): "1 of 2 experiments won, but may not pay",
    ("lost", "open"): "1 of 2 experiments made things worse, none won",
    ("open", "even"): "None of 2 experiments has a winner",
    ("broken",): "The one experiment cannot be trusted",
    ("unpaid",): "The one experiment won, but may not pay",
}


@pytest.mark.parametrize("case", TITLES)
def test_the_title_says_no_more_than_the_verdicts(case):
    assert texts.name_finding(pd.DataFrame({"verdict": case})) == TITLES[case]


def test_answers_of_each_kind():
    _, table = world()
    assert texts.phrase_answer(table) == (
        '"Experiment A" won: {worth} if given to all. "Experiment E" cannot be trusted: its branches are '
        "out of ratio. The others show no clear gain worth having."
    )
    named = table.assign(experiment="A name of more than eight words that nobody can read")
    assert texts.phrase_answer(named).startswith("{won} won: {worth}")
    none = table[table["verdict"] == "even"]
    assert texts.phrase_answer(none) == (
        "No experiment is known to have won. A simple test, checked daily, would have called {early} too "
        "early."
    )
    many = pd.concat([table[table["verdict"] == "won"]] * 3, ignore_index=True)
    assert texts.phrase_answer(many).startswith("{won} won: ")
    broken = pd.concat([table[table["verdict"] == "broken"]] * 2, ignore_index=True)
    assert "Branches of {broken} are out" in texts.phrase_answer(broken)
    assert texts.choose_best(broken) is None and texts.estimate_best(None, RULES).value is None
    assert "enough customers" in texts.note_best(None) and "allows for the pick" in texts.note_best(
        table.iloc[0]
    )
    worth = advice.estimate_worth(none, RULES)
    assert worth.value is None and "No experiment" in texts.note_worth(worth, none.head(0))
    assert texts.note_worth(worth, table) == "No cost of an order is known"


def test_limits_say_that_the_past_explains_nothing_only_where_it_does_not():
    _, table = world()
    assert not any("next to nothing" in limit for limit in texts.list_limits(table.assign(saved=0.3), RULES))
    bare = table.assign(saved=0.0, saved_margin=0.001)
    assert any("next to nothing" in limit for limit in texts.list_limits(bare, RULES))
    assert any("3 points" in limit for limit in texts.list_limits(bare, RULES))


def test_captions_and_charts_of_many_few_and_none():
    days, table = world()
    stood = looks.follow_looks(days, RULES)
    shown = views.show_gaps(table)
    assert "Experiment E" not in set(shown["experiment"])
    assert experiment_captions.gaps(shown.head(0), RULES)["finding"] == "No experiment can be read yet"
    captioned = experiment_captions.looks(table, RULES)["finding"]
    assert "Experiment F" in captioned
    quiet = experiment_captions.looks(table[~table["is_trap"]], RULES)["finding"]
    assert quiet == "A simple test, checked daily, would have called no winner too early"
    crowd = pd.concat([table[table["is_trap"]]] * 3, ignore_index=True)
    assert "called 3 winners too early" in experiment_captions.looks(crowd, RULES)["finding"]
    assert experiment_captions.ratios(table)["finding"] == 'Out of ratio: "Experiment E"'
    sound = table[table["is_even"]]
    assert experiment_captions.ratios(sound)["finding"].startswith("All branches are as large")
    daily = views.show_looks(stood, table, RULES)
    assert daily.groupby("experiment")["call"].count().max() == 1
    last = daily.groupby("experiment_id").last()
    gap = table.set_index("experiment_id").loc[last.index]
    assert (last["low"] / 100).to_numpy() == pytest.approx(gap["gap_low"].to_numpy())
    for chart in (
        charts.plot_gaps(shown, 2.0),
        charts.plot_looks(daily),
        charts.plot_ratios(views.show_ratios(table)),
    ):
        assert chart.to_dict()["config"]
    assert charts.plot_looks(daily.head(0)).to_dict() and charts.plot_gaps(shown.head(0), 2.0).to_dict()


def test_pairs_are_those_of_a_contingency_table_and_say_what_depends_on_what():
    grid = [("a", "b", one, two) for one in (False, True) for two in (False, True)]
    cells = pd.DataFrame(grid, columns=["first", "second", "treated_first", "treated_second"])
    cells = cells.assign(n=[900, 700, 680, 910], n_over=[800, 600, 600, 800], again=[240.0, 180, 180, 320])
    found = pairs.compare_pairs(cells, 0.95).iloc[0]
    expected = chi2_contingency(cells["n"].to_numpy().reshape(2, 2), correction=False).pvalue
    assert found["draw_q"] == pytest.approx(expected) and found["draw_q"] < pairs.MOST_FALSE
    assert found["more"] == pytest.approx(0.1) and found["more_low"] < 0.1 < found["more_high"]
    few = pairs.compare_pairs(cells.assign(n=20, n_over=20, again=5.0), 0.95)
    assert few["draw_q"].isna().all() and few["more"].isna().all()
    assert pairs.compare_pairs(cells.head(3), 0.95)["draw_q"].isna().all()
    assert texts.describe_pairs(few, 0.05).startswith("No two experiments share")
    none = pairs.compare_pairs(cells.head(0), 0.95)
    assert none.empty and views.list_pairs(none).empty
    assert texts.describe_pairs(pd.DataFrame({"more_q": [0.5]}), 0.05).startswith("None of 1 pairs")


def test_where_experiments_are_looked_at_before_any_week_is_over():
    days = cut(simulate(9, (0.0,) * 2, per_day=50), START.date() + dt.timedelta(days=10))
    table = judged(days, START.date() + dt.timedelta(days=10)).reset_index()
    assert (table["verdict"] == "young").all() and (table["n_over_0"] == 0).all()
    assert "days more" in views.list_experiments(table)["next"].iloc[0]
    assert advice.decide(table, RULES).strength.word == WAIT
    assert texts.describe_traffic(views.list_traffic(table)).startswith("No traffic")


def test_what_one_expects_to_lose_gives_up_nothing_early_and_is_never_called_no_gain():
    """A gain of two points, worth having, looked at as it runs: its first days went the wrong way."""
    days = simulate(3, (0.02,), per_day=60, n_days=80, early={0: -0.08})
    early = (START + pd.Timedelta(days=34 + 15)).date()
    table = judged(cut(days, early), early)
    assert table.loc["E1", "loss_keep"] < RULES.loss and table.loc["E1", "gap_high"] > RULES.least
    assert (
        table.loc["E1", "verdict"] == "running"
        and advice.decide(table.reset_index(), RULES).strength.word == WAIT
    )
    late = (START + pd.Timedelta(days=34 + 45)).date()
    table = judged(cut(days, late), late, looks.Rules(least=0.03, loss=0.05)).assign(is_running=True)
    assert table.loc["E1", "verdict"] == "slight" and table.loc["E1", "gap_high"] > RULES.least
    shown = views.list_experiments(table.reset_index()).iloc[0]
    assert (shown["label"], shown["next"]) == ("little to lose", "stop, change nothing")
    made = advice.decide(table.reset_index(), RULES)
    assert made.strength.word == LEAN and made.on == {"experiment Experiment A": "keep as it was"}
    assert views.list_traffic(table.reset_index())["advised"].tolist() == [0.0]


def test_no_interval_reaches_beyond_the_whole():
    table = judged(simulate(3, (0.02, 0.0), per_day=10), rules=looks.Rules(least=0.001))
    assert (table["gap_low"] == -1).all() and (table["gap_high"] == 1).all()


def test_surely_is_said_only_of_intervals_above_nought_and_of_every_one():
    _, table = world()
    shown = views.show_gaps(table)
    assert (
        experiment_captions.gaps(shown, RULES)["finding"] == "1 of 5 experiments brings more customers back"
    )
    both = shown.assign(
        gap_low=[0.1, 0.2, -1.0, -1.0, -1.0], verdict=["won", "small", "even", "even", "lost"]
    )
    assert experiment_captions.gaps(both, RULES)["finding"] == "2 of 5 experiments bring more customers back"


@pytest.mark.parametrize(
    ("verdicts", "because"),
    [
        (["young", "even"], "1 of 2 have too few customers to read."),
        (["small", "open"], "1 of 2 are better, perhaps by too little; 1 of 2 ended before a gain "
                            "worth having could show."),
        (["even", "even"], "No gain worth having showed."),
    ],
)  # fmt: skip
def test_why_nothing_is_changed_is_what_the_verdicts_say(verdicts, because):
    _, table = world()
    made = advice.decide(table.head(2).assign(verdict=verdicts, is_pending=False, is_running=False), RULES)
    assert made.strength.is_idle and made.because == because


def test_the_answer_does_not_deny_what_the_title_says():
    _, table = world()
    sound = table[table["verdict"] != "broken"].head(3).assign(is_trap=False)
    unpaid = sound.assign(verdict=["unpaid", "even", "even"])
    assert texts.phrase_answer(unpaid) == "1 of 3 won, but may cost more than it brings."
    both = sound.assign(verdict=["won", "unpaid", "even"])
    assert texts.phrase_answer(both).endswith("The others are not known to pay.")
    assert texts.note_best(sound.iloc[-1]).startswith("The largest, up or down;")


def test_a_chance_to_be_wrong_above_the_limit_keeps_a_winner_undecided():
    days = simulate(1, (0.05,), per_day=150)
    loose, strict = (judged(days, rules=looks.Rules(0.7, 0.03, wrong)) for wrong in (0.5, 0.0001))
    assert loose.loc["E1", "is_picked"] and 0.0001 < 1 - loose.loc["E1", "chance"] < 0.5
    assert (loose.loc["E1", "verdict"], strict.loc["E1", "verdict"]) == ("won", "open")


def test_limits_say_that_a_win_is_not_surely_worth_having():
    assert any("not surely by that much" in limit for limit in texts.list_limits(world()[1], RULES))


def test_what_is_for_newcomers_is_worth_as_many_as_come_now():
    days, table = world()
    shares = days.groupby(["experiment_id", "date"])["n"].sum().unstack("experiment_id")
    every = pd.date_range(shares.index.min(), AS_OF)
    firsts = shares.reindex(every).fillna(0.0).assign(n=1400.0).rename_axis("date").reset_index()
    firsts.loc[firsts["date"] > pd.Timestamp(AS_OF) - pd.Timedelta(days=28), "n"] = 700.0
    firsts.loc[firsts["date"] > pd.Timestamp(AS_OF) - pd.Timedelta(days=7), "n"] = 350.0
    found = reach.expect_reach(table, firsts, AS_OF).set_index("experiment_id").loc["E1"]
    own = days[days["experiment_id"] == "E1"]
    ran = firsts[firsts["date"].between(own["date"].min(), own["date"].max())]
    share, month = own["n"].sum() / ran["n"].sum(), 365.25 / 12
    assert found["is_of_new"] and found["a_month"] == pytest.approx(share * month * (3 * 700 + 350) / 4)
    assert found["a_month_low"] == pytest.approx(share * month * 350)
    assert found["a_month_high"] == pytest.approx(share * month * 1400)
    # Of other customers the pace at which they were taken stays.
    others = reach.expect_reach(table, firsts[["date", "n"]], AS_OF).set_index("experiment_id").loc["E1"]
    assert (
        not others["is_of_new"] and others["a_month"] == table.set_index("experiment_id").loc["E1", "a_month"]
    )
    worth = advice.estimate_worth(reach.expect_reach(table, firsts, AS_OF), RULES)
    assert worth.low == pytest.approx(found["margin_low"] * found["a_month_low"])
    noted = texts.note_worth(worth, reach.expect_reach(table, firsts, AS_OF))
    assert f"For {found['a_month']:,.0f} newcomers a month" in noted


def test_a_winner_that_is_not_known_to_pay_is_given_to_nobody_and_has_a_sum_of_its_own():
    _, table = world()
    unsure = table.assign(margin_low=-0.2)
    made = advice.decide(unsure, RULES)
    assert 'give "Experiment A" to nobody until it is known to pay' in made.action and made.worth is None
    assert made.on["experiment Experiment A"] == "give to nobody yet"
    assert '"Experiment A" won, but may bring nothing: {unsure}' in texts.phrase_answer(unsure)
    sure, rest = advice.split_won(unsure)
    assert sure.empty and rest["experiment"].tolist() == ["Experiment A"]
