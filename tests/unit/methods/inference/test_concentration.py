"""The effective number of products is n for n equal ones and 1 for a single one."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.concentration import estimate_concentration


def measured(**products: float) -> pd.DataFrame:
    """The same sales in each of five weeks, so that every draw of weeks gives the same."""
    rows = [{"product_id": name, "week": week, "y": y} for name, y in products.items() for week in range(5)]
    return estimate_concentration(pd.DataFrame(rows), n_replicates=50).set_index("measure")


@pytest.mark.parametrize(
    ("products", "expected"),
    [({"a": 7}, 1), ({"a": 2, "b": 2, "c": 2, "d": 2}, 4), ({"a": 3, "b": 1}, 16 / 10)],
)
def test_the_effective_number_is_the_inverse_of_the_sum_of_squared_shares(products, expected):
    row = measured(**products).loc["effective number"]
    assert (row["value"], row["low"], row["high"]) == pytest.approx((expected,) * 3)


def test_the_top_share_is_of_the_largest_product():
    row = measured(a=1, b=3).loc["top share"]
    assert row["product_id"] == "b"
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0.75,) * 3)


def test_without_sales_there_is_none():
    with pytest.raises(LuckyError, match="concentration: expected sales"):
        measured(a=0)
