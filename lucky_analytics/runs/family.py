"""The processes that a kernel's cells started: they end with the run, whatever they did to outlive it."""

from __future__ import annotations

import ctypes
import os
import signal
import time

import psutil

__all__ = ["MARK", "end_descendants", "end_family", "take_name"]

MARK = "LUCKY_KERNEL"  # in the environment of a kernel: its socket folder, inherited by what it starts
_PATIENCE = 5.0  # seconds until a killed process is gone
_SET_NAME = 15  # prctl's PR_SET_NAME


def end_family(kernel: int | None, mark: str) -> None:
    """Kill what a kernel left: processes of its session, and those that carry its ``mark``.

    A program that was started keeps the environment, a fork keeps the name (``take_name``), whatever session
    they make for themselves. Only processes of this account are looked at.
    """
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        members = [pid for pid in psutil.pids() if _belongs(pid, kernel, mark)]
        if not members:
            return
        _kill(members)
        time.sleep(0.02)


def take_name(mark: str) -> None:
    """Give this process, a kernel, the name that its forks inherit: they show another's environment."""
    ctypes.CDLL(None).prctl(_SET_NAME, _name(mark).encode())


def end_descendants() -> None:
    """Kill every process that came from this one."""
    _kill([child.pid for child in psutil.Process().children(recursive=True)])


def _name(mark: str) -> str:
    return f"lucky-{mark[-8:]}"  # the system keeps fifteen characters


def _belongs(pid: int, kernel: int | None, mark: str) -> bool:
    if pid == os.getpid():
        return False
    try:
        process = psutil.Process(pid)
        if process.uids().real != os.getuid() or process.status() == psutil.STATUS_ZOMBIE:
            return False
        if kernel is not None and os.getsid(pid) == kernel:
            return True
        return process.name() == _name(mark) or process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError:
            continue
