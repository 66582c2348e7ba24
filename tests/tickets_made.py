"""Tickets of a world of one's own, as ``production_time`` has them: what each met was open when it came; and
those of an estate, made to take another time."""

from __future__ import annotations

import heapq

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.questions.operations.production_time.tickets import add_load

__all__ = ["make_tickets", "retime"]

_OPENS, _DAY, _HOURS = 8 * 3600, 86_400, 8
_BASE = {"Tea": 100.0, "Latte": 150.0, "Mocha": 190.0}


def make_tickets(
    n: int,
    seed: int,
    slope: float = 0.18,
    slow_store: float = 0.0,
    slow_type: float = 0.0,
    left_open: float = 0.0,
    noise: float = 0.3,
    n_days: int = 80,
) -> pd.DataFrame:
    """``n`` tickets of three stores over ``n_days``: ln seconds = product + slope x ln(1 + open) + noise, and
    and more in ``store 0`` and with machine ``type 0``; a share is left open, which loads nobody."""
    random = np.random.default_rng(seed)
    store, product = random.integers(0, 3, n), random.choice(list(_BASE), n, p=[0.3, 0.5, 0.2])
    kind, day = random.integers(0, 3, n), random.integers(0, n_days, n)
    # Most orders come in two rushes, so that many meet one another.
    into = np.where(random.random(n) < 0.7, random.normal(2.0, 0.12, n) % _HOURS, random.random(n) * _HOURS)
    accepted = (
        np.datetime64("2025-11-24", "s").astype(np.int64)
        + day * _DAY
        + _OPENS
        + (3600 * into).astype(np.int64)
    )
    work = np.log([_BASE[name] for name in product]) + slow_store * (store == 0) + slow_type * (kind == 0)
    work = work + random.normal(0, noise, n)
    is_left = random.random(n) < left_open
    seconds = np.zeros(n, np.int64)
    ends: dict[int, list[int]] = {0: [], 1: [], 2: []}
    for k in np.argsort(accepted, kind="stable"):
        open_ = ends[int(store[k])]
        while open_ and open_[0] <= accepted[k]:
            heapq.heappop(open_)
        seconds[k] = max(round(float(np.exp(work[k] + slope * np.log1p(len(open_))))), 12)
        if is_left[k]:
            seconds[k] = 3_000
        else:
            heapq.heappush(open_, int(accepted[k] + seconds[k]))
    queue = random.integers(2, 20, n)
    frame = pd.DataFrame({
        "store_id": pd.Categorical([str(k) for k in store]),
        "store": pd.Categorical([f"store {k}" for k in store]),
        "product": pd.Categorical(product),
        "machine_type": pd.Categorical([f"type {k}" for k in kind]),
        "units": pd.Categorical(["1"] * n, categories=["0", "1", "2", "3", "4 or more"]),
        "date": pd.Timestamp("2025-11-24") + pd.to_timedelta(day, unit="D"),
        "hour": 8 + into.astype(int), "is_delivery": False, "is_void": False,
        "opened": accepted - queue, "accepted": accepted, "done": accepted + seconds,
        "seconds": seconds.astype(float), "queue": queue, "wait": seconds + queue,
    })  # fmt: skip
    frame["weekday"] = frame["date"].dt.day_of_week
    return add_load(frame.sort_values("accepted", ignore_index=True), 1800)


def retime(seconds):
    """An edit of production: each ticket takes so long, counted from its acceptance."""

    def edit(ticket):
        whole = seconds(ticket).cast("int64")
        done = (ticket.accepted_at.epoch_seconds() + whole).as_timestamp("s")
        is_made = ticket.production_seconds.notnull()
        return ticket.mutate(
            done_at=ibis.ifelse(is_made, done.cast(ticket.done_at.type()), ticket.done_at),
            production_seconds=ibis.ifelse(is_made, whole.cast("float64"), ticket.production_seconds),
        )

    return edit
