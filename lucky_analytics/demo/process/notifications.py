"""Notifications: to who takes them, at a few fixed hours; opened most near a customer's usual hour, less
when frequent.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Floats, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS
from lucky_analytics.demo.process.timing import local_midnight_utc

__all__ = ["tables"]

N_PUSHES = 2_300_000
_HOURS, _HOUR_SHARES = np.array([8, 10, 12, 15, 18]), [0.2, 0.2, 0.25, 0.2, 0.15]
_CODES, _CODE_SHARES = ("coupon", "reminder", "news", "win_back"), [0.5, 0.25, 0.15, 0.1]


def tables(world: World) -> Iterator[NamedTable]:
    """``t_push_record``, in the order of time."""
    declared = estate.load().database("luckyus_upush")
    rng = stream(world.seed, "pushes")
    users, plant = world.users, world.planted["pushes"]
    n = round(N_PUSHES * world.targets.scale)
    propensity = rng.gamma(2.0, 1.0, users.n)
    midnight = local_midnight_utc(DAYS, np.zeros(N_DAYS, dtype=bool))
    joined = np.searchsorted(midnight, users.registered, side="right")
    gone = np.searchsorted(midnight, world.facts.deleted_at, side="right") - 1
    left = np.where(users.is_deleted, gone, N_DAYS)
    weight = propensity * users.allows_push * np.maximum(left - joined, 0)
    who = np.sort(rng.choice(users.n, n, p=weight / weight.sum()))
    day = joined[who] + (rng.random(n) * (left - joined)[who]).astype(np.int64)
    hour = rng.choice(_HOURS, n, p=_HOUR_SHARES)
    sent = midnight[day] + hour * 3600 + rng.integers(0, 600, n)
    order = np.lexsort((sent, who))
    who, sent, hour = who[order], sent[order], hour[order]
    earlier = np.searchsorted(who * (1 << 34) + sent, who * (1 << 34) + sent - 7 * 86_400)
    recent = np.arange(n) - np.maximum(earlier, np.searchsorted(who, who))
    near = np.abs(hour + 0.1 - _usual_hour(world)[who]) <= 1.5
    score = plant["open_base"] + plant["usual_hour"] * near + plant["per_recent_push"] * np.minimum(recent, 5)
    is_text = rng.random(n) < 0.12
    delivered = rng.random(n) < 0.97
    opened = delivered & ~is_text & (rng.random(n) < 1 / (1 + np.exp(-score)))
    wait = np.maximum(rng.exponential(1800, n), 5).astype(np.int64)
    code = rng.choice(len(_CODES), n, p=_CODE_SHARES)
    by_time = np.lexsort((who, sent))
    rows = table(declared.table("t_push_record").schema, {
        **world.customer_rows(130_000_001, who[by_time]),
        "push_type": np.where(is_text, 2, 1)[by_time],
        "template_code": choose(code[by_time], _CODES),
        "status": np.where(delivered, 1, 2)[by_time],
        "send_time": datetimes(sent[by_time]),
        "open_time": datetimes(np.where(opened, sent + wait, -1)[by_time]),
    })  # fmt: skip
    yield declared.name, "t_push_record", rows


def _usual_hour(world: World) -> Floats:
    """Mean hour of day of each user's orders, store-local; NaN without orders."""
    book, n = world.book, world.users.n
    hours = (book.created - local_midnight_utc(book.day, np.zeros(book.n, dtype=bool))) / 3600
    count = np.bincount(book.user, minlength=n)
    return np.divide(np.bincount(book.user, hours, n), count, out=np.full(n, np.nan), where=count > 0)
