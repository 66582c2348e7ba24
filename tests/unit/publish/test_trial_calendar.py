"""The portal's calendar of trials: what is proposed where, and which two cannot run at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from lucky_analytics.decisions import LEAN, Decision, Strength
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.publish.portal_frame import Frame
from lucky_analytics.publish.shelf import Run
from lucky_analytics.publish.trial_calendar import list_proposed, write_trials
from tests.example_runs import RECORD

DAY = dt.date(2026, 2, 16)
PRICES = Trial("prices a step lower", "paid", "half of the stores", dt.date(2026, 2, 23), 8)
COUPONS = Trial("no coupon of a <campaign>", "paid", "a tenth", DAY, 5)
PUSHES = Trial("fewer pushes", "told", "four groups", None, 5)


def run(notebook: str, *trials: Trial, problems=(), **changes) -> Run:
    made = Decision("try it", "Marketing", Strength(LEAN), "", "", trials=trials)
    record = dataclasses.replace(RECORD, notebook=notebook, **changes)
    return Run(Path(), record, {"decision": [made.record], "problems": problems, "title": []})


def test_trials_of_one_thing_in_weeks_that_overlap_are_named_and_others_are_not():
    first, second, third = list_proposed([run("b", PUSHES), run("c", PRICES), run("a", COUPONS)])
    assert (first.what, second.what, third.what) == (COUPONS.what, PRICES.what, PUSHES.what)
    assert first.against == (2,) and second.against == (1,) and third.against == ()
    assert first.when == "16 Feb to 23 Mar 2026, 5 weeks" and third.when == "Any Monday, 5 weeks"
    later = PRICES._replace(start=dt.date(2026, 3, 23))  # the day on which the other has ended
    assert all(not one.against for one in list_proposed([run("a", COUPONS), run("c", later)]))


def test_one_trial_on_two_pages_is_one_and_a_page_of_one_store_proposes_none():
    (one,) = list_proposed([run("menu", PRICES), run("prices", PRICES)])
    assert [own.notebook for own in one.runs] == ["menu", "prices"] and not one.against
    assert list_proposed([run("menu", PRICES, problems=["t_order: no rows"])]) == []


def test_a_trial_must_name_what_it_sets():
    with pytest.raises(UnknownNameError, match="paid"):
        _ = Trial("coupons", "payed", "all").record


def test_the_page_says_which_collide_and_escapes_what_it_quotes(tmp_path):
    write_trials(Frame(tmp_path, (), False), [run("a", COUPONS), run("c", PRICES)])
    page = (tmp_path / "trials.html").read_text()
    assert "2 still overlap" in page and 'href="#trial-2"' in page
    assert "first comes: no coupon" in page
    assert "&lt;campaign&gt;" in page and "<campaign>" not in page
    write_trials(Frame(tmp_path, (), False), [])
    assert "No trial is proposed" in (tmp_path / "trials.html").read_text()


def test_what_has_no_date_takes_the_first_slot_that_is_free_and_then_nothing_overlaps():
    long, endless = Trial("long", "paid", "y", None, 18), Trial("endless", "paid", "z")
    later = PRICES._replace(start=dt.date(2026, 3, 23))
    made = list_proposed([run("n", long), run("e", endless), run("a", COUPONS), run("c", later)])
    assert [one.what for one in made] == [COUPONS.what, PRICES.what, "long", "endless"]
    assert [one.when for one in made[2:]] == [
        "18 May to 21 Sep 2026, 18 weeks",
        "From 21 Sep 2026, as long as it takes",
    ]
    assert not any(one.against for one in made)
