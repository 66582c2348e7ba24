"""Fair Workweek as New York City publishes it: amounts by notice, and whom it binds."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.reference.fair_workweek import load_fair_workweek


@pytest.mark.parametrize(
    ("hours", "moved", "cut"),
    [(336, 0, 0), (335, 10, 20), (168, 10, 20), (167, 15, 45), (24, 15, 45), (23, 15, 75)],
)
def test_premiums_are_those_of_the_law(hours, moved, cut):
    """NYC Admin. Code 20-1222: under 14 days $10 and $20, under 7 days $15 and $45, under 24 hours $15 and
    $75."""
    assert load_fair_workweek().price([hours, hours], [False, True]).tolist() == [100 * moved, 100 * cut]


def test_it_binds_chains_of_thirty_and_has_its_sources():
    rules = load_fair_workweek()
    assert [rules.binds(n) for n in (10, 29, 30)] == [False, False, True]
    assert (rules.notice_days, rules.rest_hours, rules.rest_cents, rules.retail_hours) == (
        14,
        11.0,
        10_000,
        72.0,
    )
    assert all("NYC Admin. Code" in source for source in (*rules.sources.values(), *rules.premiums["source"]))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("days: 14", "days: many", "notice.days"),
        ('  source: "NYC Admin. Code 20-1221', '  origin: "NYC', "source"),
        ("cut: 75", "cut: -1", "cut"),
    ],
)
def test_a_rule_that_is_not_of_its_form_is_one_line(tmp_path, old, new, said):
    from lucky_analytics.reference import fair_workweek

    text = fair_workweek._FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "rules.yml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ParameterError, match=said):
        load_fair_workweek(file)
