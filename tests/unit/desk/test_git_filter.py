"""A real commit in a real clone: outputs stay in the working copy and never reach the repository."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from lucky_analytics.desk import git_filter

ROOT = Path(__file__).parents[3]


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.org"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def clone(tmp_path, require):
    require("git")
    git(tmp_path, "init", "-q")
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    shutil.copy(ROOT / "notebooks" / "operations" / "store_ramp_curves.ipynb", tmp_path / "ramp.ipynb")
    return tmp_path


def run_by_hand(path: Path) -> None:
    """What JupyterLab leaves in a notebook after Run All."""
    node = nbformat.read(path, 4)
    for number, cell in enumerate(cell for cell in node.cells if cell.cell_type == "code"):
        cell.execution_count = number + 1
        cell.outputs = [nbformat.v4.new_output("stream", text="Ana, 917 555 0100")]
    node.metadata["language_info"] |= {"version": "3.11.2", "file_extension": ".py"}
    nbformat.write(node, path)


def test_a_commit_has_no_outputs_and_keeps_everything_else(clone):
    before = (clone / "ramp.ipynb").read_text()
    assert git_filter.install_filter(clone)
    run_by_hand(clone / "ramp.ipynb")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "run")
    # tags, cell ids and lucky_coverage stay, to the byte
    assert git(clone, "show", "HEAD:ramp.ipynb") == before
    assert "917 555" in (clone / "ramp.ipynb").read_text()
    assert git(clone, "status", "--porcelain") == ""


def test_it_is_set_once_and_leaves_other_settings_alone(clone):
    git(clone, "config", "filter.theirs.clean", "cat")
    assert git_filter.install_filter(clone)
    before = (clone / ".git" / "config").read_text()
    assert not git_filter.install_filter(clone)
    assert (clone / ".git" / "config").read_text() == before and '[filter "theirs"]' in before


def test_without_the_environment_git_still_commits_and_says_so(clone):
    git_filter.install_filter(clone)
    git(clone, "config", "filter.lucky-notebook.clean", ".venv/bin/python -m nbstripout")
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "without .venv")
    assert "How fast does a new store" in git(clone, "show", "HEAD:ramp.ipynb")


def test_a_clone_without_the_filter_commits_as_ever(clone):
    git(clone, "add", ".")
    assert git(clone, "show", ":ramp.ipynb") == (clone / "ramp.ipynb").read_text()


def test_outside_a_clone_nothing_is_done(tmp_path):
    assert not git_filter.install_filter(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_clones_own_environment_is_named_relative_to_it(monkeypatch, tmp_path):
    assert git_filter.filter_command(tmp_path).startswith(shlex.quote(sys.executable))
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv" / "bin" / "python"))
    assert git_filter.filter_command(tmp_path).startswith(".venv/bin/python -m nbstripout --keep-id")
