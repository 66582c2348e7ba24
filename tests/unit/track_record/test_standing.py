"""When a question's intervals have failed, when that is mended, and what is counted."""

from __future__ import annotations

import pytest

from lucky_analytics.methods.forecasts.kept_promise import RISK, WINDOW
from lucky_analytics.runs.predicted import list_predictions, note_predictions
from lucky_analytics.track_record.standing import judge_all
from tests.example_runs import make_settings
from tests.predicted_runs import fill_record, predicted_run

IN, OUT = 100.0, 150.0


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path)


def judge(settings, came):
    fill_record(settings, came)
    (standing,) = judge_all(list_predictions(settings)).values()
    return standing


def test_as_promised(settings):
    standing = judge(settings, [IN] * 9 + [OUT, None])
    assert (standing.n_inside, len(standing.resolved), round(standing.promised, 6)) == (9, 10, 9)
    assert (standing.verdict, standing.mark, len(standing.waiting)) == ("As promised", "", 1)


def test_one_miss_is_too_few_to_say(settings):
    assert judge(settings, [OUT]).verdict == "Too few to say"


def test_two_misses_of_two_have_failed(settings):
    standing = judge(settings, [OUT, OUT])
    assert standing.is_failed and standing.verdict == "Intervals have failed"
    assert standing.mark == (
        "Intervals of this question have failed: 2 of its newest 2 independent predictions up to 28 days "
        "ahead missed, each with a promise of 90\N{NO-BREAK SPACE}%."
    )


def test_it_is_mended_when_the_newest_rounds_hold_again_and_not_before(settings):
    came = [OUT] * 4 + [IN] * (WINDOW - 4)
    assert judge(settings, came).is_failed  # 4 of 12


def test_after_another_week_that_held_the_mark_goes(settings):
    standing = judge(settings, [OUT] * 4 + [IN] * (WINDOW - 3))
    (rounds,) = standing.rounds
    assert not standing.is_failed and rounds.n_missed == 3 and len(rounds.judged) == WINDOW
    assert len(standing.resolved) == WINDOW + 1  # all are counted, the newest are judged


def test_nothing_counts_behind_a_round_whose_outcome_is_not_known(settings):
    standing = judge(settings, [IN, None, OUT, OUT])
    assert [of.is_held for of in standing.rounds[0].judged] == [True, False, False]
    assert len(standing.waiting) == 1


def test_what_is_due_in_months_keeps_no_week_from_counting_and_shares_the_risk(settings):
    fill_record(settings, [IN, OUT, OUT])
    far = predicted_run(settings, {"name": "quarter", "due": "2025-04-03", "start": None}, as_of="2025-01-03",
                        run_id="f" * 12)  # fmt: skip
    note_predictions(far, settings)
    (standing,) = judge_all(list_predictions(settings)).values()
    soon, later = standing.rounds
    assert (len(soon.judged), soon.n_missed, later.judged) == (3, 2, [])
    assert soon.risk == later.risk == RISK / 2
    assert not standing.is_failed  # 2 of 3: 2.8 %, more than half of the risk
