"""What an order costs besides its items: fees, order discounts, and the tax rate recorded on each line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.menu_list import Menu
from lucky_analytics.demo.process.placement import Orders
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["NYC_RATE", "Charges", "charge", "tax_cents"]

# Sales tax in millionths: 4 % state, 4.5 % city, 0.375 % metropolitan commuter district.
NYC_RATE = 88_750
_WRONG_RATES = np.array([40_000, 80_000, 85_000])
_DELIVERY_FEES, _DELIVERY_SHARES = np.array([0, 99, 149, 199, 299]), [0.25, 0.25, 0.2, 0.2, 0.1]


@dataclass(frozen=True)
class Charges:
    """Per order: fees and discount in cents, and whether ``t_order_amount`` has its row. Per line: the
    recorded tax rate in millionths, and cents by which the recorded tax misses its own rate.

    ``exceptions`` gives the line (or order) positions of each planted class.
    """

    delivery_fee: Ints
    packaging_fee: Ints
    order_discount: Ints
    has_amount: Bools
    rate: Ints
    tax_shift: Ints
    exceptions: dict[str, Ints]

    @property
    def net_fees(self) -> Ints:
        return self.delivery_fee + self.packaging_fee - self.order_discount


def tax_cents(pay: Ints, rate: Ints) -> Ints:
    """Tax of each line in whole cents, rounded half up; ``rate`` in millionths.

    >>> tax_cents(np.array([400, 322]), np.array([88_750, 88_750])).tolist()
    [36, 29]
    """
    return (pay * rate + 500_000) // 1_000_000


def charge(orders: Orders, items: Items, menu: Menu, targets: Targets, planted: Plants, seed: int) -> Charges:
    """Fees of delivery orders, discounts of some larger pickup orders, tax rates with planted exceptions.

    A completed order without an amount row (the published 484K against 487,497) has neither fee nor
    discount.
    """
    rng = stream(seed, "charges")
    n = orders.n
    delivery_fee, packaging_fee, discount = (np.zeros(n, np.int64) for _ in range(3))
    delivered = np.flatnonzero(orders.is_delivery)
    delivery_fee[delivered] = rng.choice(_DELIVERY_FEES, len(delivered), p=_DELIVERY_SHARES)
    packaging_fee[delivered] = rng.choice([0, 25], len(delivered), p=[0.4, 0.6])
    size = np.bincount(items.order, minlength=n)
    pickup = np.flatnonzero(orders.is_usd & ~orders.is_delivery & (size > 1) & (orders.day >= 60))
    discounted = pickup[rng.random(len(pickup)) < 0.08]
    discount[discounted] = rng.choice([50, 100], len(discounted))
    bare = np.flatnonzero((delivery_fee == 0) & (packaging_fee == 0) & (discount == 0))
    has_amount = np.ones(n, dtype=bool)
    has_amount[rng.choice(bare, max(n - targets.amount_rows, 0), replace=False)] = False
    rate, shift, exceptions = _rates(orders, items, menu, targets, planted, rng)
    exceptions["completed_without_amount_row"] = np.flatnonzero(~has_amount)
    return Charges(delivery_fee, packaging_fee, discount, has_amount, rate, shift, exceptions)


def _rates(
    orders: Orders, items: Items, menu: Menu, targets: Targets, planted: Plants, rng: np.random.Generator
) -> tuple[Ints, Ints, dict[str, Ints]]:
    is_usd = orders.is_usd[items.order]
    taxable = menu.is_taxable[items.product] & is_usd
    rate = np.where(taxable, NYC_RATE, 0)
    shift = np.zeros(len(rate), np.int64)
    plain = is_usd & ~items.is_frozen & ~orders.is_delivery[items.order]
    counts = planted["exceptions"]

    def pick(candidates: Bools, name: str) -> Ints:
        rows = np.flatnonzero(candidates & plain)
        wanted = counts[name] if targets.is_full else int(np.ceil(counts[name] * targets.scale))
        chosen = np.sort(rng.choice(rows, min(wanted, len(rows)), replace=False))
        plain[chosen] = False
        return chosen

    exceptions = {
        "wrong_rate_lines": pick(taxable, "wrong_rate_lines"),
        "zero_tax_lines": pick(taxable, "zero_tax_lines"),
        "taxed_exempt_lines": pick(is_usd & ~taxable, "taxed_exempt_lines"),
        "off_by_a_cent_lines": pick(taxable, "off_by_a_cent_lines"),
    }
    wrong = exceptions["wrong_rate_lines"]
    rate[wrong] = rng.choice(_WRONG_RATES, len(wrong))
    rate[exceptions["zero_tax_lines"]] = 0
    rate[exceptions["taxed_exempt_lines"]] = NYC_RATE
    shift[exceptions["off_by_a_cent_lines"]] = 1
    return rate, shift, exceptions
