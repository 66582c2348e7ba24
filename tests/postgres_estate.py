"""A PostgreSQL database in a declared estate, with the types that only PostgreSQL has."""

from __future__ import annotations

from lucky_analytics import estate
from lucky_analytics.estate import Column, Database, Estate, Table

NAME = "luckyus_dify_api"
_EVENTS = {
    "id": Column("id", "bigint"),
    "app_id": Column("app_id", "uuid"),
    "mode": Column("mode", "enum"),
    "tags": Column("tags", "text[]", nullable=True),
    "settings": Column("settings", "jsonb"),
    "price": Column("price", "numeric(14,7)", unit="USD"),
    "is_done": Column("is_done", "boolean", nullable=True),
    "seconds": Column("seconds", "double"),
    "happened_at": Column("happened_at", "timestamptz"),
    "wall_clock": Column("wall_clock", "datetime", nullable=True),
    "business_date": Column("business_date", "date"),
    "remark": Column("remark", "varchar(300)", public=True),
    "telephone": Column("telephone", "varchar(64)", personal="contact"),
    "digest": Column("digest", "bytea", nullable=True),
}
_APPS = {
    "id": Column("id", "varchar(40)"),
    "name": Column("name", "text", public=True),
    "modify_time": Column("modify_time", "datetime"),
}
DATABASE = Database(
    NAME,
    "aws-luckyus-dify-rw",
    {
        "events": Table("events", "one row per event", ("id",), _EVENTS),
        "apps": Table("apps", "one row per app", ("id",), _APPS),
    },
    kind="postgresql",
)


def declared() -> Estate:
    """The company's estate with this database in it; its other databases are as they are."""
    return Estate({**estate.load().databases, NAME: DATABASE})
