"""What the page says is no stronger than its intervals; charts and captions follow their rows."""

from __future__ import annotations

from lucky_analytics.figures.marketing import attribution_charts
from lucky_analytics.questions.marketing.channel_attribution import (
    advice,
    attribution_captions,
    texts,
    views,
)
from tests.touch_pages import pages, world


def test_titles_answers_and_notes_say_no_more_than_their_intervals():
    _, table, trials = pages("mail adds")
    row = advice.find_surest(trials)
    assert row["channel"] == "mail" and row["stance"] == "keep"
    low, high = row["sure_low"], row["sure_high"]
    for credited, words in (
        (high + 1, "fewer than"),
        (low - 1, "more than"),
        ((low + high) / 2, "surely adds"),
    ):
        assert words in texts.name_finding(table, row | {"credited": credited})
    assert "order less with it" in texts.name_finding(table, row | {"verdict": "takes"})
    assert texts.name_finding(table.assign(gap_low=-1.0, gap_high=1.0), None).startswith(
        "What each channel adds"
    )
    doubtful = texts.phrase_answer(table, row | {"verdict": "not shown"})
    assert "which may be chance" in doubtful and "which may be chance" not in texts.phrase_answer(table, row)
    long = row | {"channel": "paid social campaigns of the far north in spring"}
    for each in (
        row,
        long,
        long | {"verdict": "not shown"},
        long | {"verdict": "not shown", "credited": low},
        long | {"credited": high + 1},
    ):
        assert len(texts.name_finding(table, each).split()) <= 14
        assert len(texts.phrase_answer(table, each).split()) + 8 <= 40
    assert "below 0 or above 100 %" in texts.note_rule("shapley", True)
    assert "below 0" not in texts.note_rule("shapley", False) + texts.note_rule("last", True)
    assert texts.note_plan(None).startswith("Every channel is held out")
    broken = trials.assign(verdict="too few")
    assert advice.find_surest(broken) is None
    assert "fewer than 50 people" in texts.note_added(broken, None)
    waiting = advice.decide(broken, None, None, 0.9, "mail")
    assert waiting.strength.doubts == ("no hold-out is large enough, or drawn by chance",)
    limits = " ".join(texts.list_limits(world("null"), pages("null")[0], broken, True))
    assert "Attribution is not incrementality" in limits and "2 of 2 hold-outs cannot be read" in limits
    assert texts.count_settled(trials) == 1


def test_captions_and_charts_follow_their_rows():
    paths, table, trials = pages("push is last")
    shown = views.assemble_shares(table)
    said = attribution_captions.shares(shown, table, len(paths.ordered), 0.9)
    assert (
        said["finding"].startswith("Shared out, 1 of 4 channels has more")
        and "none need add" in said["finding"]
    )
    quiet = attribution_captions.shares(shown, table.assign(verdict="not shown"), 9, 0.9)
    assert quiet["finding"].startswith("Shared out, no channel")
    added = views.assemble_added(views.name_trials(trials))
    assert attribution_captions.added(added, 0.9, 30)["finding"].startswith("None of 1 channels")
    assert attribution_captions.added(added.assign(low=1.0), 0.9, 30)["finding"].startswith("1 of 1")
    assert views.assemble_added(views.name_trials(trials.assign(verdict="too few"))).empty
    assert "layer" in attribution_charts.plot_shares(shown).to_dict()
    assert "layer" in attribution_charts.plot_added(added).to_dict()
