"""All orders, completed and cancelled, in the order in which they were placed; the tables are cut from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.allocate import fill
from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.build.cents import Money
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.cancelled import choose_cancelled
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.menu_list import size_of_unit
from lucky_analytics.demo.process.order_fees import Charges
from lucky_analytics.demo.process.placement import Orders
from lucky_analytics.demo.process.timing import Times
from lucky_analytics.demo.process.users import DELIVERY_CHANNEL
from lucky_analytics.demo.tables.shops import Shops

__all__ = ["Book", "Lines", "assign_channels", "open_book"]

CANCELLED, COMPLETED = 0, 90
_EPOCH = 1_600_000_000
_PAID_CANCELLED_SHARE = 0.3


@dataclass(frozen=True)
class Lines:
    """Units of all orders, in the order of their orders. ``order`` is a position in the book, ``source`` the
    position of the (copied) unit among the units of completed orders; amounts in cents."""

    id: Ints
    order: Ints
    source: Ints
    product: Ints
    listed: Ints
    sale: Ints
    pay: Ints
    tax: Ints
    rate: Ints

    @property
    def sku(self) -> Ints:
        """Position in ``Menu.sku_codes``."""
        return self.product * 2 + size_of_unit(self.source)


@dataclass(frozen=True)
class Book:
    """One position per order, in the order of ``id`` and time. Seconds are UTC, -1 for "not set".

    ``source`` is the completed order that this one is, or copies when it is cancelled.
    """

    id: Ints
    source: Ints
    status: Ints
    user: Ints
    day: Ints
    shop: Ints
    is_usd: Bools
    is_delivery: Bools
    created: Ints
    paid: Ints
    finished: Ints
    modified: Ints
    total: Ints
    payable: Ints
    pay: Ints
    lines: Lines

    @property
    def n(self) -> int:
        return len(self.id)

    @property
    def is_completed(self) -> Bools:
        return self.status == COMPLETED


def _snowflakes(seconds: Ints) -> Ints:
    """Increasing 58-bit ids from times in ascending order: milliseconds, then the position."""
    return ((seconds - _EPOCH) * 1000 << 20) | (np.arange(len(seconds)) & 0xFFFFF)


def open_book(
    orders: Orders, shop: Ints, shops: Shops, items: Items, listed: Ints, charges: Charges, money: Money,
    times: Times, targets: Targets, seed: int,
) -> Book:  # fmt: skip
    """Add the cancelled orders, sort everything by time and number it."""
    rng = stream(seed, "cancelled")
    size = np.bincount(items.order, minlength=orders.n)
    is_nz_shop = (shop >= shops.first_nz) & (shop < shops.first_nz + shops.n_nz)
    copied = choose_cancelled(size, orders.is_delivery, orders.is_usd & is_nz_shop, targets, rng)
    source = np.r_[np.arange(orders.n), copied]
    status = np.r_[np.full(orders.n, COMPLETED), np.full(len(copied), CANCELLED)]
    attempt = times.created[copied] - rng.integers(90, 1500, len(copied))
    created = np.r_[times.created, attempt]
    was_paid = rng.random(len(copied)) < _PAID_CANCELLED_SHARE
    paid = np.r_[times.paid, np.where(was_paid, attempt + rng.integers(4, 60, len(copied)), -1)]
    handed_over = times.done + rng.integers(5, 90, orders.n)
    finished = np.r_[handed_over, np.full(len(copied), -1)]
    modified = np.r_[handed_over + 2, attempt + rng.integers(61, 600, len(copied))]
    order = np.lexsort((source, status, created))
    source, status = source[order], status[order]
    sale = _sale_prices(listed, money.pay, items.is_frozen, rng)
    lines = _lines(order, source, created[order], items, listed, sale, money, charges, size)
    total = np.bincount(lines.order, lines.listed, len(order)).astype(np.int64)
    payable = money.order_pay + charges.order_discount
    return Book(
        id=_snowflakes(created[order]),
        source=source,
        status=status,
        user=orders.user[source],
        day=orders.day[source],
        shop=shop[source],
        is_usd=orders.is_usd[source],
        is_delivery=orders.is_delivery[source],
        created=created[order],
        paid=paid[order],
        finished=finished[order],
        modified=modified[order],
        total=total,
        payable=payable[source],
        pay=np.where(paid[order] >= 0, money.order_pay[source], 0),
        lines=lines,
    )


def _sale_prices(listed: Ints, pay: Ints, is_frozen: Bools, rng: np.random.Generator) -> Ints:
    """The price shown before coupons: list, or a campaign price of a tenth or a fifth less."""
    campaign = rng.choice([0.0, 0.1, 0.2], len(listed), p=[0.55, 0.25, 0.2])
    shown = np.round(listed * (1 - campaign) / 5).astype(np.int64) * 5
    return np.where(is_frozen, listed, np.maximum(np.minimum(shown, listed), pay))


def _lines(
    order: Ints, source: Ints, created: Ints, items: Items, listed: Ints, sale: Ints, money: Money,
    charges: Charges, size: Ints,
) -> Lines:  # fmt: skip
    first = np.r_[0, np.cumsum(size)[:-1]]
    n_lines = size[source]
    position = np.repeat(np.arange(len(order)), n_lines)
    within = np.arange(len(position)) - np.repeat(np.cumsum(n_lines) - n_lines, n_lines)
    unit = first[source][position] + within
    return Lines(
        id=_snowflakes(created[position]),
        order=position,
        source=unit,
        product=items.product[unit],
        listed=listed[unit],
        sale=sale[unit],
        pay=money.pay[unit],
        tax=money.tax[unit],
        rate=charges.rate[unit],
    )


def assign_channels(book: Book, device: Ints, targets: Targets, seed: int) -> Ints:
    """The ordering channel of each order: delivery platforms, the user's device, a few others; exact."""
    rng = stream(seed, "channels")
    channel = np.full(book.n, DELIVERY_CHANNEL)
    others = np.flatnonzero(~book.is_delivery)
    codes = [code for code in targets.channel_orders if code != DELIVERY_CHANNEL]
    counts: Floats = np.array([targets.channel_orders[code] for code in codes], dtype=float)
    quota = largest_remainder(counts, len(others))
    wish = device[book.user[others]] - 1
    rare = np.flatnonzero(rng.random(len(others)) < counts[2:].sum() / counts.sum())
    wish[rare] = 2 + rng.choice(len(codes) - 2, len(rare), p=counts[2:] / counts[2:].sum())
    priority = rng.random(len(others)) - np.isin(np.arange(len(others)), rare)
    filled, _ = fill(wish, np.zeros(len(others), np.int64), quota[None, :], priority, rng)
    channel[others] = np.array(codes)[filled]
    return channel
