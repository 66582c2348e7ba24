"""Text from databases stays text: only harmless markup passes, and nothing that differs between two runs."""

from __future__ import annotations

import html
import re

import nh3

__all__ = ["STYLES", "clean_html", "name_missing"]

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


# No id and no headers: table libraries write random ones, and two tables on a page would share others.
_ATTRIBUTES = {
    "*": {"class", "title", "role", "aria-label", "aria-hidden", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "span": {"style"},
    "div": {"style"},
    "td": {"colspan", "rowspan", "style"},
    "th": {"colspan", "rowspan", "scope", "style"},
    **{tag: {"style"} for tag in ("table", "caption", "thead", "tbody", "tr")},
    "svg": {"viewBox", "width", "height", "preserveAspectRatio"},
    "path": {"d", "fill", "stroke", "stroke-width"},
    "line": {"x1", "x2", "y1", "y2", "stroke", "stroke-width"},
    "rect": {"x", "y", "width", "height", "fill", "rx"},
    "circle": {"cx", "cy", "r", "fill"},
    "text": {"x", "y", "fill", "text-anchor", "font-size"},
}
STYLES = {"width", "height", "background-color", "background", "color", "font-weight", "text-align"}
STYLES |= {"margin-left", "padding-left", "font-style", "display", "text-indent"}

# pandas heads its index with an empty header, which screen readers announce as one.
_EMPTY_HEADER = re.compile(r"<th\b([^>]*)>\s*</th>")
_LINKS = {"data", "http", "https", "mailto"}
# What draws or asks on a page of its own: dropped, and named where it stood.
_LOST = {
    "audio": "a sound",
    "button": "a form",
    "canvas": "a drawing made by a script",
    "embed": "an embedded document",
    "form": "a form",
    "iframe": "an embedded page",
    "input": "a form",
    "object": "an embedded document",
    "script": "what a script draws",
    "select": "a form",
    "textarea": "a form",
    "video": "a video",
}
_LOST_TAGS = re.compile(rf"<({'|'.join(_LOST)})\b", re.IGNORECASE)
_NO_SOURCE = re.compile(r'<img(?![^>]* src=)(?:[^>]* alt="([^"]*)")?[^>]*>')


def clean_html(markup: str) -> str:
    """The markup without scripts, style sheets, event handlers, ids and unknown tags.

    A tag that is not allowed goes and its text stays; scripts and style sheets go with their content. What
    a reader misses by that (a form, a video, a picture from elsewhere) is named in its place. Links keep
    only harmless protocols. Takes time in proportion to the length.

    >>> clean_html('<p onclick="x()" id="k7">5 > 4 <marquee>hot</marquee></p>')
    '<p>5 &gt; 4 hot</p>'
    """
    cleaned = nh3.clean(
        markup,
        tags=_TAGS,
        clean_content_tags={"style", "script", "iframe", "select", "textarea"},
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_harmless,
        url_schemes=_LINKS,
        filter_style_properties=STYLES,
        link_rel=None,
    )
    lighter = _SINGLE_SPANS.sub("", _CLASSES.sub(_keep_known, cleaned))
    lighter = _BAR.sub(r'<div class="bar" style="width:\1">', lighter)
    lighter = lighter.replace('<td class="gt_right">', "<td>")  # most cells are: the style sheet's default
    lighter = lighter.replace("</td>\n", "</td>")
    lighter = _EMPTY_HEADER.sub(r"<td\1></td>", lighter)
    lighter = _NO_SOURCE.sub(_name_picture, lighter)
    lost = sorted({_LOST[tag.lower()] for tag in _LOST_TAGS.findall(markup)})
    return lighter + (name_missing(" and ".join(lost)) if lost else "")


def name_missing(what: str) -> str:
    """The line that stands where a page cannot carry something; ``what`` may hold any text.

    >>> name_missing("a widget")
    '<p class="unavailable">Not shown, because a page cannot carry it: a widget.</p>'
    """
    return f'<p class="unavailable">Not shown, because a page cannot carry it: {html.escape(what)}.</p>'


def _keep_harmless(tag: str, name: str, value: str) -> str | None:
    """Pictures carry their bytes with them, and no style fetches anything: a page loads nothing."""
    if name == "src":
        return value if value.startswith("data:image/") else None
    if name == "style" and re.search(r"url\s*\(|\\", value, re.IGNORECASE):
        return None
    return value


def _name_picture(match: re.Match[str]) -> str:
    about = f" ({match[1]})" if match[1] else ""
    return f'<span class="unavailable">[A picture that is not stored in the notebook{about}]</span>'


def _keep_known(match: re.Match[str]) -> str:
    kept = [name for name in match[1].split() if _KEPT_CLASSES.fullmatch(name)]
    return f' class="{" ".join(kept)}"' if kept else ""
