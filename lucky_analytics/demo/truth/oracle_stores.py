"""What the store plants came out as: the ramp before and after raking, and the flagship's fall in parts."""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares

from lucky_analytics.demo.build.arrays import Floats, Ints
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.horizon import DAYS, MONTH, N_DAYS, clock, day_of
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL
from lucky_analytics.demo.truth.anomalies import lifts
from lucky_analytics.demo.truth.estimates import Estimate
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["flagship_parts", "note_anomalies", "ramp_estimates", "store_days"]

# The two stores of the launch carry promotions of their own; the others carry the ramp alone.
_RAMPING = np.arange(2, RESIDUAL)


def store_days(world: World) -> Ints:
    """Completed USD orders by trading store and day, [10, 229]."""
    orders = world.orders
    usd = np.flatnonzero(orders.row < RESIDUAL)
    flat = np.bincount(orders.row[usd] * N_DAYS + orders.day[usd], minlength=RESIDUAL * N_DAYS)
    return flat.reshape(RESIDUAL, N_DAYS)


def ramp_estimates(world: World) -> list[Estimate]:
    """b, k and exposure weight on full weeks since opening, on expected and on realised orders.

    Least squares of ln(orders / clock) with a plateau per store; the launch hump is held at its plant,
    because it and k are the same curve to the data.
    """
    before, _, _ = _fit(world.plan.orders[:RESIDUAL], world)
    after, errors, plateaus = _fit(np.maximum(store_days(world), 0.5), world)
    names = (("ramp", "b"), ("ramp", "k"), ("cannibalisation", "weight"))
    found = [
        Estimate(mechanism, name, world.planted[mechanism][name], float(was), float(now), float(se))
        for (mechanism, name), was, now, se in zip(names, before, after, errors, strict=True)
    ]
    logs = np.log(plateaus / world.targets.scale)
    net = logs + world.planted["cannibalisation"]["weight"] * world.plan.exposure[_RAMPING, -1]
    mean = float(np.exp(net.mean()))
    error = mean * float(net.std(ddof=1)) / np.sqrt(len(net))
    spread = float(net.std(ddof=1))
    of_spread = spread / float(np.sqrt(2 * (len(net) - 1)))
    ramp = world.planted["ramp"]
    found.append(Estimate("ramp", "plateau_mean", ramp["plateau_mean"], None, mean, error))
    found.append(Estimate("ramp", "plateau_sd", ramp["plateau_sd"], None, spread, of_spread))
    return found


def _fit(orders: Floats | Ints, world: World) -> tuple[Floats, Floats, Floats]:
    """Estimates of b, k, exposure weight, their standard errors, and the plateau of each store a week."""
    store, age, exposure, level = _weeks(orders, world)
    dummies = (store[:, None] == _RAMPING).astype(float)
    ramp = world.planted["ramp"]
    hump = np.log1p(ramp["hump"] * np.exp(-age / ramp["hump_fade_weeks"]))

    def shape(theta: Floats) -> Floats:
        return -theta[0] * np.exp(-theta[1] * age) + hump + theta[2] * exposure

    def residual(theta: Floats) -> Floats:
        rest = level - shape(theta)
        return rest - dummies @ np.linalg.lstsq(dummies, rest, rcond=None)[0]

    start = [ramp["b"], ramp["k"], world.planted["cannibalisation"]["weight"]]
    fitted = least_squares(residual, start)
    free = max(len(level) - 3 - len(_RAMPING), 1)
    spread = np.linalg.pinv(fitted.jac.T @ fitted.jac) * (fitted.fun**2).sum() / free
    plateaus = np.exp(np.linalg.lstsq(dummies, level - shape(fitted.x), rcond=None)[0])
    return fitted.x, np.sqrt(np.diag(spread)), plateaus


def _weeks(orders: Floats | Ints, world: World) -> tuple[Ints, Floats, Floats, Floats]:
    """Store, age in weeks, exposure and ln orders a plain week, for each full week since opening."""
    weight = clock()
    rows = []
    for s in _RAMPING:
        for week in range((N_DAYS - OPENED[s]) // 7):
            days = OPENED[s] + 7 * week + np.arange(7)
            plain = orders[s, days].sum() / weight[days].sum() * 7
            age = ((days - OPENED[s]) / 7).mean()
            rows.append((s, age, world.plan.exposure[s, days].mean(), np.log(plain)))
    store, age, exposure, level = np.array(rows).T
    return store.astype(np.int64), age, exposure, level


def flagship_parts(world: World) -> dict[str, float]:
    """ln orders a day of the flagship, January against August, and the planted parts of the difference."""
    orders, planted = store_days(world)[0], world.planted
    promotion, weight = planted["promotion"], planted["cannibalisation"]["weight"]
    january, august = MONTH == 6, MONTH == 1

    def change(series: Floats) -> float:
        return float(series[january].mean() - series[august].mean())

    novelty = promotion["novelty"] * np.exp(-DAYS / promotion["novelty_fade_days"])
    season = float(np.log(clock()[january].mean() / clock()[august].mean()))
    total = float(np.log(orders[january].mean() / orders[august].mean()))
    parts = {
        "exposure": weight * change(world.plan.exposure[0]),
        "novelty": change(novelty),
        "season": season,
    }
    february = float(promotion["withdrawn_step"] * (day_of(promotion["withdrawn_date"]) < N_DAYS))
    return {
        "total": total,
        **parts,
        "residue": total - sum(parts.values()),
        "withdrawn_in_february": february,
    }


def note_anomalies(world: World, truth: Realised) -> None:
    """Orders of the days of each planted anomaly, as a multiple of what the plan has without any."""
    anomalies = world.planted.get("anomalies", {})
    orders, usual = store_days(world), world.plan.orders[:RESIDUAL] * np.exp(-lifts(anomalies))
    for name, anomaly in anomalies.items():
        here = lifts({name: anomaly}) != 0
        truth.note("anomalies", name, float(orders[here].sum() / usual[here].sum()) if here.any() else 1.0)
