"""Files of prices: each wrong row is named, and the examples say that they are made up."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.questions.strategy.competitive_intelligence import (
    price_file,
    steps,
)
from tests.rival_files import EXAMPLES, GOOD, read, write
from tests.rival_world import DRINKS

BROKEN = {
    GOOD.replace("16", "0.5"): "row 2, ounces: expected a number from 1 to 64, got '0.5'",
    GOOD.replace("5.75", "free"): "row 2, dollars: expected a number from 0.25 to 50, got 'free'",
    GOOD.replace("5.75", "nan"): "row 2, dollars: expected a number",
    GOOD.replace("USD", "NZD"): "row 2, currency: expected USD, got 'NZD'",
    GOOD.replace("2026-02-05", "2/5/2026"): "row 2, seen: expected a date such as 2026-02-13, got '2/5/2026'",
    GOOD.replace("2026-02-05", "2026-02-30"): "row 2, seen: expected a date",
    GOOD.replace("none", ""): "row 2, promotion: expected text",
    GOOD.replace("Paper Cup", "P" * 81): "row 2, competitor: expected at most 80 characters",
    f"{GOOD}\n{GOOD}": "row 3: expected each competitor, location, product, ounces, "
    "sold_through, promotion and seen once, got 'Paper Cup'",
    f"{GOOD}\n{GOOD.replace('Latte', 'LATTE')}": "row 3, product: expected each price of a day once",
    f"{GOOD}\n{GOOD.replace(',latte,16', ',mocha,12')}": "row 3, kind: expected one kind for a product",
}  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_a_row_that_breaks_the_contract_is_named(line, tmp_path):
    with pytest.raises(LuckyError) as caught:
        read(tmp_path, line)
    assert BROKEN[line] in str(caught.value) and "noted.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (GOOD.replace(",latte,", ",lattte,"), r"row 2, kind.*latte"),
        (GOOD.replace("shop", "shpo"), r"row 2, sold_through.*shop"),
    ],
)
def test_a_word_that_no_list_has_is_named_with_the_nearest(line, said, tmp_path):
    with pytest.raises(UnknownNameError, match=said):
        read(tmp_path, line)


def test_a_file_without_rows_or_a_column_is_refused_and_none_is_none(tmp_path):
    assert price_file.read_prices("", DRINKS.kinds) is None and price_file.read_openings("") is None
    with pytest.raises(LuckyError, match="expected rows"):
        read(tmp_path)
    with pytest.raises(LuckyError, match="expected columns competitor"):
        price_file.read_prices(write(tmp_path, "a", header="competitor"), DRINKS.kinds)


def test_the_examples_are_read_say_that_they_are_made_up_and_name_no_chain():
    noted = price_file.read_prices(EXAMPLES / "competitor_prices.csv", DRINKS.kinds)
    openings = price_file.read_openings(EXAMPLES / "competitor_openings.csv")
    places, _ = steps.read_places(EXAMPLES / "competitors.csv")
    assert (noted["source"] == "made up: no such shop").all() and len(places) == 5
    assert (openings["source"] == "made up: no such shop").all()
    text = "".join(file.read_text().lower() for file in EXAMPLES.glob("competitor*.csv"))
    assert not [name for name in ("starbucks", "dunkin", "blue bottle") if name in text]
    assert set(openings["change"]) == {"opened", "closed"}
