"""``stock`` and ``stock_moves``: what each store had, used and wasted of each good, by day and by event."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text

__all__ = ["STOCK", "STOCK_MOVES"]

MOVES = {1: "used", 2: "delivered", 3: "wasted", 4: "counted"}
_QUANTITIES = ("opening", "received", "consumed", "wasted", "adjusted", "closing")


def _stock(suite: Tables) -> ir.Table:
    day = suite.source("scm-shopstock").t_shop_goods_stock_daily
    day = day.filter(day.stock_date <= suite.as_of)
    return day.select(
        store_id=text(day.shop_dept_id),
        goods_id=day.goods_code,
        stock_date=day.stock_date,
        **{f"{name}_quantity": day[f"{name}_quantity"].cast("float64") for name in _QUANTITIES},
        stock_out_at=day.stock_out_time,
        is_stock_out=day.stock_out_time.notnull(),
    )


def _stock_moves(suite: Tables) -> ir.Table:
    source = suite.source("scm-shopstock")
    # One table for each day of the week; their names stand here, so that what needs them is found.
    move = ibis.union(
        source.t_shop_goods_stock_change_mon,
        source.t_shop_goods_stock_change_tue,
        source.t_shop_goods_stock_change_wed,
        source.t_shop_goods_stock_change_thu,
        source.t_shop_goods_stock_change_fri,
        source.t_shop_goods_stock_change_sat,
        source.t_shop_goods_stock_change_sun,
    )
    move = move.filter(move.stock_date <= suite.as_of)
    return move.select(
        move_id=text(move.id),
        store_id=text(move.shop_dept_id),
        goods_id=move.goods_code,
        stock_date=move.stock_date,
        moved_at=move.create_time,
        kind=move.change_type.cases(*MOVES.items(), else_="other"),
        moved_quantity=move.change_quantity.cast("float64"),
        stock_quantity=move.stock_quantity.cast("float64"),
        item_id=text(move.order_item_id),
    )


STOCK = Conformed(
    name="stock",
    grain="one row per trading store, good and business date by as_of",
    key=("store_id", "goods_id", "stock_date"),
    columns={
        "store_id": Field("string", "text; joins stores"),
        "goods_id": Field("string", "code of the good, text"),
        "stock_date": Field("date", "store-local business date"),
        "opening_quantity": Field("float64", "on the shelf at the start, base units of the good"),
        "received_quantity": Field("float64", "delivered"),
        "consumed_quantity": Field("float64", "used for orders; with a stock-out less than was wanted"),
        "wasted_quantity": Field("float64", "thrown away"),
        "adjusted_quantity": Field("float64", "stock count, signed"),
        "closing_quantity": Field(
            "float64", "on the shelf at the end: opening + received - consumed - wasted + adjusted"
        ),
        "stock_out_at": Field(
            "timestamp", "when it ran out, UTC; null when it did not", "UTC", nullable=True
        ),
        "is_stock_out": Field("boolean", "ran out on that day: consumption understates demand"),
    },
    build=_stock,
)

STOCK_MOVES = Conformed(
    name="stock_moves",
    grain="one row per change of a trading store's stock of one good, in the weeks that the source keeps",
    key=("move_id", "stock_date"),
    columns={
        "move_id": Field("string", "text; unique within a day of the week"),
        "store_id": Field("string", "text; joins stores"),
        "goods_id": Field("string", "code of the good, text"),
        "stock_date": Field("date", "store-local business date"),
        "moved_at": Field("timestamp", "UTC", "UTC"),
        "kind": Field("string", "used, delivered, wasted, counted, other"),
        "moved_quantity": Field("float64", "base units of the good, negative when stock falls"),
        "stock_quantity": Field("float64", "on the shelf after the change"),
        "item_id": Field("string", "text; joins order_items; null unless used for an order", nullable=True),
    },
    build=_stock_moves,
)
