"""Parts of a load: exact where nothing is by chance, blind to the load, honest about who cannot be judged."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.reliability.share_drops import compare_parts, fit_weights

N, DAYS, RECENT = 5, 42, 14


def exact(weights=(1.0, 2.0, 3.0, 2.0, 2.0), out=()):
    """Counts that are just the parts of a load that swings, of those at work."""
    at_work = np.ones((N, DAYS), bool)
    for machine, day in out:
        at_work[machine, day] = False
    load = 400 + 300 * np.sin(np.arange(DAYS))
    weight = np.asarray(weights)[:, None] * at_work
    return load * weight / weight.sum(axis=0), at_work


GROUP = np.zeros(N, int)


def test_weights_are_the_parts_whatever_the_load_and_whoever_was_away():
    counts, at_work = exact(out=[(0, 3), (1, 3), (2, 9), *((4, day) for day in range(20))])
    assert fit_weights(counts, at_work, GROUP) == pytest.approx(np.array([1, 2, 3, 2, 2]) / 2, rel=1e-6)


def test_who_keeps_its_part_has_a_ratio_of_one_and_who_falls_its_fall():
    counts, at_work = exact(out=[(1, 30), (2, 5)])
    found = compare_parts(counts, at_work, GROUP, RECENT)
    assert found["ratio"].to_numpy() == pytest.approx(1.0) and (found["p_value"] > 0.4).all()
    less, _ = exact(weights=(0.7, 2.0, 3.0, 2.0, 2.0))
    fallen = np.where(np.arange(DAYS) < DAYS - RECENT, exact()[0], less)
    ratio = compare_parts(fallen, np.ones((N, DAYS), bool), GROUP, RECENT)["ratio"]
    assert ratio[0] == pytest.approx(0.7 * 10 / 9.7)  # of a load that the others took over


def test_groups_do_not_meet_and_days_off_do_not_count():
    counts, at_work = exact()
    both = np.vstack([counts, 7 * counts[:, ::-1]])
    apart = compare_parts(both, np.vstack([at_work, at_work]), np.repeat([0, 1], N), RECENT)
    assert apart["ratio"].to_numpy() == pytest.approx(1.0)
    away = at_work.copy()
    away[0, 35:] = False
    counts[0, 35:] = 9e9  # whatever stands there
    left = compare_parts(counts, away, GROUP, RECENT)
    assert left["n_days"][0] == 7 and left["ratio"][0] == pytest.approx(1.0)


def test_who_cannot_be_judged_has_no_ratio():
    counts, at_work = exact()
    new = at_work.copy()
    new[0, : DAYS - RECENT] = False
    assert np.isnan(compare_parts(counts, new, GROUP, RECENT)["ratio"][0])  # no day before
    few = at_work.copy()
    few[1, DAYS - RECENT + 2 :] = False
    assert np.isnan(compare_parts(counts, few, GROUP, RECENT)["p_value"][1])  # two days of late
    assert compare_parts(counts[:1], at_work[:1], GROUP[:1], RECENT)["ratio"].isna().all()  # alone
    assert compare_parts(counts / 500, at_work, GROUP, RECENT)["ratio"].isna().all()  # too few cups
    assert compare_parts(0 * counts, at_work, GROUP, RECENT)["ratio"].isna().all()
    assert compare_parts(counts[:0], at_work[:0], GROUP[:0], RECENT).empty


def test_scatter_between_weeks_widens_the_interval_and_the_level_does():
    chance = np.random.default_rng(1)
    flat = chance.poisson(40.0, (N, DAYS)).astype(float)
    weeks = np.repeat(np.exp(chance.normal(0, 0.3, (N, DAYS // 7))), 7, axis=1)
    wild = chance.poisson(40.0 * weeks).astype(float)
    at_work = np.ones((N, DAYS), bool)
    calm, loud = (compare_parts(counts, at_work, GROUP, RECENT) for counts in (flat, wild))
    assert loud["scatter"][0] > 3 > calm["scatter"][0] >= 1
    width = (loud["high"] - loud["low"]).mean()
    assert width > 1.5 * (calm["high"] - calm["low"]).mean()
    narrow = compare_parts(wild, at_work, GROUP, RECENT, 0.5)
    assert (narrow["high"] - narrow["low"]).mean() < 0.6 * width
