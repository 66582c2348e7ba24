"""Text from databases stays text: only harmless markup passes, and nothing that differs between two runs."""

from __future__ import annotations

import re
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer

__all__ = ["clean_html"]

_TEXT_TAGS = "a abbr b blockquote br code dd del div dl dt em h2 h3 h4 h5 h6 hr i kbd li ol p pre s small"
_TEXT_TAGS += " span strong sub sup ul details summary"
_TABLE_TAGS = "caption col colgroup table tbody td tfoot th thead tr"
_PICTURE_TAGS = "figcaption figure img svg g path line rect circle text"
_TAGS = frozenset(f"{_TEXT_TAGS} {_TABLE_TAGS} {_PICTURE_TAGS}".split())


# What our style sheet knows; a table library's other classes are a third of the weight of a long table.
_KEPT_CLASSES = re.compile(
    r"(gt_(table|right|left|center|heading|sourcenote|footnote|column_spanner|last_summary_row)|dataframe|total|number|bar)"
)
_CLASSES = re.compile(r' class="([^"]*)"')
# A bar under a number, as tables/ draws it where no style sheet is; here it takes the page's accent.
_BAR = re.compile(r'<div style="width: ?(\d+%); ?height: ?3px; ?margin-left: ?auto; ?background: ?#\w+;?">')
_SINGLE_SPANS = re.compile(r' (col|row)span="1"')


def _may_have(tag: str, name: str, value: str) -> bool:
    """Pictures carry their bytes with them: a page loads nothing."""
    return value.startswith("data:image/") if name == "src" else name in ("alt", "width", "height")


# No id and no headers: table libraries write random ones, and two tables on a page would share others.
_ATTRIBUTES: dict[str, Any] = {
    "*": ["class", "title", "role", "aria-label", "aria-hidden", "lang"],
    "a": ["href"],
    "img": _may_have,
    "ol": ["start"],
    "span": ["style"],
    "div": ["style"],
    "td": ["colspan", "rowspan", "style"],
    "th": ["colspan", "rowspan", "scope", "style"],
    "svg": ["viewbox", "width", "height", "preserveaspectratio"],
    "path": ["d", "fill", "stroke", "stroke-width"],
    "line": ["x1", "x2", "y1", "y2", "stroke", "stroke-width"],
    "rect": ["x", "y", "width", "height", "fill", "rx"],
    "circle": ["cx", "cy", "r", "fill"],
    "text": ["x", "y", "fill", "text-anchor", "font-size"],
}
_STYLES = ["width", "height", "background-color", "background", "color", "font-weight", "text-align"]
_STYLES += ["margin-left", "padding-left", "font-style", "display", "text-indent"]

# A style sheet or a script is dropped with its content; any other unknown tag is shown as the text it is.
_DROPPED = re.compile(r"<(style|script)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
# pandas heads its index with an empty header, which screen readers announce as one.
_EMPTY_HEADER = re.compile(r"<th\b([^>]*)>\s*</th>")
_LINKS = ["data", "http", "https", "mailto"]


def clean_html(markup: str) -> str:
    """The markup without scripts, style sheets, event handlers, ids and unknown tags.

    A tag that is not allowed is escaped, so that a reader sees what was written. Links keep only
    harmless protocols.

    >>> clean_html('<p onclick="x()" id="k7">5 > 4 <marquee>hot</marquee></p>')
    '<p>5 &gt; 4 &lt;marquee&gt;hot&lt;/marquee&gt;</p>'
    """
    cleaned = bleach.clean(
        _DROPPED.sub("", markup),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
        protocols=_LINKS,
    )
    lighter = _SINGLE_SPANS.sub("", _CLASSES.sub(_keep_known, cleaned))
    lighter = _BAR.sub(r'<div class="bar" style="width:\1">', lighter)
    lighter = lighter.replace('<td class="gt_right">', "<td>")  # most cells are: the style sheet's default
    lighter = lighter.replace("</td>\n", "</td>")
    return _EMPTY_HEADER.sub(r"<td\1></td>", lighter)


def _keep_known(match: re.Match[str]) -> str:
    kept = [name for name in match[1].split() if _KEPT_CLASSES.fullmatch(name)]
    return f' class="{" ".join(kept)}"' if kept else ""
