"""The findings of the page on recipes as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_value
from lucky_analytics.questions.product.recipe_cost.formulas import Formulas

__all__ = [
    "LIMITS",
    "compare_claims",
    "describe_answer",
    "describe_gap",
    "describe_history",
    "describe_savings",
    "describe_shocks",
    "name_finding",
    "note_gap",
    "note_saving",
    "note_shock",
]

CLAIM = (44_000.0, 66_000.0)  # dollars a year that were promised of cheaper recipes
_MONTHS = 12
LIMITS = (
    "Nobody has rated how a formula tastes, and no table says what customers notice: the limit on each "
    "ingredient is a parameter, not a finding.",
    "Sugar, fat and calories of goods are in no table. Syrups and sauces together may not grow, so that no "
    "cup gets sweeter; other nutrition is not checked.",
    "Which good may stand in for which, and what others would ask for it, is in no table: formulas only "
    "shift amounts between what a cup already has.",
    "Order lines name no wishes of sweetness or ice: every unit is taken to follow its standard recipe.",
    "Costs are the goods' moving averages, month by month; a price that changed yesterday is not in them.",
    "The recipe lines are ingredients of versions, sizes, sweetness and ice, some 32,000 for a menu of "
    "fewer than 100 products. They are read from the commodity system, where they stand.",
)


def name_finding(cost: Estimate, saving: Estimate) -> str:
    """The title.

    >>> name_finding(Estimate(1.21, 1.2, 1.22, level=0.9), Estimate(661.0, 585.0, 737.0, level=0.9))
    'An item costs $1.21 to make; cheaper recipes save at most $661 a month'
    """
    if cost.value is None:
        return "What an item costs is not known: its goods have no cost"
    made = f"An item costs {format_value(cost.value, 'USD')} to make"
    if not saving.value:
        return f"{made}; no recipe can be cheaper within the limits"
    return f"{made}; cheaper recipes save at most {format_value(saving.value, 'USD', like=100.0)} a month"


def describe_answer(change: float | None, shocks: pd.DataFrame, saving: Estimate, cogs_year: float) -> str:
    """What moved, what moves most, what can be saved against what was promised."""
    moved = ""
    if change is not None:
        moved = f"Today's mix costs {_say_change(change)} to make than at first. "
    top = f"The largest ingredient is {shocks['goods_name'].iloc[0]}. " if len(shocks) else ""
    if not saving.value or cogs_year <= 0:
        return f"{moved}{top}No formula within the limits is known to be cheaper than today's."
    part = format_value(saving.value * _MONTHS / cogs_year, "share")
    less = ", not the two to three percent promised" if saving.value * _MONTHS < 0.02 * cogs_year else ""
    return f"{moved}{top}Shifting amounts within the limits saves {part} of the cost of goods{less}."


def describe_history(history: pd.DataFrame) -> str:
    """How the cost of a mean cup moved at one mix."""
    own = history[history["product_id"] == ""].sort_values("start")
    if len(own) < 2 or not own["cents"].iloc[0] > 0:
        return "Costs are on record for one date alone"
    change = own["cents"].iloc[-1] / own["cents"].iloc[0] - 1
    return f"Today's mix costs {_say_change(change)} to make than in {own['start'].iloc[0]:%B %Y}"


def _say_change(change: float) -> str:
    """How much more or less.

    >>> _say_change(0.0052), _say_change(-0.031)
    ('0.5 % more', '3.1 % less')
    """
    return f"{100 * abs(change):.1f} % {'less' if change < 0 else 'more'}"


def describe_shocks(shocks: pd.DataFrame, shock: float) -> str:
    """Which ingredient hits most."""
    if shocks.empty:
        return "No good of a recipe has a cost"
    top = shocks.iloc[0]
    more = format_estimate(top["more"], top["low"], top["high"], "USD a month")
    return f"If {top['goods_name']} got {100 * shock:g} % dearer, that would cost {more}"


def describe_savings(found: Formulas) -> str:
    """Which product could save most."""
    own = found.products[found.products["saving"] > 0]
    if own.empty:
        return "No formula within the limits is cheaper"
    top, total = own.iloc[0], own["saving"].sum()
    part = format_value(top["saving"] / total, "share").replace(".0", "")
    return f"{part} of what cheaper recipes could save is in {top['product_name']}"


def describe_gap(gap: Estimate) -> str:
    """Whether more leaves the shelves than recipes take."""
    if gap.value is None:
        return "Use beyond recipes is not known"
    shown = format_estimate(gap.value, gap.low, gap.high, "USD a week")
    if gap.holds(0):
        return f"Shelves lose no more than recipes take: {shown}"
    return f"Shelves lose {'more' if gap.value > 0 else 'less'} than recipes take: {shown}"


def note_saving(found: Formulas, taste: float) -> str:
    """What the saving rests on."""
    unknown = f"; {found.n_unknown} with an unknown cost are left out" if found.n_unknown else ""
    return f"At most: all {found.n_recipes} recipes, each amount within {100 * taste:g} % of today's{unknown}"


def note_shock(shocks: pd.DataFrame) -> str:
    """Which ingredient it is."""
    if shocks.empty:
        return "Null: no good of a recipe has a cost"
    share = format_value(shocks["share"].iloc[0], "share")
    return f"{shocks['goods_name'].iloc[0]}, {share} of the cost of goods"


def note_gap(gap: tuple[pd.DataFrame, Estimate] | None) -> str:
    """What the gap is, or why there is none."""
    if gap is None:
        return "Null: stock is not in the snapshot"
    return (
        "At today's costs, on days on which the good did not run out; what is missing on the others "
        "stands on the page on stock"
    )


def compare_claims(saving: Estimate, cogs_year: float, paid_year: float) -> pd.DataFrame:
    """What was promised beside what is found: ``what``, ``said``, ``page``, ``why``."""
    two, three = (format_value(share * cogs_year, "USD") for share in (0.02, 0.03))
    rows = [
        ("Cost of goods in a year", "taken to be all revenue", format_value(cogs_year, "USD"),
         "Two to three percent were taken of revenue; the same sum is claimed of less waste"),
        ("Two to three percent of it", f"{format_value(CLAIM[0], 'USD')} to {format_value(CLAIM[1], 'USD')}",
         f"{two} to {three}", "Of ingredients and packaging of what was sold, at the rate of these weeks"),
        ("Cost of goods, of what is paid for items", "not said",
         format_value(cogs_year / paid_year, "share") if paid_year > 0 else "not known",
         "Units of known cost"),
    ]  # fmt: skip
    promised = f"{format_value(CLAIM[0], 'USD')} to {format_value(CLAIM[1], 'USD')}"
    if saving.value is not None:
        year = saving.times(_MONTHS)
        rows.append(
            ("Saved by cheaper formulas, a year", promised,
             format_estimate(year.value, year.low, year.high, "USD"),
             "At most, by amounts within the limits, if nobody notices")
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "said", "page", "why"])
