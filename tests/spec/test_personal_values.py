"""No person of the demo is in a snapshot or on a published page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lucky_analytics import demo as demo_estate
from lucky_analytics import estate, publish, settings, snapshot
from lucky_analytics.runs import batch
from lucky_analytics.settings import Settings
from lucky_analytics.sources import demo
from tests.notebook_cells import OPENING, write_notebook

PERSONAL = ("contact", "address", "device", "card")
# What personal values of the demo look like: mail, telephones, tokens of cards and payers, full names.
SHAPES = re.compile(
    r"(?<![\w.])[\w.]{1,64}@[\w.-]{1,64}"
    r"|\+1 \d{3} \d{3} \d{4}(?: x\d+)?"
    r"|\b(?:pm|cus|rk)_\d{6,}\b"
    r"|\b[A-Z][a-z]{1,20} [A-Z][a-z]{1,20}\b"
)


def personal_values(demo_dir: Path) -> set[str]:
    """Every value of a personal column of the demo, as text."""
    values: set[str] = set()
    for database in estate.load().databases.values():
        for table in database.tables.values():
            path = demo_dir / database.name / f"{table.name}.parquet"
            names = [name for name, column in table.columns.items() if column.personal in PERSONAL]
            if names and path.is_file():
                for column in pq.read_table(path, columns=names).columns:
                    values.update(filter(None, pc.unique(column.cast(pa.string())).to_pylist()))
    return values


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("personal")
    where = Settings(root=root, data_dir=root / "data", outputs_dir=root / "outputs")
    demo_estate.build_estate(where.demo_dir, scale=0.01)
    return where


def texts(manifest: snapshot.Manifest) -> Iterator[tuple[str, set[str]]]:
    """Every text column of a snapshot with its distinct values."""
    for name in manifest.tables:
        table = pq.read_table(manifest.paths(*name.split(".")))
        for column in table.column_names:
            if pa.types.is_string(table.schema.field(column).type):
                yield f"{name}.{column}", set(pc.unique(table.column(column)).to_pylist())


def test_no_personal_value_of_the_demo_is_in_its_snapshot(tiny: Settings):
    planted = personal_values(tiny.demo_dir)
    assert len(planted) > 1000
    taken = snapshot.take(demo.connect(tiny.demo_dir), settings=tiny)
    leaked = {column: sorted(found)[:3] for column, values in texts(taken) if (found := values & planted)}
    assert leaked == {}


def test_the_search_would_find_every_value(tiny: Settings):
    planted = personal_values(tiny.demo_dir)
    missed = [value for value in sorted(planted) if SHAPES.findall(f"<p>{value}</p>") != [value]]
    assert missed == []


SHOW_EVERYTHING = """\
for name in ("customers", "payments", "machines", "stores"):
    report.table(suite.table(name).limit(300).execute(), name, name, "<table></table>")
people = suite.source("salescrm").t_user.limit(300).execute()
report.table(people, "people", "People", people.to_html())"""


def searched(outputs: Path, planted: set[str]) -> int:
    """How many published files were searched; fails at the first that names a person."""
    kinds = {".html", ".js", ".json", ".csv", ".ipynb", ".xml"}
    pages = [
        path for path in outputs.rglob("*") if path.suffix in kinds and not path.name.startswith("vega-")
    ]
    for page in pages:
        found = set(SHAPES.findall(page.read_text(encoding="utf-8", errors="replace"))) & planted
        assert not found, f"{page}: {sorted(found)[:3]}"
    return len(pages)


def test_a_page_that_shows_raw_rows_of_people_names_nobody(tiny: Settings, monkeypatch: pytest.MonkeyPatch):
    (tiny.root / "params").mkdir()
    monkeypatch.setenv("LUCKY_HOME", str(tiny.root))
    write_notebook(tiny.notebooks_dir / "marketing" / "people.ipynb", OPENING, SHOW_EVERYTHING)
    snapshot.take(demo.connect(tiny.demo_dir), settings=tiny)
    (outcome,) = batch.run_notebooks([], tiny)
    assert outcome.action == "ran", outcome.reason
    publish.publish(tiny)
    assert searched(tiny.outputs_dir, personal_values(tiny.demo_dir)) > 20


def test_no_personal_value_is_on_a_page_that_is_published_here():
    where = settings.load()
    if (
        where.demo_dir.is_dir()
    ):  # whatever is there: nothing on a fresh machine, every report after make reports
        searched(where.outputs_dir, personal_values(where.demo_dir))
