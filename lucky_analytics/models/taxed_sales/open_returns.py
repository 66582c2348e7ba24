"""Returns that have fallen due without a payment in the tax system, and the one to file next."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.taxed_sales.booked import Booked, Remitted
from lucky_analytics.models.taxed_sales.filing import compare_days, fill_worksheet, list_returns, sum_ledger
from lucky_analytics.models.taxed_sales.lines import load_fees
from lucky_analytics.reference.sales_tax import TaxRules

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["PROOF_OF_TAX", "UNPAID_FIGURE", "NextReturn", "OpenReturns", "find_open", "load_open_returns"]

# What pages that ask for proof of what fell due decide on, alike, so that the portal asks once.
PROOF_OF_TAX = {"sales tax that fell due": "show that it was paid"}
UNPAID_FIGURE = "sales tax that fell due without a payment on record"  # pages that say it must agree

_MOST_NAMED = 3  # returns that a decision names; of more it says how many


@dataclass(frozen=True)
class NextReturn:
    """The next return to file: its ``period``, dollars ``to_pay`` (of a running period: so far), its day."""

    period: str
    to_pay: float
    due_date: dt.date
    is_over: bool

    @property
    def day(self) -> str:
        return f"{self.due_date:%-d %b %Y}"

    @property
    def step(self) -> str:
        """What finance does with it, as a clause: "file Jan ($32.2K) by 20 Feb 2026"."""
        so_far = "" if self.is_over else " so far"
        return f"file {_drop_year(self.period)} ({format_value(self.to_pay, 'USD')}{so_far}) by {self.day}"

    @property
    def note(self) -> str:
        still = "" if self.is_over else ". Its period still runs: so far"
        return f"{self.period}, due on {self.day}{still}. Counted, not estimated: it has no interval"


@dataclass(frozen=True)
class OpenReturns:
    """What the tax system shows of returns that have fallen due.

    ``n_due``: returns that have. ``rows``: those of them without a payment of all that they carry, one row
    each with ``period`` and ``open`` (dollars). ``unread``: why what was paid cannot be told; empty where it
    can. ``following``: null where each return so far is paid.
    """

    n_due: int
    rows: pd.DataFrame
    unread: str
    following: NextReturn | None

    @property
    def dollars(self) -> float | None:
        """Dollars of fallen due returns that no row shows a payment of; null where no row was read. That a
        row shows none does not say that none was made."""
        return float(self.rows["open"].sum()) if not self.unread else None

    @property
    def first_day(self) -> dt.date | None:
        """The day on which the first of them fell due; null where each is on record."""
        return None if self.rows.empty else self.rows["due_date"].min().date()

    @property
    def step(self) -> str:
        """What finance does with them, as a clause; empty where each is on record, or none was read."""
        if not self.dollars:
            return ""
        if len(self.rows) > _MOST_NAMED:
            total = format_value(self.dollars, "USD")
            named = f"the {len(self.rows)} returns without a payment on record ({total})"
        else:
            named = join_names(
                f"{_drop_year(row['period'])} ({format_value(row['open'], 'USD')})"
                for row in self.rows.to_dict("records")
            )
        return f"find today the filing receipts of {named}, and file what has none"


def load_open_returns(
    suite: Suite, lines: ir.Table, booked: Booked | None, remitted: Remitted, rules: TaxRules
) -> OpenReturns:
    """``find_open`` of all returns up to ``suite.as_of``, as the page on sales tax has them; ``lines`` of
    ``load_lines``."""
    days, parts = compare_days(lines, load_fees(suite, lines), booked), sum_ledger(lines, rules)
    months, quarters = (
        fill_worksheet(days, parts, remitted, rules, suite.as_of, by) for by in ("month", "quarter")
    )
    returns = list_returns(months, quarters)
    dollars = {name: returns[name].astype("Float64").astype(float) / 100 for name in ("to_pay", "remitted")}
    is_due = returns["due_date"].dt.date <= suite.as_of
    return find_open(returns.assign(is_due=is_due, **dollars), remitted)


def find_open(returns: pd.DataFrame, remitted: Remitted) -> OpenReturns:
    """Of ``returns``: ``period``, ``due_date``, ``is_over``, ``is_due``, ``to_pay`` and ``remitted``
    (dollars; null: no row of that period), one row a return.

    >>> rows = [("Jan", "2026-02-20", True, False, 5.0, None), ("Dec", "2026-01-20", True, True, 9.0, 2.0)]
    >>> names = ["period", "due_date", "is_over", "is_due", "to_pay", "remitted"]
    >>> given = pd.DataFrame(rows, columns=names).astype({"due_date": "datetime64[ns]"})
    >>> found = find_open(given, Remitted(pd.DataFrame({"remitted_cents": [200]}), 1))
    >>> found.dollars, found.following.step
    (7.0, 'file Jan ($5.00) by 20 Feb 2026')
    >>> found.step
    'find today the filing receipts of Dec ($7.00), and file what has none'
    """
    is_due = returns["is_due"].astype(bool)
    left = (returns["to_pay"] - returns["remitted"].astype(float).fillna(0)).clip(lower=0).round(2)
    rows = returns.assign(open=left)
    short = rows[is_due & (rows["open"] > 0)].reset_index(drop=True)
    later = rows[~is_due & (rows["open"] > 0)].sort_values("due_date").head(1)
    following = None
    for row in later.to_dict("records"):
        following = NextReturn(row["period"], row["open"], row["due_date"].date(), bool(row["is_over"]))
    return OpenReturns(int(is_due.sum()), short, _name_unread(returns, remitted), following)


def _drop_year(period: str) -> str:
    """A month or quarter without its year, for a sentence: the day beside it and the table have the year."""
    return re.sub(r" \d{4}$", "", period)


def _name_unread(returns: pd.DataFrame, remitted: Remitted) -> str:
    if remitted.n_rows is None:
        return "the tax system was not read"
    told = float(returns["remitted"].astype(float).sum())
    return "" if abs(told - (remitted.dollars or 0.0)) < 0.005 else "a return on record fits no period"
