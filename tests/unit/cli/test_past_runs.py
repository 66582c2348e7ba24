"""How `lucky diff` puts a move into words."""

from __future__ import annotations

import pytest

from lucky_analytics.cli.past_runs import _by_how_much
from lucky_analytics.runs.diff import Moved


@pytest.mark.parametrize(
    ("before", "after", "beyond", "words"),
    [
        (4.707324, 4.707288, None, ", down 0.00076 %"),
        (40.0, 50.0, True, ", up 25 %, beyond its interval"),
        (-40.0, -44.0, False, ", down 10 %, inside its interval"),
        (0.0, 3.0, None, ", up"),
        (2.0, 2.0, False, ", only its interval moved"),
        (2.0, None, None, ""),
    ],
)
def test_by_how_much(before, after, beyond, words):
    assert _by_how_much(Moved("aov", "Average order", "USD", before, after, None, None, beyond)) == words
