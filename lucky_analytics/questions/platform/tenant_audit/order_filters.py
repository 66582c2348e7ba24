"""What each filter that people put on the order table lets in of other markets, and the orders in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.catalog.home_market import DOUBT, HERE
from lucky_analytics.estate.markets import FOREIGN_TENANTS, HOME
from lucky_analytics.models.matched_books.book_faults import find_foreign
from lucky_analytics.questions.platform.tenant_audit.moved_figures import KEPT_OUT

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["AS_REPORTS", "compare_filters", "count_unnamed", "list_doubtful", "query_sides"]

AS_REPORTS = "As reports do"


def compare_filters(suite: Suite) -> pd.DataFrame:
    """Completed orders up to ``as_of`` of known shops, by the filter that one might put on them.

    ``filter``; ``n`` orders that it keeps; ``n_let_in`` of them that are not plainly of the home market, with
    ``home_money`` and ``other_money`` (their face value in home currency and in others); ``n_lost``: orders
    of the home market that it drops.
    """
    order = suite.all_orders
    order = order.filter(order.left_out_because.isnull() | order.left_out_because.isin(KEPT_OUT))
    side = suite.outside_orders.select(outside_id="order_id", side="market_side")
    shop = suite.stores.select(shop="store_id", shop_currency="currency", is_test="is_test")
    flag = suite.source("opshop").t_shop_info
    flag = flag.select(flagged=flag.id.cast("string"), flag=flag.test_flag == 1)
    joined = order.left_join(side, order.order_id == side.outside_id).join(shop, order.store_id == shop.shop)
    joined = joined.join(flag, joined.store_id == flag.flagged)
    joined = joined.mutate(
        side=joined.side.fill_null(HERE),
        is_home_tenant=~joined.tenant.fill_null("").isin(FOREIGN_TENANTS),
        is_home_currency=joined.currency.fill_null(HOME.currency) == HOME.currency,
        sells_here=joined.shop_currency == HOME.currency,
    )
    labels = ["side", "is_home_tenant", "is_home_currency", "sells_here", "flag"]
    sums = joined.group_by(labels).agg(n=joined.count(), cents=joined.paid_cents.sum().cast("int64"))
    groups = sums.execute()
    kept = {
        "No filter": pd.Series(True, groups.index),
        "Shops without the test flag": ~groups["flag"].astype(bool),
        "Tenant alone": groups["is_home_tenant"].astype(bool),
        AS_REPORTS: (groups["is_home_tenant"] & groups["is_home_currency"]).astype(bool),
        "Shops that sell in US dollars": groups["sells_here"].astype(bool),
    }
    return pd.DataFrame([{"filter": name, **_sums(groups, rows)} for name, rows in kept.items()])


def _sums(groups: pd.DataFrame, rows: pd.Series) -> dict[str, float]:
    other = groups["side"] != HERE
    let_in = groups[rows & other]
    is_home = let_in["is_home_currency"].astype(bool)
    return {
        "n": int(groups.loc[rows, "n"].sum()),
        "n_let_in": int(let_in["n"].sum()),
        "home_money": float(let_in.loc[is_home, "cents"].sum()) / 100,
        "other_money": float(let_in.loc[~is_home, "cents"].sum()) / 100,
        "n_lost": int(groups.loc[~rows & ~other, "n"].sum()),
    }


def list_doubtful(suite: Suite) -> pd.DataFrame:
    """The orders that count and are in doubt, the newest first: ``order_id``, ``date``, ``store_name``,
    ``shop_currency``, ``is_test``, ``tenant``, ``currency``, ``paid`` (of that currency)."""
    order = suite.all_orders.filter(suite.all_orders.left_out_because.isnull())
    doubt = suite.outside_orders.filter(suite.outside_orders.market_side == DOUBT)
    store = suite.stores.select("store_id", "store_name", "is_test", shop_currency="currency")
    order = order.semi_join(doubt, "order_id").join(store, "store_id")
    listed = order.select("order_id", "order_date", "store_name", "shop_currency", "is_test", "tenant",
                          "currency", "paid_cents")  # fmt: skip
    frame = listed.order_by(["order_date", "order_id"]).execute().iloc[::-1].reset_index(drop=True)
    frame["date"] = pd.to_datetime(frame.pop("order_date"))
    return frame.assign(paid=frame.pop("paid_cents").astype("int64") / 100)


def count_unnamed(suite: Suite, doubtful: pd.DataFrame) -> int:
    """Orders in home currency at shops of another, as the finance pages find them, that are not in doubt
    here: 0 while the pages agree."""
    apart = find_foreign(suite)
    apart = apart.filter(apart.left_out_because.isnull()).order_id.execute()
    return len(set(apart) - set(doubtful["order_id"]))


def query_sides(suite: Suite) -> ir.Table:
    """Orders of other markets, and in doubt, by currency and tenant: the query that headlines show."""
    side = suite.outside_orders
    found = suite.all_orders.join(side, "order_id")
    return found.group_by("market_side", "currency", "tenant", "status").agg(
        n=found.count(), paid_cents=found.paid_cents.sum()
    )
