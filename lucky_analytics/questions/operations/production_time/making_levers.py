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
from lucky_analytics.questions.operations.production_time.effects import compare_levels
from lucky_analytics.questions.operations.production_time.tickets import NO_CUP, OTHER_SHOPS

__all__ = ["LEVERS", "add_levers", "best_lever", "estimate_left"]

LEVERS = ("open tickets", "slower stores", "slower machine types", "long recipes", "tickets left open")
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
    ``lever``, ``gain`` (seconds an order; positive is shorter) with ``low`` and ``high`` from draws of the
    coefficients, ``after`` (the mean with it and all before it), ``is_known``, and a last row ``all of
    them``.
    """
    own, n = rows[~rows["is_over"]], len(rows)
    over = float(rows.loc[rows["is_over"], "seconds"].sum())
    cells, factors = _find_factors(own, fit, steps, per_step, most_open, level)
    sums = [np.full(_N_DRAWS + 1, cells["seconds"].sum())]  # the first is the estimate, the others are draws
    weights = np.tile(cells["seconds"].to_numpy(float), (_N_DRAWS + 1, 1))
    known = []
    for lever in LEVERS[:-1]:
        factor = factors[lever]
        known.append(factor is not None)
        if factor is not None:
            weights *= factor
        sums.append(weights.sum(axis=1))
    means = [(each + over) / n for each in sums] + [sums[-1] / max(len(own), 1)]
    known.append(over > 0 and len(own) > 0)
    found = []
    names, starts, ends_ = [*LEVERS, "all of them"], [*means[:-1], means[0]], [*means[1:], means[-1]]
    for lever, before, after, is_known in zip(names, starts, ends_, [*known, any(known)], strict=True):
        gain = before - after
        low, high = np.quantile(gain[1:], [(1 - level) / 2, (1 + level) / 2])
        ends = (float(gain[0]), min(float(low), float(gain[0])), max(float(high), float(gain[0])))
        found.append((lever, *(ends if is_known else (np.nan,) * 3), float(after[0]), is_known))
    levers = pd.DataFrame(found, columns=["lever", "gain", "low", "high", "after", "is_known"])
    levers.loc[levers["lever"] == LEVERS[-1], ["low", "high"]] = np.nan  # counted, not estimated
    return levers


def best_lever(levers: pd.DataFrame) -> pd.Series | None:
    """The lever of the work itself that is worth most with an interval above nought; null where none is.

    Tickets left open are none: to close them in time mends the clock, whoever waited.
    """
    own = levers[levers["lever"].isin(LEVERS[:-1]) & levers["is_known"] & (levers["low"] > 0)]
    return None if own.empty else own.sort_values("gain", ascending=False).iloc[0]


def estimate_left(levers: pd.DataFrame, level: float, n: int) -> Estimate:
    """Mean minutes with all known levers; null where none is known."""
    row = levers.iloc[-1]
    if not row["is_known"]:
        return Estimate(None)
    before = row["after"] + row["gain"]
    return Estimate(row["after"], before - row["high"], before - row["low"], level=level, n=n).times(
        1 / _MINUTE
    )


def _find_factors(
    own: pd.DataFrame,
    fit: AdjustedEffects,
    steps: pd.DataFrame,
    per_step: Estimate,
    most_open: int,
    level: float,
) -> tuple[pd.DataFrame, dict[str, Array | None]]:
    """Cells of alike tickets with their ``seconds``, and by lever what multiplies them: draws by cells."""
    random = np.random.default_rng(0)
    many = dict(zip(steps["product"], steps["steps"], strict=True))
    n_steps = own["product"].astype(object).map(many).astype(float)
    is_long = n_steps >= n_steps.quantile(1 - _SLOWEST) if n_steps.notna().any() else n_steps.notna()
    keys = own.assign(is_long=is_long)[["store", "machine_type", "load", "is_long", "seconds"]]
    cells = (
        keys.groupby(["store", "machine_type", "load", "is_long"], observed=True)["seconds"]
        .sum()
        .reset_index()
    )
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
    return cells, factors


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
