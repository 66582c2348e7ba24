"""What operations does about the time that orders take, and how strongly the page says so."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.questions.operations.production_time.texts import OWNER, say_kept, within_reach

__all__ = ["decide"]

TARGET = "target of production time"  # on which the page of all figures decides too
_UNTRIED = "it is seen beside longer making, and nobody has changed it to see"


def decide(
    making: Estimate,
    target: float,
    best: pd.Series | None,
    *,
    most_open: int,
    level: float,
    n: int,
    kept: Estimate,
    promise: float,
    reachable: Estimate,
) -> Decision:
    """A trial of the lever of the work that is worth most (``making_levers.best_lever``), or nothing yet;
    where all that is seen (``reachable``, minutes) surely misses the target, another target or other means.

    Whatever it promises, it is read off days on which nobody changed it: that is a doubt. Its worth is in
    seconds an order; no table says what a minute is worth in money.
    """
    quotes = ""
    if kept.value is not None:
        quotes = f" {say_kept(kept, promise)}"
    if making.high is not None and making.high <= target:
        action = "keep the way of working; making is within its target"
        return Decision(
            action,
            OWNER,
            idle("the target is met"),
            quotes.strip() or "The target is met.",
            "Making rises above its target.",
            on={TARGET: "keep"},
        )
    if best is None:
        why = "No lever of this page takes a second or more off, chance aside."
        problems = ["no lever is known to shorten making by a second"]
        action = "leave the way of working as it is, and measure on"
        return Decision(
            action,
            OWNER,
            weigh(None, problems=problems),
            why + quotes,
            "A lever's interval leaves a second behind.",
        )
    trials = {
        "open tickets": f"try in two stores for four weeks, in their busiest hours, to hold open tickets at "
        f"{most_open}, and compare with the other stores",
        "slower stores": "have the slower stores work as the others do for four weeks, and compare",
        "slower machine types": "move one store's busiest bar off slower machine types for four weeks, and "
        "compare",
        "long recipes": "take one step out of the longest recipes in two stores for four weeks, and compare",
    }
    within = within_reach(reachable, target)
    if within is not None:
        left = 60 * ((making.value or 0.0) - target)
        return Decision(
            f"set the target at {within:g} minutes, which what we see could meet, or pay for what would "
            f"reach {target:g}, such as equipment",
            OWNER,
            weigh(None),
            f"{left:.0f} seconds an order are missing. The best change of the work would save "
            f"{best['gain']:.1f} of them, read off days on which nobody tried it; closing tickets in time "
            f"mends the clock alone.{quotes}",
            f"A trial takes off more: {trials[best['lever']]}.",
            on={TARGET: "change"},
        )
    worth = Estimate(best["gain"], best["low"], best["high"], level=level, n=n)
    return Decision(
        trials[best["lever"]],
        OWNER,
        weigh(worth, doubts=[_UNTRIED]),
        f"It would take off most of what the work itself leaves to take.{quotes}",
        "The trial stores do not become quicker than the others.",
        worth,
        {},
        "seconds an order",
        [Trial("another way of working", "crew", "a few stores against the others", None, 4)],
    )
