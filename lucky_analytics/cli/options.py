"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import contextlib
import math
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import click

from lucky_analytics import settings
from lucky_analytics.engines import DEFAULT, ENGINES

__all__ = [
    "Amount",
    "HeaderName",
    "Host",
    "WrittenPath",
    "allow_host_option",
    "ending_at_ctrl_c",
    "engine_option",
    "json_option",
]

_HEADER = re.compile(r"[A-Za-z0-9-]+")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")


class Amount(click.FloatRange):
    """A finite number in a range: no comparison with ``nan`` is ever true, so a range alone lets it pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value!r} is no finite number.", param, ctx)
        return amount


class Host(click.ParamType):
    """A host alone: an empty one would be every address of this machine, one with more would never match."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _HOST.fullmatch(str(value)):
            self.fail(f"{value!r} is no host alone, like reports.example.internal.", param, ctx)
        return str(value)


class HeaderName(click.ParamType):
    """A header of HTTP: with an empty name no login would be asked."""

    name = "header"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not _HEADER.fullmatch(str(value)):
            self.fail(f"{value!r} is no name of a header, like X-Forwarded-User.", param, ctx)
        return str(value)


class WrittenPath(click.Path):
    """A path that was written: an empty one, as of a variable that is not set, would be this folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value):
            self.fail("an empty path.", param, ctx)
        return super().convert(value, param, ctx)


@contextlib.contextmanager
def ending_at_ctrl_c() -> Iterator[None]:
    """Within the block Ctrl-C ends the command at once, as a kill does, and waits for no notebook.

    Its kernels end with it; nothing of what was being run is kept, and the next run clears it away.
    """

    def end(number: int, frame: FrameType | None) -> None:
        os.write(sys.stderr.fileno(), b"\nlucky: interrupted\n")
        os._exit(130)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # as a shell starts what goes on in the background
        signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _choose_engine(ctx: click.Context, param: click.Parameter, name: str | None) -> None:
    if name:
        ctx.with_resource(settings.using_engine(name))


engine_option = click.option(
    "--engine",
    type=click.Choice([DEFAULT, *ENGINES]),
    expose_value=False,
    callback=_choose_engine,
    help="What computes the tables.  [default: LUCKY_ENGINE, else duckdb]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
allow_host_option = click.option(
    "--allow-host",
    "named",
    multiple=True,
    type=Host(),
    metavar="NAME",
    help="A name a proxy asks by; repeatable.",
)
