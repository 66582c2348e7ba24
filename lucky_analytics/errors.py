"""Named errors. Each prints as one line: what, expected, got, remedy; each has its own exit code."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import NoReturn

__all__ = [
    "BusyError",
    "DeliveryError",
    "DemoError",
    "EngineError",
    "LacksTablesError",
    "LuckyError",
    "MissingTableError",
    "NothingToSayError",
    "ParameterError",
    "PublishError",
    "RunError",
    "SnapshotError",
    "SourceError",
    "UnknownNameError",
    "one_line",
    "redact",
    "refuse_private_name",
    "require_none",
]

# Terminals obey control characters, and marks of direction reorder what is read; halves of pairs are no text.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# A login in an address, a mail address, a telephone number, a payment token: what others must not read.
_PRIVATE = re.compile(
    r"(?<=://)[^\s/@]+(?=@)"
    r"|(?<![\w.])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]+)+"
    r"|(?<![\w-])\+?\d{1,3}[ .-]?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b"
    r"|(?<!\d)\+\d{10,15}\b"
    r"|\b(?:pm|tok|cus|card)_\w{6,}\b"
)

# What each of these has in it: found ten times as fast in a text that has none.
_MAYBE_PRIVATE = re.compile(r"@|\d{3}[ .-]\d{4}|\+\d{10}|(?:pm|tok|cus|card)_")


def redact(text: str) -> str:
    """``text`` without logins in addresses, mail addresses, telephone numbers and payment tokens.

    >>> redact("KeyError: 'ann@example.com', +1 917 555 0100, mysql://ann:secret@10.0.0.1:3306/x")
    "KeyError: '[removed]', [removed], mysql://[removed]@10.0.0.1:3306/x"
    """
    return _PRIVATE.sub("[removed]", text) if _MAYBE_PRIVATE.search(text) else text


def one_line(text: str, most: int | None = None) -> str:
    """The text on one line, safe to print, its middle left out where it has more than ``most`` characters.

    >>> one_line("no \\n such\\x1b[2J store")
    'no such\ufffd[2J store'
    """
    line = _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    if most is None or len(line) <= most:
        return line
    left_out = f" [{len(line) - most:,} characters left out] "
    return line[: most // 2] + left_out + line[-(most // 2) :]


class LuckyError(Exception):
    """Base of every error this package raises on purpose.

    Prints as ``what: expected X, got Y. Remedy``, on one line whatever the parts contain, so that a log
    line or a terminal shows all of it. ``exit_code`` is what the command line returns.

    >>> str(LuckyError("scale", expected="0 < scale <= 1", got="-1", remedy="Pass --scale 0.02"))
    'scale: expected 0 < scale <= 1, got -1. Pass --scale 0.02'
    """

    exit_code = 1

    def __init__(self, what: str, *, expected: str = "", got: str = "", remedy: str = ""):
        self.what, self.expected, self.got, self.remedy = what, expected, got, remedy
        facts = [f"expected {expected}"] if expected else []
        facts += [f"got {got}"] if got else []
        line = what + (": " + ", ".join(facts) if facts else "")
        line = f"{line.removesuffix('.')}. {remedy}" if remedy else line
        super().__init__(one_line(line))

    def __reduce__(self):
        return _rebuild, (type(self), self.what, self.expected, self.got, self.remedy)


def _rebuild(kind: type[LuckyError], what: str, expected: str, got: str, remedy: str) -> LuckyError:
    return kind(what, expected=expected, got=got, remedy=remedy)


class ParameterError(LuckyError):
    """A notebook parameter or an argument that is unknown, of the wrong type or out of range."""

    exit_code = 2


class UnknownNameError(LuckyError):
    """A name that is not declared; carries the nearest known ones."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str], remedy: str = ""):
        self.kind, self.name, self.known = kind, name, sorted(known)
        alike = difflib.get_close_matches(
            name.lower(), [each.lower() for each in self.known], n=3, cutoff=0.5
        )
        near = [each for low in alike for each in self.known if each.lower() == low] or self.known[:5]
        if not alike and len(self.known) > len(near):
            near = [*near, f"{len(self.known) - len(near)} more"]
        super().__init__(
            f"unknown {kind} {name!r}",
            expected="one of " + ", ".join(near) if near else "a known one, and none is known yet",
            remedy=remedy,
        )

    def __reduce__(self):
        return UnknownNameError, (self.kind, self.name, self.known, self.remedy)


def require_none(faults: Sequence[LuckyError]) -> None:
    """End a command that went on past its faults: raises the one there is, or one that names them all.

    It ends with the exit code that they have in common, else with 2.
    """
    if len(faults) == 1:
        raise faults[0]
    if faults:
        error = ParameterError(f"{len(faults)} things are wrong", got="; ".join(map(str, faults)))
        codes = {fault.exit_code for fault in faults}
        error.exit_code = codes.pop() if len(codes) == 1 else error.exit_code
        raise error


class SnapshotError(LuckyError):
    """A snapshot that is missing, damaged, or could not be taken."""

    exit_code = 3


class LacksTablesError(SnapshotError):
    """A notebook needs tables that nobody has read yet: it waits for access, and nothing is broken."""


class MissingTableError(SnapshotError):
    """A source table that the snapshot does not have; ``table`` is its ``database.table``. ``problem``: it
    had, and is damaged."""

    def __init__(self, table: str, snapshot: str, problem: str = ""):
        self.table, self.snapshot, self.problem = table, snapshot, problem
        if problem:
            what = f"table {table} of snapshot {snapshot} is damaged"
            super().__init__(what, got=problem, remedy="Take a new snapshot")
            return
        super().__init__(
            f"table {table} is not in snapshot {snapshot}", remedy="Take a snapshot that includes it"
        )

    def __reduce__(self):
        return MissingTableError, (self.table, self.snapshot, self.problem)


class SourceError(LuckyError):
    """A source database that is down, refuses, or answers something else than declared."""

    exit_code = 4


class EngineError(LuckyError):
    """What computes the tables is not installed, does not start, or does not answer."""

    exit_code = 4


class RunError(LuckyError):
    """A notebook that did not run to its end."""

    exit_code = 5


class NothingToSayError(LuckyError):
    """The data cannot answer a notebook's question: its page says so and ends there, and that is no failure.

    ``report.stop`` raises it. JupyterLab shows the one line in place of a traceback.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"The page ends here: {self}"]


class BusyError(RunError):
    """A notebook that another command was running for longer than one would wait."""

    exit_code = 75  # what sysexits.h calls a temporary failure: try again


class PublishError(LuckyError):
    """A page or the portal that could not be built, or a log beside it that could not be written."""

    exit_code = 6

    @classmethod
    def unwritable(cls, what: str, error: OSError, remedy: str = "Check its permissions and the free space"):
        """A folder in which nothing could be written: ``what`` names it."""
        got = error.strerror or str(error)
        return cls(what, expected="a folder that can be written", got=got, remedy=remedy)


class DemoError(LuckyError):
    """A demo estate that could not be built to its published figures."""

    exit_code = 7


class DeliveryError(LuckyError):
    """A mail or message that could not be delivered. ``is_lasting``: trying again will not help.
    ``is_silent``: nothing answered in time, so that others to the same server would wait as long.

    It names the recipient as declared, never an address, and no part of a webhook's URL.
    """

    exit_code = 8

    def __init__(
        self,
        what: str,
        *,
        expected: str = "",
        got: str = "",
        remedy: str = "",
        is_lasting: bool = False,
        wait_seconds: float = 0.0,
        is_silent: bool = False,
    ):
        super().__init__(what, expected=expected, got=got, remedy=remedy)
        self.is_lasting, self.wait_seconds, self.is_silent = is_lasting, wait_seconds, is_silent


def refuse_private_name(what: str) -> NoReturn:
    """Raises ``ParameterError``: a column of ``what`` is named after a person's address or number, which no
    page can leave out without losing the column. The name is not repeated."""
    expected, got = "names of columns without mail addresses and telephone numbers", "one that looks like it"
    raise ParameterError(what, expected=expected, got=got, remedy="Rename the column")
