"""Is a page what its inputs give? Run it again beside the original and compare byte for byte."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from lucky_analytics import snapshot as snapshots
from lucky_analytics.engines import DEFAULT
from lucky_analytics.errors import RunError
from lucky_analytics.runs import identity, notebooks, records
from lucky_analytics.runs.execute import execute
from lucky_analytics.runs.plan import PAGE_CODE, inputs_of
from lucky_analytics.settings import Settings

__all__ = ["COMPARED", "verify"]

COMPARED = ("report.html", "results.json")


def verify(record: records.Record, settings: Settings) -> list[str]:
    """The files that differ when ``record`` is run again on its snapshot; an empty list proves the page.

    The second run goes to a temporary folder and is removed. Raises ``RunError`` when the run failed in
    the first place, or when notebook, code, lock or snapshot are no longer those of the run: then a
    difference would prove nothing.
    """
    if record.status != records.OK:
        raise RunError(f"run {record.run_id}", expected="a good run", got=record.status)
    manifest = snapshots.find(record.snapshot["id"], settings)
    notebook = notebooks.find(record.notebook, settings)
    settings = dataclasses.replace(settings, engine=record.engine.partition(" ")[0] or DEFAULT)
    inputs = inputs_of(notebook, settings, manifest, given=record.parameters)
    now = {
        "notebook": inputs.notebook_hash,
        "code": inputs.code_hash,
        "environment lock": inputs.lock_hash,
        "page code": identity.package_hash(*PAGE_CODE),
        "engine": inputs.engine,
    }
    then = {
        "notebook": record.notebook_hash,
        "code": record.code_hash,
        "environment lock": record.lock_hash,
        "page code": record.page_hash,
        "engine": record.engine,
    }
    if moved := [name for name, value in now.items() if value != then[name]]:
        raise RunError(
            f"run {record.run_id}",
            expected="the notebook, code and lock that made it",
            got="changed " + ", ".join(moved),
            remedy="Check out the version that made it, or run the notebook again",
        )
    original = settings.runs_dir / record.notebook / record.run_id
    with tempfile.TemporaryDirectory(prefix="lucky-verify-") as folder:
        again = execute(inputs, dataclasses.replace(settings, outputs_dir=Path(folder)))
        if again.error:
            reason = f"{again.error['name']}: {again.error['message']}"
            raise RunError(f"run {record.run_id}", expected="a second run to its end", got=reason)
        repeated = Path(folder) / "runs" / record.notebook / again.run_id
        return [name for name in COMPARED if (original / name).read_bytes() != (repeated / name).read_bytes()]
