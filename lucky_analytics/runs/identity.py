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
from lucky_analytics.runs.one_look import within_look

__all__ = [
    "code_hash",
    "definition_hash",
    "digest",
    "module_source",
    "modules_behind",
    "modules_below",
    "package_hash",
    "run_id",
]

PACKAGE = Path(lucky_analytics.__file__).parent
DATA_FILES = {".yml", ".yaml", ".json", ".csv", ".j2", ".css", ".js"}


def run_id(
    *,
    notebook_hash: str,
    code: str,
    parameters: Mapping[str, Any],
    tables: Mapping[str, str],
    definitions: Mapping[str, str],
    lock: str,
    engine: str = "",
) -> str:
    """The name of a run, equal for equal inputs: 12 hexadecimal digits.

    ``tables`` maps each table that was read to its content hash, ``definitions`` each conformed table and
    metric that was used to ``definition_hash``. The snapshot's id is not part of it: two snapshots with
    equal tables give the same run. ``engine`` is what another engine than the lock's own computed them with;
    where no table was read there was nothing to compute, and it counts for nothing.
    """
    inputs = {key: value for key, value in parameters.items() if key != "snapshot"}
    read = [*map(":".join, sorted(tables.items())), *map(":".join, sorted(definitions.items()))]
    computed = [engine] if engine and read else []
    return digest(notebook_hash, code, json.dumps(inputs, sort_keys=True), *read, lock, *computed)


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


@within_look
def definition_hash(name: str, module: str) -> str:
    """One hash over what defines a conformed table or a metric: ``"metric orders"`` in its ``module``.

    The module without the declarations of other names, and the modules that it imports. The tables that a
    definition is built from are definitions of their own. A module that is gone has the hash of nothing.

    >>> definition_hash("metric orders", "lucky_analytics.metrics.sales") == digest()
    False
    """
    path = _file(module)
    if path is None:
        return digest()
    behind = sorted(modules_behind([f"import {module}"]) - {module, PACKAGE.name})
    own = _without_other_declarations(path.read_text(encoding="utf-8"), name.split()[-1])
    return digest(own, *(f"{other}:{_module_hash(other)}" for other in behind))


@functools.lru_cache(maxsize=512)
def _without_other_declarations(source: str, name: str) -> str:
    """The source, where what declares another name (``Metric(name="aov", ...)``) is left out.

    Comments and layout are no part of it. Every notebook that uses a table asks again: parsed once.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List):
            node.elts = [each for each in node.elts if _declares(each) in ("", name)]
    tree.body = [node for node in tree.body if _declares(getattr(node, "value", None)) in ("", name)]
    return ast.unparse(tree)


def _declares(node: ast.AST | None) -> str:
    """The name that a call declares by a capitalised class and a literal ``name``; empty for all else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id[:1].isupper():
        for word in node.keywords:
            if word.arg == "name" and isinstance(word.value, ast.Constant):
                return str(word.value.value)
    return ""


@within_look
def package_hash(*folders: str) -> str:
    """One hash over all files of some folders of the package (``"pages"``)."""
    return digest(*(_module_hash(f"lucky_analytics.{folder}", whole=True) for folder in folders))


def modules_behind(cells: Iterable[str]) -> set[str]:
    """Every module of this package that the cells import, transitively, found without running them.

    Imports inside functions count. A package counts with its data files; the whole suite, which everything
    imports, without: a template of the portal is nothing that a notebook reads. ``%magic`` lines are left
    out.
    """
    named = {name for cell in cells for name in _imports_of_cell(cell)}
    return set().union(*map(_modules_behind, named))


@within_look
def _modules_behind(module: str) -> set[str]:
    """The module and every other that it imports, directly or not; none where it is no module of ours."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        module = waiting.pop()
        if module in seen or not (path := _file(module)):
            continue
        seen.add(module)
        parent = module.rpartition(".")[0]
        waiting += [parent] if parent else []
        waiting += _imports_of(path, module)
    return seen


def modules_below(package: str) -> list[str]:
    """Every module of a package of ours, by its files: those are declared without anybody importing them."""
    folder = PACKAGE.parent.joinpath(*package.split("."))
    paths = (path.relative_to(PACKAGE.parent).with_suffix("") for path in sorted(folder.rglob("*.py")))
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


@within_look
def module_source(module: str) -> str:
    """The source of one module of this package; empty when there is none of that name."""
    path = _file(module)
    return path.read_text(encoding="utf-8") if path else ""


@within_look
def _imports_of(path: Path, module: str) -> tuple[str, ...]:
    """Parsed once for all notebooks: most of them share most of the modules."""
    return _imports_as_written(path, module, path.stat().st_mtime_ns)


@functools.cache
def _imports_as_written(path: Path, module: str, written: int) -> tuple[str, ...]:
    return tuple(_imports(path.read_text(encoding="utf-8"), module))


@functools.lru_cache(maxsize=20_000)
def _imports_of_cell(cell: str) -> tuple[str, ...]:
    return tuple(_imports(_without_magics(cell), "__main__"))


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


@within_look
def _file(module: str) -> Path | None:
    return next((path for path in _places(PACKAGE, module) if path.is_file()), None)


@functools.cache
def _places(package: Path, module: str) -> tuple[Path, Path]:
    """Where a module may be, as a file or as a folder: asked for thousands of times, and never changes."""
    base = package.parent.joinpath(*module.split("."))
    return base.with_suffix(".py"), base / "__init__.py"


@within_look
def _module_hash(module: str, whole: bool = False) -> str:
    """As the files are now: a process that lives long (a schedule in the foreground) sees them change."""
    path = _file(module)
    if path is None:
        return ""
    files = [path]
    if path.name == "__init__.py" and path.parent != PACKAGE:
        for other in sorted(path.parent.rglob("*")):
            if other.suffix in DATA_FILES or (whole and other.suffix == ".py"):
                files.append(other)
    return _files_hash(path.parent, tuple((file, file.stat().st_mtime_ns) for file in files))


@functools.cache
def _files_hash(folder: Path, written: tuple[tuple[Path, int], ...]) -> str:
    if len(written) == 1 and written[0][0].name != "__init__.py":
        return digest(written[0][0].read_bytes())
    return digest(
        *(part for file, _ in written for part in (str(file.relative_to(folder)), file.read_bytes()))
    )
