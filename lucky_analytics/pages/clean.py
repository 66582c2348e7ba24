"""Text from databases stays text: only harmless markup passes, and nothing that differs between two runs."""

from __future__ import annotations

import re

import bleach
from bleach.css_sanitizer import CSSSanitizer

__all__ = ["clean_html"]

_TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h2 h3 h4 h5 "
    "h6 hr i img kbd li ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr ul "
    "svg g path line rect circle text".split()
)
# No id and no headers: table libraries write random ones, and two tables on a page would share others.
_ATTRIBUTES = {
    "*": ["class", "title", "role", "aria-label", "aria-hidden", "lang"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
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
_LINKS = ["data", "http", "https", "mailto"]


def clean_html(markup: str) -> str:
    """The markup without scripts, style sheets, event handlers, ids and unknown tags.

    A tag that is not allowed is escaped, so that a reader sees what was written. Links keep only
    harmless protocols.

    >>> clean_html('<p onclick="x()" id="k7">5 > 4 <marquee>hot</marquee></p>')
    '<p>5 &gt; 4 &lt;marquee&gt;hot&lt;/marquee&gt;</p>'
    """
    return bleach.clean(
        _DROPPED.sub("", markup),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
        protocols=_LINKS,
    )
