"""Marketing labels: what the platform derives of each customer, and the audiences of past campaigns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, table
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.process.order_facts import OrderFacts

__all__ = ["label_table"]

N_LABELS, N_AUDIENCES = 3_900_000, 36
_DAY = 86_400
_ACTIVITY = ("ordered_7d", "ordered_30d", "sleeping_60d", "lapsed", "never_ordered")
_FREQUENCY = ("no_order", "one_order", "two_to_four_orders", "five_or_more_orders")
_DEVICE = ("android", "ios")


def label_table(schema: pa.Schema, world: World, facts: OrderFacts) -> pa.Table:
    """``t_user_group_label``: device, activity and frequency of everyone, taste of those who ordered, the
    voucher, then audiences of campaigns up to the published count; a customer has a label once.
    """
    rng = stream(world.seed, "labels")
    users = world.users
    everyone = np.arange(users.n)
    quiet = (facts.end - facts.last) // _DAY
    activity = np.where(facts.last < 0, 4, np.searchsorted([7, 30, 60], quiet))
    frequency = np.searchsorted([1, 2, 5], facts.n_orders, side="right")
    taste, acquired = np.flatnonzero(facts.category >= 0), np.flatnonzero(users.is_coupon_acquired)
    derived = (
        (_DEVICE, everyone, users.device - 1),
        (_ACTIVITY, everyone, activity),
        (_FREQUENCY, everyone, frequency),
        (tuple(f"likes_{name}" for name in CATEGORIES), taste, facts.category[taste]),
        (("new_customer_voucher",), acquired, np.zeros(len(acquired), np.int64)),
    )
    codes: list[str] = []
    parts: list[tuple[Ints, Ints]] = []
    for names, who, value in derived:
        parts.append((who, len(codes) + value))
        codes += names
    n_derived = sum(len(who) for who, _ in parts)
    pair = _audiences(users.n, round(N_LABELS * world.targets.scale) - n_derived, rng)
    parts.append((pair // N_AUDIENCES, len(codes) + pair % N_AUDIENCES))
    codes += [f"audience_{k + 1:02d}" for k in range(N_AUDIENCES)]
    user, label = (np.concatenate([part[k] for part in parts]) for k in range(2))
    since = np.maximum(users.registered, facts.last)[user[:n_derived]]
    room = np.maximum(facts.end - users.registered, 1)
    joined = users.registered[user[n_derived:]] + (rng.random(len(pair)) * room[user[n_derived:]]).astype(int)
    when = np.minimum(np.r_[since, joined], facts.end)
    order = np.lexsort((label, user, when))
    user, label = user[order], label[order]
    return table(schema, {
        **world.customer_rows(140_000_001, user),
        "label_code": choose(label, codes),
        "label_type": np.where(label < len(codes) - N_AUDIENCES, 1, 2),
        "create_time": datetimes(when[order]),
    })  # fmt: skip


def _audiences(n_users: int, wanted: int, rng: np.random.Generator) -> Ints:
    """``wanted`` different pairs of customer and audience, as customer x audiences + audience."""
    n = n_users * N_AUDIENCES
    return rng.choice(n, min(max(wanted, 0), n), replace=False)
