"""When shops were meant to open and did: ``t_shop_opening_time``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, table
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.horizon import FIRST_DATE, N_DAYS
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import Shops

if TYPE_CHECKING:
    from lucky_analytics.demo.build.generate import World

__all__ = ["N_DATES", "opened_days", "tables"]

N_DATES = 261  # 517 shops x 261 dates are the published 135K: the horizon and 32 days ahead
_OPEN_HOUR, _CLOSE_HOUR = 7, 20
_LATE_SHARE, _AHEAD_DAYS = 0.02, 32
_TRADES_ON = 1


def tables(world: World) -> Iterator[tuple[str, str, pa.Table]]:
    """``luckyus_opshop.t_shop_opening_time``: every registered shop on every date, a month ahead."""
    declared = estate.load().database("luckyus_opshop")
    shops, book = world.shops, world.book
    rng = stream(world.seed, "opening times")
    n_shops = len(shops.ids)
    shop, day = np.repeat(np.arange(n_shops), N_DATES), np.tile(np.arange(N_DATES), n_shops)
    is_open = opened_days(book, shops).ravel()
    opened, closed = np.full(len(shop), -1), np.full(len(shop), -1)
    past = np.flatnonzero(is_open & (day < N_DAYS))
    opened[past], closed[past] = _switched(book, shops, shop[past], day[past], rng)
    midnight = (np.datetime64(FIRST_DATE) + day).astype("datetime64[s]").astype(np.int64)
    published = midnight - _AHEAD_DAYS * 86_400 + 9 * 3600
    yield declared.name, "t_shop_opening_time", table(declared.table("t_shop_opening_time").schema, {
        "id": 4_000_001 + np.arange(len(shop)),
        "tenant": choose(shop, shops.tenants),
        "shop_id": shops.ids[shop],
        "business_date": dates(day),
        "is_open": is_open.astype(np.int64),
        "open_time": choose(is_open.astype(np.int64), (None, f"{_OPEN_HOUR:02d}:00")),
        "close_time": choose(is_open.astype(np.int64), (None, f"{_CLOSE_HOUR:02d}:00")),
        "real_open_time": datetimes(opened),
        "real_close_time": datetimes(closed),
        "create_time": datetimes(published),
        "modify_time": datetimes(np.maximum(published, closed)),
    })  # fmt: skip


def opened_days(book: Book, shops: Shops) -> Bools:
    """[shops, dates]: from a shop's first order to its last; beyond the horizon while it still trades."""
    first, last = np.full(len(shops.ids), N_DATES), np.full(len(shops.ids), -1)
    np.minimum.at(first, book.shop, book.day)
    np.maximum.at(last, book.shop, book.day)
    last = np.where((shops.status == _TRADES_ON) & (last >= 0), N_DATES, last)
    days = np.arange(N_DATES)
    return (days >= first[:, None]) & (days <= last[:, None])


def _switched(book: Book, shops: Shops, shop: Ints, day: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """UTC seconds at which each shop was switched on and off: around the published hours, never after its
    first order or before its last was handed over; a few mornings are late ones.
    """
    n_shops = len(shops.ids)
    first = np.full((n_shops, N_DAYS), np.iinfo(np.int64).max)
    last = np.full((n_shops, N_DAYS), -1)
    np.minimum.at(first, (book.shop, book.day), book.created)
    np.maximum.at(last, (book.shop, book.day), book.finished)
    is_rarotonga = np.isin(shop, np.arange(shops.first_nz, shops.first_nz + shops.n_nz))
    midnight = local_midnight_utc(day, is_rarotonga)
    shift = np.where(
        rng.random(len(shop)) < _LATE_SHARE,
        rng.integers(5 * 60, 40 * 60, len(shop)),
        -rng.integers(60, 25 * 60, len(shop)),
    )
    opened = np.minimum(midnight + _OPEN_HOUR * 3600 + shift, first[shop, day] - 30)
    closed = midnight + _CLOSE_HOUR * 3600 + rng.integers(-120, 20 * 60, len(shop))
    return opened, np.maximum(closed, last[shop, day] + 60)
