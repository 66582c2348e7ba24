"""Over worlds of their own: where hour and frequency do nothing no page claims it, and plants are held."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from lucky_analytics.questions.marketing.push_timing import opens, orders_after, texts
from tests import push_world as world
from tests.coverage_rule import holds

N_NULL, N_PLANTED = 80, 60
NEAR, RECENT, RATIO = 4.0, -0.6, 1.3


def judge(**planted):
    log = world.simulate(**planted)
    made = opens.compare_opens(log)
    return made, orders_after.compare_orders(log, 24, made.half)


@pytest.mark.full
def test_pages_claim_something_where_nothing_acts_no_more_often_than_they_say():
    n_any = n_title = n_timed = 0
    for seed in range(N_NULL):
        made, after = judge(seed=seed)
        ratios = (after.table, after.by_hour)
        beyond = [((table["low"] > 1) | (table["high"] < 1)).any() for table in ratios]
        steps = made.by_recent.iloc[1:]
        beyond += [made.table["is_clear"].any(), ((steps["low"] > 0) | (steps["high"] < 0)).any()]
        n_any += any(beyond)
        n_title += not texts.name_finding(made, after).startswith("No hour")
        n_timed += after.is_timed
    most = binom.ppf(0.99, N_NULL, 0.1)
    assert n_any <= most and n_title <= most and n_timed <= 2


@pytest.mark.full
def test_where_sends_follow_openings_frequency_is_not_read():
    n_followed = n_title = 0
    for seed in range(20):
        made, after = judge(seed=500 + seed, follow=0.5)
        n_followed += made.is_followed
        n_title += "frequent" in texts.name_finding(made, after)
    assert n_followed == 20 and n_title == 0


@pytest.mark.full
def test_intervals_hold_what_was_planted_as_often_as_they_say():
    """Each alone, were its interval of 90 %; and all three together, as they stand on the page."""
    alone, together = [], []
    for seed in range(N_PLANTED):
        made, after = judge(seed=1000 + seed, near=NEAR / 100, recent=RECENT / 100, ratio=RATIO)
        near, recent, push = made.row("own hour"), made.row("frequency"), after.table.iloc[0]
        narrow = 1.645 / made.half
        pairs = [(near, NEAR, float), (recent, RECENT, float), (push, RATIO, np.log)]
        away = [abs(scale(truth) - scale(row["value"])) for row, truth, scale in pairs]
        half = [(scale(row["high"]) - scale(row["low"])) / 2 for row, _, scale in pairs]
        alone.append(np.mean([a <= h * narrow for a, h in zip(away, half, strict=True)]))
        together.append(all(a <= h for a, h in zip(away, half, strict=True)))
    assert holds(alone, 0.9)
    assert sum(together) >= binom.ppf(0.01, N_PLANTED, 0.9)
