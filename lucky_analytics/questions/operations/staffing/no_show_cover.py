"""Whether the plan holds cover for people who do not come, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.staffing.staffing_plan import Terms, find_need
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing
from lucky_analytics.questions.operations.staffing.workweek import estimate_week
from lucky_analytics.reference.fair_workweek import FairWorkweek

__all__ = ["Cover", "hold_cover", "price_cover"]

_MOST_ABSENT = 0.5  # beyond it no plan is one


@dataclass(frozen=True)
class Cover:
    """``held``: hours a week that the plan's need has for people who do not come; ``instead``: the same were
    nobody called in when somebody does not come, in hours and (``dollars``) a week; ``called``: what calling
    in would cost a week in premiums, 0 where Fair Workweek does not bind."""

    held: float
    instead: Estimate
    dollars: Estimate
    called: float


def price_cover(
    prepared: PreparedStaffing, terms: Terms, rules: FairWorkweek, premiums: pd.DataFrame
) -> Cover:
    """Heads needed with and without cover, for the target in every half-hour of the next seven days, at what
    an hour of last week's rosters cost. ``premiums`` of ``workweek.count_premiums``. Ends are those of the
    no-show rate. Hours of shifts may be more: a shift is longer than a half-hour."""
    week = prepared.ahead
    bare = _hours(prepared, terms.as_came)
    rate = prepared.no_shows.away
    paid = float(week.paid.sum())
    hour = float(week.paid_cents.sum()) / paid / 100 * (prepared.on_top.value or 1.0) if paid else 0.0
    called = estimate_week(premiums[premiums["kind"] == "called in"]).value or 0.0
    if rate.value is None:
        return Cover(0.0, Estimate(None, n=0), Estimate(None, n=0), 0.0)
    more = [_hours(prepared, replace(terms, absent=min(each or 0.0, _MOST_ABSENT))) - bare
            for each in (rate.value, rate.low, rate.high)]  # fmt: skip
    hours = Estimate(more[0], min(more), max(more), level=rate.level, n=rate.n)
    dollars = hours.times(hour)
    held = _hours(prepared, terms) - bare
    return Cover(held, hours, dollars, called if rules.binds(prepared.n_stores) else 0.0)


def hold_cover(
    prepared: PreparedStaffing, terms: Terms, rules: FairWorkweek, premiums: pd.DataFrame
) -> Terms:
    """The terms with the cover that pays: for whoever stays away and nobody stands in, and for all who stay
    away where premiums for calling in cost more than rostering them."""
    own = replace(terms, absent=prepared.absent)
    priced, rate = price_cover(prepared, own, rules, premiums), prepared.no_shows.away.value
    if rate is not None and priced.dollars.value is not None and priced.called > priced.dollars.value:
        return replace(own, absent=min(max(rate, own.absent), _MOST_ABSENT))
    return own


def _hours(prepared: PreparedStaffing, terms: Terms) -> float:
    return float(find_need(prepared.ahead, terms, prepared.quantile).planned.sum()) / 2
