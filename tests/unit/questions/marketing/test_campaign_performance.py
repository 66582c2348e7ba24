"""Campaigns without an estate: which coupons are whole, shares used, scorecard, tests, sentences, advice."""

from __future__ import annotations

import datetime as dt
import functools
import math

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies.trial_size import find_arm_size, find_held_out
from lucky_analytics.models.drawn_coupons import coupon_effects
from lucky_analytics.questions.marketing.campaign_performance import (
    advice,
    drawn_depths,
    kept_coupons,
    left_out_tests,
    redeemed,
    scorecard,
    template_lists,
    texts,
    use_rates,
)
from lucky_analytics.questions.marketing.campaign_performance.drawn_depths import Drawn
from lucky_analytics.questions.marketing.campaign_performance.kept_coupons import Kept
from tests import policy_world as world

AS_OF = dt.date(2026, 2, 13)
KEPT = Kept(dt.date(2026, 1, 15), dt.date(2025, 12, 13))
GIVEN = pd.DataFrame({"depth": world.DEPTHS, "a_month": 5000.0})


@functools.cache
def drawn(effect="flat", seed=0, n_customers=400):
    of = {"flat": world.FLAT, "pays": np.tile([1, 1.4, 1.8, 2.2, 2.6, 3.0], (4, 1)),
          "costs": world.ONLY_COSTS}[effect]  # fmt: skip
    exposed = world.simulate(seed, of, n_customers)
    rows = exposed.drawn
    bought = (rows["margin"] > 0).astype(float)
    for name in ("orders", "orders_week", "all_orders"):
        if name not in rows:
            rows[name] = bought
    coded = coupon_effects.encode_outcomes(exposed)
    effects = coupon_effects.measure_effects(exposed, coded, 0.9)
    return Drawn(effects, redeemed.NO_CHECKS, [], GIVEN, 2.0, len(rows))


def planned(weeks=5, campaigns=("holiday", "welcome")):
    return pd.DataFrame(
        {"campaign": list(campaigns), "n": 100_000, "n_out": 10_000, "shows": 0.08, "needed": 8_000,
         "weeks": weeks, "most_lost": 2_000.0, "saved": 1_500.0}
    )  # fmt: skip


def decided(found, tests=None, least=1.0):
    return advice.decide(found, planned() if tests is None else tests, least, 0.1, 0.9, AS_OF)


def test_what_surely_costs_is_stopped_with_its_worth_and_agrees_with_the_page_on_prices():
    found = drawn("costs", 0, 1500)
    earn, lose = drawn_depths.find_clear_depths(found.effects, 1.0)
    assert not earn and 0.5 in lose
    made = decided(found)
    assert made.strength.word == DO and made.worth.low > 0
    assert made.on["weekly coupons of 50 % off"] == "withdraw"
    assert "but for a random tenth" in made.action and "brought in less margin" in made.because
    own = found.effects.by_depth.set_index("depth")["margin"]
    # A tenth stays, so that nine tenths are worth something.
    assert made.worth.value == pytest.approx(sum(-own[depth] * 0.9 * 5000 / 2 / 100 for depth in lose))
    assert "cost more than they earn" in texts.name_finding(found, 1.0)
    assert "costs more than it earns" in texts.describe_depths(found, 1.0)
    both = decided(found._replace(withdrawn=[0.5]))
    assert "as the page on prices says" in both.action and both.on["weekly coupons of 50 % off"] == "withdraw"
    all_gone = decided(found._replace(withdrawn=lose))
    assert all_gone.strength.word == WAIT and all_gone.worth is None
    assert not any("no size" in doubt for doubt in all_gone.strength.doubts)


@pytest.mark.parametrize(("effect", "n_customers", "other"), [("costs", 1500, 1), ("pays", 400, -1)])
def test_a_depth_is_not_claimed_where_other_categories_surely_go_the_other_way(effect, n_customers, other):
    """What a coupon costs in its own category may come back in others; what it earns may be missing there."""
    found = drawn(effect, 0, n_customers)
    assert any(drawn_depths.find_clear_depths(found.effects, 1.0))
    table = found.effects.by_depth.assign(other_clear=other)
    mixed = found._replace(effects=found.effects._replace(by_depth=table))
    assert drawn_depths.find_clear_depths(mixed.effects, 1.0) == ([], [])
    assert decided(mixed).strength.word == WAIT and decided(mixed).on == {}
    assert "no coupon is known" in texts.name_finding(mixed, 1.0)


def test_a_loss_of_no_size_is_no_reason():
    made = decided(drawn("costs", 0, 1500), least=1e6)
    assert made.strength.word == WAIT and made.on == {}
    assert (
        texts.name_finding(drawn("costs", 0, 1500), 1e6)
        == "Coupons take {week:value} a week; no coupon is known to earn it back"
    )


def test_what_surely_earns_is_said_and_nothing_else_follows_from_it():
    found = drawn("pays")
    assert drawn_depths.find_clear_depths(found.effects, 1.0)[0]
    assert "earn more than they cost" in texts.name_finding(found, 1.0)
    assert "earns more" in texts.describe_depths(found, 1.0)
    made = decided(found)
    assert made.strength.word == WAIT and made.on == {}
    assert "weekly program alone" in made.strength.doubts[1]


@pytest.mark.full
@pytest.mark.timeout(900)
def test_in_sixty_null_worlds_hardly_a_page_claims():
    """One page in a hundred may; half of what the discount gives away comes back, so nothing is planted."""
    claims = [drawn_depths.find_clear_depths(drawn("flat", seed, 150).effects, 1.0) for seed in range(60)]
    assert sum(bool(earn or lose) for earn, lose in claims) <= 3


def test_without_a_draw_the_page_describes_and_plans_the_test():
    made = decided(None)
    assert made.strength.word == WAIT and "too little was drawn" in made.strength.doubts[1]
    assert "each campaign (holiday and welcome) no coupon for 5 weeks" in made.action
    assert "10,000 or more customers" in made.because and "$4,000" in made.because
    assert "not known" in texts.name_finding(None, 1.0) and "{added}" not in texts.describe_answer(None)
    assert "Not known" in texts.note_added(None) and "Not known" in texts.note_credited(None)
    one = decided(None, planned(campaigns=("holiday",)))
    assert "(holiday) no coupon" in one.action and "10,000 customers without" in one.because
    assert "drawn anew" not in one.because and "drawn anew" in decided(None, planned(weeks=20)).because
    # All are left out for as long as the slowest needs, and cost that long.
    mixed = decided(None, planned().assign(weeks=[5, 20]))
    assert "for 20 weeks" in mixed.action and "$10K" in mixed.because and "$7,500" in mixed.because
    late = decided(None, planned(weeks=40))
    assert late.action.startswith("draw the discounts") and "half a year" in late.because
    assert decided(drawn("flat"), planned(weeks=40)).action.startswith("go on drawing")


def test_what_a_dashboard_credits_is_not_called_bought_anyway_before_it_is_known():
    """Only where all that is added is below what is credited does part of it surely come anyway."""
    found = drawn("flat")
    credited, added = Estimate(16.0, 12.0, 20.0, level=0.9), Estimate(-5.0, -18.0, 9.0, level=0.9)
    for own, says in ((added, True), (Estimate(15.0, 5.0, 25.0, level=0.9), False), (Estimate(None), False)):
        effects = found.effects._replace(credited=credited, pooled={"margin": own})
        said = texts.note_credited(found._replace(effects=effects))
        assert ("more than a discount adds" in said) is says and "most" not in said


def test_titles_of_both_sides():
    found = drawn("flat")
    table = found.effects.by_depth.assign(margin=[3.0, 3.0, 0.0, -4.0, -5.0], margin_clear=[1, 1, 0, -1, -1])
    both = found._replace(effects=found.effects._replace(by_depth=table))
    said = texts.name_finding(both, 1.0)
    assert said == "Weekly coupons of two depths earn more than they cost; two depths cost more"
    assert len(said.split()) <= 14


def ages(n_event=(30, 10, 5), n_censored=400, campaign="holiday", alike=1.0, template="T1"):
    rows = [(campaign, template, True, day, n, 0, alike) for day, n in enumerate(n_event)]
    rows.append((campaign, template, True, 29, 0, n_censored, alike))
    return pd.DataFrame(rows, columns=kept_coupons._COLUMNS)


def test_shares_used_are_those_of_a_plain_count_where_all_were_seen():
    own = ages()
    found = use_rates.share_used(own, 28, 0.9)
    assert found.value == pytest.approx(45 / 445) and found.low < found.value < found.high and found.n == 445
    assert use_rates.share_used(own, 1, 0.9).value == pytest.approx(30 / 445)
    assert use_rates.share_used(own, 60, 0.9).value is None
    wide = use_rates.share_used(ages(alike=4.0), 28, 0.9)
    assert wide.value == pytest.approx(found.value) and wide.n == 445
    assert (wide.high - wide.low) == pytest.approx(2 * (found.high - found.low), rel=0.1)
    campaigns = use_rates.estimate_campaigns(pd.concat([own, ages(campaign="weekly program")]), 28, 0.9)
    assert campaigns["use"].tolist() == pytest.approx([45 / 445] * 2)
    assert len(use_rates.follow_use(own, 0.9)) == 4 and use_rates.follow_use(own.head(0), 0.9).empty


def test_a_template_counts_only_coupons_that_were_seen_a_week_and_small_ones_are_drawn_in():
    big = pd.concat([ages(template=f"T{k}", n_event=(90 + k, 5, 5), n_censored=1900) for k in range(8)])
    small = ages(template="small", n_event=(1,), n_censored=2)
    unseen = ages(template="T0", n_event=(50,), n_censored=0).assign(is_seen=False)
    found = use_rates.estimate_templates(pd.concat([big, small, unseen]), 0.9).set_index("template_id")
    assert found.loc["T0", "n_seen"] == 2000 and found.loc["T0", "n_soon"] == 100
    assert found.loc["small", "raw"] == pytest.approx(1 / 3)
    assert 0.04 < found.loc["small", "use_soon"] < 0.07
    assert (
        found.loc["small", "use_soon_low"]
        < found.loc["small", "use_soon"]
        < found.loc["small", "use_soon_high"]
    )
    assert use_rates.estimate_templates(big.head(0), 0.9).empty


def test_coupons_of_one_customer_that_are_all_used_or_none_tell_as_much_as_one():
    """A hundred customers of ten coupons each: the variance is ten times that of a thousand alone."""
    n = np.full(100, 10.0)
    x = np.where(np.arange(100) < 20, 10.0, 0.0)
    sums = pd.DataFrame(
        {"campaign": ["a"], "n": [n.sum()], "x": [x.sum()], "nn": [(n * n).sum()], "xx": [(x * x).sum()],
         "nx": [(n * x).sum()]}
    )  # fmt: skip
    assert kept_coupons._find_alike(sums)["a"] == pytest.approx(10.0)
    assert kept_coupons._find_alike(sums.assign(x=0.0, xx=0.0, nx=0.0))["a"] == 1.0


def test_a_run_of_days_ends_where_the_unused_are_gone():
    days = pd.date_range("2026-01-01", periods=5)
    frame = pd.DataFrame(
        {"campaign": "holiday", "received_date": days, "n_unused": [9, 0, 3, 4, 5], "first_use": pd.NaT}
    )
    frame["first_use"] = pd.to_datetime(frame["first_use"])
    assert kept_coupons.find_kept(frame) == Kept(dt.date(2026, 1, 3), None)
    assert kept_coupons.find_kept(frame.assign(n_unused=0)).given_from is None
    assert kept_coupons.find_kept(frame.assign(campaign="weekly program")).given_from is None


def daily(n_days=70, seed=0, last=None):
    rng = np.random.default_rng(seed)
    ds = pd.date_range(end="2026-02-13", periods=n_days)
    parts = []
    for campaign in ("holiday", "welcome", "win-back", "referral", "weekly program"):
        n = rng.poisson(200, n_days)
        if last is not None and campaign == "holiday":
            n[-1] = last
        sums = {"discount": 2.9 * n + rng.normal(0, 9, n_days), "margin": 3.1 * n + rng.normal(0, 9, n_days)}
        parts.append(pd.DataFrame({"campaign": campaign, "ds": ds, "n_redeemed": n} | sums))
    return pd.concat(parts, ignore_index=True)


def test_a_week_is_held_against_four_before_and_a_broken_day_is_found():
    days = daily(last=20)
    judged = scorecard.judge_days(days, 4.0)
    odd = judged[judged["is_alarm"]]
    assert set(odd["campaign"]) == {"holiday"} and set(odd["ds"]) == {pd.Timestamp("2026-02-13")}
    assert scorecard.count_odd(judged) == len(odd) > 0
    assert texts.describe_week(judged).startswith("One of the last seven days was unusual: holiday (")
    assert "a week in the four weeks before" in texts.describe_course(days)
    gifts = days[["campaign", "ds"]].assign(n_given=10).query("ds >= '2026-01-15'")
    score = scorecard.score_week(days, gifts, judged).set_index("campaign")
    own = days[days["campaign"] == "holiday"]["n_redeemed"].to_numpy()
    assert score.loc["holiday", "n_redeemed"] == own[-7:].sum()
    assert score.loc["holiday", "n_redeemed_before"] == own[-35:-7].sum() / 4
    assert score.loc["holiday", "n_given"] == 70 and math.isnan(score.loc["holiday", "n_given_before"])
    assert score["odd_days"].tolist() == [1, 0, 0, 0, 0] and score.index[0] == "holiday"


def test_too_few_days_judge_nothing_and_say_so():
    judged = scorecard.judge_days(daily(20), 4.0)
    assert judged.empty and "too few days or uses" in texts.describe_week(judged)
    assert (
        scorecard.count_odd(judged) is None and scorecard.count_odd(scorecard.judge_days(daily(60), 4.0)) == 0
    )
    assert texts.describe_course(daily(20)).endswith("coupons were used in the last seven days")
    score = scorecard.score_week(daily(20), daily(20)[["campaign", "ds"]].assign(n_given=1), judged)
    assert score["odd_days"].isna().all() and score["n_redeemed_before"].isna().all()
    assert scorecard.score_week(daily(20).head(0), judged, judged).empty
    rare = daily(60).assign(n_redeemed=lambda row: row["n_redeemed"] * (row["campaign"] != "holiday"))
    assert "holiday" not in set(scorecard.judge_days(rare, 4.0)["campaign"])
    assert texts.describe_week(scorecard.judge_days(daily(60), 4.0)).endswith("no day was unusual")


@pytest.mark.full
def test_in_forty_quiet_weeks_alarms_are_as_rare_as_said():
    """One day in four weeks may have one: ten of 280 days; not twice as many."""
    days = [
        scorecard.judge_days(daily(seed=seed), 4.0).query("is_alarm")["ds"].nunique() for seed in range(40)
    ]
    assert sum(days) <= 20


def test_a_test_is_as_large_as_the_formula_says_and_costs_what_was_redeemed():
    audiences = pd.DataFrame({"campaign": ["holiday", "tiny"], "n": [50_000, 8], "mean": 1.0, "sd": 5.0})
    recent = pd.DataFrame({"campaign": ["holiday"], "discount": [8_000.0], "margin": [9_000.0]})
    found = left_out_tests.plan_trials(audiences, recent, 0.3, 0.9)
    assert found["campaign"].tolist() == ["holiday"]
    row = found.iloc[0]
    assert row["n_out"] == 5_000 and row["needed"] == find_held_out(5.0, 0.3, 0.1, 0.95)
    assert row["weeks"] == 5 and row["saved"] == pytest.approx(8_000 * 0.1 * 35 / 28)
    assert row["most_lost"] == pytest.approx(9_000 * 0.1 * 35 / 28) and row["shows"] < 0.3
    assert left_out_tests.plan_trials(audiences, recent, 0.05, 0.9).iloc[0]["weeks"] > 26
    assert find_held_out(1.0, 0.5, 0.5) == find_arm_size(1.0, 0.5)
    assert "one customer in ten" in texts.describe_trials(found) and "No campaign" in texts.describe_trials(
        found.head(0)
    )


def test_a_tenth_left_out_shows_the_gain_four_times_in_five():
    n_out = find_held_out(1.0, 0.1, 0.1)
    rng = np.random.default_rng(2)
    seen = []
    for _ in range(400):
        diff = rng.normal(0.1, math.sqrt(1 / (9 * n_out))) - rng.normal(0, math.sqrt(1 / n_out))
        seen.append(abs(diff) > 1.645 * math.sqrt(1 / n_out + 1 / (9 * n_out)))
    assert 0.74 < np.mean(seen) < 0.86


def used(**columns):
    base = {"campaign": ["holiday", "holiday", "welcome"], "template_id": ["A", "B", "C"],
            "customer_id": ["1", "2", "3"], "is_first": [True, False, True], "discount": [2.0, 3.0, 4.0],
            "used_date": pd.to_datetime(["2026-02-01", "2026-02-02", "2025-12-12"]),
            "paid": [4.0, 4.0, 4.0], "margin": [1.0, 2.0, -1.0]}  # fmt: skip
    return pd.DataFrame(base | columns)


def spent(frame=None, **facts):
    frame = used() if frame is None else frame
    base = {
        "used": frame, "n_used": 3, "n_matched": 3, "n_orders": 3, "off_cents": 900, "discount_cents": 900,
        "audiences": pd.DataFrame(), "marketing": {"value": 2.45, "n": 9, "dollars": 22.05}, "n_new": 4,
    }  # fmt: skip
    return redeemed.Redeemed(**(base | facts))


def test_first_orders_are_counted_from_the_day_on_which_all_are_known():
    found = template_lists.acquire(spent(), KEPT.used_from).set_index("campaign")
    assert found.loc["holiday", "each"] == 2.0 and found.loc["all", "n_new"] == 1
    none = template_lists.acquire(spent(used(is_first=False)), KEPT.used_from)
    assert none["campaign"].tolist() == ["all"] and none["each"].isna().all()
    assert "25.0" in texts.note_acquired(spent().marketing, 1, 4) and "$2.45" in texts.note_acquired(
        spent().marketing, 1, 4
    )
    assert "not known" in texts.note_acquired(None, 0, 0) and "nan" not in texts.note_acquired(None, 0, 0)


def test_checks_name_what_does_not_add_up():
    given = pd.DataFrame({"expired_cents": [0]})
    assert all(passed for _, passed, _ in redeemed.check_used(spent(), given))
    wrong = spent(n_used=5, n_orders=2, off_cents=100)
    found = redeemed.check_used(wrong, pd.DataFrame({"expired_cents": [120]}))
    assert not any(passed for _, passed, _ in found)
    assert "2 without an order, 1 on an order of another" in found[0][2] and "$1.20" in found[2][2]


def test_sums_and_their_titles():
    sums = redeemed.sum_orders(used(), ["campaign"]).set_index("campaign")
    assert sums.loc["holiday", "per_dollar"] == pytest.approx(0.6)
    assert sums.loc["holiday", "depth_taken"] == pytest.approx(5 / 13)
    free = redeemed.sum_orders(used(discount=0.0, paid=0.0, margin=np.nan), ["campaign"])
    assert free[["per_dollar", "depth_taken", "margin"]].isna().all(axis=None)
    recent = redeemed.sum_recent(used(), AS_OF)
    assert recent["campaign"].tolist() == ["holiday"]


def test_titles_of_use_and_limits():
    uses = pd.DataFrame({"campaign": ["a", "b"], "use": [0.015, 0.027]})
    assert texts.describe_use(uses) == "Of 100 coupons given, 1.5 to 2.7 are used, by campaign"
    assert texts.describe_use(uses.assign(use=0.02)) == "Of 100 coupons given, 2.0 are used"
    assert "not known" in texts.describe_use(uses.assign(use=np.nan))
    share, unseen = Estimate(0.1, 0.05, 0.2, level=0.9), Estimate(None)
    assert "Not known: no coupon that" in texts.note_use(Kept(None, None), 28, unseen)
    assert "28 days old" in texts.note_use(KEPT, 28, unseen) and "15 Jan" in texts.note_use(KEPT, 28, share)
    given = pd.DataFrame({"n_expired": [1], "expired_cents": [0]})
    limits = texts.list_limits(None, KEPT, given, 28, 0.9)
    assert "1 expired coupon still in the table took nothing" in limits[0] and "No depth" in limits[1]
    wrong = texts.list_limits(
        drawn(), Kept(None, KEPT.used_from), given.assign(expired_cents=250, n_expired=2), 28, 0.9
    )
    assert "million" not in wrong[0]  # nobody counted the archive
    assert "2 expired coupons" in wrong[0] and "$2.50" in wrong[0] and "no day" in " ".join(wrong)
