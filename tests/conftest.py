"""What every test may ask for: programs that must be installed, and settings in a temporary folder."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.doctest import DoctestModule

# Collecting makes millions of objects that all stay: looking for garbage among them finds none.
gc.disable()

# As runs do: matrices are small, and threads that wait for each other cost more than they save, above all on
# a busy machine. Read when numpy is imported first.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# A grammar of jsonschema that costs most of a second and is never used (as in lucky_analytics/cli).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """What a shell starts in the background is deaf to Ctrl-C, and so are the programs it starts itself."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def one_kernel_server() -> Iterator[type]:
    """Runs in this process fork their kernels from one server: to start one costs as much as ten runs.

    Commands that tests start have a server of their own, and so has a test that asks for ``own_server``.
    """
    from lucky_analytics.runs import forkserver

    real = forkserver.ForkServer
    kept: list[forkserver.ForkServer] = []

    class Kept(real):  # type: ignore[misc, valid-type]
        def close(self) -> None:
            """Not at the end of a run."""

    def find(modules: tuple[str, ...] = ()) -> forkserver.ForkServer:
        if modules:
            return real(modules)
        if not kept or not kept[-1].is_alive:
            with pytest.MonkeyPatch.context() as patch:
                patch.delenv("LUCKY_HOME", raising=False)  # it belongs to no test's checkout
                kept.append(Kept())
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forkserver, "ForkServer", find)
        yield real
    for server in kept:
        real.close(server)


@pytest.fixture
def own_server(one_kernel_server: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run has a fork server of its own, as each command has, and ends it."""
    from lucky_analytics.runs import forkserver

    forkserver.close_server()
    monkeypatch.setattr(forkserver, "ForkServer", one_kernel_server)


@pytest.fixture(scope="session")
def require() -> Callable[..., str]:
    """The path of an installed program; skips when there is none, or fails when LUCKY_REQUIRE=all."""

    def find(*names: str) -> str:
        # Debian keeps some programs off the PATH of users.
        beside = ["/usr/sbin", "/usr/local/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
        for name in names:
            if path := shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *beside])):
                return path
        reason = f"{names[0]} is not installed: run make system-packages"
        if os.environ.get("LUCKY_REQUIRE") == "all":
            pytest.fail(reason)
        return pytest.skip(reason)

    return find


# Tests of such a folder share what is dear to start or to build: a browser and its apps, servers, the full
# estate. One worker runs all of them, and they come first, so that nobody waits for them at the end.
TOGETHER = ("tests/browser/", "tests/full_estate/", "tests/services/")


class OnlyExamples:
    """Looks for examples in files that have some; all others need not be imported for it."""

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(self, file_path: Path) -> Iterator[None]:
        found = yield
        if b">>>" in file_path.read_bytes():
            return found
        return [collector for collector in found if not isinstance(collector, DoctestModule)]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(OnlyExamples())


def pytest_collection_finish() -> None:
    gc.freeze()  # what was imported stays, and is not looked through again and again
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Shares a file's fixtures among its tests, and those of a folder where it is named above."""
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next(
                (folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid)
            )

    return Together(config, log)
