"""What each comparison of two rules found: a gain with its interval, and whether it may be claimed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.clustered_mean import ClusteredMean, estimate_mean
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.questions.product.recommendations.list_rules import RULES
from lucky_analytics.questions.product.recommendations.list_tests import Tested

__all__ = [
    "FALSE_SHARE",
    "compare_rules",
    "estimate_by_date",
    "estimate_by_group",
    "estimate_gains",
    "estimate_repeats",
    "find_gain",
    "list_gains",
    "tabulate_rules",
]

# Of the comparisons that are called a gain, at most this share is wrong on average.
FALSE_SHARE = 0.05
_COMPARED = {
    "own": ("rules", "Bought before, shown first: more found than by one list"),
    "recommender": ("rules", "Best recommender: more found than by simple lists"),
    "first": ("rules", "For first purchases: more found by a recommender"),
    "store": ("circumstances", "One list a store, against one list for all"),
    "daypart": ("circumstances", "One list a time of day, against one list for all"),
    "season": ("circumstances", "What sold in four weeks, against all months"),
}
_GROUPS = {1: "1 order", 2: "2 to 3 orders", 4: "4 orders or more"}


def estimate_gains(tested: Tested, least: float, level: float = 0.9) -> pd.DataFrame:
    """Each comparison on the newer dates: ``name``, ``what``, ``rule`` against ``against``, ``gain`` with
    ``low`` and ``high`` (difference of the share found, 0 to 1), ``n`` orders, ``p``, ``q``, ``is_found``
    (a gain, false findings held over the comparisons of its ``family``: of rules, and of circumstances) and
    ``is_worth`` (surely at least ``least``).
    """
    pairs = {
        "own": ("recall", tested.personal, tested.same),
        "recommender": ("recall", tested.recommender, tested.naive),
        "first": ("first", tested.first, tested.popular_first),
        "store": ("recall", "popular in store", "popular"),
        "daypart": ("recall", "popular by daypart", "popular"),
        "season": ("recall", "popular", "popular ever"),
    }
    rows = []
    for name, (measure, rule, against) in pairs.items():
        mean, _, p = compare_rules(tested.scored, measure, rule, against, level)
        family, what = _COMPARED[name]
        row = {"name": name, "family": family, "what": what, "measure": measure, "rule": rule}
        row |= {"against": against, "rule_label": RULES[rule].label, "against_label": RULES[against].label}
        rows.append(row | {"gain": mean.value, "low": mean.low, "high": mean.high, "n": mean.n, "p": p})
    gains = pd.DataFrame(rows).astype({"gain": float, "low": float, "high": float, "p": float})
    gains["q"] = gains.groupby("family")["p"].transform(lambda p: adjust_p_values(p.to_numpy()))
    gains["is_found"] = (gains["q"] <= FALSE_SHARE) & (gains["low"] > 0)
    gains["is_worth"] = gains["is_found"] & (gains["low"] >= least)
    return gains


def compare_rules(
    scored: pd.DataFrame, measure: str, rule: str, against: str, level: float = 0.9, *, by: str = "date"
) -> ClusteredMean:
    """Mean difference of two rules for the same orders; those of one customer, and of one ``by`` (a column),
    are taken to hang together: a date has its own menu, and what was learnt until then."""
    both = (scored[f"{measure} {name}"].to_numpy() for name in (rule, against))
    return estimate_mean(
        np.subtract(*both), scored["customer"].to_numpy(), scored[by].to_numpy(), level=level
    )


def list_gains(gains: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The rows of ``estimate_gains`` by ``name``."""
    rows = gains.set_index("name", drop=False).to_dict("index")
    return {str(name): {str(key): value for key, value in row.items()} for name, row in rows.items()}


def find_gain(gains: pd.DataFrame, name: str, level: float) -> Estimate:
    """The comparison ``name`` as an estimate."""
    row = list_gains(gains)[name]
    return Estimate(row["gain"], row["low"], row["high"], level=level, n=int(row["n"]))


def estimate_by_date(tested: Tested, level: float = 0.9) -> pd.DataFrame:
    """The comparisons of rules by date: whether one date alone makes them. Here orders of one store and week
    are taken to hang together."""
    days = tested.scored["date"]
    return _split(tested, days, pd.to_datetime(days, unit="D").dt.strftime("%-d %b %Y"), level, by="shelf")


def estimate_by_group(tested: Tested, level: float = 0.9) -> pd.DataFrame:
    """The comparisons of rules by how often the customer had ordered."""
    starts = np.array(list(_GROUPS))
    place = np.searchsorted(starts, tested.scored["n_orders"], side="right") - 1
    names = pd.Series(np.array(list(_GROUPS.values()))[place], index=tested.scored.index)
    return _split(tested, pd.Series(place, index=tested.scored.index), names, level)


def _split(
    tested: Tested, place: pd.Series, names: pd.Series, level: float, by: str = "date"
) -> pd.DataFrame:
    scored = tested.scored.assign(shelf=tested.scored["store"] * 100_000 + tested.scored["week"])
    pairs = {
        "own": ("recall", tested.personal, tested.same),
        "recommender": ("recall", tested.recommender, tested.naive),
        "first": ("first", tested.first, tested.popular_first),
    }
    rows = []
    for _, index in sorted(place.groupby(place).groups.items()):
        part = scored.loc[index]
        row = {"group": names.loc[index[0]], "n": len(part)}
        for name, (measure, rule, against) in pairs.items():
            mean = compare_rules(part, measure, rule, against, level, by=by).mean
            row |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
        rows.append(row)
    return pd.DataFrame(rows)


def estimate_repeats(tested: Tested, level: float = 0.9) -> Estimate:
    """Share of the products of next orders that their customers had bought before, on the newer dates."""
    rows = tested.targets
    clusters = (rows[name].to_numpy() for name in ("customer", "date"))
    return estimate_mean(rows["is_repeat"].to_numpy(float), *clusters, level=level).mean


def tabulate_rules(tested: Tested, level: float = 0.9) -> pd.DataFrame:
    """Every rule on the newer dates, best first: ``label``, ``setting``, ``recall`` with its interval,
    ``ndcg``, ``repeat``, ``new``, ``first`` (``score_rules``), and the same ``older_recall`` of the older
    dates, by which it was chosen."""
    scored = tested.scored
    older = tested.older.set_index("rule")["recall"]
    rows = []
    for name in tested.rules:
        clusters = (scored[label].to_numpy() for label in ("customer", "date"))
        mean = estimate_mean(scored[f"recall {name}"].to_numpy(), *clusters, level=level).mean
        row: dict[str, Any] = {"rule": name, "label": RULES[name].label, "setting": RULES[name].setting}
        row |= {"recall": mean.value, "recall_low": mean.low, "recall_high": mean.high}
        for measure in ("ndcg", "repeat", "new", "first"):
            row[measure] = scored.get(f"{measure} {name}", pd.Series([np.nan])).mean()
        rows.append(row | {"older_recall": older[name]})
    return pd.DataFrame(rows).sort_values("recall", ascending=False, ignore_index=True)
