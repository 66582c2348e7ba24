"""Pictures of a notebook's folder, attached to the cells that show them when the notebook runs."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

__all__ = ["attach", "files_of"]

_KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".svg": "svg+xml"}
_MARKDOWN = re.compile(r"!\[[^\]]*\]\(\s*(?:<([^>]+)>|([^)<\s]+))")
_HTML = re.compile(r"""<img\b[^>]*\bsrc=["']([^"']+)["']""", re.IGNORECASE)
MOST_BYTES = 3_000_000


def attach(notebook: Any, folder: Path) -> None:
    """Attach every picture that Markdown cells show from ``folder`` or below, so that the run carries it.

    Pictures that are missing, too large (``MOST_BYTES``), of another kind, or elsewhere stay as they are
    written; their page names them instead.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for address, file in _found(cell.source, folder):
                content = base64.b64encode(file.read_bytes()).decode()
                kind = f"image/{_KINDS[file.suffix.lower()]}"
                cell.setdefault("attachments", {})[address] = {kind: content}


def files_of(sources: Iterable[str], folder: Path) -> list[Path]:
    """The picture files that these Markdown sources show, in their order."""
    return [file for source in sources for _, file in _found(source, folder)]


def _found(source: str, folder: Path) -> Iterator[tuple[str, Path]]:
    written = [wrapped or bare for wrapped, bare in _MARKDOWN.findall(source)]
    for address in [*written, *_HTML.findall(source)]:
        file = (folder / unquote(address)).resolve()
        is_below = file.is_relative_to(folder.resolve()) and file.suffix.lower() in _KINDS
        if "://" not in address and is_below and file.is_file() and file.stat().st_size <= MOST_BYTES:
            yield address, file
