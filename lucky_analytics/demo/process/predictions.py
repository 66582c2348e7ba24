"""Forecasts as a model would have made them: a version for each day, lead and run, with planted errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.consumption import Consumption
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, day_of
from lucky_analytics.demo.process.ingredients import Goods
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.errors import DemoError

__all__ = ["FIRST_HOUR", "N_HOURS", "Forecasts", "forecast_goods", "forecast_orders"]

N_GOODS_ROWS, N_ORDER_ROWS = 2_500_000, 124_000
GOODS_LEADS, ORDER_LEADS = 14, 7
FIRST_HOUR, N_HOURS = 7, 13
# Local hours at which the regular runs end, the last one being a repetition after a failed job.
_GOODS_RUNS, _ORDER_RUNS = (5, 17), (5, 12)
# Shares of an error's variance: of the day forecast, of its lead, of the run.
_COMMON, _OF_LEAD, _OF_RUN = 0.50, 0.35, 0.15
# Of its mean since it was first sold: what a cell without demand is expected to have.
_QUIET = 0.25
_LATE_RUN_SHARE = 0.01
_FEWEST_GOODS = 3


@dataclass(frozen=True)
class Forecasts:
    """One position per row in the order in which they could be read. ``unit`` is a good or an hour; days
    count from the horizon's first, negative before it and up to the longest lead after it.

    ``value`` is the forecast in the unit of the demand it was drawn from, ``demand`` that demand (NaN after
    the horizon), ``available`` the UTC second from which it could be read.
    """

    store: Ints
    unit: Ints
    made: Ints
    target: Ints
    version: Ints
    available: Ints
    value: Floats
    demand: Floats


def forecast_goods(
    consumption: Consumption, goods: Goods, targets: Targets, planted: Plants, seed: int
) -> Forecasts:
    """Demand for each good; below full scale only for the first few goods, on all days."""
    n = max(round(goods.n * targets.scale), min(_FEWEST_GOODS, goods.n))
    sigma = np.array([planted["forecasts"][kind] for kind in goods.classes[:n]])
    rows = round(N_GOODS_ROWS * n / goods.n)
    return _forecast(
        "goods", consumption.demand[:, :, :n], sigma, GOODS_LEADS, _GOODS_RUNS, rows, planted, seed
    )


def forecast_orders(book: Book, planted: Plants, seed: int) -> Forecasts:
    """Completed orders of each trading store and hour."""
    counted = book.is_completed & (book.shop < N_STORES)
    midnight = local_midnight_utc(DAYS, np.zeros(N_DAYS, dtype=bool))
    hour = (book.created - midnight[book.day]) // 3600 - FIRST_HOUR
    shape = (N_STORES, N_DAYS, N_HOURS)
    cell = np.ravel_multi_index((book.shop[counted], book.day[counted], hour[counted]), shape)
    demand = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape).astype(float)
    sigma = np.full(N_HOURS, planted["forecasts"]["orders"])
    return _forecast("orders", demand, sigma, ORDER_LEADS, _ORDER_RUNS, N_ORDER_ROWS, planted, seed)


def _forecast(
    name: str, demand: Floats, sigma: Floats, leads: int, runs: tuple[int, ...], n_rows: int,
    planted: Plants, seed: int,
) -> Forecasts:  # fmt: skip
    """Forecasts of ``demand`` [stores, days, units] from every day's runs, as close to ``n_rows`` as whole
    repeated runs allow.

    ln forecast = ln demand + ln(1 + bias) + ln(1 + drift) + error; the error's sd is the unit's sigma plus
    ``sigma_per_lead_day`` for each day of lead beyond the first, its exponential has mean 1.
    """
    rng = stream(seed, f"forecasts of {name}")
    plant = planted["forecasts"]
    expected = _expected(demand, leads)
    first_use = np.where((demand > 0).any(1), np.argmax(demand > 0, axis=1), N_DAYS + leads)
    found = _runs(first_use, leads, len(runs), n_rows, rng)
    ended = _available(found[1], found[3], runs, rng)
    by_end = np.argsort(ended, kind="stable")
    store, made, lead, version = (values[by_end] for values in found)
    n_units = demand.shape[2]
    row = np.repeat(np.arange(len(store)), n_units)
    unit = np.tile(np.arange(n_units), len(store))
    keep = first_use[store[row], unit] <= (made + lead)[row]
    row, unit = row[keep], unit[keep]
    target = (made + lead)[row]
    of_day = rng.normal(size=expected.shape)[store[row], target, unit]
    per_lead = rng.normal(size=(N_STORES, N_DAYS + leads, leads, n_units))
    of_lead = per_lead[store[row], made[row] + leads, lead[row] - 1, unit]
    error = _COMMON**0.5 * of_day + _OF_LEAD**0.5 * of_lead + _OF_RUN**0.5 * rng.normal(size=len(row))
    sd = sigma[unit] + plant["sigma_per_lead_day"] * (lead[row] - 1)
    level = np.log1p(_bias(store[row], target, planted)) + np.log1p(plant["drift"]) * (
        target >= day_of(plant["drift_date"])
    )
    value = expected[store[row], target, unit] * np.exp(level + sd * error - sd**2 / 2)
    known = target < N_DAYS
    actual = np.where(known, demand[store[row], np.minimum(target, N_DAYS - 1), unit], np.nan)
    return Forecasts(store[row], unit, made[row], target, version[row], ended[by_end][row], value, actual)


def _expected(demand: Floats, leads: int) -> Floats:
    """Demand with a quiet level where there was none; after the horizon the mean of the same weekday in the
    last four weeks, or of the store's days in them when it has not had that weekday.
    """
    since = np.maximum.accumulate(demand > 0, axis=1).sum(1)  # days, the first with a demand and all after it
    sold = demand.sum(1) / np.maximum(since, 1)
    quiet = np.where(demand > 0, demand, _QUIET * sold[:, None, :])
    recent, is_open = quiet[:, N_DAYS - 28 :], DAYS[N_DAYS - 28 :] >= OPENED[:N_STORES, None]
    after = np.empty((len(demand), leads, demand.shape[2]))
    for k in range(leads):
        days = is_open * (np.arange(28) % 7 == k % 7)
        days = np.where(days.any(1, keepdims=True), days, is_open)
        after[:, k] = np.einsum("sd,sdu->su", days / days.sum(1, keepdims=True), recent)
    return np.concatenate([quiet, after], axis=1)


def _runs(
    first_use: Ints, leads: int, n_runs: int, n_rows: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Store, day made, lead and version of every run and lead, in the order of time.

    A store's forecasts start ``leads`` days before it opens. All runs but the last are regular; the last
    happens on as many store-days as bring the rows to ``n_rows``.
    """
    days = np.arange(-leads, N_DAYS)
    store, made = np.nonzero(days >= OPENED[:N_STORES, None] - leads)
    made = days[made]
    reach = made[:, None] + np.arange(1, leads + 1)
    is_due = reach >= OPENED[store][:, None]
    sold = np.stack([(first_use[store] <= reach[:, [k]]).sum(1) for k in range(leads)], axis=1)
    rows = (sold * is_due).sum(1)
    missing = n_rows - (n_runs - 1) * int(rows.sum())
    if not 0 <= missing <= rows.sum():
        raise DemoError("forecast rows", expected=str(n_rows), got=f"{n_rows - missing} from regular runs")
    lots = rng.permutation(len(store))
    n_repeated = int(np.searchsorted(np.cumsum(rows[lots]), missing, side="right"))
    repeated = np.zeros(len(store), dtype=bool)
    repeated[lots[:n_repeated]] = True
    parts = []
    for version in range(1, n_runs + 1):
        pair, lead = np.nonzero(is_due & (repeated[:, None] | (version < n_runs)))
        parts.append(np.stack([store[pair], made[pair], lead + 1, np.full(len(pair), version)]))
    found = np.concatenate(parts, axis=1)
    order = np.lexsort((found[2], found[0], found[3], found[1]))
    return found[0][order], found[1][order], found[2][order], found[3][order]


def _bias(store: Ints, target: Ints, planted: Plants) -> Floats:
    """Too high for stores opened after launch in their first weeks, too low for the flagship."""
    plant = planted["forecasts"]
    age = target - OPENED[store]
    is_new = (OPENED[store] > 0) & (age < 7 * plant["new_store_weeks"])
    return np.where(is_new, plant["bias_new_stores"], np.where(store == 0, plant["bias_flagship"], 0.0))


def _available(made: Ints, version: Ints, runs: tuple[int, ...], rng: np.random.Generator) -> Ints:
    """UTC second at which a run's rows could be read; a few runs end hours late, some on the next day."""
    inside = np.maximum(made, 0)
    midnight = local_midnight_utc(inside, np.zeros(len(made), dtype=bool)) + (made - inside) * 86_400
    key = (made - made.min()) * (len(runs) + 1) + version
    _, run = np.unique(key, return_inverse=True)
    n = int(run.max()) + 1
    late = (rng.random(n) < _LATE_RUN_SHARE) * rng.integers(6 * 3600, 36 * 3600, n)
    delay = rng.integers(60, 1800, n) + late
    return midnight + np.array(runs)[version - 1] * 3600 + delay[run]
