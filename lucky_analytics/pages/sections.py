"""The cells of a notebook by section, in the order in which a page shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.pages.carried import carry
from lucky_analytics.report_record import MIME

__all__ = ["SECTIONS", "NotebookText", "read_sections"]

# All of them are Details: there for those who want to know how.
SECTIONS = ("Result", "Limits", "Data", "Checks", "Method")

# A formula between dollar signs, by Pandoc's rule: "from $4 to $5" is money. Pages have no network and so no
# typesetter: a reader sees the formula as it was typed, without its dollar signs.
_FORMULA = re.compile(r"(?<![\\$`])\${1,2}(?=[^\s$])([^$\n`]*[^\s$`\\])\${1,2}(?![\d$`])")
_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^(#{1,2})\s+(.+?)\s*#*\s*$")


@dataclass
class NotebookText:
    """What a notebook says in markdown and plain outputs, without its records.

    ``title`` is the first-level heading, ``lead`` the markdown under it, ``attachments`` the lead's
    pictures, ``cells`` for each section the nbformat cells that belong to it, in notebook order.
    """

    title: str = ""
    lead: str = ""
    attachments: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)


def read_sections(notebook: Mapping[str, Any]) -> NotebookText:
    """Sort the cells of an executed notebook into sections by their second-level headings.

    Code cells keep the outputs that are no records; those without any, and streams (logs are not for
    readers), are left out. Cells under a heading that is not one of ``SECTIONS`` count as its
    predecessor's, with the heading kept as a third-level one.
    """
    text = NotebookText(cells={name: [] for name in SECTIONS})
    section = ""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            for level, heading, body in _split("".join(cell["source"])):
                if level == 1:
                    text.title = text.title or heading
                elif level == 2 and heading in SECTIONS:
                    section = heading
                elif level == 2:
                    body = f"### {heading}\n\n{body}"
                _add_markdown(text, section, cell, body)
        elif cell["cell_type"] == "code" and section:
            _add_outputs(text, section, cell)
    return text


def _add_markdown(text: NotebookText, section: str, cell: Mapping[str, Any], body: str) -> None:
    if not body.strip():
        return
    body = _FORMULA.sub(r"`\1`", body)
    if section:
        text.cells[section].append({**cell, "source": body})
    else:
        text.lead = f"{text.lead}\n\n{body}".strip()
        text.attachments |= cell.get("attachments", {})


def _add_outputs(text: NotebookText, section: str, cell: Mapping[str, Any]) -> None:
    kept = [carry(output) for output in cell["outputs"] if _is_for_readers(output)]
    if kept:
        text.cells[section].append({**cell, "outputs": kept})


def _is_for_readers(output: Mapping[str, Any]) -> bool:
    if output["output_type"] == "stream":
        return False
    return MIME not in output.get("data", {})


def _split(source: str) -> Iterator[tuple[int, str, str]]:
    """Level, heading and following text, for each first- and second-level heading; level 0 has none."""
    lines: list[str] = []
    level, heading, fenced = 0, "", False
    for line in source.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        match = None if fenced else _HEADING.match(line)
        if match:
            yield level, heading, "\n".join(lines)
            level, heading, lines = len(match[1]), match[2], []
        else:
            lines.append(line)
    yield level, heading, "\n".join(lines)
