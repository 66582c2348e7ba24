"""Which coffee machines were down when their store was open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["add_machines", "load_lives"]

_NEVER = pd.Timestamp("2200-01-01").as_unit("us")  # after all that happens
_MOST_OF = 0.5  # of the opening hours from which on a machine counts as down on that day


def load_lives(suite: Suite, ids: list[str] | None = None) -> pd.DataFrame | None:
    """Each stretch of a machine's life in the stores ``ids`` (all: null), as its events tell it; null without
    the table.

    ``machine_id``, ``store_id``, ``is_up``, ``start``, ``end`` (UTC; null: it goes on), ``ended_by`` (kind of
    the event; empty: it goes on). After "failed" it is down until it is repaired; what was taken out has no
    stretch.
    """
    every = suite.optional("device_events")
    if every is None:
        return None
    event = every.filter(ibis._.kind != "other")
    event = (event if ids is None else event.filter(ibis._.store_id.isin(ids))).execute()
    event["start"] = pd.to_datetime(event["happened_at"]).astype("datetime64[us]").dt.tz_localize(None)
    event = event.sort_values(["machine_id", "start", "event_id"])
    event["end"] = event.groupby("machine_id")["start"].shift(-1)
    event["ended_by"] = event.groupby("machine_id")["kind"].shift(-1).fillna("")
    event["is_up"] = event["kind"].isin(["installed", "repaired"])
    kept = event[event["kind"] != "decommissioned"]
    columns = ["machine_id", "store_id", "is_up", "start", "end", "ended_by"]
    return kept[columns].reset_index(drop=True)


def add_machines(days: pd.DataFrame, lives: pd.DataFrame | None) -> pd.DataFrame:
    """``days`` with ``machines`` (in service for most of the opening hours) and ``machines_down``: those of
    them that were down for most of them. Both null without ``lives``.

    >>> ds = pd.Timestamp("2026-02-13")
    >>> days = pd.DataFrame({"store_id": "a", "ds": [ds], "opens_at": ds + pd.Timedelta(hours=12),
    ...                      "closes_at": ds + pd.Timedelta(hours=22)})
    >>> lives = pd.DataFrame({"machine_id": ["1", "2"], "store_id": "a", "is_up": [True, False],
    ...                       "start": ds, "end": pd.NaT})
    >>> add_machines(days, lives)[["machines", "machines_down"]].iloc[0].tolist()
    [2.0, 1.0]
    """
    if lives is None:
        return days.assign(machines=np.nan, machines_down=np.nan)
    counted = []
    for store, own in days.groupby("store_id", sort=False):
        parts = lives[lives["store_id"] == store]
        start, end = (own[name].to_numpy("datetime64[us]") for name in ("opens_at", "closes_at"))
        first = parts["start"].to_numpy("datetime64[us]")[:, None]
        last = parts["end"].fillna(_NEVER).to_numpy("datetime64[us]")[:, None]
        shared = np.minimum(last, end) - np.maximum(first, start)
        share = np.where(
            end > start,
            np.maximum(shared, np.timedelta64(0)) / np.maximum(end - start, np.timedelta64(1)),
            0.0,
        )
        by_machine = pd.DataFrame(share).groupby(parts["machine_id"].to_numpy()).sum().to_numpy() > _MOST_OF
        is_down = ~parts["is_up"].to_numpy()[:, None]
        down = (
            pd.DataFrame(share * is_down).groupby(parts["machine_id"].to_numpy()).sum().to_numpy() > _MOST_OF
        )
        counted.append(
            pd.DataFrame(
                {"machines": by_machine.sum(axis=0), "machines_down": down.sum(axis=0)}, index=own.index
            ).astype(float)
        )
    return days.join(pd.concat(counted)) if counted else days.assign(machines=[], machines_down=[])
