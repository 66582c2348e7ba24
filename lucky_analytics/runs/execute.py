"""One run: papermill into a temporary folder, then page, results and manifest, then one rename."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import errno
import logging
import math
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucky_analytics import pages, report_record
from lucky_analytics.errors import LuckyError, RunError, one_line, redact
from lucky_analytics.exchange import exchange
from lucky_analytics.runs import endings, identity, pictures, records
from lucky_analytics.runs.limits import Limits
from lucky_analytics.runs.notebooks import KERNEL
from lucky_analytics.runs.optional import find_missing, leave_out
from lucky_analytics.runs.outputs import write_failure, write_outputs
from lucky_analytics.runs.plan import PAGE_CODE, Inputs, definitions_now
from lucky_analytics.secrets import mask
from lucky_analytics.settings import Settings, secret_values

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["execute"]

DISK_TROUBLE = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EROFS, errno.EIO}
TRANSIENT = {"DeadKernelError", "KernelServerError"}  # lost for no reason of the notebook's own
KEPT_CHARACTERS = 32_000
_TEXTS = {"text/plain", "text/html"}


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def execute(
    inputs: Inputs,
    settings: Settings,
    limits: Limits | None = None,
    clock: Callable[[], dt.datetime] = _utc_now,
) -> records.Record:
    """Run a notebook and keep what came of it, good or failed, under ``outputs/runs``.

    A failed run keeps its notebook up to the failing cell and is named ``<id>-failed``, so that it never
    replaces a good one. Nothing half-written is ever visible: the folder is renamed when it is whole.
    ``clock`` gives the recorded times only; durations and order do not depend on it.
    """
    limits = limits or Limits()
    home = settings.runs_dir / inputs.notebook.name
    made = not home.exists()
    home.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(home)
    work = Path(tempfile.mkdtemp(prefix=f".running-{os.getpid()}-", dir=home))
    try:
        started, began = clock(), time.monotonic()
        attempts = 0
        while True:
            attempts += 1
            node, error, peak = _through_papermill(inputs, work, settings, limits)
            if not (error and error["name"] in TRANSIENT and attempts <= limits.retries):
                break
        seconds = time.monotonic() - began
        read = records.tables_read(node)
        used = records.definitions_used(node)
        name = inputs.run_id(inputs.tables_now(read or None), used)
        record = records.Record(
            notebook=inputs.notebook.name,
            department=inputs.notebook.department,
            title=inputs.loaded.title,
            run_id=f"{name}-failed" if error else name,
            status=records.FAILED if error else records.OK,
            parameters=inputs.values,
            as_of=inputs.as_of,
            snapshot={
                "id": inputs.snapshot.id,
                "cut": inputs.snapshot.cut_of(read).isoformat(),
                "source": inputs.snapshot.kind,
            },
            code_version=inputs.code_hash,
            code_hash=inputs.code_hash,
            page_hash=identity.package_hash(*PAGE_CODE),
            lock_hash=inputs.lock_hash,
            notebook_hash=inputs.notebook_hash,
            started_at=started.isoformat(timespec="milliseconds"),
            ended_at=clock().isoformat(timespec="milliseconds"),
            seconds=round(seconds, 3),
            peak_mib=round(peak, 1),
            sequence=records.next_sequence(inputs.notebook.name, settings),
            attempts=attempts,
            variant=inputs.variant,
            engine=inputs.engine,
            by_hand=[*inputs.by_hand],
            tables_read=read,
            rows_read={name: table.rows for name, table in inputs.snapshot.tables.items() if name in read},
            definitions=used,
            definition_hashes=definitions_now(used),
            error=error,
            left_out=records.left_out(node),
            leaks=records.leaks(node),
        )
        try:
            write_outputs(work, node, record, inputs.snapshot)
        except Exception as failed:  # what one notebook said must not stop the others
            if isinstance(failed, OSError) and failed.errno in DISK_TROUBLE:
                raise
            record = _failed_after(record, failed)
            write_failure(work, node, record, inputs.snapshot)
        _swap_in(work, home / record.run_id)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        raise _no_room(error, work, home) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):  # not empty: runs stand in it
                home.rmdir()
    pages.write_assets(settings.runs_dir / "assets")
    return record


def _literal(path: Path) -> str:
    """papermill fills in braces: those of a folder's name stand for themselves."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _through_papermill(
    inputs: Inputs, work: Path, settings: Settings, limits: Limits
) -> tuple[NotebookNode, dict[str, Any] | None, float]:
    """The executed notebook, what failed in it if anything did, and the kernel's peak memory in MiB."""
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from lucky_analytics.runs.kernel import Watch

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    watch = Watch(limits.notebook, limits.memory_mib)
    target = work / "executed.ipynb"
    error: dict[str, Any] | None = None
    source = inputs.notebook.path
    try:
        if missing := find_missing(inputs.loaded.cells, inputs.snapshot):
            source = work / ".without.ipynb"
            _write_without(inputs.notebook.path, source, missing)
        papermill.execute_notebook(
            _literal(source),
            _literal(target),
            parameters=inputs.values,
            engine_name="lucky",
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            execution_timeout=math.ceil(limits.cell),  # whole seconds: the client takes no others
            watch=watch,
            kernel_folder=str(settings.root),
            kernel_environment={
                "LUCKY_ENGINE": settings.engine,
                "LUCKY_THREADS": str(settings.duckdb_threads),
            },
        )
        endings.check_whole(nbformat.read(target, as_version=4))
    except PapermillExecutionError as failed:
        error = {"name": failed.ename, "message": failed.evalue, "cell": failed.exec_count}
    except LuckyError as failed:
        error = {"name": type(failed).__name__, "message": str(failed), "cell": None}
    except Exception as failed:  # whatever stops a kernel is a failed run, kept and reported
        if isinstance(failed, OSError) and failed.errno in DISK_TROUBLE:
            raise
        reason = (str(failed).strip().splitlines() or [""])[0]
        if type(failed).__name__ == "DeadKernelError":
            reason += ": its process ended, by exit() or os._exit, a crash, a signal or for want of memory"
        error = {"name": type(failed).__name__, "message": reason, "cell": ""}
    if not target.is_file():
        nbformat.write(nbformat.read(inputs.notebook.path, as_version=4), target)
    node = nbformat.read(target, as_version=4)
    (work / ".without.ipynb").unlink(missing_ok=True)
    pictures.attach(node, inputs.notebook.path.parent)
    if error and error["cell"] == "":
        error["cell"] = endings.last_started(node)
    if error and error["name"] != "RunError" and not error["message"]:
        error["message"] = endings.told_on_stderr(node, error["cell"]) or "raised without a message"
    if error:
        error["message"] = redact(one_line(error["message"], most=4_000))
    for position, cell in enumerate(node.cells):
        cell["id"] = f"cell-{position}"  # papermill gives the injected cell a random one
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = redact(_shortened(output.text))
            elif output.output_type == "error":
                output.evalue = redact(output.evalue)
                output.traceback = [redact(line) for line in output.traceback]
            elif report_record.MIME not in output.data:  # of its own parts report.table takes care
                for kind in _TEXTS & set(output.data):
                    output.data[kind] = redact(output.data[kind])
    text = mask(nbformat.writes(node), secret_values())
    target.write_text(text + "\n", encoding="utf-8")
    return nbformat.reads(text, as_version=4), error, watch.peak_mib


def _write_without(path: Path, to: Path, missing: Mapping[str, Sequence[str]]) -> None:
    """The notebook without the sections that cannot be made."""
    import nbformat

    node = nbformat.read(path, as_version=4)
    leave_out(node, missing)
    nbformat.write(node, to)


def _failed_after(record: records.Record, failed: Exception) -> records.Record:
    reason = redact((str(failed).strip().splitlines() or [""])[0])
    error = {"name": type(failed).__name__, "message": f"{reason} (while its page was made)", "cell": None}
    run_id = f"{record.run_id.removesuffix('-failed')}-failed"
    return dataclasses.replace(record, status=records.FAILED, run_id=run_id, error=error)


def _shortened(text: str) -> str:
    """A log of megabytes keeps its beginning and its end."""
    if len(text) <= 2 * KEPT_CHARACTERS:
        return text
    left_out = len(text) - 2 * KEPT_CHARACTERS
    return f"{text[:KEPT_CHARACTERS]}\n[{left_out:,} characters left out]\n{text[-KEPT_CHARACTERS:]}"


def _no_room(error: OSError, work: Path, home: Path) -> RunError:
    """A full disk, or one that takes nothing, with the file that was being written to it."""
    files = sorted(
        (path for path in work.rglob("*") if path.is_file()), key=lambda path: path.stat().st_mtime
    )
    file = Path(error.filename) if error.filename else files[-1] if files else home
    if file.is_relative_to(work):
        file = home / file.relative_to(work)
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return RunError(
        f"run of {home.name}, {file}",
        expected="room on the disk" if is_full else "a disk that takes files",
        got=os.strerror(error.errno or 0),
        remedy="Free space, run lucky history prune, or set LUCKY_OUTPUTS" if is_full else "",
    )


def _swap_in(work: Path, final: Path) -> None:
    """Put a whole folder where an older one of the same name may stand."""
    work.chmod(0o755)
    if final.exists():
        exchange(work, final, final.with_name(f".replaced-{os.getpid()}-{final.name}"))
    else:
        work.rename(final)


def _remove_leftovers(home: Path) -> None:
    """Temporary folders of commands that no longer run; a run that was set aside comes back."""
    for path in home.glob(".r*-*"):
        kind, owner, name = path.name.split("-", 2)
        if not owner.isdigit() or Path(f"/proc/{owner}").exists():
            continue
        if kind == ".replaced" and not (home / name).exists():
            path.rename(home / name)
        else:
            shutil.rmtree(path, ignore_errors=True)
