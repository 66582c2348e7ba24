"""Affinity: exact expectations by brute force, calibrated p-values, false discoveries, Simpson's paradox."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.affinity import estimate_affinity
from lucky_analytics.methods.inference.false_discovery import adjust_p_values

SHARES = np.array([0.2, 0.12, 0.1, 0.08, *[0.05] * 6, *[0.02] * 10])


def draw_pairs(rng, shares, n, planted=(), lift=2.0):
    """``n`` pairs of different products, the planted ones ``lift`` times as likely as independence has it."""
    joint = np.triu(np.outer(shares, shares), 1)
    for a, b in planted:
        joint[a, b] *= lift
    counts = rng.multinomial(n, joint.ravel() / joint.sum()).reshape(joint.shape)
    a, b = np.nonzero(counts)
    label = np.array([f"p{k:02d}" for k in range(len(shares))])
    return pd.DataFrame({"product_a": label[a], "product_b": label[b], "n": counts[a, b]})


def strata_of(*tables):
    return pd.concat([table.assign(stratum=k) for k, table in enumerate(tables)], ignore_index=True)


def test_without_affinity_lift_is_one_even_for_the_largest_products():
    # expected counts, not drawn ones: independence without a diagonal is met exactly
    joint = 1e6 * np.triu(np.outer(SHARES, SHARES), 1)
    a, b = np.nonzero(joint)
    table = pd.DataFrame({"stratum": 0, "product_a": a, "product_b": b, "n": joint[a, b]})
    got = estimate_affinity(table)
    assert got["lift"].to_numpy() == pytest.approx(1, abs=1e-3)
    assert len(got) == len(a)


def test_p_values_are_those_of_fishers_exact_test_for_rare_products():
    rng = np.random.default_rng(1)
    shares = np.full(60, 1 / 60)
    table = draw_pairs(rng, shares, 30_000).assign(stratum=0)
    got = estimate_affinity(table)
    margin = (
        pd.concat([table.groupby(c)["n"].sum() for c in ("product_a", "product_b")]).groupby(level=0).sum()
    )
    exact = hypergeom.sf(
        got["n"] - 1, 60_000, margin[got["product_a"]].to_numpy(), margin[got["product_b"]].to_numpy()
    )
    # leaving the diagonal out moves the expectation by one part in sixty
    assert np.abs(got["p"] - exact).max() < 0.08
    assert np.corrcoef(got["p"], exact)[0, 1] > 0.999


def test_false_discoveries_are_held_and_true_pairs_found():
    planted = [(0, 4), (1, 5), (2, 12), (6, 13), (3, 7), (8, 9)]
    names = {(f"p{a:02d}", f"p{b:02d}") for a, b in planted}
    false = found = n_found = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        got = estimate_affinity(
            strata_of(*(draw_pairs(rng, rng.dirichlet(50 * SHARES), 8_000, planted, 1.6) for _ in range(5)))
        )
        findings = set(
            got.loc[got["q"] <= 0.05, ["product_a", "product_b"]].itertuples(index=False, name=None)
        )
        found += len(findings & names)
        false += len(findings - names)
        n_found += len(findings)
    # a product whose drawn share is tiny is expected too rarely to be tested
    assert found >= 0.95 * 30 * len(planted)
    assert false / n_found < 0.09


def test_p_values_without_any_affinity_are_uniform():
    small = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        got = estimate_affinity(
            strata_of(*(draw_pairs(rng, rng.dirichlet(50 * SHARES), 3_000) for _ in range(4)))
        )
        small.append((got["p"] <= 0.05).mean())
    assert 0.03 < np.mean(small) < 0.06


def test_a_pair_that_only_shares_its_daypart_is_found_pooled_and_cleared_within():
    rng = np.random.default_rng(4)
    morning, evening = SHARES.copy(), SHARES.copy()
    morning[[4, 5]] *= 4
    evening[[4, 5]] /= 4
    table = strata_of(*(draw_pairs(rng, s / s.sum(), 20_000) for s in (morning, evening)))
    got = estimate_affinity(table).set_index(["product_a", "product_b"]).loc[("p04", "p05")]
    assert got["pooled_q"] < 1e-6 < 0.05 < got["q"]
    assert got["pooled_lift"] > 1.3 > 1.15 > got["lift"]
    assert got["lift_low"] < got["lift"] < got["lift_high"]


def test_what_categories_explain_is_not_a_products_affinity():
    group = np.repeat([0, 1], [4, len(SHARES) - 4])
    groups = {f"p{k:02d}": str(group[k]) for k in range(len(SHARES))}
    false = found = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        tables = []
        for _ in range(4):
            shares = rng.dirichlet(50 * SHARES)
            joint = np.triu(np.outer(shares, shares), 1) * np.where(group[:, None] == group, 2.0, 1.0)
            joint[1, 5] *= 2.5
            counts = rng.multinomial(10_000, joint.ravel() / joint.sum()).reshape(joint.shape)
            a, b = np.nonzero(counts)
            label = np.array(list(groups))
            tables.append(pd.DataFrame({"product_a": label[a], "product_b": label[b], "n": counts[a, b]}))
        plain, grouped = (estimate_affinity(strata_of(*tables), g) for g in (None, groups))
        assert (plain["q"] <= 0.05).sum() > 10
        findings = set(
            grouped.loc[grouped["q"] <= 0.05, ["product_a", "product_b"]].itertuples(index=False, name=None)
        )
        found += ("p01", "p05") in findings
        false += len(findings - {("p01", "p05")})
    assert found == 10
    assert false <= 4
    with pytest.raises(LuckyError, match="a group for every product, got none for p01"):
        estimate_affinity(strata_of(*tables), {"p00": "a"})


def test_rarely_expected_pairs_are_not_tested_and_the_level_widens():
    table = draw_pairs(np.random.default_rng(2), SHARES, 4_000).assign(stratum=0)
    all_of_them = estimate_affinity(table, min_expected=0.0)
    usual = estimate_affinity(table)
    assert len(usual) < len(all_of_them)
    assert (usual["expected"] >= 5).all()
    wide = estimate_affinity(table, level=0.99)
    assert (wide["lift_high"] > usual["lift_high"]).all()


def test_no_order_with_two_products_is_refused():
    with pytest.raises(LuckyError, match="at least one order with two products, got none"):
        estimate_affinity(pd.DataFrame({"stratum": [], "product_a": [], "product_b": [], "n": []}))


def test_q_values_equal_the_step_up_rule():
    p = np.random.default_rng(3).uniform(size=50) ** 3
    q = adjust_p_values(p)
    ordered = np.sort(p)
    passes = np.flatnonzero(ordered <= 0.1 * np.arange(1, 51) / 50)
    assert (q <= 0.1).sum() == (passes.max() + 1 if len(passes) else 0)
    assert (np.argsort(q, kind="stable") == np.argsort(p, kind="stable")).mean() > 0.5
