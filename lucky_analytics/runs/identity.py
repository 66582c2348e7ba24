"""What decides whether a run must be made again: notebook, code it imports, parameters, tables, lock."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import lucky_analytics

__all__ = ["code_hash", "digest", "modules_behind", "package_hash", "run_id"]

PACKAGE = Path(lucky_analytics.__file__).parent
DATA_FILES = {".yml", ".yaml", ".json", ".csv", ".j2", ".css", ".js"}


def run_id(
    *,
    notebook_hash: str,
    code: str,
    parameters: Mapping[str, Any],
    tables: Mapping[str, str],
    lock: str,
) -> str:
    """The name of a run, equal for equal inputs: 12 hexadecimal digits.

    ``tables`` maps each table that was read to its content hash. The snapshot's id is not part of it:
    two snapshots with equal tables give the same run.
    """
    inputs = {key: value for key, value in parameters.items() if key != "snapshot"}
    return digest(
        notebook_hash, code, json.dumps(inputs, sort_keys=True), *map(":".join, sorted(tables.items())), lock
    )


def digest(*parts: str | bytes) -> str:
    """Twelve hexadecimal digits over the parts, each with its length, so that no two lists collide."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(str(len(data)).encode() + b":" + data)
    return whole.hexdigest()[:12]


def code_hash(cells: Iterable[str], external: Path | None = None) -> str:
    """One hash over the package modules that these code cells import, directly or not.

    ``external`` is the folder of reference files; they count for cells that reach ``reference``.
    """
    modules = sorted(modules_behind(cells))
    parts: list[str | bytes] = [f"{module}:{_module_hash(module)}" for module in modules]
    if external and any(module.split(".")[1:2] == ["reference"] for module in modules):
        for path in sorted(external.glob("*.*")):
            parts += [path.name, path.read_bytes()]
    return digest(*parts)


def package_hash(*folders: str) -> str:
    """One hash over all files of some folders of the package (``"pages"``)."""
    return digest(*(_module_hash(f"lucky_analytics.{folder}", whole=True) for folder in folders))


def modules_behind(cells: Iterable[str]) -> set[str]:
    """Every module of this package that the cells import, transitively, found without running them.

    Imports inside functions count. A package counts with its data files; the whole suite, which everything
    imports, without: a template of the portal is nothing that a notebook reads. ``%magic`` lines are left
    out.
    """
    seen: set[str] = set()
    waiting = [name for cell in cells for name in _imports(_without_magics(cell), "__main__")]
    while waiting:
        module = waiting.pop()
        if module in seen or not (path := _file(module)):
            continue
        seen.add(module)
        parent = module.rpartition(".")[0]
        waiting += [parent] if parent else []
        waiting += _imports_of(path, module)
    return seen


@functools.cache
def _imports_of(path: Path, module: str) -> tuple[str, ...]:
    """Parsed once for all notebooks: most of them share most of the modules."""
    return tuple(_imports(path.read_text(encoding="utf-8"), module))


def _without_magics(cell: str) -> str:
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in cell.splitlines())


def _imports(source: str, module: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the run itself will say so, with the cell
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    if module == "__main__" and "lucky_analytics" in names:
        names += ["lucky_analytics.catalog"]  # what open() imports when it is called
    return [name for name in names if name.split(".")[0] == PACKAGE.name]


@functools.cache
def _file(module: str) -> Path | None:
    base = PACKAGE.parent.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@functools.cache
def _module_hash(module: str, whole: bool = False) -> str:
    path = _file(module)
    if path is None:
        return ""
    if path.name != "__init__.py" or path.parent == PACKAGE:
        return digest(path.read_bytes())
    files = [path]
    for other in sorted(path.parent.rglob("*")):
        if other.suffix in DATA_FILES or (whole and other.suffix == ".py"):
            files.append(other)
    return digest(
        *(part for file in files for part in (str(file.relative_to(path.parent)), file.read_bytes()))
    )
