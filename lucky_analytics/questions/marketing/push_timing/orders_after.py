"""Do orders follow notifications? The hours after a send held against other hours of the same customer's
week.

The clock is that of the chain: hours in which everybody orders more count for more. A customer's weeks with
an order and a send tell: the hours after a send, those before it (which no send can have changed), and the
rest. Where orders are more frequent before a send too, sends are timed by orders, or orders by a habit that
sends know: what follows them is then not their doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.case_series import CaseSeries, fit_case_series
from lucky_analytics.questions.marketing.push_timing.send_log import DAY, HOUR, PushLog

__all__ = ["After", "compare_orders"]

Array = NDArray[Any]
_WEEK = 7 * DAY
_RARE = 0.01


@dataclass(frozen=True)
class After:
    """``table``: a row for each kind of hours: ``kind`` (the kind of send, ``before``, ``failed``),
    ``label``,
    ``value`` (times as many orders as in the customer's other hours), ``low``, ``high``, ``n`` orders in
    them,
    ``n_sends``; ``by_hour``: the same by ``hour`` of the send, delivered ones of all kinds. Null where too
    few
    orders fell. ``more``: orders that a thousand pushes would have brought, were the ratio their doing;
    ``is_timed``: orders differ before sends, too; ``n_orders`` in weeks that tell.
    """

    table: pd.DataFrame
    by_hour: pd.DataFrame
    more: Estimate
    is_timed: bool
    n_orders: int

    def estimate(self, kind: str, level: float) -> Estimate:
        own = self.table[self.table["kind"] == kind]
        if own.empty or own["value"].isna().all():
            return Estimate(None, n=0 if own.empty else int(own["n"].iloc[0]))
        return Estimate.of(own.iloc[0].to_dict(), "value", level=level, n=self.n_orders)


def compare_orders(log: PushLog, hours: int, half: float, level: float = 0.9) -> After:
    """``hours`` before and after each send; ``half``: how many errors wide intervals are to each side."""
    sends = log.sends[~log.people["is_gone"].to_numpy(bool)[log.sends["customer"].to_numpy(int)]]
    kinds = [str(kind) for kind in sends["kind"].cat.categories if (sends["kind"] == kind).any()]
    names = [*kinds, "failed", "before"]
    kind = sends["kind"].cat.codes.to_numpy(int)
    place = np.array(
        [names.index(str(name)) if str(name) in names else 0 for name in sends["kind"].cat.categories]
    )
    code = np.where(sends["is_delivered"], place[kind] if len(sends) else kind, len(kinds))
    windows = _count_windows(log, sends, hours)
    table, n_orders, n_weeks_sends = _judge(windows, code, names, half)
    table["label"] = [*(f"after a {name}" for name in kinds), "after one that failed", "before any of them"]
    reached = sends["is_delivered"].to_numpy(bool)
    values, counts = np.unique(sends["hour"].to_numpy(int)[reached], return_counts=True)
    common = [int(value) for value, n in zip(values, counts, strict=True) if n >= _RARE * reached.sum()]
    slots = [f"at {hour}:00" for hour in common] + ["other", "before"]
    at = np.array([common.index(h) if h in common else len(common) for h in range(24)])
    code = np.where(reached, at[sends["hour"].to_numpy(int)], len(common))
    by_hour, _, _ = _judge(windows, code, slots, half)
    by_hour = by_hour.iloc[: len(common)].assign(
        hour=common, label=np.array(slots[: len(common)], dtype=object)
    )
    before = table[table["kind"] == "before"].iloc[0]
    is_timed = bool(before["low"] > 1 or before["high"] < 1)
    return After(table, by_hour, _count_more(table, n_weeks_sends, level), is_timed, n_orders)


def _count_more(table: pd.DataFrame, n_sends: Array, level: float) -> Estimate:
    """Orders that a thousand pushes would have brought."""
    own = table[table["kind"] == "push"]
    if own.empty or own["value"].isna().all() or not n_sends[own.index[0]]:
        return Estimate(None, n=0)
    row, n = own.iloc[0], n_sends[own.index[0]]
    ends = {name: 1000 * row["n"] / n * (1 - 1 / row[name]) for name in ("value", "low", "high")}
    return Estimate(**ends, level=level, n=int(n))


@dataclass(frozen=True)
class _Windows:
    """Hours after sends and before them, in weeks that were seen whole: the ``send`` each follows (its place;
    -1 before one), the customer's week it lies in (``stratum``, code), its orders (``events``) and how many
    of the chain's fell into it (``expected``). By stratum: ``whose`` week, ``all_events``, ``all_expected``.
    ``is_whole``: which sends lie in such weeks."""

    send: Array
    stratum: Array
    events: Array
    expected: Array
    whose: Array
    all_events: Array
    all_expected: Array
    is_whole: Array


def _count_windows(log: PushLog, sends: pd.DataFrame, hours: int) -> _Windows:
    who, week, send, start, stop = _cut_windows(sends, hours)
    first = -(-log.people["registered"].to_numpy(np.int64) // _WEEK)  # the first whole week of each customer
    seen = (week >= first[who]) & (week < log.end // _WEEK)
    who, week, send, start, stop = (each[seen] for each in (who, week, send, start, stop))
    n_weeks = log.end // _WEEK + 2
    stratum, code_of = np.unique(who * n_weeks + week, return_inverse=True)
    clock = np.sort(log.orders["at"].to_numpy(np.int64))
    span = 4 * log.end + 8 * _WEEK
    key = log.orders["customer"].to_numpy(np.int64) * span + log.orders["at"].to_numpy(np.int64)
    mine, begin = stratum // n_weeks, stratum % n_weeks * _WEEK
    sent_week = sends["at"].to_numpy(np.int64) // _WEEK
    return _Windows(
        send, code_of, _count(key, who * span + start, who * span + stop), _count(clock, start, stop), mine,
        _count(key, mine * span + begin, mine * span + begin + _WEEK), _count(clock, begin, begin + _WEEK),
        (sent_week >= first[sends["customer"].to_numpy(int)]) & (sent_week < log.end // _WEEK),
    )  # fmt: skip


def _judge(windows: _Windows, code: Array, names: list[str], half: float) -> tuple[pd.DataFrame, int, Array]:
    """One ratio for each of ``names`` (``code`` (sends,) says which; the last is the hours before): the
    table, the orders in weeks that tell, and the sends in weeks that were seen whole."""
    n, k = len(windows.whose), len(names)
    kind = np.where(windows.send < 0, k - 1, code[windows.send]) if len(code) else windows.send
    place = windows.stratum * (k + 1) + kind + 1
    events, expected = (
        np.bincount(place, counts, minlength=n * (k + 1)).reshape(n, k + 1)
        for counts in (windows.events, windows.expected)
    )
    events[:, 0] = windows.all_events - events[:, 1:].sum(axis=1)
    expected[:, 0] = windows.all_expected - expected[:, 1:].sum(axis=1)
    found = fit_case_series(events, np.maximum(expected, 0.0), windows.whose)
    n_sends = np.bincount(code[windows.is_whole], minlength=k)
    return _tabulate(found, names, n_sends, half), found.n, n_sends


def _tabulate(found: CaseSeries, names: list[str], n_sends: Array, half: float) -> pd.DataFrame:
    frame = pd.DataFrame({"kind": names, "value": np.exp(found.log_ratio)})
    frame["low"] = np.exp(found.log_ratio - half * found.se)
    frame["high"] = np.exp(found.log_ratio + half * found.se)
    return frame.assign(n=found.events.astype(int), n_sends=n_sends)


def _count(sorted_keys: Array, start: Array, stop: Array) -> Array:
    return np.searchsorted(sorted_keys, stop) - np.searchsorted(sorted_keys, start)


def _cut_windows(sends: pd.DataFrame, hours: int) -> tuple[Array, ...]:
    """Hours after each send up to the customer's next one, and hours before it that follow no other:
    customer, week, send (its place, -1 before it), start and stop, cut at Mondays. None overlap."""
    who, at = sends["customer"].to_numpy(np.int64), sends["at"].to_numpy(np.int64)
    length = hours * HOUR
    same = who[1:] == who[:-1]
    following = np.append(np.where(same, at[1:], np.iinfo(np.int64).max), np.iinfo(np.int64).max)
    previous = np.insert(np.where(same, at[:-1] + length, 0), 0, 0)
    start = np.r_[at, np.maximum(at - length, previous[: len(at)])]
    stop = np.r_[np.minimum(at + length, following[: len(at)]), at]
    send, who = np.r_[np.arange(len(at)), np.full(len(at), -1)], np.r_[who, who]
    kept = (stop > start) & (start >= 0)
    who, send, start, stop = who[kept], send[kept], start[kept], stop[kept]
    week = start // _WEEK
    monday = (week + 1) * _WEEK
    over = stop > monday  # the part after Monday counts in its own week
    return (
        np.r_[who, who[over]], np.r_[week, week[over] + 1], np.r_[send, send[over]],
        np.r_[start, monday[over]], np.r_[np.minimum(stop, monday), stop[over]],
    )  # fmt: skip
