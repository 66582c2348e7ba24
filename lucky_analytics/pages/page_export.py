"""nbconvert with our template: an executed notebook in, the text of one HTML page out."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lucky_analytics.pages.clean import clean_html
from lucky_analytics.pages.content import Content, read_content
from lucky_analytics.pages.facts import RunFacts
from lucky_analytics.pages.page_rules import N_FIGURES, N_TABLES, check_page
from lucky_analytics.pages.phone_tables import fit_tables
from lucky_analytics.pages.sections import SECTIONS, NotebookText, read_sections
from lucky_analytics.pages.templating import TEMPLATES, format_markdown, format_words, slug, templates
from lucky_analytics.report_stills import draw_still

if TYPE_CHECKING:
    from nbconvert import HTMLExporter
    from nbformat import NotebookNode

__all__ = ["prepare", "render", "render_checked"]

# HTML lets a cell end where the next one begins: a fifth of the weight of a long table. Last of all, because
# nbconvert parses the page and would write each end again, in the wrong place.
_CELL_ENDS = re.compile(r"</td>\s*(?=<td|</tr>)")


@dataclass(frozen=True)
class _Section:
    """A part of the page made of the notebook's own cells, ``first`` up to ``last``, exclusive."""

    name: str
    first: int
    last: int


def prepare() -> None:
    """Load now, while there is nothing else to do, what the first page would have to wait for."""
    _exporter()
    templates().get_template("top.html.j2")
    draw_still({"mark": "point", "data": {"values": []}})


def render(notebook: NotebookNode, *, name: str, department: str, run: RunFacts) -> str:
    """The page of one run, as ``render_checked`` makes it."""
    return render_checked(notebook, name=name, department=department, run=run)[0]


def render_checked(
    notebook: NotebookNode, *, name: str, department: str, run: RunFacts
) -> tuple[str, list[str]]:
    """The page of one run: a whole HTML document that refers to ``../../assets/`` and ``tables/`` beside it.

    ``notebook`` is executed, at least up to the cell that failed. A failed run (``run.failed``) gives a
    page that says what failed and carries no number. The same arguments give the same text, byte for
    byte: cell ids, random ids of tables and the clock do not reach it. With it the rules of
    ``page_rules.check_page`` that it breaks; none for a failed run.

    >>> html = render(nbformat.read(path, 4), name="inventory", department="supply_chain", run=facts)
    ... # doctest: +SKIP
    """
    text = read_sections(notebook)
    content = Content() if run.failed else read_content(notebook, run)
    sections, cells = ([], []) if run.failed else _arrange(text, content)
    context = {
        "name": name,
        "title": text.title or format_words(name),
        "n_figures": N_FIGURES,
        "n_tables": N_TABLES,
        "lead": text.lead,
        "attachments": text.attachments,
        "department": format_words(department),
        "run": run,
        "content": content,
        "outline": _outline(content, sections, run),
    }
    resources: dict[str, Any] = {
        "top": templates().get_template("top.html.j2").render(context),
        "provenance": templates().get_template("provenance.html.j2").render(context),
        "end": templates().get_template("end.html.j2").render(context),
        "sections": sections,
        "details": "" if run.failed else templates().get_template("details.html.j2").render(context) or " ",
        "caveats": content.caveats,
        "checks": content.checks,
        "slug": slug,
    }
    body, _ = _exporter().from_notebook_node(_with_cells(notebook, cells), resources=resources)
    return _CELL_ENDS.sub("", fit_tables(body)), [] if run.failed else check_page(content)


def _arrange(text: NotebookText, content: Content) -> tuple[list[_Section], list[Mapping[str, Any]]]:
    """The sections that have something to say, and their cells one after the other."""
    recorded = {"Limits": content.caveats, "Checks": content.checks}
    sections: list[_Section] = []
    cells: list[Mapping[str, Any]] = []
    for name in SECTIONS:
        first = len(cells)
        cells += text.cells[name]
        if len(cells) > first or recorded.get(name):
            sections.append(_Section(name, first, len(cells)))
    return sections, cells


def _outline(content: Content, sections: list[_Section], run: RunFacts) -> list[tuple[str, str]]:
    """Anchor and text of each entry of the contents, in page order."""
    entries = (
        [("failure", "What it waits for" if run.waits else "What failed")]
        if run.failed
        else [("answer", "Answer")]
    )
    if content.headlines:
        entries.append(("numbers", "Key numbers"))
    entries += [(f"figure-{slug(figure.name)}", figure.finding) for figure in content.figures[:N_FIGURES]]
    entries += [(f"table-{slug(table.name)}", table.title) for table in content.tables[:N_TABLES]]
    entries += [("details", "Details")] if not run.failed else []
    entries += [(slug(section.name), section.name) for section in sections]
    return [*entries, ("provenance", "Provenance")]


def _with_cells(notebook: NotebookNode, cells: list[Mapping[str, Any]]) -> NotebookNode:
    """A notebook of these cells alone, their random ids replaced by their positions."""
    from nbformat import from_dict

    numbered = [{**cell, "id": f"cell-{position}"} for position, cell in enumerate(cells)]
    return from_dict({**notebook, "cells": numbered, "metadata": {}})


@functools.cache
def _exporter() -> HTMLExporter:
    from nbconvert import HTMLExporter

    return HTMLExporter(
        template_name="report",
        extra_template_basedirs=[str(TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        sanitize_html=True,
        filters={"clean_html": clean_html, "prose": format_markdown},
    )
