"""One process imports the heavy libraries once; every kernel is a fork of it.

The server is a child of the command. It listens on one inherited socket: when the command ends, even by
``kill -9``, the socket closes, the server ends, and the kernel asks the system to kill its children with
it. Nothing in the server starts a thread, opens DuckDB or draws a chart, because none of these survives a
fork.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from lucky_analytics.errors import RunError
from lucky_analytics.runs.family import MARK, end_descendants, take_name

__all__ = ["ForkServer", "KernelServerError", "close_server", "serve", "start_server"]

PRELOADED = (
    "pandas",
    "pyarrow",
    "ibis",
    "ibis.backends.duckdb",
    "duckdb",
    "altair",
    "vl_convert",
    "great_tables",
    "scipy.optimize",
    "scipy.stats",
    "statsmodels.api",
    "lucky_analytics.report",
    "lucky_analytics.catalog",
    "lucky_analytics.runs.messages",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    # what these import at their first use, in each kernel anew
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "ibis.backends.duckdb.converter",
    "ibis.formats.pandas",
    "geopandas",
    "narwhals._pandas_like.dataframe",
    "narwhals.stable.v1._namespace",
    "pandas.core.methods.to_dict",
    "tornado.gen",
    "tornado.platform.asyncio",
    "tornado.queues",
)
# a grammar of jsonschema and a debugger: each costs every kernel most of a second, and none is used
NEVER = ("rfc3987_syntax", "debugpy")
KILL_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG
ADOPT_ORPHANS = 36  # prctl's PR_SET_CHILD_SUBREAPER: what a cell's child leaves behind stays in reach
CHILD_FAILED = 70


_server: ForkServer | None = None
_server_lock = threading.Lock()


def start_server(*modules: str) -> ForkServer:
    """The fork server of this process, started when there is none; it imports while others work.

    ``modules`` are imported besides those that every kernel has, by the one who starts it.
    """
    global _server
    with _server_lock:
        if _server is None or not _server.is_alive:
            _server = ForkServer(modules)
        return _server


def close_server() -> None:
    """End the fork server and every kernel that is left."""
    global _server
    with _server_lock:
        if _server is not None:
            _server.close()
            _server = None


class KernelServerError(RunError):
    """The process that kernels are forked from has ended."""


class ForkServer:
    """The command's side: starts the server when first asked for a kernel, and ends it."""

    def __init__(self, modules: tuple[str, ...] = ()) -> None:
        ours, theirs = socket.socketpair()
        # The command's own package, wherever it was called: a file there is no library (-P).
        program = (
            f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r}); "
            f"from lucky_analytics.runs.forkserver import serve; serve({theirs.fileno()}, {modules!r})"
        )
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", program],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is the command's to handle: it ends, and this with it
                stdout=subprocess.DEVNULL,  # what a cell's child prints is in the notebook, not in our --json
                env={
                    **os.environ,
                    "OMP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",
                    "PYTHONHASHSEED": "0",
                },
            )
        self._socket, self._stream, self._lock = ours, ours.makefile("rwb"), threading.Lock()

    def start_kernel(self, arguments: list[str], cwd: str, environment: dict[str, str]) -> int:
        """Fork a kernel; returns its process id. Raises ``RunError`` when the server is gone."""
        request = {"arguments": arguments, "cwd": cwd, "environment": environment}
        with self._lock:
            try:
                self._stream.write(json.dumps(request).encode() + b"\n")
                self._stream.flush()
                reply = self._stream.readline()
            except OSError:
                reply = b""
        if not reply:
            raise KernelServerError(
                "kernel server ended", got=f"exit code {self._process.poll()}", remedy="Run again"
            )
        return int(json.loads(reply)["pid"])

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:  # on a busy machine it may still import what it would serve
            self._process.kill()
            self._process.wait()


def serve(descriptor: int, modules: tuple[str, ...] = ()) -> None:
    """The server's side: import, then fork a kernel for each line that comes in."""
    for module in NEVER:
        sys.modules.setdefault(module, None)  # type: ignore[arg-type]
    for module in (*PRELOADED, *modules):
        importlib.import_module(module)
    importlib.import_module(
        "lucky_analytics.report_stills"
    ).leave_stills()  # the command draws them (runs/stills)
    _show_plain_charts()
    gc.collect()
    gc.freeze()  # shared pages stay shared: the collector no longer writes to them
    if threading.active_count() != 1:
        raise RunError("kernel server", expected="one thread", got=str(threading.enumerate()))
    channel = socket.socket(fileno=descriptor)
    stream = channel.makefile("rwb")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system reaps: no zombies
    parent = os.getpid()
    ctypes.CDLL(None).prctl(ADOPT_ORPHANS, 1)
    with contextlib.suppress(OSError):  # the command was killed between its request and our answer
        for line in stream:
            pid = os.fork()
            if pid == 0:
                channel.close()
                _become_kernel(json.loads(line), parent)
            stream.write(json.dumps({"pid": pid}).encode() + b"\n")
            stream.flush()
    end_descendants()  # also what a cell started, and what it started in turn
    os._exit(0)  # at once, so that the kernels that are left end now and not after our own clean-up


def _show_plain_charts() -> None:
    """A chart as the last line of a cell is recorded as its specification, which a page can draw."""
    import altair as alt

    from lucky_analytics.report_charts import VEGA_LITE

    alt.renderers.register("lucky", lambda spec, **_: {VEGA_LITE: spec, "text/plain": "A chart"})
    alt.renderers.enable("lucky")


def _become_kernel(request: dict[str, Any], parent: int) -> None:
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ctypes.CDLL(None).prctl(KILL_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:  # the server ended between the fork and the request above
            os._exit(CHILD_FAILED)
        os.environ.clear()
        os.environ.update(request["environment"])
        take_name(request["environment"][MARK])
        os.chdir(request["cwd"])
        from ipykernel.kernelapp import IPKernelApp

        flags = [f"--IPKernelApp.parent_handle={parent}", "--log-level=ERROR"]
        flags += ["--HistoryManager.enabled=False"]  # of what was typed: a database that nobody asks
        flags += ["--Session.packer=lucky_analytics.runs.messages.pack"]
        flags += ["--InteractiveShell.system_raise_on_error=True"]  # a !command that fails is a failure
        IPKernelApp.launch_instance(argv=[*request["arguments"], *flags])
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a child must never return into the server's loop
        import traceback

        traceback.print_exc()
        os._exit(CHILD_FAILED)
