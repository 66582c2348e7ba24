"""How each question's predictions came out against what they promised, and whether its intervals failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from lucky_analytics.formats import format_number
from lucky_analytics.methods.forecasts.kept_promise import WINDOW, draw_rounds, fewest_failing
from lucky_analytics.runs.predicted import Prediction

__all__ = ["Standing", "judge_all", "judge_question"]


@dataclass(frozen=True)
class Standing:
    """The record of one question, all of its pages together.

    ``resolved`` were made ahead of their day and measured, newest first; ``waiting`` are not due, or wait for
    data; ``lost`` could not be measured while their data could change. ``looked_back`` were made after their
    day (``--as-of``): they tell of the method and stand in no count. ``judged`` are the newest rounds
    (``methods/forecasts/kept_promise``), oldest first.
    """

    notebook: str
    department: str
    resolved: Sequence[Prediction]
    waiting: Sequence[Prediction]
    lost: Sequence[Prediction]
    looked_back: Sequence[Prediction]
    judged: Sequence[Prediction]

    @property
    def n_inside(self) -> int:
        return sum(bool(each.is_held) for each in self.resolved)

    @property
    def promised(self) -> float:
        """How many were to be inside: the levels of those that were measured, added up."""
        return sum(each.level for each in self.resolved)

    @property
    def n_missed(self) -> int:
        """Misses among ``judged``."""
        return sum(not each.is_held for each in self.judged)

    @property
    def n_failing(self) -> int | None:
        """From how many misses among ``judged`` on the intervals have failed; null for too few rounds."""
        return fewest_failing([each.level for each in self.judged])

    @property
    def is_failed(self) -> bool:
        return self.n_failing is not None and self.n_missed >= self.n_failing

    @property
    def verdict(self) -> str:
        """One or two words: how the question stands."""
        if self.is_failed:
            return "Intervals have failed"
        return "Too few to say" if self.n_failing is None else "As promised"

    @property
    def mark(self) -> str:
        """What stands beside the question's numbers; empty unless its intervals have failed."""
        if not self.is_failed:
            return ""
        n, levels = len(self.judged), sorted({each.level for each in self.judged})
        promise = " or ".join(format_number(level, "share") for level in levels)
        return (
            f"Intervals of this question have failed: {self.n_missed} of its newest {n} independent "
            f"predictions missed, each with a promise of {promise}."
        )


def judge_all(predictions: Iterable[Prediction]) -> dict[str, Standing]:
    """The standing of each question that predicted, by notebook."""
    ordered = sorted(predictions, key=lambda each: (each.notebook, each.due, each.id))
    groups = groupby(ordered, key=lambda each: each.notebook)
    return {notebook: judge_question(list(own)) for notebook, own in groups}


def judge_question(own: Sequence[Prediction]) -> Standing:
    """The standing of one question; ``own`` are its predictions, of which there is one at least."""
    ahead = [each for each in own if each.is_ahead]
    lost = [each for each in ahead if each.final is not None and each.came is None]
    counted = [each for each in ahead if each not in lost]
    newest_first = sorted(counted, key=lambda each: (each.due, each.as_of, -each.id), reverse=True)
    return Standing(
        notebook=own[0].notebook,
        department=own[-1].department,
        resolved=[each for each in newest_first if each.came is not None],
        waiting=[each for each in newest_first[::-1] if each.came is None],
        lost=lost,
        looked_back=[each for each in own if not each.is_ahead and each.came is not None],
        judged=_rounds(counted)[-WINDOW:],
    )


def _rounds(counted: Sequence[Prediction]) -> list[Prediction]:
    """The rounds whose outcome is known; behind one that is not there can be none."""
    names = [f"{each.variant} {each.name}" for each in counted]
    salt = counted[0].notebook if counted else ""
    drawn = draw_rounds([each.as_of for each in counted], [each.due for each in counted], names, salt)
    return [counted[place] for place in drawn if counted[place].came is not None]
