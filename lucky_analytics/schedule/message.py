"""One message, and what must never be in one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics import errors

__all__ = ["Message", "digest", "redact"]

_URL = re.compile(r"[A-Za-z][\w+.-]*://\S+")


@dataclass(frozen=True)
class Message:
    """One thing to say, in the forms that the channels need.

    ``kind`` is ``report``, ``explanation``, ``alert`` or ``resolved``; ``path`` the page in the portal;
    ``facts`` are for machines; ``mail`` is a whole mail without sender and recipient, empty where the
    title and the lines are the mail. ``worded`` are the lines as a language model words them, for people;
    empty where they read the lines themselves.
    """

    kind: str
    title: str
    lines: tuple[str, ...]
    path: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    mail: bytes = b""
    worded: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """The lines that people read."""
        return self.worded or self.lines

    def to_json(self) -> str:
        body = {**self.__dict__, "mail": base64.b64encode(self.mail).decode()}
        return json.dumps(body, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Message:
        body = json.loads(text)
        texts = {name: tuple(body.get(name, ())) for name in ("lines", "worded")}
        return cls(**{**body, **texts, "mail": base64.b64decode(body["mail"])})


def redact(text: str) -> str:
    """``text`` without URLs, and without what ``errors.redact`` takes out of errors.

    >>> redact("KeyError: 'ann@example.com', +1 917 555 0100, s3://lists/ann")
    "KeyError: '[removed]', [removed], [removed]"
    """
    return errors.redact(_URL.sub("[removed]", text))


def digest(message: Message) -> str:
    """Equal for messages that a reader would take for the same: to send a report only when it changed."""
    shown = [message.kind, message.title, *message.lines]
    shown += [f"{h['name']} {h['shown']}" for h in message.facts.get("headlines", [])]
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16]
