"""``stores``: every shop ever registered, with the few that trade marked."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name, text
from lucky_analytics.catalog.home_market import is_foreign
from lucky_analytics.catalog.local_time import local_time

__all__ = ["STORES"]

OPEN = 1


def _build(suite: Tables) -> ir.Table:
    shop = suite.source("opshop").t_shop_info
    opened_date = local_time(shop.set_up_time, shop.time_zone, suite.zones).date()
    is_test = is_foreign(shop)
    is_trading = (shop.status == OPEN) & (shop.internal == 0) & ~is_test & (opened_date <= suite.as_of)
    return shop.select(
        store_id=text(shop.id),
        store_code=shop.shop_no,
        store_name=name(shop.shop_name),
        currency=shop.currency_code,
        time_zone=shop.time_zone,
        opened_date=opened_date,
        address=shop.address,
        latitude=shop.location_latitude.cast("float64"),
        longitude=shop.location_longitude.cast("float64"),
        is_internal=shop.internal == 1,
        is_test=is_test,
        is_trading_store=ibis.coalesce(is_trading, False),
    )


STORES = Conformed(
    name="stores",
    grain="one row per shop ever registered, inherited, internal and test shops included",
    key=("store_id",),
    columns={
        "store_id": Field("string", "internal id, text; orders carry it"),
        "store_code": Field("string", "public store code"),
        "store_name": Field("string", "name"),
        "currency": Field("string", "currency that the shop sells in"),
        "time_zone": Field("string", "IANA zone of its business day"),
        "opened_date": Field("date", "store-local opening date; null while not opened", nullable=True),
        "address": Field("string", "street address of the store"),
        "latitude": Field("float64", "degrees north; null where not surveyed", nullable=True),
        "longitude": Field("float64", "degrees east; null where not surveyed", nullable=True),
        "is_internal": Field("boolean", "internal or pop-up shop"),
        "is_test": Field("boolean", "flagged as test, of another tenant, or in a currency other than USD"),
        "is_trading_store": Field(
            "boolean", "open to the public, USD, opened by as_of: what store notebooks filter on"
        ),
    },
    build=_build,
)
