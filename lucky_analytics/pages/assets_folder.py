"""The folder of shared assets: the chart bundle, our script and our style, beside runs and in the portal."""

from __future__ import annotations

import importlib.metadata
import tempfile
from pathlib import Path

from lucky_analytics.errors import PublishError

__all__ = ["write_assets"]

_OURS = Path(__file__).parent / "assets"
_BUNDLE = "vega.js"


def write_assets(folder: Path) -> bool:
    """Write ``vega.js``, our two scripts and our style into ``folder``; true when anything changed.

    A file that is already right is left alone, its time stamp too. Making the chart bundle takes two
    seconds, so it is made only when the folder's bundle is of another version. Raises ``PublishError``
    when the folder cannot be written.

    >>> write_assets(settings.runs_dir / "assets"), write_assets(settings.runs_dir / "assets")
    ... # doctest: +SKIP
    (True, False)
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        changed = [_write(folder / source.name, source.read_bytes()) for source in sorted(_OURS.iterdir())]
        bundle, mark = folder / _BUNDLE, _version_mark()
        if not _starts_with(bundle, mark):
            changed.append(_write(bundle, mark + _chart_bundle()))
    except OSError as error:
        raise PublishError(
            f"assets in {folder}",
            expected="a folder that can be written",
            got=str(error),
            remedy="Check its permissions and the free space",
        ) from error
    return any(changed)


def _version_mark() -> bytes:
    return f"/* vl-convert-python {importlib.metadata.version('vl-convert-python')} */\n".encode()


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
