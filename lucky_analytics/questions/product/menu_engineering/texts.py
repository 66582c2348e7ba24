"""The findings of the menu page as sentences, made from its frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.formats import format_change, format_estimate, join_names
from lucky_analytics.models import price_steps
from lucky_analytics.models.calendar import WEEKS_A_MONTH

__all__ = [
    "decide",
    "describe_classes",
    "describe_discounts",
    "describe_gains",
    "describe_growth",
    "describe_heat",
    "describe_movers",
    "describe_recipes",
    "find_singles",
    "label_recipe",
    "list_limits",
    "name_finding",
    "name_singles",
    "phrase_answer",
    "say_recipe",
]


WHO = "Product and marketing"


def describe_classes(classes: pd.DataFrame) -> str:
    """How many products sell well, earn well, both or neither.

    >>> describe_classes(pd.DataFrame({"menu_class": ["star", "star", "dog"]}))
    '2 products sell and earn well, 0 sell well but earn less, 0 earn well but sell less, 1 does neither'
    >>> describe_classes(pd.DataFrame({"menu_class": ["plow horse", "borderline"]})).split("; ")[1]
    '1 too close to call'
    """
    n = classes["menu_class"].value_counts()
    star, horse, puzzle, dog = (int(n.get(name, 0)) for name in ("star", "plow horse", "puzzle", "dog"))
    unsure = len(classes) - star - horse - puzzle - dog
    said = (
        f"{star} {'product sells and earns' if star == 1 else 'products sell and earn'} well, "
        f"{horse} {'sells well but earns' if horse == 1 else 'sell well but earn'} less, "
        f"{puzzle} {'earns well but sells' if puzzle == 1 else 'earn well but sell'} less, "
        f"{dog} {'does' if dog == 1 else 'do'} neither"
    )
    return f"{said}; {unsure} too close to call" if unsure else said


def find_singles(products: pd.DataFrame) -> pd.DataFrame:
    """The products whose price moves by itself, not with its category, the surest gain first."""
    return products[products["is_single"]].sort_values("gain_low", ascending=False, ignore_index=True)


def name_finding(
    ladder: pd.DataFrame,
    clear: pd.DataFrame,
    singles: pd.DataFrame | None = None,
    recipes: pd.DataFrame | None = None,
) -> str:
    """The new prices that would earn more, as a template for ``report.title``; else what a product that sells
    well lacks, or what takes most of the list price.

    ``clear``: steps of categories, ``price_steps.find_clear_steps``; ``singles``: the products that the
    decision names beside them; ``recipes`` of ``views.assemble_recipes``.
    """
    n = len(clear) + (0 if singles is None else len(singles))
    if n:
        what = f"{n} new prices" if n > 1 else "One new price"
        try_ = "it" if n == 1 else "them"
        return f"{what} would add {{price_step:value}}; try {try_} in half the stores"
    if recipes is not None and len(recipes):
        first = recipes.iloc[0]
        return f"Popular {first['product_name']} earns ${first['gap']:.2f} a unit less than its category"
    return describe_discounts(ladder)


def say_recipe(recipes: pd.DataFrame) -> str:
    """What earns less than it might, as a line under the answer; no gain, because none is known. Empty where
    no product that sells well earns less. ``recipes`` of ``views.assemble_recipes``."""
    if recipes.empty:
        return ""
    first, n = recipes.iloc[0], len(recipes)
    name, gap = first["product_name"], f"${first['gap']:.2f} a unit"
    said = f"{name} sells well and earns {gap} less than its category"
    if n > 1:
        said = f"Of {n} products that sell well and earn less than their category, {name} matters most: {gap}"
    return f"{said}. Whether its recipe can cost less is on the page on what each cup costs."


def label_recipe(recipes: pd.DataFrame) -> str:
    """The name of the tile of a cheaper recipe.

    >>> label_recipe(pd.DataFrame({"product_name": ["Mocha"]})), label_recipe(pd.DataFrame())
    ("Mocha at its category's margin", "A product that sells well at its category's margin")
    """
    who = "A product that sells well" if recipes.empty else recipes["product_name"].iloc[0]
    return f"{who} at its category's margin"


def describe_recipes(recipes: pd.DataFrame) -> str:
    """``recipes`` of ``views.assemble_recipes``, as the title of their picture."""
    if recipes.empty:
        return "No product that sells well surely earns less than its category"
    first, n = recipes.iloc[0], len(recipes)
    rest = f", the most of {n} that sell well and earn less" if n > 1 else ""
    return f"{first['product_name']} falls ${first['gain']:,.0f} a month short of its category's margin{rest}"


def describe_discounts(ladder: pd.DataFrame) -> str:
    """What discounts take of the list price; ``ladder`` as from ``aggregate_ladder``."""
    share = ladder["discount"].sum() / ladder["list_price"].sum()
    costs = ladder[["ingredients", "packaging", "fee"]].sum()
    most = ", more than any cost" if ladder["discount"].sum() > costs.max() else ""
    return f"Discounts take {100 * share:.0f} % of the list price{most}"


def phrase_answer(
    ladder: pd.DataFrame,
    clear: pd.DataFrame,
    singles: pd.DataFrame | None = None,
) -> str:
    """The answer, as a template for ``report.answer``; ``singles``: the products that the decision names."""
    said = f"{describe_discounts(ladder).split(',')[0]}; a unit earns {{unit_margin:value}} after its costs."
    n = len(clear) + (0 if singles is None else len(singles))
    if not n or len(clear) == n:
        return f"{said} {price_steps.phrase_moves(clear)}."
    prices = "New prices" if n > 1 else "One new price"
    return f"{said} {prices} would earn {{price_step}} more than today."


def describe_gains(products: pd.DataFrame) -> str:
    """Which of the new prices brings most, as a title."""
    moved = products[products["stance"] != price_steps.WAIT]
    if moved.empty:
        return "No price of a single product clearly earns more"
    first = moved.nlargest(1, "gain").iloc[0]
    of = f"Of {len(moved)} new prices" if len(moved) > 1 else "One new price"
    most = " most" if len(moved) > 1 else ""
    named = f"{first['product_name']} at ${first['next_price']:.2f}"
    return f"{of}{', ' if len(moved) > 1 else ': '}{named} brings{most}, ${first['gain']:,.0f} a month"


def name_singles(products: pd.DataFrame, clear: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """The products that move by themselves and are named beside the categories ``clear``."""
    return find_singles(products).head(max(1, most - len(clear)))


def decide(
    products: pd.DataFrame,
    steps: pd.DataFrame | None,
    level: float,
    as_of: dt.date,
    most: int = 3,
    n_without: int = 0,
) -> Decision:
    """The price steps of the categories, as the page on prices has them, and the surest of single products.

    ``products``: as from ``plan_products``; ``steps``: of categories, null without coupons of random depth;
    ``most``: so many categories are named, and with fewer of them as many single products.
    ``n_without``: products on the menu whose cost is not known, which no number here counts.
    """
    clear = price_steps.find_clear_steps(steps) if steps is not None else products.head(0)
    on = price_steps.list_stances(steps) if steps is not None else {}
    singles = name_singles(products, clear, most)
    if clear.empty and singles.empty:
        return Decision(
            "leave prices as they are; try single changes in a few stores",
            WHO,
            weigh(None, doubts=["no new price clearly earns more"]),
            "Which change would be better than today's menu is not known yet.",
            "A trial of single products in a few stores says otherwise.",
            on=on,
        )
    both = ((clear.head(most), "category"), (singles, "product_name"))
    named = [price_steps.name_step(row, name) for frame, name in both for row in frame.to_dict("records")]
    worth = price_steps.total_gain(pd.concat([clear, singles]), level)
    because = [price_steps.ALL_STORES, *([price_steps.describe_why(clear)] if len(clear) else [])]
    if len(singles):
        own = price_steps.total_gain(singles, level)
        gain = format_estimate(own.value, own.low, own.high, "USD a month")
        because.append(f"{join_names(singles['product_name'])}, by itself, brings {gain} of it.")
    if (clear["stance"] == price_steps.CUT).any() if len(clear) else False:
        because.append(price_steps.BESIDE_COUPONS)
    because.append("Prices are what is paid on average: the depth of coupons sets them.")
    if n_without:
        few = "1 product has" if n_without == 1 else f"{n_without} products have"
        because.append(f"{few} no known cost and {'is' if n_without == 1 else 'are'} left out.")
    return Decision(
        price_steps.describe_action(named, as_of, len(clear) - min(len(clear), most)),
        WHO,
        weigh(worth, doubts=[price_steps.NEVER_TRIED]),
        " ".join(because),
        price_steps.describe_end(as_of),
        worth,
        on | price_steps.list_stances(singles, "product_name"),
        trials=[price_steps.propose_trial(as_of)],
    )


def describe_growth(growth: pd.DataFrame) -> str:
    """Which categories gain or lose share beyond their interval."""
    known = growth.dropna(subset=["share_change"])
    up = known.loc[known["share_low"] > 0, "category"].tolist()
    down = known.loc[known["share_high"] < 0, "category"].tolist()
    if not up and not down:
        return "No category gains or loses share beyond the noise of its weeks"
    return "; ".join(
        text
        for text in (
            f"{join_names(up)} gain share" if up else "",
            f"{join_names(down)} lose share" if down else "",
        )
        if text
    )


def describe_heat(heat: pd.DataFrame) -> str:
    """The month in which a category stands out most."""
    most = heat.nlargest(1, "index").iloc[0]
    when, times = most["month"], most["index"]
    return f"{most['category']} stands out most in {when}, with {times:.1f} times its mean share"


def describe_movers(movers: pd.DataFrame) -> str:
    """The fastest rise and the deepest fall."""
    if movers.empty:
        return "No product is old enough to compare two months"
    first, last = movers.iloc[0], movers.iloc[-1]
    return (
        f"{first['name']} changed most upwards ({format_change(first['change'])}), "
        f"{last['name']} most downwards ({format_change(last['change'])})"
    )


def list_limits(
    weeks: pd.DataFrame,
    without: pd.DataFrame,
    top_name: str,
    hangs_on: Mapping[str, float],
    multi: float,
    n_weeks: int,
) -> list[str]:
    """What a reader must know of the answer; ``hangs_on``: ``aggregate_single_product_orders`` of the product
    ``top_name``, ``multi``: share of orders with two products, ``without``: products of unknown cost."""
    deep = weeks["n_deep"].sum() / weeks["n_units"].sum()
    alone, along = (hangs_on[f"{name}_dollars"] / n_weeks * WEEKS_A_MONTH for name in ("alone", "companion"))
    return [
        "A new price of one product is judged by the response of its whole category to coupons: products "
        "of one category are taken to respond alike, and who switches between them is not counted. Prices "
        "above the list price were never tried.",
        "Trends and months cover less than a year: season, growth and launches cannot be told apart.",
        f"{100 * deep:.0f} % of all units sell at half price or less: popularity and margin are those of "
        f"today's "
        "coupons.",
        *(
            f"{name} has no class: the cost of an ingredient is not known."
            for name in without["product_name"]
        ),
        f"Of the orders with {top_name}, {100 * (hangs_on['n_alone'] / hangs_on['n_orders']):.0f} % hold "
        f"nothing "
        f"else: ${alone:,.0f} a month would go if it were missing and nobody chose another product; another "
        f"${along:,.0f} is bought along with it.",
        f"Only {100 * multi:.0f} % of orders hold two different products; a pair expected fewer than five "
        f"times is "
        "not tested.",
    ]
