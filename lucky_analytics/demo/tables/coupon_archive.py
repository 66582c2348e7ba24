"""Coupons that were used or ran out some while ago: counts by kind and week, and all 37M rows, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Ints, largest_remainder, stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.tables.coupon_templates import RUN_DAYS, Templates, business_day, new_york_midnight
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["Archive", "archive_coupons", "archived_rows", "count_table", "shown_at"]

N_ARCHIVED = 37_000_000
_FIRST_ARCHIVED = 60_000_000_001
_ARCHIVED_AFTER = 40  # days from the end of a coupon
_USED, _EXPIRED = 2, 3
_DAY = 86_400


@dataclass(frozen=True)
class Archive:
    """``used``: position of each archived coupon's order, with its ``template``, second of ``received`` and
    ``off`` (cents). Unused ones of the weekly program by ``pair_template`` and ``pair_user``; of all others
    ``n_lapsed`` by ``cell_template`` and ``cell_week`` (of the horizon, in which they were given)."""

    used: Ints
    template: Ints
    received: Ints
    off: Ints
    pair_template: Ints
    pair_user: Ints
    cell_template: Ints
    cell_week: Ints
    n_lapsed: Ints

    @property
    def used_week(self) -> Ints:
        return business_day(self.received) // 7


def shown_at(week: Ints, user: Ints, world: World) -> Ints:
    """UTC second at which each user is shown the coupons of a week: on Monday between six and seven."""
    return new_york_midnight(week * 7) + 6 * 3600 + (world.users.ids[user] * 7919) % 3600


def archive_coupons(
    world: World, templates: Templates, redeemed: Ints, weekly: Ints, n_live: int, off: Ints,
    shown_template: Ints, shown_user: Ints,
) -> Archive:  # fmt: skip
    """What the archive holds, so many that the published count is met.

    ``redeemed``: orders with a coupon in the order of time, of which the last ``n_live`` are not archived;
    ``weekly``: the program's template of each (-1: another coupon); ``off``: cents by order.
    ``shown_template``, ``shown_user``: what the weekly program offered, offers without a discount left out.
    """
    rng, book = stream(world.seed, "archived coupons"), world.book
    n = len(redeemed) - n_live
    used, user = redeemed[:n], book.user[redeemed[:n]]
    received = book.created[used] - rng.integers(600, 6 * _DAY, n)
    received = np.minimum(np.maximum(received, world.users.registered[user]), book.created[used] - 60)
    template = np.where(weekly[:n] >= 0, weekly[:n], templates.general(business_day(received), rng))
    is_weekly = template < templates.n_weekly
    received[is_weekly] = shown_at(templates.week[template[is_weekly]], user[is_weekly], world)
    is_over = templates.start_day[shown_template] + 7 <= N_DAYS - _ARCHIVED_AFTER
    pairs = np.unique(shown_template[is_over] * world.users.n + shown_user[is_over])
    taken = weekly * world.users.n + book.user[redeemed]
    pairs = pairs[~np.isin(pairs, taken[weekly >= 0])]
    left = max(round(N_ARCHIVED * world.targets.scale) - n - len(pairs), 0)
    cells = _lapsed(world, templates, left, rng)
    return Archive(used, template, received, off[used], *np.divmod(pairs, world.users.n), *cells)


def _lapsed(
    world: World, templates: Templates, total: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Unused coupons outside the program by template and week: the more, the more customers there are."""
    general = np.arange(templates.n_weekly, templates.n)
    liking = rng.lognormal(0, 0.8, len(general))
    weeks = np.arange((N_DAYS - 1) // 7 + 1)
    start = templates.start_day[general][:, None]
    first, last = np.maximum(start, weeks * 7), np.minimum(start + RUN_DAYS, weeks * 7 + 7)
    ends = last + templates.valid_days[general][:, None]
    days = np.where(ends <= N_DAYS - _ARCHIVED_AFTER, np.maximum(last - first, 0), 0)
    known = np.searchsorted(np.sort(world.users.registered), new_york_midnight(weeks * 7))
    number = largest_remainder((liking[:, None] * days * known).ravel(), total).reshape(days.shape)
    row, week = np.nonzero(number)
    return general[row], week, number[row, week]


def count_table(schema: pa.Schema, archive: Archive, templates: Templates) -> pa.Table:
    """``t_coupon_expired_stat``: the archive by template and week in which it was given."""
    n_weeks = (N_DAYS - 1) // 7 + 1
    size = templates.n * n_weeks
    cell = archive.template * n_weeks + archive.used_week
    used = np.bincount(cell, minlength=size)
    money = np.bincount(cell, archive.off, minlength=size).astype(np.int64)
    lapsed = np.bincount(
        archive.pair_template * n_weeks + templates.week[archive.pair_template], minlength=size
    )
    lapsed[archive.cell_template * n_weeks + archive.cell_week] += archive.n_lapsed
    template, week = np.divmod(np.flatnonzero(used + lapsed), n_weeks)
    at = template * n_weeks + week
    return table(schema, {
        "id": 1 + np.arange(len(at)),
        "tenant": same(LIVE_TENANT, len(at), pa.string()),
        "template_no": choose(template, templates.numbers),
        "receive_week": dates(week * 7),
        "given_count": (used + lapsed)[at],
        "used_count": used[at],
        "expired_count": lapsed[at],
        "discount_money": decimals(money[at], pa.decimal128(14, 2)),
    })  # fmt: skip


def archived_rows(
    schema: pa.Schema, archive: Archive, world: World, templates: Templates
) -> Iterator[pa.Table]:
    """``t_coupon_record_expired``, week by week in the order in which coupons were given."""
    book, registered = world.book, world.users.registered
    by_registration = np.argsort(registered, kind="stable")
    by_registration = by_registration[~world.users.is_deleted[by_registration]]
    next_id = _FIRST_ARCHIVED
    for week in range((N_DAYS - 1) // 7 + 1):
        rng = stream(world.seed, f"archived coupons of week {week}")
        mine = archive.cell_week == week
        template = np.repeat(archive.cell_template[mine], archive.n_lapsed[mine])
        known = int(np.searchsorted(registered[by_registration], new_york_midnight(np.array([week * 7]))[0]))
        user = by_registration[(rng.random(len(template)) * max(known, 1)).astype(np.int64)]
        first = np.maximum(templates.start_day[template], week * 7)
        last = np.minimum(templates.start_day[template] + RUN_DAYS, week * 7 + 7)
        day = first + (rng.random(len(template)) * (last - first)).astype(np.int64)
        received = new_york_midnight(day) + rng.integers(6 * 3_600, 22 * 3_600, len(template))
        of_program = templates.week[archive.pair_template] == week
        pair_user, used = archive.pair_user[of_program], archive.used_week == week
        order = np.r_[np.full(len(template) + len(pair_user), -1), archive.used[used]]
        template = np.r_[template, archive.pair_template[of_program], archive.template[used]]
        user = np.r_[user, pair_user, book.user[archive.used[used]]]
        received = np.r_[received,
                         shown_at(np.full(len(pair_user), week), pair_user, world),
                         archive.received[used]]  # fmt: skip
        off = np.r_[np.zeros(int((order < 0).sum()), np.int64), archive.off[used]]
        by_time = np.lexsort((user, received))
        order, template, user, received, off = (
            each[by_time] for each in (order, template, user, received, off)
        )
        is_used, n = order >= 0, len(order)
        when = np.where(is_used, book.created[np.maximum(order, 0)], -1)
        ids = next_id + np.arange(n)
        next_id += n
        yield table(schema, {
            "id": ids,
            "tenant": same(LIVE_TENANT, n, pa.string()),
            "coupon_no": pc.binary_join_element_wise("C", texts(ids), ""),
            "template_no": choose(template, templates.numbers),
            "user_no": world.user_no(user),
            "status": np.where(is_used, _USED, _EXPIRED),
            "receive_time": datetimes(received),
            "expire_time": datetimes(
                np.where(is_used, when, received + templates.valid_days[template] * _DAY)
            ),
            "use_time": datetimes(when),
            "order_id": pc.if_else(pa.array(is_used), texts(book.id[np.maximum(order, 0)]), None),
            "discount_money": decimals(off, is_null=~is_used),
        })  # fmt: skip
