"""The findings of the menu page as sentences, made from its frames."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.calendar import WEEKS_A_MONTH

__all__ = [
    "decide",
    "describe_classes",
    "describe_discounts",
    "describe_gain",
    "describe_growth",
    "describe_heat",
    "describe_movers",
    "find_clear_gains",
    "list_limits",
    "name_finding",
    "phrase_answer",
]


def describe_classes(classes: pd.DataFrame) -> str:
    """How many of each, as a sentence.

    >>> describe_classes(pd.DataFrame({"menu_class": ["star", "star", "dog"]}))
    '2 stars, 0 plow horses, 0 puzzles and 1 dog; 0 products are too close to call'
    """
    n = classes["menu_class"].value_counts()
    parts = [
        f"{int(n.get(name, 0))} {name}{'' if n.get(name, 0) == 1 else 's'}"
        for name in ("star", "plow horse", "puzzle", "dog")
    ]
    unsure = len(classes) - sum(int(n.get(name, 0)) for name in ("star", "plow horse", "puzzle", "dog"))
    rest = "product is" if unsure == 1 else "products are"
    return f"{', '.join(parts[:3])} and {parts[3]}; {unsure} {rest} too close to call"


def find_clear_gains(actions: pd.DataFrame) -> pd.DataFrame:
    """The new prices whose gain is clear of 0, the surest first."""
    return actions[actions["gain_low"] > 0].sort_values("gain_low", ascending=False, ignore_index=True)


def name_finding(ladder: pd.DataFrame, actions: pd.DataFrame) -> str:
    """What takes most of the list price, and what would earn more, as the title."""
    n, said = len(find_clear_gains(actions)), describe_discounts(ladder)
    if not n:
        return said
    dearer = f"{n} dearer products" if n > 1 else "one dearer product"
    return f"{said.split(',')[0]}; {dearer} would clearly earn more"


def describe_discounts(ladder: pd.DataFrame) -> str:
    """What discounts take of the list price; ``ladder`` as from ``aggregate_ladder``."""
    share = ladder["discount"].sum() / ladder["list_price"].sum()
    costs = ladder[["ingredients", "packaging", "fee"]].sum()
    most = ", more than any cost" if ladder["discount"].sum() > costs.max() else ""
    return f"Discounts take {100 * share:.0f} % of the list price{most}"


def phrase_answer(ladder: pd.DataFrame, actions: pd.DataFrame) -> str:
    """The answer, as a template for ``report.answer``."""
    kept = "a unit earns {unit_margin:value} after ingredients, packaging and fees."
    return f"{describe_discounts(ladder)}; {kept} {describe_gain(actions)}"


def describe_gain(actions: pd.DataFrame) -> str:
    """What the surest new price would bring, as a part of the answer; needs the headline ``largest_gain``."""
    clear = find_clear_gains(actions)
    if clear.empty:
        return "No new price of a single product clearly earns more than today's."
    return f"Surest is a dearer {clear.iloc[0]['product_name']}: {{largest_gain}} more."


def decide(actions: pd.DataFrame, level: float, most: int = 3) -> Decision:
    """What product decides: new prices with a clear gain, at most ``most`` of them, and what is not known."""
    clear = find_clear_gains(actions).head(most)
    settle = "A trial of single products in a few stores says otherwise."
    if clear.empty:
        return Decision(
            "leave the menu as it is; try single changes in a few stores",
            "Product",
            weigh(None, doubts=["no new price of a single product clearly earns more"]),
            "Which change would be better than today's menu is not known yet.",
            settle,
        )
    parts = [
        f"{row.product_name} at ${row.new_price:.2f} instead of ${row.net_price:.2f}"
        for row in clear.itertuples()
    ]
    worth = add_up([Estimate.of(row, "gain", level=level) for row in clear.to_dict("records")])
    alike = "its buyers are taken to respond like those of the whole category"
    return Decision(
        f"try {'; '.join(parts)}",
        "Product",
        weigh(worth, doubts=[alike]),
        "Each is sold below what its category earns a unit. Showing more, retiring and cheaper recipes "
        "are not known yet.",
        settle,
        worth,
        {f"price of {category}": "raise" for category in clear["category"]},
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
        for text in (f"{_listed(up)} gain share" if up else "", f"{_listed(down)} lose share" if down else "")
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
        f"{first['name']} changed most upwards ({100 * first['change']:+.0f} %), "
        f"{last['name']} most downwards ({100 * last['change']:+.0f} %)"
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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
        "of one "
        "category are taken to respond alike. Prices above the list price were never tried. A small step "
        "of one "
        "product can be clear where the best price of a whole category, which the page on price "
        "elasticity asks "
        "for, is not.",
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
