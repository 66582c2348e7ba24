"""The sales tax rules: as published, from the day on which they hold, each with its source."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.reference import sales_tax

SHIPPED = sales_tax._FILE.read_text(encoding="utf-8")


def changed(tmp_path, old: str, new: str) -> sales_tax.TaxRules:
    assert old in SHIPPED
    file = tmp_path / "sales_tax.yml"
    file.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    return sales_tax.load_tax_rules(file)


def test_new_york_city_takes_8_875_percent_in_three_parts():
    rules = sales_tax.load_tax_rules()
    now = rules.rates.iloc[-1]
    assert (now["jurisdiction"], now["state"], now["city"], now["district"], now["rate"]) == (
        "New York City", 40_000, 45_000, 3_750, 88_750,
    )  # fmt: skip
    assert now["end"] is None and rules.sources["source"].str.len().min() > 0
    # Prepared and drinks are taxed, hot coffee too; only food as packed is not.
    exempt = rules.classes[~rules.classes["is_taxable"]]
    assert list(zip(exempt["category"], exempt["is_fresh_made"], strict=True)) == [("Food", False)]
    assert rules.classes.set_index("category").loc["Fresh Ground Coffee", "is_taxable"].all()
    assert rules.monthly_from_cents == 30_000_000
    assert (rules.late.first, rules.late.further, rules.late.most, rules.late.interest) == (10, 1, 30, 14.5)


def test_a_rate_holds_from_its_day_on_and_ends_where_the_next_begins(tmp_path):
    old = "percent: 4.5, start: 2009-08-01,"
    later = "percent: 5, start: 2026-01-01,"
    new = f"percent: 4.5, start: 2009-08-01, end: 2026-01-01, source: x}}\n      - {{part: city, {later}"
    rules = changed(tmp_path, old, new)
    last = rules.rates.tail(2)
    assert last["rate"].tolist() == [88_750, 93_750]
    assert last["start"].tolist() == [dt.date(2009, 8, 1), dt.date(2026, 1, 1)]
    assert last["end"].tolist() == [dt.date(2026, 1, 1), None]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("percent: 4.5", "percent: much", r"sales_tax.yml line \d+.*percent: expected a number"),
        ("start: 2009-08-01", "start: August", r"start: expected a date like 2009-08-01"),
        ("part: city", "part: town", r"part: expected state or city or district"),
        ("part: city", "part: state", r"New York City on 2009-08-01: expected one rate of each part"),
        ("packaged: exempt", "packaged: perhaps", r"packaged: expected taxable or exempt"),
        ('source: "20 NYCRR 530.1"', 'source: ""', r"rounding.source: expected where the rule is published"),
        ("\nlate:", "\nlater:", r"unknown field of sales_tax.yml line .*later"),
    ],
)
def test_a_wrong_rule_is_one_line(tmp_path, old, new, message):
    with pytest.raises(LuckyError, match=message):
        changed(tmp_path, old, new)
