"""The steps of the page on suppliers against plain loops and worlds that can be counted by hand."""

from __future__ import annotations

import datetime as dt
import functools
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.supply_chain.suppliers import (
    advice,
    bought,
    lateness,
    prices,
    steps,
    supplier_bills,
    supplier_scores,
    texts,
    turns,
    views,
)
from tests import supplier_world as world

EVEN = [1.0, 1.0, 1.0, 1.0]


@functools.cache
def tables():
    return world.draw(3, n_suppliers=8, n_orders=40)


def load(edit=None, as_of=world.AS_OF):
    frames = {name: frame.copy() for name, frame in tables().items()}
    return bought.load_bought(world.Bare(edit(frames) if edit else frames, as_of))


@functools.cache
def found():
    return load()


def test_orders_are_judged_by_a_loop_over_their_shipments():
    own = supplier_scores.mark_whole(found().orders, 0.95).set_index("purchase_id")
    ships = tables()["shipments"].to_dict("records")
    packs = tables()["purchase_lines"].groupby("purchase_id")["ordered_packs"].sum()
    for number in list(own.index)[::7]:
        mine = [ship for ship in ships if ship["purchase_id"] == number]
        late = sum(
            ship["promised_date"] <= world.AS_OF
            and not (ship["arrived_date"] is not None and ship["arrived_date"] <= ship["promised_date"])
            for ship in mine
        )
        kept = sum(s["shipped_packs"] - s["rejected_packs"] for s in mine if s["arrived_date"] is not None)
        row = own.loc[number]
        assert (row["n_ships"], row["n_late"], row["kept"]) == (len(mine), late, kept)
        assert row["is_due"] == (max(s["promised_date"] for s in mine) <= world.AS_OF)
        assert row["is_otif"] == (late == 0 and kept >= 0.95 * packs[number])


def test_an_earlier_day_knows_no_later_arrival_and_judges_no_promise_that_has_not_passed():
    day = dt.date(2025, 12, 1)
    early = {
        name: frame[frame["purchase_date"] <= day] if "purchase_date" in frame else frame
        for name, frame in tables().items()
    }
    then = bought.load_bought(world.Bare(early, day))
    assert (then.ships["arrived"].dropna() <= pd.Timestamp(day)).all()
    under_way = then.ships[then.ships["arrived"].isna()]
    assert len(under_way) and (under_way["kept"] == 0).all() and (under_way["dollars"] == 0).all()
    assert not under_way.loc[under_way["promised"] > pd.Timestamp(day), "is_late"].any()
    assert under_way.loc[under_way["promised"] <= pd.Timestamp(day), "is_late"].all()
    assert (bought.select_recent(then, 60)["due"] <= pd.Timestamp(day)).all()


def test_cancelled_and_foreign_orders_are_counted_and_left_out_and_an_unsent_one_is_late():
    def edit(frames):
        order = frames["purchase_orders"]
        order.loc[:2, "status"] = "cancelled"
        order.loc[3:4, "currency"] = "NZD"
        sent = frames["shipments"]
        frames["shipments"] = sent[sent["purchase_id"] != order["purchase_id"].iloc[9]]
        return frames

    own = load(edit)
    assert (own.n_cancelled, own.n_foreign) == (3, 2) and len(own.orders) == len(found().orders) - 5
    unsent = own.orders.set_index("purchase_id").loc[tables()["purchase_orders"]["purchase_id"].iloc[9]]
    assert (unsent["n_ships"], unsent["n_late"], unsent["kept"]) == (1, 1, 0)
    assert {n: ok for n, ok, _ in steps.check_bought(own, None)}["every order is in US dollars"] is False


def test_scores_rank_count_and_mark_few():
    table = supplier_scores.score_suppliers(found(), 120, 0.95, 12, EVEN, 0.9).set_index("supplier_id")
    own = supplier_scores.mark_whole(bought.select_recent(found(), 120), 0.95)
    for supplier, rows in own.groupby("supplier_id"):
        row = table.loc[supplier]
        assert (row["n"], row["whole"], row["is_few"]) == (len(rows), rows["is_otif"].sum(), len(rows) < 12)
        assert row["filled"] == pytest.approx(rows["kept"].sum() / rows["packs"].sum())
        share = (row["on_time"], row["filled"], 1 - row["refused"], row["steady"])
        assert row["score"] == pytest.approx(100 * np.mean(share))
        assert row["low"] < row["rate"] < row["high"] and 1 <= row["best"] <= row["last"] <= len(table)
        assert abs(row["rate"] - row["raw"]) < abs(row["raw"] - table["rate"].mean()) + 0.05
    assert table["rate"].is_monotonic_increasing and table.index[0] == "S01"
    only = supplier_scores.score_suppliers(found(), 120, 0.95, 12, [1.0, 0.0, 0.0, 0.0], 0.9)
    assert only["score"].to_numpy() == pytest.approx(100 * only["on_time"].to_numpy())
    strict = supplier_scores.score_suppliers(found(), 120, 1.0, 12, EVEN, 0.9)
    assert strict["whole"].sum() < table["whole"].sum()
    for weights in ([1.0], [0.0] * 4, [1.0, -1.0, 1.0, 1.0]):
        with pytest.raises(ParameterError, match="weights of the score"):
            supplier_scores.score_suppliers(found(), 120, 0.95, 12, weights, 0.9)


def test_days_to_arrival_count_those_under_way():
    today = pd.Timestamp("2026-01-31")
    ordered = pd.Series(pd.Timestamp("2026-01-01") + pd.to_timedelta([0] * 10, unit="D"))
    arrived = ordered + pd.to_timedelta(range(1, 11), unit="D")
    ships = pd.DataFrame({"ordered": ordered, "arrived": arrived})
    assert supplier_scores.estimate_lead(ships, today, 0.5, 0.9).value == 5
    assert supplier_scores.estimate_lead(ships, today, 0.9, 0.9).value == 9
    open_ones = ships.assign(arrived=arrived.where(arrived < pd.Timestamp("2026-01-07")))
    assert supplier_scores.estimate_lead(open_ones, today, 0.5, 0.9).value == 5
    assert supplier_scores.estimate_lead(open_ones, today, 0.9, 0.9).value is None


def test_a_turn_is_found_named_and_priced():
    table = turns.find_turns(found(), 5, 0.05, 0.9)
    worse = table[table["is_worse"]].set_index("measure")
    assert set(worse["supplier_id"]) == {"S01"} and {"price", "refused"} <= set(worse.index)
    price = worse.loc["price"]
    assert price["low"] < 0.04 < price["high"] and price["since"] >= pd.Timestamp(world.SINCE)
    since = found().lines.query("supplier_id == 'S01' and ordered >= @price.since")
    months = ((found().today - price["since"]).days + 1) / (365.25 / 12)
    paid = turns.estimate_overpaid(found(), table, 0.9)
    step = price["step"]
    assert paid.value == pytest.approx(since["dollars"].sum() / months * step / (1 + step))
    assert 0 < paid.low < paid.value < paid.high
    assert steps.name_worse(found(), table)["S01"].startswith("Supplier S01: ")
    none = turns.estimate_overpaid(found(), table[table["measure"] == "late"], 0.9)
    assert none.value == 0.0 and none.low is None
    listed = views.list_turns(found(), table)
    assert listed["verdict"].iloc[0] == "worse" and len(listed) == len(table)


def test_adjusted_p_values_are_holm_s():
    assert turns._adjust(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_a_supplier_is_judged_among_all_and_its_measures_among_its_own():
    p = np.array([0.001, 0.04, 0.9, 0.02, 0.5, 0.6])
    found = turns._adjust_within(p, np.array(list("aaabbb"), object))
    # a: 0.003 within, twice that among two; its second measure 2 x 0.04; b: 0.06 within, last of Holm.
    assert found.tolist() == pytest.approx([0.006, 0.08, 0.9, 0.06, 1.0, 1.0])
    rng, n, named = np.random.default_rng(4), 600, 0
    of = np.repeat(np.arange(8), 3).astype(object)
    for _ in range(n):
        named += bool((turns._adjust_within(rng.random(24), of) <= 0.05).any())
    assert named / n < 0.07  # where nothing changed, one is named as often as stated


def test_what_is_late_in_stores_is_the_same_good_s_other_days_and_the_day_s_other_goods():
    rng = np.random.default_rng(5)
    ds = pd.date_range("2025-07-01", periods=200)
    rows = []
    for k in range(30):
        base, is_late = 0.01 + 0.002 * k, rng.random(200) < 0.1
        season = 0.02 * (np.arange(200) > 100)
        n_out = rng.binomial(10, base + season + 0.05 * is_late)
        rows.append(pd.DataFrame({"goods_id": f"G{k}", "supplier_id": f"S{k % 8}", "ds": ds, "n": 10,
                                  "n_out": n_out, "is_late": is_late}))  # fmt: skip
    days = pd.concat(rows, ignore_index=True)
    late = lateness.measure_lateness(days, 0.9)
    months = 200 / (365.25 / 12)
    truth = 0.05 * 10 * days["is_late"].sum() / months
    assert late.extra.low < truth < late.extra.high and late.extra.low > 0
    assert (
        lateness.price_extra(late, 4.0).value == pytest.approx(4 * late.extra.value)
        and late.seen > late.extra.value
    )
    quiet = lateness.measure_lateness(days.assign(is_late=rng.permutation(days["is_late"])), 0.9)
    assert quiet.extra.holds(0) and quiet.seen > 10
    assert lateness.measure_lateness(days.assign(is_late=False), 0.9).extra.value is None
    assert lateness.measure_lateness(None, 0.9) is None
    assert lateness.price_extra(late, None).value is None is lateness.price_extra(None, 4.0).value


def test_overdue_days_run_from_the_promise_to_the_arrival():
    late = lateness._late_days(found())
    expected = set()
    goods = tables()["purchase_lines"].groupby("purchase_id")["goods_id"].agg(list)
    for ship in tables()["shipments"].to_dict("records"):
        end = ship["arrived_date"] or world.AS_OF
        for n in range(1, (end - ship["promised_date"]).days + 1):
            day = pd.Timestamp(ship["promised_date"] + dt.timedelta(days=n))
            expected |= {(good, day) for good in goods[ship["purchase_id"]]}
    assert set(late.itertuples(index=False, name=None)) == expected and len(expected) > 50


def test_bills_are_held_against_their_days():
    settled = supplier_bills.load_settled(world.Bare(tables()), found(), 0.9)
    bills = tables()["settlements"]
    due = bills[bills["due_date"] <= world.AS_OF]
    in_time = sum(p is not None and p <= d for p, d in zip(due["paid_date"], due["due_date"], strict=True))
    assert settled.in_time.value == pytest.approx(in_time / len(due)) and settled.n == len(bills)
    over = bills[(bills["due_date"] < world.AS_OF) & bills["paid_date"].isna()]
    assert set(settled.overdue) == set(over["settlement_id"]) and settled.n_astray == 0
    assert settled.overdue_dollars == pytest.approx(over["amount_cents"].sum() / 100)
    wrong = bills.assign(amount_cents=bills["amount_cents"] + (bills.index == 4) * 100)
    astray = wrong.assign(supplier_id=wrong["supplier_id"].where(wrong.index != 5, "S99"))
    assert (
        supplier_bills.load_settled(world.Bare(tables() | {"settlements": astray}), found(), 0.9).n_astray
        == 2
    )
    few = supplier_bills.load_settled(world.Bare(tables() | {"settlements": bills.iloc[10:]}), found(), 0.9)
    assert few.n_unsettled == settled.n_unsettled + 10 and few.unsettled_dollars > settled.unsettled_dollars
    assert supplier_bills.load_settled(SimpleNamespace(optional=lambda name: None), found(), 0.9) is None


def test_goods_of_two_suppliers_are_compared_and_others_are_not():
    ranked = supplier_scores.score_suppliers(found(), 120, 0.95, 10, EVEN, 0.9)
    assert prices.compare_shared(found(), ranked, 120).empty
    assert texts.say_shared(prices.compare_shared(found(), ranked, 120)).startswith(
        "No good is bought of two"
    )
    both = bought.load_bought(world.Bare(world.draw(3, n_suppliers=8, shared=True, rise=0.2)))
    shared = prices.compare_shared(both, supplier_scores.score_suppliers(both, 90, 0.95, 10, EVEN, 0.9), 90)
    assert shared.groupby("goods_id")["supplier_id"].nunique().min() == 2
    dear = shared[shared["supplier_id"] == "S01"]
    assert (dear["dearer"] > 0.15).all() and dear["saving"].sum() > 0.1 * dear["dollars"].sum()
    assert shared.groupby("goods_id")["saving"].min().to_numpy() == pytest.approx(0, abs=1e-6)
    assert steps.share_alone(both.lines) == 0 and steps.share_alone(found().lines) == 1.0


def test_spend_prices_and_history_add_up():
    months, spend = prices.month_spend(found()), views.sum_spend(found())
    total = tables()["shipments"]["accepted_cents"].sum() / 100
    assert months["dollars"].sum() == pytest.approx(total) == pytest.approx(spend["dollars"].sum())
    name, top, equal = prices.estimate_spread(found(), 0.9)
    assert name == spend["supplier_id"].iloc[0] and top.value == pytest.approx(spend["share"].iloc[0])
    assert 1 < equal.value <= 8
    goods = prices.list_prices(found(), 90)
    assert goods["supplier_id"].iloc[0] == "S01" and goods["rise"].iloc[0] > 0.02
    waiting = views.list_open(found())
    assert len(waiting) == (tables()["shipments"]["status"] == "on its way").sum()
    history = views.show_history(found(), "S01")
    assert len(history) == (found().ships["supplier_id"].eq("S01") & found().ships["is_due"]).sum()
    assert ((history["days_late"] > 0) <= (history["state"] != "on time")).all()
    ranked = supplier_scores.score_suppliers(found(), 120, 0.95, 10, EVEN, 0.9)
    table = turns.find_turns(found(), 5, 0.05, 0.9)
    assert views.pick_supplier(ranked, table, "")["supplier_id"] == "S01"
    assert views.pick_supplier(ranked, table, "supplier s03")["supplier_id"] == "S03"
    assert views.pick_supplier(ranked, table.iloc[:0], "")["supplier_id"] == ranked["supplier_id"].iloc[0]
    with pytest.raises(UnknownNameError):
        views.pick_supplier(ranked, table, "nobody")


def test_advice_follows_what_changed():
    table = views.list_turns(found(), turns.find_turns(found(), 5, 0.05, 0.9))
    worse = table[table["is_worse"]]
    others = pd.DataFrame({"name": ["Supplier S05"], "is_better": [True]})
    paid = Estimate(90.0, 50.0, 130.0, level=0.9)
    made = advice.decide(worse, paid, others, 2)
    assert "Supplier S01" in made.action and "ask Supplier S05 for a quote" in made.action
    assert made.strength.word == "lean" and made.worth == paid
    owed = advice.decide(worse, paid, others, 2, ["Supplier S05"])
    assert owed.action.endswith("ask Supplier S05 for a quote, whose overdue bills we pay first")
    alone = advice.decide(worse, Estimate(0.0), others.iloc[:0], 0)
    assert "look for a second supplier" in alone.action and alone.worth is None
    calm = advice.decide(worse.iloc[:0], Estimate(0.0), others.iloc[:0], 2)
    assert calm.strength.is_idle and calm.action == "chase the 2 overdue and change no supplier"


def test_titles_say_what_changed_and_no_more():
    def changed(*pairs):
        return pd.DataFrame([{"name": n, "measure": m, "day": world.SINCE} for n, m in pairs])

    whole = Estimate(0.8, 0.7, 0.9, level=0.9)
    assert texts.name_finding(changed(("X", "late")), whole) == "X is late more often since November 2025"
    assert texts.name_finding(changed(("X", "price")), whole) == "X charges more since November 2025"
    both = texts.name_finding(changed(("X", "price"), ("X", "late")), whole)
    assert both == "X delivers worse and dearer since November 2025"
    two = texts.name_finding(changed(("X", "late"), ("Y", "refused")), whole)
    assert two == "2 suppliers deliver worse or dearer than before"
    assert texts.name_finding(changed(), Estimate(None)).startswith("No order has fallen due")
