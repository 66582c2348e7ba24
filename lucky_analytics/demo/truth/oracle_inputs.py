"""What the remaining plants came out as: those that are counted, and those that nothing moves once drawn."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import MONTH
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["HELD", "note_inputs"]

# Constants of a formula or chances of a draw that no later step touches: they act as planted.
HELD = {
    "cannibalisation": ("distance_km",),
    "churn": ("nearby_km",),
    "customers": ("favourite_share",),
    "elasticity": ("depths", "start_date", "new", "lapsed", "loyal", "salience", "pulled_forward"),
    "experiments": ("uplift",),
    "fees": ("fixed_cents", "rates", "service_rate"),
    "forecasts": ("drift_date", "new_store_weeks", "orders"),
    "production": ("learning", "learning_days"),
    "promotion": ("withdrawn_date",),
    "pushes": ("open_base", "per_recent_push", "usual_hour"),
    "referrals": ("influence_cv",),
    "ramp": ("hump", "hump_fade_weeks", "k_sd"),
}  # fmt: skip


def note_inputs(world: World, truth: Realised) -> None:
    """First orders by month, orders at the home store, average order values; and the plants of ``HELD``."""
    orders, book, pool = world.orders, world.book, world.orders.pool
    first = np.bincount(MONTH[pool.first_day[orders.candidate]], minlength=8) / max(orders.n_customers, 1)
    truth.note("customers", "first_order_shares", [round(float(share), 4) for share in first])
    ours = np.flatnonzero(orders.user < orders.n_customers)
    at_home = orders.row[ours] == pool.home[orders.candidate[orders.user[ours]]]
    truth.note("customers", "orders_at_home_store_share", float(at_home.mean()))
    usd = np.flatnonzero(book.is_completed & book.is_usd)
    for name, day in (("aov_start", book.day[usd] == 0), ("aov_february", MONTH[book.day[usd]] == 7)):
        if day.any():
            truth.note("promotion", name, float(book.pay[usd][day].mean() / 100))
    for mechanism, names in HELD.items():
        for name in names:
            truth.hold(mechanism, name)
