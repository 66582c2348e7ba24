"""Alert rules: which of them could tell anybody anything. What each watches, and whom it tells, is in no
export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["count_silent", "count_unwatched", "describe_rules", "read_rules", "say_rules", "write_query"]


def read_rules(suite: Suite) -> pd.DataFrame | None:
    """``rule``, ``tool``, ``state`` (what keeps it silent, or works), ``evaluated_at`` (UTC) by rule, silent
    ones first; null where no export of the rules was handed in."""
    table = suite.optional("alert_rules")
    if table is None:
        return None
    rules = table.execute().sort_values(["can_fire", "rule"], ignore_index=True)
    state = rules["health"].map({"ok": "works", "nodata": "gets no data", "error": "in error"})
    rules["state"] = state.fillna("unknown").mask(rules["is_paused"].astype(bool), "paused")
    return rules[["rule", "tool", "state", "evaluated_at"]]


def count_silent(rules: pd.DataFrame | None) -> int | None:
    """How many rules could tell nobody anything; null without the export.

    >>> count_silent(pd.DataFrame({"state": ["in error", "works", "paused"]}))
    2
    """
    return None if rules is None else int((rules["state"] != "works").sum())


def count_unwatched(rules: pd.DataFrame | None, n_servers: int) -> int | None:
    """Servers that no rule can watch: all of them where none works; null where one does, because which
    servers it watches is in no export, and without the export.

    >>> count_unwatched(pd.DataFrame({"state": ["in error"]}), 140)
    140
    """
    return n_servers if rules is not None and count_silent(rules) == len(rules) else None


def describe_rules(rules: pd.DataFrame | None) -> str:
    """The title of the table of rules."""
    n = count_silent(rules)
    if rules is None or n is None:
        return "Nobody can say from here which alert rules work"
    if not len(rules):
        return "There is no alert rule at all"
    if n == len(rules):
        only = "The only alert rule cannot" if n == 1 else f"None of the {n} alert rules can"
        return f"{only} tell anybody anything"
    return f"{n or 'None'} of {len(rules)} alert rules {'is' if n == 1 else 'are'} silent"


def say_rules(rules: pd.DataFrame | None) -> str:
    """What is known of alert rules, as a limit of the page."""
    if rules is None:
        return "The documents count three alert rules, all broken, and name none: no export of them is here."
    return (
        f"{describe_rules(rules)}. Which server a rule watches, and whom it tells, is in no export, so one "
        "that works may still reach nobody."
    )


def write_query(suite: Suite, rules: pd.DataFrame | None) -> str | None:
    """SQL of the rules; null without the export."""
    table = suite.optional("alert_rules")
    return None if rules is None or table is None else suite.sql(table)
