"""What would bring the mean time down: each lever's part, read off the model. An association, no
experiment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.adjusted_effects import AdjustedEffects
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights
from lucky_analytics.questions.operations.production_time.effects import compare_levels
from lucky_analytics.questions.operations.production_time.tickets import NO_CUP, OTHER_SHOPS

__all__ = ["LEAST_GAIN", "LEVERS", "add_levers", "best_lever", "estimate_left"]

LEVERS = ("open tickets", "slower stores", "slower machine types", "long recipes", "tickets left open")
LEAST_GAIN = 1.0  # seconds an order: for less nobody changes how a store works
_N_DRAWS = 400
_MINUTE = 60.0
_SLOWEST = 0.25  # of tickets with the longest recipes

_SURE = 0.995  # a lever is pulled only if it works with this chance

Array = NDArray[np.float64]
Draw = Callable[[float, float], Array]


def add_levers(
    rows: pd.DataFrame,
    fit: AdjustedEffects,
    steps: pd.DataFrame,
    per_step: Estimate,
    *,
    most_open: int,
    level: float,
) -> pd.DataFrame:
    """What the mean of ``rows`` would be with one lever after the other, in the order of ``LEVERS``.

    Open tickets: none meets more than ``most_open`` when it is accepted. Slower stores and machine types:
    those beyond chance work at the mean of theirs. Long recipes: one step fewer in the quarter of tickets
    with most of them. Tickets left open: those over half an hour (``is_over``) take the mean of the others. A
    lever whose effect may be nought is not pulled: ``is_known`` is false and its gain null. Returns
    ``lever``, ``gain`` (seconds an order; positive is shorter) with ``low`` and ``high``, ``after`` (the
    mean with it and all before it) with ``after_low`` and ``after_high``, ``is_known``, and a last row ``all
    of them``. Ends are from draws of the coefficients, and of the days: other days than these would have had
    other loads and other means.
    """
    own = rows[~rows["is_over"]]
    cells, factors = _find_factors(own, fit, steps, per_step, most_open, level)
    # Each first row is the estimate, the others are draws.
    weights, over, n, n_own = _draw_days(rows, cells)
    sums = [weights.sum(axis=1)]
    known = []
    for lever in LEVERS[:-1]:
        factor = factors[lever]
        known.append(factor is not None)
        if factor is not None:
            weights *= factor
        sums.append(weights.sum(axis=1))
    means = [(each + over) / n for each in sums] + [sums[-1] / np.maximum(n_own, 1)]
    known.append(over[0] > 0 and len(own) > 0)
    found = []
    names, starts, ends_ = [*LEVERS, "all of them"], [*means[:-1], means[0]], [*means[1:], means[-1]]
    for lever, before, after, is_known in zip(names, starts, ends_, [*known, any(known)], strict=True):
        gain = before - after
        ends = (*_find_ends(gain, level), *_find_ends(after, level))
        found.append((lever, *(ends if is_known else (*(np.nan,) * 3, after[0], *(np.nan,) * 2)), is_known))
    columns = ["lever", "gain", "low", "high", "after", "after_low", "after_high", "is_known"]
    levers = pd.DataFrame(found, columns=columns)
    levers.loc[levers["lever"] == LEVERS[-1], ["low", "high"]] = np.nan  # counted, not estimated
    return levers


def best_lever(levers: pd.DataFrame) -> pd.Series | None:
    """The lever of the work itself that is worth most, surely ``LEAST_GAIN`` or more; null where none is.

    Tickets left open are none: to close them in time mends the clock, whoever waited.
    """
    own = levers[levers["lever"].isin(LEVERS[:-1]) & levers["is_known"] & (levers["low"] >= LEAST_GAIN)]
    return None if own.empty else own.sort_values("gain", ascending=False).iloc[0]


def estimate_left(levers: pd.DataFrame, level: float, n: int) -> Estimate:
    """Mean minutes with all known levers; null where none is known."""
    row = levers.iloc[-1]
    if not row["is_known"]:
        return Estimate(None)
    left = Estimate(row["after"], row["after_low"], row["after_high"], level=level, n=n)
    return left.times(1 / _MINUTE)


def _find_ends(draws: Array, level: float) -> tuple[float, float, float]:
    """The estimate, which comes first, and the ends that the draws give it."""
    value = float(draws[0])
    low, high = np.quantile(draws[1:], [(1 - level) / 2, (1 + level) / 2])
    return value, min(float(low), value), max(float(high), value)


def _draw_days(rows: pd.DataFrame, cells: pd.DataFrame) -> tuple[Array, Array, Array, Array]:
    """Seconds by draw and cell, and by draw the seconds of tickets over, all tickets, and those not over.

    Days are drawn again from those that there were (a bootstrap of days, Efron 1979), as far from their mean
    as few days need.
    """
    day, names = pd.factorize(rows["date"])
    n_days, is_over = len(names), rows["is_over"].to_numpy(bool)
    by_day = np.zeros((n_days, int(cells["cell"].max()) + 1 if len(cells) else 0))
    np.add.at(
        by_day, (names.get_indexer(pd.Index(cells["date"])), cells["cell"].to_numpy()), cells["seconds"]
    )
    drawn = draw_block_weights(n_days, _N_DRAWS, seed=1) if n_days > 1 else np.ones((_N_DRAWS, n_days))
    few = np.sqrt(n_days / max(n_days - 1, 1))
    times = np.vstack([np.ones(n_days), 1 + (drawn - 1) * few])
    over = np.bincount(day, rows["seconds"].to_numpy(float) * is_over, n_days)
    counts, own = (np.bincount(day, part, n_days) for part in (np.ones(len(rows)), ~is_over))
    return times @ by_day, times @ over, times @ counts, times @ own


def _find_factors(
    own: pd.DataFrame,
    fit: AdjustedEffects,
    steps: pd.DataFrame,
    per_step: Estimate,
    most_open: int,
    level: float,
) -> tuple[pd.DataFrame, dict[str, Array | None]]:
    """``seconds`` of alike tickets by ``cell`` and ``date``, and by lever what multiplies each cell: draws by
    cells."""
    random = np.random.default_rng(0)
    many = dict(zip(steps["product"], steps["steps"], strict=True))
    n_steps = own["product"].astype(object).map(many).astype(float)
    is_long = n_steps >= n_steps.quantile(1 - _SLOWEST) if n_steps.notna().any() else n_steps.notna()
    alike = ["store", "machine_type", "load", "is_long"]
    keys = own.assign(is_long=is_long)[[*alike, "date", "seconds"]]
    by_day = keys.groupby([*alike, "date"], observed=True)["seconds"].sum().reset_index()
    by_day["cell"] = by_day.groupby(alike, observed=True).ngroup()
    cells = by_day.drop_duplicates("cell").sort_values("cell")
    load = np.log1p(cells["load"].to_numpy(float))
    less = np.minimum(load, np.log1p(most_open)) - load

    def draw(value: float, se: float) -> Array:
        return value + se * np.r_[0.0, random.normal(size=_N_DRAWS)]

    slope, factors = fit.of("log_load"), dict[str, Array | None](dict.fromkeys(LEVERS[:-1]))
    if len(slope) and less.any():
        factors["open tickets"] = _if_sure(slope["effect"].iloc[0], slope["se"].iloc[0], less, draw)
    for lever, name, left_out in (
        ("slower stores", "store", [OTHER_SHOPS]),
        ("slower machine types", "machine_type", [NO_CUP]),
    ):
        factors[lever] = _level_down(compare_levels(fit, name, level, left_out), cells[name], draw)
    if per_step.value is not None and per_step.low is not None and cells["is_long"].any():
        se = (per_step.value - per_step.low) / norm.ppf(0.5 + level / 2)
        factors["long recipes"] = _if_sure(per_step.value, se, -cells["is_long"].to_numpy(float), draw)
    return by_day, factors


def _if_sure(value: float, se: float, by: Array, draw: Draw) -> Array | None:
    """What multiplies each cell in each draw; null where longer making may not go with it at all."""
    return np.exp(np.outer(draw(value, se), by)) if value > norm.ppf(_SURE) * se else None


def _level_down(compared: pd.DataFrame, labels: pd.Series, draw: Draw) -> Array | None:
    slow = compared[compared["is_apart"] & (compared["effect"] > 0)]
    if slow.empty:
        return None
    effect = np.zeros((_N_DRAWS + 1, len(labels)))
    for row in slow.to_dict("records"):
        effect[:, (labels == row["level"]).to_numpy()] = draw(row["effect"], row["se"])[:, None]
    return np.exp(-effect)
