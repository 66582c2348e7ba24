"""The financial forecast: draws against closed form, sums against a loop, months, openings, what is quiet."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from lucky_analytics.decisions import WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.finance.financial_forecast import cash, texts
from lucky_analytics.questions.finance.financial_forecast.bills import GROUPS, estimate_bills
from lucky_analytics.questions.finance.financial_forecast.months_ahead import plan_months
from lucky_analytics.questions.finance.financial_forecast.revenue_rates import Rates
from lucky_analytics.questions.finance.financial_forecast.scenarios import (
    CAUSES,
    LINES,
    Scenario,
    draw_flows,
    draw_sales,
)
from lucky_analytics.questions.finance.financial_forecast.store_levels import Levels, find_levels
from lucky_analytics.questions.finance.financial_forecast.tested import test_forecast as try_out
from tests import ramp_world

RATES = Rates(0.08, 0.003, 0.02, True, 100, pd.DataFrame({"tax": [0.08], "fees": [0.02]}))
W = 30


def _steady(n_open: int = 1, **changed) -> Levels:
    """Stores that sell 1,000 orders of $5 in each week, one not yet opened like them; nothing varies."""
    rows = (n_open + 1) * W + 1
    mean = np.full(rows, np.log(1000.0))
    mean[-1] = 0.0
    ids = tuple(f"s{place}" for place in range(n_open))
    made = Levels(
        ids, 0, W, mean, np.zeros((rows, 1)),
        np.full(n_open, np.log(5.0)), np.zeros(n_open), np.log(5.0), 0.0,
        np.zeros(n_open), 0.0, 0.0, 0.0, 8, 0.2, (1.2, 0.5), "gompertz",
    )  # fmt: skip
    return dataclasses.replace(made, **changed)


def _ledger(fixed: float = 1000.0, slope: float = 0.3, opening: float = 500.0):
    """Bills and takings of four shops: stores, the last of them eleven weeks later, and the office."""
    opened = {"s0": "2025-06-30", "s1": "2025-06-30", "s2": "2025-06-30", "s3": "2025-09-08"}
    bills, takings = [], []
    chance = np.random.default_rng(1)
    for week in range(30):
        end = pd.Timestamp("2025-07-06") + pd.Timedelta(weeks=week)
        for store, day in opened.items():
            age = (end - pd.Timestamp(day)).days // 7
            sold = (4000 + 1500 * chance.random()) * (age >= 0)
            if sold:
                takings.append((store, end, int(100 * sold), 0))
            usual = (fixed + slope * sold) * (age >= 0)
            extra = opening * (-4 <= age < 8) * (store == "s3")
            if usual + extra:
                bills.append((store, end.date(), "other", round(100 * (usual + extra))))
        bills.append(("office", end.date(), "rent", 70_000))
    return (
        pd.DataFrame(bills, columns=["store_id", "week_end_date", "kind", "cost_cents"]),
        pd.DataFrame(takings, columns=["store_id", "order_date", "revenue_cents", "tax_cents"]),
        pd.DataFrame({"unique_id": list(opened), "opened": pd.to_datetime(list(opened.values()))}),
    )


def test_the_ledger_gives_back_what_was_planted_in_it():
    found = estimate_bills(*_ledger())
    assert found.lines["other"].slope == pytest.approx(0.3, abs=0.002)
    assert found.lines["other"].fixed() == pytest.approx(np.full(4, 1000.0), abs=12)
    assert found.opening.to_numpy() == pytest.approx(np.full(12, 500.0), abs=15)
    assert found.opening.index.tolist() == list(range(-4, 8)) and len(found.openings) == 1
    assert found.opening_error == (0.5, 2)  # one opening: hardly known
    assert found.office == pytest.approx(700) and found.office_se == pytest.approx(0, abs=1e-6)
    plain = estimate_bills(*_ledger(opening=0.0))
    assert abs(plain.opening_total) < 40  # an opening that costs nothing more is no cost


def test_draws_have_the_mean_and_the_quantiles_of_the_closed_form():
    levels = _steady(common_step=0.04)
    total = draw_sales(levels, Scenario("none"), 20_000).total
    assert total.mean(axis=0) == pytest.approx(np.full(W, 5000.0), rel=0.012)
    for week in (1, 10, W):
        sd = 0.04 * np.sqrt(week)
        for q in (0.05, 0.5, 0.95):
            exact = 5000 * np.exp(-(sd**2) / 2 + norm.ppf(q) * sd)
            assert np.quantile(total[:, week - 1], q) == pytest.approx(exact, rel=0.012)
    bills = estimate_bills(*_ledger())
    left = draw_flows(draw_sales(levels, Scenario("none"), 20_000), Scenario("none"), bills, RATES,
                      np.array([40]), levels.ids, on=("wander",)).result[:, -1]  # fmt: skip
    keeps = 1 - RATES.tax - RATES.refunds - RATES.fees - bills.lines["other"].slope
    sd, needed = 0.04 * np.sqrt(W), (bills.lines["other"].fixed()[0] + bills.office) / keeps
    exact = norm.cdf((np.log(needed / 5000) + sd**2 / 2) / sd)
    assert (left < 0).mean() == pytest.approx(exact, abs=0.01)


def test_a_profit_and_loss_is_the_loop_over_stores_and_weeks():
    bills, levels = estimate_bills(*_ledger()), _steady(3)
    plan = Scenario("one", (6.0,), build_out=9_000.0, nearness=0.0)
    sold = draw_sales(levels, plan, 1, on=())
    flows = draw_flows(sold, plan, bills, RATES, np.array([40, 40, 2]), levels.ids, on=())
    other = bills.lines["other"]
    for week in range(W):
        is_open = week >= 6
        revenue = 15_000.0 + 5_000.0 * is_open
        level = float(other.fixed()[:3].sum()) + float(other.fixed().mean()) * is_open
        ages = [week + 2 - -4, week - 6 - -4]  # of the young store and of the one to come, in the profile
        extra = sum(bills.opening.to_numpy()[age] for age in ages if 0 <= age < 12)
        left = revenue * (1 - 0.103) - level - other.slope * revenue - extra - bills.office
        assert flows.result[0, week] == pytest.approx(left, rel=1e-9), week
    assert flows.build_out[0].sum() == 9_000 and flows.build_out[0, 5] == 9_000
    assert set(flows.lines) == set(LINES) and set(GROUPS) <= set(flows.lines)


def test_each_cause_alone_moves_the_draws_and_none_moves_nothing():
    levels = _steady(2, common_step=0.02, noise_sd=0.1, plateau_sd=0.3, value_se=np.full(2, 0.05))
    root = np.full((len(levels.mean), 1), 0.05)
    levels = dataclasses.replace(levels, root=root, mean=np.r_[levels.mean[:-1], -0.5])
    bills, plan = estimate_bills(*_ledger()), Scenario("some", (4.0, 8.0))
    bills = dataclasses.replace(bills, office_se=30.0)

    def spread(*on: str) -> float:
        sold = draw_sales(levels, plan, 50, on=on)
        flows = draw_flows(sold, plan, bills, RATES, np.array([40, 40]), levels.ids, on=on)
        return float(flows.result.std(axis=0).max())

    assert spread() < 1e-6
    assert all(spread(cause) > 1e-3 for cause in CAUSES)
    near = [
        draw_sales(levels, Scenario("x", (4.0,), nearness=n), 1, on=()).open[0, 0, -1] for n in (0.0, 1.0)
    ]
    assert near[1] == pytest.approx(near[0] * np.exp(-0.5 * 0.2), rel=0.01)
    half = draw_sales(levels, Scenario("half", demand=0.5), 1, on=()).total
    assert half == pytest.approx(draw_sales(levels, Scenario("whole"), 1, on=()).total / 2)
    wide, usual = (draw_sales(levels, plan, 400, on=("wander",), widen=w).total[:, -1].std() for w in (2, 1))
    assert wide == pytest.approx(2 * usual, rel=0.1)


def test_months_hold_every_day_once_and_the_rest_of_the_running_one():
    for as_of in (dt.date(2026, 2, 13), dt.date(2026, 1, 31), dt.date(2025, 12, 30)):
        ahead = plan_months(as_of, 12)
        days = 7 * ahead.shares.sum(axis=0)
        assert days[ahead.n_rest :] == pytest.approx(ahead.months.days_in_month[ahead.n_rest :].to_numpy())
        assert ahead.n_whole == 12 and ahead.n_rest == (as_of.day != 31)
        assert ahead.months[ahead.n_rest] > pd.Timestamp(as_of)
        flat = ahead.mean_month(np.ones((1, ahead.n_weeks)))[0]
        assert flat == pytest.approx(365 / 12 / 7)


def test_cash_is_named_only_where_it_is_given():
    flows = np.full((100, 12), -10.0)
    unknown, note = cash.measure_runway(flows, cash.Stated(), 0.9)
    assert unknown.value is None and "no table holds cash" in note
    known, note = cash.measure_runway(flows, cash.Stated(cash=35.0), 0.9)
    assert known.value == 4 and "debt service and salaries of the head office not counted" in note
    lasting, note = cash.measure_runway(flows, cash.Stated(500.0, 0.0, 0.0), 0.9)
    assert lasting.value is None and "in 0 of 100" in note and "not counted" not in note
    assert cash.measure_need(flows, 0.9).value == 120 and cash.measure_need(-flows, 0.9).value == 0
    assert cash.Stated(debt=1.0, office=2.0).a_month == 3.0


def test_words_are_never_stronger_than_their_interval():
    open_ = Estimate(1.0, -1.0, 3.0, level=0.9)
    above, below = Estimate(2.0, 1.0, 3.0, level=0.9), Estimate(-2.0, -3.0, -1.0, level=0.9)
    assert "may make or lose" in texts.name_finding(open_, open_) and "is open" in texts.name_finding(
        open_, open_
    )
    assert "pay their bills" in texts.name_finding(above, above) and "add" in texts.name_finding(above, above)
    assert "do not pay" in texts.name_finding(below, below) and "cost" in texts.name_finding(below, below)
    assert texts.name_finding(below, Estimate(None)).count(";") == 0
    assert texts.describe_nothing("why")[2].strength.word == WAIT


def test_the_forecast_of_days_gone_by_knows_nothing_of_later_ones():
    world = ramp_world.simulate(3)
    until = dt.date(2026, 1, 2)
    rows = try_out(world.days, world.stores, until, 0.9, n_draws=50).rows
    assert rows["cut"].nunique() >= 2 and (rows["came"] > 0).all()
    first = rows["cut"].min()
    later = world.days.assign(y=world.days["y"].where(world.days["ds"] <= first, world.days["y"] * 2))
    later["value"] = later["y"] * 480
    moved = try_out(later, world.stores, until, 0.9, n_draws=50).rows
    own, other = (frame[frame["cut"] == first].reset_index(drop=True) for frame in (rows, moved))
    assert own["predicted"].tolist() == other["predicted"].tolist()
    assert other["came"].to_numpy() == pytest.approx(2 * own["came"].to_numpy())


def test_open_stores_are_foretold_as_the_page_on_growth_has_them():
    world = ramp_world.simulate(5)
    found = find_levels(world.days, world.stores, ramp_world.AS_OF, 8)
    assert len(found.ids) == 10 and found.n_launch == 2 and found.effect < 0
    true = np.log(world.plateaus.reindex(list(found.ids)[:6]).to_numpy(float))
    told = found.mean[: 10 * 8].reshape(10, 8)[:6, -1]
    assert np.abs(told - true).max() < 0.35
