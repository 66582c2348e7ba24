"""Kernels of an app: forks of one process that has imported the heavy libraries, on private sockets."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import tornado.web
from jupyter_core.utils import ensure_async
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager, ServerKernelManager
from tornado.ioloop import PeriodicCallback
from traitlets import default

from lucky_analytics.runs.kernel import ForkProvisioner

__all__ = ["AppKernelManager", "AppKernels"]

EMPTY_SECONDS = 55.0  # a page connects within seconds, on a busy machine later; a probe never does
SWEEP_SECONDS = 5


class AppKernelManager(ServerKernelManager):
    """One session's kernel. It is never restarted by itself: an empty kernel would answer nothing."""

    kernel_folder: str | None = None
    folder: str | None = None
    environment: Mapping[str, str] = MappingProxyType({})  # beside what the server of apps was started with

    @default("autorestart")
    def _never(self) -> bool:
        return False

    def started(self, pid: int) -> None:
        """The provisioner says which process it is; the session cap bounds memory, so nobody watches it."""

    async def _async_pre_start_kernel(self, **arguments: Any) -> Any:
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix="lucky-app-")
            self.transport, self.connection_file = "ipc", f"{self.folder}/k.json"
            self.ip = f"{self.folder}/k"
            self.cache_ports = False
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**arguments)

    pre_start_kernel = _async_pre_start_kernel  # type: ignore[assignment]

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart and self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources  # type: ignore[assignment]


class AppKernels(AsyncMappingKernelManager):
    """All sessions' kernels, and how many of them readers hold."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._empty_since: dict[str, float] = {}
        self._sweep = PeriodicCallback(self.free_empty_seats, 1000 * SWEEP_SECONDS)
        self._sweep.start()

    async def free_empty_seats(self) -> None:
        """End sessions that no page has been connected to for ``EMPTY_SECONDS``: probes, previews, lost tabs.

        A session whose page is still being made works and is not empty; one of the pool is nobody's.
        """
        now, waiting = time.monotonic(), self._waiting()
        empty = {
            kernel_id
            for kernel_id in self.list_kernel_ids()
            if kernel_id not in waiting
            and not self._kernel_connections.get(kernel_id)
            and getattr(self.get_kernel(kernel_id), "execution_state", None) == "idle"
        }
        self._empty_since = {kernel_id: self._empty_since.get(kernel_id, now) for kernel_id in empty}
        for kernel_id, since in list(self._empty_since.items()):
            if now - since >= EMPTY_SECONDS:
                with contextlib.suppress(KeyError, tornado.web.HTTPError):
                    await self.shutdown_kernel(kernel_id, now=True)

    def _waiting(self) -> set[str]:
        """Ids of the kernels of the pool that are ready; those that still start have no id here yet."""
        pools = getattr(self, "_pools", {}).values()
        done = [each for pool in pools for each in pool if each.done() and not each.cancelled()]
        return {each.result()["kernel_id"] for each in done if not each.exception()}

    @default("kernel_manager_class")
    def _forked(self) -> str:
        return f"{__name__}.AppKernelManager"

    async def _async_shutdown_all(self, now: bool = False) -> None:
        """Ends every kernel; one that was still starting, or ended by itself just now, is no error."""
        for kernel_id in self.list_kernel_ids():
            with contextlib.suppress(KeyError, tornado.web.HTTPError):
                await self._async_shutdown_kernel(kernel_id, now=True)

    shutdown_all = _async_shutdown_all  # type: ignore[assignment]

    def count_waiting(self) -> int:
        """Kernels that are started, or starting, and that no reader has yet."""
        return sum(len(pool) for pool in getattr(self, "_pools", {}).values())

    def count_sessions(self) -> int:
        return max(0, len(self.list_kernel_ids()) - self.count_waiting())

    def is_warming(self) -> bool:
        """Whether the next kernel of the pool is still being prepared; one that failed is dropped."""
        for pool in getattr(self, "_pools", {}).values():
            while pool and pool[0].done() and (pool[0].cancelled() or pool[0].exception()):
                pool.pop(0)
            if pool:
                return not (pool[0].done() and pool[0].result()["task"].done())
        return False

    async def lives(self, kernel_id: str) -> bool:
        """Whether a kernel is known and its process runs."""
        return kernel_id in self and bool(await ensure_async(self.get_kernel(kernel_id).is_alive()))

    async def forget_dead(self) -> None:
        """Take kernels whose process has ended off the list, so that they do not count as sessions."""
        for kernel_id in self.list_kernel_ids():
            if not await self.lives(kernel_id):
                # Its own page may be taking it off the list at the same moment.
                with contextlib.suppress(KeyError, tornado.web.HTTPError):
                    await self.shutdown_kernel(kernel_id, now=True)
