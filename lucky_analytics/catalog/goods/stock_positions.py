"""``stock_positions``: what each shop has of each good at the cut, what is on its way, its minimum."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text

__all__ = ["STOCK_POSITIONS"]


def _build(suite: Tables) -> ir.Table:
    position = suite.source("scm-shopstock").t_shop_goods_stock
    return position.select(
        store_id=text(position.shop_dept_id),
        goods_id=position.goods_code,
        stock_quantity=position.stock_quantity.cast("float64"),
        on_order_quantity=position.on_order_quantity.cast("float64"),
        safety_quantity=position.safety_quantity.cast("float64"),
        unit=position.unit,
        changed_at=position.modify_time,
    )


STOCK_POSITIONS = Conformed(
    name="stock_positions",
    grain="one row per shop and good, inherited shops included, as it stands at the snapshot's cut",
    key=("store_id", "goods_id"),
    columns={
        "store_id": Field("string", "text; joins stores"),
        "goods_id": Field("string", "code of the good, text; joins goods"),
        "stock_quantity": Field("float64", "on the shelf, base units of the good"),
        "on_order_quantity": Field("float64", "ordered and not yet delivered, base units"),
        "safety_quantity": Field("float64", "configured minimum, base units; 0 where none is"),
        "unit": Field("string", "base unit of the good"),
        "changed_at": Field("timestamp", "last change, UTC", "UTC"),
    },
    build=_build,
)
