"""What payment methods are called: the names that are known or guessed, each with its source."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.declarations import Block, read

__all__ = ["MethodName", "MethodNames", "load_method_names"]

_FILE = Path(__file__).with_suffix(".yml")


@dataclass(frozen=True)
class MethodName:
    """``name`` in words; ``is_confirmed`` where somebody who knows has said so; ``source``: who."""

    name: str
    is_confirmed: bool
    source: str


class MethodNames(dict[str, MethodName]):
    """Names by channel id; a method without one is called by its number."""

    def name(self, channel_id: str) -> str:
        """In a sentence.

        >>> load_method_names().name("53"), load_method_names().name("91")
        ('Apple Pay', 'method 91')
        """
        return self[channel_id].name if channel_id in self else f"method {channel_id}"

    def label(self, channel_id: str) -> str:
        """In a table or a chart, with its number, which alone is in the data.

        >>> load_method_names().label("3"), load_method_names().label("91")
        ('Debit card (3)', 'A method no table names (code 91)')
        """
        name = self.name(channel_id)
        shown = f"{name[0].upper()}{name[1:]}"
        return (
            f"{shown} ({channel_id})"
            if channel_id in self
            else f"A method no table names (code {channel_id})"
        )

    def is_guess(self, channel_id: str) -> bool:
        """Whether nobody has confirmed what stands behind the number."""
        return channel_id not in self or not self[channel_id].is_confirmed


@functools.cache
def load_method_names(file: Path = _FILE) -> MethodNames:
    """The shipped names, or those of another ``file`` of their form.

    Raises ``ParameterError`` or ``UnknownNameError`` with file, line and name for an entry not of its form.
    """
    block = read(file, as_text=True)
    return MethodNames({str(channel): _name(block, channel) for channel in block})


def _name(block: Block, channel: str) -> MethodName:
    own = block[channel]
    if not isinstance(own, Block):
        raise block.wrong(channel, "name, is_confirmed and source", "another form")
    own.require_known(("name", "is_confirmed", "source"))
    for word in ("name", "source"):
        if not own.get_as(word, str, ""):
            raise own.wrong(word, "a text", "nothing")
    return MethodName(own["name"], own.choice("is_confirmed", ("no", "yes")) == "yes", own["source"])
