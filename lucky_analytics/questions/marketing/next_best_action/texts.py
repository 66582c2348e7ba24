"""The findings of the page on the next action as sentences, made from its frames."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.coupon_withdrawals import name_depths
from lucky_analytics.models.drawn_coupons.exposures import Exposures
from lucky_analytics.models.drawn_coupons.figures import BESIDE_PRICES
from lucky_analytics.questions.marketing.next_best_action.advice import UNIT
from lucky_analytics.questions.marketing.next_best_action.policies import Judged
from lucky_analytics.questions.marketing.next_best_action.policy_choices import BY_CLEAR, BY_ONE, NOTHING

_Z_FACE, _Z_CLAIM = 1.645, 2.576  # errors: half of a 90 % interval; what chance exceeds once in a hundred
_NO_GROUP = "For no group of customers is any size of discount known to earn or lose money"

__all__ = [
    "describe_answer",
    "describe_depths",
    "describe_face",
    "describe_known",
    "describe_policies",
    "list_limits",
    "name_finding",
    "name_given",
    "note_best",
    "note_weeks",
]


def name_finding(judged: Judged, proposed: str | None) -> str:
    """The title: what is proposed, or why nothing is."""
    if proposed is not None:
        return f"{_open(proposed)} beats today's coupons and no discount"
    nothing = judged.row(NOTHING)
    if nothing["gain_low"] > 0:
        return "No offer is known to beat no discount, and today's coupons earn less"
    best = judged.row(judged.best)
    if best["gain_low"] > 0:
        return "Today's coupons can be beaten, but perhaps by no discount too"
    return "Keep today's coupon rule: no other way is known to earn more"


def describe_answer(judged: Judged, proposed: str | None) -> str:
    """The answer, a template for ``report.answer``; needs the headlines ``best``, ``over``, ``nothing``."""
    if proposed is not None:
        return (
            f"{_open(proposed)} brings {{best}} more than today's rule, and {{over}} more than "
            "no discount, the four weeks after the coupon included."
        )
    nothing = judged.row(NOTHING)
    if nothing["gain_low"] > 0:
        return (
            "No discount brings in {nothing} more than today's rule, the four weeks after the coupon "
            "included; no offer is known to bring in more than that."
        )
    return (
        f"{_count_offers(judged)} other ways to give weekly coupons were compared on coupons whose "
        "discount was drawn at random. The best makes a difference of {best} against today's rule"
        + _doubt(judged)
    )


def _count_offers(judged: Judged) -> str:
    n = int(judged.table["is_offer"].sum())
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
    return words[n] if n < len(words) else str(n)


def _doubt(judged: Judged) -> str:
    """What keeps the best policy from being proposed."""
    if judged.row(judged.best)["gain_low"] > 0:
        return ", and may bring in no more than no discount."
    return ": that may be chance."


def _open(policy: str) -> str:
    """A policy's name as a sentence begins with it.

    >>> _open("Best depth by group"), _open("50 % off for all")
    ('The best depth by group', '50 % off for all')
    """
    if policy == BY_ONE:
        return "One offer a week, by group and category,"
    if policy == BY_CLEAR:
        return f"{policy},"
    return f"The {policy[0].lower()}{policy[1:]}" if policy.startswith("Best") else policy


def note_best(judged: Judged, best: str) -> str:
    """Which policy it is, and that it was picked."""
    n = int(judged.table["is_offer"].sum())
    return f"{best}; its interval allows for the pick among {n}"


def name_given(best: str, proposed: str | None) -> str:
    """The title of the table of who would get what.

    >>> name_given("Best depth by group", None)
    'What the best of them would give whom (not proposed): best depth by group'
    """
    policy = best if best[0].isdigit() else f"{best[0].lower()}{best[1:]}"
    if proposed is None:
        return f"What the best of them would give whom (not proposed): {policy}"
    return f"What is proposed for whom: {policy}"


def describe_policies(judged: Judged, proposed: str | None) -> str:
    """The title of the main picture."""
    if proposed is not None:
        return f"{proposed} earns more than today's rule and than no discount"
    table = judged.table[judged.table["is_offer"]]
    ahead, behind = int((table["gain_low"] > 0).sum()), int((table["gain_high"] < 0).sum())
    n = len(table)
    if not ahead and not behind:
        return f"None of {n} other ways is known to be better or worse than today's rule"
    parts = [
        f"{many} of {n} ways {word}" for many, word in ((ahead, "earn more"), (behind, "earn less")) if many
    ]
    return f"Against today's rule {' and '.join(parts)}, chance aside"


def describe_depths(by_depth: pd.DataFrame) -> str:
    """Which depth clearly adds to nothing off for whom, or takes from it, as the title of its chart.

    >>> frame = pd.DataFrame({"segment": ["new", "loyal"], "depth": [0.4, 0.5], "clear": [1, -1]})
    >>> describe_depths(frame)
    'Against no discount, 40 % earns more for new customers; 50 % earns less for loyal ones'
    """
    parts = []
    for side, one, many, noun in ((1, "earns more for", "earn more for", "customers"),
                                  (-1, "earns less for", "earn less for", "ones")):  # fmt: skip
        for group, own in by_depth[by_depth["clear"] == side].groupby("segment", sort=False):
            depths = join_names(f"{100 * depth:.0f} %" for depth in own["depth"])
            parts.append(f"{depths} {many if len(own) > 1 else one} {group} {noun}")
    return f"Against no discount, {'; '.join(parts)}" if parts else _NO_GROUP


def describe_face(face: pd.DataFrame) -> str:
    """Whether what a rule gave misleads, as the title of its chart."""
    slopes, squares = {}, 0.0
    for of, own in face.groupby("of"):
        own = own.sort_values("depth")
        slopes[of] = float(own["value"].iloc[-1] - own["value"].iloc[0]) if len(own) > 1 else math.nan
        ends = own.iloc[[0, -1]]
        squares += float((((ends["high"] - ends["low"]) / 2 / _Z_FACE) ** 2).sum())
    ruled, drawn = slopes.get("given by rule", math.nan), slopes.get("drawn at random", math.nan)
    if math.isnan(ruled) or math.isnan(drawn):
        return "Discounts given by the rule cannot be compared with those drawn at random"
    if abs(ruled - drawn) < _Z_CLAIM * math.sqrt(squares):
        return "Discounts given by the rule look like those drawn at random"
    way = "worse" if ruled < drawn else "better"
    return f"Deep discounts look {way} than they are where the rule picks who gets them"


def describe_known(listed: pd.DataFrame) -> str:
    """How many actions were ever left to chance, as the title of the catalogue."""
    n = int((listed["chance"] != "nothing").sum())
    return f"Of {len(listed)} possible actions {n or 'none'} {'was' if n == 1 else 'were'} ever tested"


def note_weeks(weeks: Mapping[str, float], least: float) -> str:
    """What the weeks are of."""
    shown = format_value(least, UNIT)
    if math.isnan(weeks["weeks_all"]):
        return "Not known: nothing was judged"
    more = (
        f"{weeks['customer_weeks']:,.0f} customer-weeks more" if weeks["customer_weeks"] else "no more data"
    )
    return f"To show a gain of {shown} in four of five cases: {more}"


def list_limits(exposed: Exposures, withdrawn: list[float], level: float) -> list[str]:
    """What the page cannot say."""
    limits = [
        "Today's rule is judged as the shares of depths that it gave each group of customers, applied "
        "to customers whose depth was drawn. What it knows of a customer beyond the group is not in "
        "these shares, and what its own customers brought is not used: it says who got what.",
        "Nothing off is the same notice without a discount. Whether no notice at all would do as well "
        "was never left to chance for a customer.",
        "Weeks overlap: a customer's later coupons were drawn too. A policy for every week would change"
        " those as well, which is not in these values. Which two categories a week has is not chosen "
        "here.",
        "Lapsed customers are those silent for 31 days or more. What a coupon adds from 60 days on, in all "
        "that they buy, is on the page on churn.",
        "Margin counts the coupon's category, where a discount acts; with all categories the intervals "
        "are several times as wide (Details). A unit without a known cost is taken to cost as much of "
        "its list price as others.",
        "What an experiment tells of an action holds for the customers it was tried on, mostly new ones, "
        "and is decided on where the experiment is.",
        "Weather, the hour and the stream of events within the app are in no table; an answer within "
        "100 ms during a session is a service, not a page.",
        f"Intervals of gains hold together for all policies with {100 * level:.0f} % confidence, so that "
        f"where no policy is better one is proposed at most in {50 * (1 - level):.0f} of 100 pages.",
    ]
    limits.insert(1, BESIDE_PRICES)
    if exposed.ruled.empty:
        limits[0] = "No rule gave a coupon: today's rule stands for the draw itself."
    if withdrawn:
        depths = name_depths(withdrawn)
        limits.insert(1, f"No policy gives {depths}: the page on prices withdraws it.")
    return limits
