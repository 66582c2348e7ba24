"""The catalog's own totals beside a count of its own entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lucky_analytics.questions.platform.data_readiness.declared_cases import COLOURS, Case

__all__ = ["compare_scores", "compare_totals"]


def compare_totals(cases: Sequence[Case], stated: Mapping[str, Any]) -> pd.DataFrame:
    """``what``, ``stated``, ``counted``, ``differs``: every total of the catalog against its entries.

    ``stated`` as declared: ``departments`` (cases, green, yellow, red), ``colours``, ``priorities``, and
    ``lists`` (the number in a heading and the rows below it, which the catalog prints itself).
    """
    rows = [("use cases in all", sum(own[0] for own in stated["departments"].values()), len(cases))]
    for name, own in stated["departments"].items():
        here = [case for case in cases if case.department == name]
        rows.append((f"{name}: use cases", own[0], len(here)))
        for colour, n in zip(COLOURS, own[1:], strict=True):
            rows.append((f"{name}: {colour}", n, sum(case.said == colour for case in here)))
    for colour, n in stated["colours"].items():
        rows.append((f"all departments: {colour}", n, sum(case.said == colour for case in cases)))
    for priority, n in stated["priorities"].items():
        rows.append((f"priority {priority}", n, sum(case.priority == priority for case in cases)))
    rows += [(f"list of {colour}: rows under its heading", *pair) for colour, pair in stated["lists"].items()]
    made = pd.DataFrame(rows, columns=["what", "stated", "counted"])
    return made.assign(differs=made["stated"] != made["counted"])


def compare_scores(cases: Sequence[Case]) -> pd.DataFrame:
    """One row a case whose score is not what its axes come to by the catalog's weights.

    ``id``, ``name``, ``score`` (printed), ``added_up``, ``rank`` (by the printed score) and ``rank_now`` (by
    the other); the largest difference first. Ranks of equal scores are the best of them.
    """
    columns = ["id", "name", "score", "added_up"]
    made = pd.DataFrame([[getattr(case, name) for name in columns] for case in cases], columns=columns)
    for rank, score in (("rank", "score"), ("rank_now", "added_up")):
        made[rank] = made[score].rank(ascending=False, method="min").astype(int)
    made["change"] = (made["added_up"] - made["score"]).round(2)
    made = made[made["change"] != 0]
    return made.sort_values("change", key=abs, ascending=False, kind="stable", ignore_index=True)
