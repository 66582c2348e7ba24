"""The three worlds of touches that tests share, and what the page makes of them."""

from __future__ import annotations

import functools

from lucky_analytics.questions.marketing.channel_attribution import (
    credits,
    hold_outs,
    journeys,
)
from tests.touch_world import simulate

N = 4_000


@functools.cache
def world(kind):
    kinds = {
        "null": {"held_out": {"mail": 0.2}},
        "mail adds": {"adds": {"mail": 0.08}, "held_out": {"mail": 0.3, "social": 0.3}, "cost": 0.001},
        "push is last": {"trap": "push", "held_out": {"push": 0.3}, "cost": 0.5},
    }
    return simulate(N, 11, **kinds[kind])


@functools.cache
def pages(kind, first_orders=False):
    touches = world(kind)
    paths = journeys.cut_journeys(touches, 30, first_orders)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    return paths, table, hold_outs.measure_hold_outs(touches, 30, first_orders, None)
