"""MySQL types as Arrow types, and the ones that may not be declared."""

from __future__ import annotations

import pyarrow as pa
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.estate.types import arrow_type


@pytest.mark.parametrize(
    ("mysql", "arrow"),
    [
        ("mediumint", pa.int32()),
        ("decimal(10)", pa.decimal128(10, 0)),
        ("decimal(38,38)", pa.decimal128(38, 38)),
        ("binary(16)", pa.binary()),
        ("bit(8)", pa.uint64()),
    ],
)
def test_each_type_has_its_arrow_type(mysql: str, arrow: pa.DataType):
    assert arrow_type(mysql) == arrow


@pytest.mark.parametrize(
    "mysql",
    [
        "decimal(65,30)",
        "decimal(39,2)",
        "decimal(0,0)",
        "decimal(4,5)",
        "decimal(1,1,1)",
        "decimal",
        "geometry",
        "",
    ],
)
def test_a_type_that_may_not_be_declared_is_named(mysql: str):
    with pytest.raises(LuckyError, match=f"column type '{mysql}'".replace("(", r"\(").replace(")", r"\)")):
        arrow_type(mysql)
