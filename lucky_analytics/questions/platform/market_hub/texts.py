"""What the page of the markets says, and what to do about it."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence

import pandas as pd

from lucky_analytics.decisions import Decision, idle, wait_for_orders, weigh
from lucky_analytics.formats import format_change, format_value
from lucky_analytics.questions.platform.market_hub.clocks import Clocks
from lucky_analytics.questions.platform.market_hub.holiday_words import plan_next, say_fewer
from lucky_analytics.questions.platform.market_hub.steps import MarketDays
from lucky_analytics.questions.platform.market_hub.views import say_day

__all__ = [
    "NO_ORDERS",
    "count_run",
    "decide",
    "describe_answer",
    "describe_day",
    "describe_shops",
    "judge_claim",
    "name_apart",
    "name_finding",
    "name_hours",
    "name_overlap",
    "name_weeks",
    "say_moved",
]

OWNER = "Finance and analytics"
_TITLE_WORDS = 14
_WEEK = dt.timedelta(days=6)  # from its Monday to its Sunday
_LONG_RUN = 4  # weeks one way that have the title: where weeks have no order, 1 in 120 has so many
NO_ORDERS = (
    "No market has sold anything yet",
    "No order was completed by this date in any declared market, so no business day of theirs can be told.",
    wait_for_orders(OWNER),
)


def name_finding(found: Sequence[MarketDays], clocks: Clocks, weeks: pd.DataFrame | None = None) -> str:
    """The title, as a template for ``report.title``: a long run of weeks of the one market or of home, else
    of one market its day, of several their closes. ``weeks``: of ``align_weeks``."""
    first = next((each for each in found if each.market.name == clocks.home.name), found[0])
    own = None if weeks is None else weeks[weeks["market"] == first.market.name]
    if own is not None and len(own) and abs(count_run(own)) >= _LONG_RUN:
        return f"{first.market.name}: {_say_run(own, with_start=False)}"
    if len(found) == 1:
        each = found[0]
        verdict, fewer = say_day(each), say_fewer(each)
        both = f"{each.market.name} sold {{day_{each.slug}:value}}, {verdict}; {fewer}"
        if fewer and each.is_inside is not None and len(both.replace(" %", "%").split()) <= _TITLE_WORDS:
            return both
        sold = f"{each.market.name} sold {{day_{each.slug}:value}} on {each.last['date']:%-d %b}"
        return f"{sold}, {verdict}" if each.is_inside is not None else f"{sold}; {verdict}"
    if not clocks.gap_hours:
        return "All markets close their days at the same time" + _say_next(clocks)
    home = next((each for each in found if each.market.name == clocks.home.name), None)
    if home is None:
        after = f"{_hours(clocks.gap_hours)} after {clocks.first.name}"
        return f"{clocks.last.name} closes {after}{_say_next(clocks)}"
    closes = _at_home(max(each.last["ends_at"] for each in found), clocks)
    verdict = f", {say_day(home)}" if home.is_inside is not None else ""
    sold = f"{home.market.name} sold {{day_{home.slug}:value}}{verdict}"
    return f"{sold}; all markets close by {closes} there"


def describe_answer(found: Sequence[MarketDays], clocks: Clocks) -> str:
    """The answer, as a template for ``report.answer``."""
    n_open = clocks.days.set_index("market")["n_open"]
    states = {
        each.market.name: "open" if n_open[each.market.name] else "closed"
        for each in found
        if pd.notna(n_open[each.market.name])
    }
    if len(found) == 1:
        return _describe_one(found[0], states)
    if clocks.gap_hours:
        closes = _at_home(max(each.last["ends_at"] for each in found), clocks)
        over = f"A day is over in every market by {closes} in {clocks.home.name}."
    else:
        over = "The day ends in every market at the same time."
    home = next((each for each in found if each.market.name == clocks.home.name), found[0])
    # A time of day counts as two numbers: what is usual is told by its word.
    sold = f"{home.market.name} sold {{day_{home.slug}:value}} on {home.last['date']:%-d %b}"
    return f"{sold}, {say_day(home)}. {over}" if home.is_inside is not None else f"{_say_sold(home)}. {over}"


def _say_sold(each: MarketDays) -> str:
    said = f"{each.market.name} sold {{day_{each.slug}:value}} on {each.last['date']:%-d %b}"
    if each.usual.value is None:
        return f"{said}; too few days before say what is usual"
    return f"{said}, against a usual {{usual_{each.slug}:value}}"


def say_moved(each: MarketDays) -> str:
    """What the servers' clock would misdate, over the headline ``moved_``."""
    return (
        f"By the servers' clock {{moved_{each.slug}:value}} of orders in {each.market.name} would stand on "
        "another day; no page counts so."
    )


def _describe_one(each: MarketDays, states: dict[str, str]) -> str:
    said = _say_sold(each)
    if state := states.get(each.market.name):
        said += f"; when the data was read it was {state}"
    return f"{said}."


def describe_day(each: MarketDays) -> str:
    """What the last day is held against, for its headline."""
    holiday = "" if pd.isna(each.last["holiday"]) else f" It was {each.last['holiday']}."
    counted = "Counted, in the market's own currency: it has no interval"
    if each.usual.value is None:
        return (
            f"{counted}. Fewer than four of the same weekday before, so nothing says what is usual.{holiday}"
        )
    unit = each.market.currency
    low, high = (format_value(end, unit) for end in (each.usual.low, each.usual.high))
    said = f"{say_day(each).capitalize()}: the same weekday before led to expect {low} to {high}"
    return f"{counted}. {said}.{holiday}"


def describe_shops(found: Sequence[MarketDays], shops: pd.DataFrame) -> list[str]:
    """What is known of markets without a store that is known to trade; one caveat each."""
    said = []
    for each in found:
        own = shops[shops["market"] == each.market.name]
        if own["is_trading_store"].any():
            continue
        flagged, n = int(own["is_flagged"].sum()), len(own)
        rest = own.loc[~own["is_flagged"], "tenant"]
        others = (
            f"; the other {len(rest)} are not flagged, tenant {', '.join(sorted(set(rest)))}"
            if len(rest)
            else ""
        )
        said.append(
            f"{each.market.name}: {flagged} of {n} shops are flagged as tests{others}. No table says whether "
            "anybody real buys there: what they sell shows that clocks and currencies are kept apart."
        )
    return said


def name_overlap(clocks: Clocks, names: Sequence[str]) -> str:
    """What the main chart shows, as its title: how long one date is, or how much later it ends elsewhere."""
    date = f"{clocks.date:%-d %b}"
    if set(names) == {clocks.home.name}:
        return f"{date} has {clocks.days['hours'].iloc[0]:g} hours in {clocks.home.name}"
    said = f"{date} ends {_hours(clocks.gap_hours)} later in {clocks.last.name} than in {clocks.first.name}"
    if clocks.both_hours is None or len(names) == 1:
        return said
    return f"{said}; for {_hours(clocks.both_hours)} of it shops are open in both"


def name_apart(steps: pd.DataFrame, clocks: Clocks) -> str:
    """How far the market that is not home is from home's clocks through the time of ``list_apart``."""
    label = (clocks.last if clocks.last != clocks.home else clocks.first).name
    hours = steps.loc[steps["label"] == label, "hours"]
    return f"{label} is {_say_range(hours.min(), hours.max())} {clocks.home.name}"


def judge_claim(steps: pd.DataFrame, low: float, high: float, home: str) -> str:
    """Which clocks of ``steps`` are ``low`` to ``high`` hours from home's: whether a claim holds.

    >>> at = pd.Timestamp("2026-01-01", tz="UTC")
    >>> steps = pd.DataFrame({"label": ["A", "B"], "at": at, "hours": [-5.0, 17.0]})
    >>> judge_claim(steps, 17, 18, "New York")
    'Claimed are 17 to 18 hours: A is never so far from New York, B is'
    """
    said = []
    for label, own in steps.groupby("label", sort=False):
        is_so = own["hours"].abs().between(low, high)
        told = "is" if is_so.all() else "is part of the time" if is_so.any() else "is never"
        said.append((label, told))
    (first, told), *rest = said
    words = [f"{first} {told} so far from {home}", *(f"{label} {told}" for label, told in rest)]
    return f"Claimed are {low:g} to {high:g} hours: {', '.join(words)}"


def name_weeks(weeks: pd.DataFrame) -> str:
    """The newest week of each market against the one before, as the title of their chart."""
    if weeks.empty:
        return "No whole week yet"
    newest = weeks[weeks["week"] == weeks["week"].max()]
    if weeks["market"].nunique() == 1 and (told := _say_run(weeks)):
        return told
    said = [
        f"{row['market']} {format_change(row['change'])} to {row['orders']:,} orders"
        if pd.notna(row["change"])
        else f"{row['market']}: no week before"
        for row in newest.to_dict("records")
    ]  # fmt: skip
    return f"Week from {newest['week'].iloc[0]:%-d %b} against the one before: {', '.join(said)}"


def _say_run(weeks: pd.DataFrame, with_start: bool = True) -> str:
    """How long orders of one market went on in one direction up to the newest week; empty for under two.

    Counted, not judged: a run of weeks may be chance.
    """
    own, run = weeks.sort_values("week"), count_run(weeks)
    n = abs(run)
    if n < 2:
        return ""
    top = own.iloc[-n - 1]
    change = format_change(own["orders"].iloc[-1] / top["orders"] - 1)
    more = "more" if run > 0 else "fewer"
    since = f" since the week from {top['week']:%-d %b}"
    if not with_start:
        moved = "rose" if run > 0 else "fell"
        return f"orders {moved} {n} weeks in a row to {own['week'].iloc[-1] + _WEEK:%-d %b}, {change}"
    return f"{n} weeks of {more} orders in a row, {change}{since}"


def count_run(weeks: pd.DataFrame) -> int:
    """Weeks of one market up to the newest whose orders went one way: below 0 for fewer orders."""
    changes = weeks.sort_values("week")["change"]
    signs = (changes > 0).astype(int) - (changes < 0).astype(int)
    last = int(signs.iloc[-1])
    return last * int((signs.iloc[::-1] == last).cumprod().sum()) if last else 0


def name_hours(shares: pd.DataFrame) -> str:
    """At which hour of its own day each market sells most, as the title of the chart."""
    busiest = shares.loc[shares.groupby("market")["share"].idxmax()]
    return "Busiest hour on its own clock: " + ", ".join(
        f"{row['market']} from {row['hour']}:00" for row in busiest.to_dict("records")
    )


def decide(found: Sequence[MarketDays], clocks: Clocks, moved: pd.DataFrame, as_of: dt.date) -> Decision:
    """What to plan for the next holidays; else how days are dated and when reports can be made. ``moved``: of
    ``count_moved``.

    Every page dates sales by the shop's own midnight, so that without a holiday to plan for there is nothing
    to decide; what the clock of UTC would put on another day is said, and is worth nothing to anybody who
    does not use it.
    """
    home = next((each for each in found if each.market.name == clocks.home.name), found[0])
    row = moved[(moved["market"] == home.market.name) & (moved["clock"] == "UTC")].iloc[0]
    n, money = int(row["moved"]), int(row["moved_cents"]) / 100
    closes = max(each.last["ends_at"] for each in found)
    start = min(each.days["date"].min() for each in found)
    plan, why = plan_next(home, as_of)
    if plan:
        change = "A measured holiday sells otherwise the next time, or the morning of the day does."
        return Decision(plan, "Operations", weigh(None), why, change)
    action = "date every sale by its shop's own midnight"
    because = f"By the clock of UTC every order of {home.market.name} has the same date."
    if n:
        shares = " and ".join(f"{_share(moved, each)} of orders in {each.market.name}" for each in found)
        sold = format_value(money, home.market.currency)
        because = f"By the clock of UTC {shares} since {start:%-d %b %Y} would stand on another day: in "
        because += f"{home.market.name} {sold} of sales. No page here is dated so; another report may be."
    return Decision(
        action + _say_close(found, clocks, closes),
        OWNER,
        idle("every page dates sales by the shop's own midnight"),
        because,
        "Another report turns out to be dated by the servers' clock, or holidays sell as other days do.",
    )


def _say_close(found: Sequence[MarketDays], clocks: Clocks, closes: pd.Timestamp) -> str:
    last = max(found, key=lambda each: each.last["ends_at"])
    report = "its report" if len(found) == 1 else "reports of all markets"
    if last.market.name == clocks.home.name:
        return f", and make {report} after midnight in {clocks.home.name}"
    then = _say_next(clocks, as_clock=True) if clocks.first.name == clocks.home.name else ""
    then = f" ({then.removeprefix(', ')})" if then else ""
    return f", and make {report} from {_at_home(closes, clocks)} in {clocks.home.name} on{then}"


def _at_home(at: pd.Timestamp, clocks: Clocks) -> str:
    return f"{at.tz_convert(zoneinfo.ZoneInfo(clocks.home.time_zone)):%H:%M}"


def _share(moved: pd.DataFrame, each: MarketDays) -> str:
    row = moved[(moved["market"] == each.market.name) & (moved["clock"] == "UTC")].iloc[0]
    return format_value(row["moved"] / row["orders"], "share")


def _say_next(clocks: Clocks, *, as_clock: bool = False) -> str:
    """The hours apart after the next change, and from when; as the clock of home, which closes first."""
    if clocks.next_change is None or clocks.next_gap_hours is None:
        return ""
    date = clocks.next_change.astimezone(zoneinfo.ZoneInfo(clocks.home.time_zone))
    minutes = round(60 * clocks.next_gap_hours)
    shown = f"{minutes // 60:02d}:{minutes % 60:02d}" if as_clock else f"{clocks.next_gap_hours:g}"
    return f", {shown} from {date:%-d %b}"


def _say_range(low: float, high: float) -> str:
    """``"5 to 6 hours behind"``: hours by which a clock shows more, the least and the most."""
    if low == high == 0:
        return "level with"
    if low <= 0 < high or low < 0 <= high:
        return f"from {_hours(-low)} behind to {high:g} ahead of"
    ends = sorted((abs(low), abs(high)))
    span = f"{ends[0]:g} to {ends[1]:g}" if ends[0] != ends[1] else f"{ends[0]:g}"
    return f"{span} hour{'' if span == '1' else 's'} {'behind' if high < 0 else 'ahead of'}"


def _hours(count: float) -> str:
    return f"{count:g} hour{'' if count == 1 else 's'}"
