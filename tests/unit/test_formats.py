"""Numbers as readers see them: the minus sign, whole thousands."""

from __future__ import annotations

import pytest

from lucky_analytics.formats import format_interval, format_number, format_value


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (-1.53, "", "−1.5"),
        (-58_100, "USD a month", "−$58.1K"),
        (-0.1234, "share", "−12.3 %"),
        (-0.0001, "share", "0.0 %"),
        (-0.001, "", "0.00"),
        (200_000, "USD", "$200K"),
        (-200_040, "USD", "−$200.0K"),
        (float("-inf"), "", "−∞"),
    ],
)
def test_a_number_has_no_hyphen_and_no_needless_decimals(value, unit, expected):
    assert format_number(value, unit) == expected
    assert "-" not in format_value(value, unit) + format_interval(value, value, unit)
