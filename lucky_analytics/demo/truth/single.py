"""Worlds with one mechanism: the others at the values at which they do nothing."""

from __future__ import annotations

import copy

from lucky_analytics.demo.truth.planted import Plants

__all__ = ["STORE_LED", "only_plants"]

# Here the stores' orders are drawn and customers are whoever comes; elsewhere customers are drawn and
# the stores' orders are what they add up to.
STORE_LED = frozenset({"ramp", "cannibalisation", "promotion", "anomalies"})

_NEUTRAL: Plants = {
    "ramp": {"b": 0.0, "hump": 0.0, "noise_sd": 0.0},
    "cannibalisation": {"weight": 0.0},
    "promotion": {"novelty": 0.0, "withdrawn_step": 0.0, "second_lift": 0.0, "opening_event": 0.0,
                  "store_discount": 0.0},
    "churn": {"coupon_acquired": 1.0, "nearby_opening": 1.0},
    "elasticity": {"randomised_share": 0.0, "targeted_share": 0.0},
    "menu": {"pair_probability": 0.0, "confounded_share": 0.0},
    "experiments": {"win_1": 0.0, "win_2": 0.0, "broken_ratio": 0.0, "peeking_trap": 0.0,
                    "uplift": [0.0, 0.0, 0.0]},
    "referrals": {"quality": 0.0, "influence_cv": 0.0},
    "pushes": {"usual_hour": 0.0, "per_recent_push": 0.0},
    "production": {"load_slope": 0.0, "learning": 0.0},
    "forecasts": {"sigma_per_lead_day": 0.0, "bias_new_stores": 0.0, "bias_flagship": 0.0, "drift": 0.0,
                  "stock_out_share": 0.0},
    "waste": {"over_order": 0.0},
    "servers": {"slow_factor": 1.0, "crowded": 999, "replica_late_hours": 0.0, "growth_a_week": 0.0,
                "filling_cache": 999, "fragmented_cache": 999, "unused_caches": [999] * 9,
                "caches_without_ttl": [999] * 4},
    "cloud": {"idle_share": 0.0, "bursting": 0},
    "fraud": {"coupon_rings": 0, "shared_cards": 0, "refund_abusers": 0},
    "security": {"login_burst": 0.0},
    "pipelines": {"failing": "", "slowing": ""},
    "suppliers": {"on_time_after": 0.93, "rejected_after": 0.008, "price_rise": 0.0},
}  # fmt: skip


def only_plants(planted: Plants, only: str) -> Plants:
    """``planted`` with every mechanism but ``only`` (and the customers' process) neutral.

    A neutral mechanism is still there and does nothing: no lift, ratio 1, no exceptions. A ramp world keeps
    the spread of plateaus, which is no mechanism of its own.

    >>> only_plants({"ramp": {"b": 1.2}, "cannibalisation": {"weight": -0.45}}, "ramp")
    {'ramp': {'b': 1.2}, 'cannibalisation': {'weight': 0.0}}
    """
    quiet = copy.deepcopy(planted)
    for mechanism, values in quiet.items():
        if mechanism == only:
            continue
        if mechanism in ("anomalies", "changes"):
            values.clear()
        neutral = _NEUTRAL.get(mechanism, {})
        values.update({name: neutral[name] for name in neutral if name in values})
        if mechanism == "exceptions":
            values.update({name: type(value)(0) for name, value in values.items()})
    return quiet
