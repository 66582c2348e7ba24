"""The findings of the page as sentences, made from its frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, wait_for_orders
from lucky_analytics.formats import format_number, format_value
from lucky_analytics.questions.product.recommendations.claims import Baskets
from lucky_analytics.questions.product.recommendations.gains import list_gains
from lucky_analytics.questions.product.recommendations.list_tests import FEWEST_DATES
from lucky_analytics.questions.product.recommendations.new_store import LeftOut

__all__ = [
    "describe_alike",
    "describe_circumstances",
    "describe_claims",
    "describe_favourites",
    "describe_gains",
    "describe_left_out",
    "describe_no_tests",
    "describe_pairs",
    "describe_rules",
    "explain_gain",
    "list_limits",
    "name_finding",
    "phrase_answer",
    "say_verdict",
]

OWNER = "Product"


def say_verdict(row: Mapping[str, Any]) -> str:
    """What one comparison came to: ``row`` of ``estimate_gains``.

    >>> say_verdict({"is_worth": False, "is_found": True, "low": 0.001, "high": 0.004})
    'a gain, too small to act on'
    """
    if row["is_worth"]:
        return "a gain worth having"
    if row["is_found"]:
        return "a gain, too small to act on"
    return "a loss" if row["high"] < 0 else "no gain that is sure"


def name_finding(gains: pd.DataFrame) -> str:
    """The title: what is worth showing. ``gains`` as from ``estimate_gains``."""
    rows = list_gains(gains)
    own, recommender, first = (rows[name] for name in ("own", "recommender", "first"))
    if own["is_worth"] and recommender["is_worth"]:
        return "Show customers their usual order first, then what a recommender adds"
    if own["is_worth"] and first["is_worth"]:
        return "Show customers their usual order first; a recommender helps new customers"
    if own["is_worth"]:
        return "Show customers their usual order first; a recommender is not worth building yet"
    if recommender["is_worth"] or first["is_worth"]:
        return "A recommender predicts purchases better than simple lists"
    if own["is_found"] or recommender["is_found"] or first["is_found"]:
        return "Personal lists hardly beat a list of bestsellers"
    return "No personal list is known to beat a list of bestsellers"


def phrase_answer(gains: pd.DataFrame) -> str:
    """The answer, as a template for ``report.answer``."""
    own, recommender = (list_gains(gains)[name] for name in ("own", "recommender"))
    if own["is_worth"]:
        first = (
            "A list that opens with the customer's own purchases is right in {own:value} more than one "
            "list for all."
        )
    else:
        first = (
            "Opening with what the customer bought before helps in {own} more than one list for all: not "
            "known to be enough."
        )
    if recommender["is_worth"]:
        second = "A recommender adds {recommender:value}."
    else:
        second = (
            "What a recommender adds is not known to be enough."
            if own["is_worth"]
            else "Nor is a recommender."
        )
    return f"{first} {second} Whether it sells more, only a trial tells."


def explain_gain(row: Mapping[str, Any], least: float) -> str:
    """What stands under a gain: the two lists, and the verdict. ``least`` as a share."""
    needs = f"; {format_number(100 * least)} is worth having" if not row["is_worth"] else ""
    return f"{row['rule_label']}, against: {row['against_label'].lower()}. {_upper(say_verdict(row))}{needs}"


def describe_gains(gains: pd.DataFrame, least: float) -> str:
    """The comparisons of rules, as the title of their chart."""
    rules = [row for row in list_gains(gains).values() if row["family"] == "rules" and row["is_worth"]]
    if not rules:
        more = format_value(100 * least, "of 100 orders")
        return f"No list is surely right for {more} more than a simpler one"
    best = max(rules, key=lambda row: row["gain"])
    which = {
        "own": "Opening with what the customer bought before",
        "recommender": "A recommender",
        "first": "A recommender of new products",
    }
    return f"{which[best['name']]} helps in {format_value(100 * best['gain'], 'of 100 orders')} more"


def describe_rules(rules: pd.DataFrame) -> str:
    """What each rule found, as the title of its chart; ``rules`` as from ``tabulate_rules``."""
    best, worst = rules.iloc[0], rules.iloc[-1]
    return (
        f'"{best["label"]}" holds {_percent(best["recall"])} of what was bought next, '
        f'"{worst["label"].lower()}" {_percent(worst["recall"])}'
    )


def describe_circumstances(gains: pd.DataFrame) -> str:
    """Whether store, time of day or season help, for the limits and the tiles."""
    said = {
        "store": "the store",
        "daypart": "the time of day",
        "season": "the last four weeks (season and launches)",
    }
    rows = list_gains(gains)
    helps = [words for name, words in said.items() if rows[name]["is_found"]]
    rest = [words for name, words in said.items() if not rows[name]["is_found"]]
    if not helps:
        return "Neither the store, the time of day nor the season is seen to make one list better."
    does = "does" if len(rest) == 1 else "do"
    other = f"; {' and '.join(rest)} {does} not surely" if rest else ""
    return f"One list for all is better where it follows {' and '.join(helps)}{other}."


def describe_pairs(n_together: int, n_tested: int) -> str:
    """How many pairs sell together, as a title."""
    if not n_tested:
        return "Too few orders hold two products to look for pairs"
    pairs = "pair is" if n_together == 1 else "pairs are"
    return f"{n_together} {pairs} bought together more often than by chance, of {n_tested:,} tested"


def describe_favourites(favourites: pd.DataFrame) -> str:
    """What single stores sell beyond expectation, as a title; ``favourites`` as from ``find_favourites``."""
    n, of = int(favourites["is_found"].sum()), len(favourites)
    if not of:
        return "There is no second store to hold one against"
    if not n:
        return f"No store sells any product beyond expectation, of {of:,} pairs of store and product"
    which = "product of one store sells" if n == 1 else "products of one store sell"
    return f"{n} {which} clearly more than the other stores would suggest"


def describe_left_out(left_out: LeftOut) -> str:
    """What a new store should highlight, as a title."""
    stores = left_out.stores
    if stores["chain"].isna().all():
        return "With one store, nothing says what a second would sell"
    missed = (stores["own"] - stores["chain"]).mean()
    start = "A new store can simply highlight the chain's bestsellers"
    return f"{start}: that misses {100 * missed:.1f} points of its units"


def describe_alike(left_out: LeftOut) -> str:
    """What the most alike store's highlights did for the stores, for the note of its headline."""
    gain = left_out.gain
    if gain.value is None:
        return "Not known: too few stores whose neighbourhood is described"
    if gain.low is None or gain.holds(0):
        return "No gain that is sure"
    return "A gain" if gain.value > 0 else "A loss"


def describe_claims(baskets: Baskets, claims: pd.DataFrame) -> str:
    """What the promise of half a dollar would take, as a title."""
    if not baskets.n_orders:
        return "Nobody has ordered in the last four weeks"
    row = claims.iloc[0]
    if pd.isna(row["added_share"]):
        return "No order held a second product: what a promise would take is not known"
    needs = f"{row['claim']} means a second product in {_of_100(row['added_share'])} more"
    return f"{needs}; {_of_100(baskets.second_share)} have one today"


def describe_no_tests(n_lines: int) -> tuple[str, str, Decision]:
    """Title, answer and decision where no date could be tested; ``n_lines`` sold so far."""
    if not n_lines:
        return (
            "Nobody has ordered yet",
            "No order was completed by this date: nothing tells what to show to whom.",
            wait_for_orders(OWNER),
        )
    made = Decision(
        "show one list to all, what sells most",
        OWNER,
        Strength(WAIT, (f"fewer than {FEWEST_DATES} dates could be tested",)),
        f"A list is judged by what was bought after {FEWEST_DATES} dates, four weeks apart.",
        "More weeks of orders.",
    )
    return (
        "What to show to whom cannot be tested yet",
        "There are not enough weeks of orders by people to choose a list on older dates and judge it on "
        "newer ones.",
        made,
    )


def list_limits(gains: pd.DataFrame, n_unknown: int) -> list[str]:
    """What a reader must know; ``n_unknown``: products bought that were not on the menu on the date."""
    return [
        "Found means: what was bought anyway stood in the list. All of it was bought from one menu shown to "
        "everybody, in an order that no table holds, and no table says what was seen and passed over. A list "
        "that finds more need not sell more, and one that finds as little may; only a trial would tell.",
        "Buying again is predicted by having bought before, whatever the rule: that part of the gain makes "
        "ordering shorter, and no sale is known to hang on it. First purchases are judged apart for that "
        "reason.",
        "Judged are customers who ordered again within the days looked at, with a product that was on the "
        f"menu before. Not counted: {format_value(n_unknown, 'purchases')} of products launched after the "
        "date, and all who did not come back. Whether they left because they found nothing they liked, as "
        "the catalog of use cases supposes, cannot be seen.",
        f"{describe_circumstances(gains)} There is less than a year of orders, so that a season is not told "
        "apart from a launch or a trend. Weather, hot or cold, milk and caffeine are in no table; category "
        "and sugar level are, and are used.",
        "Intervals are over customers and dates: with few dates they are wide, and what changes on all dates "
        "alike (prices, the app) is in none of them.",
        "About 80 products are on the menu. The 1,448 of the documents are goods: ingredients and packaging.",
    ]


def _of_100(share: float) -> str:
    return f"{100 * share:.0f} of 100 orders"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _upper(words: str) -> str:
    return words[0].upper() + words[1:]
