"""Wide tables on a phone: which columns stand first, what a page is told of them, and what is left alone."""

from __future__ import annotations

import html
import re

import pandas as pd
import pytest

from lucky_analytics.pages.phone_tables import MOST_COLUMNS, Roles, choose_roles, fit_tables
from lucky_analytics.tables.render import Column, render

SITES = pd.DataFrame(
    {
        "site": ["Columbus Circle", "180 Varick & more"],
        "own": [68.1, 40.2],
        "low": [50.0, 20.0],
        "high": [90.0, 60.0],
        "p": [0.11, 0.01],
        "like": ["8th & Broadway", "102 Fulton"],
    }
)
COLUMNS = {
    "site": Column("Site"),
    "own": Column("Own revenue", "USD K", 1),
    "low": Column("Interval", "USD K", 1, high="high"),
    "p": Column("Chance to pay back", "share", 0),
    "like": Column('Most "like"'),
}


def columns(labels: str) -> tuple[list[str], list[bool], list[float]]:
    """Labels with # for numbers, as a list of each thing that roles are chosen by."""
    named = labels.split(" | ")
    return [name.rstrip("#") for name in named], [name.endswith("#") for name in named], [9.0] * len(named)


@pytest.mark.parametrize(
    ("labels", "roles"),
    [
        ("Store | Good | Order packs# | At cost# | Why | Saves until then#", Roles(1, 2, 3, 0, 5)),
        ("Product | Paid# | New price# | Gain a month# | Interval# | To consider", Roles(1, 0, 4, 5, 6)),
        ("Store | 12 weeks# | Week# | against last week# | against usual# | This week", Roles(1, 0, 5, 0, 6)),
        ("Period | Form | Due on | Taxable# | Due by line# | To pay#", Roles(1, 2, 6)),
        ("Rank# | Campaign | Off# | Used# | Margin for a dollar off#", Roles(2, 0, 5)),
        ("Store | Orders# | Mean minutes# | Its interval# | Tickets#", Roles(1, 0, 3, 4)),
        ("Column | Type | Meaning | Personal data", Roles(1, 0, 2, 0, 4)),
    ],
)
def test_what_decides_stands_first(labels, roles):
    assert choose_roles(*columns(labels)) == roles


def test_a_wide_table_is_told_its_roles_and_names_and_nothing_else_changes():
    page = f"<main>{render(SITES, COLUMNS, 'sites')}</main>"
    fitted = fit_tables(page)
    tag = re.search(r"<table\b[^>]*>", fitted)[0]
    assert 'class="gt_table cards fold n1 k4"' in tag
    assert '--c4:"Chance to pay back";--c5:"Most \\"like\\"";' in html.unescape(tag)
    assert "Varick &amp; more" in fitted
    without = re.sub(r"<table\b[^>]*>", "", page)
    assert re.sub(r"<table\b[^>]*>", "", fitted) == without
    assert fit_tables(fitted) == fitted


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>No header</td></tr></table>",
        '<table><thead><tr><th colspan="2">Two</th><th>x</th></tr></thead><tbody></tbody></table>',
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1<td>2</tr></tbody></table>",
        render(SITES[["site", "p"]], {"site": Column("Site"), "p": COLUMNS["p"]}, "narrow"),
        render(
            pd.DataFrame({f"c{n}": [1.0] for n in range(MOST_COLUMNS + 1)}),
            {f"c{n}": Column(f"Column {n}", decimals=0) for n in range(MOST_COLUMNS + 1)},
            "widest",
        ),
        render(SITES.head(0), COLUMNS, "empty"),
    ],
)
def test_what_fits_or_is_no_plain_table_is_left_alone(markup):
    assert fit_tables(markup) == markup


def test_a_label_cannot_leave_its_place():
    bad = '"};</style><script>alert(1)</script>'
    frame = pd.DataFrame({"a": ["x" * 30], "b": [1], "c": ["y" * 30], "d": [2]})
    tables = render(
        frame, {"a": Column("A"), "b": Column(bad, decimals=0), "c": Column("C"), "d": Column("D")}, "t"
    )
    tag = re.search(r"<table\b[^>]*>", fit_tables(tables))[0]
    assert "cards" in tag and "<script" not in tag and tag.count('"') % 2 == 0
    assert '--c2:"\\"};</style><script>alert(1)</script>";' in html.unescape(tag)
