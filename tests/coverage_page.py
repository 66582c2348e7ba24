"""docs/coverage.md, written from the notebooks: what each was asked for, and what on its page meets it.

    python -m tests.coverage_page > docs/coverage.md

A notebook declares it in its metadata, under ``lucky_coverage``: a list of ``{"from": tool or use case,
"requirement": in our own words, "met_by": ["headline name", "figure name", "table name", ...]}`` or, instead
of ``met_by``, ``"not_done": because ...``. A name may end in ``*`` where the notebook makes several; an app
meets it as ``"app name"``. The page leaves out a notebook that declares nothing (an analyst's own question,
the tutorial).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import nbformat

__all__ = ["declared", "find_problems", "render"]

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
KINDS = ("headline", "figure", "table", "check", "caveat", "answer", "decision", "evidence")


def declared(notebook: Any) -> list[dict[str, Any]]:
    return list(notebook.metadata.get("lucky_coverage", []))


def find_problems(notebook: Any) -> list[str]:
    """What is wrong with a notebook's declaration: unknown keys, or a name that no cell says."""
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    problems = []
    for entry in declared(notebook):
        if set(entry) not in ({"from", "requirement", "met_by"}, {"from", "requirement", "not_done"}):
            problems.append(f"{entry.get('requirement')}: expected from, requirement, and met_by or not_done")
        for reference in entry.get("met_by", []):
            kind, _, name = reference.partition(" ")
            is_app = kind == "app" and (NOTEBOOKS / "apps" / f"{name}.ipynb").is_file()
            if not is_app and (kind not in KINDS or not _is_said(sources, kind, name)):
                problems.append(f"{entry.get('requirement')}: no cell says {reference}")
    return problems


def render(notebooks: Path = NOTEBOOKS) -> str:
    lines = [
        "# Coverage",
        "",
        "What each notebook was asked for, and what on its page meets it. Written from the",
    ]
    lines += [
        "notebooks by `python -m tests.coverage_page > docs/coverage.md`; a test keeps the two equal.",
        "",
    ]
    for path in sorted(notebooks.glob("[!.]*/*.ipynb")):
        entries = declared(nbformat.read(path, 4))
        if not entries:
            continue
        lines += [f"## {path.parent.name}/{path.stem}", ""]
        lines += ["| from | requirement | met by |", "| --- | --- | --- |"]
        for entry in entries:
            met = (
                ", ".join(entry["met_by"]) if "met_by" in entry else f"not done, because {entry['not_done']}"
            )
            lines.append(f"| {entry['from']} | {entry['requirement']} | {met} |")
        lines.append("")
    return "\n".join(lines)


def _is_said(sources: list[str], kind: str, name: str) -> bool:
    calls = [source for source in sources if f"report.{kind}(" in source]
    if not name:
        return bool(calls)
    pattern = f"[\"']{re.escape(name.rstrip('*'))}" + ("" if name.endswith("*") else "[\"']")
    return any(re.search(pattern, source) for source in calls)


if __name__ == "__main__":
    sys.stdout.write(render())
