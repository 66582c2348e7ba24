"""The columns of the tables on the page of the capacity plan."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["BILL", "ENDS", "INSTANCES", "LINES", "PEAKS", "TRIED"]

INSTANCES = {
    "n_stores": Column("Stores", "", 0),
    "servers_low": Column("Database servers of today's size", "", 0, high="servers_high"),
    "enlarged": Column("Too small as they are", "", 0),
    "naive": Column("As many a store as today", "", 0),
}
ENDS = {
    "name": Column("Server"),
    "what": Column("Runs out of"),
    "now": Column("Most seen", "share", 0),
    "stores": Column("At", "stores", 0),
    "stores_low": Column("Range", "stores", 0, high="stores_high"),
}
BILL = {
    "n_stores": Column("Stores", "", 0),
    "month_low": Column("Bill, nothing enlarged", "USD K a month", 0, high="month_high"),
    "naive": Column("As much a store as today", "USD K a month", 0),
}
LINES = {
    "name": Column("Server"),
    "what": Column("Measured"),
    "class": Column("Orders"),
    "share_low": Column("Follows orders, in the busiest hour", "share", 0, high="share_high"),
    "fixed": Column("There anyway", "", 1),
    "slope": Column("An order an hour adds", "", 3),
    "most": Column("Most seen", "", 1),
}
PEAKS = {
    "n_stores": Column("Stores", "", 0),
    "name": Column("Server"),
    "what": Column("Measured"),
    "share_low": Column("Busy hour, of its limit", "share", 0, high="share_high"),
    "copies": Column("Of today's size", "", 0),
}
TRIED = {
    "name": Column("Server"),
    "what": Column("Measured"),
    "times": Column("Beyond the quiet hours", "times", 1),
    "foretold": Column("Forecast", "", 0),
    "came": Column("Came", "", 0),
    "off": Column("Off by", "change", 0),
}
