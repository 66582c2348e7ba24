"""Rules, chains, comparisons and rewards of invitations on hand-made people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.marketing.referral_network import (
    advice,
    brought,
    chains,
    connectors,
    invitations,
    referral_captions,
    review,
    rewards,
    texts,
    views,
)
from lucky_analytics.questions.marketing.referral_network.invitations import Network
from lucky_analytics.questions.marketing.referral_network.rewards import Rewards
from tests.referral_world import make_network

LEVEL = 0.9
REWARDS = Rewards(900.0, 300.0, 100.0, 90, 30, 50, 1_000)


def hand(invites: list[tuple[int, int]], n: int = 8, cards: dict[int, str] | None = None) -> Network:
    """``n`` people who register a day apart at noon and order the same day; invitations accepted a minute
    after the invited registered."""
    day = pd.Timestamp("2025-09-01") + pd.to_timedelta(range(n), unit="D")
    people = pd.DataFrame({"customer_id": [f"c{k}" for k in range(n)], "registered_date": day})
    people = people.assign(
        registered_at=day + pd.Timedelta(hours=12), first_date=day, second_date=pd.NaT, first_store="1",
        n_orders=1.0, margin_cents=100.0, margin_90_cents=100.0, orders_90=1.0, touch=None,
    )  # fmt: skip
    rows = pd.DataFrame(invites, columns=["invited", "inviter"]).astype("int64")
    at = people["registered_at"].to_numpy()[rows["invited"].clip(lower=0)] + np.timedelta64(60, "s")
    rows = rows.assign(at=at, date=pd.to_datetime(at).normalize(), is_first=~rows["invited"].duplicated())
    kept = pd.DataFrame({"person": (cards or {}).keys(), "card": (cards or {}).values()})
    kept = kept.astype({"person": "int64", "card": object})
    return Network(people, rows, kept, dt.date(2026, 2, 13), True, bool(cards), "SELECT 1")


def kinds(network: Network) -> list[str]:
    return review.judge_invites(network).tolist()


def test_each_rule_names_just_what_it_defines():
    assert kinds(hand([(3, 1), (4, 1)])) == ["", ""]
    assert kinds(hand([(3, 3)])) == ["self"]
    assert kinds(hand([(3, 1), (1, 3), (4, 1)])) == ["each", "each", ""]
    assert kinds(hand([(1, 3)])) == ["later"]
    assert kinds(hand([(3, -1), (-1, 1)])) == ["unknown", "unknown"]
    assert kinds(hand([(3, 1), (3, 2)])) == ["", "again"]
    assert kinds(hand([(3, 1), (4, 2)], cards={1: "x", 3: "x", 4: "y", 2: "z"})) == ["card", ""]
    crowd = dict.fromkeys(range(20), "processor")
    assert kinds(hand([(3, 1)], n=20, cards=crowd)) == [""]


def test_who_was_here_before_is_not_brought_and_an_evening_order_is_no_earlier_one():
    network = hand([(3, 1), (4, 1)])
    late = network.invites.assign(at=network.invites["at"] + pd.Timedelta(hours=25))
    assert kinds(replace(network, invites=late)) == ["old", "old"]
    later = network.invites.assign(date=network.invites["date"] + pd.Timedelta(days=1))
    assert kinds(replace(network, invites=later)) == ["old", "old"]  # had ordered the day before accepting
    # Accepted at 20:30 in New York, ordered that evening: the next day in UTC, the same at home.
    evening = network.people.assign(
        registered_at=network.people["registered_date"] + pd.Timedelta(hours=24.5)
    )
    at = evening["registered_at"].to_numpy()[[3, 4]] + np.timedelta64(60, "s")
    assert kinds(replace(network, people=evening, invites=network.invites.assign(at=at))) == ["", ""]


@pytest.mark.parametrize(("minutes", "found"), [(15, "burst"), (25, "")])
def test_a_burst_is_four_accounts_within_an_hour(minutes: int, found: str):
    network = hand([(4, 1), (5, 1), (6, 1), (7, 1), (3, 1)])
    start = pd.Timestamp("2025-09-05 12:00")
    times = [start + pd.Timedelta(minutes=minutes * k) for k in range(4)]
    people = network.people.copy()
    people.loc[4:7, "registered_at"] = times
    people.loc[4:7, ["registered_date", "first_date"]] = start.normalize()
    at = people["registered_at"].to_numpy()[network.invites["invited"]]
    rows = network.invites.assign(at=at, date=pd.to_datetime(at).normalize())
    assert kinds(replace(network, people=people, invites=rows)) == [found] * 4 + [""]


def test_lists_and_counts_hold_every_rule_and_only_reviewed_invitations():
    network = hand([(3, 3), (1, 4), (5, -1), (6, 1)])
    rules = review.judge_invites(network)
    counted = review.count_rules(rules, network).set_index("rule")
    assert set(counted.index) == set(review.RULES) and counted["n"].sum() == 3
    listed = review.list_reviewed(rules, network)
    assert listed["invited_id"].tolist() == ["c3", "c1"] and listed["inviter_id"].tolist() == ["c3", "c4"]
    assert views.assemble_rules(counted.reset_index())["then"].str.startswith("to be looked at").sum() == 5


def test_chains_are_as_deep_as_a_walk_up_says():
    network = hand([(1, 0), (2, 1), (3, 2), (5, 4), (6, 1)])
    rules = review.judge_invites(network)
    found = chains.find_generations(network, rules)
    assert found.tolist() == [0, 1, 2, 3, 0, 1, 2, 0]
    by = chains.count_generations(network, found)
    assert by["n"].tolist() == [3, 2, 2, 1] and by["n"].sum() == len(network.people)
    assert views.name_generations(by)["label"].tolist()[2] == "invited in step 2 of a chain"
    assert chains.estimate_reproduction(network, rules).value is None


def test_reproduction_is_that_of_a_loop():
    network = make_network(5_000, 3, share=0.15)
    rules = review.judge_invites(network)
    found = chains.estimate_reproduction(network, rules, 90)
    first = network.people["first_date"]
    aged = (pd.Timestamp(network.as_of) - first).dt.days >= 90
    n = 0
    for invited, inviter in zip(network.invites["invited"], network.invites["inviter"], strict=True):
        wait = (first[invited] - first[inviter]).days if pd.notna(first[invited]) else -1
        n += bool(aged[inviter]) and 0 <= wait <= 90
    assert found.value == pytest.approx(n / aged.sum()) and found.low < found.value < found.high < 1


@pytest.fixture(scope="module")
def planted() -> tuple[Network, pd.Series, pd.Series]:
    network = make_network(9_000, 4, share=0.2, power=0.5, cv=2.0)
    rules = review.judge_invites(network)
    return network, rules, brought.mark_people(network, rules)


def test_what_was_planted_is_named_and_the_dashboard_understates_it(planted):
    network, rules, who = planted
    table = brought.compare_invited(network, who)
    assert texts.name_gap(table) == "Invited customers bring in more margin than comparable customers"
    gap = brought.find_measure(table, "margin", LEVEL)
    naive = brought.compare_naively(network, who).set_index("who")["so_far"]
    assert naive["invited"] - naive["others"] < gap.value
    found = connectors.measure_influence(network, rules)
    assert found.is_unequal and found.found.low < 4.0 < found.found.high * 1.1
    assert 0.01 < found.top.low < found.top.value < found.top.high and found.chance_share < found.naive_share
    listed = connectors.list_connectors(found, network)
    assert len(listed) == found.rows["is_connector"].sum() > 0 and listed["low"].min() >= connectors.TIMES
    counts = connectors.count_counts(found)
    assert counts["n"].sum() == (found.rows["count"] > 0).sum()
    assert "by chance alone it would be" in referral_captions.counts(counts, found)["finding"]
    assert views.assemble_tops(found)["share"].between(0, 1).all()


def test_zeal_that_fades_alike_for_all_makes_nobody_a_connector():
    network = make_network(12_000, 6, share=0.15, fade=20.0)
    rules = review.judge_invites(network)
    found = connectors.measure_influence(network, rules)
    assert not found.is_unequal and not found.rows["is_connector"].any()
    assert found.rows["expected"].sum() == pytest.approx(found.rows["count"].sum())


def test_a_quiet_world_names_nobody():
    network = make_network(5_000, 11, share=0.15)
    rules = review.judge_invites(network)
    who = brought.mark_people(network, rules)
    table = brought.compare_invited(network, who)
    assert set(table["verdict"]) == {"not shown"}
    found = connectors.measure_influence(network, rules)
    assert not found.is_unequal and found.rows["is_connector"].sum() == 0
    assert "not shown" in texts.note_top(found) and texts.note_connectors(found).startswith("Counted; none")


def test_odd_invitations_are_on_neither_side(planted):
    network, rules, _ = planted
    odd = rules.copy()
    odd.iloc[:10] = "burst"
    who = brought.mark_people(network, odd)
    assert (
        who[network.invites["invited"].iloc[:10]].isna().all() and (who == "invited").sum() == len(rules) - 10
    )


def test_months_add_up_to_people_and_invitations(planted):
    network, rules, who = planted
    months = brought.count_months(network, who, rules)
    assert months["n_new"].sum() == network.bought.sum() and months["n_accepted"].sum() == len(rules)
    assert months["n_brought"].sum() == (network.bought & (who == "invited")).sum()
    assert not months["is_whole"].iloc[-1] and "so far" in views.name_months(months)["month_label"].iloc[-1]
    assert referral_captions.months(views.name_months(months))["finding"].startswith("0.0 % of new")
    one = views.name_months(months.iloc[-2:-1])
    assert referral_captions.months(one)["finding"].startswith("There are no two whole months")


def test_trials_are_sized_by_what_was_seen(planted):
    network, rules, who = planted
    first, second = rewards.plan_trials(network, who, rules).to_dict("records")
    assert first["n"] > 1 and first["weeks"] == np.ceil(2 * first["n"] / 10)
    assert second["n"] == pytest.approx(2 * (2.4865 * second["sd"] / second["gain"]) ** 2, rel=0.01)
    nobody = network.people.assign(first_date=pd.NaT)
    empty = rewards.plan_trials(replace(network, people=nobody), who, rules)
    assert empty["n"].isna().all() and "not known" in views.name_trials(empty)["size"].iloc[0]
    assert "More people are brought" in advice.decide(Estimate(None, n=0), REWARDS, empty, 90).would_change_if


TRIALS = pd.DataFrame(
    {"n": [100.0, 500.0], "weeks": [20.0, np.nan], "unit": ["weeks of a store", "customers"]}
)
MARGIN = Estimate(8.0, 7.0, 9.0, level=LEVEL, n=900)


def test_a_reward_is_lowered_only_where_it_cannot_pay_and_never_raised():
    keep = advice.decide(MARGIN, REWARDS, TRIALS, 90)
    assert (
        keep.strength.word == WAIT
        and "below $7" in keep.action
        and keep.worth.value == pytest.approx(600 / 8 * 365.25 / 84)
        and "66.7 %" in keep.action
    )
    assert "20 weeks" in keep.would_change_if
    far = advice.decide(MARGIN, REWARDS, TRIALS.assign(weeks=[300.0, np.nan]), 90)
    assert "too long" in far.would_change_if
    dear = replace(REWARDS, inviter_dollars=600.0)
    lower = advice.decide(MARGIN, dear, TRIALS, 90)
    assert lower.on == {"reward for inviting": "lower"} and lower.strength.word == "lean"
    assert lower.worth.low > 0 and lower.worth.value == pytest.approx((12 - 8) * 50 / 8 * 365.25 / 84)
    near = advice.decide(MARGIN, replace(REWARDS, inviter_dollars=430.0), TRIALS, 90)  # $8.60, inside
    assert near.on == {"reward for inviting": "keep"}
    unknown = advice.decide(MARGIN, replace(REWARDS, inviter_dollars=None), TRIALS, 90)
    assert "what the reward costs is not known" in unknown.strength.doubts
    free = advice.decide(Estimate(-2.0, -3.0, -1.0, level=LEVEL), REWARDS, TRIALS, 90)
    assert free.action == "pay no reward for an invited customer"
    assert free.worth.value == pytest.approx(2 * 50 / 8 * 365.25 / 84)
    loss = advice.decide(Estimate(0.5, -1.0, 2.5, level=LEVEL), REWARDS, TRIALS, 90)
    assert "below" not in loss.action


def test_the_share_that_must_be_new_is_cost_over_margin():
    needed = REWARDS.needed_share(MARGIN)
    assert (needed.value, needed.low, needed.high) == pytest.approx((2 / 8, 2 / 9, 2 / 7))
    assert "loses money" in texts.note_needed(needed)
    dear = replace(REWARDS, inviter_dollars=1_000.0).needed_share(MARGIN)
    assert texts.note_needed(dear).startswith("Above 100 %")
    for margin in (Estimate(None, n=0), Estimate(1.0, -1.0, 3.0, level=LEVEL)):
        assert REWARDS.needed_share(margin).value is None
    assert "not known" in texts.note_needed(Estimate(None, n=0))
    assert replace(REWARDS, n_brought=0).inviter_each is None


def test_notes_say_what_is_not_known():
    assert texts.note_reward(REWARDS).startswith("Counted. 66.7 %") and "$18" in texts.note_reward(REWARDS)
    assert "not all in the snapshot" in texts.note_reward(Rewards(None, None, None, 0, 0, 5, 9))
    assert texts.note_reward(replace(REWARDS, n_brought=0)).startswith("Nobody was brought")
    assert texts.note_share(replace(REWARDS, n_new=0)).startswith("Nobody came")
    assert texts.note_share(REWARDS).startswith("Counted")
    ages = pd.DataFrame({"days": [30, 90, 180], "brought": [0.1, 0.2, np.nan]})
    assert "Too few" in texts.note_reproduction(Estimate(None, n=0), 90, ages)
    few, many = Estimate(0.2, 0.1, 0.3, level=LEVEL), Estimate(1.2, 0.9, 1.5, level=LEVEL)
    assert texts.note_reproduction(few, 90, ages).endswith("is not counted")
    assert texts.note_reproduction(few, 90, ages.assign(brought=0.456)).endswith("in 180 days it is 45.6")
    assert texts.note_reproduction(many, 90, ages).endswith("grow by themselves")


@pytest.mark.parametrize(("verdict", "finding", "said"), [
    ("more", "in more margin than comparable customers", "{gap} more than"),
    ("less", "in less margin than comparable customers", "{gap} against"),
    ("little more", "perhaps only a little", "{gap}"),
    ("little less", "perhaps only a little", "{gap}"),
    ("not shown", "not known to bring in more or less", "perhaps by chance"),
    ("too few", "Too few customers were", "Too few invited"),
])  # fmt: skip
def test_title_and_answer_say_no_more_than_the_verdict(verdict: str, finding: str, said: str):
    table = pd.DataFrame({"measure": ["margin", "orders"], "verdict": [verdict, "more"]})
    told = replace(REWARDS, n_linked=REWARDS.n_used)  # no coupon goes astray
    assert finding in texts.name_finding(table, told) and len(texts.name_gap(table).split()) <= 14
    chained = Estimate(0.03, 0.02, 0.04, level=LEVEL)
    assert all(said in texts.phrase_answer(table, each, chained, 90) for each in (told, REWARDS))


@pytest.mark.parametrize(("ends", "said"), [
    ((0.5, 0.4, 0.6), "too few to"), ((1.5, 1.2, 1.8), "enough to"),
    ((1.0, 0.8, 1.2), "is not known"),
])  # fmt: skip
def test_the_answer_says_what_a_chain_does(ends, said):
    table = pd.DataFrame({"measure": ["margin"], "verdict": ["more"]})
    none = Rewards(None, None, None, 0, 0, 0, 0)
    assert said in texts.phrase_answer(table, none, Estimate(*ends, level=LEVEL), 90)
    assert "first months" in texts.phrase_answer(table, none, Estimate(*ends, level=LEVEL), 60)
    assert "first weeks" in texts.phrase_answer(table, none, Estimate(*ends, level=LEVEL), 45)
    assert "Nobody came lately" in texts.phrase_answer(table, none, Estimate(None), 30)
    assert "not known" in texts.phrase_answer(table, replace(none, n_new=9), Estimate(None), 90)


@pytest.mark.parametrize(("row", "verdict"), [
    ((1.0, 0.5, 1.5, 0.01), "more"), ((-1.0, -1.5, -0.5, 0.01), "less"),
    ((0.3, 0.1, 0.5, 0.01), "little more"), ((-0.3, -0.5, -0.1, 0.01), "little less"),
    ((1.0, 0.5, 1.5, 0.2), "not shown"),
    ((np.nan, np.nan, np.nan, np.nan), "too few"),
])  # fmt: skip
def test_verdicts_follow_size_and_chance(row, verdict):
    assert brought._judge("margin", *row) == verdict


def test_few_invited_are_compared_with_nobody():
    network = hand([(3, 1)])
    rules = review.judge_invites(network)
    who = brought.mark_people(network, rules)
    table = brought.compare_invited(network, who)
    assert set(table["verdict"]) == {"too few"} and brought.find_measure(table, "again_60").value is None
    shown = views.assemble_differences(views.name_measures(table, 90))
    assert shown.empty and referral_captions.differences(shown, table, LEVEL)["finding"].startswith("Too few")
    assert not connectors.measure_influence(network, rules).found.is_known
    nobody = hand([])
    assert invitations.find_hindrance(nobody) == "inviter" and kinds(nobody) == []
    assert invitations.find_hindrance(replace(nobody, has_invites=False)) == "table"
    without = replace(network, people=network.people.assign(first_date=pd.NaT))
    assert invitations.find_hindrance(without) == "nobody"
    for why in ("nobody", "table", "inviter"):
        assert advice.describe_unknown(why)[2].strength.word == WAIT


def test_limits_say_whether_the_two_records_of_friends_agree(planted):
    network, _, who = planted
    people = network.people.assign(touch=np.where(who == "invited", "friend", "search"))
    said = texts.list_limits(replace(network, people=people), who, REWARDS, 90)
    assert any("mostly tell the same" in text for text in said)
    none = texts.list_limits(network, who, Rewards(None, None, None, 0, 0, 1, 1), 90)
    assert not any("First touches" in text for text in none) and "costs is not known" in none[-1]
