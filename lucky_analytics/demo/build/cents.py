"""Whole cents: rounding that leaves every published sum exact, products first, then accounts, then stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.order_fees import Charges, tax_cents
from lucky_analytics.demo.process.paid_prices import N_GROUPS, Margins
from lucky_analytics.demo.process.placement import N_DELIVERY, Orders
from lucky_analytics.errors import DemoError

__all__ = ["Money", "close_cents"]

MIN_CENTS = 20


@dataclass(frozen=True)
class Money:
    """Whole cents per unit (``pay`` before tax, ``tax``) and per order; ``moved`` units changed by a cent."""

    pay: Ints
    tax: Ints
    order_pay: Ints
    moved: int


def close_cents(
    paid: Floats, listed: Ints, orders: Orders, items: Items, charges: Charges, margin: Margins,
    targets: Targets, seed: int,
) -> Money:  # fmt: skip
    """Round ``paid`` to cents so that products, delivery accounts and store groups meet their margins.

    Products close on published units (before tax). Accounts and groups close after tax on tail units of
    their own, which no other margin counts, and only on lines whose tax does not change with the cent: a
    line of rate 8.875 % skips one cent total in twelve, so the line is chosen and the order follows. Nobody
    pays more than the list price ``listed``.
    Raises ``DemoError`` when a margin cannot be closed at full scale; below it may stay open.
    """
    rng = stream(seed, "cents")
    pay = np.minimum(_rounded_along_products(paid, items, rng), listed)
    moved = (
        _close_margins(pay, listed, orders, items, charges, margin, targets.is_full, rng)
        if targets.is_calibrated
        else 0
    )
    pay = np.maximum(pay, 1)
    tax = tax_cents(pay, charges.rate) + charges.tax_shift
    order_pay = np.bincount(items.order, pay + tax, orders.n).astype(np.int64) + charges.net_fees
    if order_pay.min() <= 0:
        raise DemoError("order totals", expected="above zero", got=f"{(order_pay <= 0).sum()} orders")
    return Money(pay, tax, order_pay, moved)


def _close_margins(
    pay: Ints, listed: Ints, orders: Orders, items: Items, charges: Charges, margin: Margins, is_full: bool,
    rng: np.random.Generator,
) -> int:  # fmt: skip
    """Products, then accounts, then store groups; in place. Returns the cents moved."""
    free = ~items.is_frozen
    no_step = np.zeros(len(pay), np.int64)
    wanted = margin.product_cents
    moved = _close(pay, listed, no_step, free & items.is_top, items.product, wanted, None, is_full, rng)
    account, group = margin.account[items.order], margin.group[items.order]
    fees = np.bincount(margin.account, charges.net_fees, N_DELIVERY + 1)[:N_DELIVERY].astype(np.int64)
    tail = free & ~items.is_top
    moved += _close(
        pay, listed, charges.rate, tail, account, margin.account_cents - fees, charges.tax_shift, is_full, rng
    )
    fees = np.bincount(margin.group, charges.net_fees, N_GROUPS).astype(np.int64)
    tail &= account == N_DELIVERY
    moved += _close(
        pay, listed, charges.rate, tail, group, margin.group_cents - fees, charges.tax_shift, is_full, rng
    )
    return moved


def _rounded_along_products(paid: Floats, items: Items, rng: np.random.Generator) -> Ints:
    """Cumulative rounding inside each product: its sum is off by less than a cent."""
    order = np.lexsort((rng.random(len(paid)), items.is_frozen, items.product))
    frozen = items.is_frozen[order]
    steps = np.diff(np.r_[0, np.round(np.cumsum(np.where(frozen, 0, paid[order])))]).astype(np.int64)
    pay = np.empty(len(paid), np.int64)
    pay[order] = np.where(frozen, np.round(paid[order]).astype(np.int64), steps)
    return pay


def _close(
    pay: Ints, listed: Ints, rate: Ints, eligible: Bools, key: Ints, wanted: Ints, shift: Ints | None,
    is_full: bool, rng: np.random.Generator,
) -> int:  # fmt: skip
    """Move eligible units by single cents until each key's sum of pay and tax is ``wanted``; in place."""
    n_keys, moved = len(wanted), 0
    watched = key < n_keys
    total = pay + tax_cents(pay, rate) + (0 if shift is None else shift)
    gap = wanted - np.bincount(key[watched], total[watched], n_keys).astype(np.int64)
    present = np.bincount(key[watched], minlength=n_keys) > 0
    for k in np.flatnonzero((gap != 0) & present):
        rows = np.flatnonzero(eligible & (key == k))
        while gap[k] != 0:
            step = int(np.sign(gap[k]))
            same_tax = tax_cents(pay[rows] + step, rate[rows]) == tax_cents(pay[rows], rate[rows])
            fits = (pay[rows] + step >= MIN_CENTS) & (pay[rows] + step <= listed[rows])
            usable = rows[same_tax & fits]
            if not len(usable):
                break
            chosen = rng.permutation(usable)[: abs(int(gap[k]))]
            pay[chosen] += step
            gap[k] -= step * len(chosen)
            moved += len(chosen)
        if gap[k] != 0 and is_full:
            raise DemoError(
                f"cents of margin {k}", expected="a unit that can take a cent", got=f"{gap[k]} left"
            )
    return moved
