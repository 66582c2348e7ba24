"""What the readiness page relies on: declarations that can be read, and one join to check by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.errors import LuckyError, MissingTableError
from lucky_analytics.questions.platform.data_readiness.declared_cases import Case, Join
from lucky_analytics.questions.platform.data_readiness.join_rates import query_matches

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_declarations", "query_join"]


def check_declarations(cases: Sequence[Case], wrong: Mapping[str, LuckyError]) -> pd.DataFrame:
    """``name``, ``passed``, ``detail``: can each declaration be read, does a use case stand twice."""
    facts = [(f"{place} can be read", False, str(error)) for place, error in wrong.items()]
    if not facts:
        facts.append(("every declaration can be read", True, f"{len(cases)} use cases"))
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    facts.append(("each use case stands once", not twice, ", ".join(twice) or f"{len(cases)} names"))
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def query_join(suite: Suite, joins: Mapping[str, Join]) -> str:
    """The query of the first join, to be checked by hand; empty without one, or without its tables."""
    for join in joins.values():
        try:
            return suite.sql(query_matches(suite, join))
        except MissingTableError:
            break
    return ""
