"""The papermill engine ``lucky``: kernels forked from a preloaded process, on sockets, under limits.

``papermill --engine lucky`` uses it too. Limits are engine arguments: ``notebook_timeout`` and
``memory_mib`` for the whole notebook, papermill's ``execution_timeout`` for a cell. papermill imports
this module while it imports itself; ours import ``kernel`` instead.
"""

from __future__ import annotations

import shutil
from typing import Any

from papermill.engines import NBClientEngine

from lucky_analytics import report_charts, report_record, report_stills
from lucky_analytics.errors import RunError
from lucky_analytics.runs import endings
from lucky_analytics.runs.family import end_family
from lucky_analytics.runs.kernel import ForkKernelManager, Watch

__all__ = ["ForkEngine"]

# Seconds that a cell's outputs may come after its end. nbclient's own 4 are too few on a busy machine, and
# its error then speaks of a cell that took too long.
LATEST_OUTPUT = 300


class ForkEngine(NBClientEngine):
    """papermill's own engine with our kernel manager and limits."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **arguments: Any) -> Any:
        watch = arguments.pop("watch", None) or Watch(
            arguments.pop("notebook_timeout", None), arguments.pop("memory_mib", None)
        )
        folder, environment = arguments.pop("kernel_folder", None), arguments.pop("kernel_environment", {})
        manager = ForkKernelManager(watch, folder, environment, kernel_name=kernel_name)
        try:
            super().execute_managed_notebook(
                nb_man,
                kernel_name,
                km=manager,
                shutdown_kernel="immediate",
                iopub_timeout=LATEST_OUTPUT,
                **arguments,
            )
            _draw_stills(nb_man.nb)
            endings.settle(nb_man.nb)
        except Exception as error:
            if watch.verdict:
                raise RunError(
                    watch.verdict, remedy="Aggregate before .execute(), or raise the limit"
                ) from error
            raise
        finally:
            watch.stop()
            end_family(watch.pid, manager.folder)
            shutil.rmtree(manager.folder, ignore_errors=True)


def _draw_stills(notebook: Any) -> None:
    """Add the still picture to each figure: kernels leave it to this process (``leave_stills``)."""
    for _, said, bundle in report_record.read(notebook):
        if said["kind"] == "figure" and "image/svg+xml" not in bundle:
            try:
                bundle["image/svg+xml"] = report_stills.draw_still(bundle[report_charts.VEGA_LITE])
            except ValueError as error:
                reason = " ".join(str(error).split())[:300]
                raise RunError(
                    f"figure {said['name']}", expected="a chart that can be drawn", got=reason
                ) from error
