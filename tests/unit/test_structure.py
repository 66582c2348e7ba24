"""The import rows of docs/architecture.md hold, and so do the rules that no linter knows."""

from __future__ import annotations

import ast
import collections
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "lucky_analytics"
ROOMS = {"data.py", "steps.py", "views.py", "texts.py", "advice.py"}


def _documented_rows() -> tuple[set[str], dict[str, set[str] | None]]:
    """What docs/architecture.md says every part may import, and each part besides; ``None`` where all."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text[text.index("| in `lucky_analytics/` |") :].partition("\n\n")[0].splitlines()
    rows: dict[str, set[str] | None] = {}
    for line in table[2:]:
        parts, _, allowed = (cell.strip() for cell in line.strip("|").split("|"))
        names = re.sub(r"\(.*?\)|nothing of ours", "", allowed).replace(",", " ").split()
        for part in re.findall(r"`(\w+)(?:/|\.py)`", parts):
            rows[part.replace("__init__", "")] = None if names == ["all"] else set(names)
    return set(re.findall(r"`(\w+)`", table[0])) - {"lucky_analytics"}, rows


ALWAYS, ROWS = _documented_rows()


def _part(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def _imported_parts(path: Path) -> set[str]:
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "lucky_analytics":
            parts |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lucky_analytics."):
            parts.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            parts |= {a.name.split(".")[1] for a in node.names if a.name.startswith("lucky_analytics.")}
    return parts


# JupyterLab keeps copies beside a notebook that was saved, in folders that git ignores.
NOTEBOOKS = [path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
FILES = sorted(path for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_imports_only_what_its_row_names(path):
    allowed = ROWS[_part(path)]
    if allowed is not None:
        assert _imported_parts(path) - ALWAYS - {_part(path)} <= allowed


def test_every_part_has_a_row_and_every_row_is_of_a_part():
    assert ROWS.keys() == {_part(path) for path in FILES}
    named = set().union(*(allowed or set() for allowed in ROWS.values()))
    assert named | ALWAYS <= ROWS.keys()


def test_a_row_names_nothing_that_nobody_imports():
    for part, allowed in ROWS.items():
        imported = set().union(*(_imported_parts(path) for path in FILES if _part(path) == part))
        assert (allowed or set()) <= imported, part


def test_a_question_imports_no_other_question():
    for path in (PACKAGE / "questions").rglob("*.py"):
        own = ".".join(path.relative_to(PACKAGE).parts[:3])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "lucky_analytics.questions"
            ):
                assert f"{node.module}.".startswith(f"lucky_analytics.{own}."), f"{path}: {node.module}"


def test_a_question_stands_in_the_folder_of_its_notebook():
    """So a reader of one finds the other."""
    folders = {
        path.parent.relative_to(PACKAGE / "questions") for path in FILES if path.parts[-4] == "questions"
    }
    notebooks = {
        path.relative_to(ROOT / "notebooks").with_suffix("") for path in ROOT.glob("notebooks/[!.]*/*.ipynb")
    }
    assert folders <= notebooks


def test_no_two_modules_share_a_file_name_without_need():
    """Commands are named after what they call, and every question has the same rooms; all else is unique."""
    counted = collections.Counter(
        path.name for path in FILES if _part(path) != "cli" and path.name not in ROOMS | {"__init__.py"}
    )
    assert [name for name, n in counted.items() if n > 1] == []


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=str)
def test_no_package_has_a_name_of_its_own_that_a_module_in_it_has_too(path):
    """Whoever imports the module first would put it in the place of the function."""
    inside = {other.stem for other in path.parent.iterdir()}
    own = ".".join(path.parent.relative_to(ROOT).parts)
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module != own:
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
    assert names & inside == set()


def test_only_settings_reads_the_environment():
    readers = {
        path.name
        for path in FILES
        if re.search(r"os\.(getenv|environ\.get|environ\[)", path.read_text(encoding="utf-8"))
    }
    assert readers == {"settings.py"}


def test_planted_truth_is_read_by_tests_only():
    readers = [
        str(path.relative_to(PACKAGE))
        for path in FILES
        if "truth.json" in path.read_text(encoding="utf-8") and _part(path) != "demo"
    ]
    readers += [str(p) for p in NOTEBOOKS if "truth.json" in p.read_text("utf-8")]
    assert readers == []


def test_importing_the_package_and_the_command_line_is_light():
    program = (
        "import sys, lucky_analytics.cli; "
        "heavy = ('pandas', 'duckdb', 'ibis', 'altair', 'papermill', 'pyarrow'); "
        "print([module for module in heavy if module in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_notebooks_are_committed_without_outputs():
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert '"output_type"' not in text, path
        assert not re.search(r'"execution_count": \d', text), path
