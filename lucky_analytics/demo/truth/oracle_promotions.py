"""What the promotions of single stores and the store-week noise came out as, by least squares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import least_squares

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, clock, day_of
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL
from lucky_analytics.demo.truth.estimates import Estimate
from lucky_analytics.demo.truth.oracle_stores import store_days

__all__ = ["promotion_estimates"]

FLAGSHIP, SECOND = 0, 1
_DISCOUNTED = np.arange(2, RESIDUAL)
_FEWEST_WEEKS = 3
_Shape = Callable[[float, float, Floats | Ints], Floats]


def promotion_estimates(world: World) -> list[Estimate]:
    """The flagship's novelty and withdrawn promotion, the second store's lift, the noise, the store discount.

    The fade of the novelty is held at its plant: over the horizon its length and its size are one curve. A
    promotion that was planted as nothing is not estimated.
    """
    plant = world.planted["promotion"]
    found = [_noise(world)]
    start, level = _weekly(FLAGSHIP, world)
    fading = np.exp(-(start + 3) / plant["novelty_fade_days"])
    withdrawn = np.clip(start + 7 - day_of(plant["withdrawn_date"]), 0, 7) / 7
    names = ("novelty", "withdrawn_step")
    if all(plant[name] for name in names):
        values, errors = _lines(np.c_[fading, withdrawn], level)
        found += [_promotion(*fact, world) for fact in zip(names, values, errors, strict=True)]
    names = ("second_lift", "second_fade_days")
    if plant["second_lift"]:
        start, level = _weekly(SECOND, world)
        pairs = _fade(start + 3, level, np.ones(len(level)), _lift, [plant[name] for name in names])
        found += [_promotion(name, *pair, world) for name, pair in zip(names, pairs, strict=True)]
    names = ("store_discount", "store_discount_days")
    if plant["store_discount"]:
        pairs = _discount(world, [plant[name] for name in names])
        found += [_promotion(name, *pair, world) for name, pair in zip(names, pairs, strict=True)]
    return found


def _promotion(name: str, value: float, error: float, world: World) -> Estimate:
    return Estimate("promotion", name, world.planted["promotion"][name], None, float(value), float(error))


def _weekly(store: int, world: World) -> tuple[Ints, Floats]:
    """First day of each full calendar week of a store, and ln orders a plain day less ramp and exposure."""
    ramp, own = world.planted["ramp"], world.planted["cannibalisation"]
    opened = -(-int(OPENED[store]) // 7) * 7
    start = np.arange(opened, N_DAYS - 6, 7)
    days = start[:, None] + np.arange(7)
    plain = np.maximum(store_days(world)[store][days].sum(1), 0.5) / clock()[days].sum(1)
    age = (days - OPENED[store]).mean(1) / 7
    usual = -ramp["b"] * np.exp(-ramp["k"] * age) + np.log1p(
        ramp["hump"] * np.exp(-age / ramp["hump_fade_weeks"])
    )
    usual += own["weight"] * world.plan.exposure[store][days].mean(1)
    return start, np.log(plain) - usual


def _noise(world: World) -> Estimate:
    """Spread of a store's weeks around its own level, less what the chance of single orders adds."""
    squares, free = 0.0, 0
    for store in _DISCOUNTED:
        start, level = _weekly(int(store), world)
        if len(start) < _FEWEST_WEEKS:
            continue
        orders = store_days(world)[store][start[:, None] + np.arange(7)].sum(1)
        squares += float(((level - level.mean()) ** 2).sum()) - float((1 / np.maximum(orders, 1)).sum())
        free += len(start) - 1
    sd = float(np.sqrt(max(squares, 0.0) / max(free, 1)))
    planted = world.planted["ramp"]["noise_sd"]
    return Estimate("ramp", "noise_sd", planted, None, sd, sd / float(np.sqrt(2 * max(free, 1))))


def _lines(columns: Floats, level: Floats) -> tuple[Floats, Floats]:
    """Least squares with a constant: slopes and their standard errors."""
    design = np.c_[columns, np.ones(len(level))]
    slopes, *_ = np.linalg.lstsq(design, level, rcond=None)
    rest = level - design @ slopes
    spread = np.linalg.pinv(design.T @ design) * (rest**2).sum() / max(len(level) - design.shape[1], 1)
    return np.asarray(slopes[:-1], float), np.asarray(np.sqrt(np.diag(spread))[:-1], float)


def _lift(size: float, days: float, age: Floats | Ints) -> Floats:
    return np.asarray(size * np.exp(-age / days))


def _rebate(size: float, days: float, age: Floats | Ints) -> Floats:
    return np.asarray(np.log1p(-np.clip(size * np.exp(-age / days), -0.9, 0.9)))


def _fade(
    age: Floats | Ints, level: Floats, weight: Floats, shape: _Shape, start: list[float],
    group: Ints | None = None,
) -> list[tuple[float, float]]:  # fmt: skip
    """Size and days of a fading effect around a level per group, with standard errors."""
    group = np.zeros(len(level), np.int64) if group is None else group
    total = np.bincount(group, weight)

    def residual(theta: Floats) -> Floats:
        rest = level - shape(theta[0], theta[1], age)
        return (rest - (np.bincount(group, weight * rest) / np.maximum(total, 1e-9))[group]) * np.sqrt(weight)

    fitted = least_squares(residual, start, bounds=([-5, 2], [5, 400]), x_scale=np.abs(start))
    free = max(len(level) - 2 - len(np.unique(group)), 1)
    spread = np.linalg.pinv(fitted.jac.T @ fitted.jac) * (fitted.fun**2).sum() / free
    return list(zip(fitted.x.tolist(), np.sqrt(np.diag(spread)).tolist(), strict=True))


def _discount(world: World, start: list[float]) -> list[tuple[float, float]]:
    """Store discount and its fade: ln mean order of a store-day against the flagship's, by age in days."""
    orders, pay = world.orders, world.money.order_pay
    kept = np.flatnonzero(orders.row < RESIDUAL)
    cell = orders.row[kept] * N_DAYS + orders.day[kept]
    n = np.bincount(cell, minlength=RESIDUAL * N_DAYS).reshape(RESIDUAL, N_DAYS)
    mean = np.bincount(cell, pay[kept], RESIDUAL * N_DAYS).reshape(n.shape) / np.maximum(n, 1)
    is_open: Bools = (n[_DISCOUNTED] > 0) & (n[FLAGSHIP] > 0) & (OPENED[_DISCOUNTED][:, None] <= DAYS)
    store, day = np.nonzero(is_open)
    level = np.log(mean[_DISCOUNTED][store, day] / mean[FLAGSHIP, day])
    age = day - OPENED[_DISCOUNTED][store]
    return _fade(age, level, n[_DISCOUNTED][store, day].astype(float), _rebate, start, store)
