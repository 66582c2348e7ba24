"""Simulated stores with a known ramp: one mechanism, no calibration, for tests of the growth methods."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.growth.curves import log_share

OPENED = [0, 0, 55, 59, 71, 143, 154, 167, 168, 221]
PLACES = [
    (40.7307, -73.9922), (40.7457, -73.9905), (40.7648, -73.9844), (40.7099, -74.0069), (40.7067, -74.0070),
    (40.7525, -73.9872), (40.7540, -73.9988), (40.7344, -73.9864), (40.7185, -73.9962), (40.7379, -73.9840),
]  # fmt: skip
FIRST, N_DAYS = pd.Timestamp("2025-06-30"), 229
AS_OF = dt.date(2026, 2, 13)
WEEKDAYS = np.array([1.02, 1.06, 1.03, 1.05, 0.97, 0.445, 0.44])


@dataclass
class World:
    """Ten stores; what is planted has the names of the model in ``methods.growth``."""

    b: float = 1.2
    k: float = 0.55
    k_sd: float = 0.0
    form: str = "gompertz"
    hump: float = 0.15
    effect: float = -0.45
    plateau: float = 2100.0
    plateau_sd: float = 0.35
    noise_sd: float = 0.10
    winter: float = 0.93
    # Log plateau of each store, where the world says it; else drawn around ``plateau``.
    log_plateaus: tuple[float, ...] | None = None
    bills: pd.DataFrame | None = None
    days: pd.DataFrame = field(init=False)
    stores: pd.DataFrame = field(init=False)
    plateaus: pd.Series = field(init=False)


def simulate(seed: int, **planted: Any) -> World:
    """A world whose stores follow the planted ramp, weekdays, a holiday, a slow winter, counting noise."""
    world, chance = World(**planted), np.random.default_rng(seed)
    day, opened, place = np.arange(N_DAYS), np.array(OPENED), np.array(PLACES)
    ids = [f"s{i}" for i in range(len(opened))]
    km = np.hypot(
        *((place[:, None, axis] - place[None, :, axis]) * scale for axis, scale in ((0, 111.2), (1, 84.3)))
    )
    kernel = np.exp(-km) - np.eye(len(opened))
    is_open, age = day >= opened[:, None], np.maximum(day - opened[:, None], 0) / 7
    speed = world.k * np.exp(world.k_sd * np.random.default_rng([seed, 1]).normal(size=(len(opened), 1)))
    growth = np.exp(log_share(world.form, age, world.b, speed)) * is_open
    exposure = kernel @ growth
    log_plateau = np.log(world.plateau) + world.plateau_sd * chance.normal(size=len(opened))
    if world.log_plateaus is not None:
        log_plateau = np.array(world.log_plateaus)
    noise = chance.normal(0, world.noise_sd, (len(opened), N_DAYS // 7 + 1))[:, day // 7]
    clock = WEEKDAYS[day % 7] / WEEKDAYS.mean()
    clock[150] *= 0.5
    clock[209:] *= world.winter
    level = np.exp(log_plateau[:, None] + world.effect * (exposure - exposure[:, -1:]) + noise)
    expected = level * growth * (1 + world.hump * np.exp(-age / 2)) * clock / 7
    dates = FIRST + pd.to_timedelta(day, unit="D")
    orders = chance.poisson(expected)
    world.days = pd.DataFrame(
        {
            "unique_id": np.repeat(ids, N_DAYS),
            "ds": np.tile(dates, len(ids)),
            "y": orders.ravel(),
            "value": orders.ravel() * 480,
        }
    )[is_open.ravel()].reset_index(drop=True)
    world.stores = pd.DataFrame(
        {
            "unique_id": ids,
            "store_name": [f"Store {i}" for i in range(len(ids))],
            "opened": FIRST + pd.to_timedelta(opened, unit="D"),
            "latitude": place[:, 0],
            "longitude": place[:, 1],
        }
    )
    world.plateaus = pd.Series(np.exp(log_plateau), index=ids)
    return world
