"""What moved against the week before: the money, and what it came from, by store and by product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from lucky_analytics.formats import format_number
from lucky_analytics.methods.growth.change_parts import split_change

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["explain_moves", "load_sold"]

_STORE = {
    "orders": ("more orders", "fewer orders"),
    "size": ("more items an order", "fewer items an order"),
    "list": ("dearer products", "cheaper products"),
    "paid": ("smaller discounts", "larger discounts"),
}
_PRODUCT = {
    **_STORE,
    "orders": ("more sold", "fewer sold"),
    "list": ("higher list price", "lower list price"),
}
_SAID = 0.2  # of the change: a smaller part is not named


def load_sold(suite: Suite, n_weeks: int) -> pd.DataFrame:
    """What each trading store and each product sold in the last ``n_weeks`` weeks of seven days.

    Columns: ``what`` ("store" or "product"), ``name``, ``ago`` (0 is the newest week), ``days`` (with a
    sale), ``orders``, ``items``, ``list_dollars`` (at list price), ``dollars``: what a store's customers
    paid, as its revenue everywhere; what was paid for a product, tax included, without fees and discounts of
    whole orders. A week without a sale has no row.
    """
    start = pd.Timestamp(suite.as_of) - pd.Timedelta(days=7 * n_weeks - 1)
    stores = suite.stores.filter("is_trading_store").select("store_id", "store_name")
    recent = suite.order_items.filter(ibis._.order_date >= start.date()).inner_join(stores, "store_id")
    parts = []
    for what, column in (("store", "store_name"), ("product", "product_name")):
        days = recent.group_by(name=ibis._[column], date=ibis._.order_date).aggregate(
            orders=ibis._.order_id.nunique(),
            items=ibis._.count(),
            list_dollars=ibis._.list_cents.sum() / 100,
            dollars=(ibis._.paid_cents + ibis._.tax_cents).sum() / 100,
        )
        parts.append(days.execute().assign(what=what))
    own = suite.orders.filter(ibis._.order_date >= start.date()).inner_join(stores, "store_id")
    paid = own.group_by(name="store_name", date="order_date").aggregate(paid=ibis._.revenue_cents.sum() / 100)
    parts[0] = parts[0].merge(paid.execute(), on=["name", "date"]).drop(columns="dollars")
    parts[0] = parts[0].rename(columns={"paid": "dollars"})
    sold = pd.concat(parts).dropna(subset="name")
    sold["ago"] = (pd.Timestamp(suite.as_of) - pd.to_datetime(sold["date"])).dt.days // 7
    sums = dict.fromkeys(("orders", "items", "list_dollars", "dollars"), "sum")
    return (
        sold.groupby(["what", "name", "ago"], as_index=False)
        .agg({"date": "count", **sums})
        .rename(columns={"date": "days"})
    )


def explain_moves(sold: pd.DataFrame) -> pd.DataFrame:
    """The newest week of ``load_sold`` against the one before, the largest change in dollars first.

    ``store_name`` or ``product_name`` (the other is null), ``before``, ``dollars``, ``change`` (dollars),
    ``cause`` (words with dollars), ``as_large`` of ``n_changes``: how many earlier changes from week to week
    were at least as large, and ``rarity``, the same in words. What sold in neither week has no row.
    """
    rows = [
        _row(str(what), str(name), own.set_index("ago"), n_weeks=int(sold["ago"].max()) + 1)
        for (what, name), own in sold.groupby(["what", "name"], sort=False)
        if own["ago"].min() <= 1
    ]
    columns = ["store_name", "product_name", "before", "dollars", "change", "cause"]
    columns += ["as_large", "n_changes", "rarity"]
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values("change", key=abs, ascending=False, ignore_index=True)


def _row(what: str, name: str, weeks: pd.DataFrame, n_weeks: int) -> dict[str, Any]:
    dollars = weeks["dollars"].reindex(range(n_weeks))
    now, then = (float(value) for value in dollars.iloc[:2].fillna(0.0))
    earlier = dollars.iloc[1:].diff().abs().dropna()
    as_large = int((earlier >= abs(now - then)).sum())
    return {
        "store_name": name if what == "store" else None,
        "product_name": name if what == "product" else None,
        "before": then,
        "dollars": now,
        "change": now - then,
        "cause": _say_cause(weeks, now - then, is_store=what == "store"),
        "as_large": as_large,
        "n_changes": len(earlier),
        "rarity": f"{as_large} of {len(earlier)}" if len(earlier) else "none to compare",
    }


def _say_cause(weeks: pd.DataFrame, change: float, *, is_store: bool) -> str:
    """The parts of the change that matter, largest first; days without a sale come before all else."""
    by_week = {week["ago"]: week for week in weeks.reset_index().to_dict("records")}
    if 0 not in by_week or 1 not in by_week:
        return "nothing sold in the week before" if 0 in by_week else "nothing sold this week"
    days, days_before = (int(by_week[ago]["days"]) for ago in (0, 1))
    if days != days_before:
        return f"sold on {days} of 7 days, on {days_before} in the week before"
    parts = split_change(*(_factors(by_week[ago], is_store=is_store) for ago in (1, 0)))
    words = (_STORE if is_store else _PRODUCT).values()
    told = sorted(zip(parts, words, strict=True), key=lambda part: -abs(part[0]))
    least, coarse = _SAID * abs(change), max(abs(change), 100.0)
    said = [
        f"{pair[part < 0]} {'+' if part > 0 else ''}{format_number(part, 'USD', like=coarse)}"
        for part, pair in told
        if abs(part) >= max(least, 0.5)
    ]
    return ", ".join(said) or "no part stands out"


def _factors(week: Mapping[Any, Any], *, is_store: bool) -> list[float]:
    """Orders, items an order, list price an item, paid share of it: their product is what was paid.

    A product is counted in items, so that its items an order are 1.
    """
    orders, items, listed, paid = (
        float(week[name]) for name in ("orders", "items", "list_dollars", "dollars")
    )
    count = orders if is_store else items
    return [count, items / count, listed / items, paid / listed if listed else float("nan")]
