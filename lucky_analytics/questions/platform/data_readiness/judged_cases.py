"""Each use case judged by the tables and joins that it needs, beside what the catalog says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lucky_analytics.questions.platform.data_readiness.declared_cases import COLOURS, Case
from lucky_analytics.questions.platform.data_readiness.join_rates import HOLDS, LOOSE
from lucky_analytics.questions.platform.data_readiness.table_states import EMPTY, LATE, MISSING

__all__ = ["BLOCKED", "MEASURES", "PARTLY", "READY", "judge_cases", "rank_gaps"]

READY, PARTLY, BLOCKED = MEASURES = ("ready", "in part", "blocked")
_COLUMNS = ["id", "name", "department", "priority", "score", "said", "measured", "against", "n_needs",
            "n_there", "n_filled", "n_new", "n_joins", "n_joined", "blocks", "limits", "gap",
            "page"]  # fmt: skip


def judge_cases(cases: Sequence[Case], tables: pd.DataFrame, joins: pd.DataFrame) -> pd.DataFrame:
    """One row a case, in order. ``tables`` of ``measure_tables``, ``joins`` of ``measure_joins``.

    ``measured``: *blocked* where a table is not there or has no row, or where no table holds what it is
    about; *in part* where a table is late, too few rows match, or something is known to be missing; else
    *ready*. ``against``: *as said*, *better* or *worse* than the catalog's colour. ``n_needs``: tables
    needed, of them ``n_there``, ``n_filled``, ``n_new``; ``n_joins`` needed and ``n_joined`` that hold.
    ``blocks`` and ``limits``: the reasons, in words; ``gap``: what no table holds; empty without any.
    """
    state = dict(zip(tables["table"], tables["state"], strict=True))
    join_state = dict(zip(joins["join"], joins["state"], strict=True))
    share = dict(zip(joins["join"], joins["share"], strict=True))
    rows = []
    for case in cases:
        states = {name: state[name] for name in case.needs}
        blocks = [f"{name}: {found}" for name, found in states.items() if found in (MISSING, EMPTY)]
        limits = [f"{name}: late" for name, found in states.items() if found == LATE]
        loose = [name for name in case.joins if join_state[name] == LOOSE]
        limits += [f"only {100 * share[name]:.1f} % of rows match ({name})" for name in loose]
        blocks += [case.lacks] * bool(case.lacks)
        limits += [case.limits] * bool(case.limits)
        measured = BLOCKED if blocks else PARTLY if limits else READY
        step = COLOURS.index(case.said) - MEASURES.index(measured)
        against = "as said" if not step else "better" if step > 0 else "worse"
        row = {
            key: getattr(case, key)
            for key in ("id", "name", "department", "priority", "score", "said", "page")
        }
        row |= {"measured": measured, "against": against, "gap": case.lacks or case.limits}
        row |= {"blocks": "; ".join(blocks), "limits": "; ".join(limits)}
        row |= {
            "n_needs": len(states),
            "n_there": _without(states, MISSING),
            "n_filled": _without(states, MISSING, EMPTY),
            "n_new": _without(states, MISSING, EMPTY, LATE),
            "n_joins": len(case.joins),
            "n_joined": sum(join_state[name] == HOLDS for name in case.joins),
        }
        rows.append(row)
    return pd.DataFrame(rows, columns=_COLUMNS)


def _without(states: Mapping[str, str], *bad: str) -> int:
    return sum(state not in bad for state in states.values())


def rank_gaps(cases: Sequence[Case], tables: pd.DataFrame) -> pd.DataFrame:
    """What blocks use cases: the gap first that blocks one of the highest priority, then by sum of scores.

    ``gap``: a database whose tables are missing or empty, or what no table holds. ``tables``: which of it,
    in words. ``cases``: names of the cases; ``n_cases``; ``n_alone``: of them with no other gap;
    ``priority``: the highest of theirs in the catalog (P0 is highest); ``score``: sum of their scores, as a
    rank only: it is no money.
    """
    lacking = tables[tables["state"].isin((MISSING, EMPTY))].set_index("table")["database"]
    gaps: dict[str, list[tuple[Case, str]]] = {}
    of_case: dict[str, set[str]] = {}
    for case in cases:
        named = [(lacking[name], name.partition(".")[2]) for name in case.needs if name in lacking.index]
        named += [(case.lacks, "no table")] * bool(case.lacks)
        for gap, table in named:
            gaps.setdefault(gap, []).append((case, table))
            of_case.setdefault(case.id, set()).add(gap)
    rows = []
    for gap, found in gaps.items():
        own = {case.id: case for case, _ in found}
        alone = sum(len(of_case[name]) == 1 for name in own)
        tables_of = ", ".join(sorted({table for _, table in found}))
        names = ", ".join(case.name for case in own.values())
        first, score = min(case.priority for case in own.values()), sum(case.score for case in own.values())
        rows.append((gap, tables_of, names, len(own), alone, first, round(score, 2)))
    columns = ["gap", "tables", "cases", "n_cases", "n_alone", "priority", "score"]
    made = pd.DataFrame(rows, columns=columns).astype({"n_cases": int, "n_alone": int, "score": float})
    return made.sort_values(["priority", "score", "gap"], ascending=[True, False, True], ignore_index=True)
