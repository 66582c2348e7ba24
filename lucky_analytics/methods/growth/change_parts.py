"""What a change of revenue is made of: stores, traffic, basket, mix, prices, so that the parts add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["PARTS", "split_change", "split_sales"]

Array = NDArray[Any]

# What each part is, in the order of the arithmetic.
PARTS = {
    "stores": "stores that sold on one of the two days only",
    "traffic": "orders of the same stores",
    "basket": "units an order",
    "mix": "which products were bought",
    "list price": "list prices of the same products",
    "discount": "what of the list price was paid",
    "fees": "fees, and discounts of whole orders",
}
_NUMBERS = ("orders", "revenue_cents")


def split_change(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """The change of a product of factors as a sum, one part a factor (logarithmic mean Divisia index).

    Each part is the factor's own change in logarithms, in money: the parts add up to the change exactly,
    whatever the order of the factors. Raises nothing: a factor that is not above zero gives NaN. Source: Ang
    (2005), "The LMDI approach to decomposition analysis", Energy Policy 33.

    >>> [round(part, 2) for part in split_change([100, 2.0], [110, 1.0])]
    [14.35, -104.35]
    """
    old, new = np.asarray(before, float), np.asarray(after, float)
    if not ((old > 0) & (new > 0)).all():
        return [float("nan")] * len(old)
    total, ratio = new.prod() - old.prod(), np.log(new / old)
    whole = ratio.sum()
    scale = old.prod() if abs(whole) < 1e-12 else total / whole
    return [float(part) for part in scale * ratio]


def split_sales(stores: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The change of revenue from one day to another, store by store, in ``PARTS``, to the cent.

    ``stores``: ``store``, ``is_after``, ``orders``, ``revenue_cents`` (whole); ``products``: ``store``,
    ``product``, ``is_after``, ``units``, ``list_cents``, ``paid_cents`` (what was paid for them, whole); no
    row where nothing was sold. Returns one row a store and part: ``store``, ``part``, ``cents`` (whole). The
    parts of a store add up to its change.

    A product's takings in a store are orders x units an order x its share of the units x its list price x
    the share of that which was paid. Each factor has its part (``split_change``, product by product). What
    was sold on one day only is mix, all of it (the limit as its share goes to 0: Ang and Liu 2007); what was
    given away on one day only is discount. Revenue beyond the products is fees. Raises ``ParameterError`` for
    a store, product and day given twice.

    >>> stores = pd.DataFrame({"store": "a", "is_after": [False, True], "orders": [10, 12],
    ...     "revenue_cents": [5000, 6000]})
    >>> products = pd.DataFrame({"store": "a", "product": "tea", "is_after": [False, True],
    ...     "units": [10, 12], "list_cents": [5000, 6000], "paid_cents": [5000, 6000]})
    >>> parts = split_sales(stores, products)
    >>> parts[parts["cents"] != 0].values.tolist()
    [['a', 'traffic', 1000]]
    """
    for frame, key in ((stores, ["store", "is_after"]), (products, ["store", "product", "is_after"])):
        if frame.duplicated(key).any():
            raise ParameterError("sales of two days", expected=f"one row for each of {', '.join(key)}")
    wide = stores.pivot(index="store", columns="is_after", values=list(_NUMBERS))
    goods = dict(list(products.groupby("store")))
    rows = []
    for store in wide.index:
        own = {
            name: [wide.get((name, when), {}).get(store, np.nan) for when in (False, True)]
            for name in _NUMBERS
        }
        change = _whole(own["revenue_cents"][1]) - _whole(own["revenue_cents"][0])
        if not all(count > 0 for count in own["orders"]):
            parts = {"stores": change}
        else:
            parts = _split_store(own["orders"], goods.get(store, products.iloc[:0]), change)
        rows += [(store, part, parts.get(part, 0)) for part in PARTS]
    return pd.DataFrame(rows, columns=["store", "part", "cents"]).astype({"cents": "int64"})


def _whole(cents: float) -> int:
    return 0 if np.isnan(cents) else round(cents)


def _split_store(orders: Sequence[float], goods: pd.DataFrame, change: int) -> dict[str, int]:
    """Parts of one store that sold on both days, in whole cents that add up to ``change``."""
    columns = ["units", "list_cents", "paid_cents"]
    table = goods.pivot(index="product", columns="is_after", values=columns)
    table = table.reindex(columns=pd.MultiIndex.from_product([columns, [False, True]])).fillna(0.0)
    units, listed, paid = (table[name].to_numpy(float).T for name in columns)
    moved = paid[1] - paid[0]
    exact = dict.fromkeys(("traffic", "basket", "mix", "list price", "discount"), 0.0)
    both = (units > 0).all(axis=0)
    exact["mix"] += moved[~both].sum()
    priced = both & (paid > 0).all(axis=0)
    exact["discount"] += moved[both & ~priced].sum()
    if priced.any():
        logs = np.log(paid[1, priced] / paid[0, priced])
        flat = np.abs(logs) < 1e-12
        weight = np.where(flat, paid[0, priced], moved[priced] / np.where(flat, 1.0, logs))
        total = units.sum(axis=1)
        size = total / np.asarray(orders, float)
        share = units[:, priced] / total[:, None]
        # A product without a list price has what was paid for it in its place.
        price = np.where((listed > 0).all(axis=0), listed, paid)[:, priced] / units[:, priced]
        kept = paid[:, priced] / units[:, priced] / price
        factors = {"traffic": orders, "basket": size, "mix": share, "list price": price, "discount": kept}
        for name, (old, new) in factors.items():
            exact[name] += float((weight * np.log(np.asarray(new) / np.asarray(old))).sum())
    parts = _round_together(exact, round(float(moved.sum())))
    return parts | {"fees": change - sum(parts.values())}


def _round_together(exact: dict[str, float], total: int) -> dict[str, int]:
    """Whole numbers that add up to ``total``, which the exact ones do: the largest remainders round up."""
    floors = {name: int(np.floor(value)) for name, value in exact.items()}
    left = total - sum(floors.values())
    by_rest = sorted(exact, key=lambda name: floors[name] - exact[name])
    return {name: floors[name] + (name in by_rest[:left]) for name in exact}
