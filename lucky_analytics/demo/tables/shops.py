"""The shop registry: ten trading stores, one not opened, pop-ups, NZD test shops, inherited rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.targets import STORES, Targets
from lucky_analytics.demo.process.horizon import N_DAYS, NEW_YORK, RAROTONGA
from lucky_analytics.demo.process.placement import NZD_ROW, Orders
from lucky_analytics.demo.process.store_plan import LOCATIONS, OPENED, RESIDUAL
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["LIVE_TENANT", "TEST_TENANT", "Shops", "list_shops", "shop_of_orders"]

LIVE_TENANT, TEST_TENANT, INHERITED_TENANT = "LKUS", "LKTEST", "LKCN"
N_REGISTERED = 517
_ADDRESSES = (
    "755 Broadway, New York, NY 10003", "800 6th Ave, New York, NY 10001", "901 8th Ave, New York, NY 10019",
    "102 Fulton St, New York, NY 10038", "100 Maiden Ln, New York, NY 10038",
    "1375 Broadway, New York, NY 10018", "410 10th Ave, New York, NY 10001",
    "147 3rd Ave, New York, NY 10003", "221 Grand St, New York, NY 10013", "261 3rd Ave, New York, NY 10010",
)  # fmt: skip
# Residual shops sell inside the horizon's days [start, end).
_POP_UPS = (
    ("Head Office Kiosk", 0, N_DAYS), ("Pop-up Bryant Park", 0, 75), ("Pop-up Governors Island", 10, 70),
    ("Pop-up Union Square", 70, 150), ("Pop-up Winter Village", 115, 190), ("Training Bar", 30, N_DAYS),
)  # fmt: skip
# Shops of the parent company that came with its registry.
_DISTRICTS = (
    "Chaoyang", "Haidian", "Dongcheng", "Fengtai", "Pudong", "Jing'an", "Xuhui", "Minhang", "Tianhe",
    "Yuexiu", "Nanshan", "Futian", "Siming", "Huli", "Gulou", "Jianye", "Xihu", "Binjiang", "Wuhou", "Jinniu",
)  # fmt: skip
_NZ_SHOPS = ("Avarua", "Arorangi", "Titikaveka", "Muri", "Matavera", "Nikao", "Aitutaki", "Ngatangiia")


@dataclass(frozen=True)
class Shops:
    """The registry in the order of ``id``. ``first_pop_up`` and ``first_nz`` are positions in it."""

    ids: Ints
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    tenants: tuple[str, ...]
    status: Ints
    operation_mode: Ints
    zones: tuple[str, ...]
    currencies: tuple[str, ...]
    addresses: tuple[str, ...]
    locations: tuple[tuple[float, float] | None, ...]
    opened_day: Ints
    is_internal: Bools
    is_test: Bools
    first_pop_up: int = 11
    first_nz: int = 11 + len(_POP_UPS)
    n_nz: int = len(_NZ_SHOPS)


def list_shops(planted: Plants) -> Shops:
    """517 shops. ``opened_day`` is -1 where a shop never opened or its date is not kept."""
    rows: list[tuple] = []
    for k in range(RESIDUAL):
        rows.append((f"US{k + 1:05d}", STORES[k][0], LIVE_TENANT, 1, 1, NEW_YORK, "USD", _ADDRESSES[k],
                     LOCATIONS[k], OPENED[k], False, False))  # fmt: skip
    rows.append(("US00011", "180 Varick", LIVE_TENANT, 0, 1, NEW_YORK, "USD",
                 "180 Varick St, New York, NY 10014", (40.7275, -74.0054), -1, False, False))  # fmt: skip
    for k, (name, start, end) in enumerate(_POP_UPS):
        status = 1 if end == N_DAYS else 2
        rows.append((f"US9{k + 1:04d}", name, LIVE_TENANT, status, 3, NEW_YORK, "USD", "New York, NY", None,
                     start, True, False))  # fmt: skip
    unflagged = planted["exceptions"]["nz_shops_without_test_flag"]
    for k, name in enumerate(_NZ_SHOPS):
        is_test = k >= unflagged
        tenant = TEST_TENANT if is_test else LIVE_TENANT
        rows.append((f"CK{k + 1:05d}", f"Cook Islands {name}", tenant, 1, 1, RAROTONGA, "NZD",
                     f"{name}, Cook Islands", None, 0, False, is_test))  # fmt: skip
    for k in range(N_REGISTERED - len(rows)):
        name = f"{_DISTRICTS[k % len(_DISTRICTS)]} No. {k // len(_DISTRICTS) + 1}"
        rows.append((f"CN{k + 1:05d}", name, INHERITED_TENANT, 2, 1, "Asia/Shanghai",
                     "CNY", "Not kept", None, -1, False, True))  # fmt: skip
    columns = list(zip(*rows, strict=True))
    return Shops(
        ids=100_001 + 7 * np.arange(len(rows)),
        numbers=columns[0],
        names=columns[1],
        tenants=columns[2],
        status=np.array(columns[3]),
        operation_mode=np.array(columns[4]),
        zones=columns[5],
        currencies=columns[6],
        addresses=columns[7],
        locations=columns[8],
        opened_day=np.array(columns[9]),
        is_internal=np.array(columns[10]),
        is_test=np.array(columns[11]),
    )


def shop_of_orders(orders: Orders, shops: Shops, targets: Targets, planted: Plants, seed: int) -> Ints:
    """Position in the registry of each completed order's shop.

    Residual orders go to a pop-up that sells on their day, the planted few of them to an NZD shop; NZD
    orders to any NZD shop, test flag or not.
    """
    rng = stream(seed, "shops of orders")
    shop = orders.row.copy()
    other = np.flatnonzero(orders.row == RESIDUAL)
    starts, ends = np.array([p[1] for p in _POP_UPS]), np.array([p[2] for p in _POP_UPS])
    is_selling = (orders.day[other, None] >= starts) & (orders.day[other, None] < ends)
    shop[other] = shops.first_pop_up + np.argmax(is_selling * rng.random(is_selling.shape), axis=1)
    planted_count = planted["exceptions"]["usd_orders_in_nz_shops"]
    n_stray = planted_count if targets.is_full else int(np.ceil(planted_count * targets.scale))
    stray = rng.choice(other[~orders.is_delivery[other]], n_stray, replace=False)
    shop[stray] = shops.first_nz + rng.integers(0, shops.n_nz, n_stray)
    nzd = np.flatnonzero(orders.row == NZD_ROW)
    shop[nzd] = shops.first_nz + rng.choice(shops.n_nz, len(nzd), p=_nz_shares(shops.n_nz))
    return shop


def _nz_shares(n: int) -> np.ndarray:
    weight = 1 / np.arange(2, n + 2)
    return weight[::-1] / weight.sum()
