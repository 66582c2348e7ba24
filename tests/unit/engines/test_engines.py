"""Engines by name: what is missing is said in one line, and a run's name knows who computed it."""

from __future__ import annotations

import dataclasses
import importlib.util

import pytest
from click.testing import CliRunner

from lucky_analytics import engines, settings
from lucky_analytics.cli.options import engine_option
from lucky_analytics.engines import spark_engine
from lucky_analytics.errors import EngineError, LuckyError, UnknownNameError
from lucky_analytics.runs import identity
from lucky_analytics.settings import Settings

SPARK = dataclasses.replace(settings.load(), engine="spark", spark_url="local[2]")


def test_duckdb_is_the_default_and_no_part_of_a_runs_name():
    assert settings.load().engine == "duckdb" == engines.DEFAULT
    assert engines.require_engine(settings.load()) == ""
    assert engines.open_engine("duckdb", settings.load()).name == "duckdb"


def test_an_unknown_engine_is_refused_with_those_that_there_are():
    with pytest.raises(UnknownNameError, match=r"unknown engine 'sparc'.*spark"):
        engines.open_engine("sparc", SPARK)
    with pytest.raises(UnknownNameError, match="engine"):
        engines.require_engine(dataclasses.replace(SPARK, engine="oracle"))


def test_without_pyspark_one_line_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for ask in (engines.require_engine, spark_engine.open_engine):
        with pytest.raises(EngineError) as told:
            ask(SPARK)
        assert "expected pyspark" in str(told.value) and "make .venv-spark/.installed" in str(told.value)


def test_without_java_one_line_says_so_and_a_server_elsewhere_needs_none(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr("importlib.metadata.version", lambda name: "4.0.5")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match=r"expected Java 17 or 21.*set JAVA_HOME"):
        engines.require_engine(SPARK)
    elsewhere = dataclasses.replace(SPARK, spark_url="sc://spark.example.internal:15002")
    assert engines.require_engine(elsewhere) == "spark 4.0.5"
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert engines.require_engine(SPARK) == "spark 4.0.5"


def test_the_environment_chooses_engine_and_place(monkeypatch):
    monkeypatch.setenv("LUCKY_ENGINE", "spark")
    monkeypatch.setenv("LUCKY_SPARK_URL", "sc://spark.example.internal:15002")
    monkeypatch.setenv("LUCKY_SPARK_MEMORY", "8g")
    monkeypatch.setenv("LUCKY_SPARK_SNAPSHOTS", "s3a://lake/snapshots/")
    here = settings.load()
    assert (here.engine, here.spark_memory, here.spark_snapshots) == ("spark", "8g", "s3a://lake/snapshots")
    assert here.is_spark_remote and not SPARK.is_spark_remote
    monkeypatch.setenv("LUCKY_SPARK_URL", "sc://spark.example.internal:443/;token=hidden")
    with pytest.raises(LuckyError, match="LUCKY_SPARK_TOKEN") as told:
        settings.load()
    assert "hidden" not in str(told.value)


def test_parts_are_read_where_spark_finds_them(tmp_path):
    part = SPARK.snapshots_dir / "a" / "luckyus_opshop" / "t_shop_info" / "part-0.parquet"
    assert spark_engine.place_of(part, SPARK) == f"file://{part}"
    in_store = dataclasses.replace(SPARK, spark_snapshots="s3a://lake/snapshots")
    expected = "s3a://lake/snapshots/a/luckyus_opshop/t_shop_info/part-0.parquet"
    assert spark_engine.place_of(part, in_store) == expected


def test_the_option_holds_for_the_command_alone(monkeypatch):
    import click

    monkeypatch.delenv("LUCKY_ENGINE", raising=False)

    @click.command()
    @engine_option
    def show() -> None:
        click.echo(settings.load().engine)

    said = CliRunner().invoke(show, ["--engine", "spark"])
    assert said.output == "spark\n" and settings.load().engine == "duckdb"
    assert CliRunner().invoke(show, []).output == "duckdb\n"
    assert CliRunner().invoke(show, ["--engine", "oracle"]).exit_code == 2


def test_a_runs_name_depends_on_the_engine_only_where_tables_were_read():
    def name(engine: str, tables: dict[str, str]) -> str:
        return identity.run_id(
            notebook_hash="n",
            code="c",
            parameters={},
            tables=tables,
            definitions={},
            lock="l",
            engine=engine,
        )

    read = {"salesorder.t_order": "9f2c"}
    assert name("", read) != name("spark 4.0.5", read) != name("spark 4.1.0", read)
    assert name("", {}) == name("spark 4.0.5", {})


def test_settings_of_old_are_those_of_duckdb():
    """Whoever makes Settings by hand, as tests do, gets the default engine and no part of Spark."""
    plain = Settings(root=SPARK.root, data_dir=SPARK.data_dir, outputs_dir=SPARK.outputs_dir)
    assert (plain.engine, plain.spark_url, plain.spark_snapshots) == ("duckdb", "local[2]", None)
