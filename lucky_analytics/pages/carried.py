"""What a page can carry of a cell's outputs: drawn where it can be, named where it cannot."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from lucky_analytics.pages.clean import name_missing
from lucky_analytics.pages.styled import with_inline_styles
from lucky_analytics.report_stills import draw_still

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "cap_table", "carry", "embed_pictures"]

_WIDGET = "application/vnd.jupyter.widget-view+json"
_VEGA_LITE = re.compile(r"application/vnd\.vegalite\.v\d+(\.\d+)*[.+]json")
_SHOWN = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
_READABLE = ("text/latex", "text/markdown", "text/plain")
_ROW = re.compile(r"<tr\b", re.IGNORECASE)
_CELL = re.compile(r"<t[hd]\b", re.IGNORECASE)
_BODY = re.compile(r"<tbody\b[^>]*>", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
_SRC = re.compile(r"""\bsrc=["']([^"']*)["']""")
MOST_ROWS = 1_000
MOST_COLUMNS = 50


def carry(output: Mapping[str, Any]) -> Mapping[str, Any]:
    """The output with one form that a page can show.

    A Vega-Lite chart and an SVG become pictures, a styled table keeps its cells' colours, LaTeX is shown as
    it was typed without its dollar signs. Of a table of more than ``MOST_ROWS`` rows or ``MOST_COLUMNS``
    columns the first are shown. A widget, or anything else that a page cannot carry, is named.
    """
    if output["output_type"] not in ("display_data", "execute_result"):
        return output
    data = output.get("data", {})
    chart = next((data[kind] for kind in data if _VEGA_LITE.fullmatch(kind)), None)
    if chart is not None:
        return _as_html(output, _draw(chart))
    if _WIDGET in data:
        about = "".join(data.get("text/plain", "")).split("(")[0]
        return _as_html(output, name_missing(f"a widget ({about})" if about else "a widget"))
    if "text/html" in data:
        return _as_html(output, cap_table(with_inline_styles("".join(data["text/html"]))))
    if "image/svg+xml" in data:
        return _as_html(output, _picture("".join(data["image/svg+xml"]), "Picture made by the notebook"))
    if any(kind in data for kind in _SHOWN):
        return output
    if "text/latex" in data:
        typed = "".join(data["text/latex"]).strip().removeprefix("\\[").removesuffix("\\]").strip("$ \n")
        shown = html.escape(typed.removeprefix("\\displaystyle").strip())
        return _as_html(output, f"<p><code>{shown}</code></p>")
    if any(kind in data for kind in _READABLE):
        return output
    return _as_html(output, name_missing(", ".join(sorted(data)) or "an empty output"))


def cap_table(markup: str) -> str:
    """The markup with at most ``MOST_ROWS`` rows in a table's body and ``MOST_COLUMNS`` cells in a row, and
    how many there were. A cell that spans columns counts as one."""
    return _cap_columns(_cap_rows(markup))


def _cap_rows(markup: str) -> str:
    body = _BODY.search(markup)
    first = body.end() if body else 0
    end = markup.find("</tbody>", first)
    rows = [row.start() for row in _ROW.finditer(markup, first, end if end >= 0 else len(markup))]
    if len(rows) <= MOST_ROWS:
        return markup
    counted = f"<p>The first {MOST_ROWS:,} of {len(rows):,} rows.</p>"
    return f"{markup[: rows[MOST_ROWS]]}</tbody></table>{counted}"


def _cap_columns(markup: str) -> str:
    kept, end, most = [], 0, 0
    for row in _ROW.finditer(markup):
        close = markup.find("</tr>", row.end())
        if close < 0:
            break
        cells = [cell.start() for cell in _CELL.finditer(markup, row.end(), close)]
        most = max(most, len(cells))
        if len(cells) > MOST_COLUMNS:
            kept.append(markup[end : cells[MOST_COLUMNS]])
            end = close
    if not kept:
        return markup
    counted = f"<p>The first {MOST_COLUMNS} of {most:,} columns.</p>"
    before, closing, after = markup[end:].rpartition("</table>")
    return "".join(kept) + before + closing + counted + after


def embed_pictures(markup: str, attachments: Mapping[str, Mapping[str, str]]) -> str:
    """HTML of a Markdown cell whose pictures carry the bytes of the cell's attachments.

    A picture of the notebook's folder was attached when the notebook ran (``runs.pictures``). One without
    bytes is left as it is, and named by ``clean_html``.
    """

    known = {unquote(name): content for name, content in attachments.items()}

    def embed(match: re.Match[str]) -> str:
        source = _SRC.search(match[0])
        name = unquote(html.unescape(source[1])) if source else ""
        for kind, content in known.get(name, {}).items():
            address = f'src="data:{kind};base64,{"".join(content).strip()}"'
            return match[0].replace(source[0], address) if source else match[0]
        return match[0]

    return _IMG.sub(embed, markup)


def _as_html(output: Mapping[str, Any], markup: str) -> Mapping[str, Any]:
    return {**output, "data": {"text/html": markup}}


def _draw(spec: Mapping[str, Any]) -> str:
    about = spec.get("description") or spec.get("title") or "Chart made by the notebook"
    try:
        return _picture(draw_still(spec), str(about.get("text", "") if isinstance(about, dict) else about))
    except ValueError as error:
        return name_missing(f"a chart ({' '.join(str(error).split())[:200]})")


def _picture(svg: str, alt: str) -> str:
    encoded = base64.b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{encoded}" alt="{html.escape(alt)}">'
