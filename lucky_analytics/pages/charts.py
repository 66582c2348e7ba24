"""A figure record as parts of a page: its specification for the browser, a still picture without it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from lucky_analytics.report_charts import VEGA_LITE

__all__ = ["find_spec", "format_json", "format_picture"]

# Inside a script element only these can end it or open a comment; the JSON stays the same JSON.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def find_spec(bundle: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The Vega-Lite specification of an output, or null when it has none."""
    return bundle.get(VEGA_LITE)


def format_json(data: Any) -> str:
    """JSON that may stand in a ``<script>`` element whatever text it carries.

    >>> format_json({"name": "</script><script>"})
    '{"name":"\\\\u003c/script\\\\u003e\\\\u003cscript\\\\u003e"}'
    """
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return "".join(_ESCAPES.get(character, character) for character in text)


def format_picture(bundle: Mapping[str, Any]) -> str:
    """The still picture of a figure as a ``data:`` address for an ``img``, where scripts in it cannot run.

    Empty when the output has neither SVG nor PNG.
    """
    if "image/svg+xml" in bundle:
        svg = "".join(bundle["image/svg+xml"]).encode()
        return "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
    if "image/png" in bundle:
        return "data:image/png;base64," + "".join("".join(bundle["image/png"]).split())
    return ""
