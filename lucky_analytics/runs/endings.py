"""Did every cell run, and what did a failing one say?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lucky_analytics.errors import NothingToSayError, RunError

__all__ = ["check_whole", "last_started", "settle", "told_on_stderr"]

EXPECTED_ERROR = "raises-exception"  # JupyterLab's own tag for a cell that shows an error on purpose
SKIPPED = "skip-execution"
_STOPS = ("SystemExit", "KeyboardInterrupt")


def settle(notebook: Any) -> None:
    """Let a cell that is tagged ``raises-exception``, or calls ``report.stop``, end without failing the run.

    papermill fails a run for every error among the outputs, so an expected one becomes a text. After a stop
    the cells that did not run are tagged as not meant to.
    """
    is_over = False
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if is_over and cell.cell_type == "code":
            cell.metadata["tags"] = [*tags, SKIPPED]
        for output in cell.get("outputs", []):
            stops = output.output_type == "error" and output.ename == NothingToSayError.__name__
            is_over = is_over or stops
            if stops and "papermill" in cell.metadata:
                cell.metadata["papermill"]["exception"] = False
            if output.output_type == "error" and (stops or EXPECTED_ERROR in tags):
                text = f"{output.ename}: {output.evalue}"
                output.update(output_type="display_data", data={"text/plain": text}, metadata={})
                for key in ("ename", "evalue", "traceback"):
                    output.pop(key)


def check_whole(notebook: Any) -> None:
    """Raises ``RunError`` when a code cell did not run to its end, for whatever reason.

    Empty cells, and those tagged ``skip-execution``, are not meant to run.
    """
    waiting = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.strip() and SKIPPED not in cell.metadata.get("tags", [])
    ]
    not_run = [cell for cell in waiting if cell.get("execution_count") is None]
    for cell in waiting:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename in _STOPS:
                after = f" and {len(not_run)} code cells after it did not run" if not_run else ""
                raise RunError(
                    f"cell {cell.execution_count} ended the notebook",
                    expected="every code cell run to its end",
                    got=f"{output.ename}{after}",
                    remedy="Raise an error that says why, or leave the exit out",
                )
    if not_run:
        first = not_run[0].source.strip().splitlines()[0][:60]
        raise RunError(
            f"{len(not_run)} code cells",
            expected="every code cell run to its end",
            got=f"not run, the first of them {first!r}",
        )


def last_started(notebook: Mapping[str, Any]) -> int | None:
    """The number of the code cell in which a run broke off, counted from 1; null before the first."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    started = [i for i, cell in enumerate(code, 1) if cell["metadata"].get("papermill", {}).get("start_time")]
    return max(started, default=None)


def told_on_stderr(notebook: Mapping[str, Any], execution_count: int | None) -> str:
    """The last line that a cell wrote to stderr: IPython says there what an unknown magic is missing."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and cell.get("execution_count") == execution_count:
            texts = [
                "".join(output["text"])
                for output in cell["outputs"]
                if output["output_type"] == "stream" and output["name"] == "stderr"
            ]
            lines = "".join(texts).strip().splitlines()
            return lines[-1] if lines else ""
    return ""
