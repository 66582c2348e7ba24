"""What steering, a discount or a larger basket saves, against plain loops; levers, permalink, advice."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.models import payment_fees
from lucky_analytics.questions.finance.payment_channels import (
    advice,
    fee_levers,
    texts,
)
from lucky_analytics.questions.finance.payment_channels import payment_prepared as pace
from lucky_analytics.questions.finance.payment_channels import payment_what_if as what_if
from lucky_analytics.questions.finance.payment_channels.payment_answer import answer_payment
from tests import payment_rows
from tests.payment_rows import SERVICE, fees, make_payments, prepared


def ask(**levers):
    return what_if.start_payment_question(prepared(), **levers)


def title(found, asked, cent=Estimate(None)):  # noqa: B008 - an estimate does not change
    return texts.name_finding(found, "a", "b", asked, cent)


def with_methods(**columns):
    """The same with other schedules, by method in the order of use."""
    return dataclasses.replace(prepared(), methods=prepared().methods.assign(**columns))


def test_a_year_is_the_last_whole_weeks_by_a_plain_loop():
    own = fees()
    monday = dt.date(2026, 2, 9)
    recent = own[[monday - dt.timedelta(weeks=12) <= day < monday for day in own["payment_date"]]]
    n, cents = prepared().year()
    for channel in payment_rows.SCHEDULES:
        rows = recent[recent["channel_id"] == channel]
        place = prepared().place(channel)
        assert n[0, place] == pytest.approx(len(rows) / 12 * 365.25 / 7)
        assert cents[0, place] == pytest.approx(rows["amount_cents"].sum() / 12 * 365.25 / 7)
    assert prepared().basket == round(recent["amount_cents"].mean() / 100, 2)
    assert n[1:].mean(axis=0) == pytest.approx(n[0], rel=0.02)


def test_the_saving_is_that_of_a_plain_loop_over_payments():
    own, asked = fees(), ask(incentive=5.0)
    monday = dt.date(2026, 2, 9)
    recent = own[[monday - dt.timedelta(weeks=12) <= day < monday for day in own["payment_date"]]]
    year = 365.25 / 7 / 12 / 100
    saved = given = 0.0
    for row in recent.itertuples():
        if row.channel_id == "53":
            saved += 0.1 * (4.0 - 2.0 + (0.0095 - 0.005) * row.amount_cents)
            given += 0.1 * 5.0 * (1 - 0.005 - SERVICE)
        elif row.channel_id == "3":
            given += 5.0 * (1 - 0.005 - SERVICE)
    found = answer_payment(prepared(), asked)
    assert (asked.source, asked.target) == ("53", "3")
    assert found.steering.value == pytest.approx(saved * year, rel=1e-3)  # ends of schedules, and rounding
    assert found.incentive_cost.value == pytest.approx(given * year, rel=1e-3)
    assert found.net.value == pytest.approx((saved - given) * year, rel=1e-3)
    assert found.fees.value == pytest.approx(recent["fee_cents"].sum() * year, rel=1e-3)
    n = (recent["channel_id"].isin(["53"])).sum() * 0.1 + (recent["channel_id"] == "3").sum()
    assert found.break_even.value == pytest.approx(saved / n / (1 - 0.005 - SERVICE), rel=1e-3)
    assert found.reach == 1.0  # every customer of the one keeps the other


def test_at_the_discount_that_breaks_even_nothing_is_gained():
    found = answer_payment(prepared(), ask(incentive=0.0))
    even = answer_payment(prepared(), ask(incentive=found.break_even.value))
    assert even.net.value == pytest.approx(0, abs=1e-6) and even.needed == pytest.approx(0.1)
    assert found.net.value == found.steering.value and found.needed == 0


def test_a_larger_basket_saves_the_fixed_parts_of_the_payments_that_fall_away():
    wider = fee_levers.answer_wider(prepared(), ask(), 0.25)
    n, _ = prepared().year()
    fewer = prepared().exact_basket / (prepared().basket * 1.25)
    assert wider.basket.value == pytest.approx(n[0] @ prepared().methods["fixed"] * (1 - fewer) / 100)
    assert answer_payment(prepared(), ask()).basket == Estimate(0.0, 0.0, 0.0, level=0.9, n=wider.fees.n)
    together = answer_payment(prepared(), ask(basket=9.0))
    assert together.together.value == pytest.approx(together.net.value + together.basket.value)


def test_every_lever_moves_the_answer_and_the_interval_spans_the_take_up():
    usual = answer_payment(prepared(), ask())
    for levers in ({"take_up": 0.3}, {"incentive": 1.0}, {"basket": 9.0}, {"source": "6"}, {"target": "6"}):
        assert answer_payment(prepared(), ask(**levers)).together.value != usual.together.value, levers
    n, cents = prepared().year()
    at = prepared().place("53")
    alone = n[1:, at] * 2.0 + cents[1:, at] * 0.0045
    assert usual.steering.low == pytest.approx(np.quantile(alone, 0.05) * 0.05 / 100, rel=1e-3)
    assert usual.steering.high == pytest.approx(np.quantile(alone, 0.95) * 0.2 / 100, rel=1e-3)
    curve = usual.curve
    on_curve = np.interp(0.1, curve["take_up"], curve["net"])
    assert on_curve == pytest.approx(usual.net.value) and curve["free"].iloc[0] == 0
    assert (curve["low"] <= curve["net"]).all() and (curve["net"] <= curve["high"]).all()


def test_a_dearer_method_costs_and_is_advised_against():
    asked = ask(source="3", target="6", incentive=0.0)
    found = answer_payment(prepared(), asked)
    assert found.steering.high < 0 and found.steering.low < found.steering.value
    made = advice.decide(prepared(), asked, found)
    assert made.strength.word == WAIT and made.action.startswith("leave debit card and credit card")
    assert made.worth is None and "not cheaper" in made.because
    assert title(found, asked) == "Shifting a to b would cost more"
    assert "save nothing and cost" in texts.describe_answer(found, "a", "b", asked)


def test_a_discount_that_loses_is_a_do_not_and_one_that_pays_a_test():
    asked = ask(incentive=5.0)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    cent = fee_levers.estimate_cent(prepared())
    assert found.needed is None and made.strength.word == LEAN and made.worth == cent
    assert made.strength.doubts == (
        "whether the processor agrees is not known, and the names of methods 53 and 3 are guesses",
    )
    assert made.action.startswith(
        "ask the processor for one cent less per payment; give no 5-cent discount for paying by debit card"
    )
    assert made.action.endswith("; have it name the methods 53 and 3")
    assert made.because.startswith("The discount would lose $") and len(made.action.split()) <= 40
    assert made.on == {"discount for paying by debit card": "none"}
    assert "number 53 or 3 turns out" in made.would_change_if
    said = title(found, asked, cent)
    assert said == "Fees of {fees_year:value}: a cent less per payment saves {cent_saving:value}"
    assert title(found, asked) == "A 5-cent discount for b costs more than it saves"
    assert "10 % of a to b would save {saving} before any discount. One cent less per payment would save" in (
        texts.describe_answer(found, "a", "b", asked)
    )
    asked = ask(incentive=0.5)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert made.strength.word == LEAN and made.action.startswith("try a 0.5-cent discount")
    assert "never tried" in made.strength.doubts[0] and made.worth == found.net
    assert title(found, asked) == "A 0.5-cent discount for b would save more than it costs"
    asked = ask(incentive=answer_payment(prepared(), asked).break_even.value)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert made.action.endswith("give no discount before that is known") and made.on == {
        "discount for paying by debit card": "not yet"
    }
    assert title(found, asked).endswith("discount for b may cost more than it saves")


def test_where_a_cent_off_saves_no_more_than_steering_the_discount_alone_is_advised_against(monkeypatch):
    monkeypatch.setattr(advice, "estimate_cent", lambda given: Estimate(1.0, 0.5, 1.5, level=0.9))
    asked = ask(incentive=5.0)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert made.action.startswith("give no 5-cent discount") and made.strength.word == DO
    assert made.worth == found.net.times(-1) and made.worth_unit == "USD a year not lost"


def test_a_discount_that_pays_only_where_more_switch_is_no_do():
    asked = ask(incentive=2.5, take_up=0.05)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert found.net.high < 0 and found.needed is not None and made.strength.word == LEAN


def test_steering_alone_leans_and_who_has_no_such_method_is_a_doubt():
    asked = ask(incentive=0.0)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert made.strength.word == LEAN and made.worth == found.steering
    few = dataclasses.replace(prepared(), reach={("53", "3"): 0.04})
    made = advice.decide(few, asked, answer_payment(few, asked))
    assert made.strength.word == WAIT and "4.0 %" in made.strength.doubts[1] and "4.0 %" in made.because
    assert title(found, asked) == "Shifting 10 % of a to b would save {saving:value}"
    saved = found.steering.value * 0.04 / 0.1
    assert f"if all of those switch, that saves {format_value(saved, 'USD a year')}." in made.because


def test_methods_that_cost_the_same_save_nothing_and_nothing_is_recommended():
    same = with_methods(**dict.fromkeys(("fixed", "fixed_low", "fixed_high"), 4.0),
                        **dict.fromkeys(("rate", "rate_low", "rate_high"), 0.01))  # fmt: skip
    for incentive in (0.0, 5.0):
        asked = what_if.start_payment_question(same, incentive=incentive)
        found = answer_payment(same, asked)
        assert found.steering.value == found.steering.low == found.steering.high == 0
        made = advice.decide(same, asked, found)
        assert not made.action.startswith(("try", "show"))
        assert "{saving}" not in texts.describe_answer(found, "a", "b", asked)
    assert "may save nothing" in title(found, ask(incentive=0.0))


def test_levers_and_claims():
    compared = fee_levers.compare_levers(prepared(), ask(), 0.1, 20.0).set_index("kind")
    n, cents = (each[0] for each in prepared().year())
    fixed = prepared().methods["fixed"].to_numpy()
    assert compared.loc["top-up", "saving"] == pytest.approx(0.1 * float((n - cents / 2000) @ fixed) / 100)
    prices = sorted(compared.loc["price", "saving"])
    assert prices == pytest.approx(sorted([n.sum() / 100, 0.001 * cents.sum() / 100]))
    assert compared.loc["steering", "saving"] == answer_payment(prepared(), ask()).steering.value
    assert (
        "discount"
        not in fee_levers.compare_levers(prepared(), ask(incentive=0.0), 0.1, 20.0)["kind"].tolist()
    )
    months = payment_fees.aggregate_fees(payment_fees.load_fee_records(payment_rows.suite(fees())), "month")
    listed, claims = fee_levers.judge_claims(prepared(), ask(), months)
    assert listed == pytest.approx(float(n.sum() * 30 + cents.sum() * 0.029) / 100)
    said = claims.set_index("claim")["found"]
    assert "Needs" in said["Steering saves 15 to 25 %"] and "USD" in said["One rate for all payments"]
    _, claims = fee_levers.judge_claims(prepared(), ask(source="3", target="92"), months)
    assert "Out of reach" in claims["found"].iloc[2]


def test_words_about_levers_trend_and_take_up():
    table = fee_levers.compare_levers(prepared(), ask(), 0.1, 20.0)

    def said(basket, steering, price=0.0):
        rows = table.set_index("kind").copy()
        rows.loc["basket", ["saving", "saving_low", "saving_high"]] = basket
        rows.loc["steering", ["saving", "saving_low", "saving_high"]] = steering
        rows.loc["price", ["saving", "saving_low", "saving_high"]] = price
        return texts.name_levers(rows.reset_index())

    most = "A cent off each fee would save most: "
    assert said((9, 8, 10), (3, 2, 4), 90.0) == most + "at least 22 times what moving payments would"
    assert said((9, 8, 10), (3, 2, 4), 6.0) == most + "more than moving payments"
    assert said((9, 8, 10), (3, 2, 4)) == "A larger basket would save more than moving payments"
    assert said((3, 2, 4), (9, 8, 10)) == "Moving payments would save more than a larger basket"
    assert "unless twice as many switch" in said((5, 4, 6), (3, 1, 7))
    assert said((3, 2, 4), (3.5, 1, 7)).startswith("Whether moving payments or a larger basket")
    two = pd.DataFrame({"percent": [3.0, 2.0]})
    assert texts.name_trend(two, 0).endswith("2.0 % of what was collected, and no schedule changed")
    assert texts.name_trend(two, 1).endswith("; 1 change of a schedule in between")
    assert "as in the first month; 2 changes" in texts.name_trend(two.assign(percent=2.0), 2)
    assert texts.name_trend(two.head(1), 0) == "Too few months of fees to compare"
    for incentive, words in ((5.0, "however many"), (0.5, "from"), (0.0, "Each tenth")):
        asked = ask(incentive=incentive)
        assert words in texts.name_take_up(asked, answer_payment(prepared(), asked), "Apple Pay")
    assert texts.explain_rate(None, Estimate(None), 1.0) == "No fee record"


def test_a_permalink_comes_back_and_what_cannot_be_is_refused():
    asked = ask(take_up=0.2, incentive=2.0)
    assert what_if.parse_payment_query("?" + what_if.format_payment_query(asked), prepared()) == asked
    assert what_if.parse_payment_query("", prepared()) == ask()
    for query in (
        "from=99",
        "to=<script>",
        "from=3&to=3",
        "take_up=2",
        "incentive=-1",
        "basket=nan",
        "basket=x",
    ):
        with pytest.raises((ParameterError, UnknownNameError)) as error:
            what_if.parse_payment_query(query, prepared())
        assert "\n" not in str(error.value)
    with pytest.raises(ParameterError):
        what_if.read_payment_question("53", prepared())


def test_the_question_starts_with_the_method_used_most_and_the_cheapest_in_use():
    assert (ask().source, ask().target, ask().take_up, ask().incentive) == ("53", "3", 0.1, 5.0)
    assert ask().basket == prepared().basket
    cheap = {**payment_rows.SCHEDULES, "92": (0.1, 0.001, 1)}  # cheaper, and hardly ever used
    rare = pace.prepare_payments(payment_rows.suite(make_payments(cheap)))
    assert what_if.start_payment_question(rare).target == "3"
    assert what_if.start_payment_question(rare, target="92").target == "92"
    assert what_if.start_payment_question(prepared(), source="3").target == "53"


def test_weeks_without_a_payment_count_as_weeks():
    own = fees()
    gone = own[[not dt.date(2025, 12, 22) <= day < dt.date(2025, 12, 29) for day in own["payment_date"]]]
    found = pace.prepare_payments(payment_rows.suite(gone))
    assert found.n.shape == prepared().n.shape and (found.n.sum(axis=1) == 0).sum() == 1
    assert found.year()[0][0].sum() < prepared().year()[0][0].sum()


def test_without_methods_on_file_the_reach_is_not_known():
    found = pace.prepare_payments(payment_rows.suite(fees()))
    assert found.reach == {} and answer_payment(found, what_if.start_payment_question(found)).reach is None
    assert prepared().reach[("6", "3")] == 0.0 and prepared().reach[("53", "3")] == 1.0
