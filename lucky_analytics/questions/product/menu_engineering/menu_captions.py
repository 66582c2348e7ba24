"""What stands around the charts of the menu page: finding, subtitle, words for the blind.

Each function returns the arguments of ``report.figure`` by name, all but the source.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.questions.product.menu_engineering import texts

__all__ = [
    "categories",
    "gains",
    "heat",
    "ladder",
    "pairs",
    "product",
    "product_stores",
    "quadrant",
    "recipes",
    "trends",
]


def ladder(ladder: pd.DataFrame) -> dict[str, str]:
    """``ladder`` as from ``aggregate_ladder``."""
    rich, poor = ladder.iloc[0], ladder.iloc[-1]
    return {
        "finding": texts.describe_discounts(ladder),
        "subtitle": "Dollars of the list price of a unit, by category",
        "alt": f"A unit of {rich['category']} earns ${rich['margin']:.2f}, one of {poor['category']} "
        f"${poor['margin']:.2f}.",
    }


def recipes(recipes: pd.DataFrame, level: float) -> dict[str, str]:
    """``recipes`` of ``views.assemble_recipes``."""
    return {
        "finding": texts.describe_recipes(recipes),
        "subtitle": "Dollars a month, were a unit of each to earn what its category does and to be liked as "
        f"much; beside the name what a unit lacks; {100 * level:.0f} % intervals",
    }


def gains(products: pd.DataFrame, level: float) -> dict[str, str]:
    """``products`` as from ``plan_products``."""
    return {
        "finding": texts.describe_gains(products),
        "subtitle": "Margin a month at one level of discount less or more, buyers who leave or come counted; "
        f"{100 * level:.0f} % intervals",
    }


def quadrant(classes: pd.DataFrame, level: float) -> dict[str, str]:
    """``classes`` as from ``classify_products``."""
    return {
        "finding": texts.describe_classes(classes),
        "subtitle": "Sells well: popular in its category; earns well: more a unit than its category. Lines: "
        f"{100 * level:.0f} % intervals; hollow: too close to call",
    }


def pairs(together: pd.DataFrame, only_pooled: pd.DataFrame, level: float) -> dict[str, str]:
    """Pairs found in like orders, and those found only when all orders are thrown together."""
    return {
        "finding": f"{len(together)} pairs sell together; {len(only_pooled)} more only seem to",
        "subtitle": f"Times as often in one order as by chance, with {100 * level:.0f} % intervals; grey: "
        f"only when "
        "stores, hours, months and categories are ignored",
        "alt": f"The strongest: {together.iloc[0]['pair']}." if len(together) else "No pair is found.",
    }


def categories(growth: pd.DataFrame) -> dict[str, str]:
    """``growth`` as from ``estimate_category_growth``."""
    return {
        "finding": texts.describe_growth(growth),
        "subtitle": "Share of all units by week; in the title: last four weeks against the four before",
    }


def heat(heat: pd.DataFrame) -> dict[str, str]:
    """``heat`` as from ``assemble_heat``."""
    return {
        "finding": texts.describe_heat(heat),
        "subtitle": "Share of all units by month; 1.0 is the category's mean over the months",
    }


def trends(movers: pd.DataFrame) -> dict[str, str]:
    """``movers`` as from ``find_movers``."""
    return {
        "finding": texts.describe_movers(movers),
        "subtitle": "Units a day, mean of 30 days; in the title: last 30 days against the 30 before",
    }


def product(one: Any, days: pd.DataFrame) -> dict[str, str]:
    """``one``: its row of the leaderboard; ``days``: its rolling days."""
    return {
        "finding": f"{one.product_name}: {days['y'].iloc[-1]:.0f} units a day, listed at "
        f"${one.list_price:.2f}, sold "
        f"at ${one.net_price:.2f}",
        "subtitle": "Units a day with their mean of 30 days; list price and price paid before tax, by month",
        "alt": f"Daily sales and price history of {one.product_name}.",
    }


def product_stores(one: Any, stores: pd.DataFrame, seconds: pd.DataFrame) -> dict[str, str]:
    """``stores`` and ``seconds`` of the product ``one``, the busiest store first."""
    made = f"; half are made within {one.seconds:.0f} seconds" if len(seconds) else ""
    return {
        "finding": f"{one.product_name} sells most at {stores['store_name'].iloc[0]}{made}",
        "subtitle": "Units a day while the store was open, with their share of the store's units; seconds "
        "to make "
        "one",
        "alt": f"From {stores['units_a_day'].iloc[0]:.0f} to {stores['units_a_day'].iloc[-1]:.0f} units a "
        f"day.",
    }
