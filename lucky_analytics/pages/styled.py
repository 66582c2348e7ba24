"""pandas' Styler keeps a table's looks in a style sheet; a page has none, so that cells carry their own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lucky_analytics.pages.clean import STYLES, name_missing

__all__ = ["with_inline_styles"]

_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TAG = re.compile(r"<(table|caption|thead|tbody|tr|th|td)\b([^>]*)>")
_ID = re.compile(r"""\bid=["']?([\w-]+)""")
_CLASS = re.compile(r"""\bclass=["']([^"']*)["']""")
_SELECTOR = re.compile(
    r"#(?P<id>[\w-]+)(?:\s+(?P<part>thead|tbody))?(?:\s+(?P<tag>[a-z]+)?(?P<classes>(?:\.[\w-]+)*)"
    r"(?::nth-child\((?P<turn>even|odd)\))?)?"
)
_PLAIN = ".dataframe "  # how pandas aligns every plain frame; a page has looks of its own for these
_INNER = {"", "caption", "thead", "tbody", "tr", "th", "td"}


@dataclass(frozen=True)
class _Rule:
    """Which elements below a table (or which one, by its id) look how; the empty tag is any."""

    id: str
    part: str
    tag: str
    classes: frozenset[str]
    turn: str
    looks: str

    def fits(self, table: str, part: str, tag: str, own: str, classes: set[str], row: int) -> bool:
        if not (self.tag or self.classes or self.part):
            return own == self.id
        wanted = self.tag or ("" if self.classes else self.part)
        turned = not self.turn or (row % 2 == 0) == (self.turn == "even")
        return (
            table == self.id
            and self.part in ("", part)
            and wanted in ("", tag)
            and self.classes <= classes
            and turned
        )


def with_inline_styles(markup: str) -> str:
    """The looks that a style sheet gives a table by its id, written on its elements themselves.

    Understood are the elements of a table, their classes, and every second row. What is not (a selector, a
    property that pages do not have) is named after the table.
    """
    rules: list[_Rule] = []
    lost: list[str] = []
    for sheet in _SHEET.findall(markup):
        for selectors, declared in _RULE.findall(sheet):
            if selectors.strip().startswith(_PLAIN):
                continue
            looks = [part.split(":", 1) for part in declared.split(";") if ":" in part]
            named = [(name.strip().lower(), " ".join(value.split())) for name, value in looks]
            lost += [name for name, _ in named if name not in STYLES]
            kept = "".join(f"{name}:{value};" for name, value in named if name in STYLES)
            found, unknown = _read(selectors, kept)
            rules += found
            lost += unknown
    if not rules and not lost:
        return markup
    styled = "".join(_styled(markup, rules)) if rules else markup
    shown = ", ".join(dict.fromkeys(lost))
    return styled + (name_missing(f"some looks of a styled table ({shown})") if lost else "")


def _read(selectors: str, looks: str) -> tuple[list[_Rule], list[str]]:
    """The rules of one line of selectors, and those that are not understood, without the table's id."""
    found, unknown = [], []
    for selector in selectors.split(","):
        written = " ".join(selector.split())
        match = _SELECTOR.fullmatch(written)
        if not match or (match["tag"] or "") not in _INNER or (match["turn"] and match["tag"] != "tr"):
            unknown.append(re.sub(r"^#\w+ ?", "", written))
        elif looks:
            classes = frozenset(filter(None, match["classes"].split(".") if match["classes"] else ()))
            part, tag, turn = (match[name] or "" for name in ("part", "tag", "turn"))
            found.append(_Rule(match["id"], part, tag, classes, turn, looks))
    return found, unknown


def _styled(markup: str, rules: list[_Rule]) -> Iterator[str]:
    table = part = ""
    end = row = 0
    for match in _TAG.finditer(markup):
        tag, attributes = match[1], match[2]
        own = identity[1] if (identity := _ID.search(attributes)) else ""
        classes = set(written[1].split()) if (written := _CLASS.search(attributes)) else set()
        if tag == "table":
            table, part, row = own, "", 0
        elif tag in ("thead", "tbody"):
            part, row = tag, 0
        row += tag == "tr"
        looks = "".join(r.looks for r in rules if r.fits(table, part, tag, own, classes, row))
        if looks:
            yield markup[end : match.end() - 1] + f' style="{html.escape(looks)}">'
            end = match.end()
    yield markup[end:]
