"""What the audit found, as the numbers that its page is written from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from lucky_analytics.catalog.market_labels import EMPTY, MISSING, NO_LABEL, TESTED
from lucky_analytics.questions.platform.tenant_audit.label_counts import Audit
from lucky_analytics.questions.platform.tenant_audit.market_rules import RULES

__all__ = [
    "FAIL",
    "NOT_TESTED",
    "PART",
    "PASS",
    "Found",
    "find",
    "judge_cells",
    "judge_databases",
    "measure_moves",
]

PASS, PART, FAIL, NOT_TESTED = "pass", "pass, in part", "fail", "not tested"


@dataclass(frozen=True)
class Found:
    """``n_*`` are counts. ``leaking``: tables that promise the home market and hold others. ``worst``: the
    label of the figure that moves most, ``worst_change`` by which share (null where none can be compared),
    ``n_worst`` the rows of other markets in its table. ``ungated_change``: by which share orders would be too
    many if nothing were left out; null without orders."""

    n_leaked: int
    leaking: tuple[str, ...]
    n_figures: int
    n_moved: int
    moved_tables: tuple[str, ...]
    worst: str
    worst_change: float | None
    n_worst: int
    ungated_change: float | None
    n_doubt: int
    doubt_money: float
    n_new_doubt: int
    n_databases: int
    n_failed_databases: int
    n_tenant_databases: int
    n_rows: int
    n_failed: int
    n_red: int
    n_unknown: int
    n_unflagged: int
    n_missing: int


def find(
    audit: Audit, figures: pd.DataFrame, sides: pd.DataFrame, doubtful: pd.DataFrame, since: dt.date
) -> Found:
    """The numbers of a page. ``figures`` of ``measure_moves``, ``sides`` of ``compare_figures``; orders in
    doubt from ``since`` on are new."""
    promised = sides[sides["promise"] & (sides["n_foreign"] > 0)]
    moved = figures[figures["is_moved"]]
    databases = judge_databases(audit)
    by_rule = audit.results.groupby("rule")["n_failed"].sum()
    tenant = audit.results[audit.results["rule"].isin(("tenant_shop", "tenant_order", "together"))]
    first = figures.iloc[0] if len(figures) and pd.notna(figures["change"].iloc[0]) else None
    return Found(
        n_leaked=int(promised["n_foreign"].sum()),
        leaking=tuple(promised["table"]),
        n_figures=len(figures),
        n_moved=len(moved),
        moved_tables=tuple(dict.fromkeys(moved["table"])),
        worst="" if first is None else str(first["label"]),
        worst_change=None if first is None else float(first["change"]),
        n_worst=0 if first is None else _count_others(sides, str(first["table"])),
        ungated_change=_ungated(figures),
        n_doubt=len(doubtful),
        doubt_money=round(float(doubtful["paid"].sum()), 2),
        n_new_doubt=int((doubtful["date"].dt.date >= since).sum()) if len(doubtful) else 0,
        n_databases=int((databases["result"] != NOT_TESTED).sum()),
        n_failed_databases=int((databases["result"] == FAIL).sum()),
        n_tenant_databases=int(tenant.loc[tenant["n_failed"] > 0, "database"].nunique()),
        n_rows=int(audit.rows["n"].sum()),
        n_failed=int(audit.rows["n_failed"].sum()),
        n_red=int(audit.rows["n_red"].sum()),
        n_unknown=int(by_rule["known"]),
        n_unflagged=int(by_rule["test_flag"]),
        n_missing=sum(table.state == MISSING for table in audit.tables),
    )


def _ungated(figures: pd.DataFrame) -> float | None:
    of_orders = figures.loc[figures["metric"] == "orders", "ungated_change"].dropna()
    return float(of_orders.iloc[0]) if len(of_orders) else None


def _count_others(sides: pd.DataFrame, table: str) -> int:
    return int(sides.loc[sides["table"] == table, "n_foreign"].sum())


def measure_moves(figures: pd.DataFrame, from_: float) -> pd.DataFrame:
    """``figures`` with what each is over the home market's less 1 (null where that is 0 or null), and whether
    it ``is_moved``: by ``from_`` or more. What moves most comes first.

    ``change``: published over the same without rows of other markets; ``doubt_change``: that over the same
    without rows in doubt; ``ungated_change``: ungated over the rows that are plainly of the home market.
    """
    value = figures[["published", "gated", "home_only", "ungated"]].astype(float)
    base = value.where(value != 0)
    moved = figures.assign(
        change=value["published"] / base["gated"] - 1,
        doubt_change=value["gated"] / base["home_only"] - 1,
        ungated_change=value["ungated"] / base["home_only"] - 1,
    )
    moved["is_moved"] = moved["change"].abs() >= from_
    order = moved[["change", "doubt_change"]].abs().fillna(-1.0)
    order = order.sort_values(["change", "doubt_change"], ascending=False, kind="stable")
    return moved.loc[order.index].reset_index(drop=True)


def judge_databases(audit: Audit) -> pd.DataFrame:
    """One row a database: ``result``, ``n_tested`` and ``n_open`` tables (not in the snapshot, or empty),
    ``n`` rows tested, ``n_failed``, ``n_red``, and the rules that they break in words (``broken``).

    A database passes where every declared table with a label has rows and none fails; in part, where some
    could not be tested; one of which none could be is not tested. Failing ones come first.
    """
    words = {rule.name: rule.label for rule in RULES}
    rows = []
    for name in dict.fromkeys(table.database for table in audit.tables):
        own = [table for table in audit.tables if table.database == name and table.state != NO_LABEL]
        n_tested = sum(table.state == TESTED for table in own)
        n_open = sum(table.state in (MISSING, EMPTY) for table in own)
        totals = audit.rows[audit.rows["database"] == name]
        results = audit.results[(audit.results["database"] == name) & (audit.results["n_failed"] > 0)]
        n_failed = int(totals["n_failed"].sum())
        result = FAIL if n_failed else NOT_TESTED if not n_tested else PART if n_open else PASS
        broken = "; ".join(words[rule] for rule in dict.fromkeys(results["rule"]))
        about = next(table.about for table in audit.tables if table.database == name)
        rows.append((name, about, result, n_tested, n_open, int(totals["n"].sum()), n_failed,
                     int(totals["n_red"].sum()), broken))  # fmt: skip
    columns = ["database", "about", "result", "n_tested", "n_open", "n", "n_failed", "n_red", "broken"]
    found = pd.DataFrame(rows, columns=columns)
    order = found["result"].map({FAIL: 0, PART: 1, PASS: 2, NOT_TESTED: 3})
    return (
        found.assign(order=order)
        .sort_values(
            ["order", "n_red", "n_failed"], ascending=[True, False, False], kind="stable", ignore_index=True
        )
        .drop(columns="order")
    )


def judge_cells(audit: Audit) -> pd.DataFrame:
    """One row a database and rule that applies to a table of it: ``result``, ``n`` rows, ``n_failed``."""
    used = audit.results[audit.results["applies"]]
    rows = []
    for (database, rule), own in used.groupby(["database", "rule"], sort=False):
        n_failed, n = int(own["n_failed"].sum()), int(own["n"].sum())
        is_open = bool((own["state"] != TESTED).any())
        result = FAIL if n_failed else NOT_TESTED if not n else PART if is_open else PASS
        rows.append((database, rule, result, n, n_failed))
    return pd.DataFrame(rows, columns=["database", "rule", "result", "n", "n_failed"])
