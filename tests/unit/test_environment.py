"""environment.yml, the lock and pyproject.toml say the same."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

from tests.environment_file import locked_packages, render

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_environment_yml_equals_the_lock():
    assert (ROOT / "environment.yml").read_text(encoding="utf-8") == render(LOCK)


def test_every_package_of_the_lock_has_a_hash_and_no_address():
    pins = locked_packages(LOCK)
    assert len(pins) > 100
    assert LOCK.count("--hash=sha256:") >= len(pins)
    assert not re.search(r"https?://|--index-url|--find-links", LOCK)


def test_every_declared_dependency_is_locked_and_is_what_runs_here():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.match(r"[\w-]+", entry)[0] for entry in declared}
    locked = dict(pin.split(" ;")[0].strip().split("==") for pin in locked_packages(LOCK))
    assert names <= set(locked)
    for name in names:
        assert metadata.version(name) == locked[name], name


def test_the_lock_of_spark_has_the_extra_and_agrees_with_the_lock():
    text = (ROOT / "requirements-spark.lock").read_text(encoding="utf-8")
    beside = dict(pin.split(" ;")[0].split("==") for pin in locked_packages(text))
    locked = dict(pin.split(" ;")[0].split("==") for pin in locked_packages(LOCK))
    assert {name: beside[name] for name in beside.keys() & locked} == {
        name: locked[name] for name in beside.keys() & locked
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["spark"] == [f"pyspark[connect]=={beside['pyspark']}"]
    assert text.count("--hash=sha256:") >= len(beside) and not re.search(r"https?://", text)
