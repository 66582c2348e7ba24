"""The frames that the page shows: kinds with their runbooks, steps of dry runs, open incidents, servers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.estate import servers as fleet
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.rater_agreement import estimate_accuracy
from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import NONE, Kind, name_kinds
from lucky_analytics.questions.platform.incident_runbooks.incidents import Incidents
from lucky_analytics.questions.platform.incident_runbooks.runbooks import Runbook, dry_run
from lucky_analytics.questions.platform.incident_runbooks.worked_case import Case

__all__ = ["DryRun", "check_incidents", "is_stale", "list_open", "list_runbooks",
           "list_servers", "list_steps", "measure_fit", "pick_dry_runs"]  # fmt: skip

_STALE_DAYS = 45


@dataclass(frozen=True)
class DryRun:
    """One table of steps: ``name``, ``title``, ``steps``."""

    name: str
    title: str
    steps: pd.DataFrame


def is_stale(found: Incidents, as_of: dt.date) -> bool:
    """Whether the file's newest moment is too long ago to say what stands today."""
    return found.until is None or (pd.Timestamp(as_of) - found.until).days > _STALE_DAYS


def list_runbooks(
    kinds: list[Kind], books: Mapping[str, Runbook], wrong: Mapping[str, LuckyError]
) -> pd.DataFrame:
    """One row a kind: ``label``, ``title`` of its runbook, ``owner``, ``n_steps``, ``n_changing``,
    ``not_for``, ``fault`` (why it cannot be read; empty)."""
    rows = []
    for kind in kinds:
        book, fault = books.get(kind.runbook), wrong.get(kind.runbook)
        steps = book.steps if book else ()
        n_changing = sum(not step.is_look for step in steps)
        told = (book.title, book.owner, book.not_for) if book else ("none that can be read", "", "")
        rows.append((kind.label, *told, len(steps), n_changing, str(fault) if fault else ""))
    return pd.DataFrame(
        rows, columns=["label", "title", "owner", "not_for", "n_steps", "n_changing", "fault"]
    )


def list_steps(kind: str, server: str, kinds: list[Kind], books: Mapping[str, Runbook]) -> pd.DataFrame:
    """The dry run of a kind's runbook on a server; without a row where there is none."""
    book = next((books.get(each.runbook) for each in kinds if each.name == kind), None)
    return (
        dry_run(book, server)
        if book
        else pd.DataFrame(columns=["step", "title", "would_run", "changes", "checks", "undo"])
    )


def list_open(
    found: Incidents, kinds: list[Kind], books: Mapping[str, Runbook], times: pd.DataFrame
) -> pd.DataFrame:
    """Open incidents, the oldest first: ``incident_id``, ``opened_at``, ``hours``, ``server``, ``label``,
    ``by``, ``runbook``, ``usual`` (hours within which half of its kind are solved; null: not known)."""
    rows = found.rows[found.rows["is_open"].astype(bool)].copy()
    titles = {kind.name: books[kind.runbook].title for kind in kinds if kind.runbook in books}
    rows["label"] = rows["kind"].map(name_kinds(kinds))
    rows["runbook"] = rows["kind"].map(titles).astype(object).fillna("none: somebody reads it")
    rows["usual"] = rows["kind"].map(times.set_index("name")["hours"])
    rows["server"] = [_full_name(name) if name else "not said" for name in rows["server"]]
    columns = ["incident_id", "opened_at", "hours", "server", "label", "by", "runbook", "usual"]
    return rows[columns].reset_index(drop=True)


def list_servers(found: Incidents, heard: pd.DataFrame | None = None) -> pd.DataFrame:
    """Servers that incidents name, most incidents first: ``server`` (the company's name, where it is one of
    its database servers, which the page on servers judges), ``n``, ``n_open``, ``hours`` in all, ``now``."""
    rows = found.rows[found.rows["server"] != ""]
    names = rows["server"].map({name: _full_name(name) for name in rows["server"].unique()})
    by = rows.assign(server=names).groupby("server").agg(
        n=("incident_id", "size"), n_open=("is_open", "sum"), hours=("hours", "sum")
    )  # fmt: skip
    now = dict.fromkeys(fleet.load().servers, "judged on the page on servers")
    if heard is not None:
        of = [name.partition("/")[0] for name in heard["server"]]
        reached = heard["is_reached"].astype(bool).groupby(of).all()
        now |= {str(name): "answers" if told else "does not answer" for name, told in reached.items()}
    by["now"] = [now.get(name, "no database server that is named") for name in by.index]
    return by.reset_index().sort_values(["n", "server"], ascending=[False, True], ignore_index=True)


def _full_name(name: str) -> str:
    try:
        return fleet.load().server(name.partition("/")[0]).name
    except UnknownNameError:
        return name


def pick_dry_runs(
    open_now: pd.DataFrame, found: Incidents, kinds: list[Kind], books: Mapping[str, Runbook]
) -> list[DryRun]:
    """A dry run of each kind that has an open incident, on the server of its oldest."""
    rows = found.rows[found.rows["incident_id"].isin(open_now["incident_id"])].drop_duplicates("kind")
    made = []
    for row in rows.to_dict("records"):
        steps = list_steps(row["kind"], row["server"], kinds, books)
        if len(steps):
            title = (
                f"{row['incident_id']}, {name_kinds(kinds)[row['kind']]}: the steps, which nothing here runs"
            )
            made.append(DryRun(f"dry_run_{row['kind']}", title, steps))
    return made


def measure_fit(found: Incidents, kinds: list[Kind], books: Mapping[str, Runbook], level: float) -> Estimate:
    """Share of incidents of a kind that has a runbook."""
    with_book = [kind.name for kind in kinds if kind.runbook in books]
    return estimate_accuracy(found.rows["kind"].isin(with_book), np.ones(len(found.rows), bool), level)


def check_incidents(
    found: Incidents | None, wrong: Mapping[str, LuckyError], kinds: list[Kind], case: Case, as_of: dt.date
) -> pd.DataFrame:
    """What the page relies on: ``name``, ``passed``, ``detail``."""
    faults = "; ".join(str(error) for error in wrong.values())
    label = name_kinds(kinds)[case.kind]
    facts = [
        ("every kind has a runbook that can be read", not wrong, faults or f"{len(kinds)} have"),
        ("words tell the kind of the incident that the documents name", case.kind != NONE, label),
    ]
    if found is not None:
        newest = (
            "it has no row by then"
            if found.until is None
            else f"its newest moment is of {found.until:%-d %b %Y}"
        )
        n = len(found.rows) + found.n_later + found.n_old
        facts += [
            ("every row of the file is counted once", n == found.n_file, f"{found.n_file:,} rows"),
            ("the file is new", not is_stale(found, as_of), newest),
        ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
