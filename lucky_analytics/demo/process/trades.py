"""Payments: one per completed order, and the classes of rows that do not match one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.channels import CHANNELS, assign_payment_channels
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.errors import DemoError

__all__ = ["COUNTED", "FAILED", "REFUND", "REFUNDED_IN", "REVERSED", "Trades", "draw_trades"]

N_TRADES, N_COUNTED, N_COMPLETED = 518_000, 506_322, 487_497
COUNTED = (1, 2, 3)
REVERSED, REFUND, FAILED = 4, 5, 6
REFUNDED_IN = 3 * 86_400  # seconds after an order within which it is refunded
_KINDS = ("main", "duplicate_trades", "orphan_trades", "zero_retries", "zero_authorisations")
_SAMPLED = ("missing_trades", "duplicate_trades", "amount_mismatches", "combined_trades", "unforeseen_trades")


@dataclass(frozen=True)
class Trades:
    """One position per row of ``t_trade``, in the order of time. ``order`` is a position in the book,
    -1 where the trade names none, -2 where it names one that does not exist. Amounts in cents.

    ``exceptions`` gives the positions of each planted class.
    """

    order: Ints
    user: Ints
    amount: Ints
    status: Ints
    created: Ints
    channel: Ints
    is_usd: Bools
    is_posted_late: Bools
    exceptions: dict[str, Ints]

    @property
    def n(self) -> int:
        return len(self.order)

    @property
    def is_counted(self) -> Bools:
        return self.status <= COUNTED[-1]


@dataclass(frozen=True)
class _Counted:
    """Rows of the published count, the completed orders' own first.

    ``like`` is the order that each resembles, ``order`` the one it names, ``kind`` its position in
    ``_KINDS``; the rest list the orders of planted classes.
    """

    like: Ints
    order: Ints
    cents: Ints
    kind: Ints
    main: Ints
    missing: Ints
    changed: Ints
    combined: Ints
    strange: Ints


def draw_trades(book: Book, targets: Targets, planted: Plants, seed: int) -> Trades:
    """Every payment, exactly the published counts and amounts by channel at full scale.

    Completed orders have one each but for the planted classes; together these have 18,825 rows and $1,683
    more than the orders, nearly all of zero amount. Cancelled orders that were paid are reversed; a few
    completed ones are refunded in part; some attempts failed. None of these three is counted.
    """
    rng = stream(seed, "trades")
    counts = planted["exceptions"]
    completed = np.flatnonzero(book.is_completed)
    counted = _counted(book, completed, targets, counts, rng)
    like, order, cents, kind, main = counted.like, counted.order, counted.cents, counted.kind, counted.main
    is_usd = book.is_usd[like]
    is_usd[np.searchsorted(main, counted.strange)] ^= True
    channel = assign_payment_channels(cents, book.user[like], ~book.is_usd[like], targets.is_full, rng)
    delay = np.where(kind == 0, 0, rng.integers(1, 120, len(kind)))
    created = np.where(book.paid[like] >= 0, book.paid[like], book.created[like]) + delay
    age = (book.created.max() - created) // 86_400
    status = np.where(age >= 4, 3, np.where(age >= 1, 2, 1))
    extra = _uncounted(book, completed, targets, rng)
    like, order = np.r_[like, extra[0]], np.r_[order, extra[0]]
    is_usd = np.r_[is_usd, book.is_usd[extra[0]]]
    cents, status = np.r_[cents, extra[1]], np.r_[status, extra[2]]
    created, kind = np.r_[created, extra[3]], np.r_[kind, np.full(len(extra[0]), -1)]
    of_order = np.zeros(book.n, np.int64)
    of_order[main] = channel[: len(main)]
    drawn = np.array([c for c, _, _ in CHANNELS])[rng.integers(0, 6, len(extra[0]))]
    channel = np.r_[channel, np.where(of_order[extra[0]] > 0, of_order[extra[0]], drawn)]
    by_time = np.lexsort((kind, order, created))
    late = rng.random(len(by_time)) < counts["late_posting_share"]
    return Trades(
        order=order[by_time],
        user=book.user[like][by_time],
        amount=cents[by_time],
        status=status[by_time],
        created=created[by_time],
        channel=channel[by_time],
        is_usd=is_usd[by_time],
        is_posted_late=late,
        exceptions=_exception_positions(counted, kind, by_time),
    )


def _counted(
    book: Book, completed: Ints, targets: Targets, counts: dict[str, Any], rng: np.random.Generator
) -> _Counted:
    """One payment per completed order, and the planted classes that make up the published count and sum."""

    def some(name: str) -> int:
        return counts[name] if targets.is_full else int(np.ceil(counts[name] * targets.scale))

    sizes = [some(kind) for kind in _SAMPLED]
    missing, doubled, changed, combined, strange, _ = np.split(rng.permutation(completed), np.cumsum(sizes))
    # Combined: paid twice, and the first payment is off as well. Unforeseen: paid in the other currency.
    doubled, changed = np.r_[doubled, combined], np.r_[changed, combined]
    main = np.setdiff1d(completed, missing)
    amount = book.pay[main].copy()
    shift = rng.choice([-100, -25, -1, 1, 1, 10, 50, 200], len(changed))
    shift = np.where(book.pay[changed] + shift < 1, 1, shift)
    amount[np.searchsorted(main, changed)] += shift
    orphans = some("orphan_trades")
    n_zero = N_COUNTED - N_COMPLETED if targets.is_full else round(18_825 * targets.scale)
    n_zero += len(missing) - len(doubled) - orphans
    net = round((227_111_000 - 226_942_700) * targets.scale)
    orphan_cents = net - int(book.pay[doubled].sum() - book.pay[missing].sum() + shift.sum())
    if not targets.is_calibrated:
        orphan_cents = 450 * orphans  # nothing to add up to: as much as orders cost
    retried = rng.choice(completed, n_zero // 3, replace=False)
    n_auth = n_zero - len(retried)
    some_order = rng.choice(completed, n_auth + orphans, replace=False)
    parts = [
        (main, main, amount),
        (doubled, doubled, book.pay[doubled]),
        (some_order[:orphans], np.full(orphans, -2), _spread(orphan_cents, orphans, rng)),
        (retried, retried, np.zeros(len(retried), np.int64)),
        (some_order[orphans:], np.full(n_auth, -1), np.zeros(n_auth, np.int64)),
    ]
    like, order, cents = (np.concatenate([part[k] for part in parts]) for k in range(3))
    kind = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    return _Counted(like, order, cents, kind, main, missing, changed, combined, strange)


def _exception_positions(counted: _Counted, kind: Ints, by_time: Ints) -> dict[str, Ints]:
    """Positions of each planted class among the rows in the order of time; missing ones by their order."""
    position = np.empty(len(by_time), np.int64)
    position[by_time] = np.arange(len(by_time))
    found = {name: np.sort(position[kind == k]) for k, name in enumerate(_KINDS) if k}
    for name, orders in (
        ("amount_mismatches", counted.changed),
        ("combined_trades", counted.combined),
        ("unforeseen_trades", counted.strange),
    ):
        found[name] = np.sort(position[np.searchsorted(counted.main, orders)])
    return {**found, "missing_trades": np.sort(counted.missing)}


def _spread(cents: int, n: int, rng: np.random.Generator) -> Ints:
    """``n`` positive amounts that add up to ``cents``."""
    if cents < n or (n == 0 and cents != 0):
        raise DemoError("orphan payments", expected=f"at least one cent for each of {n} rows", got=str(cents),
                        remedy="Plant more orphan_trades, or fewer duplicate_trades")  # fmt: skip
    if n == 0:
        return np.zeros(0, np.int64)
    shares = rng.uniform(0.5, 1.5, n)
    whole = np.maximum(np.floor(shares / shares.sum() * cents).astype(np.int64), 1)
    whole[int(np.argmax(whole))] += cents - int(whole.sum())
    return whole


def _uncounted(
    book: Book, completed: Ints, targets: Targets, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Reversals, refunds and failures: order, cents, status, time."""
    total = round((N_TRADES - N_COUNTED) * targets.scale)
    reversed_ = np.flatnonzero(~book.is_completed & (book.paid >= 0))[:total]
    n_refund = (total - len(reversed_)) * 3 // 4
    picked = rng.choice(completed, total - len(reversed_), replace=False)
    share = rng.choice([1.0, 1.0, 0.5, 0.25], n_refund)
    delay = (REFUNDED_IN * rng.uniform(0.003, 1, n_refund)).astype(np.int64)
    # A refund that would come after the horizon is one of an earlier order: the last days are as any other.
    ends = book.modified.max()
    late = np.flatnonzero(book.finished[picked[:n_refund]] + delay > ends)
    early = np.setdiff1d(completed[book.finished[completed] < ends - REFUNDED_IN], picked)
    picked[late] = rng.spawn(1)[0].choice(early, len(late), replace=False)
    refunded, failed = picked[:n_refund], picked[n_refund:]
    cents = np.maximum(np.round(book.pay[refunded] * share), 1).astype(np.int64)
    order = np.r_[reversed_, refunded, failed]
    amount = np.r_[book.pay[reversed_], cents, book.pay[failed]]
    status = np.repeat([REVERSED, REFUND, FAILED], [len(reversed_), n_refund, len(failed)])
    created = np.r_[
        book.paid[reversed_],
        book.finished[refunded] + delay,
        book.created[failed] - rng.integers(1, 60, len(failed)),
    ]
    return order, amount, status, created
