"""What was tested when, with which result: a log that only grows, in which each line holds the one before.

One JSON object a line in ``outputs/checks/log.jsonl``. ``previous`` is the SHA-256 of the line before it, so
that a line that was changed, taken out or put in breaks the chain there. It is never cut: an auditor asks for
years. The audit log notes the newest line's hash with each run, so that cutting off the end shows as well.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucky_analytics import locks
from lucky_analytics.errors import PublishError
from lucky_analytics.report_evidence import EVIDENCE, hash_lines
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.runs.records import Record

__all__ = ["FIRST", "append_checks", "find_breaks", "read_checks"]

FIRST = "0" * 64


def append_checks(
    settings: Settings,
    record: Record,
    tests: list[dict[str, Any]],
    *,
    who: str,
    act: str = "tested",
    at: dt.datetime | None = None,
) -> str:
    """Add one line for a run that attested ``tests`` (``report.evidence``); the line's hash.

    ``act`` is ``tested``, or ``tested again`` where ``lucky verify`` found the same. Raises ``PublishError``
    when it cannot be written.
    """
    file = _file(settings)
    entry = {
        "at": (at or dt.datetime.now(dt.UTC)).isoformat(timespec="seconds"),
        "who": who,
        "act": act,
        "notebook": record.notebook,
        "run": record.run_id,
        "snapshot": record.snapshot["id"],
        "as_of": record.as_of,
        "tests": tests,
    }
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with locks.hold(file.with_suffix(".lock"), wait=True):
            lines = _lines(file)
            entry["previous"] = _hash(lines[-1]) if lines else FIRST
            line = json.dumps(entry, ensure_ascii=False, sort_keys=True)
            # A line that a full disk cut short stays as it is, a break that is named, and is not continued.
            ends_open = bool(lines) and not file.read_bytes().endswith(b"\n")
            _write(file, ("\n" if ends_open else "") + line + "\n")
    except OSError as error:
        raise PublishError.unwritable(f"log of checks in {file.parent}", error) from error
    return _hash(line)


def read_checks(settings: Settings) -> Iterator[dict[str, Any]]:
    """All entries, oldest first. A line that is none is left out: ``find_breaks`` names it."""
    for line in _lines(_file(settings)):
        try:
            yield json.loads(line)
        except ValueError:
            continue


def find_breaks(settings: Settings) -> tuple[int, list[str]]:
    """How many lines the log has, and one sentence for each thing that is no longer as it was logged.

    The chain of lines, the newest line against the audit log, and of each run the evidence that is kept
    beside it, hashed anew.
    """
    lines, found = _lines(_file(settings)), []
    before, entries = FIRST, []
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            if entry["previous"] != before:
                found.append(f"line {number}: what stood before it was changed or taken out")
            entries.append((number, entry))
        except (ValueError, LookupError, TypeError):
            found.append(f"line {number}: no entry of the log")
        before = _hash(line)
    if (last := _noted(settings)) and last not in {_hash(line) for line in lines}:
        found.append("the end: the newest line that the audit log names is not there, or was changed")
    for number, entry in entries:
        found += [
            f"line {number}, {entry['notebook']}/{entry['run']}: {what}" for what in _moved(settings, entry)
        ]
    return len(lines), found


def _moved(settings: Settings, entry: dict[str, Any]) -> list[str]:
    file = settings.runs_dir / entry["notebook"] / entry["run"] / "tables" / f"{EVIDENCE}.csv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            next(lines, "")
            now = hash_lines(lines)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        return [f"its evidence cannot be read: {reason}"]
    return [f"evidence of {each['name']} is not what was logged" for each in entry["tests"]
            if now.get(each["name"]) != each["sha256"]]  # fmt: skip


def _noted(settings: Settings) -> str:
    """The hash of the log's newest line as the audit log has it; empty where it has none."""
    from lucky_analytics.audit_log import read_entries

    return next(
        (entry["checks"] for entry in reversed(list(read_entries(settings))) if entry.get("checks")), ""
    )


def _file(settings: Settings) -> Path:
    return settings.outputs_dir / "checks" / "log.jsonl"


def _lines(file: Path) -> list[str]:
    if not file.exists():
        return []
    return [line for line in file.read_text(encoding="utf-8", errors="replace").split("\n") if line]


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
