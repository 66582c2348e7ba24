from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.customers.cox import fit_cox
from lucky_analytics.methods.customers.hazard import fit_hazard
from lucky_analytics.methods.customers.survival import compare_survival, estimate_survival


def test_counts_are_the_same_as_one_row_a_subject():
    single = pd.DataFrame(
        {"duration": [1, 1, 2, 2, 3], "n_event": [1, 1, 1, 0, 1], "n_censored": [0, 0, 0, 1, 0]}
    )
    grouped = pd.DataFrame({"duration": [1, 2, 3], "n_event": [2, 1, 1], "n_censored": [0, 1, 0]})
    pd.testing.assert_frame_equal(estimate_survival(single), estimate_survival(grouped))


def test_interval_covers_as_often_as_it_says():
    chance = np.random.default_rng(4)
    truth, hits = np.exp(-1.0), 0
    for _ in range(300):
        event, censor = chance.exponential(10, 60), chance.uniform(2, 40, 60)
        seen = np.ceil(np.minimum(event, censor))
        is_event = (event <= censor).astype(int)
        curve = estimate_survival(
            pd.DataFrame({"duration": seen, "n_event": is_event, "n_censored": 1 - is_event}), level=0.9
        )
        at = curve[curve["duration"] <= 10].iloc[-1]
        hits += at["low"] <= truth <= at["high"]
    assert 0.84 <= hits / 300 <= 0.95


def test_level_widens_the_interval():
    counts = pd.DataFrame({"duration": [1, 2, 3], "n_event": [5, 4, 3], "n_censored": [1, 1, 9]})
    wide, narrow = estimate_survival(counts, 0.99), estimate_survival(counts, 0.5)
    assert (wide["low"] < narrow["low"]).all() and (wide["high"] > narrow["high"]).all()


def test_everybody_gone_leaves_no_interval():
    counts = pd.DataFrame({"duration": [1, 2], "n_event": [1, 1], "n_censored": [0, 0]})
    last = estimate_survival(counts).iloc[-1]
    assert last["survival"] == 0 and np.isnan(last["low"])


def test_log_rank_needs_groups_and_sees_a_difference():
    counts = pd.DataFrame({"g": ["a"] * 5 + ["b"] * 5, "duration": [1, 2, 3, 4, 5] * 2, "n_censored": 0})
    counts["n_event"] = [9, 7, 5, 3, 1, 1, 3, 5, 7, 9]
    assert compare_survival(counts, "g").p_value < 1e-4
    assert compare_survival(counts.assign(g=counts["g"] + "x"), "g").dof == 1
    with pytest.raises(ParameterError, match="two groups"):
        compare_survival(counts[counts["g"] == "a"], "g")


def test_impossible_counts_are_refused():
    with pytest.raises(ParameterError, match="survival counts"):
        estimate_survival(pd.DataFrame({"duration": [-1], "n_event": [1], "n_censored": [0]}))


def world(seed, n=4000, ratio=0.7):
    """Subjects with a covariate that switches on at a random time and multiplies the daily hazard."""
    chance = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        switch, end = int(chance.integers(1, 40)), 40
        shop = int(chance.integers(2))
        day = 0
        event = False
        while day < end and not event:
            day += 1
            event = chance.random() < (0.02 + 0.02 * shop) * (ratio if day > switch else 1)
        if day > switch:
            rows += [(shop, 0, switch, 0, 0, 1), (shop, switch, day, 1, int(event), int(not event))]
        else:
            rows.append((shop, 0, day, 0, int(event), int(not event)))
    return pd.DataFrame(rows, columns=["shop", "start", "stop", "is_on", "n_event", "n_censored"])


def test_cox_recovers_a_covariate_that_changes_with_time():
    spans = world(1)
    fit = fit_cox(spans, ["is_on"], strata="shop")
    assert fit["low"][0] < 0.7 < fit["high"][0]
    assert fit_cox(spans, ["is_on"], strata="shop", level=0.5)["high"][0] < fit["high"][0]
    grouped = spans.groupby(["shop", "start", "stop", "is_on"], as_index=False).sum()
    assert fit_cox(grouped, ["is_on"], strata="shop")["ratio"][0] == pytest.approx(fit["ratio"][0], rel=1e-9)


def test_strata_keep_a_confounder_out():
    spans = world(2, ratio=1.0)
    late = spans[(spans["is_on"] == 0) | (spans["shop"] == 1)]  # being on now means the shop with more events
    biased, clean = fit_cox(late, ["is_on"]), fit_cox(late, ["is_on"], strata="shop")
    assert biased["low"][0] > 1 and clean["low"][0] < 1 < clean["high"][0]


def test_hazard_model_agrees_with_cox():
    spans = world(3)
    cells = []
    for (shop, is_on), rows in spans.groupby(["shop", "is_on"]):
        for day in range(1, 41):
            at_risk = ((rows["start"] < day) & (rows["stop"] >= day)).sum()
            events = ((rows["stop"] == day) & (rows["n_event"] == 1)).sum()
            cells.append((day, shop, is_on, at_risk, events))
    frame = pd.DataFrame(cells, columns=["interval", "shop", "is_on", "n_at_risk", "n_event"])
    discrete = fit_hazard(frame, ["is_on"], factors=["interval", "shop"])
    cox = fit_cox(spans, ["is_on"], strata="shop")
    assert discrete["log_ratio"][0] == pytest.approx(cox["log_ratio"][0], abs=0.5 * cox["se"][0])
    assert discrete["se"][0] == pytest.approx(cox["se"][0], rel=0.1)
    assert fit_hazard(frame, ["is_on"], level=0.5)["high"][0] < fit_hazard(frame, ["is_on"])["high"][0]


def test_a_covariate_that_never_varies_is_refused():
    spans = pd.DataFrame({"start": 0, "stop": [1, 2], "x": 1.0, "n_event": 1, "n_censored": 0})
    with pytest.raises(LuckyError, match="variation in x"):
        fit_cox(spans, ["x"])
    cells = pd.DataFrame({"interval": [1, 2], "x": 1.0, "n_at_risk": 5, "n_event": 1})
    with pytest.raises(LuckyError, match="variation in x"):
        fit_hazard(cells, ["x"])


def test_a_covariate_without_any_event_separates_in_the_hazard_model_too():
    cells = pd.DataFrame({"interval": [1, 1, 2, 2], "x": [0.0, 1.0] * 2, "y": [0.0, 0.5, 1.0, 0.2]})
    cells = cells.assign(n_at_risk=50, n_event=[20, 0, 15, 0])
    with pytest.raises(LuckyError, match="x separates those with an event from those without"):
        fit_hazard(cells, ["x"])
    assert 0 < fit_hazard(cells.assign(n_event=[20, 1, 15, 2]), ["x"])["ratio"][0] < 0.3


def test_complete_separation_is_called_that():
    # Every treated subject has its event before any other: the ratio grows without end.
    spans = pd.DataFrame({"start": 0, "stop": range(1, 11), "x": [1.0] * 5 + [0.0] * 5})
    spans = spans.assign(y=[0.3, 0.1, 0.5, 0.2, 0.4] * 2, n_event=1, n_censored=0)
    with pytest.raises(LuckyError, match="x separates those with an event from those without"):
        fit_cox(spans, ["x", "y"])
    mixed = spans.assign(x=[1.0, 0.0] * 5)
    assert np.isfinite(fit_cox(mixed, ["x", "y"])["se"]).all()
