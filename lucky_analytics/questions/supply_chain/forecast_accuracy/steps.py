"""How good are the demand forecasts? What was predicted in time, what came, what a naive forecast says.

Two grains that never mix: goods (store, good, day; weighted by dollars at cost) and orders (store, hour,
day).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics.errors import LuckyError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["PREDICTIONS", "Scored", "load_goods", "load_orders"]


# What is compared: the forecast, and three that need nothing but the days before.
PREDICTIONS = {
    "predicted": "forecast",
    "naive": "same weekday last week",
    "weekdays": "mean of four same weekdays",
    "trailing": "mean of four weeks",
}
SEASON, TRAILING_DAYS, SAME_DAYS = 7, 28, 4


@dataclass(frozen=True)
class Scored:
    """``rows``: one row per store, unit (good or hour), day and lead whose day is over, kept in the engine.

    ``store_id``, ``unit_id``, ``category``, ``demand_date``, ``week`` (its Monday), ``weekday`` (0 Monday),
    ``lead_days``, ``y``, ``predicted``, ``naive``, ``weekdays``, ``trailing``, ``scale`` and
    ``square_scale`` (mean absolute and squared difference of the series to a week earlier), ``weight``
    (dollars of a unit at cost, or 1), ``is_stock_out``. ``n_forecasts`` rows came from the source; ``n_late``
    of them could be read only after the hour at which orders are placed.
    """

    rows: ir.Table
    n_forecasts: int
    n_late: int
    sql: str

    def at(self, lead_days: int) -> ir.Table:
        """Rows of one lead whose demand was not cut short by a stock-out: what accuracy is measured on."""
        return self.rows.filter(self.rows.lead_days == lead_days, ~self.rows.is_stock_out)


def load_goods(suite: Suite, order_hour: float = 12.0, weeks: int = 16) -> Scored:
    """Forecasts of goods against consumption, in the last ``weeks`` whole weeks by ``as_of``."""
    stock = suite.stock
    actual = stock.select(
        "store_id",
        unit_id="goods_id",
        demand_date="stock_date",
        y=stock.consumed_quantity,
        is_stock_out=stock.is_stock_out,
    )
    good = suite.goods.select(unit_id="goods_id", category="goods_class")
    cost = suite.costs
    newest = cost.group_by("goods_id").agg(weight=cost.unit_cost_cents.argmax(cost.start_date) / 100)
    good = good.left_join(newest, good.unit_id == newest.goods_id).drop("goods_id")
    made = suite.forecasts.rename(unit_id="goods_id", predicted="predicted_quantity")
    return _score(suite, made, actual, good, order_hour, weeks)


def load_orders(suite: Suite, order_hour: float = 12.0, weeks: int = 16) -> Scored:
    """Forecasts of orders by hour against completed orders; hours of a trading day without an order are 0."""
    order = suite.orders.filter(suite.orders.is_trading_store)
    hours = suite.order_forecasts.select(unit_id=suite.order_forecasts.local_hour).distinct()
    days = order.select("store_id", demand_date="order_date").distinct()
    came = order.group_by("store_id", demand_date="order_date", unit_id="local_hour").agg(y=order.count())
    grid = days.cross_join(hours)
    actual = grid.left_join(came, ["store_id", "demand_date", "unit_id"])
    actual = actual.select(
        "store_id",
        "demand_date",
        unit_id=actual.unit_id.cast("string"),
        y=actual.y.fill_null(0).cast("float64"),
        is_stock_out=ibis.literal(False),
    )
    made = suite.order_forecasts.mutate(unit_id=suite.order_forecasts.local_hour.cast("string"))
    unit = hours.select(
        unit_id=hours.unit_id.cast("string"),
        category=hours.unit_id.cases(
            *((hour, "morning") for hour in range(11)), *((hour, "midday") for hour in range(11, 15)),
            else_="afternoon",
        ),
        weight=ibis.literal(1.0),
    )  # fmt: skip
    return _score(suite, made.rename(predicted="predicted_orders"), actual, unit, order_hour, weeks)


def _score(
    suite: Suite, made: ir.Table, actual: ir.Table, unit: ir.Table, order_hour: float, weeks: int
) -> Scored:
    end = suite.as_of + dt.timedelta(days=1)
    start = end - dt.timedelta(weeks=weeks)
    made = made.select(
        "store_id", "unit_id", "demand_date", "made_date", "lead_days", "predicted", "available_hour"
    )
    over = made.filter(made.demand_date >= start, made.demand_date < end)
    in_time = over.filter(over.available_hour <= order_hour)
    keys = ["store_id", "unit_id", "demand_date", "lead_days"]
    # Of the versions that could be read when the order was placed, the one that came last.
    known = in_time.group_by(*keys, "made_date").agg(
        predicted=in_time.predicted.argmax(in_time.available_hour)
    )
    actual = actual.cache()
    past = _past(actual)
    rows = known.inner_join(actual, ["store_id", "unit_id", "demand_date"])
    rows = rows.mutate(naive_date=rows.demand_date - _season_days(rows.lead_days).as_interval("D"))
    same_day = _same_days(actual)
    rows = rows.left_join(same_day, ["store_id", "unit_id", "naive_date"]).drop(
        "store_id_right", "unit_id_right", "naive_date_right"
    )
    rows = rows.mutate(last_date=rows.made_date - ibis.interval(days=1))
    rows = rows.left_join(past, ["store_id", "unit_id", "last_date"]).drop(
        "store_id_right", "unit_id_right", "last_date_right"
    )
    rows = rows.left_join(_scales(actual), ["store_id", "unit_id"]).drop("store_id_right", "unit_id_right")
    rows = rows.left_join(unit, "unit_id").drop("unit_id_right")
    rows = rows.select(
        *keys,
        "y",
        "predicted",
        "naive",
        "weekdays",
        "trailing",
        "scale",
        "square_scale",
        "is_stock_out",
        category=rows.category.fill_null("unknown"),
        weight=rows.weight,
        week=rows.demand_date.truncate("W"),
        weekday=rows.demand_date.day_of_week.index(),
    )
    counts = over.agg(n=over.count(), late=(over.available_hour > order_hour).sum()).execute().iloc[0]
    cached = rows.cache()
    if cached.count().execute() == 0:
        raise LuckyError(
            "forecast accuracy",
            expected="forecasts in time for days that are over",
            got=f"none from {start} on",
        )
    return Scored(cached, int(counts["n"]), int(counts["late"]), suite.sql(known))


def _season_days(lead: ir.IntegerValue) -> ir.IntegerValue:
    """Days back to the newest same weekday whose day was over when the forecast was made."""
    return ((lead + SEASON) // SEASON) * SEASON


def _same_days(actual: ir.Table) -> ir.Table:
    """Each day's actual, and the mean of it and the three newest same weekdays before it; days that ran out
    are left out of the mean, unless there is nothing else."""
    y = ibis.ifelse(actual.is_stock_out, ibis.null("float64"), actual.y)
    window = ibis.window(
        group_by=["store_id", "unit_id", actual.demand_date.day_of_week.index()],
        order_by=actual.demand_date,
        preceding=SAME_DAYS - 1,
        following=0,
    )
    return actual.select(
        "store_id",
        "unit_id",
        naive_date="demand_date",
        naive="y",
        weekdays=ibis.coalesce(y.mean().over(window), actual.y).round(9),
    )


def _past(actual: ir.Table) -> ir.Table:
    """Mean of the ``TRAILING_DAYS`` up to each day, days that ran out left out, at least a week of them."""
    y = ibis.ifelse(actual.is_stock_out, ibis.null("float64"), actual.y)
    window = ibis.window(
        group_by=["store_id", "unit_id"],
        order_by=actual.demand_date,
        preceding=TRAILING_DAYS - 1,
        following=0,
    )
    mean, n = y.mean().over(window), y.count().over(window)
    return actual.select(
        "store_id", "unit_id", last_date="demand_date", trailing=ibis.ifelse(n >= SEASON, mean, ibis.null())
    )


def _scales(actual: ir.Table) -> ir.Table:
    """Mean absolute and squared difference of each series to a week earlier: the unit of mase and rmsse."""
    before = actual.select(
        "store_id", "unit_id", day=actual.demand_date + ibis.interval(days=SEASON), was="y"
    )
    pair = actual.join(before, ["store_id", "unit_id", ("demand_date", "day")])
    gap = pair.y - pair.was
    return pair.group_by("store_id", "unit_id").agg(
        scale=gap.abs().mean().round(9), square_scale=(gap * gap).mean().round(9)
    )
