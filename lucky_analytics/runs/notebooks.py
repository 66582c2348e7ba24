"""The notebooks of the suite: where they are, what they ask, what they can be told."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.runs.one_look import within_look
from lucky_analytics.runs.parameters import Parameter, declared
from lucky_analytics.settings import Settings

__all__ = ["KERNEL", "Cell", "Loaded", "Notebook", "find", "list_all", "load", "load_all"]

KERNEL = "python3"
APPS = "apps"  # a namespace of its own: an app is not run for a page


@dataclass(frozen=True)
class Notebook:
    """One notebook file: ``notebooks/<department>/<name>.ipynb``."""

    name: str
    department: str
    path: Path
    parameter_file: Path
    twin: str = ""  # the department of another notebook of that name: neither can be told apart


def list_all(settings: Settings) -> list[Notebook]:
    """Every notebook, by department and name. Of two with one name the first, which then cannot be read."""
    found: dict[str, Notebook] = {}
    for path in sorted(settings.notebooks_dir.glob("[!.]*/*.ipynb")):
        if path.parent.name == APPS:
            continue
        if path.stem in found:
            found[path.stem] = replace(found[path.stem], twin=path.parent.name)
            continue
        parameter_file = settings.params_dir / f"{path.stem}.yml"
        found[path.stem] = Notebook(path.stem, path.parent.name, path, parameter_file)
    return list(found.values())


def find(name: str, settings: Settings) -> Notebook:
    """One notebook by name; ``department/name`` and its path work too. Raises ``UnknownNameError``."""
    known = {notebook.name: notebook for notebook in list_all(settings)}
    folder, _, file = name.rpartition("/")
    found = known.get(file.removesuffix(".ipynb"))
    if found is None:
        raise UnknownNameError("notebook", name, known, remedy="lucky list shows them all")
    if folder and folder.rpartition("/")[2] != found.department:
        places = [f"{found.department}/{found.name}"]
        raise UnknownNameError("notebook", name, places, remedy="lucky list shows them all")
    return found


@dataclass(frozen=True)
class Cell:
    """One cell as written: ``markdown``, ``code`` or ``raw``."""

    kind: str
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Loaded:
    """A notebook that was read: its cells, its title (the question) and its declared parameters."""

    cells: list[Cell]
    title: str
    parameters: dict[str, Parameter]


@within_look
def load(notebook: Notebook) -> Loaded:
    """Read a notebook and the parameters it declares. Raises ``LuckyError`` for a file that is none.

    Plain JSON on purpose: validating a notebook costs more than all that a skipped run does; papermill
    validates what is run.
    """
    if notebook.twin:
        raise LuckyError(
            f"notebook {notebook.name}",
            expected="one of that name",
            got=f"{notebook.department} and {notebook.twin}",
            remedy="Rename one of them",
        )
    try:
        document = json.loads(notebook.path.read_text(encoding="utf-8"))
        if document["nbformat"] != 4:
            raise ValueError(f"format {document['nbformat']}")
        cells = [_cell(cell) for cell in document["cells"]]
        kernel = document.get("metadata", {}).get("kernelspec", {}).get("name", KERNEL)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__} {error}"[:120]
        raise LuckyError(
            f"notebook {notebook.path.name}", expected="a Jupyter notebook of format 4", got=reason
        ) from error
    if kernel != KERNEL:
        raise LuckyError(
            f"notebook {notebook.name}",
            expected=f"the kernel {KERNEL}, in which all notebooks run",
            got=kernel,
            remedy="Choose Python 3 under Kernel, Change Kernel in JupyterLab, and save",
        )
    tagged = [cell for cell in cells if "parameters" in cell.tags]
    if len(tagged) != 1:
        raise ParameterError(
            f"notebook {notebook.name}", expected="one cell tagged parameters", got=str(len(tagged))
        )
    if any("injected-parameters" in cell.tags for cell in cells):
        raise ParameterError(
            f"notebook {notebook.name}",
            expected="no cell tagged injected-parameters",
            got="one, which papermill replaces without a word",
            remedy="Take the tag away, or the cell",
        )
    return Loaded(cells, _title(cells, notebook.name), declared(tagged[0].source, notebook.name))


def load_all(settings: Settings) -> tuple[dict[Notebook, Loaded], dict[str, LuckyError]]:
    """Every notebook that can be read, and by name the reason why another one cannot."""
    loaded: dict[Notebook, Loaded] = {}
    reasons: dict[str, LuckyError] = {}
    for notebook in list_all(settings):
        try:
            loaded[notebook] = load(notebook)
        except LuckyError as error:
            reasons[notebook.name] = error
    return loaded, reasons


def _cell(body: dict[str, Any]) -> Cell:
    tags = tuple(body.get("metadata", {}).get("tags", ()))
    return Cell(body["cell_type"], "".join(body["source"]), tags)


def _title(cells: list[Cell], name: str) -> str:
    lines = (line for cell in cells if cell.kind == "markdown" for line in cell.source.splitlines())
    return next((line[2:].strip() for line in lines if line.startswith("# ")), name.replace("_", " "))
