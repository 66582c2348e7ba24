"""How many people a channel must be withheld from, and for how long, to show what it adds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from lucky_analytics.methods.policies.trial_size import find_held_out
from lucky_analytics.models.registrations import aggregate_registrations
from lucky_analytics.questions.marketing.channel_attribution.hold_outs import count_outcomes
from lucky_analytics.questions.marketing.channel_attribution.journeys import REST
from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY, Touches

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["HELD_OUT", "Plan", "plan_for_channel", "plan_for_registered", "say_weeks"]

HELD_OUT = 0.1  # of the people whom a channel would touch, drawn by chance
START_DAYS = 30  # after registering, within which a first order is looked for: as on the page on channels


class Plan(NamedTuple):
    """``channel`` to withhold (null: any), ``n_out`` people, of ``n_all`` whom it would have touched, who
    come in ``weeks`` (null where nobody comes); it shows ``gain`` orders a person in four of five cases."""

    channel: str | None
    n_out: int
    n_all: int
    weeks: float | None
    gain: float


def plan_for_channel(
    touches: Touches,
    table: pd.DataFrame,
    tested: set[str],
    days: int,
    first_orders: bool,
    gain: float,
    level: float,
) -> Plan | None:
    """The hold-out of the channel on which most is spent, or with most last-touch credit where cost is not
    known, of those not ``tested``; ``table`` as from ``credit_channels``. None where all were, or nobody's
    orders after a touch of it are known."""
    left = table[~table["channel"].isin({*tested, REST})]
    if left.empty:
        return None
    by = "cost" if left["cost"].fillna(0.0).gt(0).any() else "last"
    channel = str(left.sort_values(by, ascending=False, kind="stable")["channel"].iloc[0])
    shown = touches.shown[touches.shown["channel"] == channel]
    people = shown.groupby("person")["at"].min().reset_index()
    each = count_outcomes(touches, people, channel, days, first_orders)
    if len(each) < 2 or not each["orders"].std() > 0:
        return None
    span = max((each["at"].max() - each["at"].min()) / DAY / 7, 1.0)
    return _plan(channel, float(each["orders"].std()), len(each) / span, gain, level)


def plan_for_registered(suite: Suite, gain: float, level: float) -> Plan | None:
    """The hold-out of any channel that would reach people who registered, by the share of them that orders
    within ``START_DAYS``; None where too few have."""
    months = aggregate_registrations(suite, START_DAYS)
    seen = months[months["n_seen"] > 0]
    n = int(seen["n_seen"].sum())
    share = float((seen["started_share"] * seen["n_seen"]).sum() / n) if n else 0.0
    if not 0 < share < 1:
        return None
    return _plan(None, math.sqrt(share * (1 - share)), 7 * float(seen["a_day"].iloc[-1]), gain, level)


def _plan(channel: str | None, sd: float, a_week: float, gain: float, level: float) -> Plan:
    n_out = find_held_out(sd, gain, HELD_OUT, level)
    n_all = math.ceil(n_out / HELD_OUT)
    return Plan(channel, n_out, n_all, n_all / a_week if a_week > 0 else None, gain)


def say_weeks(plan: Plan) -> str:
    """How long it takes for as many people to come, in words.

    >>> say_weeks(Plan("mail", 100, 1000, 2.2, 0.01)), say_weeks(Plan("mail", 100, 1000, 130.0, 0.01))
    ('about 3 weeks', 'more than two years')
    """
    if plan.weeks is None or plan.weeks > 104:
        return "more than two years"
    weeks = max(1, math.ceil(plan.weeks))
    return "about a week" if weeks == 1 else f"about {weeks} weeks"
