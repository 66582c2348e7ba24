"""Ask Lucky at full scale: what was asked for, in all three forms, and how long an answer takes."""

from __future__ import annotations

import pytest

from lucky_analytics.ask.asking import Asker
from lucky_analytics.questions.platform.ask_lucky import steps
from lucky_analytics.questions.platform.ask_lucky.golden_questions import PARTS, load_golden
from lucky_analytics.questions.platform.ask_lucky.scored_answers import score_questions


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_most_questions_are_answered_rightly_and_hardly_one_wrongly(suite):
    scored = score_questions(Asker(suite), load_golden())
    due = scored[scored["is_answerable"]]
    for part in PARTS:
        own = due[due["part"] == part]
        assert steps.share_of(own, "right", 0.95).value >= 0.85, part
        assert steps.share_of(own, "wrong", 0.95).value <= 0.01, part
    assert steps.share_of(scored[~scored["is_answerable"]], "right", 0.95).value == 1
    assert scored["seconds"].median() < 1
