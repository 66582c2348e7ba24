"""The published figures that a full-scale build meets exactly, and the same figures at a smaller scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Ints, largest_remainder

__all__ = ["DELIVERY", "PINNED_DAYS", "RECENCY_STARTS", "STORES", "Targets"]

STORES = (
    ("8th & Broadway", 137_638, 612_844),
    ("28th & 6th", 92_226, 438_277),
    ("54th & 8th", 56_303, 292_664),
    ("102 Fulton", 61_636, 298_627),
    ("100 Maiden Ln", 35_449, 168_070),
    ("37th & Broadway", 26_841, 124_688),
    ("33rd & 10th", 16_058, 76_063),
    ("15th & 3rd", 10_057, 47_607),
    ("221 Grand", 23_805, 117_403),
    ("21st & 3rd", 1_887, 8_518),
    ("other shops", 4_352, 10_038),
)
# July (with 30 June) to 13 February; the documents print thousands, these add up to the store's row.
FLAGSHIP_MONTHS = (78_680, 105_980, 105_380, 100_480, 83_880, 70_080, 51_980, 16_384)
TOP_PRODUCTS = (
    ("Iced Coconut Latte", 70_162, 226_090),
    ("Iced Kyoto Matcha Latte", 37_246, 125_785),
    ("Drip Coffee", 34_420, 84_593),
    ("Latte", 30_802, 99_886),
    ("Iced Latte", 27_934, 94_922),
    ("Iced Velvet Latte", 25_598, 89_126),
    ("Sausage Egg & Cheese Croissant", 25_415, 97_681),
    ("Cold Brew", 21_516, 65_903),
    ("Coconut Latte", 18_606, 60_702),
    ("Iced Kyoto Matcha Coconut Latte", 18_219, 63_099),
    ("Kyoto Matcha Latte", 14_743, 48_631),
    ("Iced Caramel Popcorn Latte", 13_666, 49_298),
    ("Iced Americano", 12_928, 43_274),
    ("Cappuccino", 11_261, 37_196),
    ("Americano", 10_775, 30_196),
)
# The three delivery-platform accounts: orders (chosen) and dollars; $82,203 and the sum are published.
DELIVERY = ((13_770, 82_203), (7_400, 41_500), (2_430, 17_297))
RECENCY = (12_285, 21_458, 19_836, 20_575, 76_238)
RECENCY_STARTS = (0, 8, 31, 61, 91)
# Business dates of February 2026 whose completed orders (both currencies) were printed.
PINNED_DAYS = {"2026-02-02": 3_156, "2026-02-03": 3_316, "2026-02-04": 3_048, "2026-02-07": 1_349}
# All rows of t_order by channel, cancelled ones included; within half of the printed digit.
CHANNELS = {1: 72_400, 2: 410_400, 3: 25_200, 8: 3_400, 9: 2_500, 10: 2_100}


@dataclass(frozen=True)
class Targets:
    """Counts and cents to meet. At ``scale`` 1 they are the published figures; below, in proportion.

    ``is_calibrated`` False keeps them as sizes and meets none: then ``is_store_led`` says whether the stores'
    orders are drawn from their plan, or the customers' process is and the stores' orders emerge.
    ``store_orders`` and ``store_cents`` have eleven rows: the ten trading stores and the residual one.
    """

    scale: float
    store_orders: Ints
    store_cents: Ints
    flagship_cents: Ints
    nzd_orders: int
    nzd_cents: int
    product_items: Ints
    product_cents: Ints
    delivery_orders: Ints
    delivery_cents: Ints
    recency_users: Ints
    single_users: int
    items: int
    cancelled_items: int
    cancelled_orders: int
    amount_rows: int
    registered: int
    deleted: int
    channel_orders: dict[int, int]
    is_calibrated: bool = True
    is_store_led: bool = False

    @property
    def is_full(self) -> bool:
        """True where every published figure must be met exactly."""
        return self.scale == 1.0 and self.is_calibrated

    @property
    def usd_orders(self) -> int:
        return int(self.store_orders.sum())

    @property
    def ordering_users(self) -> int:
        return int(self.recency_users.sum())

    @classmethod
    def at(cls, scale: float) -> Targets:
        """The targets at ``scale`` (0 < scale <= 1); every margin keeps at least one order or user.

        >>> Targets.at(1.0).usd_orders, Targets.at(1.0).ordering_users
        (466252, 150392)
        """

        def counts(values: list[int]) -> Ints:
            total = max(round(sum(values) * scale), len(values))
            return largest_remainder(np.array(values, dtype=float), total)

        def cents(values: list[int]) -> Ints:
            return np.round(np.array(values) * 100 * scale).astype(np.int64)

        def one(value: int) -> int:
            return max(round(value * scale), 1)

        channel_orders = counts(list(CHANNELS.values()))
        cancelled = int(channel_orders.sum()) - one(487_497)
        return cls(
            scale=scale,
            store_orders=counts([orders for _, orders, _ in STORES]),
            store_cents=cents([dollars for _, _, dollars in STORES]),
            flagship_cents=cents(list(FLAGSHIP_MONTHS)),
            nzd_orders=one(21_245),
            nzd_cents=int(cents([74_628])[0]),
            product_items=counts([items for _, items, _ in TOP_PRODUCTS]),
            product_cents=cents([dollars for _, _, dollars in TOP_PRODUCTS]),
            delivery_orders=counts([orders for orders, _ in DELIVERY]),
            delivery_cents=cents([dollars for _, dollars in DELIVERY]),
            recency_users=counts(list(RECENCY)),
            single_users=one(84_341),
            items=one(568_400),
            cancelled_items=one(33_600),
            cancelled_orders=cancelled,
            amount_rows=one(484_000),
            registered=one(277_537),
            deleted=one(2_537),
            channel_orders=dict(zip(CHANNELS, channel_orders.tolist(), strict=True)),
        )
