"""``products``: one row per product; its online and offline versions are the same product."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name

__all__ = ["PRODUCTS"]

ONLINE = 4
LEVELS = {1: "S", 2: "A", 3: "B"}


def _build(suite: Tables) -> ir.Table:
    version = suite.source("scmcommodity").t_commodity_base_info
    latest = ibis.window(
        group_by=version.spu_code,
        order_by=[version.status != ONLINE, version.modify_time.desc(), version.id.desc()],
    )
    ranked = version.mutate(
        rank=ibis.row_number().over(latest),
        n_versions=version.count().over(group_by=version.spu_code),
        added_at=version.create_time.min().over(group_by=version.spu_code),
    )
    product = ranked.filter(ranked["rank"] == 0)
    return product.select(
        product_id=product.spu_code,
        product_name=name(product.name),
        category=product.one_category_name,
        is_online=product.status == ONLINE,
        is_fresh_made=product["mode"] == 0,
        level=product.commodity_level.cases(*LEVELS.items(), else_=ibis.null("string")),
        sugar_level=product.sugar_level.cast("int64"),
        nutrition_grade=product.nutrition_grade_code,
        added_date=product.added_at.date(),
        n_versions=product.n_versions,
    )


PRODUCTS = Conformed(
    name="products",
    grain="one row per product, its online version if it has one, else its latest",
    key=("product_id",),
    columns={
        "product_id": Field("string", "product code, text"),
        "product_name": Field("string", "name"),
        "category": Field("string", "menu category"),
        "is_online": Field("boolean", "has a version that is for sale"),
        "is_fresh_made": Field("boolean", "made to order rather than packaged"),
        "level": Field("string", "S, A or B; null where not graded", nullable=True),
        "sugar_level": Field("int64", "0 none to 4 full"),
        "nutrition_grade": Field("string", "null where not graded", nullable=True),
        "added_date": Field("date", "date (UTC) of the oldest version"),
        "n_versions": Field("int64", "rows of the product in the source", "count"),
    },
    build=_build,
)
