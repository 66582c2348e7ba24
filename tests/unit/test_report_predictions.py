"""A notebook's prediction is a record with all that is needed to hold it to what comes."""

from __future__ import annotations

import datetime as dt

import pytest
from nbformat.v4 import new_code_cell

from lucky_analytics import report, report_record
from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.measure import Measure
from lucky_analytics.pages import render
from tests.example_pages import FACTS, example_notebook, record

START, DUE = dt.date(2026, 2, 14), dt.date(2026, 2, 20)
WEEK = Measure("orders", {"store_id": "3"}, START)


@pytest.fixture
def said(monkeypatch):
    records = []
    monkeypatch.setattr(
        report_record, "say", lambda record, text, shapes=None: records.append((record, text))
    )
    return records


def test_it_keeps_number_interval_promise_day_and_measure(said):
    report.prediction("week", 100, 90, 110, 0.9, DUE, WEEK, "Orders of the week")
    ((record, text),) = said
    kept = [
        record[name] for name in ("value", "low", "high", "level", "due", "metric", "where", "start", "until")
    ]
    assert kept == [100, 90, 110, 0.9, "2026-02-20", "orders", {"store_id": "3"}, "2026-02-14", None]
    assert text == ("Predicted, to be measured as of 20 Feb 2026: Orders of the week, 100 orders (90 to 110)")


def test_an_estimate_brings_its_interval_and_its_level(said):
    report.prediction("week", Estimate(100, 90, 110, level=0.8), None, None, None, DUE, WEEK)
    assert said[0][0]["level"] == 0.8 and said[0][0]["label"] == "Orders (store_id 3)"


@pytest.mark.parametrize("ends", [(None, 110), (90, None), (float("nan"), 110)])
def test_without_an_interval_nothing_is_promised(said, ends):
    report.prediction("week", 100, *ends, 0.9, DUE, WEEK)
    assert said == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"low": 105}, "low, value and high in order"),
        ({"level": 90}, "a level between 0 and 1, got 90"),
        ({"level": None}, "a level between 0 and 1"),
        ({"due": "2026-02-20"}, "due of prediction week: expected a date"),
        ({"due": dt.date(2026, 2, 1)}, "a period that is over when it is due"),
        ({"measure": Measure("orders", until=dt.date(2026, 3, 1))}, "a period that is over"),
    ],
)
def test_one_that_cannot_be_is_one_line(said, changed, words):
    given = {"value": 100, "low": 90, "high": 110, "level": 0.9, "due": DUE, "measure": WEEK}
    with pytest.raises(ParameterError, match=words):
        report.prediction("week", **{**given, **changed})
    assert said == []


def test_the_page_lists_under_details_what_it_will_be_held_to():
    node = example_notebook()
    shown = record(report.prediction, "week", 100, 90, 110, 0.9, DUE, WEEK, "Orders <of> the week")
    node.cells.append(new_code_cell("", outputs=shown))
    page = render(node, name="store_ramp_curves", department="operations", run=FACTS)
    row = page[page.index("What this page predicts, and will be held to") :]
    assert "Orders &lt;of&gt; the week" in row
    assert "100 orders (90 to 110)" in row and "20 Feb 2026" in row
