"""``make test-spark``: finished notebooks, run by ``lucky run --engine spark``, with DuckDB's headlines."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lucky_analytics import settings
from tests import demo_suite
from tests.spark.same_rows import TOLERANCE

NOTEBOOKS = ("store_ramp_curves", "revenue_reconciliation", "price_elasticity")
# Fits go through many sums of floats and end where steps become small.
OF_FITS = 1e-6


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of the runs by engine; each command has ended, with all that it started."""
    made = {}
    for engine in ("duckdb", "spark"):
        made[engine] = tmp_path_factory.mktemp(engine)
        lucky(made[engine], "run", *NOTEBOOKS, "--engine", engine)
    return made


def lucky(outputs: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "LUCKY_HOME": str(settings.load().root),
        "LUCKY_DATA": str(demo_suite.manifest().folder.parents[1]),
        "LUCKY_OUTPUTS": str(outputs),
    }
    command = [sys.executable, "-m", "lucky_analytics.cli", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def read(outputs: Path, notebook: str, name: str) -> dict:
    (found,) = (outputs / "runs" / notebook).glob(f"*/{name}.json")
    return json.loads(found.read_text(encoding="utf-8"))


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_says_the_same_on_spark(outputs, notebook):
    said = {engine: read(folder, notebook, "results") for engine, folder in outputs.items()}
    one, other = ({line["name"]: line for line in said[engine]["headlines"]} for engine in said)
    assert one.keys() == other.keys() and len(one) > 2
    for name, line in one.items():
        assert line["n"] == other[name]["n"], name
        for end in ("value", "low", "high"):
            assert is_close(line[end], other[name][end]), (name, end, line[end], other[name][end])
    assert [each["text"] for each in said["duckdb"]["answer"]] == [
        each["text"] for each in said["spark"]["answer"]
    ]


def is_close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=OF_FITS, abs_tol=TOLERANCE)


@pytest.mark.full
def test_a_run_names_its_engine_and_another_is_not_taken_for_it(outputs):
    notebook = NOTEBOOKS[0]
    records = {engine: read(folder, notebook, "manifest") for engine, folder in outputs.items()}
    assert records["duckdb"]["engine"] == "" and records["spark"]["engine"].startswith("spark 4.")
    assert records["duckdb"]["run_id"] != records["spark"]["run_id"]
    page = next((outputs["spark"] / "runs" / notebook).glob("*/report.html")).read_text(encoding="utf-8")
    assert f"<code>{records['spark']['engine']}</code>" in page
    assert "skipped" in lucky(outputs["spark"], "run", notebook, "--engine", "spark")


@pytest.mark.full
def test_no_java_is_left_when_a_command_has_ended(outputs):
    mine = f"LUCKY_OUTPUTS={outputs['spark']}"
    left = [
        each.pid for each in psutil.process_iter(["name"]) if each.name() == "java" and mine in said_by(each)
    ]
    assert left == []


def said_by(process: psutil.Process) -> list[str]:
    try:
        return [f"{name}={value}" for name, value in process.environ().items()]
    except psutil.Error:
        return []
