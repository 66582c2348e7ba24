"""The marketing database: coupon templates, exposures and coupons, campaigns and who took part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.arrays import Ints, stream
from lucky_analytics.demo.columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.coupon_templates import DEPTH, Templates, new_york_midnight
from lucky_analytics.demo.discounts import NO_COUPONS
from lucky_analytics.demo.horizon import FIRST_DATE, N_DAYS, N_WEEKS
from lucky_analytics.demo.menu import CATEGORIES
from lucky_analytics.demo.shops import LIVE_TENANT
from lucky_analytics.demo.world import NamedTable, World

__all__ = ["VOUCHER_NO", "tables"]

N_COUPONS, N_UNEXPIRED, N_PARTAKES = 2_600_000, 2_420_000, 514_000
UNUSED, USED, EXPIRED = 1, 2, 3
_FIRST_COUPON = 70_000_000_001
_ACTIVITIES = (
    (1, "Welcome to Lucky"), (2, "Opening Week"), (2, "Iced Days"), (2, "Warm Up"), (2, "Lunch Deal"),
    (3, "Share a Cup"), (4, "Lucky Draw"), (4, "Winter Draw"), (5, "First Cup On Us"),
)  # fmt: skip
_WELCOME, _FIRST_PRICE, _SHARE, _FIRST_DRAW, _VOUCHER = 0, 1, 5, 6, 8
_ACTIVITY_NOS = [f"A{9_001 + k}" for k in range(len(_ACTIVITIES))]
VOUCHER_NO = _ACTIVITY_NOS[_VOUCHER]


def tables(world: World) -> Iterator[NamedTable]:
    """Templates, exposures, coupons, campaigns, participations."""
    declared = estate.load().database("luckyus_sales_marketing")
    templates = Templates(world)
    exposures = declared.table("t_coupon_exposure").schema
    partakes = declared.table("t_market_activity_partake").schema
    yield declared.name, "t_coupon_template", templates.table(declared.table("t_coupon_template").schema)
    yield declared.name, "t_coupon_exposure", _exposures(exposures, world, templates)
    yield (
        declared.name,
        "t_coupon_record",
        _coupons(declared.table("t_coupon_record").schema, world, templates),
    )
    yield declared.name, "t_market_activity", _activities(declared.table("t_market_activity").schema)
    yield declared.name, "t_market_activity_partake", _partakes(partakes, world)


def _exposures(schema: pa.Schema, world: World, templates: Templates) -> pa.Table:
    """What the program showed to every customer of its two arms, week by week."""
    orders, program = world.orders, world.orders.pool.program
    arm = program.arm(orders.candidate)
    users = np.flatnonzero(arm != NO_COUPONS)
    first_week = orders.pool.first_day[orders.candidate[users]] // 7
    parts = []
    for week in range(program.start_week, N_WEEKS):
        who = users[first_week < week]
        category, depth = program.coupons(orders.candidate[who], np.full(len(who), week))
        level = np.searchsorted(program.depths, depth.ravel())
        parts.append(np.stack([np.repeat(who, 2), np.full(2 * len(who), week), category.ravel(), level]))
    user, week, category, level = np.concatenate(parts, axis=1)
    n = len(user)
    monday = (np.datetime64(FIRST_DATE) + 7 * week).astype("datetime64[D]")
    shown = new_york_midnight(week * 7) + 6 * 3600 + (world.users.ids[user] * 7919) % 3600
    return table(schema, {
        "id": 1_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "user_no": world.user_no(user),
        "template_no": choose(templates.weekly(week, category, level), templates.numbers),
        "assign_type": arm[user],
        "one_category_name": choose(category, CATEGORIES),
        "discount_depth": decimals(np.round(program.depths[level] * 100).astype(np.int64), DEPTH),
        "week_start": pa.array(monday),
        "expose_time": datetimes(shown),
    })  # fmt: skip


def _coupons(schema: pa.Schema, world: World, templates: Templates) -> pa.Table:
    """Unexpired coupons, those used lately with their order, and some that ran out."""
    rng = stream(world.seed, "coupons")
    book, lines = world.book, world.book.lines
    now = int(new_york_midnight(np.array([N_DAYS]) - 1)[0]) + 86_400
    total, unexpired = (round(n * world.targets.scale) for n in (N_COUPONS, N_UNEXPIRED))
    off = np.bincount(lines.order, lines.sale - lines.pay, book.n).astype(np.int64)
    redeemed = np.flatnonzero(book.is_completed & (off > 0) & (book.user < world.orders.n_customers))
    redeemed = redeemed[-round((total - unexpired) * 0.83) :]
    expired = total - unexpired - len(redeemed)
    user = np.r_[rng.integers(0, world.users.n, unexpired), book.user[redeemed],
                 rng.integers(0, world.users.n, expired)]  # fmt: skip
    status = np.repeat([UNUSED, USED, EXPIRED], [unexpired, len(redeemed), expired])
    received = np.r_[now - rng.integers(0, 30 * 86_400, unexpired),
                     book.created[redeemed] - rng.integers(600, 6 * 86_400, len(redeemed)),
                     now - rng.integers(40 * 86_400, 60 * 86_400, expired)]  # fmt: skip
    received = np.maximum(received, world.users.registered[user])
    expires = received + np.where(status == UNUSED, 45, 14) * 86_400
    # What was used or has run out is not among the published unexpired ones.
    expires = np.where(status != UNUSED, np.minimum(expires, now - 3600), expires)
    used = np.full(total, -1)
    used[status == USED] = book.created[redeemed]
    expires = np.maximum(expires, used)
    order = np.full(total, -1)
    order[status == USED] = redeemed
    by_time = np.lexsort((user, received))
    order, status = order[by_time], status[by_time]
    template = templates.n_weekly + rng.integers(0, templates.n - templates.n_weekly, total)
    template = np.where(order >= 0, _redeemed_templates(world, templates, order, template), template)
    has_order = pa.array(order >= 0)
    ids = _FIRST_COUPON + np.arange(total)
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, total, pa.string()),
        "coupon_no": pc.binary_join_element_wise("C", texts(ids), ""),
        "template_no": choose(template, templates.numbers),
        "user_no": world.user_no(user[by_time]),
        "status": status,
        "receive_time": datetimes(received[by_time]),
        "expire_time": datetimes(expires[by_time]),
        "use_time": datetimes(used[by_time]),
        "order_id": pc.if_else(has_order, texts(book.id[np.maximum(order, 0)]), None),
        "discount_money": decimals(np.where(order >= 0, off[np.maximum(order, 0)], 0), is_null=order < 0),
    })  # fmt: skip


def _redeemed_templates(world: World, templates: Templates, order: Ints, otherwise: Ints) -> Ints:
    """The program's template where an order has a unit priced by the program, else the given one."""
    book, items = world.book, world.items
    unit = np.flatnonzero(items.is_frozen)
    weekly = np.full(world.orders.n, -1)
    level = np.searchsorted(templates.depths, items.depth[unit])
    week = world.orders.day[items.order[unit]] // 7
    weekly[items.order[unit]] = templates.weekly(week, world.menu.category[items.product[unit]], level)
    found = weekly[book.source[np.maximum(order, 0)]]
    return np.where((order >= 0) & (found >= 0), found, otherwise)


def _activities(schema: pa.Schema) -> pa.Table:
    n = len(_ACTIVITIES)
    start = new_york_midnight(np.zeros(n, np.int64))
    return table(schema, {
        "id": 9_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "activity_no": _ACTIVITY_NOS,
        "activity_name": [name for _, name in _ACTIVITIES],
        "activity_type": [kind for kind, _ in _ACTIVITIES],
        "start_time": datetimes(start),
        "end_time": datetimes(start + 365 * 86_400),
    })  # fmt: skip


def _partakes(schema: pa.Schema, world: World) -> pa.Table:
    """Everyone's welcome or new-customer voucher, the orders of price campaigns, invitations and draws."""
    rng = stream(world.seed, "partakes")
    book, users = world.book, world.users
    total = round(N_PARTAKES * world.targets.scale)
    welcome = np.arange(users.n)
    campaign = np.bincount(book.lines.order, book.lines.listed - book.lines.sale, book.n) > 0
    campaign_orders = np.flatnonzero(book.is_completed & campaign & ~book.is_delivery)
    rest = max(total - len(welcome), 0)
    if len(campaign_orders) > rest * 0.9:
        campaign_orders = np.sort(rng.choice(campaign_orders, int(rest * 0.9), replace=False))
    n_invited = (rest - len(campaign_orders)) // 3
    n_draws = rest - len(campaign_orders) - n_invited
    invited = rng.choice(users.n, n_invited, replace=False)
    drawn = rng.integers(0, users.n, n_draws)
    user = np.r_[welcome, book.user[campaign_orders], invited, drawn][:total]
    month = book.day[campaign_orders] // 58
    greeting = np.where(users.is_coupon_acquired, _VOUCHER, _WELCOME)
    activity = np.r_[greeting, _FIRST_PRICE + month, np.full(n_invited, _SHARE),
                     _FIRST_DRAW + rng.integers(0, 2, n_draws)][:total]  # fmt: skip
    when = np.r_[users.registered, book.created[campaign_orders], users.registered[invited] + 30,
                 users.registered[drawn] + rng.integers(3600, 30 * 86_400, n_draws)][:total]  # fmt: skip
    when = np.minimum(when, book.created.max())
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
