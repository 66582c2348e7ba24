"""Half-hours, benches, models, shifts, later orders, limits, what is said of them: loops and known worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.kitchen_tickets import take_last
from lucky_analytics.questions.operations.queue_wait import (
    advice,
    benches,
    coming,
    half_hours,
    later_orders,
    one_more,
    shifts,
    texts,
    throttle,
    views,
    wait_models,
    wait_tickets,
    worth,
)
from tests import demo_suite
from tests.queue_world import FIRST, make_customers, make_tickets

NONE = Estimate(None)
SURE, MAYBE = Estimate(3.0, 1.0, 5.0, level=0.9, n=9), Estimate(1.0, -2.0, 4.0, level=0.9, n=9)


@pytest.fixture(scope="module")
def suite():
    return demo_suite.suite()


@pytest.fixture(scope="module")
def rows(suite):
    return wait_tickets.load_tickets(suite, 1800)


@pytest.fixture(scope="module")
def shared():
    """A world whose benches are shared: open tickets slow one another, and no number of servers is right."""
    return make_tickets(3)


@pytest.fixture(scope="module")
def served():
    """A world whose stores serve three at once."""
    return make_tickets(5, servers=3, busy=20.0)


def last_days(made, n):
    return take_last(made, made["date"].max().date(), n)


def learn_and_try(made):
    late = last_days(made, 14)
    early = made.drop(late.index)
    return wait_models.compare_models(early, late, benches.read_benches(early, 0.9))


def test_tickets_equal_a_plain_loop_over_raw_rows(suite, rows):
    known = suite.production.filter(suite.production.production_seconds.notnull()).execute()
    assert len(rows) == len(known) > 5_000
    assert (rows["queue"] + rows["seconds"] == rows["wait"]).all()
    stamps = known["opened_at"]
    slots = 2 * known["local_hour"] + (stamps.dt.minute >= 30)
    assert sorted(rows["slot"]) == sorted(slots)
    orders = suite.orders.select("order_id", "customer_id").execute().set_index("order_id")["customer_id"]
    people = suite.customers.execute()
    platforms = set(people.loc[people["is_delivery_account"], "customer_id"])
    own = known["order_id"].map(orders)
    assert int((rows["customer"] >= 0).sum()) == int((own.notna() & ~own.isin(platforms)).sum())
    assert rows.loc[rows["customer"] >= 0, "customer"].nunique() == own[~own.isin(platforms)].nunique()


def test_people_on_shift_equal_a_plain_loop(suite, rows):
    roster = suite.rosters.execute()
    roster = roster[roster["is_worked"]]
    for ticket in rows.sample(150, random_state=1).itertuples():
        own = roster[(roster["store_id"] == ticket.store_id)]
        if not (pd.to_datetime(own["shift_date"]) == ticket.date).any():
            assert np.isnan(ticket.people)
            continue
        start, end = (own[name].astype("datetime64[s]").astype("int64") for name in ("start_at", "end_at"))
        assert ticket.people == ((start < ticket.accepted) & (end > ticket.accepted)).sum()


def test_half_hours_equal_a_plain_loop(shared):
    cells = half_hours.measure_waits(shared, 0.9)
    for cell in cells.sample(5, random_state=2).itertuples():
        own = shared[
            (shared["store"] == cell.store) & (shared["kind"] == cell.kind) & (shared["slot"] == cell.slot)
        ]
        days = shared[(shared["store"] == cell.store) & (shared["kind"] == cell.kind)]["date"].nunique()
        assert cell.n == len(own) and cell.orders == pytest.approx(len(own) / days)
        assert cell.wait == pytest.approx(own["wait"].mean() / 60) and cell.low < cell.wait < cell.high
        assert cell.late == pytest.approx(own["wait"].quantile(0.95) / 60)
    chain = half_hours.measure_chain(shared, 0.9)
    assert chain["n"].sum() == len(shared)
    peak = half_hours.pick_peak(chain)
    assert peak["slot"] in (18, 19, 26, 27) and half_hours.as_estimate(peak, 0.9).n == peak["n"]
    busiest = half_hours.pick_busiest(one_more.list_cells(shared, benches.read_benches(shared, 0.9)), cells)
    assert len(busiest) == 2 and busiest["wait"].notna().all() and busiest["orders"].is_monotonic_decreasing


def test_named_peaks_are_peaks_where_orders_are():
    made = make_tickets(2)  # busy from 9 to 10 and from 13 to 14, on every day
    peaks = half_hours.check_peaks(made, 0.9)
    assert peaks["is_peak"].all() and set(peaks["rank"]) == {1, 2}
    assert "weekdays: 9 (rank" in texts.say_peaks(peaks)
    is_moved = made["slot"].isin([18, 19]) & (np.arange(len(made)) % 5 > 0)
    flat = half_hours.check_peaks(made.assign(slot=made["slot"].where(~is_moved, 22)), 0.9)
    assert not flat.loc[flat["hour"] == 9, "is_peak"].any()
    assert texts.say_peaks(flat[flat["hour"] == 9]).endswith("weekends: neither")


def test_a_slow_week_is_unusual_and_an_ordinary_one_is_not(shared):
    as_of = shared["date"].max().date()
    assert not half_hours.find_unusual(shared, as_of)["is_unusual"].any()
    is_slow = (shared["date"] > shared["date"].max() - pd.Timedelta(days=7)) & (shared["slot"] == 18)
    slow = shared.assign(wait=shared["wait"].where(~is_slow, 3 * shared["wait"]))
    found = half_hours.find_unusual(slow, as_of)
    named = found[found["is_unusual"]]
    assert set(named["slot"]) == {18} and set(named["kind"]) == {"weekday"}
    assert (named["now"] > 2 * named["before"]).all()
    assert half_hours.find_unusual(shared.head(0), as_of).empty


def test_benches_are_read_off_a_world_of_known_servers(served):
    read = benches.read_benches(served, 0.9)
    assert read.table["servers"].between(2, 4).all() and read.table["service"].between(130, 175).all()
    assert read.table["service_spread"].between(0.25, 0.5).all()
    assert read.estimate_servers("store 0", 0.9).holds(3)
    counts = benches.count_slots(served)
    own = served[(served["store"] == "store 1") & (served["kind"] == "weekday")]
    assert np.nansum(counts.loc["store 1"].to_numpy()) == len(own)
    few = served.groupby("store", observed=True).head(60)
    assert not benches.can_be_read(few) and benches.count_days([few, few]) == few["date"].nunique()
    with pytest.raises(LuckyError, match="benches: expected a store with"):
        benches.read_benches(few, 0.9)


def test_the_model_that_is_true_comes_nearest(shared, served):
    assert wait_models.pick_nearest(learn_and_try(shared)) == "shared bench"
    assert wait_models.pick_nearest(learn_and_try(served)) in ("Allen-Cunneen", "simulation")
    table = views.show_models(learn_and_try(shared)).set_index("model")
    assert table.loc["shared bench", "share"] > 0.7 > table.loc["Erlang C", "share"]
    assert (
        np.isnan(table.loc["seen", "error"])
        and wait_models.pick_nearest(learn_and_try(shared).head(1)) is None
    )


def test_one_more_server_takes_off_what_it_takes_off_when_it_is_there(served):
    """Against the same world with four at once: the simulation's gain, over all half-hours."""
    read = benches.read_benches(served, 0.9)
    cells = one_more.list_cells(served.assign(people=np.nan), read)
    assert (cells["more"] == 1).all()
    gains = one_more.estimate_gains(served, cells, read, 0.9)
    assert set(gains["model"]) == set(wait_models.MODELS[:3])  # no rosters: nobody shares the bench
    more = make_tickets(5, servers=3, busy=20.0, one_more=1)
    busy = [18, 19, 26, 27]
    truth = (
        served.loc[served["slot"].isin(busy), "seconds"].mean()
        - more.loc[more["slot"].isin(busy), "seconds"].mean()
    )
    own = gains[(gains["model"] == "simulation") & gains["slot"].isin(busy)]
    found = np.average(own["gain"], weights=own["orders"])
    assert truth > 20 and found == pytest.approx(truth, rel=0.4)  # alone it is helped less than all day long
    assert (own["low"] <= own["gain"]).all() and (own["gain"] <= own["high"]).all()
    assert (own["low"] < own["gain"]).any()


def test_all_models_are_in_the_range_and_none_is_sure_alone(shared):
    read = benches.read_benches(shared, 0.9)
    cells = one_more.list_cells(shared, read)
    gains = one_more.estimate_gains(shared, cells, read, 0.9)
    own = gains[(gains["store"] == "store 0") & (gains["slot"] == 18)]
    assert own["model"].tolist() == list(wait_models.MODELS)
    found = one_more.of_all_models(own, "shared bench")
    assert found.value == own.loc[own["model"] == "shared bench", "gain"].iloc[0]
    assert found.low == own["low"].min() and found.high == own["high"].max()
    assert one_more.of_all_models(own, None).value is None
    load = cells["orders"] / 1800 * read.of("service", cells["store"])
    assert one_more.count_overrun(cells, read) == int((load >= cells["people"]).sum())
    assert one_more.count_overrun(cells.assign(people=np.nan), read) is None
    shown = views.show_gains(half_hours.pick_busiest(cells, half_hours.measure_waits(shared, 0.9)), gains)
    assert len(shown) == 8 and {"from", "gain"} <= set(shown)


def test_shifts_say_what_people_do_and_a_dashboard_does_not():
    made, more = (make_tickets(21, a_person=0.1, n_days=56, one_more=extra) for extra in (0, 1))
    found = shifts.estimate_shifts(made, 0.99)
    assert found.holds(made["seconds"].mean() - more["seconds"].mean()) and not found.holds(0)
    nothing = make_tickets(12, n_days=56)
    assert shifts.estimate_shifts(nothing, 0.99).holds(0) and shifts.naive_shifts(nothing) < -3
    for unknown in (made.assign(people=np.nan), made.assign(people=2.0), made.head(0)):
        assert shifts.estimate_shifts(unknown, 0.9).value is None and shifts.naive_shifts(unknown) is None


def test_later_orders_are_counted_as_by_a_loop_and_compared_within_customers():
    made, truth = make_customers(4, pause=0.6)
    as_of = (FIRST + pd.Timedelta(days=89)).date()
    later = later_orders.count_later(made, as_of, 14)
    for ticket in later.sample(60, random_state=3).itertuples():
        own = made[made["customer"] == ticket.customer]["opened"]
        assert ticket.later == ((own > ticket.opened) & (own <= ticket.opened + 14 * 86_400)).sum()
    assert later["date"].max() < pd.Timestamp(as_of) - pd.Timedelta(days=14)
    found, naive = later_orders.estimate_lost(later, 0.99), later_orders.naive_lost(later)
    assert found.holds(truth) and found.low > 0 > naive
    fifths = later_orders.show_fifths(later)
    assert fifths["n"].sum() == len(later) and fifths["minutes"].is_monotonic_increasing
    none, _ = make_customers(5)
    assert later_orders.estimate_lost(later_orders.count_later(none, as_of, 14), 0.99).holds(0)
    assert later_orders.estimate_lost(later.head(0), 0.9).value is None
    assert later_orders.estimate_lost(later.drop_duplicates("customer"), 0.9).value is None
    assert later_orders.naive_lost(later.head(1)) is None and later_orders.show_fifths(later.head(0)).empty
    assert len(later_orders.count_later(made, as_of, 30)) < len(later)


def test_a_limit_refuses_what_a_replay_by_hand_does(shared):
    read = benches.read_benches(shared, 0.9)
    ruled = throttle.replay_rule(shared, read, 4)
    day = ruled[(ruled["store"] == "store 0") & (ruled["date"] == ruled["date"].min())]
    ends: list[tuple[int, float]] = []
    for ticket in day.sort_values("accepted", kind="stable").itertuples():
        met = [end for begun, end in ends if end > ticket.accepted and begun < ticket.accepted]
        assert ticket.is_refused == (len(met) >= 4)
        if not ticket.is_refused:
            work = ticket.seconds / (1 + ticket.load) ** read.slope.value
            takes = work * (1 + len(met)) ** read.slope.value
            assert ticket.saved == pytest.approx(ticket.seconds - takes)
            ends.append((ticket.accepted, ticket.accepted + takes))
    rules = throttle.try_rules(shared, read, 0.9, (2, 4, 50))
    weeks = shared["date"].nunique() / 7
    assert rules["refused"].iloc[1] == pytest.approx(ruled["is_refused"].sum() / weeks)
    assert rules["naive"].iloc[1] > rules["refused"].iloc[1] > rules["bound"].iloc[1] > 0
    assert rules["refused"].is_monotonic_decreasing and rules["refused"].iloc[2] == 0
    assert rules["saved"].iloc[0] > rules["saved"].iloc[1] > 0 and rules["saved_low"].iloc[0] > 0
    assert throttle.of_rule(rules.iloc[1], "saved", 0.9, 5).high == rules["saved_high"].iloc[1]
    assert throttle.of_rule(rules.iloc[1], "refused", 0.9, 5).low == rules["low"].iloc[1]


def test_what_an_hour_costs_is_bills_by_hours_and_else_the_wage(suite):
    found = worth.estimate_hour_cost(suite, 0.9)
    assert found.dollars.value > 0 and "labour bills" in found.words
    bare = demo_suite.suite(accounting_costs=lambda bill: bill.filter(bill.kind == "rent"))
    wage = worth.estimate_hour_cost(bare, 0.9)
    newest = suite.wages.execute().sort_values("start_date").groupby("employee_id")["hour_cents"].last()
    assert wage.dollars.value == pytest.approx(newest.mean() / 100) and "without" in wage.words
    none = demo_suite.suite(
        accounting_costs=lambda bill: bill.filter(bill.kind == "rent"),
        wages=lambda wage: wage.filter(wage.hour_cents < 0),
    )
    assert worth.estimate_hour_cost(none, 0.9).dollars.value is None


def test_worth_holds_all_corners_and_is_null_where_a_part_is_not_known():
    gain, lost = Estimate(20.0, 10.0, 60.0, level=0.9), Estimate(2.0, 1.0, 3.0, level=0.9, n=7)
    margin, cost = Estimate(3.0), Estimate(20.0)
    made = worth.weigh_one(40, gain, Estimate(0.0, -5.0, 5.0, level=0.9), lost, margin, cost)
    a_month = worth.HALF_HOURS_A_MONTH
    assert made.value == pytest.approx(-10 * a_month)
    assert made.high == pytest.approx(a_month * (40 * 1 * 0.03 * 3 - 10))
    assert made.low == pytest.approx(a_month * (40 * -5 / 60 * 0.03 * 3 - 10))
    endless = Estimate(20.0, 1.0, None, level=0.9)
    for parts in (
        (NONE, NONE, lost, margin, cost), (gain, NONE, NONE, margin, cost), (gain, NONE, lost, NONE, cost),
        (gain, NONE, lost, margin, NONE), (endless, NONE, lost, margin, cost),
    ):  # fmt: skip
        assert worth.weigh_one(40, *parts).value is None
    even = worth.find_break_even(40, gain, margin, cost)
    pays = worth.weigh_one(40, Estimate(60.0), NONE, Estimate(even, even, even, level=0.9), margin, cost)
    assert pays.value == pytest.approx(0, abs=1e-9)
    assert (
        worth.find_break_even(40, NONE, margin, cost) is None
        and worth.find_break_even(40, gain, NONE, cost) is None
    )


def test_what_is_coming_is_the_newest_forecast_and_busier_hours_wait_longer(suite, shared):
    known = coming.load_forecasts(suite)
    forecast = suite.order_forecasts.execute()
    ahead = forecast[pd.to_datetime(forecast["demand_date"]) > pd.Timestamp(suite.as_of)]
    newest = ahead.sort_values(["made_date", "version"]).drop_duplicates(
        ["store_id", "demand_date", "local_hour"], keep="last"
    )
    assert known["expected"].sum() == pytest.approx(newest["predicted_orders"].sum())
    monday = shared["date"].max() + pd.Timedelta(days=1)
    asked = pd.DataFrame(
        {"store": "store 0", "date": [monday, monday], "hour": [9, 11], "expected": [60.0, 5.0]}
    )
    row = coming.expect_waits(asked, shared, 0.18).iloc[0]
    own = shared[(shared["store"] == "store 0") & (shared["kind"] == "weekday") & (shared["slot"] // 2 == 9)]
    assert row["hour"] == 9 and row["usual_wait"] == pytest.approx(own["wait"].mean() / 60)
    assert row["wait"] > row["usual_wait"]
    same = coming.expect_waits(asked.head(1).assign(expected=row["usual"]), shared, 0.18).iloc[0]
    assert same["wait"] == pytest.approx(same["usual_wait"])
    assert coming.expect_waits(asked.assign(hour=3), shared, 0.18).empty


CELLS = pd.DataFrame({"store": ["a", "b"], "slot": [19, 18], "orders": [40.0, 20.0], "people": 2.0,
                      "gain": 9.0, "low": 1.0, "high": 20.0, "worth": [-5.0, -9.0],
                      "worth_low": [-8.0, -12.0], "worth_high": [-2.0, -1.0]})  # fmt: skip
RULE = pd.Series({"most_open": 8, "refused": 130.4})


def test_each_decision():
    best = advice.best_worth(CELLS, 0.9, 50)
    assert (best.value, best.low, best.high) == (-5.0, -8.0, -1.0)
    made = advice.decide(CELLS, best, 25.0, RULE, MAYBE)
    assert made.strength.is_idle and "add nobody" in made.action and "130 orders a week" in made.because
    assert "not known to win any" in made.because and "25 orders of 100" in made.would_change_if
    never = advice.decide(CELLS, best, 336.0, RULE, MAYBE).would_change_if
    assert "336" not in never and "more orders than wait" in never
    pays = advice.decide(CELLS, Estimate(9.0, 2.0, 20.0, level=0.9), None, RULE, SURE)
    assert pays.strength.word == LEAN and "at a from 9:30" in pays.action and pays.worth.low == 2.0
    assert "not known to win" not in pays.because
    open_ = advice.decide(CELLS, Estimate(9.0, -2.0, 20.0, level=0.9), None, RULE, MAYBE)
    assert open_.strength.word == WAIT and not open_.strength.is_idle and "drawn by chance" in open_.action
    unknown = advice.decide(CELLS, NONE, None, pd.Series({"most_open": 20, "refused": 0.0}), NONE)
    assert unknown.strength.word == WAIT and "limit" not in unknown.because
    assert advice.best_worth(CELLS.assign(worth=[1.0, np.nan]), 0.9, 5).value is None


@pytest.mark.parametrize(
    ("worth_", "more", "said"),
    [(Estimate(-5.0, -9.0, -1.0, level=0.9), SURE, "nowhere would one more barista pay"),
     (Estimate(5.0, 1.0, 9.0, level=0.9), SURE, "pays in at least one half-hour"),
     (Estimate(5.0, -1.0, 9.0, level=0.9), SURE, "whether one more barista pays is not known"),
     (NONE, SURE, "what one more barista brings is not known"),
     (NONE, NONE, "what one more barista does is not known")],
)  # fmt: skip
def test_each_title(worth_, more, said):
    title = texts.name_finding(worth_, more)
    assert said in title and len(title.replace("{peak_wait:value}", "3.9 minutes").split()) <= 14


def test_each_sentence_says_no_more_than_is_known():
    said = texts.describe_answer(SURE, MAYBE, MAYBE)
    assert "no gain beyond chance" in said and "not known to lose orders" in said
    assert "worked shifts" not in texts.describe_answer(SURE, NONE, NONE)
    assert "quicker" in texts.describe_answer(SURE, SURE, SURE) and "fewer orders" in texts.describe_answer(
        SURE, SURE, SURE
    )
    assert "slower" in texts.describe_answer(SURE, SURE.times(-1), SURE.times(-1))
    assert "No model" not in said and "no model" in texts.describe_answer(NONE, NONE, NONE)
    assert "No rosters" in texts.say_shifts(NONE, None) and "it seems" in texts.say_shifts(SURE, -20.0)
    assert "a loss" in texts.say_lost(SURE, 2.0, 14) and "not known to lose any" in texts.say_lost(
        MAYBE, None, 14
    )
    assert "a gain" in texts.say_lost(SURE.times(-1), None, 14) and "No customer" in texts.say_lost(
        NONE, None, 14
    )
    assert "No rosters" in texts.say_overrun(CELLS.assign(people=np.nan)) and "Counted" in texts.say_overrun(
        CELLS
    )
    on_shift = pd.DataFrame({"people": [1.0, 2.0], "is_trading": True})
    assert texts.say_rosters(on_shift).endswith("on shift by it.")
    assert "No rosters" in texts.say_rosters(on_shift.assign(people=np.nan))
    bench = pd.DataFrame({"store": ["a"], "n": [5], "people": [2.0]})
    assert "2.0 people" in texts.say_servers(bench, "a") and "no rosters" in texts.say_servers(
        bench.assign(people=np.nan), "a"
    )
    gains = pd.DataFrame({"gain": [3.0, 12.0]})
    assert "3 to 12 seconds an order; worked shifts show none" in texts.describe_gains(gains, MAYBE)
    assert "no shifts" in texts.describe_gains(gains, NONE) and "worked shifts 3.0" in texts.describe_gains(
        gains, SURE
    )
    assert "No model" in texts.describe_gains(gains.head(0), SURE)
    compared = pd.DataFrame({"model": ["seen", "Erlang C"], "rise": [30.0, 9.0]})
    assert "30 seconds longer" in texts.describe_models(compared, "Erlang C")
    assert "no longer" in texts.describe_models(compared.assign(rise=-1.0), "Erlang C")
    assert "No half-hour" in texts.describe_models(compared, None)
    rules = pd.DataFrame({"most_open": [8, 20], "refused": [130.0, 0.0], "saved": [0.2, 0.0]})
    assert "refuses 130 orders a week" in texts.describe_rules(rules, 8)
    assert "never have been reached" in texts.describe_rules(rules, 20)
    assert "not the same customer" in texts.describe_fifths(
        MAYBE, 2.0
    ) and "No loss" in texts.describe_fifths(MAYBE, -1.0)
    assert "3.0 orders of 100 fewer" in texts.describe_fifths(SURE, 2.0)
    assert "more" in texts.describe_fifths(SURE.times(-1), 2.0) and "each length" in texts.describe_fifths(
        NONE, None
    )
    none = pd.DataFrame(columns=["kind", "wait", "low", "high", "store", "slot", "orders"])
    assert "Too few" in texts.describe_cells(none) and "Too few" in texts.describe_chain(none)
    assert texts.stop_short(3, 42)[2].strength.word == WAIT
