"""Payment methods: schedules and savings against plain loops, ranks, what is left out, the advice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.models import payment_fees
from lucky_analytics.questions.finance.payment_channels import (
    advice,
    fee_checks,
    fee_levers,
    method_costs,
    schedules,
    texts,
)
from lucky_analytics.questions.finance.payment_channels import payment_prepared as pace
from lucky_analytics.questions.finance.payment_channels import payment_what_if as what_if
from lucky_analytics.questions.finance.payment_channels.payment_answer import answer_payment
from tests import payment_rows
from tests.payment_rows import SERVICE, make_payments

ON_FILE = {"c53": ("53", "3"), "c6": ("6",), "c3": ("3",)}


def recover(fees, **options):
    records = payment_fees.load_fee_records(payment_rows.suite(fees))
    return schedules.recover_schedules(schedules.load_billed(records), **options)


@functools.cache
def fees():
    return make_payments()


@functools.cache
def prepared():
    return pace.prepare_payments(payment_rows.suite(fees(), ON_FILE))


def ask(**levers):
    return what_if.start_payment_question(prepared(), **levers)


def with_methods(**columns):
    """The same with other schedules, by method in the order of use."""
    return dataclasses.replace(prepared(), methods=prepared().methods.assign(**columns))


def test_every_schedule_is_recovered_with_both_parts_and_each_currency_apart():
    abroad = make_payments({"53": (9.0, 0.02, 30)}, currency="NZD")
    found = recover(pd.concat([fees(), abroad], ignore_index=True))
    current = found.current.set_index(["currency", "channel_id"])
    planted = {("USD", channel): each[:2] for channel, each in payment_rows.SCHEDULES.items()}
    for key, (fixed, rate) in {**planted, ("NZD", "53"): (9.0, 0.02)}.items():
        row = current.loc[key]
        assert row["fixed_low"] <= fixed <= row["fixed_high"]
        assert row["rate_low"] <= rate + SERVICE <= row["rate_high"]
        assert abs(row["fixed"] - fixed) < 0.5 and abs(row["rate"] - rate - SERVICE) < 1e-4
    assert found.changes.empty and found.n_off == 0 and found.n_looked > 20
    parts = found.parts[(found.parts["currency"] == "USD") & (found.parts["channel_id"] == "53")]
    assert parts["part"].tolist() == ["processing", "service"]
    assert parts["rate"].tolist() == pytest.approx([0.0095, SERVICE], abs=1e-6)


def test_a_change_is_named_with_its_month_its_part_and_what_was_before():
    found = recover(make_payments(changes={"6": (dt.date(2026, 1, 1), 5.0, 0.012)}))
    (change,) = found.changes.to_dict("records")
    assert (change["month"], change["channel_id"], change["part"]) == ("Jan 2026", "6", "processing")
    assert change["before"] == "5.00 cents and 1.300 %" and change["after"] == "5.00 cents and 1.200 %"
    whole = found.whole[found.whole["channel_id"] == "6"]
    assert whole["rate"].tolist() == pytest.approx([0.014, 0.013], abs=1e-5)
    assert found.current.set_index("channel_id").loc["6", "rate"] == pytest.approx(0.013, abs=1e-5)
    trend = method_costs.hold_order(
        payment_fees.aggregate_fees(payment_fees.load_fee_records(payment_rows.suite(fees())), "month"),
        found, prepared(),
    )  # fmt: skip
    assert trend["same_percent"].iloc[-1] < trend["same_percent"].iloc[0]
    assert trend["same_percent"].round(6).nunique() == 2


def test_fees_rounded_to_cents_give_wider_ends_that_hold_the_truth():
    parts = recover(make_payments(grain=100)).parts
    own = parts[(parts["channel_id"] == "53") & (parts["part"] == "processing")].iloc[0]
    assert own["grain"] == 1.0 and own["fixed_high"] - own["fixed_low"] > 0.005
    assert own["fixed_low"] <= 4.0 <= own["fixed_high"] and own["rate_low"] <= 0.0095 <= own["rate_high"]


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
    assert texts.name_finding(found, "a", "b", 0.0) == "Shifting a to b would cost more"
    assert "save nothing and cost" in texts.describe_answer(found, "a", "b")


def test_a_discount_that_loses_is_a_do_not_and_one_that_pays_a_test():
    asked = ask(incentive=5.0)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert found.needed is None and made.strength.word == DO and made.worth == found.net.times(-1)
    assert made.action.startswith("give no 5-cent discount for paying by debit card; show debit card before")
    assert made.on == {"discount for paying by debit card": "none"}
    assert "number 53 or 3 turns out" in made.would_change_if
    assert texts.name_finding(found, "a", "b", 5.0) == "A 5-cent discount for b costs more than it saves"
    asked = ask(incentive=0.5)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert made.strength.word == LEAN and made.action.startswith("try a 0.5-cent discount")
    assert "never tried" in made.strength.doubts[0] and made.worth == found.net
    assert (
        texts.name_finding(found, "a", "b", 0.5) == "A 0.5-cent discount for b would save more than it costs"
    )
    asked = ask(incentive=answer_payment(prepared(), asked).break_even.value)
    found = answer_payment(prepared(), asked)
    made = advice.decide(prepared(), asked, found)
    assert made.action.endswith("give no discount before that is known") and made.on == {
        "discount for paying by debit card": "not yet"
    }
    assert texts.name_finding(found, "a", "b", 1.0) == "A 1-cent discount for b may cost more than it saves"


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
    assert texts.name_finding(found, "a", "b", 0.0) == "Shifting a to b would save {saving:value}"


def test_methods_that_cost_the_same_save_nothing_and_nothing_is_recommended():
    same = with_methods(**dict.fromkeys(("fixed", "fixed_low", "fixed_high"), 4.0),
                        **dict.fromkeys(("rate", "rate_low", "rate_high"), 0.01))  # fmt: skip
    for incentive in (0.0, 5.0):
        asked = what_if.start_payment_question(same, incentive=incentive)
        found = answer_payment(same, asked)
        assert found.steering.value == found.steering.low == found.steering.high == 0
        made = advice.decide(same, asked, found)
        assert not made.action.startswith(("try", "show"))
        assert "{saving}" not in texts.describe_answer(found, "a", "b")
    assert "may save nothing" in texts.name_finding(found, "a", "b", 0.0)


def test_ranks_have_the_range_that_intervals_allow_and_follow_the_schedule():
    records = payment_fees.load_fee_records(payment_rows.suite(fees()))
    recovered = schedules.recover_schedules(schedules.load_billed(records))
    ranked = method_costs.rank_methods(pace.sum_weeks(records), recovered, "USD", 5.0)
    assert ranked["channel_id"].tolist() == ["92", "6", "53", "3"]
    assert ranked["same_rank"].tolist() == ranked["same_rank_last"].tolist() == [1, 2, 3, 4]
    assert ranked["same"].tolist() == pytest.approx([18.5, 12.0, 9.25, 5.0], abs=0.01)
    for row in ranked.itertuples():
        own = fees()[fees()["channel_id"] == row.channel_id]
        assert row.rate == pytest.approx(own["fee_cents"].sum() / own["amount_cents"].sum())
        assert row.low < row.rate < row.high and row.rank <= row.same_rank <= row.rank_last
    narrow = method_costs.rank_methods(pace.sum_weeks(records), recovered, "USD", 5.0, level=0.5)
    assert (narrow["high"] - narrow["low"] < ranked["high"] - ranked["low"]).all()
    assert method_costs.rank_methods(pace.sum_weeks(records), recovered, "NZD").empty
    costs = "a $5.00 order costs 12.0 cents by credit card (6) and 5.0 by debit card (3)"
    assert texts.name_cost(ranked, 5.0) == f"Of methods often used, {costs}"
    assert texts.name_cost(ranked.tail(1), 5.0) == "One payment method is in use"
    blurred = ranked.assign(same_low=0.0, same_high=99.0)
    assert texts.name_cost(blurred, 5.0) == "No method is surely dearer than another for a $5.00 order"


def test_what_is_left_out_is_counted_and_in_no_schedule():
    more = make_payments({"53": (4.0, 0.0095, 1)}, n_weeks=4, seed=5)
    also = pd.concat(
        [more.assign(payment_id="m" + more["payment_id"]),
         more.assign(payment_id="z" + more["payment_id"], amount_cents=0),
         more.assign(payment_id="f" + more["payment_id"], is_counted=False)],
        ignore_index=True,
    )  # fmt: skip
    empty = (
        fees().tail(3).assign(amount_cents=0, fee_cents=0.0, transaction_fee_cents=0.0, service_fee_cents=0.0)
    )
    own = pd.concat([fees(), empty.assign(payment_id=["e1", "e2", "e3"])], ignore_index=True)
    given = payment_rows.suite(own, ON_FILE, also)
    records = payment_fees.load_fee_records(given)
    recovered = schedules.recover_schedules(schedules.load_billed(records))
    left = method_costs.count_left_out(given.payments, given.refunds, records, recovered).set_index("name")
    assert left["n"].to_dict() == {"missing": 4, "empty_missing": 4, "empty": 3, "failed": 4}
    billed = sum(4.0 + (0.0095 + SERVICE) * cents for cents in more["amount_cents"])
    assert left.loc["missing", "fees"] == pytest.approx(billed / 100, rel=1e-4)
    pd.testing.assert_frame_equal(recovered.whole, recover(fees()).whole)
    assert pace.prepare_payments(given).n.sum() == prepared().n.sum()


def test_checks_notice_records_that_are_wrong():
    given = payment_rows.suite(fees())
    assert fee_checks.check_records(payment_fees.load_fee_records(given), given.payments)["passed"].all()
    wrong = fees().copy()
    wrong.loc[0, "fee_cents"] += 1
    wrong.loc[1, ["amount_cents"]] = 0
    wrong.loc[2, ["fee_cents", "transaction_fee_cents"]] = [-5.0, -6.0]
    wrong.loc[4, "payment_id"] = wrong.loc[3, "payment_id"]
    given = payment_rows.suite(wrong)
    checks = fee_checks.check_records(payment_fees.load_fee_records(given), given.payments).set_index("name")
    assert checks["passed"].sum() == 3, checks


def test_a_negative_payment_is_no_payment_of_nothing():
    back = fees().head(3).assign(amount_cents=-500, payment_id=["N1", "N2", "N3"])
    given = payment_rows.suite(
        pd.concat([fees(), back], ignore_index=True), also=back.head(1).assign(payment_id="M")
    )
    records = payment_fees.load_fee_records(given)
    checks = fee_checks.check_records(records, given.payments).set_index("name")["passed"]
    assert not checks.pop("no payment is negative") and checks.all()
    recovered = schedules.recover_schedules(schedules.load_billed(records))
    left = method_costs.count_left_out(given.payments, given.refunds, records, recovered)
    assert left[["name", "n", "amount"]].to_numpy().tolist() == [["negative", 4, -20.0]]
    pd.testing.assert_frame_equal(recovered.whole, recover(fees()).whole)


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

    def said(basket, steering):
        rows = table.set_index("kind").copy()
        rows.loc["basket", ["saving", "saving_low", "saving_high"]] = basket
        rows.loc["steering", ["saving", "saving_low", "saving_high"]] = steering
        return texts.name_levers(rows.reset_index())

    assert said((9, 8, 10), (3, 2, 4)) == "A larger basket would save more than steering"
    assert said((3, 2, 4), (9, 8, 10)) == "Steering would save more than a larger basket"
    assert "unless twice as many switch" in said((5, 4, 6), (3, 1, 7))
    assert said((3, 2, 4), (3.5, 1, 7)).startswith("Whether steering or a larger basket")
    two = pd.DataFrame({"percent": [3.0, 2.0]})
    assert texts.name_trend(two, 0).endswith("2.00 % of what was collected, and no schedule changed")
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


@pytest.mark.parametrize("edit", [
    lambda own: own.head(0),
    lambda own: own.assign(amount_cents=0, fee_cents=0.0, transaction_fee_cents=0.0, service_fee_cents=0.0),
    lambda own: own[own["payment_date"] >= dt.date(2026, 2, 5)],
    lambda own: own[own["channel_id"] == "53"],
    lambda own: own.assign(currency="NZD"),
    lambda own: own[own["payment_date"] < dt.date(2025, 11, 1)],
])  # fmt: skip
def test_where_there_is_nothing_to_compare_nothing_is_answered(edit):
    records = payment_fees.load_fee_records(payment_rows.suite(edit(fees())))
    recovered = schedules.recover_schedules(schedules.load_billed(records))
    empty = pace.assemble(pace.sum_weeks(records), recovered, {}, payment_rows.AS_OF)
    assert not empty.can_answer


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


def test_the_cheapest_method_by_size_of_order():
    routes = method_costs.route_orders(prepared(), [2.0, 40.0])
    assert (
        routes["cheapest"].tolist() == ["Debit card (3)"] * 2
        and routes["dearest"].tolist() == ["Method 92"] * 2
    )
    assert routes["cheapest_cents"].tolist() == pytest.approx([3.2, 26.0], abs=0.01)
