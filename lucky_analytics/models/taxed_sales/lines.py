"""Every sold line with the tax that was due on it, and the charges that are no line: what it all rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.catalog import whole
from lucky_analytics.methods.ledgers.tax_lines import classify_tax_lines, round_tax
from lucky_analytics.reference.sales_tax import TaxRules

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["ABROAD", "load_fees", "load_lines", "round_by_order", "share_of_refunds"]

ABROAD = "no jurisdiction on file"
_UNKNOWN = "not on the menu"
_FOR_EVER = "9999-12-31"


def load_lines(suite: Suite, rules: TaxRules, tolerance_cents: int = 1) -> ir.Table:
    """Lines of all completed orders in US dollars up to ``suite.as_of``, classified (``tax_lines``).

    Beside the columns of the method: ``line_id``, ``order_id``, ``date`` (the store's business date),
    ``store_id``, ``store``, ``jurisdiction`` (of the store's address), ``product``, ``category``,
    ``taxability`` (taxable, exempt, not classified). A paid order without a line is a line on which no tax
    was recorded. What is exempt is decided by the menu category and whether the product is made to order;
    where no product table says so, by the category alone if that is enough.
    """
    item, products = suite.order_items, suite.optional("products")
    line = item.select(
        "order_id", "store_id", "category",
        "product_id", line_id="item_id", date="order_date", product="product_name",
        receipt_cents="paid_cents", charged_cents="tax_cents",
        charged_rate=(item.tax_rate * 1_000_000).round().cast("int64"),
    )  # fmt: skip
    line = line.union(_without_lines(suite).select(*line.columns))
    if products is None:
        line = line.mutate(is_fresh_made=ibis.null("boolean"))
    else:
        made = products.select(made_id="product_id", is_fresh_made="is_fresh_made")
        line = line.left_join(made, line.product_id == made.made_id).drop("made_id")
    line = _with_taxability(line, rules)
    return classify_tax_lines(_with_rates(suite, line, rules), tolerance_cents).cache()


def load_fees(suite: Suite, lines: ir.Table) -> ir.Table:
    """Delivery and packaging fees by order: ``order_id``, ``date``, ``fee_cents``, ``fee_tax_cents``.

    The tax is what the fee would have carried at its order's rate. A fee is taxed as what it delivers
    (``rules.fee_source``): with any taxable line in the order all of it, with none nothing.
    """
    order = suite.orders.mutate(fee_cents=_.delivery_fee_cents + _.packaging_fee_cents)
    order = order.filter(_.fee_cents != 0).select("order_id", "fee_cents", date="order_date")
    taxed = lines.filter(lines.rate.notnull() & lines.is_taxable.fill_null(True))
    taxed = taxed.group_by(taxed_order="order_id").agg(fee_rate=taxed.rate.max())
    fee = order.left_join(taxed, order.order_id == taxed.taxed_order)
    return fee.select(
        "order_id", "date", "fee_cents", fee_tax_cents=round_tax(fee.fee_cents, fee.fee_rate.fill_null(0))
    ).cache()


def round_by_order(lines: ir.Table) -> int:
    """What would be due if tax were rounded once an order and not once a line, in cents.

    The state rounds the tax on a receipt; which of the two a receipt is, the platform decided.
    """
    taxed = lines.filter(lines.rate.notnull() & lines.is_taxable.fill_null(True))
    order = taxed.group_by("order_id").agg(cents=whole(taxed.receipt_cents.sum()), rate=taxed.rate.max())
    total = order.agg(due=whole(round_tax(order.cents, order.rate).sum())).execute()["due"].iloc[0]
    return 0 if pd.isna(total) else int(total)


def share_of_refunds(suite: Suite) -> float | None:
    """Tax inside what was given back, in dollars: each refund's share of its order's tax; null if unknown."""
    order = suite.orders.filter((_.refund_cents > 0) & (_.revenue_cents > 0))
    if suite.optional("refunds") is None:
        return None
    part = ibis.least(order.refund_cents, order.revenue_cents) * order.tax_cents / order.revenue_cents
    total = order.agg(cents=part.sum()).execute()["cents"].iloc[0]
    return 0.0 if pd.isna(total) else float(total) / 100


def _without_lines(suite: Suite) -> ir.Table:
    order = suite.orders.filter((_.n_items == 0) & (_.revenue_cents > 0))
    fees = order.delivery_fee_cents + order.packaging_fee_cents - order.order_discount_cents
    return order.select(
        "order_id", "store_id",
        category=ibis.literal(_UNKNOWN), line_id="order " + order.order_id, date="order_date",
        product_id=ibis.null("string"), product=ibis.literal("an order without a line"),
        receipt_cents=order.revenue_cents - fees,
        charged_cents=ibis.null("int64"), charged_rate=ibis.null("int64"),
    )  # fmt: skip


def _with_taxability(line: ir.Table, rules: TaxRules) -> ir.Table:
    exact = ibis.memtable(rules.classes[["category", "is_fresh_made", "is_taxable"]])
    exact = exact.select(exact_category="category", exact_fresh="is_fresh_made", exact_taxable="is_taxable")
    of_all = rules.classes.groupby("category", as_index=False).agg(
        n=("is_taxable", "nunique"), all_taxable=("is_taxable", "first")
    )
    alone = ibis.memtable(of_all[of_all["n"] == 1][["category", "all_taxable"]])
    alone = alone.select(alone_category="category", alone_taxable="all_taxable")
    line = line.left_join(
        exact, [line.category == exact.exact_category, line.is_fresh_made == exact.exact_fresh]
    )
    line = line.left_join(alone, line.category == alone.alone_category)
    is_taxable = ibis.coalesce(line.exact_taxable, line.alone_taxable)
    line = line.mutate(is_taxable=is_taxable)
    label = ibis.cases(
        (line.is_taxable.isnull(), "not classified"), (line.is_taxable, "taxable"), else_="exempt"
    )
    spare = [name for name in line.columns if name.startswith(("exact_", "alone_"))]
    return line.mutate(taxability=label).drop(*spare)


def _with_rates(suite: Suite, line: ir.Table, rules: TaxRules) -> ir.Table:
    store = suite.stores.select("store_id", "store_name", "address").execute()
    store["jurisdiction"] = [_place(str(address), rules.places) for address in store["address"]]
    place = ibis.memtable(store[["store_id", "store_name", "jurisdiction"]])
    place = place.select(of_store="store_id", store="store_name", jurisdiction="jurisdiction")
    line = line.left_join(place, line.store_id == place.of_store)
    line = line.mutate(
        jurisdiction=line.jurisdiction.fill_null(ABROAD), store=line.store.fill_null("unknown")
    )
    frame = rules.rates[["jurisdiction", "start", "end", "rate"]].copy()
    frame["start"] = pd.to_datetime(frame["start"])
    frame["end"] = pd.to_datetime(frame["end"].fillna(pd.Timestamp(_FOR_EVER).date()), errors="coerce")
    rate = ibis.memtable(frame.rename(columns={"jurisdiction": "rate_of"}))
    rate = rate.mutate(start=rate.start.date(), end=rate.end.date())
    holds = [line.jurisdiction == rate.rate_of, line.date >= rate.start, line.date < rate.end]
    return line.left_join(rate, holds).drop("rate_of", "start", "end", "of_store")


def _place(address: str, places: pd.DataFrame) -> str:
    """The jurisdiction of which the address names a place, the longest name first."""
    known = dict(zip(places["place"], places["jurisdiction"], strict=True))
    found = [place for place in known if place.lower() in address.lower()]
    return known[max(found, key=len)] if found else ABROAD
