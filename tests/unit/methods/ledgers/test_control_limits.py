"""A control fails, passes, or has too few cases to say; a limit is a number or a share."""

from __future__ import annotations

import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.ledgers.control_limits import (
    FAILED,
    NO_CASE,
    PASSED,
    UNDECIDED,
    Limit,
    bound_share,
    judge,
)

SHARE = Limit(share=0.05)


@pytest.mark.parametrize(
    ("n", "of", "limit", "outcome"),
    [
        (0, 5, Limit(cases=0), PASSED),
        (1, 5, Limit(cases=0), FAILED),
        (2, 5, Limit(cases=2), PASSED),
        (0, 0, Limit(cases=0), NO_CASE),
        (0, 0, SHARE, NO_CASE),
        (0, 1000, SHARE, PASSED),
        (50, 1000, SHARE, UNDECIDED),
        (60, 1000, SHARE, UNDECIDED),  # above it, but not beyond chance
        (100, 1000, SHARE, FAILED),
        (5, 5, Limit(share=1.0), PASSED),
        (1, 10_000_000_000, Limit(share=0.0), FAILED),
    ],
)
def test_an_outcome_is_no_stronger_than_its_counts(n, of, limit, outcome):
    assert judge(n, of, limit) == outcome


def test_the_outcome_turns_where_an_end_of_the_interval_meets_the_limit():
    low, high = bound_share(60, 1000)
    assert judge(60, 1000, Limit(share=low - 1e-9)) == FAILED
    assert judge(60, 1000, Limit(share=low)) == UNDECIDED
    assert judge(60, 1000, Limit(share=high)) == PASSED


def test_without_a_case_nothing_is_known_of_a_share():
    assert bound_share(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("text", ["", "-1", "a few", "1.5", "101 %", "5 percent", "nan", "1e3"])
def test_another_form_of_limit_is_refused(text):
    with pytest.raises(ParameterError, match="limit"):
        Limit.read(text)


def test_a_limit_is_shown_as_it_was_written():
    assert [str(Limit.read(text)) for text in ("0", "1200", "0.1 %", "5%")] == ["0", "1,200", "0.1 %", "5 %"]
