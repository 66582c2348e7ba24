"""What the units sold should have used of each good by their recipes, beside what left the shelf."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["load_recipe_use", "load_use_beside_recipes"]


def load_recipe_use(suite: Suite, start: dt.date, end: dt.date) -> ir.Table:
    """Use by the recipes of units sold in [start, end), one row per store, good and day with any.

    ``store_id``, ``goods_id``, ``use_date``, ``recipe_quantity`` (base units of the good: each unit sold
    takes what the default recipe of its variant says on that day), ``n_units`` (units sold that take the
    good). Trading stores only. Order lines name no wishes of sweetness or ice, so the default recipe stands
    for all. Units whose variant has no recipe on their day take nothing here.

    With 3 lattes of 200 ml of milk sold at one store on a day, that day's row for milk has
    ``recipe_quantity`` 600.0 and ``n_units`` 3.
    """
    item = suite.order_items
    trading = suite.stores.filter("is_trading_store").select(trading_id="store_id")
    item = item.filter((item.order_date >= start) & (item.order_date < end))
    item = item.semi_join(trading, item.store_id == trading.trading_id)
    sold = item.group_by("store_id", "variant_id", "order_date").agg(units=item.count())
    recipe = suite.recipes.filter("is_default").select(
        "goods_id", "quantity", "start_date", "end_date", recipe_variant="variant_id"
    )
    used = sold.join(
        recipe,
        [
            sold.variant_id == recipe.recipe_variant,
            sold.order_date >= recipe.start_date,
            recipe.end_date.isnull() | (sold.order_date < recipe.end_date),
        ],
    )
    return used.group_by("store_id", "goods_id", use_date="order_date").agg(
        recipe_quantity=(ibis._.units * ibis._.quantity).sum(), n_units=ibis._.units.sum().cast("int64")
    )


def load_use_beside_recipes(suite: Suite, start: dt.date, end: dt.date) -> ir.Table:
    """Every row of ``stock`` in [start, end) of a good that recipes use, with what its sales explain.

    ``store_id``, ``goods_id``, ``use_date``, ``is_stock_out``, and in base units of the good:
    ``recipe_quantity`` (0 on a day without sales), ``left_quantity`` (what left the shelf other than as
    waste: opening + received - wasted - closing), ``recorded_quantity`` (booked as used for orders),
    ``wasted_quantity``, ``counted_quantity`` (found by a count, negative when something lacked) and
    ``beyond_quantity`` = left - recipe: positive where more went than sales explain.

    Goods that no default recipe ever names (cleaning, equipment) have no such comparison and are left out.
    With 10 l on the shelf, nothing delivered or wasted, 4 l left and 5 l in the cups sold, 6 l left the shelf
    and 1 l is beyond the recipes.
    """
    recipe = suite.recipes
    listed = recipe.filter("is_default").select(listed_goods="goods_id").distinct()
    day = suite.stock
    day = day.filter((day.stock_date >= start) & (day.stock_date < end))
    day = day.semi_join(listed, day.goods_id == listed.listed_goods)
    use = load_recipe_use(suite, start, end).select(
        use_store="store_id", use_goods="goods_id", used_on="use_date", by_recipe="recipe_quantity"
    )
    both = day.left_join(
        use, [day.store_id == use.use_store, day.goods_id == use.use_goods, day.stock_date == use.used_on]
    )
    by_recipe = both.by_recipe.fill_null(0.0)
    left = both.opening_quantity + both.received_quantity - both.wasted_quantity - both.closing_quantity
    return both.select(
        "store_id",
        "goods_id",
        use_date=both.stock_date,
        is_stock_out=both.is_stock_out,
        recipe_quantity=by_recipe,
        left_quantity=left,
        recorded_quantity=both.consumed_quantity,
        wasted_quantity=both.wasted_quantity,
        counted_quantity=both.adjusted_quantity,
        beyond_quantity=left - by_recipe,
    )
