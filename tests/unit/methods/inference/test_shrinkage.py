from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.shrinkage import draw_cells, shrink_estimates

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


@pytest.mark.parametrize("scale", ["additive", "multiplicative"])
def test_pooled_estimates_are_nearer_to_the_truth_and_their_intervals_cover(scale):
    covered, raw, pooled = [], [], []
    for seed in range(25):
        cells = shrink_estimates(draw(seed), "category", "segment", scale=scale).cells.merge(TRUE)
        covered.append(((cells["low"] <= cells["truth"]) & (cells["truth"] <= cells["high"])).mean())
        raw.append(((cells["raw"] - cells["truth"]) ** 2).mean())
        pooled.append(((cells["estimate"] - cells["truth"]) ** 2).mean())
    assert np.mean(pooled) < 0.5 * np.mean(raw)
    # worlds are the clusters: .90 within the 99 % interval of their mean
    assert abs(np.mean(covered) - 0.9) < 2.6 * np.std(covered) / np.sqrt(25)


def test_effects_that_multiply_are_pooled_better_as_such():
    errors = {"additive": [], "multiplicative": []}
    for seed in range(10):
        for scale, found in errors.items():
            cells = shrink_estimates(draw(seed, 0.1, 0.2), "category", "segment", scale=scale).cells.merge(
                TRUE
            )
            found.append(((cells["estimate"] - cells["truth"]) ** 2).mean())
    assert np.mean(errors["multiplicative"]) < 0.8 * np.mean(errors["additive"])


def test_an_estimate_of_the_wrong_sign_is_pooled_too():
    table = draw(4)
    table.loc[3, ["estimate", "se"]] = [0.4, 1.5]
    cells = shrink_estimates(table, "category", "segment", scale="multiplicative").cells
    assert (cells["high"] < 0).all()


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


def test_draws_of_cells_spread_as_their_errors_do_and_share_what_they_share():
    pooled = shrink_estimates(draw(2), "category", "segment", scale="multiplicative")
    draws = draw_cells(pooled, 20_000)
    cells = pooled.cells
    assert np.quantile(draws, 0.05, axis=1) == pytest.approx(cells["low"].to_numpy(), rel=0.02)
    assert np.quantile(draws, 0.95, axis=1) == pytest.approx(cells["high"].to_numpy(), rel=0.02)
    # A row's mean errs as the row does: drawn one by one, its cells' errors would cancel.
    rows = pooled.rows.set_index("category")
    for category, own in cells.groupby("category"):
        spread = np.log(-draws[own.index]).mean(axis=0).std()
        assert spread == pytest.approx(rows.loc[category, "se"] / -rows.loc[category, "estimate"], rel=0.05)
    assert (draw_cells(pooled, 5, seed=1) != draw_cells(pooled, 5, seed=2)).any()
