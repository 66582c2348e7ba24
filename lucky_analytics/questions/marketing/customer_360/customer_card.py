"""The card of one customer, looked up by the platform's own customer number; nobody is listed or searched."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.customer_worth.customer_classes import Rule
from lucky_analytics.questions.marketing.customer_360.profiles import load_profiles

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["PreparedCards", "is_number", "list_kept", "prepare_cards", "show_card"]

MOST_LISTED, N_PRODUCTS = 30, 3
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,32}")
_KEPT = ("n_orders", "days_since_last", "paid_cents", "p_alive", "year_cents", "class", "score", "reason")


@dataclass(frozen=True)
class PreparedCards:
    """What takes seconds to make, once a snapshot: ``rows`` of ``Profiles`` (columns of ``_KEPT``, ``where``,
    ``rfm``, the three scores), ``why`` customers cannot be valued (null where they can), ``as_of``."""

    rows: pd.DataFrame
    why: str | None
    is_scored: bool
    as_of: dt.date


def prepare_cards(suite: Suite) -> PreparedCards:
    """Values and scores of all customers, as the pages have them; none before the first order."""
    columns = [*_KEPT, "where", "rfm", "recency", "frequency", "money"]
    try:
        found = load_profiles(suite, Rule())
    except LuckyError:  # nobody has ordered
        return PreparedCards(pd.DataFrame(columns=columns), "nobody", False, suite.as_of)
    return PreparedCards(found.rows[columns], found.why, found.is_scored, suite.as_of)


def is_number(asked: Any) -> bool:
    """Whether ``asked`` may be a customer number: up to 32 letters, digits, hyphens and underscores.

    >>> is_number("1302775454"), is_number("1 OR 1=1"), is_number("a@b.com"), is_number(None)
    (True, False, False, False)
    """
    return isinstance(asked, str) and _NUMBER.fullmatch(asked) is not None


def list_kept(suite: Suite, number: str) -> dict[str, Any] | None:
    """Who has the number: when and where registered, whether a person and not deleted; None for nobody."""
    user = suite.customers.filter(suite.customers.customer_id == number)
    rows = user.select("registered_date", "origin", "is_deleted", "is_delivery_account").limit(1).execute()
    if rows.empty:
        return None
    row = rows.iloc[0]
    kept = {name: bool(row[name]) for name in ("is_deleted", "is_delivery_account")}
    return kept | {"registered": str(pd.Timestamp(row["registered_date"]).date()), "origin": row["origin"]}


def show_card(suite: Suite, prepared: PreparedCards, number: str, kept: dict[str, Any]) -> dict[str, Any]:
    """The card of ``number``, ``kept`` as from ``list_kept``: plain values, dollars, dates as text.

    What is not known is null. Lists end after ``MOST_LISTED`` entries.
    """
    own = prepared.rows.loc[[number]].iloc[0] if number in prepared.rows.index else None
    card: dict[str, Any] = {"customer": number, "as_of": str(prepared.as_of), **kept}
    card |= _value(own)
    card |= {"stores": _stores(suite, number), "products": _products(suite, number)}
    card |= _coupons(suite, number)
    card["states"] = _rows(suite.optional("customer_states"), number, ["kind", "value", "since_date"])
    card["labels"] = _rows(suite.optional("customer_labels"), number, ["kind", "label", "given_date"])
    tests = ["experiment_name", "experiment_id", "branch", "assigned_date"]
    card["experiments"] = _rows(suite.optional("experiments"), number, tests)
    return card


def _value(own: pd.Series | None) -> dict[str, Any]:
    if own is None:
        names = ("paid", "year", "p_alive", "class", "score", "reason", "where", "rfm", "days_since_last")
        return {"n_orders": 0, "scores": None} | dict.fromkeys(names)
    known: dict[Any, Any] = {name: None if pd.isna(own[name]) else own[name] for name in own.index}
    cents = {"paid": known["paid_cents"], "year": known["year_cents"]}
    return {
        **{name: None if value is None else float(value) / 100 for name, value in cents.items()},
        **{name: known[name] for name in ("class", "reason", "where", "rfm")},
        **{name: None if known[name] is None else float(known[name]) for name in ("p_alive", "score")},
        "n_orders": int(known["n_orders"]),
        "days_since_last": int(known["days_since_last"]),
        "scores": [int(known[name]) for name in ("recency", "frequency", "money")],
    }


def _stores(suite: Suite, number: str) -> list[dict[str, Any]]:
    """Stores of most orders: one, or all that are equal."""
    order = suite.orders.filter(suite.orders.customer_id == number)
    counted = order.group_by("store_id").agg(n=order.count()).execute()
    named = suite.stores.select("store_id", "store_name").execute().set_index("store_id")["store_name"]
    most = counted[counted["n"] == counted["n"].max()].sort_values("store_id")
    return [{"name": named.get(row.store_id, row.store_id), "n": int(row.n)} for row in most.itertuples()]


def _products(suite: Suite, number: str) -> list[dict[str, Any]]:
    order = suite.orders.filter(suite.orders.customer_id == number).select("order_id")
    item = suite.order_items.semi_join(order, "order_id")
    counted = item.group_by("product_name").agg(n=item.count().cast("int64"))
    rows = counted.order_by(ibis.desc("n"), "product_name").limit(N_PRODUCTS).execute()
    return [{"name": row.product_name, "n": int(row.n)} for row in rows.itertuples()]


def _coupons(suite: Suite, number: str) -> dict[str, Any]:
    """Coupons that are good still, soonest to run out first, and how many of all were used."""
    coupon = suite.optional("coupons")
    if coupon is None:
        return {"coupons": None, "n_coupons": None, "n_used": None}
    own = coupon.filter(coupon.customer_id == number)
    rows = own.select("campaign", "category", "depth", "status", "expires_at").execute()
    end = pd.Timestamp(suite.as_of) + pd.Timedelta(days=1)
    open_now = rows[(rows["status"] == "unused") & (pd.to_datetime(rows["expires_at"]) >= end)]
    shown = open_now.sort_values(["expires_at", "campaign"]).head(MOST_LISTED)
    listed = [
        {
            "campaign": row.campaign,
            "category": None if pd.isna(row.category) else row.category,
            "depth": None if pd.isna(row.depth) else float(row.depth),
            "until": f"{row.expires_at:%Y-%m-%d}",
        }
        for row in shown.itertuples()
    ]
    return {"coupons": listed, "n_coupons": len(open_now), "n_used": int((rows["status"] == "used").sum())}


def _rows(table: ir.Table | None, number: str, columns: list[str]) -> list[dict[str, Any]] | None:
    """The customer's rows as text, the last column a date; null where the snapshot lacks the table."""
    if table is None:
        return None
    rows = table.filter(table.customer_id == number).select(*columns).order_by(columns).limit(MOST_LISTED)
    return [
        {name: None if pd.isna(row[name]) else _text(row[name]) for name in columns}
        for row in rows.execute().astype(object).to_dict("records")
    ]


def _text(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, dt.date) else str(value)[:80]
