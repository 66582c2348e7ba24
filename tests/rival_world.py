"""A menu of ours and competitors whose prices are ours times a planted factor, with noise."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.strategy.competitive_intelligence import drink_kinds, our_basket, price_file

AS_OF = dt.date(2026, 2, 13)
SIZES = ["Regular; 12", "Large; 16"]
DRINKS = drink_kinds.read_drinks(SIZES)
KINDS = [kind for kind in DRINKS.kinds if kind != drink_kinds.OTHER]


def make_basket(seed: int = 0) -> our_basket.Basket:
    """Each kind in two sizes; a few kinds sell most, as on any menu."""
    rng = np.random.default_rng(seed)
    rows = [
        {"product_name": name.title(), "variant_name": f"{name.title()} {size}", "units": units * share,
         "list_price": price, "paid_price": price * rng.uniform(0.5, 0.7), "discounted_share": 0.9}
        for kind in KINDS
        for name in [next(each for each, own in DRINKS.products.items() if own == kind)]
        for units, price in [(rng.gamma(0.8, 1000) + 20, round(rng.uniform(4, 8), 2))]
        for size, share in (("Regular", 0.7), ("Large", 0.3))
    ]  # fmt: skip
    return our_basket.shape_basket(pd.DataFrame(rows), DRINKS, find_window(AS_OF, 4))


def make_prices(
    basket: our_basket.Basket, seed: int, off: float = 0.0, *, moved: float = 0.0, shops=(1, 3, 4),
    kept: float = 0.6, of_kind: float = 0.06, of_shop: float = 0.03, of_price: float = 0.02,
) -> pd.DataFrame:  # fmt: skip
    """Prices of as many competitors as ``shops``, each noted at so many (1: at all), on two days.

    Theirs are ours times 1 + ``off``, with deviations (logarithms) of each kind of drink, of each shop and of
    each price; on the second day all are 1 + ``moved`` times the first.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for place, n_shops in enumerate(shops):
        kinds = rng.permutation(KINDS)[: max(int(kept * len(KINDS)), 4)]
        kind_off = dict(zip(kinds, rng.normal(0, of_kind, len(kinds)), strict=True))
        for shop in range(n_shops):
            shop_off = rng.normal(0, of_shop) if n_shops > 1 else 0.0
            for item in basket.items[basket.items["kind"].isin(kinds)].to_dict("records"):
                log = kind_off[item["kind"]] + shop_off + rng.normal(0, of_price)
                price = item["list_price"] * (1 + off) * np.exp(log)
                for day, factor in ((dt.date(2026, 1, 5), 1.0), (dt.date(2026, 2, 5), 1 + moved)):
                    rows.append({
                        "competitor": f"Rival {place}",
                        "location": "all" if n_shops == 1 else f"Rival {place} No. {shop}",
                        "product": item["kind"].title(), "kind": item["kind"],
                        "ounces": item["ounces"], "dollars": price * factor, "currency": "USD",
                        "sold_through": "shop", "promotion": "none", "seen": pd.Timestamp(day),
                        "source": "drawn", "is_promotion": False,
                    })  # fmt: skip
    return price_file.mark_prices(pd.DataFrame(rows), AS_OF, 92)
