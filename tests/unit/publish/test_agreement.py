"""Reports do not contradict each other: in figures that several print, and in what they decide."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lucky_analytics.publish.agreement import find_disagreements
from lucky_analytics.publish.shelf import Run
from tests.example_runs import RECORD


def figure(shown: str, window: str = "12 weeks", reason: str = "") -> dict:
    return {"what": "price paid", "entity": "Food", "window": window, "shown": shown, "reason": reason}


def stance(**on: str) -> dict:
    return {"text": "", "on": {name.replace("_", " "): word for name, word in on.items()}}


def run(notebook: str, published=(), decision=(), problems=(), **changes) -> Run:
    record = dataclasses.replace(RECORD, notebook=notebook, **changes)
    return Run(Path(), record, {"published": published, "decision": decision, "problems": problems})


def test_one_figure_with_two_values_is_named_with_both_pages():
    runs = [run("menu", [figure("$6.36")]), run("price", [figure("$6.33")])]
    (error,) = find_disagreements(runs)
    assert str(error).startswith("price paid of Food, 12 weeks: expected one value on all pages")
    assert "$6.36 on menu and $6.33 on price" in str(error)


@pytest.mark.parametrize(
    "other",
    [
        run("price", [figure("$6.36")]),
        run("price", [figure("$6.33", window="8 weeks")]),
        run("price", [figure("$6.33")], as_of="2026-02-12"),
        run("price", [figure("$6.33")], snapshot={**RECORD.snapshot, "id": "another"}),
        run("price", [figure("$6.33")], problems=["t_order: no rows"]),
        run("price", [figure("$6.33")], status="failed"),
    ],
)
def test_equal_values_other_times_and_other_data_agree(other):
    assert find_disagreements([run("menu", [figure("$6.36")]), other]) == []


def test_a_reason_must_stand_on_each_page():
    with_reason = run("menu", [figure("$6.36", reason="known costs alone")])
    assert find_disagreements([with_reason, run("price", [figure("$6.33", reason="all units")])]) == []
    assert len(find_disagreements([with_reason, run("price", [figure("$6.33")])])) == 1


def test_opposed_decisions_on_one_thing_are_named_and_waiting_opposes_none():
    menu = run("menu", decision=[stance(price_of_Food="raise", price_of_Tea="raise")])
    price = run("price", decision=[stance(price_of_Food="cut", price_of_Tea="wait")])
    (error,) = find_disagreements([menu, price])
    assert "decisions on the price of Food" in str(error) and "'raise' on menu and 'cut' on price" in str(
        error
    )
    site = run("site_scoring", decision=[stance(lease_of_X="negotiate")])
    what_if = run("site_what_if", decision=[stance(lease_of_X="do not sign")])
    assert len(find_disagreements([site, what_if])) == 1 and find_disagreements([site, menu]) == []
    pages = {"next": "keep", "uplift": "change"}
    coupons = [run(page, decision=[stance(rule_of_weekly_coupons=word)]) for page, word in pages.items()]
    assert len(find_disagreements(coupons)) == 1 and find_disagreements(coupons[:1]) == []
    ended = [run(page, decision=[stance(experiment_A=word)]) for page, word in
             (("tests", "give to all"), ("next", "keep as it was"))]  # fmt: skip
    assert len(find_disagreements(ended)) == 1
