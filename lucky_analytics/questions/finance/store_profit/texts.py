"""The stores' profit in words."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders
from lucky_analytics.formats import format_change, format_value, join_names
from lucky_analytics.models.sites.site_costs import SETTLED_WEEKS, StoreCosts
from lucky_analytics.models.store_ledger import N_PACE, PAYS, SHORT, UNSURE
from lucky_analytics.questions.finance.store_profit.steps import Statement

__all__ = ["describe_answer", "describe_limits", "describe_nothing", "list_points", "name_bars",
           "name_finding", "name_weeks"]  # fmt: skip


def name_finding(said: Statement) -> str:
    """The title: what grown and opening stores earned apart, where there are both; else all together."""
    month = f"{said.month:%B}"
    short = said.stores[said.stores["verdict"] == SHORT]["store_name"].tolist()
    if short:
        does = "does not pay its" if len(short) == 1 else "do not pay their"
        return f"{join_names(short[:2]) if len(short) < 3 else f'{len(short)} stores'} {does} bills"
    if len(said.grown) and len(said.opening):
        grown, opening = (int(part["profit_cents"].sum()) for part in (said.grown, said.opening))
        return (
            f"{_count(len(said.grown), 'established store')} {_earned(grown)} in {month}; "
            f"{len(said.opening)} still opening {_earned(opening)}"
        )
    return f"{_count(len(said.stores), 'store')} {_earned(int(said.total['profit_cents']))} in {month}"


def describe_answer(said: Statement) -> str:
    """The answer, as a template for ``report.answer``."""
    lost = "lost" if said.total["profit_cents"] < 0 else "earned"
    before = ""
    if said.total_before is not None and pd.notna(said.total_before["margin"]):
        before = f" ({format_change(said.total_before['margin'])} in {said.total_before['month']:%B})"
    text = (
        f"All stores {lost} {{profit_size:value}} in {said.month:%B} after their own bills: {{margin:value}} "
        f"of net sales{before}."
    )
    grown, pays = said.grown, int((said.grown["verdict"] == PAYS).sum())
    if grown.empty:
        return f"{text} All stores still have bills of their opening, so none can be judged."
    who = (
        f"Each of the {len(grown)} established stores"
        if pays == len(grown)
        else f"{pays} of the established stores"
    )
    does = "pays its" if pays in (1, len(grown)) else "pay their"
    return f"{text} {who} {does} bills, before the head office's."


def list_points(said: Statement, as_of: dt.date) -> list[str]:
    """Who pays, who does not, who would not at the newest week's sales (to ``as_of``), who is still opening,
    and what the head office takes: a sentence or two each."""
    points = []
    for verdict, words in (
        (PAYS, "Profit of net sales over the last four weeks of bills"),
        (UNSURE, "About even, no more than chance"),
        (SHORT, "Do not pay their bills"),
    ):
        rows = said.grown[said.grown["verdict"] == verdict].sort_values("pace_margin", ascending=False)
        if len(rows):
            named = [
                f"{row['store_name']} ({100 * row['pace_margin']:.0f} %)" for row in rows.to_dict("records")
            ]
            points.append(f"{words}: {join_names(named)}.")
    if len(said.below):
        named = [
            f"{row['store_name']} {_dollars(int(row['newest']))} of {_dollars(int(row['needed']))}"
            for row in said.below.sort_values("newest").to_dict("records")
        ]
        points.append(
            f"Net sales of the week to {as_of:%-d %b} would not pay the bills of a week: {join_names(named)} "
            "needed. One week alone decides nothing."
        )
    opening = said.opening.dropna(subset="last_week")
    if len(opening):
        named = [
            f"{row['store_name']} {_signed(row['last_week'])}"
            for row in opening.sort_values("last_week", ascending=False).to_dict("records")
        ]
        points.append(f"Still opening; profit of their week to {said.last_end:%-d %b}: {join_names(named)}.")
    if said.office is not None:
        points.append(
            f"The head office and its kiosk cost {_dollars(-int(said.office['profit_cents']))} "
            "more than they "
            f"sold, which leaves {_signed(int(said.total['profit_cents'] + said.office['profit_cents']))}; "
            "salaries of the office are in no table."
        )
    return points


def name_bars(said: Statement) -> str:
    """The title of the chart of profits."""
    n = int((said.stores["profit_cents"] > 0).sum())
    return f"{n} of {len(said.stores)} stores earned more than their bills in {said.month:%B}"


def name_weeks(first: pd.DataFrame) -> str:
    """The title of the chart of weeks, from ``find_first_paid``."""
    known = first["age"].dropna()
    if known.empty:
        return "No store that opened later has had a week that paid its bills"
    low, high = int(known.min()), int(known.max())
    when = f"in week {low}" if low == high else f"in week {low} to {high}"
    return f"{len(known)} of {len(first)} later stores have paid a week's bills, first {when} after opening"


def describe_limits(said: Statement, costs: StoreCosts, has_fees: bool, has_refunds: bool) -> list[str]:
    """What the statement is not, a sentence or two each."""
    limits = [
        "Counted from the ledger and the orders, so sums have no range. A bill may be corrected later: past "
        "months may still move.",
        f"Whether a store pays its bills is said from its last {N_PACE} weeks of bills, with 5 % "
        "of false alarms "
        f"over all established stores together. A store is established {SETTLED_WEEKS} weeks "
        "after its opening.",
        "A month has the weeks of the ledger that lie mostly in it, four or five: compare margins, not sums.",
        "Not in it: salaries of the head office, build-outs, interest, income tax, and what "
        "delivery platforms "
        "keep, which no table has.",
    ]
    if costs.is_known:
        limits.append(
            f"A typical store's bills are paid by ${costs.break_even:,.0f} of revenue a month. That is for a "
            "store not yet leased; each store here is held against its own bills."
        )
    if not has_fees:
        limits.append("Fees of payment are not in this snapshot and count as none.")
    if not has_refunds:
        limits.append("What was given back is not in this snapshot and counts as nothing.")
    return limits


def describe_nothing(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision where there is no whole month of bills."""
    return (
        "No whole month of bills yet",
        f"What stores earn cannot be said: {why}.",
        wait_for_orders("Finance"),
    )


def _earned(cents: int) -> str:
    return f"{'lost' if cents < 0 else 'earned'} {_dollars(abs(cents))}"


def _dollars(cents: int) -> str:
    return format_value(cents / 100, "USD")


def _signed(cents: int) -> str:
    return f"{'−' if cents < 0 else '+'}{_dollars(abs(cents))}"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}{'s' if n != 1 else ''}"
