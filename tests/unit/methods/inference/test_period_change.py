"""A change between two periods: against a plain loop, what more of one site does to it, and its coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.inference.period_change import compare_periods
from tests.coverage_rule import holds


def posts(seed: int, change: float = 0.0, more_grim: bool = False, shock: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    week = rng.integers(0, 16, 700)
    is_late = week < 8
    grim = rng.random(700) < np.where(is_late & more_grim, 0.7, 0.3)
    moved = rng.normal(0, shock, 16)[week]
    bad = rng.random(700) < np.clip(0.2 + 0.3 * grim + change * is_late + moved, 0, 1)
    return pd.DataFrame(
        {"site": np.where(grim, "y", "x"), "week": week, "late": is_late, "bad": bad.astype(float)}
    )


def test_the_change_is_that_of_a_loop_over_sites():
    rows = posts(2, more_grim=True)
    top = weight = 0.0
    for _, own in rows.groupby("site"):
        late, early = own[own["late"]]["bad"], own[~own["late"]]["bad"]
        w = len(late) * len(early) / len(own)
        top, weight = top + w * (late.mean() - early.mean()), weight + w
    found = compare_periods(rows, ["site"], "bad", "week", "late")
    assert found.value == pytest.approx(top / weight) and found.n == len(rows)
    mean = rows[rows["late"]]["bad"].mean() - rows[~rows["late"]]["bad"].mean()
    assert mean > 0.08 > abs(found.value)  # more posts of the grim site look like a change, and are none


def test_the_interval_holds_the_change_where_weeks_hang_together():
    for change, shock in ((0.0, 0.0), (0.1, 0.05)):
        found = [
            compare_periods(posts(seed, change, True, shock), ["site"], "bad", "week", "late")
            for seed in range(120)
        ]
        assert holds([float(each.holds(change)) for each in found], 0.9)


def test_what_cannot_be_compared_is_null():
    rows = posts(1)
    for few in (rows.head(0), rows[rows["late"]], rows.head(60), rows.assign(site=rows["late"].astype(str)),
                rows[rows["week"].isin([7, 8, 9])]):  # fmt: skip
        assert compare_periods(few, ["site"], "bad", "week", "late").value is None
    alike = rows.assign(bad=1.0)  # no week differs: nothing says how far off no change at all may be
    assert compare_periods(alike, ["site"], "bad", "week", "late").value is None
