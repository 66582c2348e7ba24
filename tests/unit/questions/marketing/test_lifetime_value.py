"""What customers are worth, on simulated orders: levels, classes, caps, and what cannot be told."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.repeat_forecast import forecast_orders
from lucky_analytics.methods.forecasts.rolling_origin import Miss, bound_share
from lucky_analytics.models.customer_histories import histories_of
from lucky_analytics.models.customer_worth import class_shares, customer_classes, customer_margins, held_out
from lucky_analytics.models.customer_worth import paid_orders as steps
from lucky_analytics.questions.marketing.lifetime_value import acquisition, segments, views
from tests.value_world import AS_OF, simulate, split

RULE = customer_classes.Rule()
YEAR_MISS = Miss(0.1, 4.0, 6)
SHARES = dict.fromkeys(customer_classes.SEGMENTS, YEAR_MISS)


@functools.cache
def world():
    """Orders known, orders to come, customers as known, their model, and what is expected of them."""
    known, later = split(simulate(4_000, 3))
    level = steps.measure_level(known, AS_OF)
    customers = steps.know_customers(known, AS_OF, level)
    model = customer_margins.find_model(customers, level)
    return known, later, customers, model, customer_margins.value_customers(customers, model)


@functools.cache
def held():
    return held_out.run_held_out(world()[0], AS_OF, RULE)


def order(customer, date, cents, is_first=False):
    return {"customer": customer, "order_date": pd.Timestamp(date), "is_first": is_first,
            "margin_cents": cents, "value_cents": 2 * cents, "has_cost": True, "has_fee": True,
            "has_refund": True}  # fmt: skip


def test_an_order_of_a_cheap_week_is_brought_to_the_level_of_today():
    rows = pd.DataFrame([
        order(0, "2026-01-05", 100.0, True), order(1, "2026-01-05", 100.0, True),
        order(0, "2026-01-06", 140.0), order(1, "2026-01-07", 60.0),
        order(2, "2026-02-10", 280.0, True), order(0, "2026-02-11", 310.0), order(1, "2026-02-12", 290.0),
    ])  # fmt: skip
    level = steps.measure_level(rows, AS_OF)
    assert (level.margin, level.first_margin, level.n, level.n_first) == (300.0, 280.0, 2, 1)
    assert level.margin_share == 0.5
    known = steps.know_customers(rows, AS_OF, level)
    # Customer 0: as usual, 40 above its week, 10 above its week.
    assert known.loc[0, "margin_cents"] == pytest.approx(300 + 50 / 3)
    assert known.loc[0, "margin_square"] == pytest.approx(np.var([0, 40, 10]) * 3)
    assert known.loc[2, ["margin_cents", "n_orders", "days_since_first"]].tolist() == [300.0, 1.0, 3.0]
    assert known.loc[1, "value_cents"] == pytest.approx((600 + 600 * 0.6 + 600 * 290 / 300) / 3)


def test_nothing_after_the_day_is_known_on_it():
    known, *_ = world()
    cut = AS_OF - dt.timedelta(days=90)
    before = known[known["order_date"] <= pd.Timestamp(cut)]
    level = steps.measure_level(known, cut)
    assert level == steps.measure_level(before, cut)
    pd.testing.assert_frame_equal(
        steps.know_customers(known, cut, level), steps.know_customers(before, cut, level)
    )


def test_the_year_that_came_lies_near_what_was_expected_and_in_the_interval():
    _, later, customers, model, valued = world()
    came, expected = later["margin_cents"].sum(), valued["year_cents"].sum()
    assert came == pytest.approx(expected, rel=0.2)
    miss = held().miss_of(365, customers, model)
    shares = held().share_misses_of(365, customers, model)
    table = segments.summarise_segments(valued, model, RULE, miss, shares, 0.02)
    whole = table.iloc[-1]
    assert whole["total_low"] < came / 100 < whole["total_high"]
    assert whole["total"] == pytest.approx(expected / 100)
    # A year bears more drift than a quarter, and less than four times: customers leave meanwhile.
    assert 1.5 < miss.sd / held().miss.sd < 2


def test_classes_follow_the_rule_and_add_up_to_all():
    _, _, _, model, valued = world()
    place = customer_classes.name_segments(valued, RULE)
    for row, which in list(zip(valued.itertuples(), place, strict=True))[::37]:
        dollars = row.year_cents / 100
        said = (
            "Let go"
            if dollars < 3
            else "Maintain"
            if row.p_alive < 0.5
            else "VIP"
            if dollars >= 50
            else "Growth"
        )
        assert customer_classes.SEGMENTS[which] == said
    table = segments.summarise_segments(valued, model, RULE, YEAR_MISS, SHARES, 0.02)
    parts, whole = table.iloc[:-1], table.iloc[-1]
    for name in ("n", "n_unsure", "total", "share"):
        assert parts[name].sum() == pytest.approx(whole[name])
    assert (parts["total_low"] < parts["total"]).all() and (parts["total"] < parts["total_high"]).all()
    assert (parts["contact"] / parts["back"]).to_numpy() == pytest.approx(0.02)
    assert (parts["n_unsure"] < parts["n"]).all() and whole["n_unsure"] > 0
    # A miss of nothing leaves nobody in doubt.
    sure = segments.summarise_segments(valued, model, RULE, Miss(1e-9, 4.0, 6), SHARES, 0.02)
    assert sure["n_unsure"].sum() <= 2


def test_nobody_in_a_class_is_null_and_a_rule_upside_down_is_refused():
    _, _, _, model, valued = world()
    table = segments.summarise_segments(
        valued, model, customer_classes.Rule(1e6, 3.0, 0.5), YEAR_MISS, SHARES, 0.02
    )
    assert table.loc[0, "n"] == 0 and np.isnan(table.loc[0, "total"])
    assert not (views.assemble_shares(table)["segment"].str.startswith("VIP")).any()
    with pytest.raises(ParameterError, match="let_go_dollars: expected at most vip_dollars, 5"):
        customer_classes.Rule(5.0, 6.0, 0.5)


def test_bringing_one_back_is_worth_the_order_and_what_follows_it():
    _, _, customers, model, valued = world()
    # By hand for one customer: one order more, today, and the chances that follow.
    own = histories_of(customers.iloc[[5]])
    back = own.assign(frequency=own["frequency"] + 1, recency=own["age"])
    orders = 1 + forecast_orders(model.fit, back, 365)[0] - forecast_orders(model.fit, own, 365)[0]
    one = valued.iloc[5]
    assert one["back_cents"] == pytest.approx(orders * one["order_cents"])
    assert one["stay_cents"] * one["p_alive"] == pytest.approx(one["year_cents"])
    counted = segments.count_worth(valued, (5.0, 50.0), YEAR_MISS)
    lapsed = valued[valued["days_since_last"] >= 60]
    assert counted["n"].sum() == len(lapsed)
    assert counted["n"].iloc[2] == (lapsed["back_cents"] >= 5_000).sum()
    assert (counted["low"] <= counted["n"]).all() and (counted["n"] <= counted["high"]).all()
    assert counted["needed"].iloc[1] == pytest.approx(5 / counted["each"].iloc[1])
    assert views.estimate_back(valued, YEAR_MISS, 0.9).holds(lapsed["back_cents"].mean() / 100)
    assert views.estimate_back(valued.iloc[:0], YEAR_MISS, 0.9).value is None


def test_dates_gone_by_were_foretold_and_customers_ranked_better_than_by_their_pace():
    found = held()
    assert found.period == 90 and len(found.tests) == 18
    last = found.tests.iloc[-1]
    cut = pd.Timestamp(AS_OF) - pd.Timedelta(days=90)
    known = world()[0]
    after = known[(known["order_date"] > cut) & known["customer"].isin(found.newest.index)]
    assert last["cut"] == cut and last["came"] == pytest.approx(after["margin_cents"].sum() / 100)
    gain, top, naive = held_out.compare_naive(found, 0.9)
    assert gain.low > 0 and top.low > naive.value > held_out.TOP_SHARE
    cover = held_out.estimate_interval_cover(found, 0.9)
    assert views.check_cover(cover)[1] and not views.check_cover(cover | {"share": 0.8})[1]
    scored = held_out.score_dates(found, 0.9)
    assert scored["is_held"].notna().all() and len(scored) == 6
    assert held_out.measure_growth(found.tests)["period"].tolist() == [30, 60, 90]
    tenths = held_out.compare_tenths(found, 0.9)
    assert tenths["n"].sum() == len(found.newest) and tenths["predicted"].is_monotonic_increasing


def test_what_an_order_brings_is_foretold_better_than_by_the_customers_own_mean():
    rules = held_out.compare_order_margins(held()).set_index("rule")
    ours, own = rules.iloc[0], rules.iloc[1]
    assert ours["error"] < own["error"] and ours["error"] <= rules.loc["Gamma-Gamma", "error"]
    nobody = replace(held(), newest=held().newest.assign(n_came=0))
    assert held_out.compare_order_margins(nobody).empty


def test_a_new_customer_brings_what_earlier_ones_did_and_costs_no_more_than_the_low_end():
    known, _, _, model, _ = world()
    new = acquisition.estimate_new(known, AS_OF, model, held())
    seen = new[new["n"] > 0]
    assert seen["days"].tolist() == [30, 90, 180] and new["n"].is_monotonic_decreasing
    assert (np.abs(seen["seen"] / seen["value"] - 1) < 0.1).all()
    assert (new["low"] < new["value"]).all() and new["value"].is_monotonic_increasing
    cap = acquisition.find_cap(Estimate.of(new.iloc[-1], "value", level=0.9))
    assert cap <= new["low"].iloc[-1] < cap + 0.1
    assert 0.1 < acquisition.share_earning(model, cap) < 0.9
    assert acquisition.share_earning(model, -1e3) == 1.0


def test_where_all_are_alike_nobody_is_told_apart():
    """One rate, one chance to leave, one margin: no model of differences is fitted, or none are found."""
    for seed in range(3):
        known, _ = split(simulate(2_000, seed, alike=True))
        level = steps.measure_level(known, AS_OF)
        customers = steps.know_customers(known, AS_OF, level)
        model = customer_margins.find_model(customers, level)
        if model is not None:
            valued = customer_margins.value_customers(customers, model)
            assert (customer_classes.name_segments(valued, RULE) != 0).all()


def test_who_all_came_once_or_lost_money_has_no_model():
    known, *_ = world()
    once = known[known["is_first"]]
    level = steps.measure_level(known, AS_OF)
    assert customer_margins.find_model(steps.know_customers(once, AS_OF, level), level) is None
    losing = known.assign(margin_cents=-known["margin_cents"])
    level = steps.measure_level(losing, AS_OF)
    assert customer_margins.find_model(steps.know_customers(losing, AS_OF, level), level) is None


def test_a_history_too_short_is_not_tested_and_a_middling_one_over_fewer_days():
    known, *_ = world()
    start = known["order_date"].min().date()
    for days, period in ((100, None), (125, 30), (155, 60)):
        as_of = start + dt.timedelta(days=days)
        found = held_out.run_held_out(known[known["order_date"] <= pd.Timestamp(as_of)], as_of, RULE)
        assert (found.period if found else None) == period


def test_the_list_has_every_customer_once_and_no_interval_upside_down():
    known, _, _, model, valued = world()
    ends = customer_margins.draw_ends(valued, model, 365, YEAR_MISS, 0.9)
    names = pd.Index([f"customer {place}" for place in range(known["customer"].max() + 1)])
    listed = views.list_customers(valued, customer_classes.name_segments(valued, RULE), ends, names)
    assert listed["customer_id"].is_unique and len(listed) == len(valued)
    assert (listed["low_dollars"] <= listed["high_dollars"]).all()
    first = listed.iloc[0]
    assert first["segment"] == "VIP" and first["year_dollars"] == round(valued["year_cents"].max() / 100, 2)


def test_a_share_is_as_uncertain_as_shares_were_on_dates_gone_by():
    """The tally against a plain loop over the newest date, and its miss in the interval of the year."""
    found, new = held(), held().newest
    tally = class_shares.tally_classes(new, found.model, RULE).set_index("segment")
    sums = dict.fromkeys(customer_classes.SEGMENTS, 0.0)
    valued = customer_margins.value_customers(new, found.model)
    for came, which in zip(new["came"], customer_classes.name_segments(valued, RULE), strict=True):
        sums[customer_classes.SEGMENTS[which]] += came
    assert tally["came"].to_dict() == pytest.approx({k: v / sum(sums.values()) for k, v in sums.items()})
    assert tally["predicted"].sum() == pytest.approx(1)
    _, _, customers, model, valued = world()
    shares, miss = found.share_misses_of(365, customers, model), found.miss_of(365, customers, model)
    table = segments.summarise_segments(valued, model, RULE, miss, shares, 0.02)
    sure = dict.fromkeys(customer_classes.SEGMENTS, Miss(1e-9, 4.0, 6))
    narrow = segments.summarise_segments(valued, model, RULE, miss, sure, 0.02)
    wider = (table["share_high"] - table["share_low"]) - (narrow["share_high"] - narrow["share_low"])
    assert (wider.iloc[:-1] > 0).all() and wider.iloc[-1] == 0
    for segment, own in shares.items():
        assert own.sd / found.share_misses[segment].sd == pytest.approx(miss.sd / found.miss.sd)


def test_a_class_that_was_never_tested_may_have_any_share():
    assert bound_share(np.full(99, 0.3), Miss(0.1, 1.0, 2), 0.9) == (0.0, 1.0)
    days = pd.to_datetime(["2025-11-01", "2025-11-16", "2025-12-01"])
    tally = pd.DataFrame(
        {"segment": "VIP", "cut": days, "predicted": [0.5, 0.0, np.nan], "came": [0.5, 0.2, 0.1]}
    )
    misses = class_shares.measure_share_misses(tally, 90)
    assert misses["VIP"].n == 1 and misses["Growth"].n == 0


def test_why_nobody_can_be_valued_is_told_apart():
    known = world()[0]
    day = steps.measure_level(known, AS_OF)
    assert steps.find_hindrance(known, day) is None
    assert steps.find_hindrance(known.iloc[:0], steps.measure_level(known.iloc[:0], AS_OF)) == "nobody"
    assert steps.find_hindrance(known.assign(margin_cents=np.nan), day) == "costs"
    before = known[known["order_date"] <= pd.Timestamp(AS_OF) - pd.Timedelta(days=40)]
    assert steps.find_hindrance(before, steps.measure_level(before, AS_OF)) == "quiet"
    losing = known.assign(margin_cents=-known["margin_cents"])
    assert steps.find_hindrance(losing, steps.measure_level(losing, AS_OF)) == "losing"


def test_forecasts_that_were_wildly_off_value_nobody():
    _, _, customers, model, _ = world()
    assert not held().is_wild(customers, model)
    assert replace(held(), miss=Miss(2.0, 1.8, 6)).is_wild(customers, model)
    assert replace(held(), miss=Miss(np.inf, 1.8, 6)).is_wild(customers, model)


def test_checks_say_what_is_not_known_of_fees_refunds_and_of_one_customer():
    known, _, customers, _, _ = world()
    paid = steps.PaidOrders(known.assign(has_fee=False, has_refund=False), pd.Index([]), AS_OF, "")
    checks = views.check_orders(paid, customers.iloc[:1]).set_index("name")
    assert not checks.loc["payment fees are known", "passed"]
    assert "margins are too high" in checks.loc["payment fees are known", "detail"]
    assert not checks.loc["what was given back is known", "passed"]
    assert "nan" not in " ".join(checks["detail"])


def test_a_cheap_way_back_costs_less_than_a_dear_one():
    for bounds in ((50.0, 5.0), (5.0, 5.0)):
        with pytest.raises(ParameterError, match="cheap_dollars: expected less than dear_dollars"):
            segments.count_worth(world()[4], bounds, YEAR_MISS)
