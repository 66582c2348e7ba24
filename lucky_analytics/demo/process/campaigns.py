"""Campaigns: when each ran, and who took part in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, same, table, texts
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.referrals import draw_referrals
from lucky_analytics.demo.tables.coupon_templates import new_york_midnight
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["VOUCHER_NO", "Partakes", "activity_table", "draw_partakes", "partake_table"]

N_PARTAKES = 514_000
# Type, name, first business day and the day after the last; price campaigns follow one another.
_CAMPAIGN_DAYS, _WINTER, _ONGOING = 58, 154, 365
_ACTIVITIES = (
    (1, "Welcome to Lucky", 0, _ONGOING),
    *((2, name, k * _CAMPAIGN_DAYS, (k + 1) * _CAMPAIGN_DAYS)
      for k, name in enumerate(("Opening Weeks", "Iced Days", "Warm Up", "Lunch Deal"))),
    (3, "Share a Cup", 0, _ONGOING), (4, "Lucky Draw", 0, _WINTER), (4, "Winter Draw", _WINTER, _ONGOING),
    (5, "First Cup On Us", 0, _ONGOING),
)  # fmt: skip
_WELCOME, _FIRST_PRICE, _SHARE, _FIRST_DRAW, _VOUCHER = 0, 1, 5, 6, 8
_ACTIVITY_NOS = [f"A{9_001 + k}" for k in range(len(_ACTIVITIES))]
VOUCHER_NO = _ACTIVITY_NOS[_VOUCHER]


def activity_table(schema: pa.Schema) -> pa.Table:
    n = len(_ACTIVITIES)
    start, end = new_york_midnight(np.array([row[2:] for row in _ACTIVITIES]).T)
    return table(schema, {
        "id": 9_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "activity_no": _ACTIVITY_NOS,
        "activity_name": [row[1] for row in _ACTIVITIES],
        "activity_type": [row[0] for row in _ACTIVITIES],
        "start_time": datetimes(start),
        "end_time": datetimes(end),
    })  # fmt: skip


@dataclass(frozen=True)
class Partakes:
    """One position a participation, in the order of its row: user, place in the list of campaigns, order and
    inviter (-1: none), UTC second, and the class of invitations that break a rule (``Referrals.planted``)."""

    user: Ints
    activity: Ints
    order: Ints
    inviter: Ints
    when: Ints
    planted: np.ndarray

    @property
    def ids(self) -> Ints:
        return 60_000_001 + np.arange(len(self.user))


def draw_partakes(world: World) -> Partakes:
    """Everyone's welcome or new-customer voucher, the orders of price campaigns, invitations and draws."""
    rng = stream(world.seed, "partakes")
    book, users = world.book, world.users
    is_reduced = np.bincount(book.lines.order, book.lines.listed - book.lines.sale, book.n) > 0
    reduced = np.flatnonzero(book.is_completed & is_reduced & ~book.is_delivery)
    rest = max(round(N_PARTAKES * world.targets.scale) - users.n, 0)
    if len(reduced) > rest * 0.9:
        reduced = np.sort(rng.choice(reduced, int(rest * 0.9), replace=False))
    brought = draw_referrals(
        book, users, world.orders.n_customers, (rest - len(reduced)) // 3, world.planted, world.targets,
        world.seed,
    )  # fmt: skip
    n_invited = len(brought.invited)
    n_draws = rest - len(reduced) - n_invited
    drawn = rng.integers(0, users.n, n_draws)
    lots = np.minimum(users.registered[drawn] + rng.integers(3600, 30 * 86_400, n_draws), book.created.max())
    winter = int(new_york_midnight(np.array([_WINTER]))[0])
    greeting = np.where(users.is_coupon_acquired, _VOUCHER, _WELCOME)
    price = _FIRST_PRICE + book.day[reduced] // _CAMPAIGN_DAYS
    none = np.full(users.n, -1)
    when = np.r_[users.registered, book.created[reduced], np.minimum(brought.when, book.created.max()), lots]
    user = np.r_[np.arange(users.n), book.user[reduced], brought.invited, drawn]
    sort = np.lexsort((user, when))
    return Partakes(
        user=user[sort],
        activity=np.r_[greeting, price, np.full(n_invited, _SHARE), _FIRST_DRAW + (lots >= winter)][sort],
        order=np.r_[none, reduced, np.full(n_invited + n_draws, -1)][sort],
        inviter=np.r_[none, np.full(len(reduced), -1), brought.inviter, np.full(n_draws, -1)][sort],
        when=when[sort],
        planted=np.r_[np.full(users.n + len(reduced), ""), brought.planted, np.full(n_draws, "")][sort],
    )


def partake_table(schema: pa.Schema, world: World) -> pa.Table:
    found = draw_partakes(world)
    n = len(found.user)
    inviter, order = (np.maximum(values, 0) for values in (found.inviter, found.order))
    return table(schema, {
        "id": found.ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "activity_no": choose(found.activity, _ACTIVITY_NOS),
        "user_no": world.user_no(found.user),
        "inviter_user_no": pc.if_else(pa.array(found.inviter >= 0), world.user_no(inviter), None),
        "order_id": pc.if_else(pa.array(found.order >= 0), texts(world.book.id[order]), None),
        "partake_time": datetimes(found.when),
    })  # fmt: skip
