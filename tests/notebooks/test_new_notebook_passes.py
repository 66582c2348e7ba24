"""What ``lucky new notebook`` writes, in a copy of the checkout: clean style, and its tests pass at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPARTMENT = "a_department_of_thirty_letters"
OWN = [("unit/questions", ""), ("notebooks", "_notebook")]
NAME = "a_question_with_thirty_letters"  # the longest that is allowed


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("lucky_analytics", "tests", "notebooks", "params", "docs", "data/external"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    run(copy, "lucky_analytics.cli", "new", "notebook", f"{DEPARTMENT}/{NAME}")
    return copy


def run(copy: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy), "LUCKY_HOME": str(copy)}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_style_is_clean(copy):
    run(copy, "ruff", "format", "--check", ".")
    run(copy, "ruff", "check", ".")


def test_its_tests_pass_and_the_suites_rules_hold(copy):
    own = [f"tests/{kind}/{DEPARTMENT}/test_{NAME}{end}.py" for kind, end in OWN]
    rules = ["tests/unit/test_structure.py", "tests/notebooks/test_coverage_page.py"]
    assert " passed" in run(copy, "pytest", "-p", "no:cacheprovider", "-o", "addopts=-v", *own, *rules)


@pytest.mark.full
def test_its_types_are_clean(copy):
    run(copy, "mypy", "--no-error-summary")
