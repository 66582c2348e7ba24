"""What the page on invitations says of coupons that go to people without one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from lucky_analytics.decisions import WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.marketing.referral_network import advice, referral_captions, texts, views
from lucky_analytics.questions.marketing.referral_network.rewards import Rewards

ASTRAY = Rewards(900.0, 300.0, 100.0, n_used=300, n_linked=100, n_brought=50, n_new=900)
TABLE = pd.DataFrame({"measure": ["margin"], "verdict": ["more"]})


def test_coupons_that_go_to_people_without_an_invitation_are_the_title():
    assert ASTRAY.is_astray and texts.name_finding(TABLE, ASTRAY).startswith("{unlinked:value} of referral")
    half = replace(ASTRAY, n_linked=150)
    assert half.unlinked == 0.5 and texts.name_finding(TABLE, half) == texts.name_gap(TABLE)
    unknown = replace(ASTRAY, all_dollars=None)
    assert unknown.unlinked is None and not unknown.is_astray and views.share_coupons(unknown).empty
    said = texts.phrase_answer(TABLE, ASTRAY, Estimate(None), 90)
    assert "{all_each:value}" in said and "{gap} more than" in said
    assert "{all_each" not in texts.phrase_answer(TABLE.assign(verdict="too few"), ASTRAY, Estimate(None), 90)


def test_dollars_by_who_used_them_add_up():
    found = views.share_coupons(ASTRAY).set_index("who")["dollars"]
    assert found.to_dict() == {
        "no invitation on record": 600.0,
        "were invited": 200.0,
        "invited somebody": 100.0,
    }
    assert found.sum() == ASTRAY.all_dollars
    assert referral_captions.coupons(ASTRAY)["finding"].startswith("$600 of $900")


def test_what_goes_astray_is_at_stake_and_nothing_is_decided():
    trials = pd.DataFrame({"n": [100.0, 500.0], "weeks": [20.0, 1.0], "unit": ["weeks", "customers"]})
    made = advice.decide(Estimate(8.0, 7.0, 9.0, level=0.9, n=9), ASTRAY, trials, 90)
    assert made.action.startswith("find out why 66.7 %") and made.strength.word == WAIT
    assert made.record["worth"]["shown"].endswith("of monthly coupons at stake")
    assert "in money" not in str(made.strength.doubts)
