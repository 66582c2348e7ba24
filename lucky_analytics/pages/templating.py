"""Our own templates, for pages and for the portal: every value is escaped unless it is marked as markup."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from lucky_analytics.pages.assets_folder import name_assets
from lucky_analytics.pages.carried import embed_pictures
from lucky_analytics.pages.clean import clean_html
from lucky_analytics.pages.facts import format_day, format_moment

__all__ = ["TEMPLATES", "format_markdown", "format_words", "slug", "templates"]

_ABBREVIATIONS = {"nzd", "usd", "kpi", "pdf", "ab"}

_ATTACHED = re.compile(r"""(\]\(\s*<?|src=["'])attachment:""")
TEMPLATES = Path(__file__).parent / "templates"


@functools.cache
def templates(*more_folders: Path) -> jinja2.Environment:
    """The environment of the templates in ``pages/templates`` and, searched first, in ``more_folders``."""
    loader = jinja2.FileSystemLoader([*more_folders, TEMPLATES])
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.globals["assets"] = name_assets()
    environment.filters |= {
        "day": format_day,
        "moment": format_moment,
        "words": format_words,
        "slug": slug,
        "markup": Markup,
    }
    environment.filters["parameter"] = _format_parameter
    environment.filters["markdown"] = format_markdown
    return environment


def slug(text: str) -> str:
    """Text as an anchor: lower-case letters and digits, joined by hyphens.

    >>> slug("Grand St. & others")
    'grand-st-others'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"


def format_words(name: str) -> str:
    """A name of a folder or a file as words: ``"supply_chain"`` is ``"Supply chain"``.

    >>> format_words("nzd_orders")
    'NZD orders'
    """
    words = " ".join(word.upper() if word in _ABBREVIATIONS else word for word in name.split("_"))
    return words[:1].upper() + words[1:]


def _format_parameter(value: object) -> str:
    """A parameter's value as it would be typed; an en dash for none."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None or value == "" else str(value)


def format_markdown(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """Markdown as harmless HTML, its attached pictures inside it."""
    from nbconvert.filters import markdown2html

    named = _ATTACHED.sub(r"\1", source)  # nbconvert stops at an attachment that is gone
    return Markup(clean_html(embed_pictures(markdown2html(named), attachments or {})))
