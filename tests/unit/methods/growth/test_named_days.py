"""Named days by hand, against a plain loop, and quiet where nothing was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.growth.named_days import compare_days, measure_days, pool_days
from tests.named_world import HOLIDAYS, simulate

DS = pd.date_range("2025-06-30", periods=229)


def steady(change: float = 1.0, *, level: float = 300.0, seed: int = 3) -> pd.DataFrame:
    return simulate(np.random.default_rng(seed), change=change, level=level, n_units=3)


def test_usual_is_the_median_of_pairs_of_the_same_weekday_without_other_named_days():
    days = pd.DataFrame({"unique_id": "a", "ds": DS, "y": 100 + np.arange(229) % 7})
    named = {pd.Timestamp("2025-12-25"): "Christmas", pd.Timestamp("2026-01-01"): "New Year"}
    found = measure_days(days, named).set_index("ds")
    assert found.loc["2025-12-25", ["y", "usual", "n_pairs"]].tolist() == [103.0, 103.0, 3]
    # New Year and the day a week before Christmas, which is its pair, are not among them.
    days.loc[days["ds"] == "2025-12-18", "y"] = 206
    assert measure_days(days, named).set_index("ds").loc["2025-12-25", "usual"] == pytest.approx(
        103, rel=0.01
    )
    assert found["usual"].isna().sum() == 28 and found.loc["2026-02-12", "n_pairs"] == 0


def test_growth_that_bends_is_no_holiday():
    grown = pd.DataFrame({"unique_id": "a", "ds": DS, "y": 1000 * (1 - np.exp(-np.arange(229) / 30))})
    found = measure_days(grown, HOLIDAYS)
    off = (found["y"] / found["usual"] - 1).abs()
    assert off.iloc[35:].max() < 0.03 and off.iloc[60:].max() < 0.01
    around = grown["y"].iloc[[35 + 7 * week for week in (-4, -3, -2, -1, 1, 2, 3, 4)]].mean()
    assert grown["y"].iloc[35] / around > 1.05  # without the correction it would be one


def test_a_unit_counts_only_where_it_was_there_all_the_time():
    days = pd.concat([
        pd.DataFrame({"unique_id": "old", "ds": DS, "y": 100}),
        pd.DataFrame({"unique_id": "new", "ds": DS[130:], "y": 900}),
    ])  # fmt: skip
    found = measure_days(days, {}).set_index("ds")
    assert found.loc[DS[140], "usual"] == 100 and found.loc[DS[140], "y"] == 100
    assert found.loc[DS[160], "usual"] == 1000


@pytest.mark.parametrize("seed", range(2))
def test_a_planted_change_is_found_and_held(seed):
    measured = measure_days(steady(0.5, seed=seed), HOLIDAYS)
    is_named = measured["name"].notna()
    found = compare_days(measured, is_named, 0.95)
    known = found[found["differs"].notna()]
    assert len(known) == 7 and known["differs"].all() and (known["high"] < 0).all()
    together = pool_days(measured, is_named, 0.95)
    assert together.holds(-0.5) and together.n == 7 and together.high < 0


def test_nothing_planted_nothing_found():
    found = [
        compare_days(measured, measured["name"].notna(), 0.95)["differs"].fillna(False).any()
        for seed in range(6)
        if (measured := measure_days(steady(seed=seed), HOLIDAYS)) is not None
    ]
    assert sum(found) <= 2  # of six at 0.05 each, three have a chance of 0.2 %


def test_edges_are_null_and_never_an_error():
    empty = measure_days(pd.DataFrame({"unique_id": [], "ds": [], "y": []}), HOLIDAYS)
    assert pool_days(empty, empty["name"].notna(), 0.95).value is None
    short = measure_days(steady().query("ds < '2025-07-20'"), HOLIDAYS)
    assert short["usual"].isna().all()
    assert compare_days(short, short["name"].notna(), 0.95)["differs"].isna().all()
    few = measure_days(steady().query("ds < '2025-09-04'"), HOLIDAYS)  # too few ordinary days to say
    assert pool_days(few, few["name"].notna(), 0.95).low is None
    none = measure_days(steady().assign(y=0), HOLIDAYS)
    assert none["usual"].isna().all()


def test_a_day_without_an_order_is_a_fall_to_nothing():
    days = steady()
    days.loc[days["ds"] == "2025-11-27", "y"] = 0
    measured = measure_days(days, HOLIDAYS)
    found = compare_days(measured, measured["name"].notna(), 0.95).set_index("ds").loc["2025-11-27"]
    assert found["change"] == -1 and found["low"] == -1 and found["differs"]
