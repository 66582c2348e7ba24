"""Numbers as readers see them: the minus sign, whole thousands."""

from __future__ import annotations

import pytest

from lucky_analytics.formats import format_interval, format_number, format_value, keep_together


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (-1.53, "", "−1.5"),
        (-58_100, "USD a month", "−$58.1K"),
        (-0.1234, "share", "−12.3 %"),
        (-0.00001, "share", "0.0 %"),
        (-0.0001, "share", "\u22120.01 %"),
        (-0.001, "", "0.00"),
        (99.99, "USD", "$99.99"),
        (99.994, "USD", "$99.99"),
        (99.996, "USD", "$100"),  # not $100.00: from a hundred on there are no cents
        (100, "USD", "$100"),
        (200_000, "USD", "$200K"),
        (-200_040, "USD", "−$200.0K"),
        (float("-inf"), "", "−∞"),
    ],
)
def test_a_number_has_no_hyphen_and_no_needless_decimals(value, unit, expected):
    assert format_number(value, unit) == expected
    assert "-" not in format_value(value, unit) + format_interval(value, value, unit)


@pytest.mark.parametrize(
    ("low", "high", "unit", "expected"),
    [
        (7_494, 37_300, "USD", "($7.5K to $37.3K)"),
        (-300, 37_300, "USD", "(−$0.3K to $37.3K)"),
        (0, 37_300, "USD", "($0 to $37.3K)"),
        (300_000, 1_200_000, "USD", "($300K to $1.20M)"),
        (41.31, 2_327, "USD", "($41 to $2,327)"),
        (0.41, 5.2, "USD", "($0.41 to $5.20)"),
        (0.9, 1.52, "weeks", "(0.9 to 1.5)"),
        (0.04, 1.52, "weeks", "(0.04 to 1.5)"),
    ],
)
def test_both_ends_of_an_interval_are_as_coarse(low, high, unit, expected):
    assert format_interval(low, high, unit) == expected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(-44 %)", "(−44\u00a0%)"),
        ("-5 % to -3 %", "−5\u00a0% to −3\u00a0%"),
        ("-$5 or −$17.5K", "−\u2060$5 or −\u2060$17.5K"),
        ("within 400 m or 1 km", "within 400\u00a0m or 1\u00a0km"),
        ("5 months", "5 months"),
        (
            "CTPP 2012-16, 2026-02-13, COVID-19, --jobs=-1, 3-5",
            "CTPP 2012-16, 2026-02-13, COVID-19, --jobs=−1, 3-5",
        ),
    ],
)
def test_no_number_is_parted_from_its_sign_or_unit(text, kept):
    assert keep_together(text) == kept
    assert keep_together(kept) == kept
