"""Fee schedules and ranks of payment methods, and what is left out of them."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.models import payment_fees
from lucky_analytics.questions.finance.payment_channels import (
    fee_checks,
    method_costs,
    schedules,
    texts,
)
from lucky_analytics.questions.finance.payment_channels import payment_prepared as pace
from tests import payment_rows
from tests.payment_rows import ON_FILE, SERVICE, fees, make_payments, prepared


def recover(fees, **options):
    records = payment_fees.load_fee_records(payment_rows.suite(fees))
    return schedules.recover_schedules(schedules.load_billed(records), **options)


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


def test_the_cheapest_method_by_size_of_order():
    routes = method_costs.route_orders(prepared(), [2.0, 40.0])
    assert (
        routes["cheapest"].tolist() == ["Debit card (3)"] * 2
        and routes["dearest"].tolist() == ["A method no table names (code 92)"] * 2
    )
    assert routes["cheapest_cents"].tolist() == pytest.approx([3.2, 26.0], abs=0.01)
