"""A figure as JupyterLab draws it: alive, with its tooltips, in JupyterLab's light or dark theme."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from lucky_analytics import report_stills

__all__ = ["EMBED_OPTIONS", "VEGA", "draw_live"]

VEGA = "application/vnd.vega.v5+json"
# Drawn as SVG, a colour may be one of JupyterLab's own: the chart follows its theme, drawn once.
EMBED_OPTIONS = {"renderer": "svg", "actions": False}
_INK, _SOFT, _LINE = (
    "var(--jp-content-font-color1)",
    "var(--jp-content-font-color2)",
    "var(--jp-border-color2)",
)
_LABELS = {"labelColor": _INK, "titleColor": _SOFT}
_THEME: dict[str, dict[str, Any]] = {
    "text": {"color": _INK},
    "rule": {"color": _SOFT},
    "axis": {
        "domainColor": _SOFT,
        "tickColor": _LINE,
        "gridColor": _LINE,
        "labelColor": _SOFT,
        "titleColor": _SOFT,
    },
    "legend": _LABELS,
    "header": _LABELS,
    "title": {"color": _INK, "subtitleColor": _SOFT, "anchor": "start", "fontSize": 14, "offset": 12},
}
_LETTERS = 90  # of a title's line


def draw_live(spec: Mapping[str, Any], finding: str, subtitle: str) -> dict[str, Any]:
    """A figure's Vega-Lite specification as Vega, with its finding as the title; the given one is unchanged.

    JupyterLab 4 brings a Vega that can draw it and a Vega-Lite that is too old to read it: so it is compiled
    here, by the Vega-Lite that also draws the page.
    """
    import vl_convert  # its start takes a third of a second

    config = dict(spec.get("config", {}))
    for part, colours in _THEME.items():
        config[part] = {**config.get(part, {}), **colours}
    title = {"text": textwrap.wrap(finding, _LETTERS), "subtitle": textwrap.wrap(subtitle, _LETTERS)}
    themed = {
        **report_stills.at_fixed_width(spec),
        "background": "transparent",
        "config": config,
        "title": title,
    }
    return {
        **vl_convert.vegalite_to_vega(json.dumps(themed)),
        "$schema": "https://vega.github.io/schema/vega/v5.json",
    }
