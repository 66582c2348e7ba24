"""Whether a number is beyond a limit."""

from __future__ import annotations

import ibis.expr.types as ir

__all__ = ["is_beyond"]


def is_beyond(value: ir.Value, above: str, number: float) -> ir.BooleanValue:
    """Whether ``value`` is above, below or at ``number``, as ``above`` (one of ``ABOVE``) says."""
    near = round(number, 9)  # 29 percent is 0.29, and not a little less
    found: dict[str, ir.BooleanValue] = {
        "more than": value > near, "at least": value >= near, "fewer than": value < near,
        "at most": value <= near, "exactly": value == near,
    }  # fmt: skip
    return found[above]
