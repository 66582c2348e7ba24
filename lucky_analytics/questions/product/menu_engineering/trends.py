"""How the menu moves: categories by week, products over 30 days, prices by month, one product in detail."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.methods.inference.change import estimate_change
from lucky_analytics.methods.inference.concentration import estimate_concentration

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "aggregate_category_weeks",
    "aggregate_price_history",
    "aggregate_rolling_days",
    "aggregate_single_product_orders",
    "estimate_category_growth",
    "estimate_top_product",
    "find_product",
    "load_product_detail",
    "load_seconds_histogram",
]

_ROLLING_DAYS = 30


def aggregate_category_weeks(items: ir.Table, end: dt.date) -> pd.DataFrame:
    """Units and revenue by ``category`` and whole ``week`` before ``end``; ``share`` of the week's units."""
    inside = items.filter(items.week < end)
    weeks = inside.group_by("category", "week").agg(
        n_units=inside.count(), dollars=inside.paid_cents.sum() / 100
    )
    frame = weeks.order_by("week", "category").execute()
    share = frame["n_units"] / frame.groupby("week")["n_units"].transform("sum")
    return frame.assign(week=pd.to_datetime(frame["week"]), share=share)


def estimate_category_growth(weeks: pd.DataFrame, n_weeks: int = 4, level: float = 0.9) -> pd.DataFrame:
    """Last ``n_weeks`` against those before, by category: units, and share of all units; fastest first.

    ``category``, ``units`` (a week, recent), ``change``, ``low``, ``high`` of units; ``share`` (recent),
    ``share_change``, ``share_low``, ``share_high`` (relative: .1 is a tenth more of the mix).
    """
    renamed = weeks.rename(columns={"category": "unique_id", "week": "ds"})
    units = estimate_change(renamed.assign(y=renamed["n_units"]), n_weeks, level)
    share = estimate_change(renamed.assign(y=renamed["share"]), n_weeks, level)
    columns = {"recent": "share", "change": "share_change", "low": "share_low", "high": "share_high"}
    both = units.drop(columns="before").merge(
        share.drop(columns="before").rename(columns=columns), on="unique_id"
    )
    both = both.rename(columns={"unique_id": "category", "recent": "units"})
    return both.sort_values("share_change", ascending=False, ignore_index=True)


def aggregate_rolling_days(items: ir.Table, as_of: dt.date, product_ids: list[str]) -> pd.DataFrame:
    """Units a day averaged over 30 days, of the given products: ``product_id``, ``ds``, ``n_units``, ``y``.

    A day without a sale counts as zero. The first 29 days of a product are averaged over the days it has.
    """
    inside = items.filter(items.product_id.isin(product_ids))
    days = inside.group_by("product_id", ds=inside.order_date).agg(n_units=inside.count()).execute()
    days["ds"] = pd.to_datetime(days["ds"])
    parts = []
    for product_id, own in days.groupby("product_id"):
        every = pd.date_range(own["ds"].min(), as_of)
        units = own.set_index("ds")["n_units"].reindex(every, fill_value=0)
        rolling = units.rolling(_ROLLING_DAYS, min_periods=1).mean()
        frame = pd.DataFrame({"ds": every, "n_units": units.to_numpy(), "y": rolling.to_numpy()})
        parts.append(frame.assign(product_id=product_id))
    return pd.concat(parts, ignore_index=True)[["product_id", "ds", "n_units", "y"]]


def aggregate_price_history(items: ir.Table) -> pd.DataFrame:
    """List and net price by ``product_id`` and ``month``, in dollars, with ``n_units`` and ``deep_share``."""
    month = items.group_by("product_id", month=items.order_date.truncate("M")).agg(
        n_units=items.count(),
        list_price=items.list_cents.mean() / 100,
        net_price=items.paid_cents.mean() / 100,
        deep_share=(items.paid_cents * 2 <= items.list_cents).mean(),
    )
    frame = month.order_by("product_id", "month").execute()
    return frame.assign(month=pd.to_datetime(frame["month"]))


def estimate_top_product(weeks: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Concentration ``of`` units and of revenue over products; other columns: ``estimate_concentration``."""
    parts = [
        estimate_concentration(weeks.rename(columns={column: "y"}), level=level).assign(of=of)
        for of, column in (("units", "n_units"), ("revenue", "paid_cents"))
    ]
    return pd.concat(parts, ignore_index=True)


def aggregate_single_product_orders(items: ir.Table, product_id: str, start: dt.date) -> dict[str, float]:
    """What hangs on one product since ``start``: dollars of its units, and of all orders with nothing else.

    ``dollars``, ``alone_dollars``, ``companion_dollars`` (other products in its orders), ``n_orders``,
    ``n_alone``, ``total_dollars`` of the menu.
    """
    inside = items.filter(items.week >= start)
    order = inside.group_by("order_id").agg(
        own=ibis.ifelse(inside.product_id == product_id, inside.paid_cents, 0).sum(),
        n_own=(inside.product_id == product_id).sum(),
        n_items=inside.count(),
        paid=inside.paid_cents.sum(),
    )
    has, alone = order.n_own > 0, order.n_own == order.n_items
    facts = order.aggregate(
        dollars=order.own.sum() / 100,
        alone_dollars=ibis.ifelse(alone, order.own, 0).sum() / 100,
        companion_dollars=ibis.ifelse(has, order.paid - order.own, 0).sum() / 100,
        n_orders=has.sum(),
        n_alone=alone.sum(),
        total_dollars=order.paid.sum() / 100,
    ).execute()
    return {str(name): float(value) for name, value in facts.iloc[0].items()}


def find_product(board: pd.DataFrame, product: str) -> pd.Series:
    """The row of the leaderboard by product name or id; the first row for an empty name.

    Raises ``UnknownNameError`` with the nearest names.
    """
    if not product:
        return board.iloc[0]
    match = board[(board["product_name"] == product) | (board["product_id"] == product)]
    if match.empty:
        raise UnknownNameError("product", product, board["product_name"])
    return match.iloc[0]


def load_product_detail(suite: Suite, items: ir.Table, product_id: str, start: dt.date) -> pd.DataFrame:
    """One product by store since ``start``: ``store_name``, ``units_a_day`` (days the store sold), ``share``
    of the store's units, ``net_price`` in dollars; most units first."""
    inside = items.filter(items.week >= start)
    own = inside.product_id == product_id
    store = inside.group_by("store_id").agg(
        n_units=own.sum(),
        n_all=inside.count(),
        n_days=inside.order_date.nunique(),
        paid=ibis.ifelse(own, inside.paid_cents, 0).sum(),
    )
    named = store.join(suite.stores.select("store_id", "store_name"), "store_id").execute()
    named = named[named["n_units"] > 0]
    detail = pd.DataFrame(
        {
            "store_name": named["store_name"],
            "units_a_day": named["n_units"] / named["n_days"],
            "share": named["n_units"] / named["n_all"],
            "net_price": named["paid"] / named["n_units"] / 100,
        }
    )
    return detail.sort_values("units_a_day", ascending=False, ignore_index=True)


def load_seconds_histogram(suite: Suite, product_id: str, start: dt.date, width: int = 15) -> pd.DataFrame:
    """Units by time to make one: ``seconds`` (start of a bin of ``width``; 600 and more in one), ``n``."""
    unit = suite.production_units
    unit = unit.filter(
        (unit.product_id == product_id) & (unit.production_date >= start) & unit.unit_seconds.notnull()
    )
    seconds = ibis.least((unit.unit_seconds / width).floor().cast("int64") * width, 600)
    return unit.group_by(seconds=seconds).agg(n=unit.count()).order_by("seconds").execute()
