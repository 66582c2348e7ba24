"""Sentences of the page on channels, none stronger than the interval behind it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels.advice import wait_for_customers
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import (
    MEASURES,
    MOST_FALSE,
    START_DAYS,
)
from lucky_analytics.questions.marketing.acquisition_channels.platforms import Platforms
from lucky_analytics.questions.marketing.acquisition_channels.views import name_channel

__all__ = [
    "count_different",
    "describe_naive",
    "describe_platforms",
    "describe_unknown",
    "label_gap",
    "list_limits",
    "name_finding",
    "note_different",
    "note_gap",
    "note_platforms",
    "note_touched",
    "phrase_answer",
]

_UNKNOWN = {
    "nobody": ("No customer has ordered yet", "There is no order of a customer yet to compare channels by."),
    "few": (
        "Channels cannot be compared yet",
        "Too few customers of two channels came in the same weeks and stores and have been here long enough.",
    ),
    "costs": (
        "What customers bring in is not known",
        "No recipe or cost of an order is known, so no margin is.",
    ),
}
_CALLED = ("more", "less", "little more", "little less")


def describe_unknown(why: str, n: int) -> tuple[str, str, Decision]:
    """Title, answer and decision where channels cannot be compared; ``n`` customers. ``why``: nobody, few,
    costs.

    >>> describe_unknown("few", 12)[1].split(". ")[1]
    '12 people have ordered so far, which is not enough.'
    """
    finding, reason = _UNKNOWN[why]
    said = f" {n:,} people have ordered so far, which is not enough." if why == "few" and n else ""
    return finding, f"{reason}{said}", wait_for_customers(n)


def count_different(table: pd.DataFrame, measure: str = "margin") -> tuple[int, int]:
    """Channels called different by a measure of ``compare_channels``, and how many could be compared."""
    own = table[(table["measure"] == measure) & (table["verdict"] != "too few")]
    return int(own["verdict"].isin(_CALLED).sum()), len(own)


def name_finding(table: pd.DataFrame) -> str:
    """The title: what margins of the same weeks and stores show, no more.

    >>> alike = pd.DataFrame({"kind": ["origin"], "channel": ["ios"], "measure": ["margin"],
    ...     "verdict": ["not shown"]})
    >>> name_finding(alike)
    'No channel is known to bring better customers than another'
    """
    own = table[table["measure"] == "margin"]
    large = own[own["verdict"].isin(["more", "less"])]
    n, of = count_different(table)
    if len(large) == 1:
        row = large.iloc[0]
        channel = name_channel(row["kind"], row["channel"]).replace(": ", " ")
        return f"{channel}: customers bring in {row['verdict']} than comparable ones"
    if len(large) > 1:
        return f"{len(large)} of {of} channels' customers bring in more or less than comparable ones"
    if n:
        most = format_value(MEASURES["margin"].smallest, "USD")
        return f"Channels' customers differ in margin, perhaps by less than {most}"
    return "No channel is known to bring better customers than another"


def phrase_answer(
    n_different: int, by_size: list[str], gap: Estimate, has_cost: bool, has_spend: bool
) -> str:
    """The answer, as a template over headlines.

    ``n_different`` as from ``count_different``; ``by_size`` as ``People.by_size``; ``gap``: of its second.
    """
    found = "Nobody came by a second channel to compare."
    clear = gap.low is not None and gap.high is not None and not gap.low <= 0 <= gap.high
    if len(by_size) > 1:
        second = CHANNELS["origin"][by_size[1]]
        found = f"Too few of {second}, second largest, came beside others to compare."
        if gap.value is not None:
            found = f"Those of {second}, second largest, differ by {{second}}"
            found += ", which may be chance." if clear and not n_different else "."
    cost = "A new customer costs marketing {cost}" if has_cost else "What a new customer costs is not known"
    by = "by channel, see below." if has_spend else "each channel's is not recorded."
    who = "No channel is known to bring better or worse customers."
    if n_different:
        who = "Customers of {different} bring in more or less than comparable ones."
    return f"{who} {found} {cost}; {by}"


def label_gap(by_size: list[str], days: int) -> str:
    """What the difference of the second largest channel is called.

    >>> label_gap(["ios", "android"], 90)
    'Margin of a customer of the Android app in 90 days, against others of the same weeks and stores'
    """
    who = (
        f"a customer of the {CHANNELS['origin'][by_size[1]]}"
        if len(by_size) > 1
        else "a customer of a second channel"
    )
    return f"Margin of {who} in {days} days, against others of the same weeks and stores"


def note_gap(gap: Estimate) -> str:
    """What stands beside a matched difference, or why there is none."""
    if gap.value is None:
        return "Too few such customers, or too few others beside them"
    return (
        "Chosen by size, not by result: the largest channel after the first. Below 0: they bring in "
        "less; the "
        "interval is of this channel alone"
    )


def note_different(table: pd.DataFrame) -> str:
    """What the count of different channels rests on.

    >>> note_different(pd.DataFrame({"measure": ["margin", "again"], "verdict": ["not shown", "not shown"]}))
    'Of 2 comparisons on this page; a count, without an interval: at most 5 % of those named are chance'
    """
    n = int((table["verdict"] != "too few").sum())
    return (
        f"Of {n} comparisons on this page; a count, without an interval: at most {100 * MOST_FALSE:g} % of "
        "those named are chance"
    )


def note_platforms(found: Platforms) -> str:
    """What stands behind the share of delivery platforms."""
    if not found.n_orders:
        return "No account of a delivery platform has ordered"
    accounts = "1 account" if found.n_accounts == 1 else f"{found.n_accounts:,} accounts"
    return f"Counted, so without an interval: {accounts}, which are platforms and no people"


def describe_platforms(found: Platforms) -> str:
    """Title of the table on orders through platforms."""
    if not found.n_orders:
        return "No order came through a delivery platform's account"
    if not found.most_commission > 0:
        return "Through platforms: what an order leaves before commission is not known, or nothing"
    return (
        f"Through platforms: a commission above {100 * found.most_commission:.0f} % of what is paid would "
        "leave nothing; what it is, no table says"
    )


def note_touched(touched: dict[str, float] | None) -> str:
    """How far what lies before a registration is known."""
    if touched is None:
        return "First touches are not in the snapshot"
    return "Counted, so without an interval; who was touched and never registered is not on record"


def describe_naive(rows: pd.DataFrame) -> str:
    """Title of the table that a dashboard would show: ``rows`` as from ``assemble_naive``, dearest first."""
    if rows.empty:
        return "No order yet"
    top, last = rows.iloc[0], rows.iloc[-1]
    if len(rows) == 1:
        return f"Not to go by: {top['label']}, {format_value(top['each'], 'USD')} a customer ever"
    return (
        f"Not to go by: {top['label']} {format_value(top['each'], 'USD')} a customer ever, {last['label']} "
        f"{format_value(last['each'], 'USD')}"
    )


def list_limits(
    days: int, touched: dict[str, float] | None, has_spend: bool, commission: float | None
) -> list[str]:
    """What a reader must know."""
    share = "none" if touched is None else f"{100 * touched['value']:.0f} %"
    found = [
        "Nobody drew by chance who comes by which channel: customers of the same weeks and stores may differ "
        "in what is not on record. A difference says who to expect, not what a channel does to people.",
        f"A channel is known three ways: where somebody registered, by what the first order came, and, for "
        f"{share} of the registered, a first touch on record. Installs without a registration are in no "
        f"table, so the step from download to registration cannot be counted.",
        f"Margin is what is paid for items and packaging before tax, less ingredients, packaging, payment "
        f"fee and refunds, in the {days} days from the first order on; a channel's customers may go on "
        "otherwise later. A year ahead, of all customers together, stands on the page on lifetime value.",
        "Delivery platforms' accounts stand for many people whom no table tells apart: they are in no "
        "comparison. "
        + (
            "What platforms keep as commission is in no table; the share shown is a what-if."
            if commission is not None
            else "What platforms keep as commission is in no table."
        ),
        "Marketing's bills name no channel: the cost of a new customer is that of all, those who would have "
        "come anyway among them.",
        f"Whoever was not seen for as many days as a step asks for ({START_DAYS} for the first) counts "
        "for as long as was seen, as if they went on as others do. Months of the launch differ from later "
        "ones, so that the mix of months is in every share.",
    ]
    if has_spend:
        found.append(
            "Costs by channel are of the months in the file; with a first touch they are too high as far as "
            "customers' touches are not on record. What a dollar more brings was not tried."
        )
    return found
