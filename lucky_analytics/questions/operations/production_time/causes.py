"""Tickets over half an hour: what else the tables show of them, against all other tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, t

from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.queues.open_work import count_open
from lucky_analytics.models.watched_days.machine_days import load_lives

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["compare_causes", "count_handed_over", "flag_causes"]

_FALSE_SHARE = 0.05
_HALF_HOUR = 30
_MANY = 5


def flag_causes(suite: Suite, rows: pd.DataFrame) -> pd.DataFrame:
    """For each ticket what may have made it long: one column of truth values a cause, named as readers see
    it.

    Causes whose tables the snapshot lacks are left out.
    """
    flags = {
        f"{_MANY} or more tickets open when it was accepted": rows["load"] >= _MANY,
        "3 units or more": rows["units"].isin(["3", "4 or more"]),
        "for delivery": rows["is_delivery"],
        "its order was cancelled": rows["is_void"],
    }
    flags |= _near_the_doors(suite, rows)
    ids = rows["store_id"].cat.categories.tolist()
    lives = load_lives(suite, ids)
    if lives is not None:
        down = lives[~lives["is_up"] & lives["store_id"].isin(ids)]
        start, end = (_seconds(down[name]).to_numpy(np.int64) for name in ("start", "end"))
        end = np.where(down["end"].isna(), np.iinfo(np.int32).max, end)  # it goes on
        store = pd.Categorical(down["store_id"], categories=ids).codes.astype(np.int64)
        own, at = rows["store_id"].cat.codes.to_numpy(np.int64), rows["accepted"].to_numpy(np.int64)
        is_down = count_open(start, end, at, store, own) > 0
        flags["a coffee machine of the store was down"] = pd.Series(is_down, rows.index)
    return pd.DataFrame(flags).fillna(False).astype(bool)


def compare_causes(flags: pd.DataFrame, is_over: pd.Series, cluster: pd.Series, level: float) -> pd.DataFrame:
    """How often each cause is seen with tickets that were over, and with the others, likeliest first.

    ``cause``, ``n`` (over, with it), ``share`` (of those over), ``share_others``, ``times`` as often with
    ``low`` and ``high`` (null where one side never shows it), ``is_cause``: more often beyond chance, all
    causes tested together. Tickets of one ``cluster`` (a store's day) hang together: a screen that failed for
    an afternoon is one event, however many tickets it left open. Of Fisher's exact test, which knows few
    tickets but no clusters, and the test of ln ``times`` with errors that may hang together within clusters,
    the weaker counts; so does the wider interval.
    """
    over = is_over.to_numpy(bool)
    day = pd.factorize(cluster)[0]
    free = max(len(np.unique(day[over])) - 1, 1)  # what is known of tickets over comes from so many clusters
    n_over, n_other, found = int(over.sum()), int((~over).sum()), []
    for name in flags:
        seen = flags[name].to_numpy(bool)
        a, b = int((seen & over).sum()), int((seen & ~over).sum())
        if a and b:
            times = (a / n_over) / (b / n_other)
            alone = float(np.sqrt(max(1 / a - 1 / n_over + 1 / b - 1 / n_other, 1e-12)))
            pull = np.where(over, seen / a - 1 / n_over, 1 / n_other - seen / b)  # of each ticket on ln times
            se = max(alone, float(np.sqrt((np.bincount(day, pull) ** 2).sum())))
            half = t.ppf(0.5 + level / 2, free) * se
            exact = float(fisher_exact([[a, n_over - a], [b, n_other - b]])[1])
            p = max(exact, float(2 * t.sf(abs(np.log(times)) / se, free)))
            ends = (times, times * np.exp(-half), times * np.exp(half), p)
        else:
            ends = (np.nan,) * 4
        found.append((name, a, a / n_over if n_over else np.nan, b / n_other if n_other else np.nan, *ends))
    columns = ["cause", "n", "share", "share_others", "times", "low", "high", "p"]
    compared = pd.DataFrame(found, columns=columns)
    compared["is_cause"] = (adjust_p_values(compared["p"].to_numpy(float)) <= _FALSE_SHARE) & (
        compared["times"] > 1
    )
    return compared.sort_values(
        ["is_cause", "times", "cause"], ascending=[False, False, True], ignore_index=True
    )


def count_handed_over(suite: Suite, over_seconds: float) -> tuple[int, int] | None:
    """Of the tickets over ``over_seconds`` whose order was handed over by its own record: how many, and how
    many of them before the ticket was closed. Null without that record."""
    step = suite.optional("order_steps")
    if step is None:
        return None
    ticket = suite.production
    over = ticket.filter(ticket.production_seconds > over_seconds).select("order_id", "done_at")
    handed = step.filter(step.step == "handed over").semi_join(over, "order_id")
    first = handed.group_by("order_id").agg(at=handed.stepped_at.min())
    both = over.join(first, "order_id")
    counts = both.agg(n=both.count(), early=(both["at"] < both.done_at).sum()).execute().fillna(0).iloc[0]
    return int(counts["n"]), int(counts["early"])


def _near_the_doors(suite: Suite, rows: pd.DataFrame) -> dict[str, pd.Series]:
    hours = suite.optional("store_hours")
    if hours is None:
        return {}
    day = hours.filter(
        ibis._.opened_at.notnull() & ibis._.closed_at.notnull() & (ibis._.business_date <= suite.as_of)
    )
    known = day.select("store_id", "business_date", "opened_at", "closed_at").execute()
    known["date"] = pd.to_datetime(known.pop("business_date"))
    known = known.drop_duplicates(["store_id", "date"])
    ids = rows["store_id"].cat.categories
    known = known[known["store_id"].isin(ids)]
    known["store_id"] = pd.Categorical(known["store_id"], categories=ids)
    at = rows[["store_id", "date", "accepted"]].merge(known, on=["store_id", "date"], how="left")
    at.index = rows.index
    opened, closed, half = _seconds(at["opened_at"]), _seconds(at["closed_at"]), 60 * _HALF_HOUR
    is_known = at["opened_at"].notna()
    return {
        f"the first {_HALF_HOUR} minutes of the store's day": is_known & (at["accepted"] < opened + half),
        f"the last {_HALF_HOUR} minutes of it, or later": is_known & (at["accepted"] >= closed - half),
    }


def _seconds(stamps: pd.Series) -> pd.Series:
    """UTC seconds since 1970; 0 for null."""
    return pd.to_datetime(stamps).astype("datetime64[s]").fillna(pd.Timestamp(0)).astype("int64")
