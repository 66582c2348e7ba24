"""``goods``: what the stores can buy."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name

__all__ = ["GOODS"]

STORAGE = {1: "dry", 2: "chilled", 3: "frozen"}


def _build(suite: Tables) -> ir.Table:
    good = suite.source("scmcommodity").t_mdm_goods
    return good.select(
        goods_id=good.goods_code,
        goods_name=name(good.goods_name),
        goods_class=good.large_class,
        unit=good.unit,
        pack_quantity=good.pack_quantity.cast("float64"),
        shelf_life_days=good.shelf_life_days.cast("int64"),
        storage=good.storage.cases(*STORAGE.items(), else_=ibis.null("string")),
        is_active=good.status == 1,
    )


GOODS = Conformed(
    name="goods",
    grain="one row per purchasable good, retired and never used ones included",
    key=("goods_id",),
    columns={
        "goods_id": Field("string", "code of the good, text"),
        "goods_name": Field("string", "name"),
        "goods_class": Field(
            "string", "Coffee, Dairy, Flavour, Tea, Fruit, Food, Packaging, Consumable, Equipment"
        ),
        "unit": Field("string", "base unit of quantities: g, ml or pc"),
        "pack_quantity": Field("float64", "base units in one delivered pack"),
        "shelf_life_days": Field("int64", "days; null when it does not spoil", "days", nullable=True),
        "storage": Field("string", "dry, chilled or frozen; null where unknown", nullable=True),
        "is_active": Field("boolean", "can be ordered"),
    },
    build=_build,
)
