from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.customers.repeat_buying import (
    NAMES,
    RepeatFit,
    fit_repeat_buying,
    group_histories,
    log_likelihood,
)
from lucky_analytics.methods.customers.repeat_forecast import (
    draw_fits,
    draw_orders,
    estimate_alive,
    forecast_new_customer,
    forecast_orders,
    forecast_silence,
)
from tests.churn_world import PLANT, simulate


def a_fit(variant="mbg", parameters=PLANT):
    return RepeatFit(np.asarray(parameters), np.zeros((4, 4)), 0.0, 1, variant)


@pytest.fixture(scope="module")
def world():
    return simulate(8_000, seed=5, extra=60)


@pytest.mark.parametrize("variant", ["bg", "mbg"])
def test_planted_parameters_are_inside_their_intervals(variant):
    histories = simulate(8_000, seed=11, variant=variant)
    fit = fit_repeat_buying(histories, variant)
    z = (np.log(fit.parameters) - np.log(PLANT)) / np.sqrt(np.diag(fit.log_cov))
    assert np.abs(z).max() < 3
    table = fit.table(z=2)
    assert table["name"].tolist() == list(NAMES)
    assert (table["high"] / table["low"]).max() < 2
    assert (fit.table(z=1)["low"] > table["low"]).all()


def test_the_wrong_variant_misses_the_many_who_never_come_back(world):
    right, wrong = (fit_repeat_buying(world, variant) for variant in ("mbg", "bg"))
    assert right.log_likelihood > wrong.log_likelihood + 5


def test_forecasts_are_calibrated_on_customers_not_used_to_make_them(world):
    fit = a_fit()
    orders, silence = forecast_orders(fit, world, 60), forecast_silence(fit, world, 60)
    assert orders.sum() == pytest.approx(world["later"].sum(), rel=0.08)
    for low, high in ((0, 0.5), (0.5, 0.9), (0.9, 1)):
        band = (silence >= low) & (silence < high)
        came = (world["later"][band] == 0).mean()
        assert came == pytest.approx(silence[band].mean(), abs=4 * np.sqrt(0.25 / band.sum()))


def test_likelihood_is_a_probability_over_counts():
    # With nothing but "no repeat within age": the likelihood of x = 0 is the chance of it, in closed form.
    r, alpha, a, b = PLANT
    one = pd.DataFrame({"frequency": [0], "recency": [0.0], "age": [100.0]})
    mbg = np.exp(log_likelihood(PLANT, one, "mbg")[0][0])
    assert mbg == pytest.approx(a / (a + b) + b / (a + b) * (alpha / (alpha + 100)) ** r)
    assert np.exp(log_likelihood(PLANT, one, "bg")[0][0]) == pytest.approx((alpha / (alpha + 100)) ** r)


@pytest.mark.parametrize(
    ("variant", "x", "recency", "age"), [("mbg", 0, 0, 30), ("mbg", 12, 90, 100), ("bg", 3, 10, 229)]
)
def test_expected_orders_equal_their_integral(variant, x, recency, age):
    # E = P(alive) x integral over time and over the leaving probability of the rate of somebody still there.
    fit = a_fit(variant)
    r, alpha, a, b = fit.parameters
    row = pd.DataFrame({"frequency": [x], "recency": [recency], "age": [age]})
    stays = b + x + (variant == "mbg")
    grid = np.random.default_rng(1).beta(a, stays, 200_000)

    def rate(t):
        return np.mean((r + x) * (alpha + age) ** (r + x) / (alpha + age + grid * t) ** (r + x + 1))

    integral = quad(rate, 0, 60, epsabs=1e-6)[0]
    assert forecast_orders(fit, row, 60, alive=True)[0] == pytest.approx(integral, rel=0.01)
    expected = integral * estimate_alive(fit, row)[0]
    assert forecast_orders(fit, row, 60)[0] == pytest.approx(expected, rel=0.01)


def test_new_customers_expect_what_simulated_ones_do():
    chance = simulate(10_000, seed=8, n_days=20.0001)  # everybody is observed for about twenty days
    assert forecast_new_customer(a_fit(), 20) == pytest.approx(chance["frequency"].mean(), rel=0.08)


def test_the_singularity_at_a_equal_one_is_removable():
    row = pd.DataFrame({"frequency": [3], "recency": [40.0], "age": [60.0]})
    near = [forecast_orders(a_fit(parameters=[0.4, 4.6, a, 1.3]), row, 60)[0] for a in (0.9999, 1.0, 1.0001)]
    assert near[0] > near[1] > near[2]
    assert near[0] == pytest.approx(near[2], rel=1e-3)


def test_silence_for_years_is_certain_and_finite():
    gone = pd.DataFrame({"frequency": [400], "recency": [10.0], "age": [3000.0]})
    assert estimate_alive(a_fit(), gone)[0] == pytest.approx(0, abs=1e-12)
    assert forecast_silence(a_fit(), gone, 30)[0] == pytest.approx(1)


def test_a_bg_customer_without_repeats_cannot_have_left():
    new = pd.DataFrame({"frequency": [0], "recency": [0.0], "age": [200.0]})
    assert estimate_alive(a_fit("bg"), new)[0] == 1
    assert estimate_alive(a_fit("mbg"), new)[0] < 1


def test_histories_that_cannot_be_are_refused():
    with pytest.raises(ParameterError, match="got 1 that are not"):
        group_histories([1], [10], [9])
    with pytest.raises(LuckyError, match="expected 50 customers, 10 of whom came back, got 60 customers, 0"):
        fit_repeat_buying(group_histories([0] * 60, [0] * 60, [9] * 60))
    with pytest.raises(ParameterError, match="more than 0"):
        forecast_silence(a_fit(), pd.DataFrame({"frequency": [0], "recency": [0], "age": [1]}), 0)


def test_the_unit_of_time_changes_alpha_only():
    histories = simulate(4_000, seed=2)
    days = fit_repeat_buying(histories)
    weeks = fit_repeat_buying(histories.assign(recency=histories["recency"] / 7, age=histories["age"] / 7))
    assert weeks.parameters * [1, 7, 1, 1] == pytest.approx(days.parameters, rel=1e-3)


@pytest.mark.parametrize("variant", ["bg", "mbg"])
def test_derivatives_equal_differences(variant):
    rows = pd.DataFrame({"frequency": [0, 1, 7], "recency": [0.0, 3.0, 80.0], "age": [50.0, 60.0, 90.0]})
    _, derivatives = log_likelihood(PLANT, rows, variant)
    for position, h in enumerate(1e-5 * np.eye(4)):
        up, down = (log_likelihood(PLANT + side * h, rows, variant)[0] for side in (1, -1))
        np.testing.assert_allclose(derivatives[:, position], (up - down) / 2e-5, rtol=1e-5, atol=1e-9)


def test_a_parameter_at_its_bound_is_an_error():
    # Nobody ever leaves: the larger b, the better.
    chance = np.random.default_rng(3)
    times = np.cumsum(chance.exponential(5.0, (400, 60)), axis=1)
    seen = times < 100
    histories = group_histories(
        seen.sum(axis=1), np.where(seen, times, 0).max(axis=1).round(2), np.full(400, 100.0)
    )
    with pytest.raises(LuckyError, match=r"no best value of .*b within the bounds of the search"):
        fit_repeat_buying(histories, "mbg")


def test_a_year_ahead_is_what_simulated_customers_order_by_what_was_seen_of_them():
    """Brute force: customers of the plant, grouped by what is known, followed for 52 weeks."""
    world = simulate(30_000, seed=21, extra=365)
    expected = forecast_orders(a_fit(), world, 365)
    group = np.minimum(world["frequency"], 6) * 10 + np.digitize(
        world["age"] - world["recency"], [20, 60, 120]
    )
    means = world.assign(expected=expected).groupby(group)[["later", "expected"]].agg(["mean", "std", "size"])
    se = means["later", "std"] / np.sqrt(means["later", "size"])
    kept = (means["later", "size"] >= 200) & (se > 0)
    z = ((means["later", "mean"] - means["expected", "mean"]) / se)[kept]
    assert len(z) > 12 and np.abs(z).max() < 3.5


def test_futures_drawn_one_by_one_have_the_expected_mean():
    world, chance = simulate(3_000, seed=4), np.random.default_rng(1)
    drawn = np.array([draw_orders(a_fit(), world, 365, chance) for _ in range(60)])
    assert drawn.sum(axis=1).mean() == pytest.approx(forecast_orders(a_fit(), world, 365).sum(), rel=0.03)
    # A new customer, before anything was seen, may leave after the first order.
    new = pd.DataFrame(0.0, range(20_000), ["frequency", "recency", "age"])
    after_first = draw_orders(a_fit(), new, 365, chance).mean()
    assert after_first == pytest.approx(forecast_new_customer(a_fit(), 365), rel=0.06)


def test_drawn_models_spread_as_their_parameters_are_uncertain(world):
    fit = fit_repeat_buying(world)
    logs = np.log([each.parameters for each in draw_fits(fit, 2_000)])
    assert logs.std(axis=0) == pytest.approx(np.sqrt(np.diag(fit.log_cov)), rel=0.1)
