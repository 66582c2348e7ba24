"""What is declared alike, and our own basket of it."""

from __future__ import annotations

import itertools

import pytest

from lucky_analytics.decisions import WAIT
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.questions.strategy.competitive_intelligence import (
    drink_kinds,
    texts,
)
from tests.rival_files import shape, sold
from tests.rival_world import DRINKS, SIZES


def test_kinds_and_sizes_are_declared_once_and_every_class_is_apart():
    names = [product for kind in DRINKS.kinds for product, own in DRINKS.products.items() if own == kind]
    assert len(names) == len(set(names)) > 50 and set(DRINKS.products.values()) <= set(DRINKS.kinds)
    ends = sorted(DRINKS.sizes.values())
    assert all(low < high for low, high in ends)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(ends))
    assert [DRINKS.size_of(ounces) for ounces in (6.9, 7, 12, 14, 17.9, 26, None)] == [
        None, "small", "medium", "large", "large", None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "kinds", "said"),
    [
        (["Large"], [], "our_sizes: expected lines 'size; ounces', got 'Large'"),
        (["Large; wide"], [], "our_sizes, Large: expected ounces from 1 to 64, got 'wide'"),
        (["Large; 900"], [], "expected ounces from 1 to 64"),
        (["Large; nan"], [], "expected ounces from 1 to 64"),
        (["Large; 16", "LARGE; 20"], [], "'LARGE' once"),
        ([], ["Latte; lattte"], "latte"),
    ],
)
def test_a_wrong_line_of_ours_is_named(sizes, kinds, said):
    with pytest.raises((ParameterError, UnknownNameError), match=said):
        drink_kinds.read_drinks(sizes, kinds)


def test_the_basket_is_means_over_units_and_what_has_no_kind_or_size_is_outside():
    basket = shape(
        sold(
            product_name=["Velvet Latte", "Coconut Latte", "Rocket Fuel", "Latte"],
            variant_name=["Velvet Latte Large", "Coconut Latte Large", "Rocket Fuel Large", "Latte Bucket"],
            units=[10, 30, 5, 2],
            list_price=[6.0, 8.0, 1.0, 1.0],
            paid_price=[3.0, 4.0, 1.0, 1.0],
        )
    )
    (row,) = basket.items.to_dict("records")
    assert row["item"] == "flavored latte, large" and row["list_price"] == 7.5 and row["paid_price"] == 3.75
    assert basket.outside[["product_name", "why"]].to_numpy().tolist() == [
        ["Rocket Fuel", "no kind is declared"],
        ["Latte", "its size in ounces is not declared"],
    ]
    assert basket.covered_share == 40 / 47 and basket.mean_of("list_price") == 7.5
    more = drink_kinds.read_drinks(SIZES, ["rocket fuel; americano"])
    assert "americano, large" in set(shape(sold(product_name=["Rocket Fuel"]), more).items["item"])


def test_without_declared_sizes_nothing_is_guessed():
    basket = shape(sold(), drink_kinds.read_drinks())
    finding, said, made = texts.describe_no_basket(basket)
    assert basket.items.empty and finding == "The size of our own drinks is not declared"
    assert made.strength.word == WAIT and "params/competitive_intelligence.yml" in made.action
    finding, _, made = texts.describe_no_basket(shape(sold().head(0)))
    assert finding == "No drink was sold over the counter yet" and made.strength.word == WAIT
    assert "nothing can be compared" in said
