"""Files from templates: names that are checked, and all files of one new thing are written or none."""

from __future__ import annotations

import contextlib
import keyword
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from lucky_analytics.errors import ParameterError

__all__ = ["is_name", "render", "require_free_module", "split_place", "write_all"]

TEMPLATES = Path(__file__).parent / "templates"
RULE = "3 to 30 lower-case letters, digits or _, no reserved word"
_NAME = re.compile(r"[a-z][a-z0-9_]{2,29}")  # at most 30 characters: the longest line it stands in holds 110


def is_name(text: str) -> bool:
    """Whether modules, tables and metrics of ours may be called so.

    >>> is_name("daily_orders"), is_name("lambda"), is_name("Daily")
    (True, False, False)
    """
    return bool(_NAME.fullmatch(text)) and not keyword.iskeyword(text)


def split_place(command: str, place: str, folder: str) -> tuple[str, str]:
    """``folder/name`` as its two parts. Raises ``ParameterError`` for parts that are no names."""
    first, _, name = place.partition("/")
    if not is_name(first) or not is_name(name):
        raise ParameterError(f"lucky new {command}", expected=f"{folder}/name, each {RULE}", got=place)
    return first, name


def require_free_module(name: str, root: Path) -> None:
    """Raise ``ParameterError`` where a module is called so: no two of them share a file name."""
    package = root / "lucky_analytics"
    taken = [path for path in package.rglob(f"{name}.py") if "cli" not in path.relative_to(package).parts]
    if taken:
        raise ParameterError(
            f"module {name}.py", expected="a name not yet taken", got=str(taken[0].relative_to(root))
        )


def render(template: str, facts: Mapping[str, Any]) -> str:
    """One template with its facts; a fact that is missing is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        keep_trailing_newline=True,
        trim_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template).render(facts)


def write_all(files: Mapping[Path, str], root: Path) -> list[Path]:
    """Every file, or none: written aside first, then linked into place, which never replaces a file.

    Raises ``ParameterError`` naming a file that already stands where one would be written.
    """
    placed: list[Path] = []
    made = [folder for path in files if not (folder := path.parent).exists()]
    with tempfile.TemporaryDirectory(prefix=".lucky-new-", dir=root) as aside, contextlib.ExitStack() as undo:
        undo.callback(_remove, placed, made)
        for number, text in enumerate(files.values()):
            (Path(aside) / str(number)).write_text(text, encoding="utf-8")
        for number, path in enumerate(files):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(Path(aside) / str(number), path)
            except FileExistsError as error:
                shown = path.relative_to(root)
                raise ParameterError(
                    f"{shown}", expected="no such file", got="one", remedy="Choose another name or move it"
                ) from error
            placed.append(path)
        undo.pop_all()
    return placed


def _remove(placed: list[Path], made: list[Path]) -> None:
    for path in placed:
        path.unlink(missing_ok=True)
    for folder in made:
        with contextlib.suppress(OSError):  # never made, or somebody else's file is in it
            folder.rmdir()
