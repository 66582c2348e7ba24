"""What belongs to one app: the scripts and styles in its own folder, found by its name and nowhere listed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics.errors import LuckyError
from lucky_analytics.settings import Settings

__all__ = ["APPS", "AppParts", "find_parts", "list_apps", "needs_login", "report_of"]

APPS = Path(__file__).parent
SHARED = ("charts.js", "frame.js", "controls.js", "compare.js")


@dataclass(frozen=True)
class AppParts:
    """The files that the page of one app loads, in this order: ``shared`` ones of the frame, then its own."""

    name: str
    folder: Path
    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    shared: tuple[str, ...] = SHARED


def list_apps(settings: Settings) -> list[str]:
    """The names of all apps: each has a notebook in ``notebooks/apps/``."""
    return sorted(path.stem for path in (settings.notebooks_dir / "apps").glob("[!.]*.ipynb"))


def find_parts(name: str, apps: Path = APPS) -> AppParts:
    """The parts of the app ``name``, which is its notebook's name and its folder's.

    Every ``*.js`` and ``*.css`` of ``apps/<name>/``, in alphabetical order. Raises ``LuckyError`` where no
    script there says how the app is drawn: its page would open and stay empty.

    >>> find_parts("price_what_if").scripts
    ('price.js',)
    """
    folder, shown = apps / name, f"lucky_analytics/apps/{name}"
    scripts = sorted(folder.glob("*.js"))
    view = re.compile(rf"^\s*app\.views\.{re.escape(name)} = ", re.MULTILINE)
    if not any(view.search(path.read_text(encoding="utf-8")) for path in scripts):
        raise LuckyError(
            f"app {name}",
            expected=f"a script in {shown}/ with app.views.{name} = (frame) => ...",
            got=f"{', '.join(path.name for path in scripts)} without it" if scripts else "none",
            remedy="The folder has the notebook's name; lucky new app writes one with all that it needs",
        )
    styles = tuple(path.name for path in sorted(folder.glob("*.css")))
    return AppParts(name, folder, tuple(path.name for path in scripts), styles)


def report_of(notebook: Path) -> str | None:
    """The notebook behind *Save as report*: ``report`` in the metadata of the app's own, if it names one."""
    said = _metadata(notebook).get("report")
    return None if said is None else str(said)


def needs_login(notebook: Path) -> bool:
    """Whether an app asks for a login on any address: ``login`` in its notebook's metadata."""
    try:
        return bool(_metadata(notebook).get("login"))
    except (ValueError, LookupError, TypeError):
        return False  # no notebook: who reads its cells says so, and nothing of it is served


def _metadata(notebook: Path) -> dict[str, Any]:
    return dict(json.loads(notebook.read_text(encoding="utf-8"))["metadata"])
