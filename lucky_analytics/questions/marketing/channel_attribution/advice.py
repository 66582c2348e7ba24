"""What marketing is advised to do with a channel: only what withholding it by chance allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.questions.marketing.channel_attribution.hold_out_plan import Plan, say_weeks

__all__ = [
    "PER",
    "SOUND",
    "decide",
    "estimate_added",
    "find_surest",
    "shorten",
    "wait_for_file",
    "wait_for_orders_after",
]

SOUND = ("adds", "takes", "not shown")  # verdicts of hold-outs that can be read
PER = 100  # people, that gains are told for
_MEANWHILE = "move no spend by these credits"
_UNIT = f"USD for {PER} people touched"
_UNPLANNED = "how many were to be held out was not said, so the draw cannot be checked"


def shorten(channel: str) -> str:
    """A channel's name as it fits into a title.

    >>> shorten("paid social, spring campaign of the north"), shorten("mail")
    ('paid social, spring…', 'mail')
    """
    words = channel.split()
    short = " ".join(words[:3])[:24].rstrip()
    return short if short == channel else f"{short}…"


def find_surest(trials: pd.DataFrame) -> dict[str, Any] | None:
    """The channel of ``measure_hold_outs`` that a page speaks of: of those whose margin after cost is surely
    not nought the one farthest from it; else of those whose orders are, else of all, the one to which last
    touch credits most. None where no hold-out can be read."""
    if trials.empty:
        return None
    sound = trials[trials["verdict"].isin(SOUND)]
    for own, by in (
        (sound[sound["stance"] != ""], "net"),
        (sound[sound["verdict"] != "not shown"], "credited"),
        (sound, "credited"),
    ):
        if len(own):
            row = own.iloc[int(own[by].abs().to_numpy(float).argmax())]
            return {str(name): value for name, value in row.items()}
    return None


_TRIALS = [Trial("a channel withheld", "told", "a tenth of a channel's people, drawn by chance")]


def estimate_added(
    trials: pd.DataFrame, row: Mapping[str, Any] | None, level: float
) -> tuple[Estimate, float | None]:
    """Orders that the channel of ``find_surest`` adds for ``PER`` people touched, and those that last touch
    credits to it, of as many; null without one. The interval holds together with those of all hold-outs."""
    if row is None:
        return Estimate(None, n=0), None
    own_level = 1 - (1 - level) / len(trials)
    n = int(row["n_out"] + row["n_in"])
    return Estimate.of(row, "adds", level=own_level, n=n).times(PER), PER * float(row["credited"])


def decide(
    trials: pd.DataFrame, plan: Plan | None, planned: float | None, level: float, lead: str
) -> Decision:
    """Whether to go on with a channel; ``plan``: the next hold-out; ``lead``: with most last-touch credit.

    Rests on hold-outs alone. Without one it decides nothing, whatever has most credit.
    """
    row = find_surest(trials)
    if row is None:
        doubt = "nobody was left untouched by chance"
        if len(trials):
            doubt = "no hold-out is large enough, or drawn by chance"
        return _wait(plan, lead, doubt)
    name, own_level = shorten(str(row["channel"])), 1 - (1 - level) / len(trials)
    n = int(row["n_out"] + row["n_in"])
    net = Estimate.of(row, "net", level=own_level, n=n).times(PER)
    told = _say_found(row, name, n)
    doubts = () if planned is not None else (_UNPLANNED,)
    if net.low is None or net.high is None:
        why = (
            "what an order leaves is not known"
            if pd.isna(row["margin"])
            else "what it costs is not in the file"
        )
        return _hold(row, name, plan, (why, *doubts), told)
    if row["stance"] == "stop":
        strength = weigh(net.times(-1.0), doubts=doubts)
        return Decision(
            f"stop {name}, and leave a tenth of its people touched by chance to see that nothing is lost",
            "Marketing", strength, told,
            f"Those still touched order more than the others, worth more than it costs. {_say_next(plan)}",
            net.times(-1.0), {f"channel {row['channel']}": "stop"}, _UNIT,
        )  # fmt: skip
    if row["stance"] == "keep":
        strength = weigh(net, doubts=doubts)
        return Decision(
            f"go on with {name}, and touch those held out too, all but a tenth drawn by chance",
            "Marketing", strength, told,
            f"It costs more, or later hold-outs show less. {_say_next(plan)}",
            net, {f"channel {row['channel']}": "keep"}, _UNIT,
        )  # fmt: skip
    return _hold(row, name, plan, ("after its cost it may leave more than nothing, or less", *doubts), told)


def _say_found(row: Mapping[str, Any], name: str, n: int) -> str:
    value, low, high = (PER * float(row[end]) for end in ("adds", "low", "high"))
    added = format_estimate(value, low, high, "orders")
    net = ""
    if pd.notna(row["net"]):
        value, low, high = (PER * float(row[end]) for end in ("net", "net_low", "net_high"))
        net = f", which leave {format_estimate(value, low, high, 'USD')} after what it cost"
    return f"Of {n:,} people it was held out from some by chance: {name} added {added} for {PER} people{net}."


def _hold(
    row: Mapping[str, Any], name: str, plan: Plan | None, doubts: tuple[str, ...], told: str
) -> Decision:
    return Decision(
        f"{_MEANWHILE}; go on holding {name} out",
        "Marketing", Strength(WAIT, doubts), told,
        f"More people, or their costs, show what is left after it. {_say_next(plan)}",
        None, {f"channel {row['channel']}": "hold out"},
    )  # fmt: skip


def _wait(plan: Plan | None, lead: str, doubt: str) -> Decision:
    held = f"; withhold {shorten(lead)} from a tenth of its people by chance, and mark them in the file"
    because = (
        "Credit follows who orders anyway: people about to order get touched, so that no rule of credit "
        "tells what a channel adds."
    )
    if plan is not None and plan.channel is not None:
        held = (
            f"; withhold {shorten(plan.channel)} from {plan.n_out:,} people drawn by chance, and mark them "
            "in the file"
        )
    return Decision(
        f"{_MEANWHILE}{held}", "Marketing", Strength(WAIT, (doubt,)), because,
        f"A hold-out shows what is lost without a channel. {_say_next(plan)}", trials=_TRIALS,
    )  # fmt: skip


def _say_next(plan: Plan | None) -> str:
    """The size of the next hold-out, as a sentence; empty where none is planned."""
    if plan is None:
        return ""
    what = "A channel" if plan.channel is None else shorten(plan.channel)
    return (
        f"{what} withheld from {plan.n_out:,} of {plan.n_all:,} people ({say_weeks(plan)}) shows "
        f"{format_value(PER * plan.gain, 'orders')} for {PER} people in four of five cases."
    )


def wait_for_file(plan: Plan | None) -> Decision:
    """What is advised where no file of touches was handed in."""
    return Decision(
        "move no spend by what a channel is credited with; record every touch by customer, time and channel, "
        "and withhold one channel at a time from a tenth of its people, drawn by chance",
        "Marketing",
        Strength(WAIT, ("touches after the first are in no table", "nobody was left untouched by chance")),
        "Which channels touched a person before an order is not recorded, but for a part of first touches.",
        f"A file of touches is handed in. {_say_next(plan)}",
        trials=_TRIALS,
    )


def wait_for_orders_after(n: int) -> Decision:
    """What is advised where fewer than enough people ordered after a touch; ``n`` of them."""
    doubt = f"only {n:,} people ordered after a touch" if n else "nobody ordered after a touch"
    return Decision(
        f"{_MEANWHILE}; hand in touches of more people, or of more weeks",
        "Marketing",
        Strength(WAIT, (doubt,)),
        "Too few orders came after a touch of the file to tell channels apart.",
        "More people who were touched have ordered.",
    )
