"""Who gets how much of the credit for orders, by four rules, each with an interval over people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.attribution.removal_effect import find_removal_effects
from lucky_analytics.methods.attribution.set_rates import add_spells, value_sets
from lucky_analytics.methods.attribution.shapley import share_out
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.questions.marketing.channel_attribution.journeys import (
    REST,
    Journeys,
    spread_touches,
    step_through,
)
from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY

__all__ = ["FEWEST_ORDERS", "RULES", "Sums", "credit_channels", "has_enough", "sum_groups"]

# As columns, and as readers see them.
RULES = {
    "last": "last touch",
    "first": "first touch",
    "shapley": "shared out (Shapley)",
    "removal": "lost without it (Markov)",
}
FEWEST_ORDERS = 30  # after touches, below which nothing is shared out
MOST_FALSE = 0.01  # of pages on which no channel matters, so many may say that one does
# Tails are longer than the normal curve's: this part of it leaves so many in simulated worlds.
_TAIL = 0.003
_GROUPS = 200  # of people, drawn anew together
_REPLICATES = 400
_AT_ONCE = 25  # draws whose sets are in memory together
_MINUTES = (0, 1, 5, 15, 60, 180, 360, 720)  # of a journey's first day, when most orders come


@dataclass(frozen=True)
class Sums:
    """Sums by random group of people (first axis), from which every rule is computed. ``orders`` and ``time``
    (days) while the channels so far were a set, by set and age (``add_spells``, between ``edges``); ``steps``
    as from ``step_through``; ``last``, ``first``: orders by channel; ``cost``: dollars by channel, null in
    all rows where a touch of the channel has none."""

    orders: np.ndarray
    time: np.ndarray
    edges: np.ndarray
    steps: np.ndarray
    last: np.ndarray
    first: np.ndarray
    cost: np.ndarray


def has_enough(journeys: Journeys) -> bool:
    """Whether enough people ordered after touches for anything to be said of credit."""
    return journeys.ordered["person"].nunique() >= FEWEST_ORDERS


def sum_groups(journeys: Journeys, seed: int = 7) -> Sums:
    """The sums of all journeys; people fall into groups at random, all journeys of one into one group."""
    rows, touches, k = journeys.rows, journeys.touches, len(journeys.channels)
    people, owner = np.unique(rows["person"].to_numpy(int), return_inverse=True)
    n_groups = min(_GROUPS, len(people))
    drawn = np.random.default_rng(seed).permutation(np.arange(len(people)) % n_groups)
    group, n_sets = drawn[owner], 1 << k
    spells = _follow_sets(journeys)
    cell = group[spells["journey"]] * n_sets + spells["set"]
    edges = np.r_[np.array(_MINUTES) / 1440, np.arange(1, journeys.days + 1)]
    start, end, is_order = (spells[name] for name in ("start", "end", "is_order"))
    by_age = add_spells(start, end, is_order, edges, cell, n_groups * n_sets)
    code = touches["code"].to_numpy(int)
    ordered = rows["is_order"].to_numpy(bool)
    place = {"last": rows["stop"].to_numpy(int) - 1, "first": rows["first"].to_numpy(int)}
    ends = [
        np.bincount(group[ordered] * k + code[own[ordered]], minlength=n_groups * k).reshape(n_groups, k)
        for own in place.values()
    ]
    orders, time = (each.reshape(n_groups, n_sets, -1) for each in by_age)
    steps = step_through(journeys, group, n_groups)
    last, first = (each.astype(float) for each in ends)
    return Sums(orders, time, edges, steps, last, first, _sum_costs(journeys, group, n_groups))


def _follow_sets(journeys: Journeys) -> dict[str, np.ndarray]:
    """Spells of each journey in one set of channels: ``journey``, ``set`` (bits), ``start`` and ``end`` in
    days since it opened, ``is_order``."""
    rows, touches, k = journeys.rows, journeys.touches, len(journeys.channels)
    first, stop = rows["first"].to_numpy(int), rows["stop"].to_numpy(int)
    opened, ended = rows["opened"].to_numpy(float), rows["ended"].to_numpy(float)
    owner, place = spread_touches(first, stop)
    came = np.full((len(rows), k), np.inf)
    at, code = touches["at"].to_numpy(float), touches["code"].to_numpy(int)
    np.minimum.at(came, (owner, code[place]), at[place])
    order = np.argsort(came, axis=1, kind="stable")
    times = np.take_along_axis(came, order, axis=1)
    sets = np.cumsum(1 << order, axis=1)
    until = np.c_[times[:, 1:], np.full(len(rows), np.inf)]
    is_last = np.isinf(until)
    until = np.minimum(until, ended[:, None])
    journey, step = np.nonzero(np.isfinite(times))
    return {
        "journey": journey,
        "set": sets[journey, step],
        "start": (times[journey, step] - opened[journey]) / DAY,
        "end": (until[journey, step] - opened[journey]) / DAY,
        "is_order": is_last[journey, step] & rows["is_order"].to_numpy(bool)[journey],
    }


def _sum_costs(journeys: Journeys, group: np.ndarray, n_groups: int) -> np.ndarray:
    rows, touches, k = journeys.rows, journeys.touches, len(journeys.channels)
    owner, place = spread_touches(rows["first"].to_numpy(int), rows["stop"].to_numpy(int))
    code, cost = touches["code"].to_numpy(int)[place], touches["cost"].to_numpy(float)[place]
    known = np.bincount(code[np.isnan(cost)], minlength=k) == 0
    sums = np.bincount(group[owner] * k + code, np.nan_to_num(cost), n_groups * k).reshape(n_groups, k)
    return np.where(known, sums, np.nan)


def credit_channels(journeys: Journeys, sums: Sums, level: float = 0.9) -> pd.DataFrame:
    """Each channel with its part of the credit: ``channel``, ``n_people`` and ``n_touches`` in journeys; for
    each of ``RULES`` its share of orders with ``_low`` and ``_high`` at ``level``; ``orders_last``,
    ``orders_shapley`` (credited); ``gap`` (Shapley less last touch) with ends; ``cost`` (dollars, null where
    unknown), ``cost_last`` and ``cost_shapley`` (an order credited, with ends); ``verdict``: "more" or "less"
    than an even share of the Shapley value, where at most ``MOST_FALSE`` of pages on which no channel matters
    say so of any, else "not shown". Most last-touch credit first, ``REST`` last.

    Intervals: people are drawn anew with all their journeys, in groups. ``sums`` as from ``sum_groups``.
    """
    n_groups, k = len(sums.last), len(journeys.channels)
    whole = _share(sums, np.ones((1, n_groups)))
    draws = draw_block_weights(n_groups, _REPLICATES)
    parts = [_share(sums, draws[start : start + _AT_ONCE]) for start in range(0, _REPLICATES, _AT_ONCE)]
    drawn = {name: np.concatenate([part[name] for part in parts]) for name in whole}
    rows, code = journeys.rows, journeys.touches["code"].to_numpy(int)
    owner, place = spread_touches(rows["first"].to_numpy(int), rows["stop"].to_numpy(int))
    seen = pd.DataFrame({"code": code[place], "person": rows["person"].to_numpy(int)[owner]})
    table = pd.DataFrame({"channel": journeys.channels})
    table["n_people"] = seen.groupby("code")["person"].nunique().reindex(range(k), fill_value=0)
    table["n_touches"] = np.bincount(code[place], minlength=k)
    whole["gap"], drawn["gap"] = (each["shapley"] - each["last"] for each in (whole, drawn))
    for name, value in whole.items():
        table[name] = value[0]
        is_known = ~np.isnan(value[0])
        ends = np.full((2, k), np.nan)
        if is_known.any():
            ends[:, is_known] = quantile_interval(drawn[name][:, is_known], level)
        table[f"{name}_low"], table[f"{name}_high"] = ends
    n = len(journeys.ordered)
    for rule in ("last", "shapley"):
        table[f"orders_{rule}"] = n * table[rule]
    table["verdict"] = _judge(whole["shapley"][0], drawn["shapley"])
    table["is_rest"] = table["channel"] == REST
    order = {"is_rest": True, "last": False, "channel": True}
    return table.sort_values(list(order), ascending=list(order.values()), ignore_index=True).drop(
        columns="is_rest"
    )


def _share(sums: Sums, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The parts of credit by each rule, and what a credited order cost, a row a draw of ``weights``."""
    found = {}
    last, first = weights @ sums.last, weights @ sums.first
    n = last.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        found["last"], found["first"] = last / n, first / n
        orders, time = (np.tensordot(weights, each, axes=1) for each in (sums.orders, sums.time))
        value = share_out(value_sets(orders, time, sums.edges))
        found["shapley"] = value / value.sum(axis=1, keepdims=True)
        effect = find_removal_effects(np.tensordot(weights, sums.steps, axes=1))
        found["removal"] = effect / effect.sum(axis=1, keepdims=True)
        cost = weights @ sums.cost
        found["cost"] = cost
        for rule in ("last", "shapley"):
            credited = found[rule] * n
            found[f"cost_{rule}"] = np.where(credited > 0, cost / np.where(credited > 0, credited, 1), np.nan)
    return found


def _judge(value: np.ndarray, drawn: np.ndarray) -> list[str]:
    k = len(value)
    if k < 2:
        return ["not shown"] * k
    far = (value - 1 / k) / np.where(drawn.std(axis=0) > 0, drawn.std(axis=0), np.inf)
    edge = norm.ppf(1 - _TAIL / 2 / k)
    return ["more" if each > edge else "less" if each < -edge else "not shown" for each in far]
