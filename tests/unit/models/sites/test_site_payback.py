"""Payback of sites: what a plain loop over months gives, and that each assumption and each doubt counts."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.curves import log_share
from lucky_analytics.models import ramp
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites import payback_texts, site_draws
from lucky_analytics.models.sites import site_model as scoring
from lucky_analytics.models.sites import site_outlook as outlook
from lucky_analytics.models.sites import site_payback as money_back
from lucky_analytics.models.sites.site_costs import StoreCosts
from tests.ramp_suite import SimulatedSuite
from tests.ramp_world import AS_OF, simulate

LEASE = money_back.Lease(12_000.0, 200_000.0, 0.5, 36)
SISTER = scoring.Sister(effect=-0.45, se=0.05, scale_km=1.0)
SITES = pd.DataFrame(
    {
        "site": ["Good", "Poor"],
        "gross": [60_000.0, 20_000.0],
        "exposure": [1.0, 1.0],
        "reach": [4e5, 2e5],
        "taken": [5_000.0, 5_000.0],
        "taken_low": [4_000.0, 4_000.0],
        "taken_high": [6_000.0, 6_000.0],
    }
)


@functools.cache
def fit():
    suite = SimulatedSuite(simulate(5))
    stores, days = ramp.load_stores(suite).execute(), ramp.load_days(suite).execute()
    weekly = ramp.aggregate_store_weeks(days, stores, AS_OF)
    return ramp.fit_ramp(weekly, stores, AS_OF, exclude=ramp.find_launch_stores(stores))


def model(error=0.3, se=0.05):
    errors = pd.DataFrame({"error_anew": np.linspace(-error, error, 9)})
    stores = pd.DataFrame({"exposure": [1.0] * 3, "orders_week": [1000.0, 2000, 3000], "reach": [4e5] * 3})
    sister = dataclasses.replace(SISTER, se=se)
    return scoring.SiteModel(stores, None, "mean", (), 0.5, errors, sister, 5.0, 1.0, 0.9)  # type: ignore[arg-type]


def certain():
    """A fit and a model that leave nothing in doubt, and sites whose losses are known."""
    reml = dataclasses.replace(fit().reml, theta_cov=1e-18 * np.eye(5))
    sites = SITES.assign(taken_low=SITES["taken"], taken_high=SITES["taken"])
    return model(error=0.0, se=1e-12), dataclasses.replace(fit(), reml=reml), sites


def estimate(lease=LEASE, sites=SITES, found=None, **options):
    return money_back.estimate_payback(found or model(), fit(), sites, lease, **options).set_index("site")


def by_hand(gross, taken, rent, lease, growth):
    """Weeks to payback, one week after the other."""
    left, n_weeks = lease.build_out_dollars, int(np.ceil(lease.horizon_months * WEEKS_A_MONTH))
    b, k = growth
    for week in range(1, n_weeks + 1):
        age = week - 0.5
        grown = float(np.exp(log_share("gompertz", age, b, k)))
        income = gross * grown * (1 + 0.15 * np.exp(-age / 2)) - taken * grown
        left -= (lease.margin_rate * income - rent) * 7 * 12 / 365.25
        if left <= 0:
            return week
    return np.inf


def test_without_doubt_payback_is_what_a_plain_loop_gives():
    sure, known, sites = certain()
    for lease in (LEASE, dataclasses.replace(LEASE, rent_dollars_month=3_000.0, build_out_dollars=50_000.0)):
        table = money_back.estimate_payback(sure, known, sites, lease, n_draws=20)
        for row, site in zip(table.itertuples(), sites.itertuples(), strict=True):
            weeks = by_hand(site.gross, site.taken, lease.rent_dollars_month, lease, known.growth)
            assert row.payback == row.payback_low == row.payback_high == pytest.approx(weeks / WEEKS_A_MONTH)
            assert row.p_payback == np.isfinite(weeks)


def test_at_the_rent_it_can_bear_a_site_pays_back_at_the_horizon_and_a_dollar_more_is_too_much():
    sure, known, sites = certain()
    bearable = money_back.estimate_payback(sure, known, sites, LEASE, n_draws=20)["bearable_rent"]
    for step, finite in ((-1.0, True), (1.0, False)):
        held = sites.assign(rent_dollars_month=bearable + step)
        table = money_back.estimate_payback(sure, known, held, LEASE, n_draws=20)
        assert (np.isfinite(table["payback"]) == finite).all() and table["is_rent_imported"].all()


def test_a_poor_site_never_pays_back_and_says_so():
    table = estimate()
    assert np.isinf(table.loc["Poor", "payback"]) and table.loc["Poor", "p_payback"] < 0.05
    assert np.isfinite(table.loc["Good", "payback"]) and table.loc["Good", "p_payback"] > 0.9
    assert (
        payback_texts.describe_payback(table, LEASE) == "1 of 2 sites would likely pay back within 36 months"
    )
    assert "cannot be said" in payback_texts.describe_payback(table.assign(p_payback=0.57), LEASE)
    assert payback_texts.describe_payback(table.assign(p_payback=0.0), LEASE).startswith("Neither site is")
    unlikely = payback_texts.describe_payback(table.assign(p_payback=0.15), LEASE)
    assert unlikely == "Neither site is likely to pay back within 36 months"


def test_losses_at_sister_stores_delay_payback_but_not_by_the_stores_own_books():
    assert (estimate()["own_payback"] <= estimate()["payback"]).all()
    more = SITES.assign(taken=15_000.0, taken_low=14_000.0, taken_high=16_000.0)
    assert estimate(sites=more).loc["Good", "payback"] > estimate().loc["Good", "payback"]
    assert estimate(sites=more).loc["Good", "own_payback"] == estimate().loc["Good", "own_payback"]


@pytest.mark.parametrize(
    ("change", "later"),
    [
        ({"rent_dollars_month": 15_000.0}, True),
        ({"build_out_dollars": 250_000.0}, True),
        ({"margin_rate": 0.6}, False),
        ({"fixed_dollars_month": 3_000.0}, True),
    ],
)
def test_every_assumption_moves_payback(change, later):
    moved = estimate(dataclasses.replace(LEASE, **change)).loc["Good", "payback"]
    assert (moved > estimate().loc["Good", "payback"]) == later


def test_more_doubt_about_the_plateau_widens_the_interval():
    wide, narrow = estimate(found=model(error=0.5)).loc["Good"], estimate(found=model(error=0.1)).loc["Good"]
    assert wide["payback_high"] > narrow["payback_high"] and wide["payback_low"] < narrow["payback_low"]
    assert wide["bearable_rent_high"] > narrow["bearable_rent_high"]


def test_slower_growth_delays_payback():
    reml = dataclasses.replace(fit().reml, theta=fit().reml.theta - np.array([0, np.log(4), 0, 0, 0]))
    slow = money_back.estimate_payback(model(), dataclasses.replace(fit(), reml=reml), SITES, LEASE)
    assert slow["payback"].iloc[0] > estimate()["payback"].iloc[0]


def test_a_longer_horizon_only_adds():
    longer = estimate(dataclasses.replace(LEASE, horizon_months=72))
    assert (longer["p_payback"] >= estimate()["p_payback"]).all()
    assert longer.loc["Good", "payback"] == estimate().loc["Good", "payback"]


def test_a_rent_from_a_file_takes_the_place_of_the_assumed_one():
    table = estimate(sites=SITES.assign(rent_dollars_month=[30_000.0, np.nan]))
    assert table["rent"].tolist() == [30_000.0, 12_000.0] and table["is_rent_imported"].tolist() == [
        True,
        False,
    ]
    assert table.loc["Good", "payback"] > estimate().loc["Good", "payback"]


def test_shares_start_low_and_end_at_the_plateau():
    shares = site_draws.draw_weekly_shares(fit(), 60, n_draws=200)
    own, pull = shares.own, shares.pull
    assert own.shape == pull.shape == (200, 60) and (own >= pull).all()
    assert np.median(pull[:, 0]) < 0.6 and pull[:, -1] == pytest.approx(1, abs=0.01)


def test_ramps_of_sites_hold_every_doubt():
    sites = SITES.assign(orders_week=[2_500.0, 900.0])
    ramps = outlook.forecast_site_ramps(model(), fit(), sites)
    assert ramps.groupby("site")["week"].apply(list).tolist() == [list(range(1, 13))] * 2
    assert (ramps["low"] < ramps["y"]).all() and (ramps["y"] < ramps["high"]).all()
    last = ramps[ramps["week"] == 12].set_index("site")
    assert last.loc["Good", "y"] == pytest.approx(2_500, rel=0.02)
    assert last.loc["Good", "dollars"] == pytest.approx(5 * last.loc["Good", "y"])
    # A plateau off by +-30 % and weekly noise of 10 %, combined.
    assert last.loc["Good", "high"] / last.loc["Good", "y"] == pytest.approx(np.exp(0.33), rel=0.08)
    wider = outlook.forecast_site_ramps(model(error=0.6), fit(), sites)
    assert (wider["high"] > ramps["high"]).all()
    wide = outlook.widen_ramps(ramps)
    assert wide["site"].tolist() == ["Good", "Poor"] and wide["week_12"].tolist() == last["y"].tolist()
    assert outlook.describe_ramps(ramps).startswith("Good may sell $9K to $18K")


def test_the_middle_of_the_draws_agrees_with_the_printed_interval():
    """At nine stores the 90 % interval is the largest error, as is that of the draws."""
    gross, taken = site_draws.draw_revenue(model(error=0.3), SITES, n_draws=20_000)
    low, high = np.quantile(gross[:, 0], [0.05, 0.95], method="inverted_cdf")
    assert (low, high) == pytest.approx((60_000 * np.exp(-0.3), 60_000 * np.exp(0.3)))
    assert np.quantile(taken[:, 0], [0.05, 0.95]) == pytest.approx([4_000, 6_000], abs=60)


def test_what_a_site_must_sell_is_what_just_pays_back():
    sure, known, sites = certain()
    shares = money_back.draw_shares(known, LEASE, n_draws=20)
    lease = dataclasses.replace(LEASE, fixed_dollars_month=4_000.0)
    needs = money_back.estimate_needs(sure, sites, lease, shares)
    for step, finite in ((1.0, True), (-1.0, False)):
        held = sites.assign(gross=needs["needed"] + step)
        table = money_back.estimate_payback(sure, known, held, lease, n_draws=20)
        assert (np.isfinite(table["payback"]) == finite).all()
    # More is taken there, so more must be sold; the same orders from half the people are twice the rate.
    more = money_back.estimate_needs(sure, sites.assign(taken=9_000.0, taken_high=9_000.0), lease, shares)
    assert (more["needed"] > needs["needed"]).all()
    assert needs["needed_rate"][1] == pytest.approx(2 * needs["needed_rate"][0])
    assert needs["best_rate"][0] == pytest.approx(3000 / 400)


def test_the_chance_is_the_headline_and_its_note_says_whose_costs_and_what_cannot_be_said():
    open_case = estimate(dataclasses.replace(LEASE, rent_dollars_month=20_500.0)).iloc[0]
    assert 0.1 < open_case["p_payback"] < 0.9
    stated = payback_texts.state_chance(open_case, LEASE, costs_are_known=False)
    assert stated["value"] == open_case["p_payback"] and stated["level"] is None
    assert "assumed" in stated["note"] and "cannot be said" in stated["note"]
    assert "as the ledger has them" in payback_texts.state_chance(open_case, LEASE, True)["note"]


def test_a_lease_is_the_ledgers_unless_a_reader_says_otherwise():
    costs = StoreCosts(18_000.0, 37_000.0, 0.64, 1.5, 1.3, 1.7, 5, 8)
    ledger = money_back.choose_lease(costs, None, None, 2e5, 36)
    assert ledger == money_back.Lease(18_000.0, 2e5, 0.64, 36, 37_000.0)
    # A margin that is given is after staff: bills beside it would count twice.
    given = money_back.choose_lease(costs, 9_000.0, 0.4, 2e5, 36)
    assert given == money_back.Lease(9_000.0, 2e5, 0.4, 36, 0.0)
    assert "rent" not in payback_texts.describe_lease(ledger, costs, None, None)
    said = payback_texts.describe_lease(given, costs, 9_000.0, 0.4)
    assert "9,000" in said and "40 %" in said and "assumptions, not data" in said


def test_profit_is_what_is_left_of_net_revenue():
    lease = money_back.Lease(10_000.0, 360_000.0, 0.5, 36, 5_000.0)
    assert lease.profit(60_000.0) == 0.5 * 60_000 - 10_000 - 5_000 - 10_000


@pytest.mark.parametrize(
    "broken",
    [
        (-1.0, 0.0, 0.5, 36),
        (0.0, -1.0, 0.5, 36),
        (0.0, 0.0, 0.0, 36),
        (0.0, 0.0, 1.1, 36),
        (0.0, 0.0, 1.0, 0),
    ],
)
def test_a_lease_out_of_range_is_one_clear_error(broken):
    with pytest.raises(ParameterError, match="lease: expected"):
        money_back.Lease(*broken)
