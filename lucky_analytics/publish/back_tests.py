"""What reports found when they tried their forecasts on days gone by: known before anything has come due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lucky_analytics.formats import format_estimate, format_value, join_names, keep_together
from lucky_analytics.publish.shelf import Run

__all__ = ["BackTest", "read_back_tests", "say_back_tests"]


class _Tried(NamedTuple):
    """A headline of a report, in ``words`` for leaders, and what it is held against: ``naive``, the headline
    of the simple rule, which is to be larger; else ``right``, the value of a perfect forecast; else
    ``least``, the share that was promised."""

    notebook: str
    headline: str
    words: str
    naive: str = ""
    right: float | None = None
    least: float | None = None


_TRIED = (
    _Tried("financial_forecast", "error", "Revenue of four weeks: how far off", naive="naive_error"),
    _Tried("launch_predictor", "error", "First month of a launch from day 3: how far off", "error_naive"),
    _Tried("executive_briefing", "forecast_bias", "Orders of a week: forecast above what came", right=0.0),
    _Tried("forecast_accuracy", "bias", "Use of goods: forecast above what was used", right=0.0),
    _Tried("shelf_life", "came", "Goods said to expire: how many did", right=1.0),
    _Tried("financial_forecast", "inside", "Revenue of four weeks inside its range", least=0.9),
    _Tried("launch_predictor", "inside", "First months inside their range", least=0.9),
    _Tried("machine_fleet", "held", "Machine failures inside their range", least=0.9),
    _Tried("redis_fleet", "ran_over", "Smaller caches that then ran over", right=0.0),
)  # fmt: skip


@dataclass(frozen=True)
class BackTest:
    """``what`` was tried, what was found (``shown``), what it is held against (``beside``), whether it does
    as it should (``is_good``) and that in words (``verdict``)."""

    what: str
    shown: str
    beside: str
    verdict: str
    is_good: bool
    run: Run


def read_back_tests(shown: Sequence[Run]) -> list[BackTest]:
    """Of the reports that the reader sees, what did not do as it should first."""
    runs = {run.notebook: run for run in shown if not run.variant and run.is_good and not run.problems}
    found = [_judge(tried, runs[tried.notebook]) for tried in _TRIED if tried.notebook in runs]
    return sorted((each for each in found if each), key=lambda each: each.is_good)


def say_back_tests(tests: Sequence[BackTest]) -> str:
    """One sentence on all of them; empty without any.

    >>> say_back_tests([])
    ''
    """
    if not tests:
        return ""
    bad = [each.what.partition(":")[0].lower() for each in tests if not each.is_good]
    n = len(tests) - len(bad)
    text = f"Tried on days gone by, {n} of {len(tests)} forecasts did as they should"
    return f"{text}; not so: {join_names(bad)}." if bad else f"{text}."


def _judge(tried: _Tried, run: Run) -> BackTest | None:
    said = {each["name"]: each for each in run.headlines if each["value"] is not None}
    own = said.get(tried.headline)
    if own is None or (tried.naive and tried.naive not in said):
        return None
    value, low, high = (None if own[end] is None else float(own[end]) for end in ("value", "low", "high"))
    assert value is not None
    beside, verdict, is_good = _hold(tried, said, value, low, high, str(own["unit"]))
    shown = format_estimate(value, low, high, str(own["unit"]))
    return BackTest(tried.words, keep_together(shown), keep_together(beside), verdict, is_good, run)


def _hold(
    tried: _Tried, said: Mapping[str, Mapping[str, Any]], value: float, low: float | None, high: float | None,
    unit: str,
) -> tuple[str, str, bool]:  # fmt: skip
    """What it is held against, how it stands in words, and whether that is as it should be."""
    if tried.naive:
        naive = float(said[tried.naive]["value"])
        is_good = value < naive
        verdict = "nearer than the simple rule" if is_good else "no nearer than the simple rule"
        return f"{format_value(naive, unit)} by the simple rule", verdict, is_good
    if tried.right is not None:
        ends = (value if low is None else low, value if high is None else high)
        is_good = ends[0] <= tried.right <= ends[1]
        verdict = (
            "right, as far as can be seen" if is_good else "too high" if _is_over(tried, value) else "too low"
        )
        return f"{format_value(tried.right, unit)} is right", verdict, is_good
    least = tried.least or 0.0
    is_good = (value if high is None else high) >= least
    return f"{format_value(least, unit)} promised", "kept" if is_good else "not kept", is_good


def _is_over(tried: _Tried, value: float) -> bool:
    """Whether the forecast was above what came: of shares that came true, where too few did."""
    return value < 1.0 if tried.right == 1.0 else value > 0.0
