"""Four models of waiting held against waits that they were not made from.

Erlang C, Allen and Cunneen and a replay of the real stream take each store to work on so many orders at once
(``benches``); the replay of a shared bench takes all open tickets to slow one another. Each gives seconds
from accepted to done for a half-hour of a store.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.queues import allen_cunneen, erlang_c
from lucky_analytics.methods.queues.inferred_servers import stretch
from lucky_analytics.methods.queues.replay import Streams, replay_servers, replay_shared, stack_streams
from lucky_analytics.questions.operations.queue_wait.benches import Benches
from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS, SLOT_SECONDS, keep_trading

__all__ = [
    "MODELS",
    "NAIVE",
    "compare_models",
    "keep_known",
    "pick_nearest",
    "predict_making",
    "spread_servers",
    "stack_days",
    "take_work",
]

MODELS = ("Erlang C", "Allen-Cunneen", "simulation", "shared bench")
NAIVE = "own mean before"
_N_LOTS = 4
_FEWEST, _THIRDS = 5, 3

Floats = NDArray[np.float64]


def compare_models(early: pd.DataFrame, late: pd.DataFrame, benches: Benches) -> pd.DataFrame:
    """How far each model is off in the weekday half-hours of ``late``, learnt from ``early`` alone.

    ``model``; ``error``: mean absolute error in seconds of an order over the quiet, middle and busy third of
    half-hours of each store; ``bias`` (positive: too long); ``rise``: how much longer an order takes in busy
    thirds than in quiet ones; ``n`` half-hours. Thirds, because single half-hours are mostly chance. The
    first row is what was seen, whose error is null, the last what a dashboard would say. A model whose queue
    has no end has no error.
    """
    cells = _seen(late).merge(_seen(early)[["store", "slot", "seen"]].rename(columns={"seen": NAIVE}),
                              on=["store", "slot"])  # fmt: skip
    cells = cells[(cells["n"] >= _FEWEST) & cells["store"].isin(list(benches.inferred))]
    cells = predict_making(cells, late, early, benches)
    cells["third"] = np.ceil(3 * cells.groupby("store")["orders"].rank(pct=True, method="first"))
    names, found = ["seen", *MODELS, NAIVE], []
    for name in names:
        cells[name] *= cells["n"]  # sums of seconds
    groups = cells.groupby(["store", "third"])[[*names, "n"]].sum()
    thirds = groups.groupby("third").sum()
    n = groups["n"].sum()
    for name in names:
        off = groups[name].to_numpy(float) - groups["seen"].to_numpy(float)
        is_known = name != "seen" and bool(np.isfinite(off).all()) and len(off) > 0
        error, bias = (float(each.sum() / n) if is_known else np.nan for each in (np.abs(off), off))
        means = thirds[name].to_numpy(float) / thirds["n"].to_numpy(float)
        has_rise = len(means) == _THIRDS and bool(np.isfinite(means).all())
        rise = float(means[-1] - means[0]) if has_rise else np.nan
        found.append((name, error, bias, rise, len(cells)))
    return pd.DataFrame(found, columns=["model", "error", "bias", "rise", "n"])


def pick_nearest(compared: pd.DataFrame) -> str | None:
    """The model with the smallest error; null where none could be held against anything."""
    own = compared[compared["model"].isin(MODELS)].dropna(subset=["error"])
    return None if own.empty or not own["n"].iloc[0] else str(own.sort_values("error")["model"].iloc[0])


def predict_making(
    cells: pd.DataFrame, late: pd.DataFrame, early: pd.DataFrame, benches: Benches
) -> pd.DataFrame:
    """``cells`` (``store``, ``slot``, ``orders``) with the seconds that each of ``MODELS`` has for them.

    The replays take the tickets of ``late`` as they came, and the work of each by lot from ``early``.
    """
    servers, service = (benches.of(name, cells["store"]) for name in ("servers", "service"))
    load = cells["orders"].to_numpy(float) / SLOT_SECONDS * service
    spreads = (benches.of(name, cells["store"]) for name in ("service_spread", "arrival_spread"))
    shown = cells.assign(**{
        MODELS[0]: service + erlang_c.estimate_mean_wait(load, servers, service),
        MODELS[1]: service + allen_cunneen.estimate_mean_wait(load, servers, service, *spreads),
    })  # fmt: skip
    kept, pool = keep_known(late, benches), keep_known(early, benches)
    for model in MODELS[2:]:
        seconds = np.mean([_replay(model, kept, pool, benches, seed) for seed in range(_N_LOTS)], axis=0)
        again = kept.assign(**{model: seconds})
        means = again[again["kind"] == KINDS[0]].groupby(["store", "slot"], observed=True)[model].mean()
        shown = shown.merge(means.reset_index().astype({"store": str}), on=["store", "slot"], how="left")
    return shown


def take_work(kept: pd.DataFrame, servers: Floats) -> Floats:
    """Seconds of each ticket had it waited for nothing, where ``servers`` work at once."""
    return kept["seconds"].to_numpy(float) / stretch(kept["load"].to_numpy(np.int64), servers)


def stack_days(kept: pd.DataFrame, work: Floats) -> Streams:
    """The tickets of each store and day as a stream, on the store's own clock: seconds after midnight."""
    day = kept["date"].to_numpy("datetime64[D]").astype(np.int64)
    store = kept["store"].cat.codes.to_numpy(np.int64)
    return stack_streams(day * 1_000 + store, _clock(kept), work)


def _clock(kept: pd.DataFrame) -> Floats:
    """When each ticket was accepted, seconds after the midnight that its half-hour counts from."""
    opened, slot = kept["opened"].to_numpy(np.int64), kept["slot"].to_numpy(np.int64)
    since = opened % SLOT_SECONDS + slot * SLOT_SECONDS
    return (since + kept["accepted"].to_numpy(np.int64) - opened).astype(float)


def keep_known(rows: pd.DataFrame, benches: Benches) -> pd.DataFrame:
    """Tickets closed in time of the stores whose bench was read."""
    kept = keep_trading(rows)
    return kept[kept["store"].isin(list(benches.inferred))]


def spread_servers(streams: Streams, kept: pd.DataFrame, servers: Floats) -> NDArray[np.int64]:
    """A number for each ticket as one for each stream, all day: (streams, 1)."""
    all_day = np.ones((len(streams.arrive), 1), np.int64)
    all_day[streams.row, 0] = servers.astype(np.int64)
    return all_day


def _replay(model: str, kept: pd.DataFrame, pool: pd.DataFrame, benches: Benches, seed: int) -> Floats:
    """Seconds of each ticket with work by lot from its store's ``pool``."""
    is_shared, slope = model == MODELS[3], benches.slope.value or 0.0
    if is_shared:
        own = pool["seconds"].to_numpy(float) / (1 + pool["load"].to_numpy(float)) ** slope
    else:
        own = take_work(pool, benches.of("servers", pool["store"]))
    random, work = np.random.default_rng(seed), np.empty(len(kept))
    for store in benches.inferred:
        place, drawn = (kept["store"] == store).to_numpy(), own[(pool["store"] == store).to_numpy()]
        work[place] = random.choice(drawn, int(place.sum()))
    streams = stack_days(kept, work)
    if is_shared:
        return streams.back(replay_shared(streams, slope).seconds)
    servers = spread_servers(streams, kept, benches.of("servers", kept["store"]))
    return streams.back(replay_servers(streams, servers, SLOT_SECONDS))


def _seen(rows: pd.DataFrame) -> pd.DataFrame:
    own = keep_trading(rows)
    own = own[own["kind"] == KINDS[0]]
    days = own.groupby("store", observed=True)["date"].nunique().rename("days").reset_index()
    cells = own.groupby(["store", "slot"], observed=True)["seconds"].agg(["mean", "size"]).reset_index()
    cells = cells.rename(columns={"mean": "seen", "size": "n"}).merge(days, on="store")
    return cells.assign(orders=cells["n"] / cells["days"]).astype({"store": str})
