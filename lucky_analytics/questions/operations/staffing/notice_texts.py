"""What the page on staffing says of who comes, who can, and what longer notice costs."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_estimate, format_number, format_value
from lucky_analytics.questions.operations.staffing.no_show_cover import Cover
from lucky_analytics.questions.operations.staffing.notice import Notice
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing

__all__ = ["say_availability", "say_no_shows", "say_notice", "say_off"]


def say_availability(people: pd.DataFrame) -> str:
    """Which availability the plan used: the file's, what rosters let one take, or both."""
    n, told = len(people), int(people["is_told"].sum())
    taken = "weekdays on which they worked in the last eight weeks are taken as theirs"
    if not told:
        return f"Availability: no file was given. {taken[0].upper()}{taken[1:]}, whatever they wish."
    rest = "" if told == n else f"; of the other {n - told} the {taken}"
    return f"Availability: of {told} of {n} people as the file says{rest}."


def say_no_shows(prepared: PreparedStaffing, cover: Cover) -> str:
    """How many do not come, who stands in, whether the plan holds cover, and what that would cost."""
    away, alone = prepared.no_shows.away, prepared.no_shows.alone
    if away.value is None:
        return "No rostered shift is on record: nobody can say who does not come."
    first = f"Nobody clocked in for {format_value(away.value, 'share', away.high)} of shifts"
    if not away.value:
        return f"{first}: the plan holds no cover."
    share = alone.value or 0.0
    who = {0.0: "somebody always stood in", 1.0: "nobody stood in"}.get(
        share, f"somebody stood in for {100 * (1 - share):.0f} % of the hours"
    )
    held = f"holds {cover.held:,.0f} hours a week of cover" if cover.held >= 0.5 else "holds no cover"
    least = (
        ""
        if cover.instead.value is None
        else (
            f" Covering all by roster would take {cover.instead.value:,.0f} hours a week"
            f" ({format_value(cover.dollars.value, 'USD', cover.dollars.high)})."
        )
    )
    return f"{first}; {who}. The plan {held}.{least}"


def say_notice(notice: Notice) -> str:
    """What 14 days' notice costs, as far as past weeks can say."""
    lost, gain = notice.lost, notice.gain
    if lost.value is None or gain.value is None:
        return "What 14 days' notice costs cannot be said: fewer than three weeks can be planned so."
    if gain.holds(0):
        ends = f"{format_number(gain.low)} to {format_number(gain.high)} orders a week"
        costs = "nor that longer notice costs any" if lost.holds(0) else "and longer notice costs some"
        return f"Told 14 days ahead, that plans serve more in time is not shown ({ends}), {costs}."
    change = format_estimate(gain.value, gain.low, gain.high, "orders a week")
    if lost.holds(0):
        return (
            f"Told 14 days ahead, past weeks would have had {change} fewer late; that longer notice "
            "costs service is not shown."
        )
    more = "fewer" if lost.value > 0 else "more"
    return (
        f"Told 14 days ahead, past weeks would have had {change} fewer late: "
        f"{format_value(abs(lost.value), 'orders a week')} {more} in time than told the week before."
    )


def say_off(scores: pd.DataFrame) -> str:
    """By how much half-hours were off (``order_demand.score_past``), as a share of orders."""
    came = float(scores["y"].sum()) if len(scores) else 0.0
    return f"{100 * float(scores['off'].sum()) / came:.0f} %" if came else "an unknown share"
