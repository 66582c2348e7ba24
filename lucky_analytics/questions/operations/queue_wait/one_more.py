"""What one more barista would take off the wait in one half-hour, by four models that need not agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights, quantile_interval
from lucky_analytics.methods.queues import allen_cunneen, erlang_c
from lucky_analytics.questions.operations.queue_wait.benches import Benches, count_slots
from lucky_analytics.questions.operations.queue_wait.replayed_gains import (
    replay_with_servers,
    replay_with_sharing,
)
from lucky_analytics.questions.operations.queue_wait.wait_models import MODELS
from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS, SLOT_SECONDS

__all__ = ["count_overrun", "estimate_gains", "list_cells", "of_all_models"]

Floats = NDArray[np.float64]
_N_DRAWS = 200
_LEAST_SHARE = 0.1  # of a store's busiest half-hour: with fewer orders nobody would be called in


def list_cells(rows: pd.DataFrame, benches: Benches) -> pd.DataFrame:
    """Weekday half-hours of stores whose bench was read: ``store``, ``slot``, ``n`` tickets, ``orders`` (a
    half-hour), ``people`` on shift (null without rosters), ``more``: how many orders more are worked on at
    once with one more person: as many as each does today, one without rosters."""
    own = rows[rows["is_trading"] & (rows["kind"] == KINDS[0]) & rows["store"].isin(list(benches.inferred))]
    days = own.groupby("store", observed=True)["date"].nunique().rename("days").reset_index()
    cells = own.groupby(["store", "slot"], observed=True).agg(n=("wait", "size"), people=("people", "mean"))
    cells = cells.reset_index().merge(days, on="store").astype({"store": str})
    cells["orders"] = cells["n"] / cells.pop("days")
    each = benches.of("servers", cells["store"]) / np.maximum(cells["people"].to_numpy(float), 1.0)
    cells["more"] = np.maximum(np.rint(np.where(np.isnan(each), 1.0, each)), 1.0)
    most = cells.groupby("store")["orders"].transform("max")
    return cells[cells["orders"] >= _LEAST_SHARE * most].reset_index(drop=True)


def estimate_gains(rows: pd.DataFrame, cells: pd.DataFrame, benches: Benches, level: float) -> pd.DataFrame:
    """Seconds an order that one more barista would take off in each of ``cells``, busiest first.

    Columns of ``cells`` with ``model``, ``gain`` (positive: shorter; null where the queue has no end) and
    ``low``, ``high``, which hold other days and the uncertainty of what was read off them. The barista comes
    for that half-hour alone; what the next one gains of it counts. The shared bench needs rosters.
    """
    parts = [
        _by_formula(cells, rows, benches, level, MODELS[0]),
        _by_formula(cells, rows, benches, level, MODELS[1]),
        replay_with_servers(rows, cells, benches, level),
    ]
    if cells["people"].notna().all():
        parts.append(replay_with_sharing(rows, cells, benches, level))
    gains = pd.concat(parts, ignore_index=True)
    gains["place"] = gains["model"].map({model: place for place, model in enumerate(MODELS)})
    order = ["orders", "store", "slot", "place"]
    gains = gains.sort_values(order, ascending=[False, True, True, True], ignore_index=True)
    return gains.drop(columns="place")


def of_all_models(own: pd.DataFrame, nearest: str | None) -> Estimate:
    """The gain in one half-hour (its rows of ``estimate_gains``) by the model that came nearest to what was
    seen, with ends that hold those of all models: which of them is right is not known either."""
    near = own[(own["model"] == nearest) & own["gain"].notna()]
    if near.empty:
        return Estimate(None)
    value, low, high = (float(near["gain"].iloc[0]), float(own["low"].min()), float(own["high"].max()))
    n, level = int(near["n"].iloc[0]), float(near["level"].iloc[0])
    return Estimate(value, min(low, value), max(high, value), level=level, n=n)


def count_overrun(cells: pd.DataFrame, benches: Benches) -> int | None:
    """How many of ``cells`` would have a queue without end if each person made one order at a time; null
    without rosters."""
    if cells["people"].isna().all():
        return None
    load = cells["orders"] / SLOT_SECONDS * benches.of("service", cells["store"])
    return int((load >= cells["people"]).sum())


def _by_formula(
    cells: pd.DataFrame, rows: pd.DataFrame, benches: Benches, level: float, model: str
) -> pd.DataFrame:
    """The formula for the estimate, which comes first, and for draws of days and of servers."""
    orders, servers, service = _draw(cells, rows, benches)
    load, more = orders * service / SLOT_SECONDS, servers + cells["more"].to_numpy(float)
    with np.errstate(invalid="ignore"):  # an infinite wait less an infinite one
        if model == MODELS[0]:
            few, many = (erlang_c.estimate_mean_wait(load, each, service) for each in (servers, more))
        else:
            spreads = [benches.of(name, cells["store"]) for name in ("service_spread", "arrival_spread")]
            ask = allen_cunneen.estimate_mean_wait
            few, many = (ask(load, each, service, *spreads) for each in (servers, more))
        gain = few - many
    low, high = quantile_interval(gain[1:], level) if len(gain) > 1 else (np.full(len(cells), np.nan),) * 2
    first = np.where(np.isfinite(gain[0]), gain[0], np.nan)
    return cells.assign(
        model=model, level=level, gain=first, low=np.fmin(low, first), high=np.fmax(high, first)
    )


def _draw(cells: pd.DataFrame, rows: pd.DataFrame, benches: Benches) -> tuple[Floats, Floats, Floats]:
    """Orders a half-hour, servers and seconds of service: (draws, cells), the first row as estimated."""
    counts = count_slots(rows)
    counts.index = pd.MultiIndex.from_arrays(
        [counts.index.get_level_values("store").astype(str), counts.index.get_level_values("slot")]
    )
    by_day = counts.reindex(pd.MultiIndex.from_frame(cells[["store", "slot"]])).to_numpy(float)
    n_days = by_day.shape[1]
    weights = np.ones((1, n_days))
    if n_days > 1:
        weights = np.vstack([weights, draw_block_weights(n_days, _N_DRAWS)])
    open_days = weights @ (~np.isnan(by_day)).T.astype(float)
    orders = weights @ np.nan_to_num(by_day).T / np.maximum(open_days, 1.0)
    servers, service = np.empty(orders.shape), np.empty(orders.shape)
    for place, store in enumerate(cells["store"]):
        found = benches.inferred[store]
        for drawn, first, into in (
            (found.draws, found.servers.value, servers), (found.service_draws, found.service, service),
        ):  # fmt: skip
            into[0, place] = first
            into[1:, place] = np.resize(drawn, len(orders) - 1) if len(drawn) else first
    return orders, servers, service
