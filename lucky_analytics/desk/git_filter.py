"""Outputs are stripped when a notebook is added to git; the file that the analyst works on keeps them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

__all__ = ["filter_command", "install_filter"]

# .gitattributes sends every notebook through a filter of this name; a clone without it commits as ever.
NAME = "lucky-notebook"
# What JupyterLab writes anew for each machine; cell ids, tags and lucky_coverage stay.
_PER_MACHINE = ("codemirror_mode", "file_extension", "mimetype", "nbconvert_exporter", "pygments_lexer")
_STRIPPED = " ".join(f"metadata.language_info.{key}" for key in (*_PER_MACHINE, "version"))


def filter_command(root: Path) -> str:
    """The shell command that git runs from the root of the clone, notebook in and notebook out.

    A clone's own ``.venv`` is named relative to it, so that the clone may be moved.
    """
    python = Path(sys.executable)
    shown = python.relative_to(root) if python.is_relative_to(root) else python
    return f"{shlex.quote(str(shown))} -m nbstripout --keep-id --extra-keys {shlex.quote(_STRIPPED)}"


def install_filter(root: Path) -> bool:
    """Set the filter in this clone's own git configuration; true when that changed anything.

    Nothing is done outside a clone. When the command cannot run (the environment is gone), git says so,
    takes the notebook as it is, and the structure test refuses its outputs.
    """
    if not (root / ".git").exists():
        return False
    wanted = {f"filter.{NAME}.clean": filter_command(root), f"filter.{NAME}.smudge": "cat"}
    changed = False
    for key, value in wanted.items():
        if _git(root, "config", "--local", "--get", key) != value:
            _git(root, "config", "--local", key, value)
            changed = True
    return changed


def _git(root: Path, *arguments: str) -> str:
    """What git prints; empty where it fails or is not installed."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip()
