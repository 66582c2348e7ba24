"""Sentences of the page on competitors' prices, none stronger than the interval behind it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.strategy.competitive_intelligence.advice import wait_for_drinks
from lucky_analytics.questions.strategy.competitive_intelligence.opening_effects import FELL, ROSE
from lucky_analytics.questions.strategy.competitive_intelligence.our_basket import NO_SIZE, Basket
from lucky_analytics.questions.strategy.competitive_intelligence.price_gaps import (
    CHEAPER,
    DEARER,
    FEWEST_KINDS,
    MOST_FALSE,
)
from lucky_analytics.questions.strategy.competitive_intelligence.steps import Compared

__all__ = [
    "NOT_COMPARABLE",
    "describe_changes",
    "describe_no_basket",
    "describe_openings",
    "is_clear",
    "list_limits",
    "name_finding",
    "note_after",
    "note_gap",
    "note_moved",
    "phrase_answer",
]

_NO_FILE = "No file of prices was given"
NOT_COMPARABLE = (
    "not comparable with the $6.50 to $8.00 that circulates for US coffee: nowhere is said whether "
    "that counts an order or a drink, with or without tax, tip and food, before or after discounts, and of "
    "which shops"
)


def describe_no_basket(basket: Basket) -> tuple[str, str, Decision]:
    """Title, answer and decision where no drink of ours has a kind and a size."""
    has_no_size = bool((basket.outside["why"] == NO_SIZE).any())
    if has_no_size:
        finding = "The size of our own drinks is not declared"
        said = "No drink of ours has a declared size in ounces: nothing can be compared before it has."
    elif len(basket.outside):
        finding = "No drink of ours has a kind and a price"
        said = "No drink that was sold has a declared kind and a price above 0: there is nothing to compare."
    else:
        finding = "No drink was sold over the counter yet"
        said = "No drink was sold in these weeks, so there is nothing to compare."
    return finding, said, wait_for_drinks(has_no_size)


def is_clear(estimate: Estimate) -> bool:
    """Whether a number has an interval that does not hold 0."""
    return estimate.low is not None and not estimate.holds(0)


def name_finding(found: Compared) -> str:
    """The title: how many competitors surely list other prices, no more."""
    if not found.has_file:
        return "Customers pay {collected:value} of our list price; no competitor's price is on file"
    n, dearer, cheaper = found.n_compared, found.count(DEARER), found.count(CHEAPER)
    if not n:
        return "No competitor has enough prices of drinks like ours to compare"
    if not dearer and not cheaper:
        return "Same drink and size: no competitor's prices surely differ from ours"
    if dearer and cheaper:
        return f"Of {n} competitors, {dearer} surely list higher prices, {cheaper} lower, drinks alike"
    side, count = ("higher", dearer) if dearer else ("lower", cheaper)
    if n == 1:
        return f"The one competitor compared surely lists {side} prices for drinks alike"
    if count == n:
        return f"All {n} competitors compared surely list {side} prices for drinks alike"
    verb = "lists" if count == 1 else "list"
    return f"{count} of {n} competitors surely {verb} {side} prices for drinks alike"


def phrase_answer(found: Compared) -> str:
    """The answer, as a template over headlines."""
    if not found.has_file:
        return (
            "A drink lists at {list_price} and customers pay {paid_price} after coupons. Others' menus can "
            "only be set against both once somebody notes them: no price of another coffee shop is on file."
        )
    if not found.n_compared:
        return (
            "Prices were noted, but of no competitor enough drinks of our kinds and sizes, lately enough, to "
            "be held against ours: {matched}."
        )
    unknown = "what theirs pay is unknown."
    called = found.count(DEARER) + found.count(CHEAPER)
    if not called or not is_clear(found.gap):
        return (
            "Same drink, same size: competitors' menu prices together stand at {gap} against ours, which may "
            f"be chance, and at {{paid_gap}} against what our customers pay; {unknown}"
        )
    told = "{gap} more than we do and {paid_gap} more than our customers pay"
    if (found.gap.value or 0.0) < 0:
        told = "{gap} against ours, so less, and {paid_gap} against what our customers pay"
    return f"Same drink, same size: competitors list {told}; {unknown}{_say_moved(found.moved)}"


def _say_moved(moved: Estimate) -> str:
    if is_clear(moved):
        return " Since the visit before, theirs moved {moved}."
    return ""


def note_gap(found: Compared, base: str) -> str:
    """What stands beside the gap; ``base`` list or paid."""
    if not found.has_file:
        return _NO_FILE
    if not found.n_compared:
        return f"No competitor has {FEWEST_KINDS} kinds of drink like ours on record"
    estimate = found.gap if base == "list" else found.paid_gap
    if estimate.low is None:
        return "Every price stands to ours as every other does: nothing tells how far off it may be"
    own = "our list prices" if base == "list" else "what our customers pay, mostly with coupons"
    rest = "" if base == "list" else ". Their own coupons are not known: this is no like for like"
    return f"Against {own}; below 0: cheaper. Geometric mean, competitors alike, drinks by our sales{rest}"


def note_moved(found: Compared) -> str:
    """What stands beside the change since the visit before, or why there is none."""
    if not found.has_file:
        return _NO_FILE
    if found.moved.value is None:
        return f"No competitor has {FEWEST_KINDS} kinds of drink or more that were seen twice"
    if found.moved.low is None:
        return "All moved alike, or none did: nothing tells how far off it may be"
    return "Usual prices of the same drink, size and shop, seen twice; geometric mean, competitors alike"


def describe_changes(changes: pd.DataFrame) -> str:
    """Title of the table of changed prices.

    >>> describe_changes(pd.DataFrame({"change": [0.05, 0.0, -0.1]}))
    'Of 3 prices seen again 1 is higher and 1 lower'
    """
    if changes.empty:
        return "No price was seen twice yet"
    up, down = int((changes["change"] > 0).sum()), int((changes["change"] < 0).sum())
    noun, verb = ("price" if len(changes) == 1 else "prices"), ("is" if up == 1 else "are")
    return f"Of {len(changes):,} {noun} seen again {up:,} {verb} higher and {down:,} lower"


def note_after(changed: Estimate | None, n_days: int) -> str:
    """What stands beside the change of orders after openings; null where no file was given."""
    if changed is None:
        return "No file of openings was given"
    if changed.value is None:
        return "No opening near a store of ours can be told yet: see the table"
    return (
        f"Orders of the store over those of our other stores, in up to {n_days} days after, against what the "
        "weeks before led to expect; mean over openings, its ends the mean of theirs. No experiment"
    )


def describe_openings(judged: pd.DataFrame | None, walk_km: float) -> str:
    """Title of the table on openings: what came after, no cause."""
    where = f"within {1000 * walk_km:.0f} m of our stores"
    if judged is None or judged.empty:
        return f"No opening {where} is on record"
    fell, rose = (int((judged["verdict"] == word).sum()) for word in (FELL, ROSE))
    known = int(judged["change"].notna().sum())
    if not known:
        return f"After none of {len(judged)} openings {where} can be said yet what came"
    if not fell and not rose:
        return f"After none of {known} openings {where} did orders surely change"
    return f"After {known} openings {where} orders fell surely at {fell} and rose at {rose}"


def list_limits(
    found: Compared, basket: Basket, ounces: dict[str, float], max_age_days: int, n_unplaced: int | None
) -> list[str]:
    """What a reader must know."""
    sizes = ", ".join(f"{size} {format_value(told, 'ounces')}" for size, told in ounces.items())
    known = "not known" if basket.covered_share != basket.covered_share else f"{basket.covered_share:.0%}"
    limits = [
        f"The size of our drinks is in no table: it is as declared ({sizes}). Which drinks are alike is "
        f"declared, too: {known.replace('%', ' %')} of our drinks sold have a kind and a size; the others "
        "are compared with nothing.",
        "A lower or higher price than others charge is no reason to move ours: what customers do at another "
        "price is on the page on how volume responds to price, and only there.",
        "What is paid is after coupons and campaigns on the drink, before tax; a discount on a whole order "
        "is not spread over its drinks. Deliveries are left out: their menus have prices of their own.",
        "Quality, service, seats and the way to the shop are in no price.",
    ]
    if not found.has_file:
        return [*limits, "Competitors' prices, menus and openings are in no source: somebody must note them."]
    limits += [
        f"Prices are as somebody noted them, before tax; those seen more than {max_age_days} days ago are "
        f"left out ({found.count_state('too old'):,}), and so are those of drinks like none of ours "
        f"({found.n_unlike:,}), of delivery platforms ({found.count_state('delivery'):,}) and promotions "
        f"({found.count_state('promotion'):,}), which stand apart.",
        "The interval counts that other drinks and other shops may have other prices. A competitor whose "
        "prices were noted at one shop is judged for that shop alone. Which competitors are noted is a "
        "choice: nothing is said of others.",
        f"Of competitors called dearer or cheaper at most {MOST_FALSE:.0%}".replace("%", " %")
        + " are not, on average.",
        "A drink that was not noted again may still be sold: somebody may have looked at a part of the menu.",
    ]
    if n_unplaced is None:
        limits.append("No places of coffee shops are known, so that no price is near a store.")
    elif n_unplaced:
        limits.append(f"{n_unplaced:,} shops with prices have no place of that name: they are near no store.")
    return limits
