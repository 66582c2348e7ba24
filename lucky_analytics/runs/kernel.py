"""A kernel that is forked from the preloaded process, on private sockets, watched while it runs."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Any

import psutil
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from lucky_analytics.runs import family
from lucky_analytics.runs.forkserver import start_server

_FOLDERS = "lucky-kernel-"

__all__ = ["ForkKernelManager", "Watch"]


class ForkedProcess:
    """The part of ``subprocess.Popen`` that jupyter_client uses, for a process that is not our child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid, self.returncode = pid, None

    def poll(self) -> int | None:
        return None if psutil.pid_exists(self.pid) else -1

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise TimeoutExpired("kernel", timeout or 0)
            time.sleep(0.01)
        return -1

    def send_signal(self, number: int) -> None:
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _remove_folders() -> None:
    """Socket folders of commands that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDERS}*-*"):
        owner = folder.name.removeprefix(_FOLDERS).split("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)) and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by a fork instead of a new interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        arguments = cmd[cmd.index("-f") :]
        own = {family.MARK: self.parent.folder, **self.parent.environment}  # type: ignore[union-attr]
        environment = dict(kwargs.get("env") or os.environ) | own
        folder = self.parent.kernel_folder or kwargs.get("cwd") or str(Path.cwd())  # type: ignore[union-attr]
        # In a thread: the server may still be importing, and an app answers readers meanwhile.
        start = start_server().start_kernel
        pid = await asyncio.to_thread(start, arguments, folder, environment)
        self.process, self.pid, self.pgid = ForkedProcess(pid), pid, pid  # type: ignore[assignment]
        self.parent.started(pid)  # type: ignore[union-attr]
        return self.connection_info


class ForkKernelManager(AsyncKernelManager):
    """Sockets in a private folder: no port to race for, nobody else can connect."""

    def __init__(
        self,
        watch: Watch,
        kernel_folder: str | None = None,
        environment: Mapping[str, str] | None = None,
        **traits: Any,
    ):
        self.kernel_folder, self.environment = kernel_folder, dict(environment or {})
        _remove_folders()
        self.folder = tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-")
        self.watch = watch
        super().__init__(transport="ipc", connection_file=f"{self.folder}/k.json", **traits)

    async def _async_pre_start_kernel(self, **arguments: Any) -> Any:
        self.kernel_id = self.kernel_id or "lucky"
        if self.provisioner is None:
            self.provisioner = ForkProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**arguments)

    pre_start_kernel = _async_pre_start_kernel

    def started(self, pid: int) -> None:
        self.watch.follow(pid)


class Watch:
    """Follows a kernel's resident memory and the notebook's time; kills its process group past a limit."""

    def __init__(self, timeout: float | None, memory_mib: float | None):
        self.timeout, self.memory_mib = timeout, memory_mib
        self.pid: int | None = None
        self.peak_mib, self.verdict = 0.0, ""
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, pid: int) -> None:
        self.pid = pid
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _look(self, pid: int) -> None:
        began = time.monotonic()
        while not self._done.wait(0.05):
            try:
                resident = psutil.Process(pid).memory_info().rss / 2**20
            except psutil.NoSuchProcess:
                return
            self.peak_mib = max(self.peak_mib, resident)
            if self.memory_mib and resident > self.memory_mib:
                self.verdict = f"memory: expected at most {self.memory_mib:.0f} MiB, got {resident:.0f} MiB"
            elif self.timeout and time.monotonic() - began > self.timeout:
                self.verdict = f"deadline: expected at most {self.timeout:.0f} s for the notebook"
            if self.verdict:
                try:
                    os.killpg(pid, signal.SIGKILL)
                except ProcessLookupError:
                    return
