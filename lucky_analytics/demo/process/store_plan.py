"""Expected orders and prices per store and day: ramp, cannibalisation, promotion, clock, published totals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, stream
from lucky_analytics.demo.build.targets import PINNED_DAYS, Targets
from lucky_analytics.demo.process.horizon import DAYS, MONTH, N_DAYS, N_WEEKS, WEEK, clock, day_of
from lucky_analytics.demo.truth.anomalies import lifts
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["LOCATIONS", "OPENED", "StorePlan", "distances_km", "plan_stores"]

# First business day of the ten stores; the residual row sells from the first day.
OPENED: Ints = np.array([day_of(date) for date in (
    "2025-06-30", "2025-06-30", "2025-08-24", "2025-08-28", "2025-09-09", "2025-11-20", "2025-12-01",
    "2025-12-14", "2025-12-15", "2026-02-06", "2025-06-30",
)])  # fmt: skip
# Latitude, longitude; placed from the street addresses to about 100 m.
LOCATIONS = (
    (40.7307, -73.9922), (40.7457, -73.9905), (40.7648, -73.9844), (40.7099, -74.0069), (40.7067, -74.0070),
    (40.7525, -73.9872), (40.7540, -73.9988), (40.7344, -73.9864), (40.7185, -73.9962), (40.7379, -73.9840),
)  # fmt: skip
# February's USD orders leave room for the NZD ones below the month's 36,696 productions.
FEBRUARY_USD = 35_200
# USD aims below a pinned day's total, so that NZD orders can fill it; a day's selection noise is 40-50.
_ROOM = {"2026-02-02": 140, "2026-02-03": 140, "2026-02-04": 140, "2026-02-07": 70}
N_STORES, RESIDUAL = 10, 10
_TAU_DAYS = 39.0  # of the price path, where no published average sets it


@dataclass(frozen=True)
class StorePlan:
    """Expected USD orders and average order value, [11 stores, 229 days], and the parts they are made of.

    ``flagship_orders`` are the flagship's orders by month; ``exposure`` and ``maturity`` are the latent
    regressors of cannibalisation [10, 229].
    """

    orders: Floats
    price: Floats
    flagship_orders: Ints
    exposure: Floats
    maturity: Floats
    tau_days: float


def distances_km() -> Floats:
    """Kilometres between the ten stores, [10, 10], on a local plane (error below 0.1 % inside Manhattan)."""
    at = np.array(LOCATIONS)
    north = (at[:, None, 0] - at[None, :, 0]) * 111.2
    east = (at[:, None, 1] - at[None, :, 1]) * 84.3
    return np.hypot(north, east)


def plan_stores(targets: Targets, planted: Plants, seed: int) -> StorePlan:
    """Expected store x day orders and order values that add up to every published store figure.

    The scale of each row is its plateau, so meeting the row totals distorts no shape. The flagship's
    monthly orders follow from its monthly revenue and the price path. The time constant of the price path
    is the one at which February's average is the published value.
    """
    shape, exposure, maturity = _shapes(planted, seed)
    if not targets.is_calibrated:
        orders = shape * _drawn_plateaus(shape, exposure, targets, planted, seed)[:, None]
        months = np.bincount(MONTH, orders[0]).round().astype(np.int64)
        return StorePlan(orders, _price_path(planted, _TAU_DAYS), months, exposure, maturity, _TAU_DAYS)
    low, high = 24.0, 70.0
    for _ in range(20):
        tau = (low + high) / 2
        orders, price, months = _scaled(shape, targets, planted, tau)
        february = MONTH == 7
        value = (orders * price)[:, february].sum() / orders[:, february].sum()
        low, high = (low, tau) if value > planted["promotion"]["aov_february"] else (tau, high)
    return StorePlan(orders, price, months, exposure, maturity, tau)


def _drawn_plateaus(shape: Floats, exposure: Floats, targets: Targets, planted: Plants, seed: int) -> Floats:
    """Orders a plain day at maturity, [11]: log-normal net of the exposure at the end, as planted."""
    ramp = planted["ramp"]
    rng = stream(seed, "plateaus")
    net = np.log(ramp["plateau_mean"] / 7) + rng.normal(0, ramp["plateau_sd"], N_STORES)
    gross = np.exp(net - planted["cannibalisation"]["weight"] * exposure[:, -1])
    return np.r_[gross * targets.scale, targets.store_orders[RESIDUAL] / shape[RESIDUAL].sum()]


def _shapes(planted: Plants, seed: int) -> tuple[Floats, Floats, Floats]:
    """Relative orders [11, 229] before any total is met, the exposure kernel and the maturity of stores."""
    ramp, own, promotion = planted["ramp"], planted["cannibalisation"], planted["promotion"]
    is_open = DAYS[None, :] >= OPENED[:N_STORES, None]
    age_weeks = np.maximum(DAYS[None, :] - OPENED[:N_STORES, None], 0) / 7
    speed = ramp["k"] * np.exp(stream(seed, "speeds").normal(0, ramp["k_sd"], (N_STORES, 1)))
    growth = np.exp(-ramp["b"] * np.exp(-speed * age_weeks)) * is_open
    hump = 1 + ramp["hump"] * np.exp(-age_weeks / ramp["hump_fade_weeks"])
    kernel = np.exp(-distances_km() / own["distance_km"])
    np.fill_diagonal(kernel, 0)
    exposure = kernel @ growth
    noise = stream(seed, "store-week noise").normal(0, ramp["noise_sd"], (N_STORES, N_WEEKS))[:, WEEK]
    lift = np.zeros((N_STORES, N_DAYS))
    lift[0] = promotion["novelty"] * np.exp(-DAYS / promotion["novelty_fade_days"])
    lift[0] += promotion["withdrawn_step"] * (day_of(promotion["withdrawn_date"]) <= DAYS)
    lift[1] = promotion["second_lift"] * np.exp(-DAYS / promotion["second_fade_days"])
    lift[9] = promotion["opening_event"]
    lift += lifts(planted.get("anomalies", {}))
    trading = growth * hump * np.exp(own["weight"] * exposure + lift + noise) * clock()
    return np.vstack([trading, clock()]), exposure, growth


def _price_path(planted: Plants, tau: float) -> Floats:
    """Average order value [11, 229] in dollars before each store's own level."""
    promotion = planted["promotion"]
    start, mature = promotion["aov_start"], promotion["aov_february"]
    path = np.ones((N_STORES + 1, 1)) * (start + (mature - start) * (1 - np.exp(-DAYS / tau)))
    age = np.maximum(DAYS[None, :] - OPENED[2:N_STORES, None], 0)
    path[2:N_STORES] *= 1 - promotion["store_discount"] * np.exp(-age / promotion["store_discount_days"])
    return path


def _scaled(shape: Floats, targets: Targets, planted: Plants, tau: float) -> tuple[Floats, Floats, Ints]:
    path = _price_path(planted, tau)
    level, months = _flagship(shape[0], path[0], targets)
    orders = shape * (targets.store_orders / shape.sum(1))[:, None]
    orders[0] = _smoothly_to(shape[0], months)
    pins = {day_of(d): (n - _ROOM[d]) * targets.scale for d, n in PINNED_DAYS.items()}
    for _ in range(60):
        february = MONTH == 7
        orders[:, february] *= FEBRUARY_USD * targets.scale / orders[:, february].sum()
        for day, count in pins.items():
            orders[:, day] *= count / orders[:, day].sum()
        for month in range(8):
            orders[0, month == MONTH] *= months[month] / orders[0, month == MONTH].sum()
        orders[1:] *= (targets.store_orders[1:] / orders[1:].sum(1))[:, None]
    own_level = targets.store_cents / 100 / (orders * path).sum(1)
    own_level[0] = level
    return orders, path * own_level[:, None], months


def _flagship(shape: Floats, path: Floats, targets: Targets) -> tuple[float, Ints]:
    """The flagship's price level at which its monthly revenues imply its total orders, and those months."""
    dollars = targets.flagship_cents / 100
    weighted = np.array([np.average(path[m == MONTH], weights=shape[m == MONTH]) for m in range(8)])
    level = float((dollars / weighted).sum() / targets.store_orders[0])
    exact = dollars / (level * weighted)
    months = np.floor(exact).astype(np.int64)
    short = int(targets.store_orders[0] - months.sum())
    months[np.argsort(months - exact, kind="stable")[:short]] += 1
    return level, months


def _smoothly_to(shape: Floats, months: Ints) -> Floats:
    """``shape`` with monthly totals ``months``: the correction is linear in logs between month centres."""
    centres = np.array([DAYS[m == MONTH].mean() for m in range(8)])
    orders = shape.copy()
    for _ in range(30):
        totals = np.array([orders[m == MONTH].sum() for m in range(8)])
        orders *= np.exp(np.interp(DAYS, centres, np.log(months / totals)))
    return orders
