"""Whom notifications reach: by channel, by customer, and what a dashboard of all rows would say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.ledgers.control_limits import bound_share
from lucky_analytics.questions.marketing.push_timing.opens import list_tracked, select_tracked
from lucky_analytics.questions.marketing.push_timing.send_log import DAY, HOUR, OPEN_HOURS, PushLog

__all__ = ["LAST_DAYS", "Reach", "count_channels", "count_naive", "measure_reach"]

LAST_DAYS = 28


@dataclass(frozen=True)
class Reach:
    """``people``: ``what``, ``n`` (people), ``share`` of those before them in the list that it is of;
    ``is_reachable`` (by code of ``PushLog.people``): who can be sent one; ``usual`` (by code): mean hour
    of day
    of all the customer's orders, null without one; ``stopped``: share of those who got a notification once
    and no longer allow them; ``failed``: share of all sends; ``n_sends``."""

    people: pd.DataFrame
    is_reachable: NDArray[Any]
    usual: NDArray[Any]
    stopped: Estimate
    failed: float
    n_sends: int

    @property
    def n_reachable(self) -> int:
        return int(self.is_reachable.sum())


def measure_reach(log: PushLog, level: float = 0.9) -> Reach:
    """Who can be sent a notification: their account stands, and they allow it; where no profile says whether,
    one was delivered within the last ``LAST_DAYS``."""
    people, sends = log.people, log.sends
    n = len(people)
    reached = sends[sends["is_delivered"]]
    whom = reached["customer"].to_numpy(int)
    got = np.bincount(whom, minlength=n) > 0
    lately = np.bincount(whom[reached["at"].to_numpy() >= log.end - LAST_DAYS * DAY], minlength=n) > 0
    stands = ~people["is_gone"].to_numpy(bool)
    allows = people["is_allowed"].map({True: 1.0, False: 0.0}).to_numpy(float)
    is_reachable = stands & ((allows == 1) | (np.isnan(allows) & lately))
    buyer = log.orders["customer"].to_numpy(int)
    n_orders = np.bincount(buyer, minlength=n)
    clock = np.bincount(buyer, log.orders["at"].to_numpy() % DAY / HOUR, minlength=n)
    usual = np.where(n_orders > 0, clock / np.maximum(n_orders, 1), np.nan)
    asked = stands & got & ~np.isnan(allows)
    stopped = _share(int((asked & (allows == 0)).sum()), int(asked.sum()), level)
    lines = [
        ("registered, account stands", stands),
        ("of them: allow notifications", stands & (allows == 1)),
        ("of them: do not allow them", stands & (allows == 0)),
        ("of them: no profile says", stands & np.isnan(allows)),
        ("can be sent one", is_reachable),
        (f"of them: got one in the last {LAST_DAYS} days", is_reachable & lately),
        ("of them: have ordered, so have a usual hour", is_reachable & (n_orders > 0)),
    ]
    counts = pd.DataFrame([(what, int(who.sum())) for what, who in lines], columns=["what", "n"])
    whole = [counts["n"][0]] * 5 + [counts["n"][4]] * 2
    counts["share"] = counts["n"] / np.where(np.array(whole) > 0, whole, np.nan)
    failed = float((~sends["is_delivered"]).mean()) if len(sends) else np.nan
    return Reach(counts, is_reachable, usual, stopped, failed, len(sends))


def _share(n: int, of: int, level: float) -> Estimate:
    if not of:
        return Estimate(None, n=0)
    low, high = bound_share(n, of, level)
    return Estimate(n / of, low, high, level=level, n=of)


def count_channels(log: PushLog) -> pd.DataFrame:
    """By kind: ``kind``, ``sent``, ``failed``, ``failed_share``, ``delivered``, ``opened``,
    ``opened_share`` of
    the delivered (null where no opening is on record)."""
    tracked, rows = list_tracked(log), []
    for kind, own in log.sends.groupby("kind", observed=True):
        reached = int(own["is_delivered"].sum())
        opened = float(own["was_opened"].sum()) if str(kind) in tracked else np.nan
        share = opened / reached if reached else np.nan
        rows.append((str(kind), len(own), len(own) - reached, 1 - reached / len(own), reached, opened, share))
    columns = ["kind", "sent", "failed", "failed_share", "delivered", "opened", "opened_share"]
    return pd.DataFrame(rows, columns=columns)


def count_naive(log: PushLog, hours: int) -> pd.DataFrame:
    """What a dashboard would show, and why not to go by it: ``what``, ``value`` (share), ``why``."""
    sends, rows = log.sends, select_tracked(log)
    opened = rows["is_opened"].to_numpy(bool)
    lines = [
        ("Opened, of all rows of the log", _mean(sends["was_opened"]),
         "rows that failed and text messages, whose opening is not recorded, count as not opened"),
        (f"Opened within {OPEN_HOURS} hours, of delivered pushes", _mean(rows["is_opened"]),
         "what can be opened; the share of this page"),
    ]  # fmt: skip
    by_hour = rows.groupby("hour")["is_opened"].mean()
    if len(by_hour):
        best = int(by_hour.index[int(by_hour.argmax())])
        lines.append((f"Opened, at the best hour ({best}:00)", float(by_hour.max()),
                      "other customers, months and contents at other hours; the best of "
                      "several"))  # fmt: skip
    follows = _orders_follow(log, rows, hours)
    for words, which in (("opened", opened), ("not opened", ~opened)):
        lines.append((f"Ordered within {hours} hours of a push that was {words}", _mean(follows[which]),
                      "who opens is who orders anyway: it does not say what the push did"))  # fmt: skip
    return pd.DataFrame(lines, columns=["what", "value", "why"])


def _orders_follow(log: PushLog, rows: pd.DataFrame, hours: int) -> NDArray[Any]:
    """Whether an order was placed within so many hours after each send."""
    span = 4 * log.end + 8 * DAY
    key = log.orders["customer"].to_numpy(np.int64) * span + log.orders["at"].to_numpy(np.int64)
    begin = rows["customer"].to_numpy(np.int64) * span + rows["at"].to_numpy(np.int64)
    return np.searchsorted(key, begin + hours * HOUR) > np.searchsorted(key, begin)


def _mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else np.nan
