"""What was ordered of suppliers so that the stores had their deliveries, and when and how it came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.process.horizon import N_DAYS, day_of
from lucky_analytics.demo.process.ingredients import Goods
from lucky_analytics.demo.process.stock_levels import Stock
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["Purchases", "buy"]

N_ORDERS, N_SHIPMENTS, N_SETTLEMENTS, N_SUPPLIERS = 694, 1_670, 1_363, 24
_CANCELLED_SHARE, _SHORT_SHARE = 0.02, 0.015
_LEADS, _TERMS = (2, 3, 3, 5, 7, 10), (15, 30, 30, 45)
_PRICE_SD = 0.015


@dataclass(frozen=True)
class Purchases:
    """Suppliers, their orders, lines and shipments; days count from the horizon's first, -1 for "not yet".

    ``line_order``, ``ship_order``: positions among the orders. Prices and amounts in cents.
    """

    supplier_class: tuple[str, ...]
    lead: Ints
    terms: Ints
    supplier: Ints
    ordered: Ints
    is_cancelled: Bools
    line_order: Ints
    line_good: Ints
    line_packs: Ints
    line_price: Ints
    ship_order: Ints
    promised: Ints
    arrived: Ints
    shipped: Ints
    rejected: Ints
    settled: Ints
    paid: Ints

    @property
    def expected(self) -> Ints:
        return self.ordered + self.lead[self.supplier]


def buy(stock: Stock, goods: Goods, planted: Plants, scale: float, seed: int) -> Purchases:
    """Orders that cover what the stores' deliveries took, in shipments; one supplier degrades from a day on.

    Each good has one supplier, which delivers goods of one class. An order covers the store deliveries from
    its expected day to that of the supplier's next order. Counts are the published ones at scale 1.
    """
    rng, plant = stream(seed, "procurement"), planted["suppliers"]
    names, of_good = _assign(goods)
    lead, terms = (rng.choice(values, N_SUPPLIERS) for values in (_LEADS, _TERMS))
    packs = stock.received.sum(0) / (goods.pack * 1000)  # [days, goods]
    cost = np.nan_to_num(goods.cost, nan=0.01) * goods.pack * 100
    spend = np.bincount(of_good, (packs * cost).sum(0), N_SUPPLIERS)
    n_orders = max(round(N_ORDERS * scale), 2 * N_SUPPLIERS)
    each = 2 + largest_remainder(np.sqrt(spend + 1), n_orders - 2 * N_SUPPLIERS)
    supplier = np.repeat(np.arange(N_SUPPLIERS), each)
    place = np.arange(n_orders) - np.repeat(np.cumsum(each) - each, each)
    span = N_DAYS - 2 + lead[supplier]
    ordered = -lead[supplier] + span * place // np.repeat(each, each)
    is_cancelled = rng.random(n_orders) < _CANCELLED_SHARE
    line_order, line_good, line_packs = _lines(packs, of_good, supplier, ordered + lead[supplier])
    since = day_of(plant["since"])
    is_worse = (supplier == plant["degrading"]) & (ordered >= since)
    drift = np.where(is_worse, 1 + plant["price_rise"], 1.0)[line_order]
    line_price = np.maximum(
        np.rint(cost[line_good] * drift * np.exp(rng.normal(0, _PRICE_SD, len(line_order)))), 1
    )
    ship_order = _split(is_cancelled, line_order, line_packs, max(round(N_SHIPMENTS * scale), n_orders), rng)
    total = np.bincount(line_order, line_packs, n_orders).astype(np.int64)
    total -= rng.binomial(total, _SHORT_SHARE)
    parts = np.bincount(ship_order, minlength=n_orders)
    nth = np.arange(len(ship_order)) - (np.cumsum(parts) - parts)[ship_order]
    shipped = (
        total[ship_order] * (nth + 1) // parts[ship_order] - total[ship_order] * nth // parts[ship_order]
    )
    promised = (ordered + lead[supplier])[ship_order] + nth
    on_time = np.where(is_worse, plant["on_time_after"], plant["on_time"])[ship_order]
    is_late = rng.random(len(ship_order)) >= on_time
    arrived = promised + np.where(
        is_late, rng.geometric(0.45, len(ship_order)), -rng.integers(0, 2, len(nth))
    )
    arrived = np.where(arrived < N_DAYS, arrived, -1_000)
    refused = np.where(is_worse, plant["rejected_after"], plant["rejected"])[ship_order]
    rejected = np.where(arrived > -1_000, rng.binomial(shipped, refused), 0)
    settled, paid = _settle(arrived, terms[supplier[ship_order]], round(N_SETTLEMENTS * scale), rng)
    return Purchases(names, lead, terms, supplier, ordered, is_cancelled, line_order, line_good, line_packs,
                     line_price.astype(np.int64), ship_order, promised, arrived, shipped, rejected,
                     settled, paid)  # fmt: skip


def _assign(goods: Goods) -> tuple[tuple[str, ...], Ints]:
    """Class of each supplier and supplier of each good: each class has suppliers by its number of goods."""
    classes = sorted(set(goods.classes))
    sizes = np.array([goods.classes.count(name) for name in classes])
    each = 1 + largest_remainder(sizes.astype(float), N_SUPPLIERS - len(classes))
    first = np.cumsum(each) - each
    seen = dict.fromkeys(classes, 0)
    of_good = np.empty(goods.n, np.int64)
    for good, name in enumerate(goods.classes):
        k = classes.index(name)
        of_good[good] = first[k] + seen[name] % each[k]
        seen[name] += 1
    return tuple(np.repeat(classes, each).tolist()), of_good


def _lines(packs: Floats, of_good: Ints, supplier: Ints, expected: Ints) -> tuple[Ints, Ints, Ints]:
    """Order, good and packs of each line; an order that covers nothing takes a pack of its first good."""
    until = np.r_[expected[1:], N_DAYS]
    until[np.r_[supplier[1:] != supplier[:-1], True]] = N_DAYS
    total = np.vstack([np.zeros(packs.shape[1]), np.cumsum(packs, axis=0)])
    clip = np.clip(np.stack([expected, until]), 0, N_DAYS)
    need = np.ceil(total[clip[1]] - total[clip[0]] - 1e-9)
    need *= of_good[None, :] == supplier[:, None]
    none = need.sum(1) == 0
    first = np.array([np.flatnonzero(of_good == k)[0] for k in range(N_SUPPLIERS)])
    need[none, first[supplier[none]]] = 1
    order, good = np.nonzero(need)
    return order, good, need[order, good].astype(np.int64)


def _split(
    is_cancelled: Bools, line_order: Ints, line_packs: Ints, wanted: int, rng: np.random.Generator
) -> Ints:
    """The order of each shipment: one for each that was not cancelled, more for large ones."""
    size = np.sqrt(np.bincount(line_order, line_packs, len(is_cancelled)))
    size = np.where(is_cancelled, 0, size * rng.uniform(0.6, 1.4, len(size)))
    each = (~is_cancelled).astype(np.int64)
    each += largest_remainder(size, wanted - int(each.sum()))
    return np.repeat(np.arange(len(each)), each)


def _settle(arrived: Ints, terms: Ints, wanted: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Shipments that were settled, the earliest arrivals first, and the day each was paid, -1 while open."""
    there = np.flatnonzero(arrived > -1_000)
    settled = np.sort(there[np.argsort(arrived[there], kind="stable")[:wanted]])
    paid = (arrived + terms)[settled] + np.rint(rng.normal(0, 3, len(settled))).astype(np.int64)
    return settled, np.where(paid < N_DAYS, np.maximum(paid, arrived[settled] + 1), -1)
