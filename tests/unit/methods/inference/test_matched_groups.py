"""Groups within cells: a plain loop, least squares of a library, and errors that are as large as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t

from lucky_analytics.methods.inference.matched_groups import FEWEST, compare_within_cells


def rows(n=900, seed=1, gap=0.0, cells=12):
    chance = np.random.default_rng(seed)
    cell, who = chance.integers(0, cells, n), chance.choice(list("abc"), n, p=[0.6, 0.3, 0.1])
    orders = chance.geometric(0.4, n)
    y = cell + orders + chance.gamma(0.5, 3.0, n) + gap * (who == "b")
    return pd.DataFrame({"who": who, "cell": cell, "y": y, "orders": orders.astype(float)})


def test_the_difference_is_that_of_least_squares_with_cells_and_the_error_the_larger_of_two():
    frame = rows()
    found = compare_within_cells(frame, "who", ["cell"], "y").set_index("group")
    for name in "abc":
        X = pd.get_dummies(frame["cell"], dtype=float).assign(own=(frame["who"] == name).astype(float))
        fit = sm.OLS(frame["y"], X)
        by_member = fit.fit(cov_type="HC2")
        by_cell = fit.fit(cov_type="cluster", cov_kwds={"groups": frame["cell"], "use_correction": False})
        row, n = found.loc[name], (frame["who"] == name).sum()
        assert row["gap"] == pytest.approx(by_member.params["own"])
        errors = by_member.bse["own"], by_cell.bse["own"] * np.sqrt(12 / 11)
        free = min(n, len(frame) - n) - 1, 11
        half = max(t.ppf(0.95, f) * error for error, f in zip(errors, free, strict=True))
        assert row["high"] - row["gap"] == pytest.approx(half, rel=1e-6)
        assert row["own"] - row["others"] == pytest.approx(row["gap"])


def test_a_ratio_is_that_of_weighted_sums_cell_by_cell():
    frame = rows(seed=3)
    row = compare_within_cells(frame, "who", ["cell"], "y", "orders").set_index("group").loc["b"]
    top = {True: 0.0, False: 0.0}
    bottom = {True: 0.0, False: 0.0}
    for _, cell in frame.groupby("cell"):
        own = cell["who"] == "b"
        weight = own.sum() * (~own).sum() / len(cell)
        for is_own in (True, False):
            part = cell[own == is_own]
            top[is_own] += weight * part["y"].mean()
            bottom[is_own] += weight * part["orders"].mean()
    ratio = {is_own: top[is_own] / bottom[is_own] for is_own in top}
    assert row["own"] == pytest.approx(ratio[True]) and row["others"] == pytest.approx(ratio[False])
    # A ratio by ones is a mean.
    ones = compare_within_cells(frame.assign(one=1.0), "who", ["cell"], "y", "one")
    pd.testing.assert_frame_equal(ones, compare_within_cells(frame, "who", ["cell"], "y"))


def test_what_cells_differ_in_drops_out():
    frame = rows(seed=5)
    moved = frame.assign(y=frame["y"] + 1000.0 * frame["cell"])
    both = [compare_within_cells(each, "who", ["cell"], "y") for each in (frame, moved)]
    for name in ("gap", "low", "high", "p_value"):
        assert both[1][name].to_numpy() == pytest.approx(both[0][name].to_numpy(), rel=1e-4)


def test_a_group_that_does_better_in_some_cells_only_is_less_sure():
    frame = rows(3000, seed=6)
    some = frame.assign(y=frame["y"] + 8.0 * ((frame["who"] == "b") & (frame["cell"] < 6)))
    everywhere = frame.assign(y=frame["y"] + 4.0 * (frame["who"] == "b"))
    wide, narrow = (
        compare_within_cells(each, "who", ["cell"], "y").set_index("group").loc["b"]
        for each in (some, everywhere)
    )
    assert wide["gap"] == pytest.approx(narrow["gap"], rel=0.2)
    assert wide["high"] - wide["low"] > 2 * (narrow["high"] - narrow["low"])


def test_few_members_alone_in_their_cells_and_unknown_ones_are_said_nothing_of():
    frame = rows()
    few = pd.concat([frame[frame["who"] == "a"], frame[frame["who"] == "b"].head(FEWEST - 1)])
    assert compare_within_cells(few, "who", ["cell"], "y")["gap"].isna().all()
    alone = frame[frame["who"] != "c"].assign(cell=lambda f: f["cell"].where(f["who"] == "a", 99))
    found = compare_within_cells(alone, "who", ["cell"], "y")
    assert found["n"].tolist() == [0, 0] and found["p_value"].isna().all()
    unknown = frame.assign(who=frame["who"].where(frame["who"] != "c", None))
    assert compare_within_cells(unknown, "who", ["cell"], "y")["group"].tolist() == ["a", "b"]
    assert compare_within_cells(frame.head(0), "who", ["cell"], "y").empty
    same = compare_within_cells(frame.assign(y=1.0), "who", ["cell"], "y")
    assert (same["gap"].abs() < 1e-9).all() and (same["p_value"] > 0.99).all()


@pytest.mark.full
def test_intervals_hold_as_often_as_they_say():
    held, called = [], []
    for seed in range(200):
        found = compare_within_cells(rows(seed=seed, gap=0.5), "who", ["cell"], "y").set_index("group")
        own = found.loc["b"]
        held.append(own["low"] <= 0.5 <= own["high"])
        null = compare_within_cells(rows(seed=1000 + seed), "who", ["cell"], "y")
        called.append((null["p_value"] < 0.05).mean())
    assert 0.84 <= np.mean(held) <= 0.96 and np.mean(called) <= 0.08
