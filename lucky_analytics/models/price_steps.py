"""The next step of a price: one level of discount less or more than today's, one rule for every page.

The best price may lie far from today's. What can be done next is one level, as far apart as the depths of
the coupons that were tried. Categories are judged first. A product takes the step of its category; where
that is not clear, its own, if its own is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.decisions import add_up
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import join_names
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.prices.price_response import Terms, forecast_units
from lucky_analytics.models.elasticities import PriceAnswer
from lucky_analytics.models.price_terms import TERMS, find_refusals
from lucky_analytics.proposed_trials import PRICE_TRIAL, Trial, plan_slot

__all__ = [
    "ALL_STORES",
    "BESIDE_COUPONS",
    "CUT",
    "NEVER_TRIED",
    "RAISE",
    "WAIT",
    "describe_action",
    "describe_end",
    "describe_why",
    "estimate_steps",
    "find_clear_steps",
    "label_steps",
    "list_stances",
    "name_step",
    "phrase_moves",
    "plan_trial",
    "propose_trial",
    "total_gain",
]

# Stances on a price, as ``publish.agreement`` holds them against each other.
RAISE, CUT, WAIT = "raise", "cut", "wait"
_WORDS = {RAISE: "less", CUT: "more"}
# What keeps a step from being more than a trial: all is learned from coupons that hold for one week.
NEVER_TRIED = "no price was tried for longer than the week of a coupon"
ALL_STORES = "That is for all stores, after the trial."
# How a deeper discount in one category stands beside pages that keep the rule of coupons.
BESIDE_COUPONS = (
    "Marketing's rule of weekly coupons stays meanwhile: its pages judge a size of discount over all "
    "categories, this one the price of one category."
)
_STEP = ["next_price", "next_discount", "units_change", "gain", "gain_low", "gain_high"]
_SAME = 0.005  # dollars: less is no step


def estimate_steps(
    rows: pd.DataFrame,
    answer: PriceAnswer | None,
    level: float = 0.9,
    decided: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The better of one level of discount less and one more for each of ``rows``, and whether it is clear.

    ``rows``: ``category``, the ``TERMS`` of a unit (dollars; ``unit_cost`` null where not known) and
    ``units_a_month``. Adds ``next_price`` (dollars, at most the list price, at least that of the deepest
    coupon tried), ``next_discount`` (of the list price), ``units_change`` (share), ``gain`` of margin a month
    with ``gain_low``, ``gain_high``; null where nothing can be said, with why in ``unknown``. ``stance``:
    ``raise`` or ``cut`` where the gain's interval is above 0 also as one of the rows that were looked at
    (false discoveries of both directions held at 1 - ``level``), else ``wait``. A row whose category is
    ``decided`` (category to stance) takes that stance and step, whatever its own gain.

    >>> rows = pd.DataFrame([{"category": "Tea", "list_price": 5.0, "paid_price": 3.0, "unit_cost": 1.0,
    ...     "fee_rate": 0.0, "units_a_month": 100.0}])
    >>> answer = PriceAnswer({"Tea": np.full(4, -0.5)}, {"Tea": np.zeros(4)}, 0.5, 0.0, 0.1, rows)
    >>> estimate_steps(rows, answer)[["next_price", "gain", "stance"]].round(2).to_numpy().tolist()
    [[3.5, 31.46, 'raise']]
    """
    decided = {category: stance for category, stance in (decided or {}).items() if stance != WAIT}
    unknown = find_refusals(rows, answer.draws if answer else (), answer.deepest if answer else 0.0)
    silent = ~rows["category"].isin(list(answer.draws) if answer else [])
    unknown = unknown.mask(silent, "units do not clearly answer to price")
    found = [
        {} if answer is None or why else _find_step(row, answer, level, decided.get(row["category"]))
        for row, why in zip(rows.to_dict("records"), unknown, strict=True)
    ]
    steps = pd.DataFrame(found, index=rows.index, columns=[*_STEP, "p"], dtype=float)
    unknown = unknown.mask(steps["gain"].isna() & (unknown == ""), "no other price was tried on that side")
    is_decided = rows["category"].isin(list(decided))
    q = adjust_p_values(steps.pop("p").mask(is_decided).to_numpy(float))
    is_clear = (steps["gain_low"] > 0) & (q <= (1 - level) / 2)
    side = np.where(steps["next_price"] > rows["paid_price"], RAISE, CUT)
    stance = pd.Series(np.where(is_clear | is_decided, side, WAIT), index=rows.index)
    return rows.assign(**steps, unknown=unknown, stance=stance.mask(steps["gain"].isna(), WAIT))


def _find_step(
    row: Mapping[Hashable, Any], answer: PriceAnswer, level: float, decided: str | None
) -> dict[str, float]:
    """The step that more likely gains, of one row; empty where there is no room for one."""
    terms = Terms(*(float(row[name]) for name in TERMS))
    listed, paid = terms.list_price, terms.paid_price
    rung = answer.depth_step * listed
    prices = {RAISE: min(paid + rung, listed), CUT: max(paid - rung, listed * (1 - answer.deepest))}
    tried = [
        new
        for side, new in prices.items()
        if abs(new - paid) > _SAME and decided in (None, side) and (new > paid) == (side == RAISE)
    ]
    if not tried:
        return {}
    category = row["category"]
    units = forecast_units(answer.draws[category], terms, np.array(tried), answer.missing[category])
    margins = terms.margin(np.array(tried)[:, None])
    gains = float(row["units_a_month"]) * (units * margins - terms.margin(paid))
    chances = (gains <= 0).mean(axis=1)
    best = int(chances.argmin())
    middle, low, high = np.quantile(gains[best], [0.5, 0.5 - level / 2, 0.5 + level / 2])
    return {
        "next_price": tried[best],
        "next_discount": 1 - tried[best] / listed,
        "units_change": float(np.median(units[best]) - 1),
        "gain": float(middle),
        "gain_low": float(low),
        "gain_high": float(high),
        "p": float(chances[best]),
    }


def find_clear_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Those of ``estimate_steps`` that are to be taken, the most to gain first."""
    clear = steps[steps["stance"] != WAIT]
    return clear.sort_values("gain", ascending=False, ignore_index=True)


def total_gain(clear: pd.DataFrame, level: float) -> Estimate:
    """What steps bring together, dollars a month, the ends added up; without a value for none."""
    return add_up([Estimate.of(row, "gain", level=level) for row in clear.to_dict("records")])


def list_stances(steps: pd.DataFrame, name: str = "category") -> dict[str, str]:
    """``on`` of a decision: the stance on the price of each row by its ``name``."""
    return {f"price of {what}": stance for what, stance in zip(steps[name], steps["stance"], strict=True)}


def name_step(row: Mapping[Hashable, Any], name: str = "category") -> str:
    """One step in words.

    >>> name_step({"category": "Tea", "next_price": 3.5, "paid_price": 3.0})
    'Tea at $3.50, not $3.00'
    """
    return f"{row[name]} at ${row['next_price']:.2f}, not ${row['paid_price']:.2f}"


def describe_action(named: Sequence[str], as_of: dt.date, n_more: int = 0) -> str:
    """The trial of steps that ``name_step`` named, as an action; ``n_more`` further ones stand in a table.

    >>> describe_action(["Tea at $3.50, not $3.00"], dt.date(2026, 2, 13), 2)
    'from 23 Mar, in a random half of the stores, sell Tea at $3.50, not $3.00; 2 more as in the table'
    """
    steps = "; ".join([*named, *([f"{n_more} more as in the table"] if n_more else [])])
    return f"from {plan_trial(as_of)[0]:%-d %b}, in a random half of the stores, sell {steps}"


def phrase_moves(clear: pd.DataFrame) -> str:
    """What ``find_clear_steps`` would earn, for ``report.answer``; needs the headline ``price_step``.

    >>> phrase_moves(pd.DataFrame({"category": ["Tea", "Food"], "stance": ["raise", "cut"]}))
    'Less discount in Tea and more in Food would earn {price_step} more than today'
    >>> phrase_moves(pd.DataFrame({"category": [], "stance": []}))
    "Whether another price earns more than today's is not known yet"
    """
    if clear.empty:
        return "Whether another price earns more than today's is not known yet"
    names = _by_side(clear)
    said = " and ".join(f"{word} in {names[side]}" for side, word in _WORDS.items() if names[side])
    said = said.replace(" in ", " discount in ", 1)
    return f"{said[0].upper()}{said[1:]} would earn {{price_step}} more than today"


def label_steps(clear: pd.DataFrame) -> str:
    """What the headline ``price_step`` is of.

    >>> label_steps(pd.DataFrame({"category": ["Tea", "Food"]}))
    'One step in price: Tea and Food'
    """
    if clear.empty:
        return "Clear gain of one step in price"
    return f"One step in price: {join_names(clear['category'])}"


def _by_side(clear: pd.DataFrame) -> dict[str, str]:
    return {side: join_names(clear.loc[clear["stance"] == side, "category"]) for side in _WORDS}


def describe_why(clear: pd.DataFrame) -> str:
    """Which of ``find_clear_steps`` earn more at which side of today's price, as a sentence.

    >>> frame = pd.DataFrame({"category": ["Tea", "Food"], "stance": ["raise", "cut"]})
    >>> describe_why(frame.assign(next_price=[3.5, 3.0], paid_price=[3.0, 3.5], list_price=5.0))
    'Tea would earn more with 10 points less discount; Food with 10 points more.'
    """
    shift = ((clear["next_price"] - clear["paid_price"]).abs() / clear["list_price"]).max()
    names, points = _by_side(clear), f"{100 * shift:.0f} points"
    if not names[RAISE]:
        return f"{names[CUT]} would earn more with {points} more discount."
    more = f"; {names[CUT]} with {points} more" if names[CUT] else ""
    return f"{names[RAISE]} would earn more with {points} less discount{more}."


def describe_end(as_of: dt.date) -> str:
    """What would show otherwise, and when, as a sentence.

    >>> describe_end(dt.date(2026, 2, 13))
    'On 18 May, after eight weeks, the stores of the trial have earned no more than the other half.'
    """
    return (
        f"On {plan_trial(as_of)[1]:%-d %b}, after eight weeks, the stores of the trial have earned no more "
        "than the other half."
    )


def plan_trial(as_of: dt.date) -> tuple[dt.date, dt.date]:
    """First day of the trial, in its slot of the calendar of trials, and the day on which it is judged.

    >>> [str(day) for day in plan_trial(dt.date(2026, 2, 13))]
    ['2026-03-23', '2026-05-18']
    """
    return plan_slot(PRICE_TRIAL, as_of)


def propose_trial(as_of: dt.date) -> Trial:
    """The trial of steps for the portal's calendar: one, whichever page names its prices.

    >>> propose_trial(dt.date(2026, 2, 13)).record["end"]
    '2026-05-18'
    """
    start, end = plan_trial(as_of)
    return Trial(PRICE_TRIAL, "paid", "a random half of the stores", start, (end - start).days // 7)
