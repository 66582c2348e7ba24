"""Stock that lasts, chances tried on past evenings, orders, surplus and leaks, on stores made for it."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.goods_levels import Rules
from lucky_analytics.questions.supply_chain.inventory import advice, proposals, surplus, texts, views
from lucky_analytics.questions.supply_chain.inventory import days_of_supply as supply
from lucky_analytics.questions.supply_chain.inventory import past_evenings as past
from lucky_analytics.questions.supply_chain.inventory import unsold_use as leaks
from lucky_analytics.questions.supply_chain.inventory.shelf_figures import share_unforeseen
from tests import demo_suite
from tests.stock_world import draw_shelf


@functools.cache
def world(seed=1, **plan):
    shelf = draw_shelf(seed, **plan)
    return shelf, supply.find_supply(shelf), past.try_evenings(shelf, 0.9)


def test_days_of_supply_against_a_loop_over_days():
    shelf, found, _ = world()
    for cell in range(0, len(shelf.cells), 17):
        left, days = float(shelf.cells["stock"][cell]), 0.0
        wanted = np.diff(found.quantities[99, :, cell], prepend=0.0)
        for step in wanted:
            if step > 0:
                days += min(max(left, 0) / step, 1.0)
            else:
                days += 1.0 if left >= 0 else 0.0
            left -= step
        assert found.days[cell] == pytest.approx(days)
        assert found.low[cell] <= found.days[cell] <= found.high[cell]


def test_chances_come_true_where_demand_alone_empties_shelves():
    """In a world whose books are right what came lies about the chance by forecasts, and stays there."""
    groups = world()[2].groups
    known = groups[(groups["n"] >= 100)]
    assert len(known) >= 4
    for row in known.itertuples():
        assert row.share == pytest.approx(row.chance, abs=0.05)
        assert row.share == pytest.approx(row.raw, abs=0.12)


@pytest.mark.parametrize("plan", [{}, {"missing": 0.03, "cover": 1.6}, {"cover": 1.3, "error": 0.4}])
def test_chances_told_come_true_on_evenings_they_were_not_learnt_from(plan):
    """Forecasts alone may be wrong, as where books are; what is told is right whatever they say."""
    for seed in (3, 4):
        _, _, tried = world(seed, **plan)
        known = tried.groups[tried.groups["n"] >= 100]
        assert len(known) >= 2
        assert (known["share"] - known["chance"]).abs().max() < 0.1
        rows = tried.rows
        better = ((rows["chance"] - rows["ran_out"]) ** 2).mean()
        assert better <= ((rows["raw"] - rows["ran_out"]) ** 2).mean() + 0.001
    if "missing" in plan:
        assert better < 0.99 * ((rows["raw"] - rows["ran_out"]) ** 2).mean()


def test_counts_of_evenings_lie_within_their_range_as_often_as_stated():
    held = []
    for seed in range(5, 9):
        tried = world(seed, cover=1.3, error=0.4)[2]
        evenings = tried.rows["evening"].unique()
        for evening in evenings[::4]:
            here = tried.rows["evening"] == evening
            other = dataclasses.replace(tried, rows=tried.rows[~here])
            told = past.expect_outs(tried.rows.loc[here, "raw"].to_numpy(), other, 0.9)
            held.append(told.low <= tried.rows.loc[here, "ran_out"].sum() <= told.high)
    assert len(held) >= 40 and 0.8 <= np.mean(held) <= 1.0


def test_books_that_are_wrong_show_as_stock_outs_nobody_could_foresee():
    right, wrong = world()[2], world(2, missing=0.03, cover=1.6)[2]
    assert wrong.rows["chance"].min() > 0.01 > right.rows["chance"].min()
    assert share_unforeseen(wrong, 0.9).low > 0.5 > share_unforeseen(right, 0.9).value


def test_what_is_expected_to_run_out_follows_the_stock():
    shelf, found, tried = world()
    usual = past.expect_outs(found.raw, tried, 0.9)
    empty = dataclasses.replace(shelf, cells=shelf.cells.assign(stock=0.0))
    full = dataclasses.replace(shelf, cells=shelf.cells.assign(stock=1e6))
    more, less = (past.expect_outs(supply.find_supply(own).raw, tried, 0.9) for own in (empty, full))
    assert less.value < usual.value < more.value and less.high < more.low


def test_on_order_counts_once_it_is_there_before_an_order_of_today():
    shelf, found, _ = world()
    more = dataclasses.replace(shelf, cells=shelf.cells.assign(on_order=1e6))
    again = supply.find_supply(more)
    # s1 and s3 are delivered today, Saturday; s0 and s2 on Monday, when an order of today comes too.
    today = shelf.cells["to_first"].to_numpy() < shelf.cells["to_order"].to_numpy()
    assert today.any() and (again.raw[today] <= found.raw[today]).all() and again.raw[today].max() == 0
    assert (again.raw[~today] == found.raw[~today]).all()
    assert (again.days >= found.days).all() and (again.here == found.here).all()


def test_orders_are_whole_packs_fewer_with_more_stock_and_none_without_need():
    shelf, found, _ = world()
    orders = proposals.propose(shelf, found, Rules()).rows
    assert len(orders) and (orders["quantity"] == orders["packs"] * orders["pack"]).all()
    assert (orders["packs"] >= 1).all() and orders["worth"].min() > -1e-9
    assert orders["worth"].is_monotonic_decreasing and orders["reason"].str.len().min() > 10
    full = dataclasses.replace(shelf, cells=shelf.cells.assign(stock=1e6))
    assert proposals.propose(full, found, Rules()).rows.empty
    stays = proposals.propose(shelf, found, Rules(switch_share=0.99)).rows
    assert stays["packs"].sum() < orders["packs"].sum()
    dear = proposals.propose(shelf, found, Rules(holding_rate=2.0)).rows
    assert dear["packs"].sum() <= orders["packs"].sum()
    short = dataclasses.replace(shelf, cells=shelf.cells.assign(life_days=1.0))
    kept, free = (proposals.propose(short, found, Rules(salvage_share=s)).rows for s in (0.0, 0.99))
    assert kept["packs"].sum() < orders["packs"].sum() and kept["packs"].sum() < free["packs"].sum()
    assert kept["is_held"].any() and kept.loc[kept["is_held"], "reason"].str.contains("keeps 1 days").all()


def test_goods_without_a_margin_are_ordered_plainly_and_retired_ones_not():
    shelf, found, _ = world()
    plain = dataclasses.replace(shelf, cells=shelf.cells.assign(margin=np.nan))
    orders = proposals.propose(plain, found, Rules()).rows
    assert len(orders) and orders["worth"].isna().all()
    gone = dataclasses.replace(shelf, cells=shelf.cells.assign(is_active=False))
    assert proposals.propose(gone, found, Rules()).rows.empty


def test_risks_name_who_can_lend_and_lose_nothing_that_is_not_wanted():
    shelf, _, tried = world()
    cells = shelf.cells.copy()
    big = cells["goods_id"] == "g29"
    cells.loc[big, "stock"] = [0.0, 0.0, 1e6, 0.0]
    own = dataclasses.replace(shelf, cells=cells)
    now = supply.find_supply(own)
    orders = proposals.propose(own, now, Rules())
    risks = proposals.find_risks(own, now, tried, orders.lost)
    of_big = risks[risks["goods_id"] == "g29"]
    assert set(of_big["store_id"]) == {"s0", "s1", "s3"} and (of_big["lender"] == "store 2").all()
    stake = proposals.estimate_stake(risks, tried, 0.9)
    assert 0 < stake.low < stake.value < stake.high
    soon = risks[risks["state"] == "may run out"]
    assert (
        stake.value == pytest.approx(soon["lost"].sum()) and risks.loc[risks["ran_out"], "lost"].isna().all()
    )
    half = proposals.propose(own, now, Rules(switch_share=0.75))
    assert half.lost == pytest.approx(orders.lost / 2)


def test_the_usual_number_against_a_loop():
    shelf, _, _ = world()
    outs = shelf.history.rows.pivot(
        index="demand_date", columns=["store_id", "goods_id"], values="is_stock_out"
    )
    outs = outs[list(map(tuple, shelf.history.cells[["store_id", "goods_id"]].to_numpy()))].to_numpy()
    counts = []
    for week in range(1, 9):
        evening, n = len(outs) - 1 - 7 * week, 0
        for cell, length in enumerate(shelf.cells["to_order"]):
            if not outs[evening, cell]:
                n += bool(outs[evening + 1 : evening + 1 + int(length), cell].any())
        counts.append(n)
    usual = proposals.count_usual(shelf, 0.9)
    assert usual.value == pytest.approx(np.mean(counts)) and usual.n == 8
    variance = max(np.var(counts, ddof=1), np.mean(counts)) * (1 + 1 / 8)
    assert usual.high == pytest.approx(usual.value + 1.895 * variance**0.5, rel=1e-3)  # t of 7, 95 %
    assert 0 <= usual.low < usual.value


def test_with_too_few_evenings_nothing_is_unusual():
    few = proposals.count_usual(world()[0], 0.9, n_weeks=2)
    assert few.high is None and few.n == 2
    many = Estimate(99.0, 90.0, 110.0, level=0.9)
    assert not texts.is_more(many, few) and advice.find_excess(many, few).value is None


def test_surplus_knows_dead_old_long_and_unbooked_stock():
    shelf = world()[0]
    demand = shelf.history.demand.copy()
    demand[-60:, 5] = 0.0
    history = dataclasses.replace(shelf.history, demand=demand)
    cells = shelf.cells.copy()
    cells.loc[[5, 29], "stock"] = 5000.0
    cells.loc[20, ["stock", "life_days"]] = [9000.0, 2.0]
    cells.loc[29, "stock"] = 1e5
    own = dataclasses.replace(shelf, history=history, cells=cells)
    much = surplus.find_surplus(own, supply.find_supply(own), 28, 28)
    states = much.set_index(["store_name", "goods_name"])["state"].to_dict()
    assert states["store 0", "good 05"] == surplus.DEAD and states["store 0", "good 20"] == surplus.EXPIRES
    assert states["store 0", "good 29"] == surplus.LONG and states["store 0", "tool"] == surplus.UNBOOKED
    assert much.iloc[-1]["state"] == surplus.UNBOOKED and much.iloc[-1]["dollars"] == 10.0
    dead = much[much["state"] == surplus.DEAD].iloc[0]
    assert dead["dollars"] == 50.0 and np.isnan(dead["lasts"])
    later = surplus.find_surplus(own, supply.find_supply(own), 28, 90)
    assert not (later["state"] == surplus.DEAD).any()


NONE = Estimate(None)
SURE = {
    "is_known": True,
    "excess": Estimate(30.0, 10.0, 50.0, level=0.9),
    "is_unlike": False,
    "day": "",
    "gone": NONE,
}
USUAL = SURE | {"excess": Estimate(3.0, -10.0, 16.0, level=0.9)}


def test_decisions_follow_what_is_at_risk():
    shelf, found, tried = world()
    orders = proposals.propose(shelf, found, Rules())
    risks = proposals.find_risks(shelf, found, tried, orders.lost)
    stake = proposals.estimate_stake(risks, tried, 0.9)
    none = pd.DataFrame()
    made = advice.decide(risks, orders.rows, stake, none, **SURE)
    assert "bring" in made.action and made.strength.word == "do" and made.worth == stake
    unlike = advice.decide(risks, orders.rows, stake, none, **SURE | {"is_unlike": True})
    assert unlike.strength.word == "lean"
    calm = advice.decide(risks.iloc[:0], orders.rows, stake, none, **USUAL)
    assert calm.action.startswith("place the") and calm.strength.is_idle and calm.worth is None
    idle = advice.decide(risks.iloc[:0], orders.rows.iloc[:0], stake, none, **USUAL)
    assert idle.strength.is_idle and idle.action.startswith("order nothing")
    late = risks.assign(on_order=40.0, on_order_day=shelf.today)
    said = advice.decide(late, orders.rows, stake, none, **SURE | {"day": "Monday"})
    assert "on order for Monday brought at once" in said.action
    missing = advice.decide(
        late, orders.rows, stake, none, **USUAL | {"gone": Estimate(9.0, 2.0, 16.0, level=0.9)}
    )
    assert "count what runs out" in missing.action and "count what" not in said.action
    made = advice.decide(late, orders.rows, stake, none, **USUAL)
    assert "at once" not in made.action and "bring nothing forward" in made.action
    leak = pd.DataFrame({"goods_name": ["good 01"], "store_name": ["store 0"]})
    counted = advice.decide(risks, orders.rows, stake, leak, **USUAL)
    assert "count good 01 at store 0" in counted.action and counted.strength.word == "lean"
    assert made.strength.is_idle  # there is always something at stake: it is the unusual that is decided on
    young = {**USUAL, "is_known": False}
    for rows in (orders.rows, orders.rows.iloc[:0]):  # what runs out is not known: no claim that nothing does
        made = advice.decide(risks.iloc[:0], rows, stake, none, **young)
        assert made.strength.word == "do not decide on this yet" and not made.strength.is_idle
        assert ("place the" in made.action) == (len(rows) > 0) and "likely" not in made.because


def test_what_an_order_reaches_by_the_morning_is_not_expected_to_run_out_before_it():
    shelf, found, tried = world()
    days = [1.0] * 30 + [0.0] * (len(shelf.cells) - 30)
    own = dataclasses.replace(shelf, cells=shelf.cells.assign(to_order=days, ran_out=False))
    some = past.expect_this_evening(own, found, tried, 0.9)
    assert some.n == shelf.known[:30].sum() < shelf.known.sum()
    none = dataclasses.replace(own, cells=own.cells.assign(to_order=0.0))
    assert past.expect_this_evening(none, found, tried, 0.9).value == 0


def test_a_plain_dashboard_names_no_better():
    _, _, tried = world()
    table = views.compare_simple(tried)
    assert (table["found"] >= table["simple_found"] - 0.02).all() and table["found"].iloc[-1] > 0.5


def test_no_evening_and_no_route_are_said_not_guessed():
    shelf, found, _ = world()
    blind = dataclasses.replace(shelf, routes={})
    tried = past.try_evenings(blind, 0.9)
    assert tried.n_evenings == 0 and past.expect_outs(found.raw, tried, 0.9).value is None
    orders = proposals.propose(shelf, found, Rules())
    risks = proposals.find_risks(shelf, found, tried, orders.lost)
    assert proposals.estimate_stake(risks, tried, 0.9).value is None
    assert views.compare_simple(tried).empty
    lost = dataclasses.replace(
        shelf, cells=shelf.cells.assign(to_first=np.nan, to_order=np.nan, to_next=np.nan)
    )
    assert proposals.propose(lost, supply.find_supply(lost), Rules()).rows.empty


@functools.cache
def cells():
    suite = demo_suite.suite()
    goods = suite.goods.select("goods_id", "goods_name").execute()
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    return stores.merge(goods, how="cross").assign(cost=0.01)


def leak_of(**edits):
    suite = demo_suite.suite(**edits)
    return leaks.find_leaks(suite, cells(), 0.9, n_weeks=8, false_share=0.05, least=0.02)


def taken(store, good, share):
    """A stock from which a share of what was used goes besides, unbooked."""

    def edit(stock):
        here = (stock.store_id == store) & (stock.goods_id == good) & ~stock.is_stock_out
        return stock.mutate(
            closing_quantity=stock.closing_quantity - here.ifelse(share * stock.consumed_quantity, 0.0)
        )

    return edit


def test_use_matches_sales_where_nobody_takes_anything_and_a_theft_is_named():
    calm = leak_of()
    assert calm.pairs["is_leak"].sum() == 0 and calm.total.holds(0) and abs(calm.share.value) < 0.005
    robbed = leak_of(stock=taken("100001", "G20001", 0.15))
    own = robbed.pairs[robbed.pairs["is_leak"]]
    assert own["goods_name"].tolist() == ["Espresso Beans"] and own["store_name"].tolist() == [
        "8th & Broadway"
    ]
    assert own["share"].iloc[0] == pytest.approx(0.15, abs=0.03)
    assert robbed.total.value > calm.total.value and robbed.gone.value == calm.gone.value


def test_a_period_without_stock_has_no_leaks():
    none = leak_of(stock=lambda t: t.filter(t.stock_date.year() < 2000))
    assert none.total.value is None and none.pairs.empty and none.n_weeks == 0
