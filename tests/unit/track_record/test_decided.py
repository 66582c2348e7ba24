"""Decisions as they are declared: each in force or one clear line, and none costs another."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.track_record.decided import load_decided
from tests.estate_rows import checkout
from tests.notebook_cells import write_notebook

GOOD = {"what": "take 5 % off iced lattes", "page": "prices", "by": "Product", "decided": "2026-01-12",
        "metric": "orders"}  # fmt: skip


@pytest.fixture
def here(tmp_path):
    here = checkout(tmp_path)
    write_notebook(here.notebooks_dir / "product/prices.ipynb")
    return here


def declare(here, *entries):
    lines = []
    for number, entry in enumerate(entries):
        lines += [f"d{number}:", *(f"  {name}: {value}" for name, value in entry.items())]
    (here.params_dir / "decisions.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_decided(here)


def test_what_is_not_said_has_a_usual_value(here):
    ((one,), faults) = declare(here, GOOD)
    assert faults == []
    assert (one.department, one.starts, one.days, one.where) == ("product", dt.date(2026, 1, 13), 28, {})


def test_what_is_said_counts_and_changes_what_is_measured(here):
    more = {**GOOD, "starts": "2026-01-20", "days": 14, "where": '{store_id: ["3", "4"]}'}
    ((one, other), faults) = declare(here, more, GOOD)
    assert faults == [] and one.key != other.key
    assert (one.starts, one.days, one.where) == (dt.date(2026, 1, 20), 14, {"store_id": ["3", "4"]})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"page": "price"}, "unknown page of decisions.yml line 3, d0.page 'price': expected one of prices"),
        (
            {"metric": "order"},
            "unknown metric of decisions.yml line 6, d0.metric 'order': expected one of orders",
        ),
        ({"by": "ann@example.com"}, "d0.by: expected a role, such as Product, got what looks like a person"),
        ({"what": '""'}, "d0.what: expected a text, got nothing"),
        ({"decided": "soon"}, "d0.decided: expected a date like 2026-02-13, got 'soon'"),
        ({"days": 3}, "d0.days: expected 7 to 84, got 3"),
        ({"where": "{store_id: []}"}, "d0.where.store_id: expected a value, or a list of values"),
        ({"who": "Product"}, "unknown field of decisions.yml line 7, d0 'who'"),
    ],
)
def test_an_entry_that_is_wrong_is_one_line_and_costs_itself(here, changed, words):
    listed, faults = declare(here, {**GOOD, **changed}, GOOD)
    assert [one.name for one in listed] == ["d1"]
    (fault,) = faults
    assert words in str(fault)


def test_a_day_is_needed(here):
    _, (fault,) = declare(here, {name: GOOD[name] for name in GOOD if name != "decided"})
    assert "expected decided: the day of the decision, got none" in str(fault)


def test_no_file_and_no_entry_are_no_decision(here):
    assert load_decided(here) == ([], [])
    (here.params_dir / "decisions.yml").write_text("# none yet\n")
    assert load_decided(here) == ([], [])
    (here.params_dir / "decisions.yml").write_text("- a list\n")
    listed, faults = load_decided(here)
    assert listed == [] and "expected name: value lines" in str(faults[0])
