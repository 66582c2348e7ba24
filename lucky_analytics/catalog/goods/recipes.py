"""``recipes``: what goes into a product, ingredient by ingredient, version by version."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["RECIPES"]


def _build(suite: Tables) -> ir.Table:
    line = suite.source("scmcommodity").t_formula_spu
    line = line.filter(line.effective_start <= suite.as_of)
    return line.select(
        recipe_id=line.formula_code,
        version=line.version.cast("int64"),
        step=line.step_no.cast("int64"),
        product_id=line.spu_code,
        variant_id=line.sku_code,
        is_default=line.is_default == 1,
        goods_id=line.goods_code,
        quantity=line.quantity.cast("float64"),
        unit=line.unit,
        start_date=line.effective_start,
        end_date=line.effective_end,
    )


RECIPES = Conformed(
    name="recipes",
    grain="one row per ingredient of one version of a recipe that began by as_of",
    key=("recipe_id", "version", "step"),
    columns={
        "recipe_id": Field("string", "product in one size, sweetness and ice; text"),
        "version": Field("int64", "1 is the oldest"),
        "step": Field("int64", "order in which the ingredient is added"),
        "product_id": Field("string", "text; joins products"),
        "variant_id": Field("string", "product in one size, text; joins order_items"),
        "is_default": Field("boolean", "the recipe of an order without special wishes"),
        "goods_id": Field("string", "text; joins goods"),
        "quantity": Field("float64", "of the good in one unit of the product, in unit"),
        "unit": Field("string", "base unit: g, ml or pc"),
        "start_date": Field("date", "first day on which the version is in force"),
        "end_date": Field("date", "first day on which it no longer is; null while it is", nullable=True),
    },
    build=_build,
)
