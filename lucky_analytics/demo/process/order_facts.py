"""What the orders say of each user, for the tables that describe customers."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.process.menu_list import Menu
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.process.users import Users

__all__ = ["OrderFacts"]

_DAY = 86_400


class OrderFacts:
    """What the orders say of each user: first and last order, usual shop and category; -1 for none.

    ``deleted_at`` is the UTC second of an account's deletion, after its last order; -1 where it was kept.
    """

    def __init__(self, book: Book, menu: Menu, users: Users, seed: int):
        n = users.n
        self.end = int(local_midnight_utc(np.array([N_DAYS - 1]), np.array([False]))[0]) + _DAY
        done = np.flatnonzero(book.is_completed)
        self.order_user, self.order_time = book.user[done], book.finished[done]
        self.first, self.last = np.full(n, -1), np.full(n, -1)
        self.first[self.order_user[::-1]] = self.order_time[::-1]
        self.last[self.order_user] = self.order_time
        self.n_orders = np.bincount(self.order_user, minlength=n)
        self.shop = _mode(self.order_user, book.shop[done], n)
        lines = np.flatnonzero(book.is_completed[book.lines.order])
        category = menu.category[book.lines.product[lines]]
        self.category = _mode(book.user[book.lines.order[lines]], category, n)
        wait = stream(seed, "deletions").integers(60, 9 * _DAY, n)
        gone = np.minimum(np.maximum(self.last, users.registered) + wait, self.end)
        self.deleted_at = np.where(users.is_deleted, gone, -1)


def _mode(group: Ints, value: Ints, n_groups: int) -> Ints:
    """The most frequent value of each group, the smallest of equals; -1 for an empty group."""
    span = int(value.max()) + 1
    key, count = np.unique(group * span + value, return_counts=True)
    best = np.full(n_groups, -1)
    order = np.lexsort((-(key % span), count))
    best[key[order] // span] = key[order] % span
    return best
