"""Fee schedules: what was planted lies between the ends, which are those of other ways to find them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import linprog

from lucky_analytics.methods.ledgers.fee_schedules import find_grain, fit_schedule, mark_on


def billed(fixed, rate, grain=1, n=300, seed=3, odd=0):
    """``n`` payments billed by a schedule (cents, share), rounded half up to ``grain`` hundredths."""
    rng = np.random.default_rng(seed)
    amount = np.round(np.exp(rng.normal(6.1, 0.6, n))).astype(int) + 1
    fee = np.floor((fixed + rate * amount) * 100 / grain + 0.5).astype(int) * grain
    fee[:odd] += rng.integers(5, 900, odd) * grain
    return pd.DataFrame({"amount": amount, "fee": fee, "n": 1})


@pytest.mark.parametrize("grain", [1, 10, 100])
@pytest.mark.parametrize(("fixed", "rate"), [(4.0, 0.0095), (30.0, 0.029), (0.0, 0.001), (7.3, 0.0)])
def test_what_was_planted_lies_between_the_ends_whatever_fees_are_rounded_to(grain, fixed, rate):
    rows = billed(fixed, rate, grain)
    made = fit_schedule(rows, grain)
    assert made.is_exact and made.share_on == 1 and made.n == len(rows) and made.grain == grain / 100
    assert made.fixed_low <= fixed <= made.fixed_high and made.rate_low <= rate <= made.rate_high
    assert made.fixed_low <= made.fixed <= made.fixed_high and made.rate_low <= made.rate <= made.rate_high
    assert abs(made.fixed - fixed) < 0.5 and abs(made.rate - rate) < 1e-4  # half a cent, a basis point
    assert mark_on(rows, made).all()


def test_the_ends_are_those_of_a_search_over_all_lines():
    rows = billed(4.0, 0.01, grain=100, n=40)
    made = fit_schedule(rows, 100)
    fixed = np.linspace(made.fixed_low - 0.2, made.fixed_high + 0.2, 401)
    rate = np.linspace(made.rate_low - 4e-4, made.rate_high + 4e-4, 401)
    fits = np.ones((401, 401), bool)
    for row in rows.itertuples():
        fits &= np.abs(row.fee / 100 - fixed[:, None] - rate * row.amount) <= 0.5
    found = fixed[fits.any(axis=1)], rate[fits.any(axis=0)]
    steps = fixed[1] - fixed[0], rate[1] - rate[0]
    ends = (made.fixed_low, made.fixed_high), (made.rate_low, made.rate_high)
    for lines, step, (low, high) in zip(found, steps, ends, strict=True):
        # No line of the grid lies beyond an end; the last one that fits is near it.
        assert low - 1e-4 <= lines.min() <= low + 12 * step and high - 12 * step <= lines.max() <= high + 1e-4


@pytest.mark.parametrize("seed", range(4))
def test_the_ends_are_those_of_four_linear_programmes(seed):
    rows = billed(4.0, 0.01, grain=(1, 100)[seed % 2], n=(3, 15, 60, 200)[seed], seed=seed)
    made = fit_schedule(rows, 1 + 99 * (seed % 2))
    half, design = made.grain * 50 + 1e-3, np.column_stack([np.ones(len(rows)), rows["amount"] / 1000])
    found = []
    for aim in ([1, 0], [-1, 0], [0, 1], [0, -1]):
        solved = linprog(
            aim, A_ub=np.concatenate([design, -design]), bounds=[(None, None)] * 2,
            b_ub=np.concatenate([rows["fee"], -rows["fee"]]) + half,
        )  # fmt: skip
        found.append(abs(solved.fun) if aim[0] + aim[1] < 0 else solved.fun)
    ends = [made.fixed_low * 100, made.fixed_high * 100, made.rate_low * 1e5, made.rate_high * 1e5]
    assert ends == pytest.approx(found, abs=1e-4)


def test_a_few_payments_by_no_schedule_hardly_move_it_and_are_told():
    made = fit_schedule(rows := billed(5.0, 0.013, odd=9))
    assert made.is_exact and made.share_on == pytest.approx(1 - 9 / 300)
    assert made.fixed_low <= 5.0 <= made.fixed_high and made.rate_low <= 0.013 <= made.rate_high
    assert (~mark_on(rows, made)).nonzero()[0].tolist() == list(range(9))
    assert mark_on(rows, made, is_wide=True)[9:].all()


def test_where_there_is_no_schedule_the_line_is_that_of_least_squares():
    rows = billed(5.0, 0.013)
    rows["fee"] += np.random.default_rng(5).normal(0, 300, len(rows)).round().astype(int)
    made = fit_schedule(rows, level=0.9)
    assert not made.is_exact and made.share_on < 0.95
    oracle = sm.OLS(rows["fee"] / 100, sm.add_constant(rows["amount"])).fit(cov_type="HC0")
    assert [made.fixed, made.rate] == pytest.approx(oracle.params.tolist())
    ends = oracle.conf_int(0.1).to_numpy().ravel()
    assert [made.fixed_low, made.fixed_high, made.rate_low, made.rate_high] == pytest.approx(ends.tolist())
    narrow = fit_schedule(rows, level=0.5)
    assert narrow.fixed_high - narrow.fixed_low < made.fixed_high - made.fixed_low


def test_on_fees_that_were_not_rounded_it_agrees_with_least_squares():
    rows = billed(4.0, 0.0095, n=200)
    made, oracle = fit_schedule(rows), sm.OLS(rows["fee"] / 100, sm.add_constant(rows["amount"])).fit()
    assert made.fixed == pytest.approx(oracle.params["const"], abs=2e-3)
    assert made.rate == pytest.approx(oracle.params["amount"], abs=1e-6)


def test_rows_of_many_payments_count_as_many():
    rows = billed(4.0, 0.0095, n=60)
    many = fit_schedule(rows.assign(n=3))
    assert many.n == 180 and many.fixed == fit_schedule(rows).fixed


@pytest.mark.parametrize("amounts", [[], [500], [500, 500]])
def test_one_amount_tells_no_schedule(amounts):
    rows = pd.DataFrame({"amount": amounts, "fee": 900, "n": 1})
    made = fit_schedule(rows)
    assert np.isnan(made.fixed) and np.isnan(made.rate_high) and not made.is_exact and made.n == len(amounts)


def test_an_amount_beyond_all_others_does_not_blur_the_rest():
    rows = pd.concat([billed(4.0, 0.0095), pd.DataFrame({"amount": [2**63 - 1], "fee": [10], "n": [1]})])
    made = fit_schedule(rows)
    assert made.fixed_low <= 4.0 <= made.fixed_high and made.share_on == pytest.approx(300 / 301)


def test_the_grain_is_read_from_the_fees():
    cents = np.arange(1, 60) * 100
    assert find_grain(cents) == 100 and find_grain(cents // 10) == 10 and find_grain(cents + 1) == 1
    assert find_grain(np.append(cents, 101)) == 1  # one fee that is finer is proof
    assert find_grain(cents[:10]) == 1  # too few to tell
    assert find_grain(np.zeros(50, int)) == 1


def test_amounts_of_a_dozen_digits_have_a_line_too():
    amount = np.arange(1, 40) * 10**10
    noise = np.where(np.arange(39) % 3, 0, 10**9)
    rows = pd.DataFrame({"amount": amount, "fee": amount + noise, "n": 3})
    made = fit_schedule(rows)
    assert np.isfinite([made.fixed, made.rate]).all() and made.rate == pytest.approx(0.01, rel=0.2)
