"""Who was rostered and did not come, by clock-ins held against rosters, and whether somebody stood in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from ibis import _

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.models.bar_hands import count_heads

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["CALLED_IN", "NoShows", "count_no_shows", "mark_clocked"]

CALLED_IN = "worked by call-in"


class NoShows(NamedTuple):
    """``away``: the share of rostered shifts that nobody came to. ``alone``: of these, the share of hours
    in which nobody stood in. ``lost``: the share of rostered hours that nobody worked, both multiplied; its
    ends are the products of theirs, so that it is wider than asked. ``n_called`` people were called in."""

    away: Estimate
    alone: Estimate
    lost: Estimate
    n_called: int


def mark_clocked(suite: Suite, shifts: pd.DataFrame) -> pd.DataFrame:
    """``shifts`` (``bar_hands.load_shifts``) with ``is_clocked``: whether somebody clocked in for it. Without
    clock-ins, or where the shifts have none at all, by the roster's own status."""
    clocks = suite.optional("clock_ins")
    seen: set[str] = set()
    if clocks is not None and len(shifts):
        since = shifts["date"].min().date()
        own = clocks.filter(_.kind == "in", _.clock_date >= since, _.shift_id.notnull())
        seen = set(own.select("shift_id").distinct().execute()["shift_id"])
    is_clocked = shifts["shift_id"].isin(seen)
    return shifts.assign(is_clocked=is_clocked if is_clocked.any() else shifts["is_worked"])


def count_no_shows(shifts: pd.DataFrame, level: float = 0.9) -> NoShows:
    """Shares of the rostered ``shifts`` of ``mark_clocked``: ``store_id``, ``employee_id``, ``date``,
    ``begins``, ``ends`` (minutes), ``status``, ``is_clocked``. Null without a rostered shift.

    Wilson's interval, as wide again as shares of people differ by more than chance (the same few may stay
    away). Call-ins stand in, half-hour by half-hour, for anybody of their store who is away.

    >>> one = {"store_id": "a", "employee_id": 1, "date": pd.Timestamp("2026-02-02"), "status": "worked"}
    >>> both = [{**one, "begins": 420, "ends": 600, "is_clocked": came} for came in (True, False)]
    >>> rows = pd.DataFrame(both)
    >>> found = count_no_shows(rows)
    >>> found.away.value, found.alone.value, found.lost.value
    (0.5, 1.0, 0.5)
    """
    is_called = (shifts["status"] == CALLED_IN).to_numpy(bool)
    came = shifts["is_clocked"].to_numpy(bool)
    own = shifts[~is_called]
    n, n_called = len(own), int(is_called.sum())
    if not n:
        return NoShows(Estimate(None, n=0), Estimate(None, n=0), Estimate(None, n=0), n_called)
    is_away = ~came[~is_called]
    n_away = int(is_away.sum())
    alike = _design_effect(is_away, own["employee_id"].to_numpy())
    low, high = (float(end) for end in wilson_interval(n_away / alike, n / alike, level))
    away = Estimate(n_away / n, low, high, level=level, n=n)
    if not n_away:
        return NoShows(away, Estimate(None, n=0), Estimate(0.0, 0.0, high, level=level, n=n), n_called)
    missing, there = (
        count_heads(rows.assign(is_worked=True)).set_index(["store_id", "date", "slot"])["heads"]
        for rows in (own[is_away], shifts[is_called & came])
    )
    left = (missing - there.reindex(missing.index).fillna(0)).clip(lower=0)
    share = float(left.sum() / missing.sum()) if missing.sum() else 1.0
    ends = [float(end) for end in wilson_interval(share * n_away, n_away, level)]
    least = max(min(ends[0], share), 0.0) if share else 0.0
    alone = Estimate(share, least, max(ends[1], share), level=level, n=n_away)
    lost = Estimate(n_away / n * share, low * (alone.low or 0.0), high * ends[1], level=level, n=n)
    return NoShows(away, alone, lost, n_called)


def _design_effect(is_away: np.ndarray, who: np.ndarray) -> float:
    """By how much the variance of the share is larger than chance would make it, at least 1."""
    share, n = float(is_away.mean()), len(is_away)
    se = estimate_mean(is_away.astype(float), who).se
    chance = share * (1 - share) / n
    return max(float(se**2 / chance), 1.0) if chance > 0 and np.isfinite(se) else 1.0
