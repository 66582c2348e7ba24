"""The findings of the tenant audit as sentences, and what to do about them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.platform.tenant_audit.steps import FAIL, NOT_TESTED, PART, Found

__all__ = [
    "decide",
    "describe_answer",
    "name_cells",
    "name_filters",
    "name_finding",
    "name_moves",
    "name_worst",
    "point_to_rows",
]

OWNER = "Data platform"
_MOST_WORDS = 40


def name_finding(found: Found) -> str:
    """The title, as a template for ``report.title``."""
    if found.n_leaked:
        return (
            f"{{leaked:value}} of other markets {_does('count', found.n_leaked)} in tables of the home market"
        )
    if found.n_moved:
        return "Rows of other markets move {figures_moved:value}, most of all " + _lower(found.worst)
    if found.n_doubt:
        worth = " worth {doubt_money:value}" if found.doubt_money > 0 else ""
        return f"Reports are clean but for {{in_doubt:value}}{worth} in shops of other markets"
    if found.n_failed:
        mislabel = _does("mislabel", found.n_failed_databases)
        return f"Reports are clean, though {{databases_failed:value}} {mislabel} rows of other markets"
    if found.n_missing or not found.n_databases:
        return "No row of another market is counted, as far as tables were there"
    return "No row of another market is counted anywhere"


def describe_answer(found: Found) -> str:
    """The answer, as a template for ``report.answer``: at most three numbers."""
    if found.n_leaked:
        return (
            f"{_and(found.leaking)} should hold the home market alone and does not. Nothing is published "
            "until that is mended; what stands is from before."
        )
    if found.n_doubt:
        first = "US orders and revenue are clean but for {in_doubt:value} in shops of other markets"
    elif found.n_figures:
        first = "US orders and revenue hold no row of another market"
    else:
        first = "Figures could not be compared: this snapshot has no orders"
    parts = [first]
    if found.n_moved and found.worst_change is not None:
        way = "lower" if found.worst_change < 0 else "higher"
        parts.append(f"{found.worst} reads {{most_moved:value}} {way} than without rows of other markets")
    elif found.worst_change:
        parts.append("No published figure is off by more than {most_moved:value} because of other markets")
    elif found.n_failed_databases:
        parts.append("Rows whose labels contradict each other stand in Details")
    elif found.n_databases:
        parts.append("No label of any row contradicts another")
    return ". ".join(parts) + "."


def name_worst(found: Found, limit: float) -> str:
    """The label of the headline on the figure that moves most; ``limit``: the share from which one counts."""
    if found.n_moved:
        return f"{found.worst}: {_way(found)} by"
    if found.worst_change is None:
        return "Most that a published figure is off"
    return f"Most that a published figure is off, limit {format_value(limit, 'share')}"


def point_to_rows(found: Found, databases: pd.DataFrame, limit: float) -> str:
    """Why rows may fail where reports are clean; empty where none fails, or where a figure moves.
    ``databases``: of ``steps.judge_databases``."""
    if not found.n_failed or found.n_moved or found.n_leaked:
        return ""
    most = databases.sort_values("n_failed", ascending=False, kind="stable").iloc[0]["database"]
    return (
        f"{found.n_failed:,} rows of {found.n_failed_databases} databases have labels that contradict each "
        f"other, most of them in {most}; because of them no published figure is off by "
        f"{format_value(limit, 'share')} or more."
    )


def name_moves(figures: pd.DataFrame, found: Found) -> str:
    """What the main chart shows, as its title; ``figures`` of ``measure_moves``."""
    orders = figures[figures["metric"] == "orders"]
    ungated = orders["ungated_change"].iloc[0] if len(orders) else None
    if found.n_moved:
        text = f"{found.worst} is {abs(found.worst_change or 0):.1%} {_way(found)}"
    else:
        text = "No published figure moves"
    if ungated is not None and pd.notna(ungated) and ungated:
        text += f"; unfiltered, orders would be {ungated:.1%} too many"
    return text.replace("%", " %")


def name_cells(cells: pd.DataFrame) -> str:
    """How many checks fail, as the title of the chart of databases and rules."""
    n = len(cells)
    n_failed = int((cells["result"] == FAIL).sum())
    n_open = int((cells["result"] == NOT_TESTED).sum())
    n_part = int((cells["result"] == PART).sum())
    text = f"{n_failed} of {n} label checks fail" if n_failed else f"None of {n} label checks fails"
    if n_open:
        text += f", {n_open} could not be made"
    return text + (f", {n_part} only in part" if n_part else "")


def name_filters(filters: pd.DataFrame) -> str:
    """What the filter that people think of first lets in, as the title of its chart."""
    kept = filters.set_index("filter")["n_let_in"]
    if not kept["No filter"]:
        return "No order of another market is there to be let in"
    tenant = int(kept["Tenant alone"])
    if tenant:
        return f"A filter on the tenant alone lets in {tenant:,} orders of other markets"
    return f"Without a filter {int(kept['No filter']):,} orders of other markets count"


def describe_unfiltered(filters: pd.DataFrame) -> str:
    """What orders that nobody filters are, for their headline; ``filters`` of ``compare_filters``."""
    row = filters.iloc[0]
    if not row["n"]:
        return "Null without orders"
    share = f"{row['n_let_in'] / row['n']:.1%}".replace("%", " %")
    return f"Against the home market's. Of all completed orders they are {share}. Counted: it has no interval"


def decide(found: Found) -> Decision:
    """What the data platform does, the most harmful first.

    Worth is the revenue in doubt: counted, no interval. Where no label contradicts another and no figure
    moves nothing is decided.
    """
    steps = list(_steps(found))
    if not steps:
        missing = f"take a snapshot with the {found.n_missing} tables that are missing"
        return Decision(
            missing if found.n_missing else "keep the filters as they are",
            OWNER,
            weigh(None, problems=["what those tables hold is not known"])
            if found.n_missing
            else idle("no label contradicts another"),
            "Every row that could be tested agrees with its shop, its order and its currency.",
            "A row, a table or a tenant appears that does not.",
        )
    worth = Estimate(found.doubt_money, n=found.n_doubt) if found.doubt_money > 0 else None
    doubts = (
        ["whether the shop or the currency of these orders is wrong is not known"] if found.n_doubt else []
    )
    while (
        len("; ".join(steps).split()) > _MOST_WORDS
    ):  # the most harmful first; the rest stands in the tables
        steps.pop()
    return Decision(
        "; ".join(steps),
        OWNER,
        weigh(worth, doubts=doubts),
        "Every row was tested, none sampled; the rows that fail are listed.",
        "The owners of a table show that its labels mean something else.",
        worth,
        worth_unit="USD of revenue in doubt",
    )


def _steps(found: Found) -> Sequence[str]:
    steps = []
    if found.n_leaked:
        steps.append(f"mend the definition of {_and(found.leaking)}")
    if found.n_unknown:
        steps.append(f"declare or remove the labels of {found.n_unknown:,} rows that nobody knows")
    if found.n_moved:
        which = "1 figure that moves" if found.n_moved == 1 else f"{found.n_moved} figures that move"
        steps.append(f"count the home market alone in the {which}")
    if found.n_unflagged:
        shops = "shop" if found.n_unflagged == 1 else "shops"
        steps.append(f"set the test flag of {found.n_unflagged} {shops}")
    if found.n_doubt:
        steps.append(f"ask who rang up the {found.n_doubt:,} orders in doubt")
    if found.n_tenant_databases and not steps:
        steps.append("filter by currency and shop, never by tenant alone")
    if not steps and found.n_failed:
        steps.append(f"settle {found.n_failed:,} rows whose labels contradict each other")
    return steps


def _way(found: Found) -> str:
    """``"too high"`` or ``"too low"``."""
    return "too low" if (found.worst_change or 0) < 0 else "too high"


def _does(verb: str, n: int) -> str:
    """What one does, or several do."""
    return f"{verb}s" if n == 1 else verb


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _and(names: Sequence[str]) -> str:
    return " and ".join(f"the table {name}" for name in names)
