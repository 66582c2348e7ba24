"""An append-only log of who did what with the data: one JSON object a line, one file a day, kept 90 days."""

from __future__ import annotations

import datetime as dt
import json
import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from lucky_analytics.errors import PublishError
from lucky_analytics.settings import Settings

__all__ = ["KEPT_DAYS", "account", "append_entry", "read_entries"]

KEPT_DAYS = 90


def append_entry(
    settings: Settings,
    command: str,
    *,
    snapshot: str = "",
    tables: Mapping[str, int | None] | None = None,
    exports: Iterable[str] = (),
    checks: str = "",
    looked_up: Mapping[str, Any] | None = None,
    asked: Mapping[str, Any] | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Add one line to ``outputs/audit/<day>.jsonl`` and remove the files of days out of retention.

    ``tables`` maps ``database.table`` to the rows that were read of it (null when unknown); ``exports``
    are the files or folders that now hold data; ``checks`` is the hash of the newest line of the log of
    checks (``check_log``) where a run wrote one; ``looked_up`` says of a customer who was looked up in an
    app: by which ``reader``, under which ``customer`` number, and whether one was ``found``;
    ``asked`` says of a question in plain words what was read of it, by whom, and what became of it, never
    what was typed. ``at`` is the moment, by default now; the day is UTC's.
    Each line is one ``write`` to a file opened for appending, so that two commands at once do not mix.
    Raises ``PublishError`` when it cannot be written.

    >>> append_entry(settings.load(), "publish", exports=["outputs/site"])  # doctest: +SKIP
    """
    moment = at or dt.datetime.now(dt.UTC)
    entry = {
        "at": moment.isoformat(timespec="seconds"),
        "who": account(),
        "command": command,
        "snapshot": snapshot,
        "tables": dict(tables or {}),
        "exports": sorted(exports),
    }
    if checks:
        entry["checks"] = checks
    if looked_up:
        entry["looked_up"] = dict(looked_up)
    if asked:
        entry["asked"] = dict(asked)
    folder = settings.outputs_dir / "audit"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _append(folder / f"{moment:%Y-%m-%d}.jsonl", entry)
        _remove_old(folder, moment.date())
    except OSError as error:
        raise PublishError.unwritable(f"audit log in {folder}", error) from error


def account() -> str:
    """As the system has it, not a variable that anybody may set; in containers it often has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def read_entries(settings: Settings) -> Iterator[dict[str, Any]]:
    """All kept entries, oldest first. A line that a full disk cut short is left out."""
    for file in sorted((settings.outputs_dir / "audit").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _append(file: Path, entry: Mapping[str, Any]) -> None:
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def _remove_old(folder: Path, today: dt.date) -> None:
    oldest = today - dt.timedelta(days=KEPT_DAYS)
    for file in folder.glob("*.jsonl"):
        if file.stem < oldest.isoformat():
            file.unlink()
