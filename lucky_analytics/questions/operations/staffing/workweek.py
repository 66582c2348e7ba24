"""What New York's Fair Workweek law would have cost, had it bound, and what a late change of a roster
would."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.staffing.staffing_answer import Planned
from lucky_analytics.questions.operations.staffing.staffing_prepared import LEVEL, PreparedStaffing
from lucky_analytics.reference.fair_workweek import FairWorkweek

__all__ = ["count_premiums", "estimate_week", "price_change"]

KINDS = ("called in", "told late", "too short a rest")
_USUAL_NOTICE = 24.0  # hours: shifts of people who were called in have less


def count_premiums(shifts: pd.DataFrame, rules: FairWorkweek) -> pd.DataFrame:
    """What the rosters of the past would have cost in premiums: ``first_day`` (of a week), ``kind``, ``n``,
    ``cents``.

    ``shifts`` of ``bar_hands.load_shifts``. Somebody called in is a shift added with the notice they had; a
    shift that was told with less than the law's notice counts as added, too; two shifts of a person with
    less rest between them than the law asks for (over midnight) cost its premium. Weeks without one have a
    row of 0.
    """
    worked = shifts[shifts["is_worked"]].sort_values(["employee_id", "date", "begins"])
    first = worked["date"] - pd.to_timedelta(worked["date"].dt.day_of_week, unit="D")
    hours = 24 * worked["notice_days"].to_numpy(float)
    is_called = (worked["status"] == "worked by call-in").to_numpy(bool)
    premium = rules.price(np.maximum(hours, 0), False)
    is_late = ~is_called & (premium > 0)
    begins = (worked["date"] - pd.Timestamp(0)).dt.days * 24 + worked["begins"] / 60
    ends = begins + (worked["ends"] - worked["begins"]) / 60
    same = worked["employee_id"] == worked["employee_id"].shift()
    is_next_day = worked["date"] > worked["date"].shift()
    rest = (begins - ends.shift()).where(same & is_next_day)
    is_short = (rest < rules.rest_hours - 1e-9).to_numpy(bool)
    parts = []
    for kind, those, cents in zip(
        KINDS,
        (is_called, is_late, is_short),
        (premium, premium, np.full(len(worked), rules.rest_cents)),
        strict=True,
    ):
        own = pd.DataFrame(
            {"first_day": first, "kind": kind, "n": those.astype(int), "cents": np.where(those, cents, 0)}
        )
        parts.append(own.groupby(["first_day", "kind"], as_index=False)[["n", "cents"]].sum())
    return (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["first_day", "kind", "n", "cents"])
    )


def estimate_week(premiums: pd.DataFrame) -> Estimate:
    """Dollars a week over whole weeks, the first and the last of which are left out where they may be cut."""
    weeks = premiums.groupby("first_day")["cents"].sum().sort_index().iloc[1:-1].to_numpy(float) / 100
    if len(weeks) < 3:
        return Estimate(None, n=len(weeks))
    half = float(student.ppf(0.5 + LEVEL / 2, len(weeks) - 1) * weeks.std(ddof=1) / np.sqrt(len(weeks)))
    mean = float(weeks.mean())
    return Estimate(mean, max(mean - half, 0.0), mean + half, level=LEVEL, n=len(weeks))


def price_change(planned: list[Planned], prepared: PreparedStaffing, rules: FairWorkweek) -> pd.DataFrame:
    """What it would cost to put the plan in the place of last week's roster for tomorrow's week, by store.

    ``store_id``, ``added``, ``moved``, ``cut`` (shifts), ``cents``. Shifts of a day are matched in the order
    of their begin; one that begins and ends as before is no change. Notice: from the end of ``as_of``.
    """
    rows = []
    for each in planned:
        old = prepared.roster[prepared.roster["store_id"] == each.store_id]
        added = moved = cut = cents = 0
        for day in range(len(prepared.ahead.dates)):
            before = old.loc[old["day"] == day, ["start", "end"]].to_numpy(float)
            after = each.plan.shifts.loc[each.plan.shifts["day"] == day, ["start", "end"]].to_numpy(float)
            n = min(len(before), len(after))
            is_moved = (before[:n] != after[:n]).any(axis=1)
            is_less = is_moved & (np.diff(after[:n]).ravel() < np.diff(before[:n]).ravel())
            notice = [24.0 * day + start / 2 for start in (*before[:n, 0], *after[n:, 0], *before[n:, 0])]
            lost = [*is_less, *[False] * (len(after) - n), *[True] * (len(before) - n)]
            changed = [*is_moved, *[True] * (len(notice) - n)]
            cents += int((rules.price(notice, lost) * np.array(changed, bool)).sum()) if notice else 0
            added, moved, cut = added + len(after) - n, moved + int(is_moved.sum()), cut + len(before) - n
        rows.append((each.store_id, added, moved, cut, cents))
    return pd.DataFrame(rows, columns=["store_id", "added", "moved", "cut", "cents"])
