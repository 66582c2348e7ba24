"""The frames that the page shows: use cases, tables and joins in words."""

from __future__ import annotations

import pkgutil
from pathlib import Path

import pandas as pd

from lucky_analytics import questions
from lucky_analytics.questions.platform.data_readiness.join_rates import HOLDS, LOOSE
from lucky_analytics.questions.platform.data_readiness.judged_cases import BLOCKED, MEASURES, PARTLY, READY
from lucky_analytics.questions.platform.data_readiness.known_facts import OPEN
from lucky_analytics.questions.platform.data_readiness.table_states import FILLED, LATE

__all__ = [
    "count_cases",
    "list_pages",
    "show_cases",
    "show_departments",
    "show_facts",
    "show_joins",
    "show_tables",
]


def count_cases(
    cases: pd.DataFrame, tables: pd.DataFrame, joins: pd.DataFrame, faults: pd.DataFrame
) -> dict[str, int]:
    """What the headlines count: ``ready``, ``partly``, ``blocked``, ``other`` (judged otherwise than the
    catalog), ``answered`` (with a page), ``filled`` and ``late`` tables, ``joined`` and ``loose`` joins,
    ``open_faults``; ``n`` of all cases, and ``pages`` of the portal, in the catalog or not."""
    counts = {name: int((cases["measured"] == measure).sum()) for name, measure in
              (("ready", READY), ("partly", PARTLY), ("blocked", BLOCKED))}  # fmt: skip
    return counts | {
        "other": int((cases["against"] != "as said").sum()),
        "answered": int((cases["page"] != "").sum()),
        "filled": int(tables["state"].isin((FILLED, LATE)).sum()),
        "late": int((tables["state"] == LATE).sum()),
        "joined": int((joins["state"] == HOLDS).sum()),
        "loose": int((joins["state"] == LOOSE).sum()),
        "open_faults": int((faults["state"] == OPEN).sum()),
        "n": len(cases),
        "pages": len(list_pages()),
    }


def list_pages() -> list[str]:
    """Every question that has a page, as ``department/question``: each has a package of its own.

    >>> "finance/tax_compliance" in list_pages()
    True
    """
    here = Path(questions.__path__[0])
    return sorted(
        f"{department.name}/{own.name}"
        for department in pkgutil.iter_modules([str(here)])
        for own in pkgutil.iter_modules([str(here / department.name)])
        if own.ispkg
    )


def show_departments(cases: pd.DataFrame) -> pd.DataFrame:
    """``department``, ``measure``, ``n``, ``names``: use cases by department and measure, zeros included;
    the department with most ready ones first."""
    n_ready = (cases["measured"] == READY).groupby(cases["department"], sort=False).sum()
    order = n_ready.sort_values(ascending=False, kind="stable").index
    rows = [
        (name, measure, len(own), ", ".join(own["name"]))
        for name in order
        for measure in MEASURES
        for own in [cases[(cases["department"] == name) & (cases["measured"] == measure)]]
    ]
    return pd.DataFrame(rows, columns=["department", "measure", "n", "names"])


def show_cases(cases: pd.DataFrame) -> pd.DataFrame:
    """``judge_cases`` for readers, in the order of priority and score: ``why`` in words, ``tables`` and
    ``joined`` as "3 of 4", ``page`` or that there is none yet."""
    shown = cases.sort_values(["priority", "score"], ascending=[True, False], ignore_index=True)
    why = [row["blocks"] or row["limits"] or "all that it needs" for row in shown.to_dict("records")]
    return shown.assign(
        why=[text[:1].upper() + text[1:] for text in why],
        tables=[f"{row.n_new} of {row.n_needs}" for row in shown.itertuples()],
        joined=[f"{row.n_joined} of {row.n_joins}" for row in shown.itertuples()],
        page=shown["page"].replace("", "none yet"),
    )


def show_tables(tables: pd.DataFrame) -> pd.DataFrame:
    """``measure_tables`` with ``of_published``: rows as a share of the documents' count, null without one;
    what is not filled first."""
    published = tables["n_published"].where(tables["n_published"] > 0).astype(float)
    shown = tables.assign(of_published=tables["n_rows"].astype(float) / published)
    return shown.sort_values(
        ["state", "table"], key=lambda own: own == FILLED if own.name == "state" else own, ignore_index=True
    )


def show_joins(joins: pd.DataFrame) -> pd.DataFrame:
    """``measure_joins``, those that do not hold first, then the smallest share."""
    order = joins.assign(is_good=joins["state"] == HOLDS).sort_values(["is_good", "share"], kind="stable")
    return order.drop(columns="is_good").reset_index(drop=True)


def show_facts(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts with their first letters up, what is open first."""
    today = facts["today"].str[:1].str.upper() + facts["today"].str[1:]
    return facts.assign(today=today).sort_values(
        "state", key=lambda own: own != OPEN, kind="stable", ignore_index=True
    )
