"""Options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import math
from typing import Any

import click

__all__ = ["Amount", "allow_host_option", "json_option"]


class Amount(click.FloatRange):
    """A finite number in a range: no comparison with ``nan`` is ever true, so a range alone lets it pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        amount = float(super().convert(value, param, ctx))
        if not math.isfinite(amount):
            self.fail(f"{value!r} is no finite number.", param, ctx)
        return amount


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
allow_host_option = click.option(
    "--allow-host", "named", multiple=True, metavar="NAME", help="A name a proxy asks by; repeatable."
)
