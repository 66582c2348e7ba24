"""What each customer's account did, which keep one card, and the delivery platforms' accounts apart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Accounts", "load_accounts"]


@dataclass(frozen=True)
class Accounts:
    """``orders``: completed USD orders of people by customer and time: ``person`` (position in ``people``),
    ``order_id``, ``store_id``, ``date``, ``hour``, ``paid``, ``discount``, ``refunded`` (dollars), ``place``
    (0 for the person's first). ``people``: ``customer_id``, ``is_voucher``, ``registered_at``, ``first_day``
    (days since ``start``), ``first_store``, ``n_orders``, ``n_refunded`` (orders refunded in whole or part),
    ``paid``, ``refunded``, ``n_failed`` (payments), ``n_methods``. ``cards``: ``card``, ``person``: who
    keeps which on file. ``platforms``: one row per delivery account: ``orders``, ``paid``, ``stores``,
    ``days`` with an order.
    """

    orders: pd.DataFrame
    people: pd.DataFrame
    cards: pd.DataFrame
    platforms: pd.DataFrame
    start: pd.Timestamp
    as_of: dt.date
    sql: dict[str, str]

    @property
    def months(self) -> float:
        """Length of the history."""
        return ((pd.Timestamp(self.as_of) - self.start).days + 1) / 30.44


def load_accounts(suite: Suite) -> Accounts | None:
    """Accounts of people up to ``as_of``; None before the first order. An account without a registration is
    one without a voucher."""
    order = suite.orders
    columns = ["customer_id", "order_id", "store_id", "order_date", "local_hour", "ordered_at", "list_cents",
               "items_cents", "revenue_cents", "is_delivery"]  # fmt: skip
    asked = order.select(*columns).order_by("customer_id", "ordered_at", "order_id")
    rows = asked.execute()
    if rows.empty:
        return None
    customer = suite.customers.select(
        "customer_id", "is_coupon_acquired", "is_delivery_account", "registered_at"
    )
    known = customer.execute().set_index("customer_id")
    rows["date"] = pd.to_datetime(rows["order_date"])
    of_platform = rows["customer_id"].map(known["is_delivery_account"]).eq(True).to_numpy()
    platforms = _sum_platforms(rows[of_platform])
    rows = rows[~of_platform].reset_index(drop=True)
    if rows.empty:
        return None
    refund = suite.refunds.filter(suite.refunds.currency == "USD")
    given = refund.group_by("order_id").agg(refunded=refund.refund_cents.sum())
    back = given.execute().set_index("order_id")["refunded"].astype(float)
    is_first = (rows["customer_id"] != rows["customer_id"].shift()).to_numpy()
    person = np.cumsum(is_first) - 1
    orders = pd.DataFrame({
        "person": person, "order_id": rows["order_id"], "store_id": rows["store_id"], "date": rows["date"],
        "hour": rows["local_hour"].astype(int), "paid": rows["revenue_cents"] / 100.0,
        "discount": (rows["list_cents"] - rows["items_cents"]).clip(lower=0) / 100.0,
        "refunded": rows["order_id"].map(back).fillna(0.0) / 100.0,
        "place": np.arange(len(rows)) - np.flatnonzero(is_first)[person],
    })  # fmt: skip
    start = orders["date"].min()
    people = _sum_people(orders, rows["customer_id"].to_numpy()[is_first], known, start)
    failed, methods, kept_sql, cards = _load_methods(suite, people)
    people = people.assign(n_failed=failed, n_methods=methods)
    sql = {"orders": suite.sql(asked), "refunds": suite.sql(given), "cards": kept_sql}
    return Accounts(orders, people, cards, platforms, start, suite.as_of, sql)


def _sum_people(
    orders: pd.DataFrame, ids: np.ndarray, known: pd.DataFrame, start: pd.Timestamp
) -> pd.DataFrame:
    first = orders[orders["place"] == 0].set_index("person")
    sums = orders.assign(n_refunded=orders["refunded"] > 0).groupby("person")
    people = pd.DataFrame({"customer_id": ids, "first_day": (first["date"] - start).dt.days})
    people["first_store"] = first["store_id"]
    people["n_orders"] = sums.size()
    totals = sums[["n_refunded", "paid", "refunded"]].sum()
    people[["n_refunded", "paid", "refunded"]] = totals
    of_ids = known.reindex(ids)
    people["is_voucher"] = of_ids["is_coupon_acquired"].eq(True).to_numpy()
    people["registered_at"] = pd.to_datetime(of_ids["registered_at"]).to_numpy()
    return people.astype({"n_refunded": int})


def _load_methods(suite: Suite, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, str, pd.DataFrame]:
    """Failed payments and methods on file of each person; the query of the cards, and the cards."""
    places = pd.Index(people["customer_id"])
    pay = suite.payments.filter(suite.payments.status == "failed")
    failed = pay.group_by("customer_id").agg(n=pay.count()).execute().set_index("customer_id")["n"]
    kept = suite.payment_methods
    asked = kept.filter(kept.card.notnull()).select("customer_id", "card")
    rows = asked.order_by("customer_id", "card").execute()
    rows["person"] = places.get_indexer(rows["customer_id"])
    rows = rows[rows["person"] >= 0]
    methods = np.bincount(rows["person"], minlength=len(people))
    cards = rows[["card", "person"]].drop_duplicates().reset_index(drop=True)
    counted = failed.reindex(places).fillna(0).to_numpy(dtype=int)
    return counted, methods, suite.sql(asked), cards


def _sum_platforms(rows: pd.DataFrame) -> pd.DataFrame:
    """The delivery platforms' accounts, the largest first, without their numbers."""
    grouped = rows.groupby("customer_id")
    found = pd.DataFrame({
        "orders": grouped.size(), "paid": grouped["revenue_cents"].sum() / 100.0,
        "stores": grouped["store_id"].nunique(), "days": grouped["date"].nunique(),
    })  # fmt: skip
    found = found.sort_values("paid", ascending=False, ignore_index=True)
    return found.assign(a_day=found["orders"] / found["days"])
