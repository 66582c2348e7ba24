"""Refund abuse: a few of the refunds that were drawn fall on customers who ask for many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.trades import REFUND, REFUNDED_IN, Trades
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["move_refunds"]

_FEWEST, _MOST = 6, 20  # orders of a customer who abuses refunds
_SOONEST = 600  # seconds after an order


def move_refunds(
    trades: Trades, book: Book, n_customers: int, planted: Plants, targets: Targets, seed: int
) -> Trades:
    """``trades`` where ``fraud.refund_abusers`` customers get ``fraud.refund_share`` of their orders back.

    No row is added and none changes its time or place: a refund of somebody else is now the whole amount of
    an order that the abuser finished in the three days before. ``exceptions["refund_abuse"]`` has the
    positions of these rows.
    """
    rng, plant = stream(seed, "refund abuse"), planted["fraud"]
    n = plant["refund_abusers"] if targets.is_full else int(np.ceil(plant["refund_abusers"] * targets.scale))
    paid = np.flatnonzero(trades.is_counted & (trades.order >= 0) & (trades.amount > 0))
    channel = np.zeros(book.n, np.int64)
    channel[trades.order[paid]] = trades.channel[paid]
    refunds = np.flatnonzero((trades.status == REFUND) & (trades.user < n_customers))
    is_able = book.is_completed & book.is_usd & (book.user < n_customers) & (channel > 0) & (book.pay > 0)
    is_able[trades.order[refunds]] = False
    wanted = _choose_orders(book.user, np.flatnonzero(is_able), n, plant["refund_share"], rng)
    order, user, amount, through = (
        each.copy() for each in (trades.order, trades.user, trades.amount, trades.channel)
    )
    is_usd, moved = trades.is_usd.copy(), []
    refunds = refunds[~np.isin(trades.user[refunds], book.user[wanted])]
    for own in wanted.tolist():
        wait = trades.created[refunds] - book.finished[own]
        able = refunds[(wait >= _SOONEST) & (wait <= REFUNDED_IN)]
        if not len(able):
            continue
        row = int(rng.choice(able))
        refunds = refunds[refunds != row]
        order[row], user[row], amount[row] = own, book.user[own], book.pay[own]
        through[row], is_usd[row] = channel[own], True
        moved.append(row)
    exceptions = {**trades.exceptions, "refund_abuse": np.array(sorted(moved), np.int64)}
    return replace(
        trades, order=order, user=user, amount=amount, channel=through, is_usd=is_usd, exceptions=exceptions
    )


def _choose_orders(user: Ints, able: Ints, n: int, share: float, rng: np.random.Generator) -> Ints:
    """A ``share`` of the orders of ``n`` customers who placed six to twenty, at least half of six."""
    who, orders = np.unique(user[able], return_counts=True)
    chosen = rng.permutation(who[(orders >= _FEWEST) & (orders <= _MOST)])[:n]
    found = []
    for one in chosen.tolist():
        own = able[user[able] == one]
        found.append(rng.permutation(own)[: max(round(share * len(own)), _FEWEST // 2)])
    return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
