"""The calibrated demo estate: who was planted to bring and to be worth more is found by the page on it."""

from __future__ import annotations

import pytest

from lucky_analytics.questions.marketing.referral_network import brought, chains, connectors, review
from lucky_analytics.questions.marketing.referral_network.invitations import load_network

pytestmark = pytest.mark.full


def test_the_invited_and_the_spread_of_influence_are_as_planted_and_odd_rows_are_named(suite, truth):
    network = load_network(suite)
    rules = review.judge_invites(network)
    table = brought.compare_invited(network, brought.mark_people(network, rules)).set_index("measure")
    orders, plant = table.loc["orders"], truth["referrals"]
    ends = (orders["low"] / orders["others"], orders["high"] / orders["others"])
    # Here customers who have been here for 90 days alone count, of whom the plant's own error is larger.
    room = 2 * plant["quality"]["se"]
    assert ends[0] - room < plant["quality"]["realised"] < ends[1] + room
    assert table.loc["margin", "verdict"] in ("more", "little more")
    found = connectors.measure_influence(network, rules).found
    assert found.spread == pytest.approx(plant["influence_cv"]["planted"] ** 2, rel=0.15)
    assert chains.estimate_reproduction(network, rules).high < 1
    by_rule = review.count_rules(rules, network).set_index("rule")["n"]
    planted = truth["exceptions"]
    assert by_rule["self"] == planted["self_invites"]["realised"]
    assert by_rule["each"] == 2 * planted["reciprocal_invites"]["realised"]
    assert by_rule["burst"] == planted["burst_invites"]["realised"]
