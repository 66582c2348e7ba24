"""What to do with the week of a store, or with those of all, and how strongly."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.methods.growth.steady_level import FEWEST
from lucky_analytics.models.calendar import NO_YEAR_BEFORE
from lucky_analytics.models.store_growth import LEVEL, RecentWeeks
from lucky_analytics.models.weeks_advice import TOGETHER, ask_about_weeks
from lucky_analytics.questions.operations.store_week.verdict import GROWN, Verdict

__all__ = ["advise", "advise_all"]

_UNSTEADY = "its weeks are often outside their range"
_ALONE = "a single week is outside by chance now and then"
_BY_CHANCE = 0.05  # chance of as many stores outside from which on they are no news


def advise(verdict: Verdict) -> Decision:
    """What to do with the week, and who decides it; its worth is what the week is off by."""
    newest, plan = verdict.newest, format_value(verdict.recent, "USD")
    if newest["is_inside"] is None:
        return Decision(
            "plan by the opening plan",
            "Store manager",
            weigh(None, is_outside="the store is too young to be held against its own weeks"),
            f"The store has fewer than {FEWEST} whole weeks.",
            f"It has {FEWEST} of them.",
        )
    usual = Estimate.of(newest.to_dict(), "expected", level=verdict.level)
    off = usual.times(-1).plus(float(newest["dollars"]))
    if verdict.is_growing:
        return Decision(
            f"plan the next week on this one, {format_value(float(newest['dollars']), 'USD')}",
            "Store manager",
            weigh(None),
            f"In its first {verdict.n_weeks} weeks a store grows; more than before asks for no explanation.",
            f"The store is {GROWN} weeks old, or a week falls below its range.",
        )
    both, settle = "Operations and the store's manager", "The next week is back in its range."
    if verdict.keeps_falling and verdict.since_best.value is not None and verdict.best_end is not None:
        worth = off.times(-1)
        return Decision(
            f"plan hours and crew by the order forecast, not by its best weeks, and find out why it has "
            f"fallen since {verdict.best_end:%B}",
            both,
            weigh(worth, doubts=[] if verdict.is_steady else [_UNSTEADY]),
            f"{verdict.n_running} weeks running are below its range, and its last four, {plan} a week, stand "
            f"{100 * -verdict.since_best.value:.0f} % below its best four.",
            settle,
            worth,
            worth_unit="USD lost a week",
        )
    if not newest["is_inside"]:
        worth = off.times(-1) if newest["dollars"] < newest["expected"] else off
        doubts = [_UNSTEADY] if not verdict.is_steady else [_ALONE] if verdict.n_running == 1 else []
        return Decision(
            "find what was different in this week before planning the next one",
            both,
            weigh(worth, doubts=doubts),
            f"A steady store is seldom so far off; its last four weeks averaged {plan}.",
            settle,
            worth,
            worth_unit="USD lost a week" if newest["dollars"] < newest["expected"] else "USD more a week",
        )
    if verdict.is_fallen and verdict.since_best.value is not None:
        worth = verdict.since_best.times(-verdict.recent / (1 + verdict.since_best.value))
        return Decision(
            f"plan on the last four weeks, {plan}, and find out why the best ones did not last",
            both,
            weigh(worth),
            "This week adds nothing new; the fall from the best four weeks is more than chance.",
            "Four weeks come back to the best level.",
            worth,
            worth_unit="USD lost a week",
        )
    return Decision(
        f"plan the next week on the last four, {plan}",
        "Store manager",
        weigh(None),
        "This week asks for no explanation; a fall under "
        f"{100 * newest['notices']:.0f} % would often go unnoticed here.",
        "The next week falls outside its range.",
    )


def advise_all(
    stores: pd.DataFrame, level: float, older: Verdict, weeks: RecentWeeks | None = None
) -> Decision:
    """Which stores operations looks at, from ``compare_stores``, with the alarms that steady ones give and
    those that these stores gave in earlier weeks: where as many are outside every week, nothing is new, and
    a new store above its range is none of them. Otherwise its worth is what those outside are off by
    together, their ranges added as independent ones.

    Where the ``older`` stores stand below their range together, what they share goes before single ones; its
    worth is then what they are below their four ``weeks`` before, as on every page that asks for it.
    """
    odd = stores[stores["is_inside"].eq(False) & ~stores["is_growing"]]
    fallen = stores[stores["is_fallen"] & stores["is_inside"].ne(False)]["store_name"].tolist()
    n_chance = (1 - level) * len(stores)
    judged = stores[stores["n_judged"] > 0]
    n_usual = float((1 - judged["n_inside"] / judged["n_judged"]).sum())
    counted = (
        f"Outside their usual range, growth of new ones aside: {len(odd)} of {len(stores)} stores; of steady "
        f"ones chance puts {n_chance:.1f} there, and in earlier weeks {n_usual:.1f} of these were."
    )
    if older.newest["is_inside"] is False and older.change < 0:
        return _ask_together(older, odd, counted, weeks)
    said = [f"look first at {', '.join(odd['store_name'])}"] if len(odd) else []
    said += [f"find out why {', '.join(fallen)} no longer sell as in their best weeks"] if fallen else []
    doubts = []
    often = max(n_chance, n_usual) / max(len(stores), 1)
    if len(odd) and not fallen and binom.sf(len(odd) - 1, len(stores), often) > _BY_CHANCE:
        by_chance = binom.sf(len(odd) - 1, len(stores), 1 - level) > _BY_CHANCE
        doubts = [f"{'chance alone puts' if by_chance else 'earlier weeks had'} as many outside"]
    worth = _add_up_distances(odd, level) if len(odd) and not doubts else None
    return Decision(
        "; ".join(said) or "plan on the last four weeks of each store",
        "Operations",
        weigh(worth, doubts=doubts),
        counted,
        "Their next week is back in its range." if said else "A store falls outside its range.",
        worth,
        worth_unit="USD off a week",
    )


def _ask_together(older: Verdict, odd: pd.DataFrame, counted: str, weeks: RecentWeeks | None) -> Decision:
    below = odd[odd["dollars"] < odd["expected"]]["store_name"].tolist()
    worth = Estimate.of(older.newest.to_dict(), "expected", level=older.level).plus(
        -float(older.newest["dollars"])
    )
    furthest = f"; furthest off are {', '.join(below)}" if below else ""
    asked = ask_about_weeks(weeks, LEVEL) if weeks is not None and not len(weeks.fallen) else None
    if asked is not None:
        return asked._replace(action=asked.action + furthest, because=f"{asked.because} {counted}")
    # Weeks running on one side are a fall that lasts, not unsteadiness.
    unsteady = [_UNSTEADY] if not older.is_steady and older.n_running == 1 else []
    return Decision(
        f"look for what the older stores share; what a single one does, its own page says{furthest}",
        "Operations",
        weigh(worth, doubts=[*unsteady, NO_YEAR_BEFORE]),
        counted,
        "The older stores' next week is back in its range.",
        worth,
        on=TOGETHER,
        worth_unit="USD lost a week",
    )


def _add_up_distances(odd: pd.DataFrame, level: float) -> Estimate:
    """Dollars between the week and the usual one, either way, of all ``odd`` stores together."""
    gap = (odd["expected"] - odd["dollars"]).abs()
    half = float(np.sqrt((((odd["high"] - odd["low"]) / 2) ** 2).sum()))
    total = float(gap.sum())
    return Estimate(total, total - half, total + half, level=level, n=len(odd))
