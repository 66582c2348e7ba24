"""``programmes``: what coffee machines are told to pour, for each product and size."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name, text

__all__ = ["PROGRAMMES"]


def _build(suite: Tables) -> ir.Table:
    formula = suite.source("iotplatform").t_coffee_formula
    return formula.select(
        programme_id=text(formula.id),
        programme=formula.formula_code,
        programme_name=name(formula.formula_name),
        product_id=formula.spu_code,
        variant_id=formula.sku_code,
        version=formula.version.cast("int64"),
        n_steps=formula.n_steps.cast("int64"),
        is_loaded=formula.status == 1,
    )


PROGRAMMES = Conformed(
    name="programmes",
    grain="one row per pouring programme of one product in one size, superseded ones included",
    key=("programme_id",),
    columns={
        "programme_id": Field("string", "text"),
        "programme": Field("string", "code; joins cups"),
        "programme_name": Field("string", "as the machine shows it"),
        "product_id": Field("string", "text; joins products, unless the product is gone"),
        "variant_id": Field("string", "product in one size, text"),
        "version": Field("int64", "of the programme, newest last", "count"),
        "n_steps": Field("int64", "steps that the machine takes", "count"),
        "is_loaded": Field("boolean", "on the machines today; false for a superseded version"),
    },
    build=_build,
)
