"""Thirty simulated days around each change of clocks, with two downtimes: every slot once, none lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.schedule_simulation import SPANS, Span, check, make_root, simulate

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def root() -> Iterator[Path]:
    with make_root() as name:
        yield Path(name)


@pytest.mark.parametrize("span", SPANS, ids=lambda span: span.name)
def test_thirty_days_with_two_downtimes(root: Path, span: Span):
    """By the hour; ``python -m tests.schedule_simulation`` goes by the quarter, with real runs."""
    span = replace(span, step=HOUR)
    history = simulate(root, span, is_real=False)
    check(span, history)
    with pytest.raises(AssertionError):
        check(span, history[:-1])


@pytest.mark.full
def test_thirty_days_of_real_runs(root: Path):
    check(SPANS[1], simulate(root, SPANS[1], is_real=True))
