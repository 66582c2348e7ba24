"""The columns of the tables on the forecast accuracy page."""

from __future__ import annotations

from lucky_analytics.tables.render import Column

__all__ = [
    "CORRECTIONS",
    "COST",
    "GOOD",
    "GROUP",
    "GROUPS",
    "MEASURE",
    "OUT",
    "OVER",
    "RETRAIN",
    "VERSUS",
    "WORST",
]

COST = {
    "what": Column("What"),
    "value": Column("A week", "USD", 0),
    "low": Column("Interval", "USD", 0, high="high"),
    "assumes": Column("Assumes"),
}
CORRECTIONS = {
    "store_name": Column("Store"),
    "value": Column("Forecast above use since", "change", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "correct": Column("Order instead", "change", 0),
    "n_blocks": Column("Weeks", decimals=0),
}
MEASURE = {
    "grain": Column("Grain"),
    "prediction": Column("Prediction"),
    "wape": Column("WAPE", "share", 1),
    "mape": Column("MAPE", "share", 1),
    "bias": Column("Bias", "change", 1),
    "hit_rate": Column("Hits", "share", 1),
    "rmse": Column("RMSE", decimals=2),
    "mase": Column("MASE", decimals=2),
    "rmsse": Column("RMSSE", decimals=2),
    "n": Column("Rows", decimals=0),
}
VERSUS = {
    "grain": Column("Grain"),
    "other": Column("Against"),
    "skill": Column("Error saved", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "difference": Column("Error a day", decimals=0),
    "n": Column("Days", decimals=0),
}
RETRAIN = {
    "store_name": Column("Store"),
    "category": Column("Category"),
    "dollars": Column("Error", "USD", 0, bar=True),
    "wape": Column("Error, of use", "share", 0),
    "naive_wape": Column("Simple forecast's error", "share", 0),
    "mape": Column("Mean error of a row", "share", 0),
    "bias": Column("Predicted above use", "change", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "reasons": Column("Why"),
}
OVER = {
    "store_name": Column("Store"),
    "category": Column("Category"),
    "mape": Column("Mean error of a row", "share", 0),
    "low": Column("Interval", "share", 0, high="high"),
    "n_blocks": Column("Weeks", decimals=0),
}
GOOD = {
    "goods_name": Column("Good"),
    "abs_error": Column("Error", "USD", 0, bar=True),
    "wape": Column("WAPE", "share", 0),
    "mape": Column("MAPE", "share", 0),
    "bias": Column("Bias", "change", 0),
    "hit_rate": Column("Hits", "share", 0),
    "n": Column("Rows", decimals=0),
}
WORST = {
    "store_name": Column("Store"),
    "goods_name": Column("Good"),
    "dollars_a_week": Column("Error a week", "USD", 0, bar=True),
    "wape": Column("WAPE", "share", 0),
    "naive_wape": Column("Last week's", "share", 0),
    "bias": Column("Bias", "change", 0),
    "hit_rate": Column("Hits", "share", 0),
}
OUT = {
    "days": Column("Days"),
    "n": Column("Rows", decimals=0),
    "wape": Column("WAPE", "share", 1),
    "bias": Column("Bias", "change", 1),
    "over_share": Column("Predicted more than used", "share", 1),
}
GROUP = {
    "wape": Column("WAPE", "share", 1),
    "mape": Column("MAPE", "share", 1),
    "bias": Column("Bias", "change", 1),
    "hit_rate": Column("Hits", "share", 1),
    "mase": Column("MASE", decimals=2),
    "n": Column("Rows", decimals=0),
}
GROUPS = {
    "store_table": ("By store", {"store_name": Column("Store"), **GROUP}),
    "category": ("By category", {"category": Column("Category"), **GROUP}),
    "weekday": ("By weekday", {"day": Column("Weekday"), **GROUP}),
    "classes": ("By kind of demand", {"demand_class": Column("Kind"), **GROUP}),
}
