"""The columns of the tables on the tenant audit's page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["DATABASES", "DOUBTFUL", "FIGURES", "FILTERS", "KINDS", "ROWS", "RULES", "SIDES", "UNTESTED"]

DATABASES = {
    "database": Column("Database"),
    "result": Column("Result"),
    "n_failed": Column("Rows that fail", decimals=0),
    "n_red": Column("Of them red flags", decimals=0),
    "broken": Column("What they break"),
    "n": Column("Rows tested", decimals=0),
    "n_tested": Column("Tables tested", decimals=0),
    "n_open": Column("Tables not there or empty", decimals=0),
}
FIGURES = {
    "label": Column("Figure"),
    "shown_unit": Column("Unit"),
    "published": Column("As published", "in its unit", 2),
    "gated": Column("Without other markets", "in its unit", 2),
    "change": Column("Published over that", "change", 2),
    "home_only": Column("Without rows in doubt either", "in its unit", 2),
    "doubt_change": Column("What rows in doubt add", "change", 2),
    "ungated": Column("If nothing were left out", "in its unit", 2),
    "ungated_change": Column("That over the home market alone", "change", 2),
}
FILTERS = {
    "filter": Column("Filter on orders"),
    "n": Column("Orders kept", decimals=0),
    "n_let_in": Column("Of other markets or in doubt", "orders", 0),
    "home_money": Column("Theirs in US dollars", "USD", 2),
    "other_money": Column("Theirs in other currencies", "face value", 2),
    "n_lost": Column("Home orders lost", decimals=0),
}
DOUBTFUL = {
    "date": Column("Day"),
    "order_id": Column("Order"),
    "store_name": Column("Shop"),
    "shop_currency": Column("Sells in"),
    "tenant": Column("Tenant noted"),
    "currency": Column("Paid in"),
    "paid": Column("Paid", "USD", 2),
}
ROWS = {
    "database": Column("Database"),
    "table": Column("Table"),
    "broken": Column("What the row breaks"),
    "row": Column("Key of the row"),
    "tenant": Column("Tenant"),
    "currency": Column("Currency"),
    "zone": Column("Zone"),
    "shop": Column("Shop"),
    "shop_tenant": Column("Shop's tenant"),
    "shop_currency": Column("Shop's currency"),
    "order": Column("Order"),
    "order_tenant": Column("Order's tenant"),
    "order_currency": Column("Order's currency"),
}
KINDS = {
    "database": Column("Database"),
    "table": Column("Table"),
    "broken": Column("What rows break"),
    "tenant": Column("Tenant"),
    "currency": Column("Currency"),
    "store_name": Column("Shop"),
    "shop_tenant": Column("Shop's tenant"),
    "shop_currency": Column("Shop's currency"),
    "order_tenant": Column("Order's tenant"),
    "order_currency": Column("Order's currency"),
    "n": Column("Rows", decimals=0),
}
SIDES = {
    "table": Column("Table of the suite"),
    "promise": Column("Holds the home market alone"),
    "n": Column("Rows", decimals=0),
    "n_foreign": Column("Of other markets", "rows", 0),
    "n_doubt": Column("In doubt", "rows", 0),
}
RULES = {"rule": Column("Rule"), "meaning": Column("What it asks"), "flag": Column("Told first")}
UNTESTED = {"database": Column("Database"), "table": Column("Table"), "why": Column("Why not")}
