"""What the page says is no stronger than its intervals, and it decides on no price."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics import formats
from lucky_analytics.decisions import WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.strategy.competitive_intelligence import (
    advice,
    captions,
    steps,
    texts,
    views,
)
from tests.rival_world import AS_OF

GAP, NONE = Estimate(0.1, 0.05, 0.15, level=0.9), Estimate(None, n=0)


def bundle(*verdicts, gap=GAP, moved=NONE, old=0, file=True):
    table = pd.DataFrame({"verdict": list(verdicts)})
    states = ["newest"] * 4 + ["too old"] * old
    noted = pd.DataFrame({"state": states}) if file else None
    return steps.Compared(
        noted, pd.DataFrame({"n_prices": [4]}), table, pd.DataFrame(), gap, gap, pd.DataFrame(), moved
    )


@pytest.mark.parametrize(
    ("verdicts", "finding"),
    [
        (
            ("dearer", "cheaper", "may be alike"),
            "Of 3 competitors, 1 surely list higher prices, 1 lower, drinks alike",
        ),
        (("dearer", "may be alike"), "1 of 2 competitors surely lists higher prices for drinks alike"),
        (("cheaper", "cheaper"), "All 2 competitors compared surely list lower prices for drinks alike"),
        (("dearer",), "The one competitor compared surely lists higher prices for drinks alike"),
        (
            ("may be alike", "too few drinks"),
            "Same drink and size: no competitor's prices surely differ from ours",
        ),
        (("too few drinks",), "No competitor has enough prices of drinks like ours to compare"),
    ],
)
def test_titles_say_no_more_than_verdicts(verdicts, finding):
    assert texts.name_finding(bundle(*verdicts)) == finding and len(finding.split()) <= 14


def test_the_answer_is_no_stronger_than_the_interval():
    clear = texts.phrase_answer(bundle("dearer"))
    assert "list {gap} more than we do" in clear and "chance" not in clear
    held = texts.phrase_answer(bundle("dearer", gap=Estimate(0.1, -0.05, 0.15, level=0.9)))
    assert "which may be chance" in held
    assert "which may be chance" in texts.phrase_answer(bundle("may be alike"))
    less = texts.phrase_answer(bundle("cheaper", gap=Estimate(-0.1, -0.15, -0.05, level=0.9)))
    assert "so less" in less
    moved = texts.phrase_answer(bundle("dearer", moved=Estimate(0.03, 0.01, 0.05, level=0.9)))
    assert moved.endswith("theirs moved {moved}.")
    still = texts.phrase_answer(bundle("dearer", moved=Estimate(0.03, -0.01, 0.05, level=0.9)))
    assert "moved" not in still
    for said in (clear, held, less, moved):
        assert len(said.split()) + 3 * said.count("{") <= 40


def test_no_price_is_decided_whatever_the_gap_and_old_prices_come_first():
    for found in (bundle("dearer"), bundle("cheaper", gap=Estimate(-0.4, -0.5, -0.3, level=0.9))):
        made = advice.decide(found, AS_OF)
        assert made.strength.word == WAIT and made.worth is None
        assert made.action.startswith("change no price") and "16 Mar" in made.action
        assert not {"raise", "cut"} & set(made.on.values())
    old = advice.decide(bundle("dearer", old=9), AS_OF)
    assert "note the 9 prices again" in old.action
    nothing = advice.decide(bundle(file=False), AS_OF)
    assert nothing.strength.word == WAIT and nothing.action.startswith("by 27 Feb note the menus")


def test_notes_say_why_a_number_is_missing():
    empty = bundle(file=False)
    assert {texts.note_gap(empty, "list"), texts.note_moved(empty)} == {"No file of prices was given"}
    few = bundle("too few drinks")
    assert texts.note_gap(few, "paid").startswith("No competitor has 3 kinds")
    assert texts.note_moved(few).startswith("No competitor has 3 kinds")
    assert "moved alike" in texts.note_moved(bundle("dearer", moved=Estimate(0.0)))
    alike = bundle("may be alike", gap=Estimate(0.1))
    assert "nothing tells how far off" in texts.note_gap(alike, "list")
    assert texts.note_gap(bundle("dearer"), "list").startswith("Against our list prices")
    assert texts.note_after(None, 28) == "No file of openings was given"
    assert texts.note_after(NONE, 28).startswith("No opening near a store of ours can be told")
    assert "in up to 28 days" in texts.note_after(GAP, 28)


def test_long_names_keep_apart_beside_a_chart():
    names = ["A" * 70 + str(place) for place in range(2)]
    frame = pd.DataFrame({"competitor": names, "list_off": [0.1, 0.2]})
    shown = views.show_gaps(frame)
    assert shown["label"].nunique() == 2 and shown["label"].str.len().max() <= 45
    assert captions.gaps(shown.assign(verdict="dearer"), 0.9)["alt"].count(formats.format_change(0.1)) == 1
