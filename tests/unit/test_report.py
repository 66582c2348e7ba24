"""What a notebook says in few words: defaults said once, an estimate whole, a table by its columns."""

from __future__ import annotations

from decimal import Decimal

import altair as alt
import ibis
import pandas as pd
import pytest

from lucky_analytics import report, report_data, report_headlines, report_record
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.tables.render import Column


@pytest.fixture
def said(monkeypatch):
    """The records that were said, in order, with nothing left over from another test."""
    records = []
    monkeypatch.setattr(
        report_record, "say", lambda record, text, shapes=None: records.append((record, shapes))
    )
    monkeypatch.setattr(report_headlines, "_defaults", {})
    monkeypatch.setattr(report_headlines, "_headlines", {})
    return records


def test_an_estimate_brings_its_interval_level_and_n(said):
    report.headline("net", "Net", Estimate(2.0, 1.0, 3.0, level=0.8, n=9), unit="USD", n_of="stores")
    ((record, _),) = said
    kept = [record[name] for name in ("value", "low", "high", "level", "n")]
    assert kept == [2.0, 1.0, 3.0, 0.8, 9]


def test_what_is_said_once_holds_for_all_and_an_own_word_wins(said):
    report.defaults(level=0.9, sql="select 1", n=9, n_of="stores", unit="USD")
    report.headline("a", "A", 2.0, low=1.0, high=3.0)
    report.headline("b", "B", 2.0, unit="weeks", n=4, sql="select 2")
    (a, _), (b, _) = said
    assert (a["level"], a["sql"], a["n"], a["unit"]) == (0.9, "select 1", 9, "USD")
    assert (b["level"], b["sql"], b["n"], b["unit"]) == (None, "select 2", 4, "weeks")


def test_what_nobody_said_is_asked_for(said):
    with pytest.raises(ParameterError, match="headline a: expected unit"):
        report.headline("a", "A", 2.0, n=1, n_of="stores")
    with pytest.raises(UnknownNameError, match="labell"):
        report.defaults(labell="x")
    assert said == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": "5"}, "headline a: expected a number or None, got str '5'"),
        ({"value": pd.NA}, "got NAType"),
        ({"value": pd.Series([1, 2])}, "got Series"),
        ({"low": 9, "high": 1, "level": 0.9}, r"low at most high, got 9\.0 and 1\.0"),
        ({"low": 1, "high": 9, "level": 90}, "a level between 0 and 1, got 90"),
        ({"n": -1}, "n of headline a: expected a whole number from 0 on, got -1"),
        ({"n": float("nan")}, "n of headline a"),
        ({"n": 2.5}, "n of headline a"),
    ],
)
def test_a_headline_that_cannot_be_is_one_line(said, given, words):
    with pytest.raises(ParameterError, match=words):
        report.headline(
            **{"name": "a", "label": "A", "value": 5, "unit": "USD", "n": 1, "n_of": "x", **given}
        )
    assert said == []


def test_a_calculation_without_a_number_says_so(said):
    report.headline("a", "A", float("inf"), unit="USD", n=1, n_of="x")
    report.headline("b", "B", float("nan"), unit="USD", n=1, n_of="x", note="No order.")
    report.headline("c", "C", Decimal("4.95"), unit="USD", n=1, n_of="x")
    assert [(record["value"], record["note"]) for record, _ in said] == [
        (None, "The calculation gave no number."),
        (None, "No order."),
        (4.95, ""),
    ]


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (lambda: report.answer(""), "answer: expected a text for readers, got ''"),
        (lambda: report.answer(5), "sentence: expected a text, got int 5"),
        (lambda: report.caveat(None), "caveat: expected a text for readers, got None"),
        (lambda: report.table(pd.DataFrame({"x": [1]}), "t", " "), "table t: expected a title for readers"),
    ],
)
def test_nothing_empty_is_said(say, words):
    with pytest.raises(ParameterError, match=words):
        say()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.Series([1], name="x"), r"table t: expected a pandas frame, got Series\. Call \.to_frame\(\)"),
        (ibis.memtable({"x": [1]}), r"got Table\. Call \.execute\(\)"),
        ([{"x": 1}], r"got list\. Make one with pandas\.DataFrame"),
        (
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_product([["a"], ["b", "c"]])),
            "got 2. Join their",
        ),
    ],
)
def test_what_is_no_frame_for_readers_is_one_line(said, frame, words):
    with pytest.raises(ParameterError, match=words):
        report.table(frame, "t", "T")
    assert said == []


def test_a_table_without_columns_shows_its_labels_and_names_of_any_kind(said):
    frame = pd.DataFrame({2026: [1, 2], 2025: [3, 4]}, index=pd.Index(["Food", "Tea"], name="category"))
    report.table(frame, "t", "T")
    ((record, shown),) = said
    assert [column["name"] for column in record["columns"]] == ["category", "2026", "2025"]
    assert all(f">{text}<" in shown["text/html"] for text in ("category", "2026", "Food", "Tea"))


def test_a_table_is_drawn_from_its_columns(said):
    frame = pd.DataFrame({"store": ["<b>"], "net": [1234.5], "hidden": [1]})
    report.table(frame, "stores", "Stores", {"store": Column("Store"), "net": Column("Net", "USD", 0)})
    report.table(frame[["store"]], "names", "Names")
    (first, shown), (_, plain) = said
    assert "$1,234" in shown["text/html"] and "&lt;b&gt;" in shown["text/html"]
    assert ">hidden<" not in shown["text/html"] and "&lt;b&gt;" in plain["text/html"]
    assert report_data.decode(first["data"]).to_pylist() == [{"store": "<b>", "net": 1234.5, "hidden": 1}]


def test_what_looks_personal_is_not_in_a_table_that_somebody_rendered(said):
    frame = pd.DataFrame({"who": ["ann@example.com"]})
    report.table(frame, "t", "T", frame.to_html())
    assert "ann@" not in str(said) and "[removed]" in str(said)


def test_a_figure_without_words_of_its_own_states_its_finding(said):
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    report.figure(chart, "one", "One is one", subtitle="x")
    ((record, _),) = said
    assert record["alt"] == "One is one"


def test_what_looks_personal_is_in_no_text_of_a_page_whoever_wrote_it(monkeypatch):
    shown = []
    for used in ("_tables_read", "_definitions", "_leaks"):  # of other tests, in the same process
        monkeypatch.setattr(report_record, used, {})
    monkeypatch.setattr(report_record, "get_ipython", lambda: "a notebook")
    monkeypatch.setattr(report_record, "display", lambda bundle, raw: shown.append(bundle))
    report.check("those held out from ann@example.com were like the others", True, "of ann@example.com")
    report.headline(
        "n", "Ann", 1, unit="posts", n=1, n_of="posts", counted={"a": "+1 917 555 0100"}, note="n"
    )
    record, headline = (bundle[report_record.MIME] for bundle in shown)
    assert record["name"] == "those held out from [removed] were like the others"
    assert headline["counted"] == {"a": "[removed]"} and headline["value"] == 1
    assert "ann@" not in str(shown) and "555" not in str(shown)
