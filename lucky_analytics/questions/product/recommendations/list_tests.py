"""Rules on dates gone by: chosen on the oldest third of the dates, judged on the newer ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.recommenders.ranking import measure_ndcg, measure_recall, place_targets
from lucky_analytics.questions.product.recommendations.cuts import cut_at, find_cut_days
from lucky_analytics.questions.product.recommendations.list_rules import (
    FAMILIES,
    OWN,
    PERSONAL,
    RECOMMENDERS,
    SAME,
    Array,
    Facts,
    gather_facts,
)
from lucky_analytics.questions.product.recommendations.sold_lines import Sales

__all__ = ["FEWEST_DATES", "Tested", "place_rules", "run_tests", "score_rules"]

# One date to choose on, two to tell how far dates differ.
FEWEST_DATES = 3


@dataclass(frozen=True)
class Tested:
    """``scored``: one row a customer and newer date, ``date``, ``customer``, ``store``, ``week``,
    ``n_orders`` before, and ``<measure> <rule>`` for each rule that was judged (see ``score_rules``).
    ``older``: mean recall of every rule on the older dates, by which were chosen, of each family of rules the
    best setting (``families``) and ``personal``, ``recommender`` and ``first`` (the best recommender of first
    purchases). They meet the simple rule that was best on the newer dates themselves: ``same`` (one list for
    all), ``naive`` (of all simple ones) and ``popular_first`` (of first purchases). ``targets``: each product
    of a next order on the newer dates, ``customer``, ``date`` and whether it ``is_repeat``. ``facts``: of the
    newest date."""

    scored: pd.DataFrame
    older: pd.DataFrame
    families: dict[str, str]
    personal: str
    recommender: str
    first: str
    same: str
    naive: str
    popular_first: str
    days: list[int]
    n_older: int
    facts: Facts
    n_unknown: int
    targets: pd.DataFrame

    @property
    def rules(self) -> list[str]:
        """The rules that were judged."""
        return _find_rules(self.scored)


def run_tests(sales: Sales, horizon: int = 28, n_cuts: int = 6, n_places: int = 5) -> Tested | None:
    """Rules chosen on the oldest third of the dates and judged on the newer; None with fewer than
    ``FEWEST_DATES``, or where nobody ordered again after the older ones."""
    days = find_cut_days(sales, horizon, n_cuts)
    if len(days) < FEWEST_DATES:
        return None
    n_older = len(days) // 3
    category = pd.factorize(sales.products["category"])[0]
    sugar = sales.products["sugar_level"].fillna(-1).to_numpy(int)

    def facts_at(day: int) -> Facts:
        return gather_facts(cut_at(sales, day, horizon), category, sugar)

    older = []
    for day in days[:n_older]:
        older.append(score_rules(facts_at(day), [*SAME, *PERSONAL, *RECOMMENDERS], n_places))
    means = _average(pd.concat(older))
    if means["recall"].isna().any():
        return None
    best = _choose(means)
    scored, n_unknown, targets = [], 0, []
    for day in days[n_older:]:
        facts = facts_at(day)
        scored.append(score_rules(facts, [*SAME, *PERSONAL, *best["families"].values()], n_places))
        n_unknown += facts.cut.n_unknown
        who = {"customer": facts.cut.customer[facts.cut.row], "date": day, "is_repeat": facts.cut.is_repeat}
        targets.append(pd.DataFrame(who))
    whole = pd.concat(scored, ignore_index=True)
    if whole.empty:
        return None
    held = pd.concat(targets, ignore_index=True)
    facts_of: dict[str, Any] = {
        "days": days,
        "n_older": n_older,
        "facts": facts,
        "n_unknown": n_unknown,
        "targets": held,
    }
    return Tested(whole, means, **best, **_find_hardest(whole), **facts_of)


def score_rules(facts: Facts, names: Iterable[str], n_places: int = 5) -> pd.DataFrame:
    """How each rule fared: one row a customer whose next order held a product that was on the menu.

    Columns ``recall``, ``ndcg`` (of the whole list), ``repeat`` and ``new`` (recall of products bought before
    and not, in the whole list) and ``first`` (recall of first purchases where only products are shown that
    the customer never bought), each followed by the rule's name; null where the order held no such product.
    """
    cut = facts.cut
    n, new = len(cut.customer), ~cut.is_repeat
    columns: dict[str, Array] = {
        "date": np.full(n, cut.day), "customer": cut.customer, "store": cut.store, "week": cut.week,
        "n_orders": cut.n_orders,
    }  # fmt: skip
    for name, (whole, first) in place_rules(facts, names).items():
        columns[f"recall {name}"] = measure_recall(whole, cut.row, n, n_places)
        columns[f"ndcg {name}"] = measure_ndcg(whole, cut.row, n, n_places)
        for what, kept in (("repeat", ~new), ("new", new)):
            columns[f"{what} {name}"] = measure_recall(whole[kept], cut.row[kept], n, n_places)
        if not name.startswith(OWN) and name not in PERSONAL:
            columns[f"first {name}"] = measure_recall(first[new], cut.row[new], n, n_places)
    scored = pd.DataFrame(columns)
    return scored[np.bincount(cut.row, minlength=n) > 0]


def place_rules(facts: Facts, names: Iterable[str]) -> dict[str, tuple[Array, Array]]:
    """Places of all targets by each rule: in the whole list, and among products never bought (-1 for others).

    Each recommender comes with its list in which own products stand first: there a product bought before has
    its place among the own ones, another follows after all of them.
    """
    cut = facts.cut
    new = ~cut.is_repeat
    never = cut.seen == 0
    n_own = (~never).sum(axis=1)[cut.row]
    found: dict[str, tuple[Array, Array]] = {}
    own = {name: place_targets(rule.scores(facts), cut.row, cut.item) for name, rule in PERSONAL.items()}
    for name in names:
        if name in PERSONAL:
            found[name] = own[name], np.full(len(cut.row), -1)
            continue
        scores = (SAME | RECOMMENDERS)[name].scores(facts)
        first = np.full(len(cut.row), -1)
        first[new] = place_targets(scores, cut.row[new], cut.item[new], never)
        found[name] = place_targets(scores, cut.row, cut.item), first
        if name in RECOMMENDERS:
            found[f"{OWN}{name}"] = np.where(new, n_own + first, own["most bought"]), first
    return found


def _find_rules(scored: pd.DataFrame) -> list[str]:
    return [str(name).removeprefix("recall ") for name in scored if str(name).startswith("recall ")]


def _average(scored: pd.DataFrame) -> pd.DataFrame:
    names = _find_rules(scored)
    return pd.DataFrame(
        {
            "rule": names,
            "family": [FAMILIES[name] for name in names],
            "recall": [scored[f"recall {name}"].mean() for name in names],
            "first": [scored.get(f"first {name}", pd.Series([np.nan])).mean() for name in names],
        }
    )


def _choose(means: pd.DataFrame) -> dict[str, Any]:
    """The best of each kind; of each family of recommenders the setting that was best at first purchases."""
    recall = means.set_index("rule")["recall"]
    first = means.set_index("rule")["first"].fillna(0.0)
    pure = means[means["rule"].isin(RECOMMENDERS)].fillna({"first": 0.0})
    families = pure.sort_values("first", ascending=False, kind="stable").drop_duplicates("family")
    tried = families["rule"].tolist()
    return {
        "families": dict(sorted(zip(families["family"], tried, strict=True))),
        "personal": recall[list(PERSONAL)].idxmax(),
        "recommender": recall[[*tried, *(f"{OWN}{name}" for name in tried)]].idxmax(),
        "first": first[tried].idxmax(),
    }


def _find_hardest(scored: pd.DataFrame) -> dict[str, Any]:
    """The simple rules that are hardest to beat, by the dates on which they are to be beaten."""
    recall = {name: scored[f"recall {name}"].mean() for name in (*SAME, *PERSONAL)}
    first = {name: scored[f"first {name}"].mean() for name in SAME}
    return {
        "same": max(SAME, key=lambda name: recall[name]),
        "naive": max(recall, key=lambda name: recall[name]),
        "popular_first": max(SAME, key=lambda name: np.nan_to_num(first[name])),
    }
