from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from great_tables import GT, html, loc, style

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.tables.render import (
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROWS,
    Column,
    format_cells,
    render,
)

FRAME = pd.DataFrame(
    {
        "store": ["Fulton <b>", None],
        "dollars": [58_123.4, float("nan")],
        "low": [1_234.0, float("nan")],
        "high": [2_345.0, float("nan")],
        "share": [0.1234, -0.0001],
        "opened": [pd.Timestamp("2026-02-01"), pd.NaT],
    }
)


def cells(column, name):
    rendered = render(FRAME, {name: column}, "t")
    return [part.split(">", 1)[1].split("</td>")[0] for part in rendered.split("<td ")[1:]]


@pytest.mark.parametrize(
    ("name", "column", "expected"),
    [
        ("store", Column("Store"), ["Fulton &lt;b&gt;", "–"]),
        ("opened", Column("Opened"), ["1\u00a0Feb\u00a02026", "–"]),
        ("dollars", Column("Revenue", "USD", 0), ["$58,123", "–"]),
        ("dollars", Column("Revenue", "USD K", 1), ["58.1", "–"]),
        ("low", Column("Interval", "orders", 0, high="high"), ["1,234 to 2,345", "–"]),
        ("share", Column("Share", "share", 1), ["12.3\u00a0%", "0.0\u00a0%"]),
    ],
)
def test_cells(name, column, expected):
    assert cells(column, name) == expected


def test_header_carries_the_unit_and_escapes():
    rendered = render(FRAME, {"low": Column("Orders <a>", "a week", 0)}, "t")
    assert "Orders &lt;a&gt;<br><small>a week</small>" in rendered


def test_bar_is_as_long_as_its_share_of_the_largest():
    frame = pd.DataFrame({"x": [50.0, 200.0]})
    rendered = render(frame, {"x": Column("X", decimals=0, bar=True)}, "t")
    assert "width:25%" in rendered and "width:100%" in rendered


def test_numbers_align_right_and_text_left():
    rendered = render(FRAME, {"store": Column("Store"), "low": Column("Low", decimals=0)}, "t")
    row = rendered.split("<tbody")[1]
    assert row.index("gt_left") < row.index("gt_right")


def test_same_frame_same_markup():
    columns = {"store": Column("Store"), "low": Column("Low", decimals=0, high="high")}
    assert render(FRAME, columns, "t") == render(FRAME, columns, "t")


def test_empty_frame_keeps_its_header():
    assert "Revenue" in render(FRAME.head(0), {"dollars": Column("Revenue", "USD", 0, bar=True)}, "t")


@pytest.mark.parametrize(
    "columns", [{"stor": Column("Store")}, {"low": Column("L", decimals=0, high="hihg")}]
)
def test_unknown_column_is_named(columns):
    with pytest.raises(UnknownNameError, match="unknown table column"):
        render(FRAME, columns, "t")


def test_a_change_has_its_sign():
    html = render(pd.DataFrame({"x": [0.25, -0.25, 0.001]}), {"x": Column("Change", "change", 0)}, "changes")
    shown = html.replace("\u00a0", " ")
    assert "+25 %" in shown and "\u221225 %" in shown and "+0 %" not in shown


@pytest.mark.parametrize("extra", [0, 1])
def test_rows_beyond_the_most_are_left_to_the_downloads_and_that_is_said(extra):
    n_rows = MOST_ROWS + extra
    frame = pd.DataFrame({"n": range(n_rows)})
    rendered = render(frame, {"n": Column("N", decimals=0)}, "t")
    body = rendered.split("<tbody")[1].split("</tbody>")[0]
    assert body.count("<tr") == MOST_ROWS
    assert ("The first 1,000 of 1,001 rows; the downloads hold all." in rendered) == bool(extra)


@pytest.mark.parametrize("extra", [0, 1])
def test_columns_beyond_the_most_are_left_to_the_downloads_and_that_is_said(extra):
    names = [f"c{place}" for place in range(MOST_COLUMNS + extra)]
    columns = {name: Column(name, decimals=0) for name in names}
    rendered = render(pd.DataFrame([range(len(names))], columns=names), columns, "t")
    assert rendered.split("<tbody")[1].count("<td") == MOST_COLUMNS + extra  # the note is a cell too
    assert ("The first 50 of 51 columns; the downloads hold all." in rendered) == bool(extra)
    with pytest.raises(UnknownNameError, match="unknown table column 'gone'"):
        render(pd.DataFrame([range(len(names))], columns=names), {**columns, "gone": Column("Gone")}, "t")


def test_a_long_text_is_cut_and_that_is_said():
    frame = pd.DataFrame({"s": ["x" * 5_000, "short"]})
    rendered = render(frame, {"s": Column("S")}, "t")
    assert "x" * MOST_CHARACTERS + "…" in rendered and "x" * (MOST_CHARACTERS + 1) not in rendered
    assert "Of texts over 1,000 characters the beginning; the downloads hold all." in rendered
    assert "beginning" not in render(frame.tail(1), {"s": Column("S")}, "t")


def test_a_moment_keeps_its_time_and_a_day_has_none():
    moments = pd.Series([pd.Timestamp("2026-02-13"), pd.Timestamp("2026-02-13 07:30", tz="America/New_York")])
    rendered = render(pd.DataFrame({"t": moments.astype(object)}), {"t": Column("T")}, "t")
    assert ">13\u00a0Feb\u00a02026</td>" in rendered
    assert ">13\u00a0Feb\u00a02026\u00a007:30\u00a0EST</td>" in rendered


def test_text_in_a_column_of_numbers_is_named():
    with pytest.raises(
        ParameterError, match=r"table column x: expected numbers, got .*'many'\. Leave decimals"
    ):
        render(pd.DataFrame({"x": ["many"]}), {"x": Column("X", decimals=0)}, "t")


def test_decimals_of_a_source_and_its_nulls_are_shown():
    frame = pd.DataFrame({"x": pd.Series([Decimal("1234.5"), pd.NA], dtype=object), "s": ["a", pd.NA]})
    rendered = render(frame, {"x": Column("X", "USD", 2), "s": Column("S")}, "t")
    assert "$1,234.50" in rendered
    assert rendered.count(">–</td>") == 2


def test_thousands_are_thousands_whatever_they_are_a_part_of():
    markup = render(pd.DataFrame({"x": [76_008.0]}), {"x": Column("Must sell", "USD K a month", 1)}, "t")
    assert "76.0" in markup and "76,008" not in markup and "$ thousand a month" in markup


def test_a_column_of_sentences_keeps_room_for_them_on_a_phone():
    frame = pd.DataFrame(
        {"short": ["a"], "long": ["a sentence that would wrap into a high and narrow column"]}
    )
    markup = render(frame, {name: Column(name) for name in frame}, "t")
    assert markup.count("min-width: 14rem") == 1


@pytest.mark.parametrize("n", [1, 2, 40])
def test_the_markup_is_that_of_great_tables_row_by_row(n):
    hostile = ["<b>", "a & b", "'\"", "\ue000", "", "\n", "x" * 60, "–"]
    frame = pd.DataFrame({"text": (hostile * 5)[:n], "number": [1.5] * n, "share": [0.5] * n})
    columns = {"text": Column("<T>"), "number": Column("N", "USD", 2), "share": Column("S", "share", 0)}
    table = GT(format_cells(frame, columns), id="t").cols_align("left")
    table = table.cols_align("right", columns=["number", "share"])
    table = table.cols_label(cases={"text": html("&lt;T&gt;"), "number": html("N"), "share": html("S")})
    if n > 6:  # a long one is among them
        table = table.tab_style(style.css("min-width: 14rem"), loc.body(columns=["text"]))
    assert render(frame, columns, "t") == table.as_raw_html()
