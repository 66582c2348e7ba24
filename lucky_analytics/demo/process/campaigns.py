"""Campaigns: when each ran, and who took part in it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, same, table, texts
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.tables.coupon_templates import new_york_midnight
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["VOUCHER_NO", "activity_table", "partake_table"]

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


def partake_table(schema: pa.Schema, world: World) -> pa.Table:
    """Everyone's welcome or new-customer voucher, the orders of price campaigns, invitations and draws."""
    rng = stream(world.seed, "partakes")
    book, users = world.book, world.users
    total = round(N_PARTAKES * world.targets.scale)
    welcome = np.arange(users.n)
    is_reduced = np.bincount(book.lines.order, book.lines.listed - book.lines.sale, book.n) > 0
    campaign_orders = np.flatnonzero(book.is_completed & is_reduced & ~book.is_delivery)
    rest = max(total - len(welcome), 0)
    if len(campaign_orders) > rest * 0.9:
        campaign_orders = np.sort(rng.choice(campaign_orders, int(rest * 0.9), replace=False))
    n_invited = (rest - len(campaign_orders)) // 3
    n_draws = rest - len(campaign_orders) - n_invited
    invited = rng.choice(users.n, n_invited, replace=False)
    drawn = rng.integers(0, users.n, n_draws)
    user = np.r_[welcome, book.user[campaign_orders], invited, drawn][:total]
    campaign = book.day[campaign_orders] // _CAMPAIGN_DAYS
    greeting = np.where(users.is_coupon_acquired, _VOUCHER, _WELCOME)
    when = np.r_[users.registered, book.created[campaign_orders], users.registered[invited] + 30,
                 users.registered[drawn] + rng.integers(3600, 30 * 86_400, n_draws)][:total]  # fmt: skip
    when = np.minimum(when, book.created.max())
    winter = int(new_york_midnight(np.array([_WINTER]))[0])
    activity = np.r_[greeting, _FIRST_PRICE + campaign, np.full(n_invited, _SHARE),
                     _FIRST_DRAW + (when[len(when) - n_draws :] >= winter)][:total]  # fmt: skip
    order = np.r_[np.full(len(welcome), -1), campaign_orders, np.full(n_invited + n_draws, -1)][:total]
    # Whoever registered some hundred places earlier may have shared the link.
    by_rank = np.argsort(users.rank)
    earlier = by_rank[np.maximum(users.rank[user] - rng.geometric(0.005, total), 0)]
    sort = np.lexsort((user, when))
    user, activity, order, earlier = user[sort], activity[sort], order[sort], earlier[sort]
    is_invited = pa.array((activity == _SHARE) & (earlier != user))
    return table(schema, {
        "id": 60_000_001 + np.arange(total),
        "tenant": same(LIVE_TENANT, total, pa.string()),
        "activity_no": choose(activity, _ACTIVITY_NOS),
        "user_no": world.user_no(user),
        "inviter_user_no": pc.if_else(is_invited, world.user_no(earlier), None),
        "order_id": pc.if_else(pa.array(order >= 0), texts(book.id[np.maximum(order, 0)]), None),
        "partake_time": datetimes(when[sort]),
    })  # fmt: skip
