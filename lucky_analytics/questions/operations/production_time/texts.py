"""The findings of the production page as sentences."""

from __future__ import annotations

import math

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, wait_for_orders
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change, format_interval, format_value

__all__ = [
    "NO_TICKETS",
    "UNKNOWN",
    "as_share",
    "describe_answer",
    "describe_causes",
    "describe_cells",
    "describe_curves",
    "describe_kept",
    "describe_levers",
    "describe_load",
    "describe_over",
    "describe_weeks",
    "name_finding",
    "say_kept",
    "say_percent",
    "say_same",
    "say_steps",
    "stop_idle",
    "stop_short",
    "within_reach",
]

OWNER = "Operations"
NO_TICKETS = (
    "No order was made yet",
    "No ticket of a kitchen has an end by this date: there is no time to measure, and none to quote.",
    wait_for_orders(OWNER),
)
UNKNOWN = (
    "Who made an order, and how long they have worked here, stands in no table: what looks like a store's "
    "or an hour's pace may be its people's.",
    "No table holds what the app has quoted so far: the quotes tried here are ours, not the app's.",
)


def stop_short(n_days: int, needed: int) -> tuple[str, str, Decision]:
    """What the page says while too few days are on record to try a quote on later ones.

    >>> stop_short(20, 84)[0]
    'Too few days are on record to say what shortens making'
    """
    made = Decision(
        "ask again when there are enough days",
        OWNER,
        Strength(WAIT, ("too few days are on record",)),
        "A quote has to be tried on days that it was not learnt from.",
        f"{needed} days are on record.",
    )
    said = (
        f"{n_days} days with tickets that were closed in time are on record, not the {needed} on which "
        "quotes can be learnt and tried."
    )
    return "Too few days are on record to say what shortens making", said, made


def stop_idle(n: int, n_days: int, over_minutes: float) -> tuple[str, str, Decision]:
    """What the page says where none of the ``n`` tickets of the last days has a time to learn from.

    >>> stop_idle(0, 28, 30)[1]
    'No order was made in the last 28 days: there is no time to describe, and none to quote.'
    """
    if n:
        title = "No ticket was closed in time of late"
        why = f"none of the {format_value(n, 'tickets')} of the last {n_days} days took a time above nought "
        why += f"and at most {over_minutes:g} minutes"
        action, change = "find out how tickets are closed in the stores", "Tickets are closed in time again."
    else:
        title, why = "No order was made of late", f"no order was made in the last {n_days} days"
        action, change = "ask again when orders are made", "Orders are made again."
    said = f"{why[:1].upper()}{why[1:]}: there is no time to describe, and none to quote."
    return (
        title,
        said,
        Decision(action, OWNER, Strength(WAIT, (why,)), f"{why[:1].upper()}{why[1:]}.", change),
    )


def name_finding(making: Estimate, reachable: Estimate, target: float, is_lever_known: bool) -> str:
    """The title, all in minutes: how long making takes, and whether what is seen would bring it to the
    target."""
    goal = f"{target:g}"
    if making.value is None:
        return "How long making takes is not known"
    if making.high is not None and making.high <= target:
        return f"An order takes {{making:value}} to make, within the target of {goal}"
    if making.holds(target):
        return f"An order takes {{making:value}} to make, near the target of {goal}"
    if not is_lever_known:
        return "An order takes {making:value} to make; no table shows what would shorten it"
    if reachable.high is not None and reachable.high < target:
        return f"An order takes {{making:value}} to make; what we see could bring it under {goal}"
    return f"An order takes {{making:value}} to make; nothing we see brings it under {goal}"


def describe_answer(
    making: Estimate, target: float, kept: Estimate, promise: float, best: pd.Series | None
) -> str:
    """Two or three sentences from the headlines."""
    if making.holds(target):
        side = "near"
    else:
        side = "above" if (making.value or 0.0) > target else "within"
    said = f"An order takes {{making}} to make, {side} the target."
    if best is None:
        said += " Nothing we see would shorten it by a second, chance aside."
    elif side == "above":
        gap = 60 * ((making.value or 0.0) - target)
        said += f" {_NAMES[best['lever']].capitalize()} would save {best['gain']:.1f} of the {gap:.0f} "
        said += "seconds too many."
    if kept.value is None:
        return f"{said} No promised time could be tried."
    return f"{said} {say_kept(kept, promise)}"


def say_kept(kept: Estimate, promise: float) -> str:
    """How often a time shown in the app would have been kept, against the share promised.

    >>> say_kept(Estimate(0.921, 0.919, 0.923, level=0.9), 0.9)
    'Times promised in the app would have been kept more often than promised.'
    """
    if kept.holds(promise):
        often = "about as often as promised"
    else:
        often = f"{'more' if (kept.value or 0.0) > promise else 'less'} often than promised"
    return f"Times promised in the app would have been kept {often}."


def within_reach(reachable: Estimate, target: float) -> float | None:
    """The target in tenths of a minute that all that is seen would surely meet; null where it meets
    ``target`` or nothing is seen.

    >>> within_reach(Estimate(3.33, 3.31, 3.35, level=0.9), 3.0), within_reach(Estimate(None), 3.0)
    (3.4, None)
    """
    if reachable.low is None or reachable.high is None or reachable.low <= target:
        return None
    return math.ceil(round(10 * reachable.high, 6)) / 10


_NAMES = {
    "open tickets": "fewer open tickets", "slower stores": "the pace of slower stores",
    "slower machine types": "the pace of slower machines", "long recipes": "shorter recipes",
}  # fmt: skip


_BY = {
    "open tickets": "Holding open tickets at {n}", "slower stores": "Bringing slower stores to the others",
    "slower machine types": "Sparing slower machines", "long recipes": "Shortening long recipes",
    "tickets left open": "Closing tickets in time",
}  # fmt: skip


def describe_levers(shown: pd.DataFrame, target: float, most_open: int) -> str:
    """The title of the main picture: ``shown`` of ``views.show_levers``."""
    start, end = float(shown["end"].iloc[0]), float(shown["end"].iloc[-1])
    pulled = shown[shown["gain"].notna()]
    if pulled.empty:
        return "No lever is known to shorten making"
    goal = "under" if end < target else "not under"
    most = pulled.nlargest(1, "gain").iloc[0]
    first = f"{_BY[most['lever']]} saves most ({most['gain']:.1f} seconds)".replace("{n}", str(most_open))
    return f"{first}; all together bring {start:.1f} minutes to {end:.1f}, {goal} {target:g}"


def describe_kept(kept: pd.DataFrame, promise: float) -> str:
    """Whether quotes held in each hour and product: ``kept`` of ``views.show_kept``."""
    if kept.empty:
        return "No promised time could be tried"
    below = kept[kept["kept_high"] < promise]
    n_kept = (kept["share"] * kept["n"])[kept["kind"] == "hour"].sum()
    of_all = n_kept / max(kept.loc[kept["kind"] == "hour", "n"].sum(), 1)
    parts = [format_value(int((kept["kind"] == kind).sum()), f"{kind}s") for kind in ("hour", "product")]
    of = f"{parts[0]} and {parts[1]}"
    said = f"A promised time would be kept in {100 * of_all:.0f} of 100 orders"
    if below.empty:
        return f"{said}, surely less often than promised in no hour and for no product"
    return f"{said}, less often than promised in {len(below)} of {of}"


def describe_cells(cells: pd.DataFrame) -> str:
    """The slowest and the quickest hour over all stores."""
    if cells["hour"].nunique() < 2:
        return "Too few hours to compare"
    weighted = cells.assign(all=cells["minutes"] * cells["n"]).groupby("hour")[["all", "n"]].sum()
    means = (weighted["all"] / weighted["n"]).sort_values()
    slow, quick = means.index[-1], means.index[0]
    ends = f"({means.iloc[-1]:.1f} minutes)", f"({means.iloc[0]:.1f})"
    return f"Tickets left open apart, {slow}:00 is slowest {ends[0]} and {quick}:00 quickest {ends[1]}"


def describe_curves(curves: pd.DataFrame) -> str:
    """The product that takes longest among those drawn."""
    if curves.empty:
        return "Too few tickets of one product to draw"
    names = curves["product"].drop_duplicates()
    if len(names) == 1:
        return f"How the times of {names.iloc[0]} spread"
    return f"Of the products ordered most, {names.iloc[0]} takes longest and {names.iloc[-1]} least"


def describe_load(slope: Estimate) -> str:
    """What goes with one open ticket in place of none."""
    if slope.value is None:
        return "Too little varies to tell what open tickets go with"
    if slope.holds(0):
        return "No link between open tickets and making beyond chance"
    way = "longer" if slope.value > 0 else "shorter"
    return f"With another order open, making takes {abs(2**slope.value - 1) * 100:.0f} % {way}"


def say_same(same: Estimate) -> str:
    """What goes with an open ticket of the same product, which is what batching would use."""
    if same.value is None:
        return "Too few tickets meet one of the same product to tell"
    change = f"{format_change(2**same.value - 1)} for the first one, net of the load"
    if same.holds(0):
        return f"{change}: no gain of making alike drinks together is seen"
    return f"{change}: alike drinks {'save' if same.value < 0 else 'cost'} time together"


def say_steps(per_step: Estimate, naive: Estimate) -> str:
    """What goes with one more step in the recipe, within a category, and what it seems over all."""
    if per_step.value is None:
        return "Too few products with a recipe to tell"
    seems = (
        "" if naive.value is None else f" Over all products it seems {format_change(math.expm1(naive.value))}"
    )
    if per_step.holds(0):
        return f"No link is seen within a category.{seems}"
    return f"Products with more steps may differ in more than that.{seems}"


def say_percent(value: Estimate) -> Estimate:
    """A coefficient on ln(1 + open tickets) as the change from none to one: a share.

    >>> round(say_percent(Estimate(1.0)).value, 3)
    1.0
    """
    return as_share(value.times(math.log(2)))


def as_share(value: Estimate) -> Estimate:
    """A change of ln seconds as a share.

    >>> as_share(Estimate(0.0, -0.1, 0.1, level=0.9)).value
    0.0
    """
    if value.value is None:
        return value
    value_, low, high = (
        None if end is None else math.expm1(end) for end in (value.value, value.low, value.high)
    )
    return Estimate(value_, low, high, level=value.level, n=value.n)


def describe_weeks(split: dict[str, float]) -> str:
    """Why the fall since the chain began is nobody's effect."""
    raw, rest = split["raw"], split["rest"]
    if raw != raw:
        return "Making by week"
    if abs(raw) < 0.05:
        return f"Making changed little since the first weeks ({format_change(raw)})"
    way = "quicker" if raw < 0 else "slower"
    net = f"{format_change(rest)} with load and products alike"
    return f"Making is {abs(100 * raw):.0f} % {way} than in the first weeks, {net}: no table shows why"


def describe_over(n_over: int, n: int, why: str) -> str:
    """How many of all tickets were over, and what is known of it.

    >>> describe_over(5, 1_000, "No table shows why")
    'Counted: it has no interval. 0.50 % of all; no table shows why'
    """
    return f"Counted: it has no interval. {100 * n_over / max(n, 1):.2f} % of all; {why[:1].lower()}{why[1:]}"


def describe_causes(
    causes: pd.DataFrame, n_over: int, handed: tuple[int, int] | None, over_minutes: float
) -> str:
    """What other tables show of tickets that were over."""
    if not n_over:
        return f"No ticket took more than {over_minutes:g} minutes"
    found = causes[causes["is_cause"]]
    early = ""
    if handed is not None and handed[0]:
        early = f"; {format_value(handed[1], 'tickets')} had been handed over before" if handed[1] else ""
    if found.empty:
        those = f"{format_value(n_over, 'tickets')} since the first day"
        return f"No table shows why {those} took over {over_minutes:g} minutes{early}"
    first = found.iloc[0]
    times = f"{first['times']:.1f} times as often {format_interval(first['low'], first['high'])}"
    return f"Seen most with tickets over {over_minutes:g} minutes: {first['cause']}, {times}{early}"
