"""A new app from templates: its page in Python and script, its notebook and a test; it opens as written."""

from __future__ import annotations

from pathlib import Path

from lucky_analytics.desk.new_files import RULE, is_name, render, require_free_module, write_all
from lucky_analytics.desk.new_notebook import cells
from lucky_analytics.errors import ParameterError
from lucky_analytics.runs import notebooks
from lucky_analytics.settings import Settings

__all__ = ["write_app"]


def write_app(name: str, settings: Settings) -> list[Path]:
    """Write the files of the app ``name`` into the checkout, all of them or none; the files.

    Raises ``ParameterError`` for a name that is no Python name or is taken, and for a file that already
    stands where one would be written: nothing is overwritten.
    """
    root, room = settings.root, settings.root / "lucky_analytics" / "apps" / name
    notebook = settings.notebooks_dir / notebooks.APPS / f"{name}.ipynb"
    if not is_name(name):
        raise ParameterError("lucky new app", expected=RULE, got=name)
    for taken in (room, notebook):
        if taken.exists():
            got = str(taken.relative_to(root))
            raise ParameterError(f"app {name}", expected="a name not yet taken", got=got)
    require_free_module(f"{name}_page", root)
    facts = {"name": name, "words": name.replace("_", " ").capitalize()}
    files = {
        room / "__init__.py": "",
        room / f"{name}_page.py": render("app_page.py.j2", facts),
        room / f"{name}.js": render("app_view.js.j2", facts),
        root / "tests" / "unit" / "apps" / name / f"test_{name}_page.py": render("test_app.py.j2", facts),
        # last: without it nothing asks for the others
        notebook: cells(render("app_notebook.py.j2", facts), title=facts["words"]),
    }
    return write_all(files, root)
