"""The folder of shared assets: the chart bundle, our scripts and our style, beside runs and in the portal.

A file's name says its content (``suite-3f9a1c02.css``), and files stay while a page refers to them: a page of
last month is drawn by the scripts that it was made for.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from lucky_analytics.errors import PublishError

__all__ = ["name_assets", "remove_unused_assets", "write_assets"]

_OURS = Path(__file__).parent / "assets"
_BUNDLE = "vega.js"
_REFERENCE = re.compile(r'"(?:\.\./)+assets/([\w.-]+)"')
_HEAD = 4096  # bytes of a page, within which its references to assets stand


@functools.cache
def name_assets() -> dict[str, str]:
    """The name in the folder of each asset: ``{"suite.css": "suite-3f9a1c02.css", ...}``."""
    names = {_BUNDLE: f"vega-{importlib.metadata.version('vl-convert-python')}.js"}
    for source in sorted(_OURS.iterdir()):
        content = hashlib.sha256(source.read_bytes()).hexdigest()[:8]
        names[source.name] = f"{source.stem}-{content}{source.suffix}"
    return names


def write_assets(folder: Path) -> bool:
    """Write ``vega.js``, our two scripts and our style into ``folder``; true when anything changed.

    Files have the names of ``name_assets``. One that is already right is left alone, its time stamp too;
    those of other versions stay. Making the chart bundle takes two seconds, so it is made only when the
    folder does not have it. Raises ``PublishError`` when the folder cannot be written.

    >>> write_assets(settings.runs_dir / "assets"), write_assets(settings.runs_dir / "assets")
    ... # doctest: +SKIP
    (True, False)
    """
    names = name_assets()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        changed = [
            _write(folder / names[source.name], source.read_bytes()) for source in sorted(_OURS.iterdir())
        ]
        bundle, mark = folder / names[_BUNDLE], f"/* {names[_BUNDLE]} */\n".encode()
        if not _starts_with(bundle, mark):
            changed.append(_write(bundle, mark + _chart_bundle()))
    except OSError as error:
        raise PublishError.unwritable(f"assets in {folder}", error) from error
    return any(changed)


def remove_unused_assets(folder: Path, pages: Iterable[Path]) -> list[str]:
    """Remove the files of ``folder`` to which none of ``pages`` refers and that are not of this version.

    Returns their names. A page that cannot be read raises ``OSError``: nothing is removed on a guess.
    """
    used = set(name_assets().values())
    for page in pages:
        with page.open("rb") as stream:
            used.update(_REFERENCE.findall(stream.read(_HEAD).decode(errors="replace")))
    unused = [file for file in sorted(folder.glob("[!.]*")) if file.name not in used]
    for file in unused:
        file.unlink()
    return [file.name for file in unused]


@functools.cache
def _chart_bundle() -> bytes:
    import vl_convert

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode()


def _starts_with(file: Path, mark: bytes) -> bool:
    if not file.exists():
        return False
    with file.open("rb") as stream:
        return stream.read(len(mark)) == mark


def _write(file: Path, content: bytes) -> bool:
    """Write by rename, so that a reader never sees half a script, each writer to a part of its own."""
    if file.exists() and file.read_bytes() == content:
        return False
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as part:
        part.write(content)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(file)
    return True
