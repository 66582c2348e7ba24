"""The findings of the page on waits as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, wait_for_orders
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_value, join_names
from lucky_analytics.questions.operations.queue_wait.wait_tickets import KINDS, name_slot

__all__ = [
    "NO_TICKETS",
    "OWNER",
    "UNKNOWN",
    "describe_answer",
    "describe_cells",
    "describe_chain",
    "describe_fifths",
    "describe_gains",
    "describe_models",
    "describe_rules",
    "name_finding",
    "say_lost",
    "say_overrun",
    "say_peaks",
    "say_rosters",
    "say_servers",
    "say_shifts",
    "stop_short",
]

OWNER = "Operations"
_FEW = 0.02
NO_TICKETS = (
    "No order was made yet",
    "No ticket of a kitchen has an end by this date: there is no wait to measure.",
    wait_for_orders(OWNER),
)
UNKNOWN = (
    "Who saw a long wait and did not order stands in no table: what a wait loses is of those who ordered.",
    "Orders come through the app; a ticket is done when somebody closes it, not when the customer has it.",
    "How many work at the bar, and on what, is in no table: rosters say who was on shift; how many orders a "
    "store works on at once is inferred from its tickets.",
    "Waits shown in the app, a limit that acts by the minute and a call to staff as it happens need a stream "
    "of orders. This page counts closed days; its numbers are what such a rule would start from.",
)


def stop_short(n_days: int, needed: int) -> tuple[str, str, Decision]:
    """What the page says while too few days are on record, or no store of them has orders enough.

    >>> stop_short(5, 42)[0]
    'Too few days are on record to say what one more barista does'
    """
    made = Decision(
        "ask again when there are enough days", OWNER, Strength(WAIT, ("too few days are on record",)),
        "Models of waiting are read off some days and held against others.",
        f"{needed} days with orders at a trading store are on record.",
    )  # fmt: skip
    said = (
        f"{n_days} of the last {needed} days have tickets that were closed in time at a trading store: "
        "not enough to read a store's bench and to try it."
    )
    return "Too few days are on record to say what one more barista does", said, made


def name_finding(worth: Estimate, one_more: Estimate) -> str:
    """The title: the wait at the busiest time, and whether one more barista there pays."""
    peak = "Busiest orders take {peak_wait:value}"
    if one_more.value is None:
        return f"{peak}; what one more barista does is not known"
    if worth.value is None or worth.low is None or worth.high is None:
        return f"{peak}; what one more barista brings is not known"
    if worth.high < 0:
        return f"{peak}; nowhere would one more barista pay"
    if worth.low > 0:
        return f"{peak}; one more barista pays in at least one half-hour"
    return f"{peak}; whether one more barista pays is not known"


def describe_answer(one_more: Estimate, shifts: Estimate, lost: Estimate) -> str:
    """Two or three sentences from the headlines."""
    said = "At weekdays' busiest an order takes {peak_wait:value}, {wait:value} overall."
    if one_more.value is None:
        return f"{said} What one more barista does is not known: no model could be read off the tickets."
    said += " By models one more barista would save {one_more} there;"
    if shifts.value is None or shifts.low is None or shifts.high is None:
        said += " no rosters show whether it is so."
    elif shifts.holds(0):
        said += " worked shifts show no gain beyond chance."
    else:
        said += f" worked shifts were {'quicker' if shifts.value > 0 else 'slower'} than those without."
    if lost.value is None:
        return said
    if lost.holds(0):
        return f"{said} Longer waits are not known to lose orders."
    return f"{said} Longer waits go with {'fewer' if lost.value > 0 else 'more'} orders later."


def say_shifts(shifts: Estimate, naive: float | None) -> str:
    """What worked shifts say, beside what a dashboard would."""
    if shifts.value is None:
        return "No rosters, or always as many on shift"
    seems = "" if naive is None else f"; over all hours it seems {format_value(naive, 'seconds')}"
    return f"The same half-hour with as many orders, more and fewer on shift; positive is shorter{seems}"


def say_lost(lost: Estimate, naive: float | None, n_days: int) -> str:
    """What a minute of wait goes with, beside what a dashboard would say."""
    if lost.value is None:
        return "No customer with a short and a long wait can be compared"
    seems = "" if naive is None else f"; over all customers and hours it seems {naive:.1f}"
    known = "not known to lose any" if lost.holds(0) else ("a loss" if lost.value > 0 else "a gain")
    return f"Of 100, within {n_days} days, same customer and half-hour: {known}{seems}"


def say_servers(benches: pd.DataFrame, store: str) -> str:
    """How far from one order a person at a time the tickets of a store are."""
    row = benches[benches["store"] == store].iloc[0]
    if row["people"] != row["people"]:
        return f"At {store}; inferred from tickets, no rosters to hold it against"
    return f"At {store}; inferred from tickets, no count: {row['people']:.1f} people are on shift on average"


def say_overrun(cells: pd.DataFrame) -> str:
    """What it means that the queue would have no end with people as servers."""
    if cells["people"].isna().all():
        return "No rosters to tell"
    return "Counted; where there are any, a person works on several orders at once"


def say_rosters(rows: pd.DataFrame) -> str:
    """How far rosters cover the orders: where they do not, what is said of people is of less.

    >>> say_rosters(pd.DataFrame({"people": [0.0, 2.0, 1.0, 1.0], "is_trading": True}))
    'Of orders of stores with a roster, 25.0 % came while nobody was on shift by it: it is not whole.'
    """
    known = rows.loc[rows["is_trading"], "people"].dropna()
    if known.empty:
        return (
            "No rosters are in the snapshot: one more barista is taken as one more order worked on at once."
        )
    lacking = float((known == 0).mean())
    said = f"Of orders of stores with a roster, {100 * lacking:.1f} % came while nobody was on shift by it"
    return f"{said}: it is not whole." if lacking > _FEW else f"{said}."


def say_peaks(peaks: pd.DataFrame) -> str:
    """Whether the documents' peaks are any, in a sentence.

    >>> say_peaks(pd.DataFrame(columns=["kind", "hour", "is_peak"]))
    'Too few days to tell peaks'
    """
    if peaks.empty:
        return "Too few days to tell peaks"
    said = []
    for kind in KINDS:
        own = peaks[peaks["kind"] == kind]
        hours = [f"{row.hour} (rank {row.rank})" for row in own[own["is_peak"]].itertuples()]
        said.append(f"{kind}s: {join_names(hours) if hours else 'neither'}")
    return f"Above both hours beside them: {'; '.join(said)}"


def describe_gains(shown: pd.DataFrame, shifts: Estimate) -> str:
    """The title of the main picture: each store's busiest half-hour, all models."""
    known = shown.dropna(subset=["gain"])
    if known.empty:
        return "No model could be read off the tickets"
    low, high = f"{known['gain'].min():.0f}", f"{known['gain'].max():.0f}"
    said = (
        f"By models one more barista takes off {low if low == high else f'{low} to {high}'} seconds an order"
    )
    if shifts.value is None:
        return f"{said}; no shifts to hold them against"
    if shifts.holds(0):
        return f"{said}; worked shifts show none beyond chance"
    return f"{said}; worked shifts {shifts.value:.1f}".replace("-", "\N{MINUS SIGN}")


def describe_models(compared: pd.DataFrame, nearest: str | None) -> str:
    """How much of the rise from quiet to busy half-hours the models have."""
    if nearest is None:
        return "No half-hour to hold the models against"
    rise = compared.set_index("model")["rise"]
    seen, near = float(rise["seen"]), float(rise[nearest])
    if not seen > 0:
        return "Orders take no longer in busy half-hours than in quiet ones"
    return f"Busy half-hours take {seen:.0f} seconds longer than quiet ones; by the nearest model {near:.0f}"


def describe_cells(cells: pd.DataFrame) -> str:
    """Where weekday waits are surely long: by the low end, because the mean of few says little."""
    own = cells[cells["kind"] == KINDS[0]]
    if own.empty:
        return "Too few weekday orders to compare half-hours"
    top = own.sort_values(["low", "store"], ascending=[False, True]).iloc[0]
    wait = format_estimate(top["wait"], top["low"], top["high"], "minutes")
    return f"Most surely long on weekdays: {top['store']} from {name_slot(int(top['slot']))}, {wait}"


def describe_chain(chain: pd.DataFrame) -> str:
    """The quietest and the busiest half-hour of weekdays."""
    own = chain[chain["kind"] == KINDS[0]].sort_values("orders")
    if len(own) < 2:
        return "Too few half-hours to compare"
    low, high = own.iloc[0], own.iloc[-1]
    return (
        f"Weekdays from {name_slot(int(high['slot']))} take {high['wait']:.1f} minutes, from "
        f"{name_slot(int(low['slot']))} with fewest orders {low['wait']:.1f}"
    )


def describe_rules(rules: pd.DataFrame, most_open: int) -> str:
    """What the rule that was asked for would do."""
    row = rules[rules["most_open"] == most_open].iloc[0]
    if row["refused"] == 0:
        return f"A limit of {most_open} open tickets would never have been reached"
    return (
        f"A limit of {most_open} open tickets refuses {row['refused']:.0f} orders a week to save "
        f"{row['saved']:.1f} seconds on each other"
    )


def describe_fifths(lost: Estimate, naive: float | None) -> str:
    """Whether what a dashboard shows of long waits stands when like is compared with like."""
    if lost.value is None or naive is None:
        return "Orders after waits of each length"
    if lost.holds(0) and naive > 0:
        return "Who waits longer orders less, but not the same customer in the same half-hour"
    if lost.holds(0):
        return "No loss of orders after longer waits is seen"
    return (
        f"A minute more goes with {abs(lost.value):.1f} orders of 100 {'fewer' if lost.value > 0 else 'more'}"
    )
