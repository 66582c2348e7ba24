"""A new question from templates: notebook, parameters, steps and tests that pass as they are written."""

from __future__ import annotations

import contextlib
import keyword
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import jinja2

from lucky_analytics.errors import ParameterError
from lucky_analytics.runs import notebooks
from lucky_analytics.settings import Settings

__all__ = ["write_notebook"]

TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9_]{2,29}")  # at most 30 characters: the longest line it stands in holds 110
_CELL = re.compile(r"^# %% ?(.*)\n", re.MULTILINE)


def write_notebook(place: str, settings: Settings) -> list[Path]:
    """Write the files of ``department/name`` into the checkout, all of them or none; the files.

    Raises ``ParameterError`` for a name that is no Python name or is taken in any department, and for a
    file that already stands where one would be written: nothing is overwritten.
    """
    department, name = _checked(place, settings)
    facts = {"department": department, "name": name, "words": name.replace("_", " ").capitalize()}
    root = settings.root
    rooms = root / "lucky_analytics" / "questions" / department
    files = {
        **{room / "__init__.py": "" for room in (rooms, rooms / name) if not (room / "__init__.py").exists()},
        rooms / name / "steps.py": _render("question.py.j2", facts),
        root / "tests" / "unit" / "questions" / department / f"test_{name}.py": _render(
            "test_question.py.j2", facts
        ),
        root / "tests" / "notebooks" / department / f"test_{name}_notebook.py": _render(
            "test_notebook.py.j2", facts
        ),
        settings.params_dir / f"{name}.yml": _render("parameters.yml.j2", facts),
        # last: the other files mean nothing to the suite as long as the notebook is not there
        settings.notebooks_dir / department / f"{name}.ipynb": _cells(_render("notebook.py.j2", facts)),
    }
    _write_all(files, root)
    return list(files)


def _checked(place: str, settings: Settings) -> tuple[str, str]:
    department, _, name = place.partition("/")
    for part in (department, name):
        if not _NAME.fullmatch(part) or keyword.iskeyword(part) or part == notebooks.APPS:
            raise ParameterError(
                "lucky new notebook",
                expected="department/name, each 3 to 30 lower-case letters, digits or _, no reserved word",
                got=place,
            )
    for other in notebooks.list_all(settings):
        if other.name == name:
            raise ParameterError(
                f"notebook {name}", expected="a name not yet taken", got=f"{other.department}/{other.name}"
            )
    return department, name


def _render(template: str, facts: Mapping[str, str]) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(template).render(facts)


def _cells(text: str) -> str:
    """The notebook of a text in which ``# %%`` begins a cell, ``[markdown]`` or code with tags after it."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    node = new_notebook()
    node.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    node.metadata["language_info"] = {"name": "python"}
    parts = _CELL.split(text)[1:]
    for number, (marks, body) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        if marks == "[markdown]":
            source = re.sub(r"^# ?", "", body.strip(), flags=re.MULTILINE)
            node.cells.append(new_markdown_cell(source, id=f"cell-{number:02}"))
        else:
            tags = {"tags": marks.split()} if marks else {}
            node.cells.append(new_code_cell(body.strip(), metadata=tags, id=f"cell-{number:02}"))
    return nbformat.writes(node) + "\n"


def _write_all(files: Mapping[Path, str], root: Path) -> None:
    """Every file, or none: written aside first, then linked into place, which never replaces a file."""
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


def _remove(placed: list[Path], made: list[Path]) -> None:
    for path in placed:
        path.unlink(missing_ok=True)
    for folder in made:
        with contextlib.suppress(OSError):  # never made, or somebody else's file is in it
            folder.rmdir()
