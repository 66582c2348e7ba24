"""Each rule for pages is broken by one page and kept by the whole one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lucky_analytics.pages.content import Content, Figure, Headline, Table
from lucky_analytics.pages.page_rules import N_FIGURES, N_TABLES, check_page, count_numbers


def tile(name: str, label: str = "Orders") -> Headline:
    return Headline(name, label, "7", "", "", "3 stores", "", "", True, [], [])


def figure(name: str, finding: str = "Orders rise", source: str = "orders") -> Figure:
    return Figure(name, finding, "by week", finding, source, "", "{}", "", [])


def table(name: str, markup: str = "<th>Store</th>") -> Table:
    return Table(name, "Stores", markup, False)


DECISION = {"strength": "do", "action": "plan on it", "because": "It is so.", "would_change_if": "It falls."}


def page(**changed) -> Content:
    whole = Content(
        answers=["Stores sold $17.7K (15 to 20), 33 % more than the week before."],
        decisions=[DECISION],
        headlines=[tile("a"), tile("b"), tile("c")],
        figures=[figure(f"f{n}") for n in range(N_FIGURES + 1)],
        tables=[table(f"t{n}") for n in range(N_TABLES + 1)],
        title="Stores sold a third more than the week before",
    )
    return replace(whole, **changed)


def test_a_whole_page_keeps_every_rule():
    assert check_page(page()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": ""}, "title: expected a finding"),
        ({"title": "a " * 14 + "b"}, "title: expected at most 14 words, got 15"),
        ({"answers": ["more than " * 21]}, "answer: expected at most 40 words, got 43"),
        ({"answers": ["1 more than 2, 3 and 4"]}, "answer: expected at most 3 numbers, got 4"),
        ({"answers": ["Stores sold $17.7K."]}, "answer: expected a comparison"),
        ({"decisions": [{**DECISION, "strength": ""}]}, "decision: expected a strength"),
        ({"decisions": [{**DECISION, "action": "a " * 41}]}, "decision: expected at most 40 words"),
        ({"decisions": []}, "decision: expected one, got 0"),
        ({"headlines": [tile("a")]}, "tiles: expected 3 to 6, got 1"),
        ({"headlines": [tile(str(n)) for n in range(7)]}, "tiles: expected 3 to 6, got 7"),
        ({"figures": []}, "figures: expected a main one"),
        ({"figures": [figure("f", source="")]}, "figure f: expected a source"),
        ({"title": "The AUC is higher than before"}, "title says 'AUC'"),
        ({"decisions": [{**DECISION, "because": "p 0.03."}]}, "decision says 'p 0.0'"),
        ({"headlines": [tile("a", "WAPE"), tile("b"), tile("c")]}, "tile a says 'WAPE'"),
        ({"figures": [figure("f", "Cox's hazard is higher")]}, "figure f says 'hazard'"),
        ({"tables": [table("t", "<th scope='col'>MASE</th>")]}, "table t says 'MASE'"),
    ],
)
def test_a_page_that_breaks_a_rule_is_told_where(changed, said):
    (fault,) = check_page(page(**changed))
    assert fault.startswith(said), fault


def test_a_page_that_ends_because_nothing_can_be_said_needs_no_tile_and_no_picture():
    ended = page(headlines=[], figures=[], is_stopped=True)
    assert check_page(ended) == []
    assert check_page(page(headlines=[], figures=[], is_stopped=True, decisions=[])) == [
        "decision: expected one, got 0"
    ]


def test_words_of_methods_may_stand_in_details():
    figures = [figure(f"f{n}") for n in range(N_FIGURES)] + [figure("late", "The AUC")]
    tables = [table(f"t{n}") for n in range(N_TABLES)] + [table("late", "<th>MASE</th>")]
    assert check_page(page(figures=figures, tables=tables)) == []


def test_a_page_that_shows_no_numbers_breaks_no_rule():
    assert check_page(Content(problems=["t_order: no rows"])) == []


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("28th & 6th sold $8,239 on 13 Feb 2026", 1),
        ("−44 % (−50 to −30) and +3.2 points", 2),
        ("$110.2K a month, 1 of 10 stores", 3),
        ("nothing", 0),
    ],
)
def test_numbers_are_counted_as_a_reader_takes_them_in(text, n):
    assert count_numbers(text) == n
