"""What is on disk of a run, in ``outputs/runs/<notebook>/<run id>/``: its manifest and its results."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucky_analytics.errors import LacksTablesError, RunError, UnknownNameError
from lucky_analytics.settings import Settings

__all__ = [
    "FAILED",
    "OK",
    "Record",
    "collect_results",
    "damaged",
    "definitions_used",
    "find",
    "find_anywhere",
    "is_stopped",
    "leaks",
    "left_out",
    "list_damaged",
    "list_runs",
    "newest_good",
    "next_sequence",
    "read_results",
    "tables_read",
    "write_json",
]

OK, FAILED = "ok", "failed"
_KINDS = {
    "headline": "headlines",
    "answer": "answer",
    "point": "points",
    "decision": "decision",
    "title": "title",
    "published": "published",
    "check": "checks",
    "caveat": "caveats",
    "figure": "figures",
    "table": "tables",
    "missing": "missing",
    "attested": "attested",
    "prediction": "predictions",
}
_HEADLINE = ("name", "label", "unit", "value", "low", "high", "level", "n")


@dataclass(frozen=True)
class Record:
    """One run. Times are UTC text; ``tables_read`` maps ``database.table`` to its content hash,
    ``rows_read`` to its rows; ``definitions`` maps each conformed table and metric used to its module,
    ``definition_hashes`` to what it was.

    ``sequence`` counts a notebook's runs and orders them, because a clock may step back. ``variant`` is
    the text of a grid's parameters, empty for the run of the notebook's own parameters. ``left_out`` has
    the optional sections that the snapshot lacked tables for, with these. ``by_hand`` names the parameters,
    ``as_of`` aside, in which a run differed from what the report itself is made with (a scenario that
    somebody saved, ``-p``): such a run is kept and shown beside the report, and never in its place.
    ``leaks`` says, by source table, what rows of other markets stood in tables of the home market
    (``catalog/canaries.py``). ``engine`` names what computed the tables, with its version; empty for DuckDB,
    whose version the lock has. ``files`` are the marks of what it wrote (``whole.mark_files``), empty in
    manifests of older versions.
    """

    notebook: str
    department: str
    title: str
    run_id: str
    status: str
    parameters: dict[str, Any]
    as_of: str
    snapshot: dict[str, Any]
    code_version: str
    code_hash: str
    page_hash: str
    lock_hash: str
    notebook_hash: str
    started_at: str
    ended_at: str
    seconds: float
    peak_mib: float
    sequence: int = 0
    attempts: int = 1
    variant: str = ""
    tables_read: dict[str, str] = field(default_factory=dict)
    rows_read: dict[str, int] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    definition_hashes: dict[str, str] = field(default_factory=dict)
    error: dict[str, Any] | None = None
    left_out: dict[str, list[str]] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    leaks: dict[str, str] = field(default_factory=dict)
    engine: str = ""
    files: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells reports apart: the notebook, and the variant if it has one."""
        return f"{self.notebook} {self.variant}".strip()

    @property
    def is_waiting(self) -> bool:
        """Whether it was not begun, because nobody has read the tables that it needs."""
        return self.error is not None and self.error["name"] == LacksTablesError.__name__

    def write(self, folder: Path) -> None:
        write_json(folder / "manifest.json", dataclasses.asdict(self))


def write_json(path: Path, body: Any) -> None:
    """Write whole or not at all."""
    spare = path.with_name(f".{path.name}.new")
    spare.write_text(json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    spare.replace(path)


def list_runs(notebook: str, settings: Settings) -> list[Record]:
    """The runs of one notebook, the newest first. A folder without a readable manifest is no run."""
    found = []
    for path in (settings.runs_dir / notebook).glob("[!.]*/manifest.json"):
        try:
            found.append(Record(**json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            continue
    return sorted(found, key=lambda record: (record.sequence, record.run_id), reverse=True)


def newest_good(settings: Settings) -> list[Record]:
    """The newest good run of each report, by the names of their notebooks: what readers are shown."""
    found: dict[str, Record] = {}
    for folder in sorted(settings.runs_dir.glob("[!.]*")):
        for record in list_runs(folder.name, settings):
            if record.status == OK:
                found.setdefault(record.key, record)
    return list(found.values())


def next_sequence(notebook: str, settings: Settings) -> int:
    """The number of a notebook's next run."""
    return 1 + max((record.sequence for record in list_runs(notebook, settings)), default=0)


def list_damaged(notebook: str, settings: Settings, runs: Iterable[Record] | None = None) -> list[str]:
    """The names of a notebook's folders that hold no run, for want of a manifest that can be read; ``runs``
    are those that were read already."""
    known = {record.run_id for record in (list_runs(notebook, settings) if runs is None else runs)}
    folders = (path for path in (settings.runs_dir / notebook).glob("[!.]*") if path.is_dir())
    return sorted(path.name for path in folders if path.name not in known)


def is_stopped(results: Mapping[str, Any]) -> bool:
    """Whether the page of these results ended early, because the data cannot answer its question.

    >>> is_stopped({"title": [{"text": "Too few posts", "is_stopped": True}]}), is_stopped({})
    (True, False)
    """
    return any(title.get("is_stopped") for title in results.get("title", []))


def read_results(record: Record, settings: Settings) -> dict[str, Any]:
    """What a run said (``collect_results``), its ``problems`` and ``page_faults``; without headlines when it
    failed. Raises ``RunError`` for a file that is missing or damaged."""
    path = settings.runs_dir / record.notebook / record.run_id / "results.json"
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        for name in _KINDS.values():
            if not all(isinstance(said, dict) for said in body.get(name, [])):
                raise ValueError(f"other things than {name}")
        for line in body["headlines"]:
            for name in _HEADLINE:
                line[name]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise damaged(record, "results.json", error) from error
    return body


def damaged(record: Record, name: str, error: Exception) -> RunError:
    """The error of a file of a run that is not there, or not as the run wrote it."""
    reason: object = f"{type(error).__name__} {error}"[:120]
    if isinstance(error, OSError) or type(error) is ValueError:
        reason = error.strerror if isinstance(error, OSError) else error
    return RunError(
        f"{name} of run {record.notebook}/{record.run_id}",
        expected="as the run wrote it",
        got=str(reason),
        remedy=f"Run lucky run {record.notebook}, or remove the run's folder",
    )


def find(notebook: str, run: str | None, settings: Settings) -> Record:
    """One run by id or a beginning of it. Without one, the newest of the notebook's own parameters, or else
    of its grid, or else the newest. Raises when there is none."""
    runs = list_runs(notebook, settings)
    if not runs:
        damaged = ", ".join(list_damaged(notebook, settings))
        got = f"none that can be read; no whole manifest in {damaged}" if damaged else "none"
        raise RunError(f"runs of {notebook}", expected="one", got=got, remedy=f"Run lucky run {notebook}")
    if run is None:
        return min(runs, key=lambda record: (bool(record.by_hand), bool(record.variant)))
    return _only(f"run of {notebook}", run, runs, [])


def find_anywhere(run: str, settings: Settings) -> Record:
    """One run by id, of whatever notebook; a notebook's name gives its newest run. Raises when unknown."""
    folders = (path for path in settings.runs_dir.glob("[!.]*") if path.is_dir())
    names = sorted(path.name for path in folders if path.name != "assets")
    if run in names:
        return find(run, None, settings)
    everything = [record for name in names for record in list_runs(name, settings)]
    return _only("run", run, everything, names)


def _only(kind: str, run: str, among: list[Record], names: list[str]) -> Record:
    """The run whose id is ``run``, or the one whose id begins so; several are named and none is taken."""
    matching = [record for record in among if run and record.run_id.startswith(run)]
    chosen = [record for record in matching if record.run_id == run] or matching
    if len(chosen) != 1:
        raise UnknownNameError(kind, run, [record.run_id for record in chosen or among] + names)
    return chosen[0]


def collect_results(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """What an executed notebook said, for machines: headlines and the rest, without charts."""
    from lucky_analytics import report_record

    results: dict[str, list[dict[str, Any]]] = {name: [] for name in _KINDS.values()}
    for _, said, _ in report_record.read(notebook):
        entry = {
            key: value
            for key, value in said.items()
            if key not in ("kind", "data", "tables_read", "definitions", "leaks")
        }
        if said["kind"] == "headline":
            entry["status"] = "unknown" if said["value"] is None else "ok"
        results[_KINDS[said["kind"]]].append(entry)
    return results


def definitions_used(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Every conformed table and metric that an executed notebook used, with the module that declares it."""
    return _recorded(notebook, "definitions")


def leaks(notebook: Mapping[str, Any]) -> dict[str, str]:
    """What leaked from other markets into tables of the home market, by the source table it came from."""
    return _recorded(notebook, "leaks")


def left_out(notebook: Mapping[str, Any]) -> dict[str, list[str]]:
    """The optional sections that an executed notebook went without, with the tables that were missing."""
    from lucky_analytics import report_record

    return {
        said["section"]: said["tables"]
        for _, said, _ in report_record.read(notebook)
        if said["kind"] == "missing"
    }


def tables_read(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Every source table that an executed notebook read, with its content hash."""
    return _recorded(notebook, "tables_read")


def _recorded(notebook: Mapping[str, Any], field: str) -> dict[str, str]:
    from lucky_analytics import report_record

    read: dict[str, str] = {}
    for _, said, _ in report_record.read(notebook):
        read |= said.get(field, {})
    return read
