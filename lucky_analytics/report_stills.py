"""Still pictures of charts, for readers without scripts and for mail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["at_fixed_width", "draw_still", "leave_stills", "stills_are_left"]

_are_left = False


def draw_still(spec: Mapping[str, Any]) -> str:
    """The still picture (SVG) of a Vega-Lite specification, for readers without scripts and for mail."""
    import vl_convert  # its start takes a third of a second

    return vl_convert.vegalite_to_svg(json.dumps(at_fixed_width(spec)))


def leave_stills() -> None:
    """From now on ``figure`` records no still picture: whoever runs the notebook draws it, for many kernels
    in one process that has started its drawing library once."""
    global _are_left
    _are_left = True


def stills_are_left() -> bool:
    """Whether somebody else draws them."""
    return _are_left


def at_fixed_width(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """A still picture has no container: give it the width that pages are laid out for."""
    return {**spec, "width": 640} if spec.get("width") == "container" else spec
