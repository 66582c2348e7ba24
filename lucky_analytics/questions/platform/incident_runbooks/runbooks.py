"""Runbooks as Markdown, and what each step would do to one server: text, which nothing here runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["NOTHING", "Runbook", "Step", "dry_run", "read_runbook", "read_runbooks"]

NOTHING = "nothing"
_PARTS = ("would run", "changes", "checks", "undo")
_STEP = re.compile(r"## (\d+)\. (.+)")
_PART = re.compile(rf"- ({'|'.join(_PARTS)}): (.+)")
_MOST = 64 * 1024  # characters of a file


@dataclass(frozen=True)
class Step:
    """``title``; ``would_run``: the command as text, ``{server}`` where the server's name goes; ``changes``:
    what it changes, beginning with ``NOTHING`` where it only looks; ``checks``; ``undo``."""

    title: str
    would_run: str
    changes: str
    checks: str
    undo: str

    @property
    def is_look(self) -> bool:
        return self.changes.startswith(NOTHING)


@dataclass(frozen=True)
class Runbook:
    """One file: ``name`` (of the file), ``title``, ``owner``, ``not_for`` and its steps in order."""

    name: str
    title: str
    owner: str
    not_for: str
    steps: tuple[Step, ...]


def read_runbooks(folder: Path, wanted: list[str]) -> tuple[dict[str, Runbook], dict[str, LuckyError]]:
    """Those of ``wanted`` that can be read, and what is wrong with the others, both by name.

    Raises ``ParameterError`` where there is no such folder.
    """
    if not folder.is_dir():
        raise ParameterError("runbooks_folder", expected="a folder of runbooks", got=str(folder))
    found, wrong = {}, {}
    for name in wanted:
        try:
            found[name] = read_runbook(folder / f"{name}.md")
        except LuckyError as error:
            wrong[name] = error
    return found, wrong


def read_runbook(path: Path) -> Runbook:
    """A runbook with all four parts of every step. Raises ``ParameterError`` with file and line otherwise.

    The first and the last step must only look: nobody changes what nobody looked at, or leaves unseen what
    came of it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        got = error.strerror if isinstance(error, OSError) else "other bytes"
        raise ParameterError(
            f"runbook {path.name}", expected="a Markdown file in UTF-8", got=str(got)
        ) from error
    head: dict[str, str] = {}
    steps: list[dict[str, str]] = []
    for number, line in enumerate(text[:_MOST].splitlines(), start=1):
        if step := _STEP.fullmatch(line.strip()):
            if int(step[1]) != len(steps) + 1:
                _refuse(path, number, f"step {len(steps) + 1}", f"step {step[1]}")
            steps.append({"title": step[2]})
        elif part := _PART.fullmatch(line.strip()):
            if not steps or part[1] in steps[-1]:
                _refuse(path, number, "each part once, below its step", part[1])
            steps[-1][part[1]] = part[2].strip("`") if part[1] == "would run" else part[2]
        elif line.startswith("# "):
            head.setdefault("title", line[2:].strip())
        elif line.startswith(("Owner: ", "Not for: ")):
            key, _colon, said = line.partition(": ")
            head.setdefault(key, said.strip())
        elif line.strip():
            _refuse(path, number, "a title, Owner, Not for, a step or one of its parts", line.strip()[:60])
    missing = [key for key in ("title", "Owner", "Not for") if not head.get(key)]
    missing += [
        f"{part} of step {place}" for place, own in enumerate(steps, 1) for part in _PARTS if part not in own
    ]
    if missing or not steps:
        _refuse(
            path,
            1,
            "a title, Owner, Not for, and steps with " + ", ".join(_PARTS),
            f"no {(missing or ['step'])[0]}",
        )
    made = tuple(
        Step(own["title"], own["would run"], own["changes"], own["checks"], own["undo"]) for own in steps
    )
    if not (made[0].is_look and made[-1].is_look):
        _refuse(path, 1, "a first and a last step that change nothing", "one that does")
    return Runbook(path.stem, head["title"], head["Owner"], head["Not for"], made)


def _refuse(path: Path, line: int, expected: str, got: str) -> None:
    raise ParameterError(f"runbook {path.name}, line {line}", expected=expected, got=got)


def dry_run(book: Runbook, server: str = "") -> pd.DataFrame:
    """What each step would do: ``step``, ``title``, ``would_run``, ``changes``, ``checks``, ``undo``.

    ``server`` takes the place of ``{server}`` as text; without one the place stays open. Nothing is run.

    >>> step = Step("Look", "ping {server}", "nothing", "it answers", "nothing to undo")
    >>> dry_run(Runbook("look", "Look", "IT", "-", (step,)), "salesorder")["would_run"].tolist()
    ['ping salesorder']
    """
    rows: list[Mapping[str, object]] = [
        {
            "step": place,
            "title": step.title,
            "would_run": step.would_run.replace("{server}", server or "SERVER"),
            "changes": step.changes,
            "checks": step.checks,
            "undo": step.undo.replace("{server}", server or "SERVER"),
        }
        for place, step in enumerate(book.steps, start=1)
    ]
    return pd.DataFrame(rows)
