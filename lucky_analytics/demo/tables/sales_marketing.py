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
from lucky_analytics.demo.build.write import Batches
from lucky_analytics.demo.process.campaigns import activity_table, partake_table
from lucky_analytics.demo.process.discounts import NO_COUPONS
from lucky_analytics.demo.process.horizon import FIRST_DATE, N_DAYS, N_WEEKS
from lucky_analytics.demo.process.menu_list import CATEGORIES
from lucky_analytics.demo.tables.coupon_archive import (
    Archive,
    archive_coupons,
    archived_rows,
    count_table,
    shown_at,
)
from lucky_analytics.demo.tables.coupon_templates import DEPTH, LONGEST_VALID, Templates, new_york_midnight
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

N_COUPONS, N_UNEXPIRED = 2_600_000, 2_420_000
UNUSED, USED, EXPIRED = 1, 2, 3
_FIRST_COUPON = 70_000_000_001
# Seconds before the end at which coupons that have run out were given.
_LONG_AGO = ((LONGEST_VALID + 1) * 86_400, (LONGEST_VALID + 19) * 86_400)


def tables(world: World, is_cold: bool = False) -> Iterator[NamedTable]:
    """Templates, exposures, coupons, the archive by kind and week, campaigns, participations; ``is_cold``:
    only the archive coupon by coupon."""
    declared = estate.load().database("luckyus_sales_marketing")
    schemas = {name: each.schema for name, each in declared.tables.items()}
    templates, shown = Templates(world), _list_shown(world)
    redeemed, off = _list_redeemed(world)
    archive = _archive(world, templates, shown, redeemed, off)
    if is_cold:
        rows = Batches(schemas["t_coupon_record_expired"], archived_rows(
            schemas["t_coupon_record_expired"], archive, world, templates))  # fmt: skip
        yield declared.name, "t_coupon_record_expired", rows
        return
    yield declared.name, "t_coupon_template", templates.table(schemas["t_coupon_template"])
    yield (
        declared.name,
        "t_coupon_exposure",
        _exposures(schemas["t_coupon_exposure"], world, templates, shown),
    )
    del shown
    coupons = _coupons(schemas["t_coupon_record"], world, templates, redeemed, off)
    yield declared.name, "t_coupon_record", coupons
    del coupons
    counted = count_table(schemas["t_coupon_expired_stat"], archive, templates)
    yield declared.name, "t_coupon_expired_stat", counted
    yield declared.name, "t_market_activity", activity_table(schemas["t_market_activity"])
    partakes = schemas["t_market_activity_partake"]
    yield declared.name, "t_market_activity_partake", partake_table(partakes, world)


def _list_shown(world: World) -> Ints:
    """User, week, category and place of the depth [4, n] of all that the program showed, week by week."""
    orders, program = world.orders, world.orders.pool.program
    users = np.flatnonzero(program.arm(orders.candidate) != NO_COUPONS)
    first_week = orders.pool.first_day[orders.candidate[users]] // 7
    parts = []
    for week in range(program.start_week, N_WEEKS):
        who = users[first_week < week]
        category, depth = program.coupons(orders.candidate[who], np.full(len(who), week))
        level = np.searchsorted(program.depths, depth.ravel())
        parts.append(np.stack([np.repeat(who, 2), np.full(2 * len(who), week), category.ravel(), level]))
    return np.concatenate(parts, axis=1)


def _exposures(schema: pa.Schema, world: World, templates: Templates, listed: Ints) -> pa.Table:
    """What the program showed to every customer of its two arms, week by week."""
    program, arm = world.orders.pool.program, world.orders.pool.program.arm(world.orders.candidate)
    user, week, category, level = listed
    n = len(user)
    monday = (np.datetime64(FIRST_DATE) + 7 * week).astype("datetime64[D]")
    shown = shown_at(week, user, world)
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


def _list_redeemed(world: World) -> tuple[Ints, Ints]:
    """Orders with something taken off, in the order of time, and the cents taken off each order."""
    book, lines = world.book, world.book.lines
    off = np.bincount(lines.order, lines.sale - lines.pay, book.n).astype(np.int64)
    redeemed = np.flatnonzero(book.is_completed & (off > 0) & (book.user < world.orders.n_customers))
    return redeemed, off


def _count_live(world: World) -> tuple[int, int, int]:
    """Coupons that are not archived: all, unexpired, and at most how many of them used."""
    total, unexpired = (round(n * world.targets.scale) for n in (N_COUPONS, N_UNEXPIRED))
    return total, unexpired, round((total - unexpired) * 0.83)


def _archive(world: World, templates: Templates, listed: Ints, redeemed: Ints, off: Ints) -> Archive:
    user, week, category, level = listed[:, world.orders.pool.program.depths[listed[3]] > 0]
    weekly = _redeemed_templates(world, templates, redeemed, np.full(len(redeemed), -1))
    weekly[templates.depth[weekly] == 0] = -1  # what was offered without a discount is no coupon
    n_live = min(_count_live(world)[2], len(redeemed))
    shown = templates.weekly(week, category, level)
    return archive_coupons(world, templates, redeemed, weekly, n_live, off, shown, user)


def _coupons(schema: pa.Schema, world: World, templates: Templates, redeemed: Ints, off: Ints) -> pa.Table:
    """Unexpired coupons, those used lately with their order, and some that ran out.

    Each was given while its template ran and is valid for the template's days; use ends it.
    """
    rng = stream(world.seed, "coupons")
    book = world.book
    now = int(new_york_midnight(np.array([N_DAYS]) - 1)[0]) + 86_400
    total, unexpired, most_used = _count_live(world)
    redeemed = redeemed[-most_used:]
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
    received[is_weekly] = shown_at(templates.week[template[is_weekly]], user[is_weekly], world)
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
