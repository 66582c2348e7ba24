"""The topics as they are declared, with what an operator changed of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics.declarations import Block, each, read, read_text
from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["Topic", "load_topics"]

_FILE = Path(__file__).with_name("topics.yml")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_MOST_LABEL, _MOST_WORDS = 40, 3  # characters and words, so that titles hold it
_RESERVED = ("any", "none")


@dataclass(frozen=True)
class Topic:
    """``name`` in files of labels, ``label`` on the page, and the ``words`` that make a post one of it."""

    name: str
    label: str
    words: tuple[str, ...]


def load_topics(changes: str = "", file: Path = _FILE) -> tuple[list[Topic], dict[str, LuckyError]]:
    """The shipped topics, with ``changes``: YAML, ``wait: {label: long waits, words: [wait*, queue]}``.

    An entry of ``changes`` takes the place of the topic of its name, or is a further one; one without words
    takes the topic away. Returns the topics that stand, and what is wrong, by name: a mistaken entry costs
    itself, and the topic stays as it was declared.

    >>> topics, faults = load_topics("wait: {label: waits, words: [wait*]}\\napp: {label: x, words: []}")
    >>> topics[0], "app" in [topic.name for topic in topics], faults
    (Topic(name='wait', label='waits', words=('wait*',)), False, {})
    """
    block = read(file, as_text=True, by_entry=True)
    found, wrong = each(block, lambda name, value: _read_topic(block, name, value))
    by_name = {topic.name: topic for topic in found}
    try:
        changed = read_text(changes, "topics.yml", as_text=True)
    except LuckyError as error:
        return list(by_name.values()), wrong | {"topics": error}
    made, faults = each(changed, lambda name, value: _read_topic(changed, name, value))
    stand = [topic for topic in (by_name | {topic.name: topic for topic in made}).values() if topic.words]
    if not stand:
        none = ParameterError("topics", expected="one that stands", got="all taken away")
        return list(by_name.values()), wrong | {"topics": none}
    return stand, wrong | faults


def _read_topic(block: Block, name: str, value: Any) -> Topic:
    if not isinstance(value, Block):
        raise block.wrong(name, "a label and words", "another form")
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise block.wrong(name, "a name of small letters, not any or none", repr(name[:_MOST_LABEL]))
    value.require_known(("label", "words"))
    label = value.get_as("label", str, "")
    n = len(label.split()) if len(label) <= _MOST_LABEL else 0
    if not 0 < n <= _MOST_WORDS:
        raise value.wrong("label", f"a text of at most {_MOST_WORDS} words and {_MOST_LABEL} characters")
    words = tuple(word.strip() for word in value.names("words"))
    if any(not word.strip("* ") for word in words):
        raise value.wrong("words", "words with a letter", "one without")
    return Topic(name, " ".join(label.split()), words)
