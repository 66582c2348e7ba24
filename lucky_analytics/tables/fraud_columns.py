"""The columns of the tables on the page on payment fraud."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = ["BUDGET", "CASES", "KINDS", "ODD", "PLATFORMS", "RULES", "SIZES"]

CASES = {
    "case": Column("Case", decimals=0),
    "what": Column("What is so"),
    "n": Column("Accounts", decimals=0),
    "orders": Column("Orders", decimals=0),
    "refunded_orders": Column("Of them refunded", decimals=0),
    "dollars": Column("Taken", "USD", 0, bar=True),
    "store": Column("Store"),
    "first": Column("From"),
    "last": Column("To"),
    "picked": Column("Now"),
}
KINDS = {
    "what": Column("What is so"),
    "n": Column("Cases", decimals=0),
    "accounts": Column("Accounts", decimals=0),
    "dollars": Column("Taken since opening", "USD", 0),
    "tests": Column("Held against chance", decimals=0),
    "innocent": Column("Innocent, if"),
}
PLATFORMS = {
    "name": Column("Account"),
    "paid": Column("Paid since opening", "USD", 0),
    "orders": Column("Orders", decimals=0),
    "a_day": Column("Orders a day", decimals=0),
    "stores": Column("Stores", decimals=0),
    "days": Column("Days with an order", decimals=0),
}
RULES = {
    "way": Column("Named by"),
    "named": Column("Accounts named", decimals=0),
    "listed": Column("Of them in a case of this page", decimals=0),
    "hits": Column("Times a limit was passed", decimals=0),
    "platform_share": Column("By delivery platforms", "share", 0),
}
ODD = {
    "date": Column("Day"),
    "store": Column("Store"),
    "paid": Column("Paid", "USD"),
    "score": Column("How odd, 0 to 1", decimals=2),
    "reason": Column("Odd by"),
    "second": Column("And by"),
    "listed": Column("Account in a case"),
    "n_orders": Column("Orders of the account", decimals=0),
    "on_card": Column("Accounts on its card", decimals=0),
    "refund_share": Column("Refunded", "share", 0),
}
SIZES = {
    "size": Column("Accounts that share cards", decimals=0),
    "groups": Column("Groups", decimals=0),
    "rings": Column("Of them came together beyond chance", decimals=0),
}
BUDGET = {
    "reviews": Column("Cases looked at", decimals=0),
    "dollars": Column("Taken by them", "USD", 0),
    "cost": Column("Cost of looking", "USD", 0),
    "by_chance": Column("Of them by chance, about", decimals=2),
}
