"""Whether a store's orders changed after a coffee shop opened near it, against our stores that had none.

An opening is no experiment: whatever else changed near the store then is part of the change. So the store's
share of orders is held against what the same share did in earlier weeks by itself, and where a store of our
own opened near it in these weeks nothing is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.baselines.before_after import compare_after
from lucky_analytics.methods.places.distance import great_circle_km
from lucky_analytics.metrics import aggregate
from lucky_analytics.questions.strategy.competitive_intelligence.near_stores import pair_near
from lucky_analytics.questions.strategy.competitive_intelligence.price_file import OPENED

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["CALLED", "FEWEST_AFTER", "MOST_JUDGED", "find_near", "judge_openings", "load_days", "mean_change"]

MOST_JUDGED = 12  # openings, the newest: each takes a third of a second
FEWEST_AFTER = 14  # days after an opening: each weekday twice
_BEFORE = 112  # days that a store compared with was open: four spans of four weeks
_SISTER_KM, _SISTER_DAYS = 1.0, 56  # a store of our own that takes orders while it grows
FELL, ROSE, UNSURE = "fell", "rose", "no more than happens anyway"
CALLED = (FELL, ROSE)


def load_days(suite: Suite) -> pd.DataFrame:
    """Orders of each trading store by day: ``store_id``, ``ds``, ``orders``."""
    days = aggregate(suite, ["orders"], by=["store_id", "order_date", "is_trading_store"]).execute()
    days = days[days["is_trading_store"].astype(bool)]
    return pd.DataFrame(
        {"store_id": days["store_id"], "ds": pd.to_datetime(days["order_date"]), "orders": days["orders"]}
    ).astype({"orders": float})


def find_near(openings: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, walk_km: float) -> pd.DataFrame:
    """Openings and closings by ``as_of`` within ``walk_km`` of our stores, one row a pair, the newest
    first."""
    near = pair_near(stores, openings[openings["day"] <= pd.Timestamp(as_of)], walk_km)
    return near.sort_values(["day", "km"], ascending=[False, True], ignore_index=True)


def judge_openings(
    near: pd.DataFrame, days: pd.DataFrame, stores: pd.DataFrame, n_days: int = 28, level: float = 0.9
) -> pd.DataFrame:
    """Each opening of ``near`` (``find_near``) with what came after it in the store's orders.

    ``days``: ``load_days``, up to the last day that counts; ``stores``: ``store_id``, ``store_name``,
    ``opened_date`` and place. Adds ``change`` of the store's orders over those of the ``n_others`` stores, in
    ``n_after`` days (at most ``n_days``), against what the days before led to expect, with ``low``, ``high``
    (null where the past is too short): these hold for all openings together at ``level`` (Bonferroni).
    ``verdict``: ``FELL``, ``ROSE``, ``UNSURE``, or why it cannot be said.
    """
    opened = near[near["change"] == OPENED].rename(columns={"change": "kind"})
    found = [_measure(row, opened, days, stores, n_days) for row in opened.to_dict("records")]
    measured = [place for place, each in enumerate(found) if "ratio" in each]
    for place in measured[MOST_JUDGED:]:
        found[place] = {name: found[place][name] for name in ("n_after", "n_others")}
        found[place]["why"] = f"not looked at: only the newest {MOST_JUDGED} are"
    n_told = sum("ratio" in each for each in found)
    all_together = 1 - (1 - level) / max(n_told, 1)
    rows = [
        {**row, **_judge(each, all_together)}
        for row, each in zip(opened.to_dict("records"), found, strict=True)
    ]
    columns = [*opened.columns, "n_after", "n_others", "change", "low", "high", "verdict"]
    numbers = dict.fromkeys(["change", "low", "high"], float)
    return pd.DataFrame(rows, columns=columns).astype(numbers)


def mean_change(judged: pd.DataFrame, level: float) -> Estimate:
    """The mean change after openings that can be told, with the mean of their ends: never too narrow, since
    these may all be off the same way. Null for none."""
    told = judged[judged["verdict"].isin([*CALLED, UNSURE])]
    if told.empty:
        return Estimate(None, n=0)
    value, low, high = (float(told[name].mean()) for name in ("change", "low", "high"))
    return Estimate(value, low, high, level=level, n=len(told))


def _measure(
    row: Mapping[Any, Any], opened: pd.DataFrame, days: pd.DataFrame, stores: pd.DataFrame, n_days: int
) -> dict[str, Any]:
    """``ratio`` (``ds``, ``y``), ``start``, ``n_after``, ``n_others`` of one opening, or ``why`` not."""
    start, last = row["day"], days["ds"].max()
    n_after = min(n_days, (last - start).days + 1) if len(days) else 0
    seen: dict[str, Any] = {"n_after": max(n_after, 0), "n_others": 0}
    if n_after < FEWEST_AFTER:
        return seen | {"why": f"fewer than {FEWEST_AFTER} days since"}
    end = start + pd.Timedelta(days=n_after - 1)
    if sister := _find_sister(row["store_id"], stores, start, end):
        return seen | {"why": f"our own {sister} opened near it then"}
    around = opened["day"].between(start - pd.Timedelta(days=n_days), end)
    touched = set(opened.loc[around, "store_id"])
    since = pd.to_datetime(stores.set_index("store_id")["opened_date"])
    old = since[since <= start - pd.Timedelta(days=_BEFORE)]
    others = [store for store in old.index if store not in touched]
    if not others:
        return seen | {"why": "no other store of ours was open long enough before"}
    wide = days.pivot(index="ds", columns="store_id", values="orders")
    wide = wide[wide.index >= max(since[others].max(), since[row["store_id"]])]
    rest = wide.reindex(columns=others).sum(axis=1, min_count=1)
    ratio = (wide.get(row["store_id"], rest * np.nan) / rest).where(rest > 0)
    ratio = ratio[ratio > 0]
    told = pd.DataFrame({"ds": ratio.index, "y": ratio.to_numpy()})
    return seen | {"ratio": told, "start": start, "n_others": len(others)}


def _judge(seen: dict[str, Any], level: float) -> dict[str, Any]:
    told = {name: seen[name] for name in ("n_after", "n_others")} | dict.fromkeys(("change", "low", "high"))
    if "why" in seen:
        return told | {"verdict": seen["why"]}
    try:
        change = compare_after(seen["ratio"], seen["start"], seen["n_after"], level).change
    except LuckyError:
        return told | {"verdict": "too few days before"}
    told |= {"change": change.value, "low": change.low, "high": change.high}
    if change.low is None or change.high is None:
        return told | {"verdict": "too few weeks before to say what happens anyway"}
    verdict = FELL if change.high < 0 else ROSE if change.low > 0 else UNSURE
    return told | {"verdict": verdict}


def _find_sister(store_id: str, stores: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp) -> str:
    """A store of our own that opened near this one shortly before ``start`` or up to ``end``; empty for
    none."""
    since = pd.to_datetime(stores["opened_date"])
    lately = since.between(start - pd.Timedelta(days=_SISTER_DAYS), end) & (stores["store_id"] != store_id)
    own = stores[stores["store_id"] == store_id]
    place = ["latitude", "longitude"]
    km = great_circle_km(*(own[name] for name in place), *(stores[name] for name in place))[0]
    found = stores.loc[lately & (km <= _SISTER_KM), "store_name"]
    return str(found.iloc[0]) if len(found) else ""
