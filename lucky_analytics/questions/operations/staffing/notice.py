"""What it costs to tell a roster 14 days before: the plan rests on an older and wider view of the orders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.staffing.past_weeks import Trial, estimate_gain, try_hands
from lucky_analytics.questions.operations.staffing.staffing_answer import fewest_hours
from lucky_analytics.questions.operations.staffing.staffing_plan import (
    Terms,
    count_late,
    find_need,
    plan_store,
)
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing

__all__ = ["Notice", "try_notice"]


@dataclass(frozen=True)
class Notice:
    """Past weeks planned for the hours of their rosters from what was known 14 days before. ``gain``: orders
    a week begun in time that the rosters did not; ``lost``: orders a week fewer than with plans of the week
    before; ``hours``: heads needed for the target, more than by those, as a share of them. Null with fewer
    than three weeks."""

    gain: Estimate
    lost: Estimate
    hours: Estimate


def try_notice(prepared: PreparedStaffing, terms: Terms, trial: Trial) -> Notice:
    """``trial`` (``try_past`` with the same terms) again, from ``prepared.told``."""
    tries = try_hands(prepared, terms)
    gains, more = [], []
    for week, told in zip(prepared.past, prepared.told, strict=True):
        if week.dates[0] not in set(trial.weeks["first_day"]) or not told.mean.sum():
            continue
        today = week.heads * week.staffed
        heads, need = today.copy(), find_need(told, terms, prepared.quantile).planned
        for place in range(len(prepared.stores)):
            paid, staffed = float(week.paid[place]), week.staffed[place]
            if paid >= fewest_hours(staffed, terms) > 0:
                plan = plan_store(need[place], told.mean[place], staffed, terms, most_hours=paid)
                heads[place] = plan.heads
        came = week.y * week.staffed
        gains.append(
            [
                float((count_late(came, today, own.as_came) - count_late(came, heads, own)).sum())
                for own in tries
            ]
        )
        near = find_need(week, terms, prepared.quantile).planned
        more.append(float(need.sum() / max(near.sum(), 1) - 1))
    own = np.array(gains).reshape(-1, len(tries))
    before = trial.gains if len(trial.gains) == len(own) else np.full(own.shape, np.nan)
    hours = estimate_gain(np.array(more).reshape(-1, 1))
    return Notice(estimate_gain(own), estimate_gain(before - own), hours)
