"""Which tables and definitions a notebook needs, found without running it: so that it is refused by name."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lucky_analytics import estate
from lucky_analytics.errors import LacksTablesError, SnapshotError, UnknownNameError
from lucky_analytics.runs.identity import module_source, modules_behind, modules_below
from lucky_analytics.runs.one_look import within_look
from lucky_analytics.snapshot import Manifest

__all__ = [
    "declared_metrics",
    "missing_tables",
    "needed_definitions",
    "needed_tables",
    "require_tables",
    "require_undamaged",
]

_CODE = ("lucky_analytics.questions", "lucky_analytics.models")
_CATALOG, _METRICS = "lucky_analytics.catalog", "lucky_analytics.metrics"


def require_tables(cells: Sequence[str], snapshot: Manifest, among: Sequence[str] = ()) -> None:
    """Raise ``LacksTablesError`` naming every table that these cells need and ``snapshot`` lacks."""
    if missing := missing_tables(cells, snapshot, among):
        raise LacksTablesError(
            f"no {', '.join(missing)} in snapshot {snapshot.id}",
            remedy="lucky list --access is the request to send; then take a snapshot",
        )


def require_undamaged(cells: Sequence[str], snapshot: Manifest, among: Sequence[str] = ()) -> None:
    """Raise ``SnapshotError`` naming every damaged table that these cells read, also where they could do
    without: a page must not say of it that nobody has it."""
    read = needed_tables(cells, among, with_optional=True) if snapshot.damaged else set()
    if damaged := sorted(snapshot.damaged.keys() & read):
        raise SnapshotError(
            f"snapshot {snapshot.id}",
            expected=f"the tables that this notebook reads as they were taken: {', '.join(damaged)}",
            got="; ".join(snapshot.damaged[name] for name in damaged),
            remedy="Take a new snapshot",
        )


def missing_tables(
    cells: Sequence[str], snapshot: Manifest, among: Sequence[str] = (), *, with_optional: bool = False
) -> list[str]:
    """The tables that these cells need and ``snapshot`` lacks, in name order; arguments as below.

    Those that are damaged are not lacking: ``require_undamaged``.
    """
    declared = {f"{d.name}.{table}" for d in estate.load().databases.values() for table in d.tables}
    absent = declared - snapshot.tables.keys() - snapshot.damaged.keys()
    return sorted(absent & needed_tables(cells, among, with_optional=with_optional)) if absent else []


def needed_tables(
    cells: Sequence[str], among: Sequence[str] = (), *, with_optional: bool = False
) -> set[str]:
    """The source tables, as ``database.table``, that the code of these cells reads whatever its parameters.

    Followed are the functions of ``questions`` and ``models`` that the cells call, the conformed tables and
    metrics that they name, and what those are built of. ``among`` are all cells of the notebook, where these
    are some of them: what they import. ``suite.optional("name")`` is not needed, unless asked for, and what
    is not named in the code (a name that is made while it runs) is not found: such a run fails when it asks.

    >>> needed_tables(['suite.source("opshop").t_shop_info'])
    {'luckyus_opshop.t_shop_info'}
    """
    reads = _reads(cells, among, with_optional)
    return set().union(*(_full_name(read) for read in reads if read.source))


def needed_definitions(cells: Sequence[str]) -> dict[str, str]:
    """The conformed tables and metrics of these cells with their modules, as a run of them records: those
    asked for by ``suite.optional`` among them. A change of one of these makes the run again.

    >>> needed_definitions(['suite.stores'])
    {'table stores': 'lucky_analytics.catalog.shops.stores'}
    """
    found = {}
    for read in _reads(cells, (), with_optional=True):
        if read.metric:
            found[f"metric {read.metric}"] = _metrics()[read.metric].module
        if not read.source and read.name in _conformed():
            found[f"table {read.name}"] = _conformed()[read.name].module
    return found


def declared_metrics() -> list[str]:
    """The names of all metrics, without importing one.

    >>> "orders" in declared_metrics()
    True
    """
    return sorted(_metrics())


def _reads(cells: Sequence[str], among: Sequence[str], with_optional: bool) -> set[_Read]:
    """All that the cells read, with what that is built of."""
    modules = tuple(sorted(name for name in modules_behind([*cells, *among]) if name.startswith(_CODE)))
    trees = [tree for cell in cells if (tree := _parse(cell)) is not None]
    conformed = _conformed()
    waiting = list(_named(trees, _functions(modules)))
    seen: set[_Read] = set()
    while waiting:
        read = waiting.pop()
        if read in seen or (read.is_optional and not with_optional):
            continue
        seen.add(read)
        if not read.source and read.name in conformed:
            waiting += conformed[read.name].reads
    return seen


@dataclass(frozen=True)
class _Read:
    """One table that code names: of a source, or conformed when ``source`` is empty; for which ``metric``."""

    name: str
    source: str = ""
    is_optional: bool = False
    metric: str = ""


@dataclass(frozen=True)
class _Declared:
    """A conformed table and what it is built of, or a metric and its table."""

    module: str
    reads: tuple[_Read, ...]


# What a property of the catalog itself reads.
_PROPERTIES = {"zones": _Read("t_shop_info", "opshop")}


def _full_name(read: _Read) -> set[str]:
    try:
        database = estate.load().database(read.source)
    except UnknownNameError:  # the run itself will say so
        return set()
    return {f"{database.name}.{read.name}"} if read.name in database.tables else set()


def _named(trees: Iterable[ast.AST], functions: Mapping[str, Sequence[ast.AST]]) -> Iterator[_Read]:
    """The tables that ``trees`` name, and those of every function that they call by name, and so on."""
    waiting, seen = list(trees), set()
    while waiting:
        names, reads = _said(waiting.pop())
        yield from reads
        for name in names:
            if name not in seen and name in functions:
                seen.add(name)
                waiting += functions[name]


@functools.lru_cache(maxsize=20_000)
def _said(tree: ast.AST) -> tuple[frozenset[str], tuple[_Read, ...]]:
    """The names in one tree, and the tables that it reads itself: many notebooks reach the same functions."""
    names: set[str] = set()
    reads: list[_Read] = []
    nodes = list(ast.walk(tree))
    sources = _assigned_sources(nodes)
    for node in nodes:
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            reads += _attribute(node, sources)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Call):
            reads += _call(node)
    return frozenset(names), tuple(reads)


def _assigned_sources(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Variables that hold the raw tables of one source: ``raw = suite.source("opshop")``."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and (source := _source_name(node.value)):
            found.update({target.id: source for target in node.targets if isinstance(target, ast.Name)})
    return found


def _attribute(node: ast.Attribute, sources: dict[str, str]) -> Iterator[_Read]:
    value = node.value
    if source := _source_name(value):
        yield _Read(node.attr, source)
    elif isinstance(value, ast.Name) and value.id in sources:
        yield _Read(node.attr, sources[value.id])
    elif isinstance(value, ast.Name) and value.id == "suite":
        yield _PROPERTIES.get(node.attr, _Read(node.attr))


def _source_name(node: ast.AST) -> str:
    is_call = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "source"
    )
    return next(iter(_constants(node.args)), "") if is_call and isinstance(node, ast.Call) else ""


def _call(node: ast.Call) -> Iterator[_Read]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in ("table", "optional"):  # the first argument: report.table(frame, "orders") reads no orders
        yield from (_Read(named, is_optional=name == "optional") for named in _constants(node.args[:1]))
    elif name == "aggregate" and len(node.args) > 1 and isinstance(node.args[1], ast.List):
        for metric in _constants(node.args[1].elts):
            yield from _metrics()[metric].reads if metric in _metrics() else ()


def _constants(nodes: Iterable[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@functools.cache
def _conformed() -> dict[str, _Declared]:
    """The conformed tables by name."""
    found = {}
    for module in modules_below(_CATALOG):
        own = _functions_with_imported(module)
        for facts in _declarations(module, "Conformed"):
            name, build = facts.get("name"), facts.get("build")
            if isinstance(name, ast.Constant) and build is not None:
                found[str(name.value)] = _Declared(module, tuple(_named([build], own)))
    return found


@functools.cache
def _metrics() -> dict[str, _Declared]:
    """The metrics by name."""
    found = {}
    for module in modules_below(_METRICS):
        for facts in _declarations(module, "Metric"):
            name, table = facts.get("name"), facts.get("table")
            if isinstance(name, ast.Constant) and isinstance(table, ast.Constant):
                read = _Read(str(table.value), metric=str(name.value))
                found[read.metric] = _Declared(module, (read,))
    return found


def _declarations(module: str, kind: str) -> Iterator[dict[str | None, ast.expr]]:
    """The keyword arguments of every ``kind(...)`` in a module."""
    for node in ast.walk(_parse(module_source(module)) or ast.Module(body=[], type_ignores=[])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == kind:
            yield {keyword.arg: keyword.value for keyword in node.keywords}


@within_look
def _functions(modules: Sequence[str]) -> dict[str, list[ast.AST]]:
    """Functions by name, of several modules."""
    found: dict[str, list[ast.AST]] = {}
    for module in modules:
        for function in _functions_in(module_source(module)):
            found.setdefault(function.name, []).append(function)
    return found


@functools.cache
def _functions_in(source: str) -> tuple[ast.FunctionDef, ...]:
    tree = _parse(source) or ast.Module(body=[], type_ignores=[])
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@functools.cache
def _functions_with_imported(module: str) -> dict[str, list[ast.AST]]:
    """Functions by name, of a module of the catalog and, behind its own, of those that it imports from."""
    found = _functions((module,))
    for node in ast.walk(_parse(module_source(module)) or ast.Module(body=[], type_ignores=[])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_CATALOG}."):
            found = {**_functions_with_imported(str(node.module)), **found}
    return found


@functools.cache
def _parse(source: str) -> ast.AST | None:
    try:
        return ast.parse(
            "\n".join(
                "" if line.lstrip()[:1] in "%!" and line.strip() else line for line in source.splitlines()
            )
        )
    except SyntaxError:  # the run itself will say so, with the cell
        return None
