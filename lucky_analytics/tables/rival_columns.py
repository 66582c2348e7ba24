"""The columns of the tables on the page on competitors' prices."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "BASKET",
    "CHANGE",
    "CLOSING",
    "COMPETITOR",
    "ITEM",
    "MENU",
    "NAIVE",
    "NOTE",
    "OPENING",
    "OUTSIDE",
    "PRICE",
    "PROMOTION",
    "STATE",
    "STORE",
]

COMPETITOR = {
    "competitor": Column("Competitor"),
    "list_off": Column("Menu prices above our list prices", "change", 1),
    "list_off_low": Column("Interval", "change", 1, high="list_off_high"),
    "verdict": Column("Beyond chance"),
    "paid_off": Column("above what our customers pay", "change", 1),
    "paid_off_low": Column("Interval", "change", 1, high="paid_off_high"),
    "n_items": Column("Drinks and sizes alike", decimals=0),
    "n_prices": Column("Prices", decimals=0),
    "n_locations": Column("Shops", decimals=0),
    "oldest": Column("Oldest seen"),
}
ITEM = {
    "item": Column("Drink and size"),
    "units": Column("We sold", decimals=0),
    "list_price": Column("Our list price", "USD", 2),
    "paid_price": Column("Paid", "USD", 2),
    "theirs": Column("Theirs, mean", "USD", 2),
    "cheapest": Column("lowest to highest", "USD", 2, high="dearest"),
    "list_off": Column("Theirs above our list price", "change", 0),
    "paid_off": Column("above paid", "change", 0),
    "n_competitors": Column("Competitors", decimals=0),
}
CHANGE = {
    "competitor": Column("Competitor"),
    "location": Column("Shop"),
    "product": Column("Drink"),
    "ounces": Column("Ounces", decimals=0),
    "before": Column("Before", "USD", 2),
    "before_seen": Column("Seen"),
    "price": Column("Now", "USD", 2),
    "seen": Column("Seen"),
    "change": Column("Change", "change", 1),
}
STORE = {
    "store_name": Column("Store"),
    "n_near": Column("Coffee shops near it", decimals=0),
    "n_competitors": Column("with prices: competitors", decimals=0),
    "n_items": Column("Drinks and sizes alike", decimals=0),
    "off": Column("Their list prices above ours", "change", 1),
    "off_low": Column("Interval", "change", 1, high="off_high"),
}
OPENING = {
    "competitor": Column("Competitor"),
    "location": Column("Shop"),
    "day": Column("Opened"),
    "store_name": Column("Store near it"),
    "km": Column("Away", "km", 2),
    "change": Column("The store's orders after it, over our others'", "change", 1),
    "low": Column("Interval, for all openings together", "change", 1, high="high"),
    "n_after": Column("Days", decimals=0),
    "n_others": Column("Others", decimals=0),
    "verdict": Column("What can be said"),
}
CLOSING = {
    "competitor": Column("Competitor"),
    "location": Column("Shop"),
    "day": Column("Closed"),
    "store_name": Column("Store near it"),
    "km": Column("Away", "km", 2),
}
MENU = {
    "competitor": Column("Competitor"),
    "location": Column("Shop"),
    "product": Column("Drink"),
    "what": Column("At the newest visit"),
    "seen": Column("Visit"),
}
PROMOTION = {
    "competitor": Column("Competitor"),
    "location": Column("Shop"),
    "product": Column("Drink"),
    "ounces": Column("Ounces", decimals=0),
    "promotion": Column("Terms"),
    "dollars": Column("Price", "USD", 2),
    "usual": Column("Usual price there", "USD", 2),
    "off": Column("Below it", "share", 0),
    "seen": Column("Seen"),
}
NAIVE = {
    "what": Column("Worked out as"),
    "theirs": Column("Theirs", "USD", 2),
    "ours": Column("Ours, list", "USD", 2),
    "off": Column("Theirs above ours", "change", 1),
    "why": Column("Why not to go by it"),
}
PRICE = {
    "competitor": Column("Competitor"),
    "location": Column("Shop"),
    "product": Column("Drink"),
    "kind": Column("Like our"),
    "ounces": Column("Ounces", decimals=0),
    "dollars": Column("Price", "USD", 2),
    "seen": Column("Seen"),
    "said": Column("Counts as"),
    "source": Column("Seen by"),
}
STATE = {"said": Column("Noted prices"), "n": Column("Prices", decimals=0)}
NOTE = {"column": Column("Column"), "holds": Column("What to note in it")}
BASKET = {
    "item": Column("Drink and size"),
    "ounces": Column("Ounces", decimals=0),
    "units": Column("Sold", decimals=0),
    "list_price": Column("List price", "USD", 2),
    "paid_price": Column("Paid", "USD", 2),
    "discounted_share": Column("Paid below list", "share", 0),
}
OUTSIDE = {
    "product_name": Column("Our product"),
    "units": Column("Sold", decimals=0),
    "why": Column("Compared with nothing, because"),
}
