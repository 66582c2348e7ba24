"""Price and menu on whole demo estates: one in which nothing was planted, one in which half of it was."""

from __future__ import annotations

import pytest

from tests import planted_world
from tests.notebook_said import headlines, rows, said_by

CATEGORIES = ("Fresh Ground Coffee", "Classic Drinks", "Matcha", "Cold Brew", "Refreshers", "Exfreezo",
              "Super Drink", "Food")  # fmt: skip
ALIKE = {"new": 1.0, "lapsed": 1.0, "loyal": 1.0}
NOTHING = {
    "elasticity": dict.fromkeys(CATEGORIES, 0.0) | ALIKE | {"salience": 0.0, "pulled_forward": 0.0},
    "menu": {"pair_probability": 0.0, "confounded_share": 0.0},
}
HALF = {"elasticity": dict(zip(CATEGORIES, [-2.0, 0.0] * 4, strict=True)) | ALIKE | {"pulled_forward": 0.4}}
ADVICE = ("withdraw", "keep 1", "sell ")


def said(name: str, planted: dict, scale: float):
    return said_by(f"product/{name}", planted_world.suite(planted, scale))


# Minutes of time: the same worlds without a demo estate are in the two notebooks' own tests.
pytestmark = pytest.mark.full
SCALES = [0.05, 0.3]


@pytest.mark.parametrize("scale", SCALES)
def test_price_is_quiet_where_nothing_answers_to_it(scale):
    page = said("price_elasticity", NOTHING, scale)
    found = headlines(page)
    assert found["pulled"]["value"] is None
    assert "Nothing shows that a lower price sells more" in page["answer"][0]["text"]
    assert page["decision"][0]["strength"] == "do not decide on this yet"
    assert not any(word in page["decision"][0]["text"] for word in ADVICE)
    assert not any(row["responds"] for row in rows(page, "best_prices"))


@pytest.mark.parametrize("scale", SCALES)
def test_menu_is_quiet_where_nothing_answers_to_price(scale):
    page = said("menu_engineering", NOTHING, scale)
    assert headlines(page)["price_step"]["value"] is None
    assert not any(word in page["decision"][0]["text"] for word in ADVICE)
    assert all(row["gain"] is None for row in rows(page, "products"))


def test_categories_at_nought_are_found_beside_others_that_respond():
    page = said("price_elasticity", HALF, 0.5)
    responds = {row["category"]: row["responds"] for row in rows(page, "best_prices")}
    silent = {name for name in CATEGORIES if HALF["elasticity"][name] == 0}
    assert not any(responds.get(name) for name in silent)
    assert responds["Fresh Ground Coffee"] and responds["Matcha"]
    assert not any(name in page["decision"][0]["text"] for name in silent)
