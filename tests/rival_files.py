"""Files of competitors' prices and our own products, written by hand for tests."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.strategy.competitive_intelligence import our_basket, price_file
from tests.rival_world import AS_OF, DRINKS

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"
HEADER = ",".join(price_file.COLUMNS)
GOOD = "Paper Cup,all,Latte,latte,16,5.75,USD,shop,none,2026-02-05,me"


def write(folder, *lines, header=HEADER):
    file = folder / "noted.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def read(folder, *lines):
    noted = price_file.read_prices(write(folder, *lines), DRINKS.kinds)
    return price_file.mark_prices(noted, AS_OF, 92)


def sold(**columns):
    base = {"product_name": "Latte", "variant_name": "Latte Large", "units": 10, "list_price": 6.0,
            "paid_price": 4.0, "discounted_share": 0.5}  # fmt: skip
    rows = max((len(value) for value in columns.values() if isinstance(value, list)), default=1)
    return pd.DataFrame({name: columns.get(name, [value] * rows) for name, value in base.items()})


def shape(frame, drinks=DRINKS):
    return our_basket.shape_basket(frame, drinks, find_window(AS_OF, 4))
