"""The processes that a kernel's cells started: they end with the run, whatever they did to outlive it."""

from __future__ import annotations

import os
import signal
import time

import psutil

__all__ = ["MARK", "end_descendants", "end_family"]

MARK = "LUCKY_KERNEL"  # in the environment of a kernel: its socket folder, inherited by what it starts
_PATIENCE = 5.0  # seconds until a killed process is gone


def end_family(kernel: int | None, mark: str) -> None:
    """Kill what a kernel left: processes of its session, and those that carry its ``mark``.

    A fork keeps the session but shows its parent's environment; a program that was started in a session of
    its own keeps the environment. Only processes of this account are looked at.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        members = [pid for pid in psutil.pids() if _belongs(pid, kernel, mark)]
        if not members:
            return
        _kill(members)
        time.sleep(0.02)


def end_descendants() -> None:
    """Kill every process that came from this one."""
    _kill([child.pid for child in psutil.Process().children(recursive=True)])


def _belongs(pid: int, kernel: int | None, mark: str) -> bool:
    if pid == os.getpid():
        return False
    try:
        process = psutil.Process(pid)
        if process.uids().real != os.getuid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return (kernel is not None and os.getsid(pid) == kernel) or process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
