"""A new question from templates: notebook, parameters, steps and tests that pass as they are written."""

from __future__ import annotations

import re
from pathlib import Path

from lucky_analytics.desk.new_files import RULE, render, split_place, write_all
from lucky_analytics.errors import ParameterError
from lucky_analytics.runs import notebooks
from lucky_analytics.settings import Settings

__all__ = ["cells", "write_notebook"]

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
        rooms / name / "steps.py": render("question.py.j2", facts),
        root / "tests" / "unit" / "questions" / department / f"test_{name}.py": render(
            "test_question.py.j2", facts
        ),
        root / "tests" / "notebooks" / department / f"test_{name}_notebook.py": render(
            "test_notebook.py.j2", facts
        ),
        settings.params_dir / f"{name}.yml": render("parameters.yml.j2", facts),
        # last: the other files mean nothing to the suite as long as the notebook is not there
        settings.notebooks_dir / department / f"{name}.ipynb": cells(render("notebook.py.j2", facts)),
    }
    return write_all(files, root)


def _checked(place: str, settings: Settings) -> tuple[str, str]:
    department, name = split_place("notebook", place, "department")
    if notebooks.APPS in (department, name):
        raise ParameterError("lucky new notebook", expected=f"department/name, each {RULE}", got=place)
    for other in notebooks.list_all(settings):
        if other.name == name:
            raise ParameterError(
                f"notebook {name}", expected="a name not yet taken", got=f"{other.department}/{other.name}"
            )
    return department, name


def cells(text: str, **metadata: str) -> str:
    """The notebook of a text in which ``# %%`` begins a cell, ``[markdown]`` or code with tags after it."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    node = new_notebook()
    node.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    node.metadata["language_info"] = {"name": "python"}
    node.metadata.update(metadata)
    parts = _CELL.split(text)[1:]
    for number, (marks, body) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        if marks == "[markdown]":
            source = re.sub(r"^# ?", "", body.strip(), flags=re.MULTILINE)
            node.cells.append(new_markdown_cell(source, id=f"cell-{number:02}"))
        else:
            tags = {"tags": marks.split()} if marks else {}
            node.cells.append(new_code_cell(body.strip(), metadata=tags, id=f"cell-{number:02}"))
    return nbformat.writes(node) + "\n"
