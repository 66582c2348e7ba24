"""The rules that compete: naive ones, and recommenders with and without a customer's own products first.

A rule gives scores (rows of a cut, items), or one row for all; the more, the earlier a product is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.methods.recommenders.item_weights import fit_cosine, fit_ease, fit_factors
from lucky_analytics.questions.product.recommendations.cuts import Cut

__all__ = ["FAMILIES", "OWN", "PERSONAL", "RECOMMENDERS", "RULES", "SAME", "Facts", "Rule", "gather_facts",
           "own_first", "smooth"]  # fmt: skip

Array = NDArray[Any]
Scores = Callable[["Facts"], Array]
# Orders of the whole chain that a store or a part of the day is mixed with, so that a thin one is not noise.
_BORROWED = 100.0
_ABOVE = 1e6  # more than any score: own products come first
OWN = "own, "  # what the names of rules begin with that show own products first


@dataclass(frozen=True)
class Facts:
    """A cut with what the recommenders learn from it: ``weights`` by name, and each item's ``category`` and
    ``sugar`` (a place each, -1 is not known)."""

    cut: Cut
    weights: Mapping[str, Array]
    category: Array
    sugar: Array


@dataclass(frozen=True)
class Rule:
    """``label``: as readers see it; ``family``: rules that differ by a setting alone; ``setting``: for those
    who check it."""

    label: str
    family: str
    scores: Scores
    setting: str = ""


def gather_facts(cut: Cut, category: Array, sugar: Array) -> Facts:
    """Recommenders learnt from all that was known on the day of ``cut``; ``category`` and ``sugar`` of all
    products."""
    # Whoever bought one product forty times has not forty tastes.
    history = cut.known.log1p()
    n_items = len(cut.items)
    weights = {"cosine": fit_cosine((history > 0).astype(float))}
    weights |= {f"ease {penalty}": fit_ease(history, penalty) for penalty in _PENALTIES}
    weights |= {f"factors {n}": fit_factors(history, n) for n in _FACTORS if n < n_items}
    return Facts(cut, weights, category[cut.items], sugar[cut.items])


_PENALTIES, _FACTORS, _STRENGTHS = (100, 1000), (2, 8), (5, 20)


def _popular(facts: Facts) -> Array:
    return facts.cut.recent[None]


def _popular_ever(facts: Facts) -> Array:
    return facts.cut.ever[None]


def _popular_in_store(facts: Facts) -> Array:
    return smooth(facts.cut.by_store, facts.cut.recent)[facts.cut.store]


def _popular_by_daypart(facts: Facts) -> Array:
    return smooth(facts.cut.by_daypart, facts.cut.recent)[facts.cut.daypart]


def _last_bought(facts: Facts) -> Array:
    return own_first(facts.cut.last, _popular(facts))


def _most_bought(facts: Facts) -> Array:
    cut = facts.cut
    ties = cut.last / (cut.last.max(initial=0.0) + 1)  # of two bought as often, the later comes first
    return own_first(np.where(cut.seen > 0, cut.seen + ties, 0.0), _popular(facts))


def _weighted(name: str) -> Scores:
    def scores(facts: Facts) -> Array:
        if name not in facts.weights:  # a menu shorter than the factors
            return _popular(facts)
        return np.asarray(np.log1p(facts.cut.seen) @ facts.weights[name])

    return scores


def _taste(strength: float) -> Scores:
    """Popularity times how much the customer's purchases favour the product's category and sugar level."""

    def scores(facts: Facts) -> Array:
        share = facts.cut.recent / max(facts.cut.recent.sum(), 1.0)
        found = np.log(np.maximum(share, 1e-9))[None]
        for label in (facts.category, facts.sugar):
            found = found + _log_favour(facts.cut.seen, share, label, strength)
        return found

    return scores


def _log_favour(seen: Array, share: Array, label: Array, strength: float) -> Array:
    """Log of a customer's share of each item's label over that of all, pulled towards 0 by ``strength``
    purchases like everybody's; 0 for an item without a label."""
    n = int(label.max(initial=-1)) + 1
    member = (label[:, None] == np.arange(n)).astype(float)
    usual = share @ member
    own = (seen @ member + strength * usual) / (seen.sum(axis=1, keepdims=True) + strength)
    ratio = np.log(np.maximum(own, 1e-12)) - np.log(np.maximum(usual, 1e-12))
    favour: Array = np.where(usual > 0, ratio, 0.0) @ member.T
    return favour


# One list for all, or for all of a store or a part of the day.
SAME: dict[str, Rule] = {
    "popular": Rule("Most sold, last four weeks", "popular", _popular),
    "popular ever": Rule("Most sold since the opening", "popular ever", _popular_ever),
    "popular in store": Rule("Most sold in the store", "popular in store", _popular_in_store,
                             f"{_BORROWED:g} orders of all stores mixed in"),
    "popular by daypart": Rule("Most sold at that time of day", "popular by daypart", _popular_by_daypart,
                               f"{_BORROWED:g} orders of all day mixed in"),
}  # fmt: skip
# The customer's own products, then what sells most.
PERSONAL: dict[str, Rule] = {
    "last bought": Rule("Own products, last bought first", "last bought", _last_bought),
    "most bought": Rule("Own products, most bought first", "most bought", _most_bought),
}
RECOMMENDERS: dict[str, Rule] = {
    "cosine": Rule("Similar products", "cosine", _weighted("cosine"), "cosine of products over customers"),
    **{
        f"ease {penalty}": Rule("Weighted products", "ease", _weighted(f"ease {penalty}"),
                                f"EASE, penalty {penalty}")
        for penalty in _PENALTIES
    },
    **{
        f"factors {n}": Rule("Hidden tastes", "factors", _weighted(f"factors {n}"),
                             f"truncated singular value decomposition, {n} factors")
        for n in _FACTORS
    },
    **{
        f"taste {strength}": Rule("Category, sugar", "taste", _taste(strength),
                                  f"{strength} purchases of everybody mixed in")
        for strength in _STRENGTHS
    },
}  # fmt: skip


def _after_own(scores: Scores) -> Scores:
    def combined(facts: Facts) -> Array:
        own = np.where(facts.cut.seen > 0, _most_bought(facts) - _ABOVE, 0.0)
        return own_first(own, scores(facts))

    return combined


_OWN_FIRST = {
    f"{OWN}{name}": Rule(
        f"Own products, then {rule.label.lower()}",
        f"{OWN}{rule.family}",
        _after_own(rule.scores),
        rule.setting,
    )
    for name, rule in RECOMMENDERS.items()
}
RULES = SAME | PERSONAL | RECOMMENDERS | _OWN_FIRST
FAMILIES = {name: rule.family for name, rule in RULES.items()}


def own_first(own: Array, rest: Array) -> Array:
    """``own`` where it is above 0, before all of ``rest``, each in its order.

    >>> own_first(np.array([[0.0, 2.0, 1.0]]), np.array([[9.0, 5.0, 7.0]])).argsort()[:, ::-1].tolist()
    [[1, 2, 0]]
    """
    ranked: Array = np.where(own > 0, _ABOVE + own, rest / (np.abs(rest).max(initial=0.0) + 1.0))
    return ranked


def smooth(counts: Array, usual: Array) -> Array:
    """Shares by row of ``counts`` (groups, items), each mixed with ``_BORROWED`` orders of ``usual``.

    >>> smooth(np.array([[100.0, 0.0]]), np.array([50.0, 50.0])).tolist()
    [[0.75, 0.25]]
    """
    share = usual / max(usual.sum(), 1.0)
    mixed: Array = (counts + _BORROWED * share) / (counts.sum(axis=1, keepdims=True) + _BORROWED)
    return mixed
