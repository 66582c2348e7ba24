"""``store_hours``: when each shop meant to be open, and when it was."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text

__all__ = ["STORE_HOURS"]


def _minutes(clock: ir.StringValue) -> ir.IntegerValue:
    """Minutes after local midnight of a text like 07:30."""
    return clock.substr(0, 2).cast("int64") * 60 + clock.substr(3, 2).cast("int64")


def _build(suite: Tables) -> ir.Table:
    day = suite.source("opshop").t_shop_opening_time
    opens, closes = _minutes(day.open_time), _minutes(day.close_time)
    return day.select(
        store_id=text(day.shop_id),
        business_date=day.business_date,
        is_planned_open=day.is_open == 1,
        planned_open_time=day.open_time,
        planned_close_time=day.close_time,
        planned_minutes=ibis.ifelse(closes > opens, closes - opens, ibis.null("int64")),
        opened_at=day.real_open_time,
        closed_at=day.real_close_time,
    )


STORE_HOURS = Conformed(
    name="store_hours",
    grain="one row per shop and business date, planned days after as_of included",
    key=("store_id", "business_date"),
    columns={
        "store_id": Field("string", "text; joins stores"),
        "business_date": Field("date", "store-local"),
        "is_planned_open": Field("boolean", "meant to open"),
        "planned_open_time": Field("string", "store-local HH:MM; null when closed", nullable=True),
        "planned_close_time": Field("string", "store-local HH:MM; null when closed", nullable=True),
        "planned_minutes": Field(
            "int64", "minutes from planned opening to planned closing; null when closed", nullable=True
        ),
        "opened_at": Field(
            "timestamp", "UTC, when the shop was switched on; null when it was not", "UTC", nullable=True
        ),
        "closed_at": Field(
            "timestamp", "UTC, when the shop was switched off; null when it was not", "UTC", nullable=True
        ),
    },
    build=_build,
)
