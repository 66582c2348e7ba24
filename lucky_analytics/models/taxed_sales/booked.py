"""What was charged held against what was booked as sales tax, batch by batch, and what was remitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.catalog import whole
from lucky_analytics.methods.ledgers.classes import EXCEPTIONS, whole_sum
from lucky_analytics.methods.ledgers.matching import Matched, match_records, sum_classes

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["TAX_ACCOUNTS", "TAX_BILLS", "Booked", "Remitted", "load_booked", "load_remitted", "name_missing"]

TAX_BILLS = ("state sales tax", "city and district sales tax")
TAX_ACCOUNTS = {"2221": TAX_BILLS[0], "2222": TAX_BILLS[1]}
# What each section is made of: conformed tables, each with its own table and that one's server.
_SECTIONS = {
    "what was booked": {
        "accounting_batches": ("luckyus_ifiaccounting.t_acc_income_bill", "ifiaccounting"),
        "payments": ("luckyus_sales_payment.t_trade", "salespayment"),
    },
    "whether the tax system fills": {
        "taxes": ("luckyus_fi_tax.t_tax_invoice", "fitax"),
        "tax_invoice_lines": ("luckyus_fi_tax.t_tax_invoice_item", "fitax"),
        "tax_returns": ("luckyus_fi_tax.t_tax_return", "fitax"),
    },
}
_ALONE = "order "


@dataclass(frozen=True)
class Booked:
    """``by_date``: cents booked by posting date. ``state_cents``, ``local_cents``: state, and city with
    district. ``classes``: charged against booked (``sum_classes``), US dollars. ``rows``: what does not
    agree, one row a batch or order, with ``charged``, ``booked``, ``class`` and ``date``. ``off_cents``:
    their differences, which never cancel. ``ledger_cents``: the same on the ledger's accounts; null without.
    ``elsewhere_cents``: booked as tax in another currency, never added.
    """

    by_date: pd.Series
    state_cents: int
    local_cents: int
    classes: pd.DataFrame
    rows: pd.DataFrame
    off_cents: int
    ledger_cents: int | None
    elsewhere: dict[str, int]

    @property
    def cents(self) -> int:
        return self.state_cents + self.local_cents


@dataclass(frozen=True)
class Remitted:
    """Returns of the tax system, and how many rows it has in all: none is "not known", never zero dollars."""

    returns: pd.DataFrame
    n_rows: int | None

    @property
    def cents(self) -> int | None:
        return int(self.returns["remitted_cents"].sum()) if len(self.returns) else None

    @property
    def dollars(self) -> float | None:
        return None if self.cents is None else self.cents / 100


def load_booked(suite: Suite, *, tolerance_cents: int = 1, grace_days: int = 2) -> Booked | None:
    """Charged tax by the batch in which its order was paid, met by that batch's tax bills.

    Null where bills or payments are not in the snapshot. An order's tax is booked with its first payment.
    """
    batches, payments = suite.optional("accounting_batches"), suite.optional("payments")
    if batches is None or payments is None:
        return None
    bill = batches.filter(batches.kind.isin(TAX_BILLS)).cache()
    left, right = _charged(suite, bill, payments), _bills(bill)
    found = match_records(
        left, right, as_of=suite.as_of, tolerance_cents=tolerance_cents, grace_days=grace_days, are_parts=True
    )
    classes = sum_classes(found, left, right)
    rows = _list_rows(found)
    own = bill.filter(_.currency == "USD")
    kinds = own.group_by("kind").agg(cents=whole_sum(own.booked_cents)).execute().set_index("kind")["cents"]
    days = own.group_by(date="posting_date").agg(cents=whole_sum(own.booked_cents)).execute()
    other = bill.filter(_.currency != "USD")
    other = other.group_by("currency").agg(cents=whole_sum(other.booked_cents)).execute()
    return Booked(
        days.set_index("date")["cents"].astype("int64"),
        int(kinds.get(TAX_BILLS[0], 0)),
        int(kinds.get(TAX_BILLS[1], 0)),
        classes[classes["currency"] == "USD"].reset_index(drop=True),
        rows,
        int((rows["charged"] - rows["booked"]).abs().mul(100).round().sum()),
        _ledger(suite),
        dict(zip(other["currency"], other["cents"].astype(int), strict=True)),
    )


def load_remitted(suite: Suite) -> Remitted:
    """What the tax system says was filed. ``n_rows`` is null where the snapshot lacks its tables."""
    tables = [suite.optional(name) for name in ("taxes", "tax_invoice_lines", "tax_returns")]
    known = [table for table in tables if table is not None]
    n_rows = sum(int(table.count().execute()) for table in known) if len(known) == len(tables) else None
    columns = ["jurisdiction", "start_date", "end_date", "due_cents", "remitted_cents", "filed_at"]
    if tables[2] is None:
        return Remitted(pd.DataFrame(columns=columns), n_rows)
    return Remitted(tables[2].select(*columns).order_by("start_date").execute(), n_rows)


def name_missing(suite: Suite) -> dict[str, dict[str, str]]:
    """What cannot be shown, each with those tables that the snapshot lacks and their servers."""
    missing: dict[str, dict[str, str]] = {}
    for section, needs in _SECTIONS.items():
        for name, (table, server) in needs.items():
            if suite.optional(name) is None:
                missing.setdefault(section, {})[table] = f"aws-luckyus-{server}-rw"
    return missing


def _charged(suite: Suite, bill: ir.Table, payments: ir.Table) -> ir.Table:
    paid = payments.filter((_.currency == "USD") & (_.amount_cents > 0) & _.is_counted & _.order_id.notnull())
    first = paid.group_by(paid_order="order_id").agg(batch=paid.batch_id.argmin(paid.created_at))
    posted = bill.filter(_.currency == "USD").group_by(posted="batch_id").agg(bill_date=_.posting_date.min())
    order = suite.orders.filter(_.tax_cents != 0)
    order = order.left_join(first, order.order_id == first.paid_order)
    order = order.left_join(posted, order.batch == posted.posted)
    return order.select(
        key=order.batch.fill_null(_ALONE + order.order_id),
        currency=ibis.literal("USD"),
        cents="tax_cents",
        date=ibis.coalesce(order.bill_date, order.order_date),
    ).cache()


def _bills(bill: ir.Table) -> ir.Table:
    return bill.select(
        "currency", row_id="bill_id", key="batch_id", cents="booked_cents", date="posting_date",
        twin="kind", is_known=ibis.literal(True),
    )  # fmt: skip


def _list_rows(found: Matched) -> pd.DataFrame:
    """Batches and orders whose charged and booked tax are an exception, the largest difference first."""
    left = found.left.filter(found.left["class"].isin(EXCEPTIONS))
    left = left.select("key", "date", "class", charged="cents", booked="counterpart_cents")
    right = found.right.filter((_.currency == "USD") & found.right["class"].isin(EXCEPTIONS))
    right = right.filter(~right["class"].isin(("amount", "missing counterpart")))
    right = right.group_by("key", "class").agg(date=right.date.max(), booked=whole_sum(right.cents))
    right = right.select("key", "date", "class", "booked", charged=ibis.literal(0, "int64"))
    rows = left.union(right.select(*left.columns)).execute()
    rows[["charged", "booked"]] = rows[["charged", "booked"]].astype("int64") / 100
    rows["off"] = rows["charged"] - rows["booked"]
    ranked = rows.assign(size=rows["off"].abs()).sort_values(["size", "key"], ascending=[False, True])
    return ranked.drop(columns="size").reset_index(drop=True)


def _ledger(suite: Suite) -> int | None:
    entry = suite.optional("voucher_entries")
    if entry is None:
        return None
    own = entry.filter(entry.account_id.isin(tuple(TAX_ACCOUNTS)) & (entry.currency == "USD"))
    total = own.agg(cents=whole(own.debit_cents.sum())).execute()["cents"].iloc[0]
    return 0 if pd.isna(total) else -int(total)
