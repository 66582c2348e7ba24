"""Promises that hold in each group: quantile regression as the oracle, coverage on rows not learnt from."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import binomtest

from lucky_analytics.methods.forecasts.group_promise import (
    REST,
    add_offsets,
    count_alone,
    judge_groups,
    learn_offsets,
)


def draw(n, seed, spread=1.0):
    random = np.random.default_rng(seed)
    groups = pd.DataFrame({"product": random.choice(list("abc"), n, p=[0.6, 0.3, 0.1]),
                           "hour": random.choice([8, 9, 10], n)})  # fmt: skip
    sd = groups["product"].map({"a": 0.2, "b": 0.5, "c": 1.0}) * spread
    return groups, sd.to_numpy() * random.normal(size=n) + 0.1 * (groups["hour"].to_numpy() - 9)


def alone(rows):
    """No two rows of one day."""
    return pd.Series(range(len(rows)))


def test_each_group_of_each_column_keeps_its_share_on_the_rows_it_was_learnt_from():
    groups, score = draw(4_000, 1)
    upper = add_offsets(groups, learn_offsets(score, groups, 0.9, fewest=50))
    for name in groups:
        kept = (score <= upper + 1e-9) if name == "product" else (score <= upper + 2e-3)
        shares = pd.Series(kept).groupby(groups[name].to_numpy()).mean()
        assert shares.between(0.895, 0.91).all(), shares


def test_it_is_the_quantile_regression_on_the_groups():
    groups, score = draw(3_000, 2)
    found = add_offsets(groups, learn_offsets(score, groups, 0.9, fewest=1))
    x = pd.get_dummies(groups.astype(str), drop_first=True, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = sm.QuantReg(score, sm.add_constant(x)).fit(q=0.9)
    assert np.abs(found - oracle.predict(sm.add_constant(x)).to_numpy()).max() < 0.08  # each sd is 0.2 to 1


def test_later_rows_keep_it_in_each_group_and_groups_that_do_not_are_called_off():
    off = 0
    for seed in range(60):
        groups, score = draw(2_000, 100 + seed)
        later, came = draw(1_000, 900 + seed)
        learnt = learn_offsets(score, groups, 0.9, fewest=50)
        kept = came <= add_offsets(later, learnt)
        judged = judge_groups(
            kept, later["product"], groups["product"].value_counts().to_dict(), 0.9, alone(later)
        )
        off += int(judged["is_off"].any())
    assert binomtest(off, 60, 0.05, alternative="greater").pvalue > 0.01
    wide, came = draw(1_000, 7, spread=2.0)
    judged = judge_groups(
        came <= add_offsets(wide, learnt),
        wide["product"],
        {"a": 1200, "b": 600, "c": 200},
        0.9,
        alone(wide),
    )
    assert judged["is_off"].all() and (judged["kept"] < judged["expected"]).all()


def test_rows_of_a_day_that_hang_together_break_no_promise():
    """Each day is quicker or slower as a whole; later days are as those that the promise was learnt from."""
    n, n_days, n_groups, off = 20_000, 28, 8, 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        day = random.integers(0, n_days, (2, n))
        before, later = (random.normal(0, 0.2, n_days)[days] + random.normal(0, 0.4, n) for days in day)
        low, high = np.quantile(before, [0.1, 0.9])
        group = pd.Series(random.integers(0, n_groups, n))
        kept = (later >= low) & (later <= high)
        learnt = dict.fromkeys(range(n_groups), n // n_groups)
        judged = judge_groups(kept, group, learnt, 0.8, pd.Series(day[1]))
        off += int(judged["is_off"].any())
    assert binomtest(off, 40, 0.05, alternative="greater").pvalue > 0.01
    slow = judge_groups(later + 0.6 <= high, group, learnt, 0.9, pd.Series(day[1]))
    assert slow["is_off"].all() and count_alone(later <= high, pd.Series(day[1])) < n / 2
    assert count_alone(random.random(n) < 0.8, pd.Series(day[1])) > n / 2.5


def test_the_law_knows_that_the_promise_was_learnt_from_few():
    kept = np.array([True] * 80 + [False] * 20)
    group = pd.Series(["a"] * 100)
    few, many = (judge_groups(kept, group, {"a": n}, 0.9, alone(group))["p"].iloc[0] for n in (60, 100_000))
    assert few > many
    assert many == pytest.approx(2 * binomtest(80, 100, 0.9, alternative="less").pvalue, rel=0.02)


def test_small_groups_share_one_offset_and_new_ones_take_it():
    groups = pd.DataFrame({"product": ["a"] * 200 + ["b"] * 3 + ["c"] * 3})
    score = np.r_[np.zeros(200), np.full(6, 5.0)]
    learnt = learn_offsets(score, groups, 0.5, fewest=10)
    assert set(learnt["product"]) == {"a", REST}
    new = pd.DataFrame({"product": ["b", "never seen", "a"]})
    assert add_offsets(new, learnt).tolist() == [5.0, 5.0, 0.0]
    assert learn_offsets(np.array([]), groups.head(0), 0.9) == {"product": {}}
    assert judge_groups(np.array([], bool), pd.Series([], dtype=object), {}, 0.9, pd.Series([])).empty
