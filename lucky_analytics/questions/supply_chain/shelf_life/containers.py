"""Containers as stores opened them: whether older ones were passed over, how long they stood open."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.goods.batches import find_breaches
from lucky_analytics.methods.ledgers.control_limits import bound_share

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "GRACE_MINUTES",
    "count_share",
    "list_breaches",
    "load_containers",
    "query",
    "sum_hours",
    "sum_stores",
]

GRACE_MINUTES = 60.0  # after its use-by, within which a container that is closed counts as closed in time


def query(suite: Suite, weeks: int) -> ir.Table:
    """The containers that were opened in the last ``weeks`` times seven days."""
    start = suite.as_of + dt.timedelta(days=1) - dt.timedelta(weeks=weeks)
    return suite.expiry_logs.filter(suite.expiry_logs.opened_date >= start)


def load_containers(suite: Suite, weeks: int) -> pd.DataFrame:
    """A row a container of a trading store: ``store_name``, ``goods_name``, ``store_id``, ``goods_id``,
    ``received_date``, ``opened_at``, ``use_by_at``, ``closed_at``, ``hours`` open, ``is_breach`` (an older
    batch of the same good was still to be opened), ``is_opened_late`` (after its use-by) and ``is_kept_late``
    (used, or not closed, more than an hour after its use-by)."""
    log = query(suite, weeks)
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name")
    goods = suite.goods.select("goods_id", "goods_name")
    log = log.inner_join(stores, "store_id").left_join(goods, "goods_id")
    names = ("log_id", "store_id", "store_name", "goods_id", "goods_name", "batch_id", "received_date")
    frame = log.select(*names, "opened_at", "use_by_at", "closed_at", "reason").order_by("log_id").execute()
    for name in ("received_date", "opened_at", "use_by_at", "closed_at"):
        frame[name] = pd.to_datetime(frame[name])
    series = frame["store_id"].astype(str) + "\n" + frame["goods_id"].astype(str)
    order = [part.to_numpy() for part in (series, frame["opened_at"], frame["received_date"])]
    late = (frame["closed_at"] - frame["use_by_at"]).dt.total_seconds() / 60
    return frame.assign(
        hours=(frame["closed_at"] - frame["opened_at"]).dt.total_seconds() / 3600,
        is_breach=find_breaches(*order),
        is_opened_late=frame["opened_at"] > frame["use_by_at"],
        is_kept_late=late > GRACE_MINUTES,
    )


def count_share(n: int, of: int, level: float) -> Estimate:
    """A share with its exact interval; null without a case."""
    if not of:
        return Estimate(None, n=0)
    low, high = bound_share(n, of, level)
    return Estimate(n / of, low, high, level=level, n=of)


def sum_stores(containers: pd.DataFrame, level: float) -> pd.DataFrame:
    """By store, the most breaches first: ``store_name``, ``n`` containers, ``breaches``, ``share`` of them
    with ``low``, ``high`` for all stores together, ``late`` (opened or kept past their use-by)."""
    own = containers.assign(late=containers["is_opened_late"] | containers["is_kept_late"])
    sums = own.groupby(["store_id", "store_name"]).agg(n=("log_id", "size"), breaches=("is_breach", "sum"),
                                                       late=("late", "sum")).reset_index()  # fmt: skip
    each = 1 - (1 - level) / max(len(sums), 1)
    counts = sums[["breaches", "n"]].to_numpy(int).tolist()
    ends = [bound_share(breaches, n, each) for breaches, n in counts]
    low, high = ([end[side] for end in ends] for side in (0, 1))
    table = sums.assign(share=sums["breaches"] / sums["n"], low=low, high=high)
    return table.sort_values(["breaches", "store_name"], ascending=[False, True], ignore_index=True)


def list_breaches(containers: pd.DataFrame) -> pd.DataFrame:
    """Containers opened before an older one, or opened or kept past their use-by, the newest first:
    ``store_name``, ``goods_name``, ``received``, ``opened``, ``use_by`` (as text, UTC) and ``what``."""
    odd = containers[containers[["is_breach", "is_opened_late", "is_kept_late"]].any(axis=1)]
    odd = odd.sort_values(["opened_at", "log_id"], ascending=False)
    what = np.select(
        [odd["is_opened_late"], odd["is_kept_late"]], ["opened past its use-by", "kept past its use-by"],
        "opened before an older one",
    )  # fmt: skip
    return pd.DataFrame({
        "store_name": odd["store_name"], "goods_name": odd["goods_name"],
        "received": odd["received_date"].dt.strftime("%-d %b %Y"),
        "opened": odd["opened_at"].dt.strftime("%-d %b %Y %H:%M"),
        "use_by": odd["use_by_at"].dt.strftime("%-d %b %Y %H:%M"), "what": what,
    }).reset_index(drop=True)  # fmt: skip


def sum_hours(containers: pd.DataFrame, label_hours: float) -> pd.DataFrame:
    """How long containers stood open, by good, the longest first: ``goods_name``, ``n``, ``median``,
    ``most`` (95 of 100 stood less), ``long`` (share open for more than ``label_hours``)."""
    known = containers.dropna(subset="hours")
    groups = known.groupby(["goods_id", "goods_name"])["hours"]
    table = groups.agg(n="size", median="median", most=lambda own: own.quantile(0.95)).reset_index()
    long = known.assign(long=known["hours"] > label_hours).groupby(["goods_id", "goods_name"])["long"].mean()
    table = table.merge(long.reset_index(), on=["goods_id", "goods_name"])
    return table.sort_values(["most", "goods_name"], ascending=[False, True], ignore_index=True)
