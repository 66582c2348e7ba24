"""How strongly a page may advise: computed from what the advice rests on, by the thresholds of this file.

Three words: ``do``, ``lean``, ``do not decide on this yet``. Each doubt takes one step off ``do``; some take
two. No notebook chooses the word, so that no page decides against its own intervals. A page that found
nothing to act on says ``nothing to decide`` (``idle``): it doubts nothing, and advises nothing. What readers
see of it are the words of ``decision_words``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any, NamedTuple

from lucky_analytics.decision_words import DO, IDLE, LEAN, STRENGTHS, WAIT, say_call
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate
from lucky_analytics.proposed_trials import Trial

__all__ = [
    "DO",
    "IDLE",
    "LEAN",
    "LEANS_FROM",
    "STRENGTHS",
    "WAIT",
    "Decision",
    "Strength",
    "add_up",
    "cap",
    "chance",
    "hold",
    "idle",
    "say_strength",
    "say_worth",
    "wait_for_orders",
    "weigh",
]

# The chance that an action is worth more than nothing from which one may lean towards it, where the
# interval of its worth holds 0.
LEANS_FROM = 0.8

# Sums that are no gain of the action: to look for a cause brings none of it yet.
_NO_GAIN = ("lost", "more", "off", "avoided")
_STEPS = dict(zip(STRENGTHS, range(3), strict=True))
_NOT_WORTH, _UNSURE = "the gain may be zero or a loss", "the gain may be zero"
_NO_MONEY = "what this is worth in dollars is not measured"
_NO_BETTER, _HARDLY_BETTER = "forecasts do no better than the naive rule", "they may be no better than it"
_UNLIKE = "nothing like it has been seen so far"


@dataclass(frozen=True)
class Strength:
    """``word`` is one of ``STRENGTHS``; ``doubts`` says in words what keeps it from ``do``. ``is_idle``: the
    page found nothing to act on (``idle``); its word is then the weakest, so that nothing acts on it."""

    word: str
    doubts: tuple[str, ...] = ()
    is_idle: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if self.word not in STRENGTHS:
            raise UnknownNameError("strength of a decision", self.word, STRENGTHS)

    @property
    def waits(self) -> bool:
        """Whether the numbers decide nothing yet, so that the action is what to do until they do."""
        return self.word == WAIT and not self.is_idle

    def __str__(self) -> str:
        return self.word


class Decision(NamedTuple):
    """What ``report.decision`` takes, in its order, for those who hand it on: pages, apps.

    ``action``: what ``owner`` does, as a clause that follows "owner:"; where one cannot decide yet, what
    to do meanwhile. ``because`` and ``would_change_if`` are whole sentences. ``worth``: what the action
    brings against going on as today, dollars, positive is a gain; null where no money can be put on it.
    ``on``: the stance on each thing that other pages may decide on too, ``{"price of Food": "raise"}``.
    ``trials``: those that the action proposes; the portal's calendar says which cannot run at once. ``due``:
    the day by which somebody outside asks for it (a tax return); null where nobody does. ``is_overdue``:
    whether that day had come when it was said.
    """

    action: str
    owner: str
    strength: Strength
    because: str
    would_change_if: str
    worth: Estimate | None = None
    on: Mapping[str, str] = {}
    worth_unit: str = "USD a month"
    trials: Sequence[Trial] = ()
    due: dt.date | None = None
    is_overdue: bool = False

    @property
    def text(self) -> str:
        """The decision in one line, the word for it first.

        >>> Decision("sign neither lease", "Leadership", Strength(LEAN), "", "").text
        'Act, gain not measured. Leadership: sign neither lease.'
        """
        return str(self.record["text"])

    @property
    def record(self) -> dict[str, Any]:
        """What a run keeps of it (``docs/architecture.md``, "A decision").

        >>> made = Decision("sign", "Leadership", Strength(DO), "", "", Estimate(9.0, 2.0, 16.0, level=0.9))
        >>> made.record["worth"]["shown"]
        '$9.00 a month ($2.00 to $16.00)'
        """
        worth = None
        if self.worth is not None and self.worth.value is not None:
            ends = {name: getattr(self.worth, name) for name in ("value", "low", "high", "level", "n")}
            shown = format_estimate(self.worth.value, self.worth.low, self.worth.high, self.worth_unit)
            worth = ends | {"unit": self.worth_unit, "shown": shown}
        record = {
            "kind": "decision",
            "action": self.action.rstrip("."),
            "owner": self.owner,
            "strength": self.strength.word,
            "is_idle": self.strength.is_idle,
            "doubts": list(self.strength.doubts),
            "because": self.because,
            "would_change_if": self.would_change_if,
            "worth": worth,
            "on": dict(self.on),
            "trials": [trial.record for trial in self.trials],
            **({"due": self.due.isoformat(), "is_overdue": self.is_overdue} if self.due else {}),
        }
        until = "Meanwhile, " if self.strength.waits else ""
        call = say_call(record)
        return record | {"call": call, "text": f"{call}. {until}{self.owner}: {record['action']}."}


def wait_for_orders(owner: str) -> Decision:
    """What a page advises before the first order.

    >>> wait_for_orders("Finance").text
    'Wait. Meanwhile, Finance: ask again after the first day of sales.'
    """
    return Decision(
        "ask again after the first day of sales",
        owner,
        Strength(WAIT, ("there is no order yet",)),
        "There is no order yet.",
        "A first business day has closed.",
    )


def weigh(
    worth: Estimate | None,
    *,
    likely: float | None = None,
    gain: Estimate | None = None,
    is_outside: bool | str = False,
    doubts: Sequence[str] = (),
    problems: Sequence[str] = (),
) -> Strength:
    """How strongly one may advise an action.

    ``worth`` as in ``Decision``; an ``Estimate`` without ends is a count, which has no interval. ``likely``:
    the chance (0 to 1) that it is worth more than nothing, where draws know it; otherwise ``chance`` of
    ``worth``. ``gain``: how much better than the naive rule the forecasts behind it did out of sample (any
    unit, positive is better); null where it rests on none. ``is_outside``: the case is unlike those that
    the forecasts were made from, or in which way it is. ``doubts``: whatever else takes a step. ``problems``:
    contracts of its tables that do not hold; with one of them nothing is decided.

    >>> weigh(Estimate(5.0, 1.0, 9.0, level=0.9)).word, weigh(Estimate(5.0, -1.0, 11.0, level=0.9)).word
    ('do', 'lean')
    >>> weigh(Estimate(1.0, -8.0, 10.0, level=0.9)).word
    'do not decide on this yet'
    >>> weigh(Estimate(5.0, 1.0, 9.0, level=0.9), is_outside=True)
    Strength(word='lean', doubts=('nothing like it has been seen so far',))
    """
    found: list[tuple[int, str]] = [(2, problem) for problem in problems]
    if worth is None or worth.value is None:
        found.append((1, _NO_MONEY))
    else:
        chances = chance(worth) if likely is None else likely
        has_ends = worth.low is not None or worth.high is not None
        is_loss = has_ends and worth.high is not None and worth.high <= 0
        if chances < LEANS_FROM or is_loss:
            found.append((2, _NOT_WORTH))
        elif has_ends and worth.holds(0):
            found.append((1, _UNSURE))
    if gain is not None:
        if gain.value is None or gain.value <= 0:
            found.append((2, _NO_BETTER))
        elif gain.holds(0) and gain.level is not None:
            found.append((1, _HARDLY_BETTER))
    if is_outside:
        found.append((1, is_outside if isinstance(is_outside, str) else _UNLIKE))
    found += [(1, doubt) for doubt in doubts]
    steps = min(sum(step for step, _ in found), len(STRENGTHS) - 1)
    return Strength(STRENGTHS[steps], tuple(why for _, why in found))


def chance(worth: Estimate) -> float:
    """The chance (0 to 1) that the true worth is above 0, from value and interval.

    On each side of the value the interval is read as that of a normal distribution. A count is certain; an
    end that is null leaves one half at that side.

    >>> round(chance(Estimate(1.645, 0.0, 3.29, level=0.9)), 3), chance(Estimate(3.0)), chance(Estimate(-3.0))
    (0.95, 1.0, 0.0)
    """
    if worth.value is None:
        return 0.0
    end = worth.low if worth.value > 0 else worth.high
    if worth.level is None or worth.value == 0:
        return 0.5 if worth.value == 0 and worth.level is not None else float(worth.value > 0)
    if end is None:
        return 0.5
    if end == worth.value:
        return float(worth.value > 0)
    sd = abs(worth.value - end) / NormalDist().inv_cdf((1 + worth.level) / 2)
    return NormalDist().cdf(worth.value / sd) if math.isfinite(sd) else 0.5


def add_up(parts: Sequence[Estimate]) -> Estimate:
    """The sum of several estimates at one level, its ends the sums of theirs.

    Wider than the interval of the sum where their errors are not all the same, never narrower. Null for none.

    >>> add_up([Estimate(2.0, 1.0, 3.0, level=0.9), Estimate(5.0, 4.0, 7.0, level=0.9)])
    Estimate(value=7.0, low=5.0, high=10.0, level=0.9, n=None)
    """
    if not parts or any(None in (part.value, part.low, part.high) for part in parts):
        return Estimate(None)
    value, low, high = (sum(getattr(part, name) for part in parts) for name in ("value", "low", "high"))
    return Estimate(value, low, high, level=parts[0].level)


def idle(why: str) -> Strength:
    """The strength of a page that found nothing to act on, because of ``why``.

    >>> idle("no store is off").is_idle
    True
    """
    return Strength(WAIT, (why,), is_idle=True)


def say_strength(record: Mapping[str, Any]) -> str:
    """The strength of a recorded decision, for its readers; empty where an older run recorded none.

    >>> say_strength({"strength": "lean"}), say_strength({"strength": WAIT, "is_idle": True})
    ('lean', 'nothing to decide')
    """
    return IDLE if record.get("is_idle") else str(record.get("strength", ""))


def say_worth(record: Mapping[str, Any]) -> str:
    """What a recorded decision is worth, for its readers; a sum that is no gain a month or week is at stake,
    and one whose unit says so is lost, or off what is usual: to look for the cause brings none of it yet.

    Empty for a decision without a worth.

    >>> say_worth({"worth": {"shown": "$79 a month"}}), say_worth({"worth": {"shown": "$2,832 at stake"}})
    ('Worth $79 a month', '$2,832 at stake')
    >>> say_worth({"worth": {"shown": "$8.4K lost a week ($2.3K to $13.8K)"}})
    '$8.4K lost a week ($2.3K to $13.8K)'
    """
    worth = record.get("worth")
    if not worth:
        return ""
    shown = str(worth["shown"])
    is_gain = " a " in shown and not any(f" {word} a " in shown for word in _NO_GAIN)
    return f"Worth {shown}" if is_gain else shown


def hold(record: Mapping[str, Any], problems: Sequence[str]) -> dict[str, Any]:
    """A recorded decision whose data has ``problems``: nothing is decided, and nothing of it is told.

    >>> hold({"owner": "Product", "action": "raise"}, ["t_order: no rows since 1 Feb"])["text"]
    'Wait. Meanwhile, Product: wait until the data behind it is sound.'
    """
    owner = record.get("owner", "Everybody")
    made = Decision("wait until the data behind it is sound", owner, weigh(None, problems=problems), "", "")
    return made.record


def cap(strength: Strength | str, worth: Estimate | None) -> Strength:
    """The strength, if ``worth`` alone allows it. Raises ``ParameterError`` for a stronger one.

    >>> cap("lean", Estimate(5.0, 1.0, 9.0, level=0.9)).word
    'lean'
    """
    given = Strength(strength) if isinstance(strength, str) else strength
    # What draws knew of the chance is not known here: of the interval only "it holds 0" bounds the word.
    most = weigh(worth, likely=1.0)
    if _STEPS[given.word] < _STEPS[most.word]:
        raise ParameterError(
            "strength of a decision",
            expected=f"at most {most.word!r}, because {' and '.join(most.doubts)}",
            got=repr(given.word),
            remedy="Compute it with decisions.weigh",
        )
    return given
