from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference import shrinkage
from lucky_analytics.methods.inference.shrinkage import draw_cells, shrink_estimates
from tests.coverage_rule import count_worlds, holds

CATEGORY = {"coffee": -1.6, "classics": -1.3, "matcha": -1.2, "cold brew": -1.5, "food": -2.2}
SEGMENT = {"new": 1.25, "lapsed": 1.4, "loyal": 0.7}
TRUE = pd.DataFrame(
    [(c, s, value * factor) for c, value in CATEGORY.items() for s, factor in SEGMENT.items()],
    columns=["category", "segment", "truth"],
)


def draw(seed, low=0.1, high=0.6):
    rng = np.random.default_rng(seed)
    se = rng.uniform(low, high, len(TRUE))
    return TRUE[["category", "segment"]].assign(
        estimate=TRUE["truth"] + se * rng.normal(size=len(TRUE)), se=se
    )


def test_pooled_estimates_are_nearer_to_the_truth_and_their_intervals_cover():
    covered, raw, pooled = [], [], []
    for seed in range(40):
        cells = shrink_estimates(draw(seed), "category", "segment").cells.merge(TRUE)
        covered.append(((cells["low"] <= cells["truth"]) & (cells["truth"] <= cells["high"])).mean())
        raw.append(((cells["raw"] - cells["truth"]) ** 2).mean())
        pooled.append(((cells["estimate"] - cells["truth"]) ** 2).mean())
    assert np.mean(pooled) < 0.75 * np.mean(raw)
    assert holds(covered, 0.9)


N_WORLDS = count_worlds(40)
FACTOR = np.array([1.25, 1.0, 0.7, 1.4])
# What eight categories are planted with: some or all do not respond, or one is the odd one out.
WORLDS = {
    "four at nought": [-2.0, 0.0] * 4,
    "all at nought": [0.0] * 8,
    "one at -.4": [-1.5] * 7 + [-0.4],
    "one at -.2": [-1.5] * 7 + [-0.2],
    "one at nought": [-1.5] * 7 + [0.0],
}


@pytest.mark.parametrize("planted", WORLDS.values(), ids=WORLDS)
def test_categories_that_do_not_respond_are_covered_at_their_rate(planted):
    truth = np.outer(planted, FACTOR)
    odd, all_rows = [], []
    for seed in range(N_WORLDS):
        rng = np.random.default_rng(seed)
        se = rng.uniform(0.15, 0.6, truth.shape)
        table = pd.DataFrame(
            {
                "category": np.repeat(list("abcdefgh"), 4),
                "segment": list("nrlx") * 8,
                "estimate": (truth + se * rng.normal(size=se.shape)).ravel(),
                "se": se.ravel(),
            }
        )
        rows = shrink_estimates(table, "category", "segment").rows
        held = (rows["low"] <= truth.mean(axis=1)) & (truth.mean(axis=1) <= rows["high"])
        all_rows.append(held.mean())
        odd.append(held.iloc[-1])
    # Where none differs the spread lies at the edge of what it can be: the prior keeps it above nought, and
    # intervals hold a little more than they claim. Less they may not.
    is_wide = not any(planted) and np.mean(all_rows) > 0.9
    assert is_wide or holds(all_rows, 0.9), np.mean(all_rows)
    assert holds(odd, 0.9), np.mean(odd)


def test_whether_rows_and_columns_are_alike():
    alike = pd.DataFrame({"category": list("abcd") * 3, "segment": list("xxxxyyyyzzzz")})
    rng = np.random.default_rng(5)
    alike = alike.assign(estimate=0.2 * rng.normal(size=12), se=0.2)
    pooled = shrink_estimates(alike, "category", "segment")
    assert pooled.p_rows > 0.1 and pooled.p_columns > 0.1
    moved = shrink_estimates(
        alike.assign(estimate=alike["estimate"] - 2.0 * (alike["category"] == "d")), "category", "segment"
    )
    assert moved.p_rows < 1e-3 and moved.p_columns > 0.1


def test_a_spread_that_the_grid_does_not_hold_is_refused_and_a_wider_one_accepted():
    rng = np.random.default_rng(1)
    wild = draw(1).assign(estimate=200 * rng.normal(size=len(TRUE)), se=1.0)
    with pytest.raises(
        LuckyError, match="a spread of cells below 4, the end of the grid, got a spread beyond"
    ):
        shrink_estimates(wild, "category", "segment")
    assert 80 < shrink_estimates(wild, "category", "segment", own_scale=200).own_sd < 400


def test_given_the_spread_it_solves_hendersons_mixed_model_equations():
    # Henderson (1950): fixed and random effects in one system, written out
    table, sd = draw(7), 0.5
    y, se = table["estimate"].to_numpy(), table["se"].to_numpy()
    X = pd.get_dummies(table["category"], dtype=float).join(
        pd.get_dummies(table["segment"], dtype=float).iloc[:, 1:]
    )
    A = np.hstack([X, np.eye(len(y))])
    C = A.T @ (A / se[:, None] ** 2)
    C[X.shape[1] :, X.shape[1] :] += np.eye(len(y)) / sd**2
    inverse = np.linalg.inv(C)
    known = np.ones(len(y), bool)
    _, mean, cov = shrinkage._at_spread(sd, y, se, X.to_numpy(), known)
    assert mean == pytest.approx(A @ inverse @ A.T @ (y / se**2))
    assert cov == pytest.approx(A @ inverse @ A.T)


def test_precise_estimates_hardly_move_and_vague_ones_go_to_their_row_and_column():
    table = draw(1, 0.01, 0.01)
    table.loc[0, "se"] = 3.0
    table.loc[0, "estimate"] = 5.0
    cells = shrink_estimates(table, "category", "segment").cells
    known = cells[cells["raw_se"] < 1]
    assert (known["estimate"] - known["raw"]).abs().max() < 0.01
    vague = cells[cells["raw_se"] > 1].iloc[0]
    truth = TRUE.set_index(["category", "segment"])["truth"][vague["category"], vague["segment"]]
    assert vague["estimate"] == pytest.approx(truth, abs=0.6)


def test_rows_and_columns_are_plain_averages_of_the_cells():
    pooled = shrink_estimates(draw(2), "category", "segment")
    for frame, name in ((pooled.rows, "category"), (pooled.columns, "segment")):
        expected = pooled.cells.groupby(name)["estimate"].mean()
        assert frame.set_index(name)["estimate"].to_numpy() == pytest.approx(
            expected.loc[frame[name]].to_numpy()
        )
    assert pooled.mean["estimate"].item() == pytest.approx(pooled.cells["estimate"].mean())


def test_weights_move_the_means_and_nothing_else():
    table = draw(2).assign(n=1.0)
    table.loc[table["segment"] == "new", "n"] = 1000.0
    plain, weighted = (shrink_estimates(table, "category", "segment", weights=w) for w in (None, "n"))
    pd.testing.assert_frame_equal(plain.cells, weighted.cells)
    new = plain.cells[plain.cells["segment"] == "new"].set_index("category")["estimate"]
    rows = weighted.rows.set_index("category")["estimate"]
    assert rows.to_numpy() == pytest.approx(new.loc[rows.index].to_numpy(), abs=0.01)


def test_a_missing_combination_is_predicted_with_a_wide_interval():
    table = draw(3, 0.05, 0.06)
    cells = shrink_estimates(table.iloc[1:], "category", "segment").cells
    missing = cells[cells["raw"].isna()]
    assert len(missing) == 1
    assert missing["se"].item() > 1.5 * cells.loc[cells["raw"].notna(), "se"].max()
    wide = shrink_estimates(table.iloc[1:], "category", "segment", level=0.99).cells
    assert (wide["high"] > cells["high"]).all()


def test_one_segment_or_a_zero_error_is_refused():
    with pytest.raises(LuckyError, match="at least 2 of category and of segment, got 5 and 1"):
        shrink_estimates(draw(1).query("segment == 'new'"), "category", "segment")
    with pytest.raises(LuckyError, match="positive standard errors, got 0"):
        shrink_estimates(draw(1).assign(se=0.0), "category", "segment")


def test_a_row_without_any_estimate_is_left_out_and_parts_apart_are_refused():
    table = draw(1)
    table.loc[table["category"] == "food", "estimate"] = np.nan
    assert "food" not in set(shrink_estimates(table, "category", "segment").cells["category"])
    apart = table[(table["category"] == "coffee") == (table["segment"] == "new")]
    with pytest.raises(LuckyError, match="tie category and segment together, got parts apart"):
        shrink_estimates(apart, "category", "segment")


def test_draws_of_cells_spread_as_their_errors_do_and_share_what_they_share():
    pooled = shrink_estimates(draw(2), "category", "segment")
    draws = draw_cells(pooled, 20_000)
    cells = pooled.cells
    assert np.quantile(draws, 0.05, axis=1) == pytest.approx(cells["low"].to_numpy(), abs=0.03)
    assert np.quantile(draws, 0.95, axis=1) == pytest.approx(cells["high"].to_numpy(), abs=0.03)
    # A row's mean errs as the row does: drawn one by one, its cells' errors would cancel.
    rows = pooled.rows.set_index("category")
    for category, own in cells.groupby("category"):
        assert draws[own.index].mean(axis=0).std() == pytest.approx(rows.loc[category, "se"], rel=0.05)
    assert (draw_cells(pooled, 5, seed=1) != draw_cells(pooled, 5, seed=2)).any()
