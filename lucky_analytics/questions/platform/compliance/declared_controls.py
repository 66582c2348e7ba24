"""The controls as they are declared, with what an operator changed of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from lucky_analytics.declarations import Block, each, read, read_text
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.methods.ledgers.control_limits import Limit

__all__ = ["SEVERITIES", "TABS", "Control", "load_controls"]

TABS = ("Tax", "Payment", "Food", "Financial", "Labour")
SEVERITIES = {"high": 3, "medium": 2, "low": 1}
_FILE = Path(__file__).with_name("controls.yml")
_WORDS = ("title", "demands", "source", "owner")
_TESTED = ("query", "of", "exceptions", "limit", "evidence")
CHANGEABLE = ("owner", "severity", "limit")


@dataclass(frozen=True)
class Control:
    """One control. ``query``, ``of``, ``exceptions``, ``limit`` and ``evidence`` say how it is tested;
    ``not_testable`` says, in their place, why no table shows it. ``name`` is its id in evidence and log."""

    name: str
    tab: str
    title: str
    demands: str
    source: str
    owner: str
    severity: str
    query: str = ""
    of: str = ""
    exceptions: str = ""
    limit: Limit | None = None
    evidence: str = ""
    not_testable: str = ""

    @property
    def weight(self) -> int:
        return SEVERITIES[self.severity]

    @property
    def line(self) -> str:
        """All of it as one line, so that a hash over it shows any change of what was demanded."""
        return "; ".join(
            f"{field.name}: {value}" for field in fields(self) if (value := self._text(field.name))
        )

    def _text(self, name: str) -> str:
        value = getattr(self, name)
        return "" if value is None else str(value)


def load_controls(
    queries: Collection[str], changes: str = "", file: Path = _FILE
) -> tuple[list[Control], dict[str, LuckyError]]:
    """The shipped controls, or those of another ``file``, with ``changes``: YAML, ``name: {limit: 0.2 %}``.

    Returns the controls that stand, in the order of their tabs, and what is wrong, by place: a mistaken entry
    costs itself, and of a mistaken change the control stays as it is declared. ``queries`` are the names that
    ``query`` may have. Raises ``ParameterError`` for a file that cannot be read at all.
    """
    block = read(file, as_text=True, by_entry=True)
    found, faults = each(block, lambda name, value: _read_control(block, name, value, queries))
    wrong = {f"{file.name}, {name}": error for name, error in faults.items()}
    by_name = {control.name: control for control in found}
    try:
        changed = read_text(changes, "changes.yml", as_text=True)
    except LuckyError as error:
        wrong["changes"] = error
        changed = Block("changes.yml")
    made, faults = each(changed, lambda name, value: _change(changed, name, value, by_name))
    by_name |= {control.name: control for control in made}
    wrong |= {f"changes, {name}": error for name, error in faults.items()}
    return sorted(by_name.values(), key=lambda control: TABS.index(control.tab)), wrong


def _read_control(block: Block, name: str, value: Any, queries: Collection[str]) -> Control:
    own = _entry(block, name, value)
    own.require_known([field.name for field in fields(Control) if field.name != "name"])
    words: dict[str, Any] = {key: _word(own, key) for key in _WORDS}
    kinds: dict[str, Any] = {
        "tab": _choice(own, "tab", TABS),
        "severity": _choice(own, "severity", SEVERITIES),
    }
    if "not_testable" in own:
        if also := [key for key in _TESTED if key in own]:
            raise own.wrong(also[0], "nothing, because it is not testable", own[also[0]])
        return Control(name, **words, **kinds, not_testable=_word(own, "not_testable"))
    tested: dict[str, Any] = {key: _word(own, key) for key in _TESTED if key != "limit"}
    if tested["query"] not in queries:
        raise UnknownNameError(f"query of {own.where('query')}", tested["query"], queries)
    return Control(name, **words, **kinds, **tested, limit=_limit(own))


def _change(block: Block, name: str, value: Any, known: dict[str, Control]) -> Control:
    if name not in known:
        raise UnknownNameError(f"control of {block.where(name)}", name, known)
    own, control = _entry(block, name, value), known[name]
    own.require_known(CHANGEABLE)
    made: dict[str, Any] = {}
    if "owner" in own:
        made["owner"] = _word(own, "owner")
    if "severity" in own:
        made["severity"] = _choice(own, "severity", SEVERITIES)
    if "limit" in own:
        if control.limit is None:
            raise own.wrong("limit", "nothing, because it is not testable", own["limit"])
        made["limit"] = _limit(own)
    return replace(control, **made)


def _entry(block: Block, name: str, value: Any) -> Block:
    if not isinstance(value, Block):
        raise block.wrong(name, "names with their values", "nothing" if not value else "another form")
    return value


def _word(own: Block, name: str) -> str:
    value = own.get(name)
    if not isinstance(value, str) or not value.strip():
        raise own.wrong(name, "a text", "nothing" if not value else "another form")
    return " ".join(value.split())


def _choice(own: Block, name: str, options: Collection[str]) -> str:
    value = _word(own, name)
    if value not in options:
        raise own.wrong(name, " or ".join(options), repr(value))
    return value


def _limit(own: Block) -> Limit:
    text = _word(own, "limit")
    try:
        return Limit.read(text)
    except LuckyError as error:
        raise own.wrong("limit", error.expected, repr(text)) from error
