"""What a notebook says in few words: defaults said once, an estimate whole, a table by its columns."""

from __future__ import annotations

import altair as alt
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


def test_a_table_is_drawn_from_its_columns(said):
    frame = pd.DataFrame({"store": ["<b>"], "net": [1234.5], "hidden": [1]})
    report.table(frame, "stores", "Stores", {"store": Column("Store"), "net": Column("Net", "USD", 0)})
    report.table(frame[["store"]], "names", "Names")
    (first, shown), (_, plain) = said
    assert "$1,234" in shown["text/html"] and "&lt;b&gt;" in shown["text/html"]
    assert ">hidden<" not in shown["text/html"] and "&lt;b&gt;" in plain["text/html"]
    assert report_data.decode(first["data"]).to_pylist() == [{"store": "<b>", "net": 1234.5, "hidden": 1}]


def test_a_figure_without_words_of_its_own_states_its_finding(said):
    chart = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q")
    report.figure(chart, "one", "One is one", subtitle="x")
    ((record, _),) = said
    assert record["alt"] == "One is one"
