"""Events of groups against a plain loop, against shuffled members, and against groups that do not differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.methods.inference.cell_counts import compare_counts


def members(seed: int, n: int = 600, share: float = 0.25, worse: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"who": rng.choice(list("abcde"), n), "site": rng.choice(["x", "y"], n, p=[0.7, 0.3]),
                         "week": rng.integers(0, 8, n)})  # fmt: skip
    chance = share + 0.2 * (rows["site"] == "y") + worse * (rows["who"] == "a")
    return rows.assign(bad=(rng.random(n) < chance).astype(float))


def test_expected_events_are_those_of_a_loop_over_cells():
    rows = members(1)
    rows.loc[::17, "bad"] = np.nan
    found = compare_counts(rows, "who", ["site", "week"], "bad", "week").set_index("group")
    known = rows.dropna()
    for who in "abcde":
        n = events = expected = 0.0
        for _, cell in known.groupby(["site", "week"]):
            own = cell[cell["who"] == who]
            if 0 < len(own) < len(cell):
                n, events = n + len(own), events + own["bad"].sum()
                expected += len(own) / len(cell) * cell["bad"].sum()
        row = found.loc[who]
        assert (row["n"], row["events"]) == (n, events) and row["expected"] == pytest.approx(expected)
        assert row["ratio"] == pytest.approx(events / expected) and row["low"] < row["ratio"] < row["high"]


def test_p_values_are_those_of_members_shuffled_within_their_cells():
    rows = members(4, worse=0.12)
    found = compare_counts(rows, "who", ["site", "week"], "bad", "week").set_index("group")
    rng = np.random.default_rng(0)
    bad, place = rows["bad"].to_numpy(), rows.groupby(["site", "week"]).ngroup().to_numpy()
    is_a = (rows["who"] == "a").to_numpy()
    drawn = []
    for _ in range(4_000):
        order = np.lexsort((rng.random(len(bad)), place))
        shuffled = np.empty_like(bad)
        shuffled[np.argsort(place, kind="stable")] = bad[order]
        drawn.append(shuffled[is_a].sum())
    share = np.mean(np.array(drawn) >= bad[is_a].sum())
    # Chance of the shuffled sum, and how much weeks scatter here beyond chance, which shuffling cannot know.
    assert found.loc["a", "p_value"] == pytest.approx(2 * share, rel=0.6, abs=0.004)


@pytest.mark.parametrize("share", [0.03, 0.25])
def test_groups_that_do_not_differ_are_called_so_at_the_stated_rate(share):
    p = [
        compare_counts(members(seed, share=share), "who", ["site", "week"], "bad", "week")[
            "p_value"
        ].to_numpy()
        for seed in range(60)
    ]
    assert (np.concatenate(p) <= 0.05).mean() <= 0.08 and np.concatenate(p).mean() > 0.45


def test_nothing_to_compare_says_nothing():
    alone = members(1).assign(who="a")
    assert compare_counts(alone, "who", ["site", "week"], "bad", "week").empty
    assert compare_counts(alone.head(0), "who", ["site", "week"], "bad", "week").empty
    for value in (0.0, 1.0):
        same = compare_counts(members(1).assign(bad=value), "who", ["site", "week"], "bad", "week")
        assert (same["p_value"] == 1.0).all() and not np.isinf(same[["low", "high"]].to_numpy()).any()
    narrow, wide = (
        compare_counts(members(1), "who", ["site"], "bad", "week", level).iloc[0] for level in (0.5, 0.99)
    )
    assert narrow["low"] > wide["low"] and narrow["high"] < wide["high"]
