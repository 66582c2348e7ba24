"""What to do for one notebook: run it, render its page anew, or skip it, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lucky_analytics.declarations import is_written
from lucky_analytics.engines import DEFAULT, require_engine
from lucky_analytics.errors import LuckyError, ParameterError, RunError
from lucky_analytics.estate.markets import last_closed_day
from lucky_analytics.report_record import NOT_THERE
from lucky_analytics.runs import answered, identity, notebooks, parameters, pictures, records
from lucky_analytics.runs.grids import name_point
from lucky_analytics.runs.needs import needed_tables
from lucky_analytics.runs.whole import check_whole
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest

__all__ = ["Inputs", "Plan", "check_snapshot", "closed_day_of", "definitions_now", "inputs_of", "plan"]

PAGE_CODE = ("pages",)
# A report of another day is still that report, and so is one with more answers to its cards.
_TIME = ("as_of", "snapshot", answered.PARAMETER)
# Endings of parameters that name a file, or a folder of files, from outside the snapshot.
_FILE, _FOLDER = "_file", "_folder"


@dataclass(frozen=True)
class Inputs:
    """Everything that decides a run: the notebook as read, its values, and hashes of code and lock.

    ``files``: the hash of what stands in each file that a parameter names, by that parameter.
    """

    notebook: notebooks.Notebook
    loaded: notebooks.Loaded
    values: dict[str, Any]
    snapshot: Manifest
    notebook_hash: str
    code_hash: str
    lock_hash: str
    variant: str = ""
    by_hand: tuple[str, ...] = ()  # as in records.Record
    files: Mapping[str, str] = field(default_factory=dict)
    engine: str = ""  # as in records.Record

    @property
    def as_of(self) -> str:
        """The last business date that counts: as given, else the last closed day of what it reads."""
        return str(self.values.get("as_of") or self.last_closed_day)

    @property
    def last_closed_day(self) -> dt.date:
        """The last business date that the tables it reads are complete for."""
        return closed_day_of(self.loaded, self.snapshot)

    def run_id(self, tables: Mapping[str, str], definitions: Mapping[str, str]) -> str:
        return identity.run_id(
            notebook_hash=self.notebook_hash,
            code=self.code_hash,
            parameters={
                **self.values,
                "as_of": self.as_of,
                **{f"contents of {name}": found for name, found in self.files.items()},
            },
            tables=tables,
            definitions=definitions_now(definitions),
            lock=self.lock_hash,
            engine=self.engine,
        )

    def tables_now(self, names: Mapping[str, str] | None) -> dict[str, str]:
        """Content hashes in this snapshot of the named tables, or of all when none are known."""
        known = self.snapshot.tables
        wanted = known if names is None else [name for name in names if name in known]
        return {name: known[name].content_hash for name in wanted}


def closed_day_of(loaded: notebooks.Loaded, snapshot: Manifest) -> dt.date:
    """The last business date that all tables are complete for that a notebook names.

    One server that could not be read for days holds up what is made from its tables, and nothing else. A
    notebook that cannot choose its day ends where the whole snapshot does.
    """
    if "as_of" not in loaded.parameters or snapshot.newest_closed_day == snapshot.last_closed_day:
        return snapshot.last_closed_day
    code = [cell.source for cell in loaded.cells if cell.kind == "code"]
    return last_closed_day(snapshot.cut_of(needed_tables(code, with_optional=True)))


def definitions_now(modules: Mapping[str, str]) -> dict[str, str]:
    """What conformed tables and metrics, named with their modules, are as the code stands."""
    return {name: identity.definition_hash(name, module) for name, module in modules.items()}


@dataclass(frozen=True)
class Plan:
    """``run`` a notebook, ``render`` the page of a run that stands, or ``skip`` it.

    ``is_renewed``: the run that stands is the report's again, though others were made after it.
    """

    action: Literal["run", "render", "skip"]
    reason: str
    inputs: Inputs
    standing: records.Record | None = None
    is_renewed: bool = False


def inputs_of(
    notebook: notebooks.Notebook,
    settings: Settings,
    snapshot: Manifest,
    *,
    given: Mapping[str, Any],
    parameter_file: Path | None = None,
    variant: Mapping[str, Any] | None = None,
) -> Inputs:
    """Read a notebook and settle its parameters: defaults, its file, those given, one point of a grid.

    ``snapshot`` becomes the parameter of that name. Raises ``ParameterError`` or ``UnknownNameError``.
    """
    loaded = notebooks.load(notebook)
    path = parameter_file or notebook.parameter_file
    from_file = parameters.read_file(path) if parameter_file or is_written(path) else {}
    values = parameters.resolve(loaded.parameters, from_file, given, variant or {})
    by_hand: tuple[str, ...] = ()
    if given or parameter_file:
        of_report = _own_values(
            loaded, from_file if parameter_file is None else None, notebook, variant or {}
        )
        by_hand = tuple(
            sorted(name for name in values if name not in _TIME and values[name] != of_report[name])
        )
    if "snapshot" in values:
        check_snapshot(values, snapshot)
        values["snapshot"] = snapshot.id
    if answered.PARAMETER in values and answered.PARAMETER not in given:
        values[answered.PARAMETER] = answered.count_answers(settings, snapshot.kind)
    if "as_of" in values and not values["as_of"]:
        own = closed_day_of(loaded, snapshot)
        values["as_of"] = str(own) if own != snapshot.last_closed_day else values["as_of"]
    code_cells = [cell.source for cell in loaded.cells if cell.kind == "code"]
    sources = [f"{cell.kind}\n{cell.source}" for cell in loaded.cells]
    prose = [cell.source for cell in loaded.cells if cell.kind == "markdown"]
    shown = [file.read_bytes() for file in pictures.files_of(prose, notebook.path.parent)]
    lock = settings.lock_file
    return Inputs(
        notebook=notebook,
        loaded=loaded,
        values=values,
        snapshot=snapshot,
        notebook_hash=identity.digest(notebook.department, notebook.name, *sources, *shown),
        code_hash=identity.code_hash(code_cells, settings.external_dir),
        lock_hash=identity.digest(lock.read_bytes() if lock.is_file() else b""),
        variant=name_point(variant or {}),
        by_hand=by_hand,
        files=_hash_files(values, settings.root),
        engine=require_engine(settings),
    )


def _hash_files(values: Mapping[str, Any], root: Path) -> dict[str, str]:
    """What stands in the files, and in folders of files, that parameters name: next month's file has this
    month's name."""
    named = {name: root / value for name, value in values.items() if name.endswith(_FILE) and value}
    found = {name: identity.digest(path.read_bytes()) for name, path in named.items() if path.is_file()}
    folders = {name: root / value for name, value in values.items() if name.endswith(_FOLDER) and value}
    for name, folder in folders.items():
        files = sorted(path for path in folder.glob("*") if path.is_file())
        found[name] = identity.digest(*(part for file in files for part in (file.name, file.read_bytes())))
    return found


def check_snapshot(values: Mapping[str, Any], snapshot: Manifest) -> None:
    """Raise ``ParameterError`` where a parameter names another snapshot than the one that is read."""
    if values.get("snapshot", "newest") not in ("newest", snapshot.id):
        raise ParameterError(
            "parameter snapshot",
            expected=f"newest, or {snapshot.id}, which is read",
            got=values["snapshot"],
            remedy="Pass --snapshot in its place",
        )


def _own_values(
    loaded: notebooks.Loaded,
    from_file: Mapping[str, Any] | None,
    notebook: notebooks.Notebook,
    variant: Mapping[str, Any],
) -> dict[str, Any]:
    """What the report itself is made with; ``from_file`` null where its file was not read. A file that is
    wrong is the notebook's default here, because another was given in its place."""
    if from_file is None:
        try:
            from_file = (
                parameters.read_file(notebook.parameter_file) if is_written(notebook.parameter_file) else {}
            )
            return parameters.resolve(loaded.parameters, from_file, variant)
        except LuckyError:
            from_file = {}
    return parameters.resolve(loaded.parameters, from_file, variant)


def plan(inputs: Inputs, settings: Settings, *, force: bool = False) -> Plan:
    """Compare the inputs with the newest good run. A run that recorded no table counts as reading all."""
    runs = records.list_runs(inputs.notebook.name, settings)
    good = [r for r in runs if r.status == records.OK and r.variant == inputs.variant]
    if not good:
        return Plan("run", "no run yet", inputs)
    if force:
        return Plan("run", "forced", inputs)
    if inputs.values.get(parameters.LISTS):
        return Plan("run", "lists of customers are written each time", inputs)
    for record in good:
        if inputs.run_id(inputs.tables_now(record.tables_read or None), record.definitions) == record.run_id:
            try:
                check_whole(record, settings)
            except RunError as damaged:
                return Plan("run", f"damaged: {damaged.what}, got {damaged.got}", inputs)
            own = [each for each in good if not each.by_hand]
            renewed = not inputs.by_hand and (not own or own[0] is not record)
            if record.page_hash != identity.package_hash(*PAGE_CODE):
                return Plan("render", "only the page's code changed", inputs, record, renewed)
            reason = "an earlier run is the report's again" if renewed else "nothing that matters changed"
            return Plan("skip", reason, inputs, record, renewed)
    alike = [record for record in good if bool(record.by_hand) == bool(inputs.by_hand)]
    return Plan("run", _what_changed(inputs, (alike or good)[0]), inputs)


def _what_changed(inputs: Inputs, last: records.Record) -> str:
    changes = []
    if inputs.notebook_hash != last.notebook_hash:
        changes.append("notebook")
    if inputs.code_hash != last.code_hash:
        changes.append("code")
    changed = sorted(
        name
        for name in {**inputs.values, **last.parameters}
        if name != "snapshot" and inputs.values.get(name) != last.parameters.get(name)
    )
    if changed:
        changes.append("parameters " + ", ".join(changed))
    now = inputs.tables_now(last.tables_read or None)
    tables = sorted(name for name, value in last.tables_read.items() if now.get(name, NOT_THERE) != value)
    if tables:
        changes.append("tables " + ", ".join(tables))
    now = definitions_now(last.definitions)
    defined = sorted(name for name, value in last.definition_hashes.items() if now.get(name) != value)
    if defined:
        changes.append("definitions " + ", ".join(defined))
    if inputs.engine != last.engine:
        changes.append(f"engine {inputs.engine or DEFAULT}")
    if inputs.lock_hash != last.lock_hash:
        changes.append("environment lock")
    if not changes and inputs.files:
        changes.append("contents of " + ", ".join(sorted(inputs.files)))
    return "changed: " + ("; ".join(changes) or "tables read are not known")
