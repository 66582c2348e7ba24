"""What ``lucky new`` writes, in a copy of the checkout: clean style, and its tests pass at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPARTMENT = "a_department_of_thirty_letters"
DOMAIN = "a_domain_of_thirty_letters".ljust(30, "_")
NAME = "a_question_with_thirty_letters"  # the longest that is allowed
APP = "an_app_called_by_thirty_letter"
TABLE, METRIC, METHOD = (
    f"a_{kind}_of_thirty_letters".ljust(30, "_") for kind in ("table", "metric", "method")
)
COMMANDS = [
    ["source", "iunifiedreconcile", "t_reconcile_bill", "t_reconcile_rule"],
    ["table", f"goods/{TABLE}", "ireplenishment.wh_goods_daily_demand_pred"],
    ["table", f"{DOMAIN}/coupon_kinds", "salesmarketing.t_coupon_template"],
    ["metric", METRIC, "orders", "--owner", "finance"],
    ["metric", "machines_owned", "machines", "--owner", "operations"],
    ["method", f"a_topic/{METHOD}"],
    ["notebook", f"{DEPARTMENT}/{NAME}"],
    ["app", APP],
]
OWN = [
    f"unit/questions/{DEPARTMENT}/test_{NAME}.py",
    f"notebooks/{DEPARTMENT}/test_{NAME}_notebook.py",
    "unit/estate/test_iunifiedreconcile_source.py",
    f"unit/catalog/goods/test_{TABLE}.py",
    f"unit/catalog/{DOMAIN}/test_coupon_kinds.py",
    f"unit/metrics/test_{METRIC}.py",
    "unit/metrics/test_machines_owned.py",
    f"reference/test_{METHOD}.py",
    f"unit/apps/{APP}/test_{APP}_page.py",
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("lucky_analytics", "tests", "notebooks", "params", "docs", "data/external"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    program = "from lucky_analytics.cli import lucky\n" + "\n".join(
        f"lucky({['new', *words]!r}, standalone_mode=False)" for words in COMMANDS
    )
    run(copy, program)
    return copy


def run(copy: Path, *arguments: str) -> str:
    """A module with its arguments, or a program of its own, where the copy is the checkout."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "LUCKY_HOME": str(copy)}
    command = [sys.executable, *(["-m"] if len(arguments) > 1 else ["-c"]), *arguments]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_style_is_clean(copy):
    run(copy, "ruff", "format", "--check", ".")
    run(copy, "ruff", "check", ".")


@pytest.mark.full
def test_its_tests_pass_and_the_suites_rules_hold(copy):
    own = [f"tests/{path}" for path in OWN]
    rules = ["tests/unit/test_structure.py", "tests/notebooks/test_coverage_page.py"]
    rules += ["tests/unit/metrics/test_plain_loops.py", "tests/unit/estate"]
    done = run(copy, "pytest", "-p", "no:cacheprovider", "-o", "addopts=-v", *own, *rules)
    assert all(Path(path).stem in done for path in own)


@pytest.mark.full
def test_its_types_are_clean(copy):
    run(copy, "mypy", "--no-error-summary")
