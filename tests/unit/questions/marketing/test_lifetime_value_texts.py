"""Every branch of what the page on lifetime value says: no sentence is stronger than its interval."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.rolling_origin import Miss
from lucky_analytics.models.acquisition_cost import note_cost
from lucky_analytics.questions.marketing.lifetime_value import acquisition, advice, texts, value_captions

GAIN = Estimate(0.5, 0.4, 0.6, level=0.9)


def decide(value=13.6, low=7.04, high=30.5, cost=None, gain=GAIN):
    new = Estimate(value, low, high, level=0.9, n=900)
    return advice.decide(new, acquisition.find_cap(new), gain, cost, 90)


def test_a_year_that_was_never_seen_allows_no_more_than_to_lean():
    made = decide(cost={"value": 2.45, "n": 30})
    assert made.strength.word == LEAN and made.on == {"cost of a new customer": "cap"}
    assert made.action == (
        "go on at today's $2.45 for each new customer; the most that pays before wages and rent is $7.00"
    )
    assert "Now they are $2.45 for each who came, those who would have come anyway" in made.because
    # What is left of a new customer at today's cost, not at the cap: that would be 0 or more by its making.
    assert (made.worth.value, made.worth.low) == pytest.approx((13.6 - 2.45, 7.04 - 2.45))
    assert made.record["worth"]["shown"] == "$11.15 left of each new customer ($4.59 to $28.05)"


def test_who_pays_more_than_the_cap_is_told_so():
    made = decide(cost={"value": 40.0, "n": 30})
    assert made.action == "bring down marketing's bills to $7.00 for each new customer"
    assert made.strength.word == LEAN
    assert (made.worth.value, made.worth.low, made.worth.high) == pytest.approx((26.4, 9.5, 32.96))


@pytest.mark.parametrize("now", [7.5, 13.0, 14.0])
def test_where_a_new_customer_may_bring_more_or_less_than_one_costs_nothing_is_cut(now):
    made = decide(cost={"value": now, "n": 30})
    assert made.strength.word == WAIT and made.action.startswith(f"spend no more than today's ${now:.2f}")
    assert made.on == {"cost of a new customer": "wait"} and made.worth.holds(0)


def test_without_a_ledger_no_cost_is_told():
    made = decide()
    assert "What one costs now is not known" in made.because and made.action == (
        "pay at most $7.00 for a new customer"
    )


def test_no_better_than_the_naive_rule_decides_nothing():
    assert decide(gain=Estimate(-0.1, -0.2, 0.0, level=0.9)).strength.word == WAIT


def test_a_low_end_of_nothing_is_no_cap():
    made = decide(0.9, -0.4, 3.0)
    assert made.strength.word == WAIT and made.worth is None
    assert made.action.startswith("pay for no new customers") and made.on == {
        "cost of a new customer": "wait"
    }
    assert texts.name_finding(0.0, WAIT).startswith("A new customer may bring in nothing")
    steps = pd.DataFrame({"days": [30, 365], "value": [0.5, 0.9], "n": [0, 0]})
    said = value_captions.new_customers(steps, 0.0, 0.0, 0.9)
    assert said["finding"] == "A new customer may bring in nothing in a year"
    assert "no customer has been here" in said["alt"]


@pytest.mark.parametrize("low", [7.96, 7.0, 6.999, 2.0, 1.96, 0.05, 0.0, -3.0, None])
def test_the_cap_is_never_above_the_low_end(low):
    cap = acquisition.find_cap(Estimate(20.0, low, 30.0, level=0.9))
    assert max(low or 0, 0) - 0.1 < cap <= max(low or 0, 0)


def test_the_title_is_no_stronger_than_the_decision():
    assert texts.name_finding(7.0, LEAN).startswith("Pay at most {cap:value}")
    assert texts.name_finding(7.0, LEAN, 2.45).endswith("brings {new_customer:value} in a year, before wages")
    assert texts.name_finding(7.0, LEAN, 7.5).endswith("beyond {cap:value} it may not pay back")
    for now in (None, 2.45, 7.5):
        assert len(texts.name_finding(7.0, LEAN, now).split()) <= 14
    assert "no cap yet" in texts.name_finding(7.0, WAIT)


@pytest.mark.parametrize("why", ["nobody", "costs", "quiet", "losing", "alike", "young", "wild"])
def test_what_cannot_be_valued_is_said_in_few_words(why):
    for n in (0, 12_345):
        finding, said, made = texts.describe_unknown(why, n)
        assert len(finding.split()) <= 14 and len(said.split()) <= 40 and made.strength.word == WAIT
        assert ("12,345" in said) == (n > 0)


def test_the_answer_counts_vips_and_says_where_there_are_none():
    assert "{vip:n} VIPs are expected to bring in {vip:value}" in texts.phrase_answer(30)
    assert "No customer stands out as a VIP" in texts.phrase_answer(0)


def test_forecasts_gone_by_are_told_as_they_were():
    scored = pd.DataFrame({"came": [110.0, 90.0], "predicted": [100.0, 100.0]})
    known = scored.assign(is_held=pd.array([True, False], dtype="boolean"))
    assert texts.describe_tests(known, 90).endswith(
        "10 % off on average, 10 % at most; 1 of 2 intervals held"
    )
    unknown = scored.assign(is_held=pd.array([pd.NA, pd.NA], dtype="boolean"))
    assert texts.describe_tests(unknown, 30).endswith("10 % at most")
    one = pd.DataFrame({"period": [30], "off": [0.1], "n": [4]})
    assert texts.describe_growth(one) == "Forecasts of 30 days were off by 10 %"


def accounts(top, of_platforms):
    rows = [("top", top, 9, 141_000.0), ("largest", 1, 5, 82_203.0), ("of these", of_platforms, 9, 1.0)]
    return pd.DataFrame(rows, columns=["who", "n", "n_orders", "dollars"])


def test_whose_the_largest_accounts_are_follows_the_rows():
    assert texts.describe_accounts(accounts(3, 3)).endswith(
        "$141K: all are delivery platforms', no customers"
    )
    assert "2 are delivery platforms'" in texts.describe_accounts(accounts(3, 2))
    assert "they are people" in texts.describe_accounts(accounts(3, 0))
    assert texts.describe_accounts(accounts(0, 0)) == "Nobody has paid yet"


def test_the_best_rule_is_named_whichever_it_is():
    rules = pd.DataFrame({"rule": ["ours", "Gamma-Gamma"], "error": [1.0, 0.9]})
    assert texts.describe_order_margins(rules).endswith("nearest was Gamma-Gamma")
    assert "could not be tested" in texts.describe_order_margins(rules.iloc[:0])


def test_notes_say_where_a_number_comes_from():
    assert "1.8 times" in texts.note_year(Miss(0.28, 4.0, 6), 0.9)
    assert "51.8 %" in texts.note_top(Estimate(0.518, 0.5, 0.53, level=0.9))
    assert texts.note_top(Estimate(None)) == "Ranked by what was foretold for each"
    assert "No marketing bill" in note_cost(None)
    limits = texts.list_limits(60, 150, Miss(0.1, 4.0, 6), 0.9, 0.02)
    assert "would have come anyway" in limits[4]
    assert "150 days of orders" in limits[0] and "2 of a hundred" in limits[3]
