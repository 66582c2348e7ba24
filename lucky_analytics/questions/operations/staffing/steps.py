"""What the page on staffing finds, from what was prepared: plans, the trial on past weeks, ranges."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.staffing import past_weeks
from lucky_analytics.questions.operations.staffing import staffing_answer as answers
from lucky_analytics.questions.operations.staffing.no_show_cover import hold_cover
from lucky_analytics.questions.operations.staffing.notice import Notice, try_notice
from lucky_analytics.questions.operations.staffing.staffing_plan import Terms, find_need, light
from lucky_analytics.questions.operations.staffing.staffing_prepared import LEVEL, PreparedStaffing
from lucky_analytics.questions.operations.staffing.workweek import count_premiums
from lucky_analytics.reference.fair_workweek import load_fair_workweek

__all__ = ["Found", "at_rest", "choose_terms", "find", "try_weeks"]

_MOST_MORE = 1.0  # hours beyond those of today's rosters, as a share of them
_UNKNOWN_HANDS = 60.0  # seconds an order, where no half-hour shows it


@dataclass(frozen=True)
class Found:
    """``planned``: each store's next seven days. ``red_today`` and ``red_plan``: shares of half-hours that
    are under-staffed; ends over how long an order can keep hands busy. ``cost``: dollars a week of the plan
    less those of last week's rosters. ``target``: change of paid hours for the target everywhere. ``same``:
    of ``estimate_same_service``. ``trial``: of past weeks; ``notice``: the same told 14 days before. ``gap``:
    the largest of a store's plan.
    ``n_thin``: stores whose rosters have fewer hours than somebody must be there."""

    planned: list[answers.Planned]
    terms: Terms
    red_today: Estimate
    red_plan: Estimate
    cost_today: float
    cost: float
    target: Estimate
    same: pd.DataFrame
    trial: past_weeks.Trial
    notice: Notice
    gap: float
    n_open: int
    missed: tuple[str, ...]
    n_red_tomorrow: int
    n_thin: int

    @property
    def is_out_of_reach(self) -> bool:
        """Whether the target asks for so much that what is found against it is no plan for anybody."""
        return self.target.value is not None and self.target.value > _MOST_MORE


def choose_terms(
    prepared: PreparedStaffing,
    hands_seconds: float = 0.0,
    wait_seconds: float = 60.0,
    served_share: float = 0.8,
    *,
    least_heads: int = 1,
    shortest_hours: float = 4.0,
    longest_hours: float = 8.0,
) -> Terms:
    """The terms of a plan. Without ``hands_seconds`` an order keeps hands busy for as long as lies half-way,
    by its logarithm, between the shortest and the longest that half-hours allow: an assumption, no
    estimate. Cover for people who do not come is held where it pays (``no_show_cover.hold_cover``).
    Raises ``ParameterError`` where the shortest shift is to be longer than the longest."""
    if shortest_hours > longest_hours:
        raise ParameterError(
            "shortest_hours", expected=f"at most longest_hours, {longest_hours:g}", got=f"{shortest_hours:g}"
        )
    bounds = prepared.hands.bounds
    middle = float(round(np.sqrt(bounds[0] * bounds[1]))) if bounds else _UNKNOWN_HANDS
    hands = hands_seconds or middle
    lengths = (round(2 * shortest_hours), round(2 * longest_hours))
    terms = Terms(
        hands, wait_seconds, served_share, least=least_heads, shortest=lengths[0], longest=lengths[1]
    )
    law = load_fair_workweek()
    return hold_cover(prepared, terms, law, count_premiums(prepared.shifts, law))


def at_rest(terms: Terms) -> Terms:
    """The terms without what a what-if asks of orders and heads: what past weeks are planned by."""
    return replace(terms, orders=1.0, more_heads=0)


def find(prepared: PreparedStaffing, terms: Terms, people: pd.DataFrame | None = None) -> Found:
    """All that the page says."""
    planned = answers.plan_week(prepared, terms, people)
    same = answers.estimate_same_service(prepared, terms)
    missed = [f"{prepared.stores['store_name'][prepared.place(each.store_id)]}: {name}"
              for each in planned if each.who is not None for name in each.who.missed]  # fmt: skip
    tomorrow = [each.lights_today[0] for each in planned]
    trial, notice = try_weeks(prepared, terms, same)
    return Found(
        planned,
        terms,
        _estimate_red(prepared, terms, planned, "today"),
        _estimate_red(prepared, terms, planned, "plan"),
        sum(each.cents_today for each in planned) / 100,
        sum(each.cents_plan - each.cents_today for each in planned) / 100,
        answers.estimate_target(prepared, terms),
        same,
        trial,
        notice,
        max((each.plan.gap for each in planned), default=0.0),
        sum(int((each.who.person < 0).sum()) for each in planned if each.who is not None),
        tuple(missed),
        sum(int((each == 0).sum()) for each in tomorrow),
        sum(not each.is_within for each in planned),
    )


def try_weeks(
    prepared: PreparedStaffing, terms: Terms, same: pd.DataFrame | None = None
) -> tuple[past_weeks.Trial, Notice]:
    """Past weeks planned with the terms at rest: a week ahead, and as a roster told 14 days ahead is."""
    rest = at_rest(terms)
    trial = past_weeks.try_past(prepared, rest, same)
    return trial, try_notice(prepared, rest, trial)


def _estimate_red(
    prepared: PreparedStaffing, terms: Terms, planned: list[answers.Planned], which: str
) -> Estimate:
    heads = np.array([each.today if which == "today" else each.plan.heads for each in planned])
    tries = [terms, *(terms.with_hands(hands) for hands in prepared.hands.bounds or ())]
    if which == "today":
        tries = [own.as_came for own in tries]
    shares = [
        answers.sum_lights([light(heads, find_need(prepared.ahead, own, prepared.quantile))]) for own in tries
    ]
    value, n = shares[0]
    if len(shares) == 1:
        return Estimate(value, n=n)
    return Estimate(
        value, min(share for share, _ in shares), max(share for share, _ in shares), level=LEVEL, n=n
    )
