"""How each question's predictions came out against what they promised, and whether its intervals failed.

What is foretold for the next weeks and for months ahead is judged apart, because a prediction whose outcome
takes months would keep all others from counting; the two share the risk of a false mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from lucky_analytics.methods.forecasts.kept_promise import RISK, WINDOW, draw_rounds, fewest_failing
from lucky_analytics.runs.predicted import Prediction

__all__ = ["SOON_DAYS", "Rounds", "Standing", "judge_all", "judge_question"]

SOON_DAYS = 28  # ahead: what is due later is judged apart


@dataclass(frozen=True)
class Rounds:
    """The newest rounds (``methods/forecasts/kept_promise``) of one kind, oldest first: ``reach`` says how
    far ahead they look, ``risk`` is the chance with which sound ones may be said to have failed."""

    reach: str
    judged: Sequence[Prediction]
    risk: float

    @property
    def n_missed(self) -> int:
        return sum(not each.is_held for each in self.judged)

    @property
    def n_failing(self) -> int | None:
        """From how many misses on they have failed; null for too few rounds."""
        return fewest_failing([each.level for each in self.judged], self.risk)

    @property
    def is_failed(self) -> bool:
        return self.n_failing is not None and self.n_missed >= self.n_failing

    @property
    def mark(self) -> str:
        """What stands beside the question's numbers where these have failed."""
        levels = sorted({each.level for each in self.judged})
        promise = " or ".join(f"{100 * level:g}" for level in levels) + "\N{NO-BREAK SPACE}%"
        return (
            f"Intervals of this question have failed: {self.n_missed} of its newest {len(self.judged)} "
            f"independent predictions {self.reach} missed, each with a promise of {promise}."
        )


@dataclass(frozen=True)
class Standing:
    """The record of one question, all of its pages together.

    ``resolved`` were made ahead of their day and measured, newest first; ``waiting`` are not due, or wait for
    data; ``lost`` could not be measured while their data could change. ``looked_back`` were made after their
    day (``--as-of``): they tell of the method and stand in no count. ``rounds`` are what it is judged by, one
    for each reach in which it predicts.
    """

    notebook: str
    department: str
    resolved: Sequence[Prediction]
    waiting: Sequence[Prediction]
    lost: Sequence[Prediction]
    looked_back: Sequence[Prediction]
    rounds: Sequence[Rounds]

    @property
    def n_inside(self) -> int:
        return sum(bool(each.is_held) for each in self.resolved)

    @property
    def promised(self) -> float:
        """How many were to be inside: the levels of those that were measured, added up."""
        return sum(each.level for each in self.resolved)

    @property
    def is_failed(self) -> bool:
        return any(each.is_failed for each in self.rounds)

    @property
    def verdict(self) -> str:
        """In a few words how the question stands."""
        if self.is_failed:
            return "Intervals have failed"
        known = any(each.n_failing is not None for each in self.rounds)
        return "As promised" if known else "Too few to say"

    @property
    def mark(self) -> str:
        """What stands beside the question's numbers; empty unless its intervals have failed."""
        return " ".join(each.mark for each in self.rounds if each.is_failed)


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
        rounds=_judge_reaches(counted),
    )


def _judge_reaches(counted: Sequence[Prediction]) -> list[Rounds]:
    soon = [each for each in counted if (each.due - each.as_of).days <= SOON_DAYS]
    later = [each for each in counted if each not in soon]
    ways = {f"up to {SOON_DAYS} days ahead": soon, f"more than {SOON_DAYS} days ahead": later}
    given = {reach: own for reach, own in ways.items() if own}
    return [Rounds(reach, _rounds(own)[-WINDOW:], RISK / len(given)) for reach, own in given.items()]


def _rounds(counted: Sequence[Prediction]) -> list[Prediction]:
    """The rounds whose outcome is known; behind one that is not there can be none."""
    names = [f"{each.variant} {each.name}" for each in counted]
    salt = counted[0].notebook if counted else ""
    drawn = draw_rounds([each.as_of for each in counted], [each.due for each in counted], names, salt)
    return [counted[place] for place in drawn if counted[place].came is not None]
