"""What product is advised to do about recipes: taste before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.product.recipe_cost.formulas import Formulas

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NEEDED", "decide", "describe_unknown"]

_OWNER = "Product"
NEEDED = ("recipes", "costs", "goods")


def describe_unknown(suite: Suite) -> tuple[str, str, Decision]:
    """Title, answer and decision where no cup has a cost: a table is missing, or nothing was sold."""
    lacks = [name for name in NEEDED if suite.optional(name) is None]
    said = (
        f"The snapshot has no {' and '.join(lacks)}, so no cup can be priced."
        if lacks
        else "No unit was sold in these weeks, so there is no cup to price."
    )
    action = (
        "take the commodity database into the snapshot"
        if lacks
        else "ask again after the first whole week of sales"
    )
    made = Decision(action, _OWNER, Strength(WAIT, ("no cup can be priced",)), said, "What is lacking comes.")
    return "What an item costs is not known", said, made


def decide(found: Formulas, least: float) -> Decision:
    """Taste the formula that could save most; nothing where it saves less than ``least`` dollars a month.
    Each is tasted by itself. What customers would notice was never measured: a doubt of any change."""
    own = found.products[found.products["saving"] > 0]
    most = 0.0 if own.empty else float(own["saving"].iloc[0])
    if own.empty or most < least:
        return Decision(
            "change no recipe",
            _OWNER,
            idle("no formula within the limits saves enough to be tasted"),
            f"No recipe by itself would save ${least:,.0f} a month, the most ${most:,.0f}: too little to "
            "risk that customers notice.",
            "An ingredient gets dearer, a substitute is offered, or wider limits prove acceptable.",
        )
    top = own.iloc[0]
    worth = Estimate(top["saving"], top["low"], top["high"], level=found.total.level, n=found.total.n)
    return Decision(
        f"have {top['product_name']} tasted by its cheaper formula, and change no recipe before",
        _OWNER,
        weigh(worth, is_outside="nobody has tasted these formulas"),
        "It could save the most of all; the money is at most, if no customer notices.",
        "Tasters tell the two apart, or the cost of its goods changes.",
        worth,
        {"recipe to taste first": str(top["product_name"])},
    )
