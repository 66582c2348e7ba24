"""Charts show what they were given, or say what is missing."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import altair as alt
import pandas as pd
import pytest

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.report_charts import build_spec


def rows_of(spec):
    (rows,) = spec["datasets"].values()
    return rows


def points(frame, x="x", y="y:Q"):
    return alt.Chart(frame).mark_point().encode(x=x, y=y)


def test_decimals_are_numbers():
    spec, left_out = build_spec(points(pd.DataFrame({"x": [1, 2], "y": [Decimal("4.70"), None]}), y="y"), "f")
    assert [row["y"] for row in rows_of(spec)] == [4.7, None]
    assert (spec["encoding"]["y"]["type"], left_out) == ("quantitative", "")


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        (list(pd.period_range("2026-01", periods=2, freq="M")), ["2026-01", "2026-02"]),
        (pd.to_timedelta(["1 min", "2 min"]), [60, 120]),
        (pd.cut(pd.Series([1, 7]), [0, 5, 10]), ["(0, 5]", "(5, 10]"]),
        (pd.Series(["a", pd.NA], dtype=object), ["a", None]),
        (pd.Series([1, pd.NA], dtype="Int64"), [1, None]),
        (pd.Series(["b", "a"], dtype="category"), ["b", "a"]),
        ([dt.date(2026, 2, 13), dt.date(9999, 12, 31)], ["2026-02-13", "9999-12-31"]),
    ],
)
def test_what_analysts_have_in_their_frames_is_drawn(values, drawn):
    spec, _ = build_spec(points(pd.DataFrame({"x": values, "y": [1, 2]}), x="x:N"), "f")
    assert [row["x"] for row in rows_of(spec)] == drawn


def test_what_looks_like_personal_data_is_taken_out_and_counted():
    frame = pd.DataFrame({"x": ["bob@example.com", "221 Grand", "call +1 917 555 0100"], "y": [1, 2, 3]})
    spec, left_out = build_spec(points(frame, x="x:N"), "f")
    assert [row["x"] for row in rows_of(spec)] == ["[removed]", "221 Grand", "call [removed]"]
    assert left_out == "Not drawn: 2 values of what looks like personal data."
    assert frame["x"].tolist()[0] == "bob@example.com"


MAIL = "bob@example.com"


@pytest.mark.parametrize(
    "chart",
    [
        points(pd.DataFrame({"x": [1], "y": [1]})).properties(title=MAIL),
        points(pd.DataFrame({"x": [1], "y": [1]}), x=alt.X("x:Q").title(MAIL)),
        points(pd.DataFrame({"x": ["a"], "y": [1]}), x=alt.X("x:N").sort([MAIL])),
        points(alt.Data(values=[{"x": 1, "y": 2, "p": {"who": MAIL}}]), x="x:Q"),
        points(pd.DataFrame({"url": [MAIL], "x": [1], "y": [1]}), x="x:Q"),
        points(pd.DataFrame({"x": pd.Categorical([MAIL]), "y": [1]}), x="x:N"),
    ],
)
def test_what_looks_personal_is_taken_out_wherever_a_chart_has_text(chart):
    spec, left_out = build_spec(chart, "f")
    assert MAIL not in json.dumps(spec) and "[removed]" in json.dumps(spec)
    assert "of what looks like personal data" in left_out


def test_a_field_that_is_named_after_a_person_is_refused_without_its_name():
    with pytest.raises(ParameterError, match="figure f: expected names of columns without mail") as refused:
        build_spec(points(pd.DataFrame({"x": [1], "y": [1], MAIL: [1]}), x="x:Q"), "figure f")
    assert MAIL not in str(refused.value)


def test_a_column_of_mixed_types_is_named():
    with pytest.raises(ParameterError, match="figure f, column x: expected one type, got int, str"):
        build_spec(points(pd.DataFrame({"x": [1, "a"], "y": [1, 2]}), x="x:N"), "figure f")


@pytest.mark.parametrize(
    "days",
    [["2026-02-13", "2026-02-14"], [dt.date(2026, 2, 13), dt.date(2026, 2, 14)]],
)
def test_a_day_is_a_day_west_of_greenwich(days):
    frame = pd.DataFrame({"x": days, "y": [1, 2]})
    spec, _ = build_spec(points(frame, x="x:T"), "f")
    assert [row["x"] for row in rows_of(spec)] == ["2026-02-13T00:00:00", "2026-02-14T00:00:00"]
    spec, _ = build_spec(points(frame, x="x:N"), "f")
    assert rows_of(spec)[0]["x"] == "2026-02-13"  # a name stays what it is


def test_days_in_plain_values_and_layers_are_mended_too():
    data = alt.Data(values=[{"x": "2026-02-13", "y": 1}])
    base = alt.Chart(data).encode(x="x:T", y="y:Q")
    spec, _ = build_spec(base.mark_line() + base.mark_point(), "f")
    assert "2026-02-13T00:00:00" in json.dumps(spec)


FRAME = pd.DataFrame({"x": [1, 2], "y": [1, 2], "a.b": [1, 2], "store": ["p", "q"]})


@pytest.mark.parametrize(
    "chart",
    [
        points(FRAME, x="absent:Q"),
        points(FRAME, x="x:Q") + points(FRAME, x="absent:Q"),
        points(FRAME, x="x:Q") | points(FRAME, x="absent:Q"),
        points(FRAME, x="x:Q").facet("absent:N"),
        points(FRAME, x="x:Q").encode(tooltip=["store:N", "absent:Q"]),
        points(FRAME, x=alt.X(alt.repeat("column"), type="quantitative")).repeat(column=["x", "absent"]),
        alt.layer(alt.Chart().mark_point().encode(x="absent:Q"), data=FRAME),
        points(FRAME, x="z:Q").transform_calculate(z="datum.x * datum.absent"),
        points(FRAME, x="x:Q").transform_filter("datum['absent'] > 1"),
        points(FRAME, x="x:Q").transform_filter(alt.FieldOneOfPredicate("absent", ["p"])),
        points(FRAME, x="z:Q").transform_aggregate(z="sum(x)", y="max(y)", groupby=["absent"]),
        points(FRAME, x="z:Q").transform_window(z="sum(absent)"),
    ],
)
def test_a_field_that_the_data_has_not_is_refused_wherever_it_stands(chart):
    with pytest.raises(UnknownNameError, match=r"field of figure f: 'absent'.*a\.b, store, x, y"):
        build_spec(chart, "figure f")


def test_a_dotted_name_is_refused_until_it_is_escaped():
    with pytest.raises(ParameterError, match=r"plain field name, got a\.b\. Rename"):
        build_spec(points(FRAME, x="a.b:Q"), "f")
    build_spec(points(FRAME, x="a\\.b:Q"), "f")
    nested = alt.Data(values=[{"x": {"n": 1}, "y": 2}])
    build_spec(points(nested, x="x.n:Q"), "f")


@pytest.mark.parametrize(
    "chart",
    [
        points(FRAME, x="z:Q").transform_calculate(z="datum.x * 2"),
        points(FRAME, x="m:Q").transform_aggregate(m="mean(x)"),
        points(FRAME, x="key:N", y="value:Q").transform_fold(["x", "y"]),
        points(FRAME, x="value:Q", y="density:Q").transform_density("x"),
        points(FRAME, x="x:Q", y="count()"),
        points(FRAME.head(0), x="x:Q"),
        points(FRAME, x="r:Q").transform_window(r="rank()").facet("store:N"),
        points(FRAME, x="d:Q")
        .transform_calculate(c="datum.x + datum['a.b']")
        .transform_calculate(d="datum.c"),
        points(FRAME, x="x:Q").transform_filter("datum.store == 'p' && datum[\"y\"] > 1"),
    ],
)
def test_fields_made_on_the_way_pass(chart):
    build_spec(chart, "f")


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (points(alt.UrlData("file.json"), x="x:Q"), r"expected data in the chart, got an address file\.json"),
        (
            alt.layer(
                alt.Chart(alt.topo_feature("https://x.invalid/us", "c")).mark_geoshape(), points(FRAME)
            ),
            "got an address https://x.invalid/us",
        ),
        (
            points(FRAME).transform_lookup("x", alt.LookupData(alt.UrlData("k.csv"), "x", ["z"])),
            r"got an address k\.csv",
        ),
        (
            points(pd.DataFrame({"x": range(6000), "y": 1})),
            "expected at most 5,000 rows, got more. Aggregate",
        ),
        (points(FRAME).encode(tooltip=["absent"]), "got Unable to determine data type for the field"),
    ],
)
def test_what_no_page_can_draw_is_one_line(chart, words):
    with pytest.raises(ParameterError, match=words) as raised:
        build_spec(chart, "figure f")
    assert str(raised.value).startswith("figure f: expected ")


def test_a_chart_without_a_row_says_so():
    _, left_out = build_spec(alt.layer(points(FRAME.head(0)), points(FRAME.head(0))), "f")
    assert left_out == "There are no rows to draw for this period and selection."
    _, left_out = build_spec(alt.layer(points(FRAME.head(0)), points(FRAME)), "f")
    assert left_out == ""


def test_a_link_in_a_row_is_no_data_of_the_chart():
    frame = FRAME.assign(data=[{"url": "https://x.invalid"}] * len(FRAME), url="https://x.invalid")
    build_spec(points(frame), "f")


def test_infinite_points_and_zeros_of_a_log_scale_are_counted():
    frame = pd.DataFrame({"x": [1.0, float("inf"), float("-inf"), None], "y": [0.0, -1.0, 2.0, 3.0]})
    spec, left_out = build_spec(points(frame, x="x:Q", y=alt.Y("y:Q").scale(type="log")), "f")
    assert left_out == (
        "Not drawn: 2 values of x, infinite; "
        "2 values of y at or below zero, which a logarithmic scale has no place for."
    )
    json.dumps(spec, allow_nan=False)
    plain = alt.Data(values=[{"x": float("inf"), "y": 1}])
    spec, left_out = build_spec(points(plain, x="x:Q"), "f")
    assert left_out == "Not drawn: 1 value of x, infinite."
    json.dumps(spec, allow_nan=False)


def test_what_is_no_altair_chart_is_refused_and_the_chart_given_is_not_changed():
    with pytest.raises(ParameterError, match="expected an Altair chart, got dict"):
        build_spec({}, "f")
    frame = pd.DataFrame({"x": [Decimal(1)], "y": [1]})
    chart = points(frame)
    build_spec(chart, "f")
    assert chart.data is frame and frame["x"].tolist() == [Decimal(1)]
