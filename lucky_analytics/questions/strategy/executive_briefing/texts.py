"""The day in words. Every number stands as the name of a headline, so that none can be another one's."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd

from lucky_analytics.decisions import Decision, idle, wait_for_orders, weigh
from lucky_analytics.estate.markets import HOME as HOME_MARKET
from lucky_analytics.estate.markets import public_holidays
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.store_growth import LEVEL, RecentWeeks
from lucky_analytics.models.watched_days.kpis import ALL, find_kpi
from lucky_analytics.models.weeks_advice import ask_about_weeks
from lucky_analytics.questions.strategy.executive_briefing.next_days import Outlook
from lucky_analytics.questions.strategy.executive_briefing.notable import MOST, UNKNOWN, Thing

__all__ = [
    "NO_ORDERS",
    "decide",
    "describe_day",
    "name_change",
    "name_day",
    "name_days",
    "name_finding",
    "name_outlook",
    "name_stores",
    "say_more",
    "say_outlook",
    "say_quiet",
    "say_thing",
]

OWNERS = {
    "order_value": "Product", "aov": "Product", "stock_outs": "Supply chain", "sold_out": "Supply chain",
    "refunded": "Finance", "refunds": "Finance", "failed_payments": "Finance",
    **dict.fromkeys(("revenue", "orders", "making_time", "failures", "orders_hour", "revenue_hour", "making",
                     "fulfilled", "uptime", "complaints", "hours_kept"), "Operations"),
}  # fmt: skip
_MARKETING = "Marketing"
_COUNTRY = dataclasses.replace(HOME_MARKET, subdivision=None)
NO_ORDERS = (
    "No day to tell of yet",
    "No store had sold anything by this date, so there is nothing to compare.",
    wait_for_orders("Leadership"),
)


def name_day(day: dt.date) -> str:
    """The day as a sentence names it: ``"Friday"``."""
    return f"{day:%A}"


def name_finding(day: dt.date, things: list[Thing], usual: Estimate, weeks: RecentWeeks) -> str:
    """The title, as a template for ``report.title``: the day, and where it is ordinary a fall of the last
    weeks, which no single day shows. ``usual``: revenue over what is usual, less one."""
    total = next((thing for thing in things if thing.kpi.name == "revenue"), None)
    if usual.value is None:
        return f"{name_day(day)}: too early to say what is usual"
    if total is not None:
        side = "below" if total.is_low else "above"
        return f"{name_day(day)}'s revenue was {{off_usual:value}} {side} what is usual, more than chance"
    if things:
        were = "was" if len(things) == 1 else "were"
        return f"{name_day(day)}'s revenue of all stores was as usual; {{things:value}} {were} not"
    over = "over {weeks_compared:value}"
    if weeks.has_fallen:
        return f"The oldest stores sold {{weeks_fall:value}} less {over}; {name_day(day)} itself was ordinary"
    if len(weeks.fallen):
        rest = len(weeks.fallen) - 1
        others = "" if not rest else " and another" if rest == 1 else " and others"
        fell = f"{weeks.fallen['store_name'].iloc[0]}{others} fell {over}"
        return f"{fell}; {name_day(day)} itself was ordinary"
    return f"An ordinary {name_day(day)}: nothing was more unusual than chance"


def describe_day(day: dt.date, usual: Estimate, week_change: float) -> str:
    """The answer, as a template for ``report.answer``. ``week_change``: against the same weekday before, a
    share; NaN without such a day."""
    text = f"All stores sold {{revenue}} on {name_day(day)}"
    if usual.value is not None:
        text += f", {_plus(usual.value)}{{against_usual}} against what is usual for such a day"
    if week_change == week_change:
        text += f", and {_plus(week_change)}{{against_last_week}} against the {name_day(day)} before"
    elif usual.value is None:
        text += "; there is no day to hold it against"
    return text + "."


def say_thing(place: int, thing: Thing) -> str:
    """One notable thing, as a template: what, how far from usual, in dollars, likely why."""
    text = f"{_name(thing)}: {{seen_{place}:value}}, usual {{usual_{place}}}"
    if thing.size.value is not None:
        about = "about " if thing.kpi.worth == "order" else ""
        text += f", {about}{{size_{place}:value}} off"
    if thing.n_running > 1:
        text += f", for {{running_{place}:value}} in a row"
    dollars = f" ({{cause_{place}:value}})" if thing.cause_dollars is not None else ""
    return f"{text}. {_say_cause(thing.cause)}{dollars}."


def say_more(things: list[Thing]) -> str:
    """How many notable things there are beside those told, as a template; empty for none."""
    return "And {more:value} more, in the table of what was unusual." if len(things) > MOST else ""


def _say_cause(cause: str) -> str:
    return "No cause is seen in these tables" if cause == UNKNOWN else f"Likely: {cause}"


def _plus(change: float) -> str:
    return "+" if change > 0 else ""


def _name(thing: Thing) -> str:
    label = thing.kpi.label
    return label if thing.where == ALL else f"{thing.where}, {label[0].lower()}{label[1:]}"


def say_quiet(quiet: pd.DataFrame, day: dt.date) -> str:
    """What did not change where somebody would worry, as a template; empty where nothing moved."""
    said = []
    for place, row in enumerate(quiet.head(3).to_dict("records"), start=1):
        label = find_kpi(row["kpi"]).label.lower()
        who = label if row["where"] == ALL else f"{row['where']}, {label}"
        said.append(f"{who} {_plus(row['change'])}{{quiet_{place}:value}}")
    if not said:
        return ""
    return f"As usual, though they moved against the {name_day(day)} before: {'; '.join(said)}."


def say_outlook(found: Outlook | None) -> str:
    """The next seven days, as a template; empty where they are not forecast."""
    if found is None:
        return ""
    text = "The next seven days: {outlook}"
    if found.bias.value is not None and not found.bias.holds(0):
        side = "high" if found.bias.value > 0 else "low"
        text += f"; forecasts ran too {side} lately, by {{forecast_bias}}, which is corrected"
    return f"{text}.{_name_holidays(found.days)}"


def _name_holidays(days: pd.DataFrame) -> str:
    """Which of the days ahead are holidays of the whole country, as a sentence; empty for none."""
    named = [
        f"{day:%A} is {name}"
        for day in pd.to_datetime(days["ds"]).dt.date
        for name in [public_holidays(_COUNTRY, day.year).get(day)]
        if name
    ]
    return f" {join_names(named)}." if named else ""


def name_change(parts: pd.DataFrame) -> str:
    """What moved revenue most, as the title of its chart. ``parts`` as ``why.sum_parts``.

    >>> name_change(pd.DataFrame({"label": ["orders", "mix"], "dollars": [-900.0, 30.0]}))
    'Orders moved revenue most, −$900'
    """
    first = parts.iloc[0]
    sign = "+" if first["dollars"] > 0 else ""
    label = first["label"][0].upper() + first["label"][1:]
    return f"{label} moved revenue most, {sign}{format_value(first['dollars'], 'USD')}"


def name_days(days: pd.DataFrame) -> str:
    """How often all stores' revenue was unusual in the last weeks (``views.show_days``), as the title of its
    chart."""
    known = days[days["expected"].notna()]
    n_odd = int(known["is_alarm"].sum())
    if known.empty:
        return "Too few days to say which are unusual"
    if not n_odd:
        return f"No day of the last {len(known)} was unusual in revenue beyond chance"
    return f"{n_odd} of the last {len(known)} days {'was' if n_odd == 1 else 'were'} unusual in revenue"


def name_stores(stores: pd.DataFrame) -> str:
    """How many stores sold outside what is usual for them, as the title of their chart."""
    known = stores[stores["is_known"]]
    odd = known[known["is_alarm"]]["store"].tolist()
    if not odd:
        return f"None of {len(known)} stores sold more or less than chance explains"
    return f"Unusual: {', '.join(odd[:3])}" + (f" and {len(odd) - 3} more" if len(odd) > 3 else "")


def name_outlook(found: Outlook) -> str:
    """The next seven days beside the last, as the title of their chart."""
    last = found.last_seven
    if not last or found.total.value is None:
        return "The next seven days, as forecast"
    side = "more" if found.total.value > last else "less"
    sure = "" if found.total.low is not None and not found.total.holds(last) else "not clearly "
    ahead, before = (format_value(dollars, "USD") for dollars in (found.total.value, last))
    return f"Next seven days: {ahead} expected, {sure}{side} than the last, {before}"


def decide(day: dt.date, things: list[Thing], usual: Estimate, weeks: RecentWeeks) -> Decision:
    """What somebody does today. Worth: what the first thing with a size in dollars was off by, either way.

    A single day is a doubt, however unusual. Without a notable thing the last weeks decide, as on the page of
    the stores; where they say nothing either, there is nothing to decide.
    """
    if usual.value is None and not things:
        return Decision(
            "read the numbers without a verdict", "Leadership",
            weigh(None, problems=["what is usual is not known before a month of sales"]),
            "There is less than a month of sales.", "A month of sales is over.",
        )  # fmt: skip
    if not things:
        asked = ask_about_weeks(weeks, LEVEL)
        if asked is not None:
            return asked
        return Decision(
            "go on as planned", "Leadership",
            idle("no number of the day is more unusual than chance"),
            f"Nothing on {name_day(day)} asks for an explanation.", "A number leaves its usual range.",
        )  # fmt: skip
    first = next((thing for thing in things if thing.is_bad), things[0])
    owner = OWNERS.get(first.kpi.name, _MARKETING)
    what = first.kpi.label.lower() + ("" if first.where == ALL else f" at {first.where}")
    action = f"look into {what}, unusually {'low' if first.is_low else 'high'}"
    worth = first.size.times(-1) if (first.size.value or 0.0) < 0 else first.size
    doubts = ["one day alone is odd now and then"] if first.n_running < 2 else []
    others = len(things[:MOST]) - 1
    return Decision(
        action + (", then into the other things below" if others else ""),
        owner,
        weigh(worth if worth.value is not None else None, doubts=doubts),
        f"{_say_cause(first.cause)}.",
        f"The day after, {what}: back in the usual range.",
        worth if worth.value is not None else None,
        worth_unit="USD a day",
    )
