"""The actions that marketing can choose from, as ``params/next_best_action.yml`` declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lucky_analytics.declarations import Block, each, read_text
from lucky_analytics.errors import LuckyError

__all__ = ["Action", "check_catalogue", "read_actions"]

CONTACTS = ("none", "app", "push", "text message")
DRAWN = ("never", "depth", "experiment")
_FIELDS = ("title", "contact", "cost_cents", "drawn", "experiment", "launched")
_FILE = "actions of next_best_action.yml"


@dataclass(frozen=True)
class Action:
    """One action. ``contact``: how the customer hears of it; ``cost_cents``: of each contact, beyond what an
    offer takes off; ``drawn``: what of it was left to chance, the ``depth`` of the weekly coupons, who gets
    it in an ``experiment`` (by name), or ``never``; ``launched``: whether it exists at all."""

    name: str
    title: str
    contact: str
    cost_cents: float
    drawn: str
    experiment: str = ""
    launched: bool = True


def read_actions(text: str) -> tuple[list[Action], dict[str, LuckyError]]:
    """The actions of a YAML text, ``name: {title: ..., contact: ..., ...}``, and what is wrong, by place.

    A mistaken entry costs itself. Errors name the line within the text, and the nearest name of a field or
    word that is not known.

    >>> actions, wrong = read_actions("push: {title: A push, contact: push, cost_cents: 0}")
    >>> actions[0].drawn, wrong
    ('never', {})
    >>> _, wrong = read_actions("push: {title: A push, contakt: push}")
    >>> "contact" in str(wrong["push"])
    True
    """
    try:
        block = read_text(text, _FILE)
    except LuckyError as error:
        return [], {"actions": error}
    return each(block, lambda name, value: _read(block, name, value))


def _read(block: Block, name: str, value: Any) -> Action:
    if not isinstance(value, Block):
        raise block.wrong(name, "names with their values", "nothing" if not value else "another form")
    value.require_known(_FIELDS)
    title = " ".join(value.get_as("title", str, "").split())
    if not title:
        raise value.wrong("title", "a title for readers", "nothing")
    cost = value.get_as("cost_cents", float, 0.0)
    if not 0 <= cost < 100_000:
        raise value.wrong("cost_cents", "cents for each contact, 0 or more", str(cost))
    drawn, experiment = value.choice("drawn", DRAWN), value.get_as("experiment", str, "").strip()
    if (drawn == "experiment") != bool(experiment):
        expected = "the name of an experiment where drawn is experiment, and nowhere else"
        raise value.wrong("experiment", expected, repr(experiment) if experiment else "nothing")
    launched = value.get_as("launched", bool, True)
    return Action(str(name), title, value.choice("contact", CONTACTS), cost, drawn, experiment, launched)


def check_catalogue(n_actions: int, wrong: Mapping[str, LuckyError]) -> tuple[str, bool, str]:
    """Whether every action could be read: the arguments of ``report.check``."""
    what = "; ".join(str(error) for error in wrong.values()) or f"{n_actions} actions"
    return "The catalogue of actions can be read whole", not wrong and n_actions > 0, what
