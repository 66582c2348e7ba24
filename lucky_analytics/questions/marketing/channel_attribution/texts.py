"""Sentences of the page on attribution: credit is told as credit, and only hold-outs tell what is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lucky_analytics.decisions import Decision
from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.channel_attribution.advice import (
    PER,
    SOUND,
    shorten,
    wait_for_file,
    wait_for_orders_after,
)
from lucky_analytics.questions.marketing.channel_attribution.hold_out_plan import Plan
from lucky_analytics.questions.marketing.channel_attribution.hold_outs import FEWEST
from lucky_analytics.questions.marketing.channel_attribution.journeys import Journeys
from lucky_analytics.questions.marketing.channel_attribution.touch_file import Touches

__all__ = [
    "count_settled",
    "describe_few",
    "describe_no_file",
    "label_added",
    "list_limits",
    "name_finding",
    "note_added",
    "note_plan",
    "note_reached",
    "note_rule",
    "phrase_answer",
]


def describe_no_file(counts: pd.DataFrame | None, plan: Plan | None) -> tuple[str, str, Decision]:
    """Title, answer and decision where no file of touches was handed in; ``counts`` as from
    ``count_first_touches``.

    >>> describe_no_file(None, None)[0]
    'What each channel adds cannot be known: touches are not recorded'
    """
    known, what = "No first touch is on record.", "touches"
    if counts is not None:
        n, total = int(counts.loc[counts["channel"] != "none", "n"].sum()), int(counts["n"].sum())
        known = f"A first touch is on record of {n:,} of {total:,} registered, none of any touch after it."
        what = "later touches"
    said = (
        f"{known} So no channel can be given credit for an order; a file of touches would, and holding "
        f"a channel "
        "out tells more."
    )
    return f"What each channel adds cannot be known: {what} are not recorded", said, wait_for_file(plan)


def describe_few(journeys: Journeys) -> tuple[str, str, Decision]:
    """The same where too few ordered after a touch of the file."""
    n = int(journeys.ordered["person"].nunique())
    said = (
        f"{n:,} of {journeys.n_people:,} people with touches at least {journeys.days} days old ordered after "
        "one, which is not enough."
    )
    return "Too few people ordered after a touch to tell channels apart", said, wait_for_orders_after(n)


def count_settled(trials: pd.DataFrame) -> int:
    """Hold-outs whose interval is clear of nought."""
    return int(trials["verdict"].isin(["adds", "takes"]).sum())


def name_finding(table: pd.DataFrame, row: Mapping[str, Any] | None) -> str:
    """The title. ``table`` as from ``credit_channels``; ``row``: the hold-out of ``find_surest``, or null.

    >>> name_finding(pd.DataFrame({"channel": ["mail"], "gap_low": [-0.1], "gap_high": [0.1]}), None)
    'What each channel adds is not known: nobody was left untouched by chance'
    """
    if row is not None:
        name = _write_name(row["channel"])
        name = name[:1].upper() + name[1:]
        if row["verdict"] == "takes":
            return f"{name}: people order less with it than without"
        if row["verdict"] == "not shown" and row["credited"] > row["sure_high"]:
            return f"{name}: last touch credits more orders than it can have added"
        if row["verdict"] == "not shown":
            return f"{name}: no orders are surely lost without it"
        if row["credited"] > row["sure_high"]:
            return f"{name} adds orders, fewer than last touch credits to it"
        if row["credited"] < row["sure_low"]:
            return f"{name} adds orders, more than last touch credits to it"
        return f"{name} surely adds orders"
    lead = table.iloc[0]
    if lead["gap_low"] > 0 or lead["gap_high"] < 0:
        return f"{_write_name(lead['channel'])}: credit hangs on the rule, what it adds is not known"
    return "What each channel adds is not known: nobody was left untouched by chance"


def phrase_answer(table: pd.DataFrame, row: Mapping[str, Any] | None) -> str:
    """The answer, as a template over headlines; arguments as in ``name_finding``."""
    lead = _write_name(table["channel"].iloc[0])
    if row is None:
        return (
            f"Last touch credits {lead} with {{last}} of orders, against {{shapley}} shared out. Neither is "
            "what would be lost without it: people about to order get touched anyway."
        )
    name = _write_name(row["channel"])
    # An interval of its own may be clear of nought by chance.
    is_doubtful = row["verdict"] == "not shown" and not row["low"] <= 0 <= row["high"]
    doubt = ", which may be chance" if is_doubtful else ""
    return (
        f"{PER} people touched by {name} placed {{adds}} more than those it was withheld from{doubt}, "
        "against {credited} by last touch. Credit is not what a channel adds."
    )


def _write_name(channel: object) -> str:
    """A channel's short name in a template: what the file calls it must not be read as a headline's name.

    >>> _write_name("{mail}")
    '{{mail}}'
    """
    return shorten(str(channel)).replace("{", "{{").replace("}", "}}")


def label_added(row: Mapping[str, Any] | None) -> str:
    """What the tile of added orders is called."""
    name = "a channel" if row is None else shorten(str(row["channel"]))
    return f"Orders that {name} adds, for {PER} people touched"


def note_added(trials: pd.DataFrame, row: Mapping[str, Any] | None) -> str:
    """What stands beside the added orders, or why they are not known."""
    if row is None and not len(trials):
        return "Not known: no touch of the file was withheld by chance"
    if row is None:
        return f"Not known: hold-outs have fewer than {FEWEST} people on a side, or chance did not draw them"
    many = f"; intervals of all {len(trials)} hold-outs hold together" if len(trials) > 1 else ""
    return (
        f"{row['n_out']:,} people held out ordered {format_value(PER * row['orders_out'], 'orders')} of "
        f"{PER}, "
        f"{row['n_in']:,} others {format_value(PER * row['orders_in'], 'orders')}{many}"
    )


def note_rule(rule: str, is_far: bool) -> str:
    """What a rule of credit does, under its tile; ``is_far``: its share is below 0 or above 1."""
    words = {
        "last": "What a dashboard shows: the order belongs to the touch before it",
        "shapley": "By how many order while touched by some channels only, averaged over all orders of "
        "joining",
        "removal": "If every path that comes to the channel ended there; follows how often it touches",
    }[rule]
    if rule == "shapley" and is_far:
        words += "; below 0 or above 100 % where people touched by others order less than all"
    return words


def note_plan(plan: Plan | None) -> str:
    """What the hold-out of a plan shows, or why there is none."""
    if plan is None:
        return "Every channel is held out from some already, or nobody orders after the others"
    gain = format_value(PER * plan.gain, "orders")
    return (
        f"A tenth of {plan.n_all:,} whom {shorten(plan.channel or 'a channel')} touches; shows {gain} "
        f"for {PER} "
        "people in four of five cases. Counted, so without an interval"
    )


def note_reached(journeys: Journeys, first_orders: bool) -> str:
    """What the share of orders after a touch is of."""
    if not journeys.n_orders:
        return "No order of ours fell into the time of the file"
    kind = "first orders" if first_orders else "orders"
    return (
        f"Of all our {kind} in the time of the file, counted, so without an interval; the rest no "
        f"channel of it "
        "can have brought"
    )


def list_limits(touches: Touches, journeys: Journeys, trials: pd.DataFrame, first_orders: bool) -> list[str]:
    """What a reader must know."""
    kind = "first orders" if first_orders else "all orders"
    found = [
        "Attribution is not incrementality. Last touch, first touch, sharing out and removal all look at who "
        "was touched and ordered. Where a channel touches people who are about to order, all four give it "
        "credit, and nothing is lost without it. Only withholding it by chance tells.",
        f"A journey opens with a touch and lasts {journeys.days} days or until an order; {kind} count. "
        f"{journeys.n_open:,} that still go on are left out. Touches that the file does not have, walking by "
        "among them, are in no credit.",
        "Sharing out compares how many order while touched by some channels only. In its worth a person "
        "counts "
        "until another channel comes, so that rare channels do not gain by being rare; seasons and who is "
        "chosen for a channel are not taken out.",
        "Removal follows how often a channel touches: where channels change nothing, the one that "
        "touches most "
        "is given most. No channel is called better by it.",
    ]
    if len(trials):
        days = journeys.days
        found.append(
            f"A hold-out counts orders of the {days} days after a person's first chance to be touched; what "
            "comes later is not seen. Both sides must be in the file by the same rule: each chance to "
            "be touched "
            "is a row, withheld or not. The interval is for one look at the end."
        )
        unread = trials[~trials["verdict"].isin(SOUND)]
        if len(unread):
            found.append(
                f"{len(unread)} of {len(trials)} hold-outs cannot be read: fewer than {FEWEST} people "
                f"on a side, "
                "or sides that chance would hardly have drawn."
            )
    if (~touches.is_ours).any():
        found.append(
            f"{int((~touches.is_ours).sum()):,} of {touches.n_people:,} people of the file have no number of "
            "ours: "
            + (
                "their orders are the file's."
                if touches.has_orders_of_others
                else "they count as not ordering."
            )
        )
    return found
