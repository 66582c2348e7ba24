"""What the store ramp page says of its estimates: the finding, the answer, the decision, captions, limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change, format_interval, format_value, join_names
from lucky_analytics.methods.growth.decline import FADING
from lucky_analytics.methods.growth.growth_gate import Gate
from lucky_analytics.questions.operations.store_ramp_curves.speed import AT_ONCE

__all__ = [
    "decide",
    "describe_claim",
    "describe_fall",
    "describe_losses",
    "describe_next_store",
    "describe_panels",
    "describe_spacing",
    "describe_unseen",
    "explain_plateau",
    "format_chance",
    "list_failing",
    "list_limits",
    "name_finding",
    "name_paying",
    "phrase_answer",
    "shows_ramp",
]


def describe_claim(chance: float, claimed_weeks: float) -> str:
    """A sentence on a claim about the time to 90 %, from its chance over both growth curves.

    >>> describe_claim(0.2, 4)
    'Whether 4 weeks are enough is open: the chance is 20 %'
    """
    said = f"the chance is {format_chance(chance)}"
    if chance < 0.1:
        return f"{claimed_weeks:g} weeks are not enough: {said}"
    if chance > 0.9:
        return f"{claimed_weeks:g} weeks are enough: {said}"
    return f"Whether {claimed_weeks:g} weeks are enough is open: {said}"


def format_chance(chance: float) -> str:
    """A chance in percent, never as certain as 0 or 100.

    >>> format_chance(0.001), format_chance(0.2)
    ('under 1 %', '20 %')
    """
    if chance < 0.01:
        return "under 1 %"
    return "over 99 %" if chance > 0.99 else f"{100 * chance:.0f} %"


def describe_panels(plateaus: pd.DataFrame, stores: pd.DataFrame, launch: list[str]) -> str:
    """What the panels of all stores show, in words: the plateau of each store on a ramp, and the others."""
    facts = [
        f"{row.store_name} {'has reached' if row.is_reached else 'is heading for'} {row.plateau:,.0f}"
        for row in plateaus.itertuples()
    ]
    names = stores.set_index("unique_id").loc[launch, "store_name"].tolist()
    others = f" {' and '.join(names)} opened with the chain and are not on a ramp." if names else ""
    return f"Plateaus in orders a week: {'; '.join(facts)}.{others}"


def describe_losses(losses: pd.DataFrame) -> str:
    """Which store takes most from which, in a sentence; that none can be told where its interval holds 0."""
    worst = losses.sort_values("loss").iloc[-1]
    if worst["low"] <= 0:
        most = f"{100 * max(losses['high'].max(), 0):.0f} %"
        return f"Whether sister stores take orders from each other is not known: {most} at most"
    span = f"({100 * worst['low']:.0f} to {100 * worst['high']:.0f})"
    taken = f"{100 * worst['loss']:.0f} % of the orders of {worst['store_name']}"
    return f"{worst['neighbour_name']} takes {taken} {span}"


def describe_fall(causes: pd.DataFrame, fall: pd.Series) -> str:
    """How far a store of ``estimate_launch_levels`` fell, and the largest cause if one is clear, in words.

    A fading since the opening is a curve, so it is called a part of the fall, never a cause.
    """
    name = fall["store_name"]
    if not fall["is_clear"]:
        return f"{name} stands no lower below its best four weeks than a steady store would"
    lost = f"{name} lost {abs(100 * fall['change']):.0f} % of its orders since its best four weeks"
    known = causes.dropna(subset=["low", "high"]).sort_values("log_change")
    rest = causes[causes["low"].isna() & (causes["cause"] != "all")]["log_change"].min()
    first = known.iloc[0] if len(known) else None
    if first is None or first["high"] >= 0:
        return f"{lost}; no cause is clear of nought"
    second = known.iloc[1] if len(known) > 1 else None
    # Whatever the correlation of two estimates, their difference is no further off than both errors together.
    margin = first["high"] - first["log_change"]
    is_clear = first["log_change"] + margin < rest
    if second is not None:
        margin += second["log_change"] - second["low"]
        is_clear &= first["log_change"] + margin < second["log_change"]
    part = f"{first['cause']} ({format_change(first['change'])})"
    is_curve = first["cause"] == FADING
    if is_clear:
        found = f"part is {part}, whatever made it fade" if is_curve else f"cause is {part}"
        return f"{lost}; the largest single {found}"
    taken = known[known["high"] < 0].head(2)
    if len(taken) == 2 and first["log_change"] + margin - taken.iloc[1]["log_change"] >= 0:
        parts = " and ".join(
            f"{row['cause']} ({format_change(row['change'])})" for _, row in taken.iterrows()
        )
        return f"{lost}; {parts} both took part, neither surely more"
    return f"{lost}; no single part stands out"


def shows_ramp(times: pd.DataFrame) -> bool:
    """Whether stores grow after their opening at all: the time to 90 % is clear of the first half week."""
    return bool(times.iloc[-1]["low"] > AT_ONCE)


_BY_CHANCE = 0.05  # of chains without such a store, those of which one is said not to pay its bills


def list_failing(plateaus: pd.DataFrame) -> list[str]:
    """Stores that have reached their level, and at it surely do not sell what pays a typical store's bills:
    of chains whose stores all do, one in twenty is said to have such a store. Their own rent and crew may be
    less, so whether they pay their own bills is for ``store_profit`` to say. ``plateaus``: ``store_name``,
    ``p_needed`` (chance that they do), ``is_reached``.

    >>> seen = {"store_name": ["A", "B"], "p_needed": [0.99, 0.01], "is_reached": [True, True]}
    >>> list_failing(pd.DataFrame(seen))
    ['B']
    """
    is_short = plateaus["is_reached"] & (plateaus["p_needed"] < _BY_CHANCE / max(len(plateaus), 1))
    return [str(name) for name in plateaus[is_short].sort_values("p_needed")["store_name"]]


def name_finding(
    times: pd.DataFrame, plateau: Estimate, needed_dollars: float, failing: Sequence[str] = ()
) -> str:
    """What the page is about, as its title: the stores of ``list_failing``, else how fast and how high new
    ones grow, and from what a typical store pays its bills."""
    if failing:
        own = f"{failing[0]} sells" if len(failing) == 1 else f"{len(failing)} stores sell"
        return f"{own} too little for a typical store's bills"
    if not shows_ramp(times):
        return "No growth of new stores after their opening is clear"
    speed = f"New stores reach their level in {times.iloc[-1]['weeks']:.0f} weeks"
    if plateau.value is None:
        return speed
    return f"{speed}, {_dollars(plateau.value)} a month; break-even {_dollars(needed_dollars)}"


def name_paying(plateaus: pd.DataFrame, confidence: float) -> str:
    """Which stores do not, or may not, sell what pays a typical store's bills, as the title of their chart.
    ``plateaus``: of ``list_failing``.

    >>> seen = {"store_name": ["A", "B"], "p_needed": [0.99, 0.4], "is_reached": [True, True]}
    >>> name_paying(pd.DataFrame(seen), 0.8)
    "Of 2 stores, 1 may sell too little for a typical store's bills: B"
    """
    failing = list_failing(plateaus)
    if failing:
        does = "sells" if len(failing) == 1 else "sell"
        others = int((plateaus["p_needed"] < confidence).sum()) - len(failing)
        more = f"; {others} of the other {len(plateaus) - len(failing)} may" if others else ""
        return f"{join_names(failing[:3])} {does} too little for a typical store's bills{more}"
    unsure = plateaus.loc[plateaus["p_needed"] < confidence].sort_values("p_needed")["store_name"].tolist()
    if not unsure:
        sure = f"{100 * confidence:.0f} % sure of each"
        return f"All {len(plateaus)} stores sell what pays a typical store's bills, {sure}"
    named = join_names(unsure[:3]) if len(unsure) <= 3 else f"{', '.join(unsure[:3])} and others"
    return (
        f"Of {len(plateaus)} stores, {len(unsure)} may sell too little for a typical store's bills: {named}"
    )


def explain_plateau(row: Any) -> str:
    """Why the plateau of a store (a row of ``estimate_store_plateaus``) may differ on another page."""
    return "too young: what any new store may do" if row.role == "prior only" else ""


def phrase_answer(times: pd.DataFrame, needed_dollars: float) -> str:
    """The answer, with the names of its headlines, for ``report.answer``."""
    plateau = (
        f"The typical level is {{plateau_revenue:value}}, where {_dollars(needed_dollars)} pay a "
        "typical store's bills; a single new store is far less certain "
    )
    speed = "A new store reaches nine tenths of its level after {weeks_to_90}. "
    if not shows_ramp(times):
        speed = (
            "No growth after the opening is clear: nine tenths of its level take a store no time or some "
            "weeks {weeks_to_90:interval}. "
        )
    return f"{speed}{plateau}{{next_store_revenue:interval}}."


def decide(
    times: pd.DataFrame, gate: Gate, needed_dollars: float, bar: str, failing: Sequence[str] = ()
) -> Decision:
    """That the stores of ``list_failing`` are held against their own bills, how to space openings and judge a
    new store at week 8; ``bar``: what to equip an opening for."""
    now = f"hold {join_names(failing[:3])} against its own bills; " if failing else ""
    now = now.replace("its own", "their own") if len(failing) > 1 else now
    return Decision(
        f"{now}new stores: at week 8 go on from {gate.go:,.0f} orders a week, change course at "
        f"{gate.stop:,.0f} or fewer",
        "Operations",
        weigh(None, doubts=[] if shows_ramp(times) else ["no growth after the opening is clear of nought"]),
        "Between them look again at week 12: it is open whether the store will sell the "
        f"{_dollars(needed_dollars)} a month that pay its bills. {describe_spacing(times)} {bar}",
        "Rent, crew or margin change, and with them what a store must sell.",
    )


def _dollars(value: float) -> str:
    return format_value(value, "USD")


def describe_spacing(times: pd.DataFrame) -> str:
    """How far apart openings that share a crew may follow, from the prediction for one store, in words."""
    if not shows_ramp(times):
        return "No spacing of openings follows from their growth: none is clear."
    end = times.iloc[-1]["one_high"]
    if np.isnan(end):
        return "How long one opening binds its crew is not known: these stores set no end to it."
    return (
        f"Leave {np.ceil(end):.0f} weeks between openings that share a crew: by then one store has grown up."
    )


def describe_unseen(unseen: pd.DataFrame) -> str:
    """What is foretold before an opening, in words, from the stores left out."""
    if unseen.empty:
        return "How well an opening is foretold cannot be checked: there are too few stores to leave one out."
    mean = unseen.iloc[-1]
    gain = mean["before"] < 0.8 * mean["chain_mean"]
    return (
        f"{'The' if gain else 'Before an opening nothing here foretells a level: the'} error for a store "
        f"left out is {100 * mean['before']:.0f} %, with the plain chain mean "
        f"{100 * mean['chain_mean']:.0f} %. "
        f"With four weeks of its own it is {100 * mean['after']:.0f} %."
    )


def list_limits(
    plateaus: pd.DataFrame, stores: pd.DataFrame, launch: list[str], falls: pd.DataFrame, hump: float
) -> list[str]:
    """What the reader must know of single stores and of what is held fixed, a sentence or two each."""
    young = plateaus[plateaus["role"] == "prior only"]
    said = [
        f"{store.store_name} has {store.age_weeks:.1f} weeks: its own orders say nothing yet about "
        f"its plateau. "
        "What is shown is what any new store may do."
        for store in young.itertuples()
    ]
    names = stores.set_index("unique_id").loc[launch, "store_name"].tolist()
    if names:
        said.append(
            f"{' and '.join(names)} opened with the chain: their first weeks are no ramp that a "
            f"later store repeats."
        )
    if len(falls):
        said.append(
            "A fall is from a store's best four weeks, picked after the fact, to its last four full ones."
        )
    return [
        *said,
        f"The opening hump ({100 * hump:.0f} %, fading in two weeks) is held fixed: the data cannot "
        f"tell it from "
        "faster growth. Opening dates go together with season and discounts.",
        "Plateaus are for ordinary weeks, without holidays, and with the sister stores of today.",
    ]


def describe_next_store(forecast: pd.DataFrame) -> str:
    """Where a store not yet opened may stand in the last of its weeks, in a sentence."""
    last = forecast.iloc[-1]
    ends = (
        format_interval(last["dollars_low"], last["dollars_high"], "USD").strip("()").replace(" to ", " and ")
    )
    return f"A new store may take between {ends} in week {last['week']:.0f}"
