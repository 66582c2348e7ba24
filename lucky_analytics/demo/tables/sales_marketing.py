"""The marketing database: coupon templates, exposures and coupons, campaigns and who took part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.campaigns import activity_table, partake_table
from lucky_analytics.demo.process.discounts import NO_COUPONS
from lucky_analytics.demo.process.horizon import FIRST_DATE, N_DAYS, N_WEEKS
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.tables.coupon_templates import DEPTH, LONGEST_VALID, Templates, new_york_midnight
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

N_COUPONS, N_UNEXPIRED = 2_600_000, 2_420_000
UNUSED, USED, EXPIRED = 1, 2, 3
_FIRST_COUPON = 70_000_000_001
# Seconds before the end at which coupons that have run out were given.
_LONG_AGO = ((LONGEST_VALID + 1) * 86_400, (LONGEST_VALID + 19) * 86_400)


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
    yield declared.name, "t_market_activity", activity_table(declared.table("t_market_activity").schema)
    yield declared.name, "t_market_activity_partake", partake_table(partakes, world)


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
    shown = _shown(week, user, world)
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


def _shown(week: Ints, user: Ints, world: World) -> Ints:
    """UTC second at which each user is shown the coupons of a week: on Monday between six and seven."""
    return new_york_midnight(week * 7) + 6 * 3600 + (world.users.ids[user] * 7919) % 3600


def _coupons(schema: pa.Schema, world: World, templates: Templates) -> pa.Table:
    """Unexpired coupons, those used lately with their order, and some that ran out.

    Each was given while its template ran and is valid for the template's days; use ends it.
    """
    rng = stream(world.seed, "coupons")
    book, lines = world.book, world.book.lines
    now = int(new_york_midnight(np.array([N_DAYS]) - 1)[0]) + 86_400
    total, unexpired = (round(n * world.targets.scale) for n in (N_COUPONS, N_UNEXPIRED))
    off = np.bincount(lines.order, lines.sale - lines.pay, book.n).astype(np.int64)
    redeemed = np.flatnonzero(book.is_completed & (off > 0) & (book.user < world.orders.n_customers))
    redeemed = redeemed[-round((total - unexpired) * 0.83) :]
    expired = total - unexpired - len(redeemed)
    keeps = np.flatnonzero(~world.users.is_deleted)
    old = np.flatnonzero(~world.users.is_deleted & (world.users.registered < now - _LONG_AGO[1]))
    user = np.r_[rng.choice(keeps, unexpired), book.user[redeemed], rng.choice(old, expired)]
    status = np.repeat([UNUSED, USED, EXPIRED], [unexpired, len(redeemed), expired])
    received = np.r_[now - rng.integers(0, 30 * 86_400, unexpired),
                     book.created[redeemed] - rng.integers(600, 6 * 86_400, len(redeemed)),
                     now - rng.integers(*_LONG_AGO, expired)]  # fmt: skip
    received = np.maximum(received, world.users.registered[user])
    order = np.full(total, -1)
    order[status == USED] = redeemed
    days = np.searchsorted(new_york_midnight(np.arange(N_DAYS)), received, side="right") - 1
    template = _redeemed_templates(world, templates, order, templates.general(days, rng))
    is_weekly = template < templates.n_weekly
    received[is_weekly] = _shown(templates.week[template[is_weekly]], user[is_weekly], world)
    used = np.where(order >= 0, book.created[np.maximum(order, 0)], -1)
    expires = np.where(order >= 0, used, received + templates.valid_days[template] * 86_400)
    by_time = np.lexsort((user, received))
    order, status, template = order[by_time], status[by_time], template[by_time]
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
