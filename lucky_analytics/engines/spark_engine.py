"""Apache Spark: in processes of this machine, or a cluster by its address (Spark Connect)."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir

from lucky_analytics.errors import EngineError
from lucky_analytics.settings import Settings, environment_value

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["SparkEngine", "open_engine", "place_of", "require_engine"]

_FOLDERS = "lucky-spark-"
_PORT = 15002  # of Spark Connect, where the address has none
_REMEDY = "Install it beside the suite (make .venv-spark/.installed, or pip install 'lucky-analytics[spark]')"
# Times without a zone are UTC, as sources write them; a text that is no number is an error, as in DuckDB.
_SESSION = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


class SparkEngine:
    """One session. Kept tables lie in the executors' memory, or on their disk, as long as it lives.

    Several tasks add floating-point numbers in whatever order they end: the last digit of a sum may differ
    from DuckDB's and from one run to the next.
    """

    name = "spark"

    def __init__(self, settings: Settings) -> None:
        session = _connect(settings)
        from lucky_analytics.engines.spark_backend import SparkBackend

        self._settings = settings
        for option, value in _SESSION.items():
            session.conf.set(option, value)
        SparkBackend.register_options()  # as ibis.pyspark does
        self.connection = SparkBackend().connect(session)
        self._session = session
        self.versions = (ibis.__version__, f"spark {session.version}")

    def to_sql(self, expression: ir.Expr) -> str:
        return str(self.connection.compile(expression, pretty=True))

    def read_parts(self, name: str, paths: Sequence[Path]) -> ir.Table:
        frame = self._session.read.parquet(*(place_of(path, self._settings) for path in paths))
        frame.createOrReplaceTempView(name)
        return self.connection.table(name)

    def create_view(self, name: str, built: ir.Table) -> ir.Table:
        return self.connection.create_view(name, built, overwrite=True)

    def keep_table(self, name: str, built: ir.Table, file: Path) -> ir.Table:
        self.create_view(name, built)
        return self.connection.keep(name, self._session.table(name))

    def query(self, sql: str) -> ir.Table:
        return self.connection.sql(sql, dialect="duckdb")


def open_engine(settings: Settings) -> SparkEngine:
    """A session of its own. Raises ``EngineError`` where Spark is not installed, does not start or answer."""
    return SparkEngine(settings)


def require_engine(settings: Settings) -> str:
    """``"spark 4.0.5"``, where it can be started. Raises ``EngineError`` where pyspark or Java is missing.

    Looks and starts nothing.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise EngineError("engine spark", expected="pyspark", got="it is not installed", remedy=_REMEDY)
    if not settings.is_spark_remote and _java() is None:
        raise EngineError(
            "engine spark",
            expected="Java 17 or 21",
            got="no java on the PATH and no JAVA_HOME",
            remedy="Install it (apt-get install openjdk-17-jre-headless) or set JAVA_HOME",
        )
    return f"spark {importlib.metadata.version('pyspark')}"


def place_of(path: Path, settings: Settings) -> str:
    """Where Spark finds a part of a snapshot: there, or under the same name in the store that it reads."""
    if settings.spark_snapshots is None:
        return f"file://{path}"
    return f"{settings.spark_snapshots}/{path.relative_to(settings.snapshots_dir)}"


def _java() -> str | None:
    home = environment_value("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None)


def _connect(settings: Settings) -> SparkSession:
    require_engine(settings)
    return _reach(settings.spark_url) if settings.is_spark_remote else _start(settings).newSession()


def _reach(url: str) -> SparkSession:
    """A session of a server. Asked plainly first: its own client tries a dead one for many minutes."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    place = urlsplit(url)
    token = environment_value("LUCKY_SPARK_TOKEN")
    try:
        socket.create_connection((place.hostname or "", place.port or _PORT), timeout=10).close()
        own = f"{url.rstrip('/')}/;token={token}" if token else url
        session: SparkSession = SparkSession.builder.remote(own).create()
    except (OSError, PySparkException) as error:
        raise EngineError(
            f"Spark Connect at {place.hostname}", expected="a server that answers", got=str(error)
        ) from error
    return session


def _start(settings: Settings) -> SparkSession:
    """The Spark of this process, started when there is none. Its Java ends when this process does."""
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkException
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is not None:
        return SparkSession(SparkContext._active_spark_context)
    folder = _own_folder()
    conf = SparkConf(loadDefaults=False).setAll(
        [
            ("spark.master", settings.spark_url),
            ("spark.app.name", "lucky_analytics"),
            ("spark.driver.memory", settings.spark_memory),
            ("spark.driver.extraJavaOptions", f"-Djava.io.tmpdir={folder}"),
            ("spark.local.dir", str(folder)),
            ("spark.sql.shuffle.partitions", "4"),  # more are for clusters: one of no rows costs time, too
            ("spark.sql.warehouse.dir", f"{folder}/warehouse"),
            ("spark.ui.enabled", "false"),
            ("spark.ui.showConsoleProgress", "false"),
            ("spark.log.level", "ERROR"),
        ]
    )
    if settings.spark_url.startswith("local"):  # nobody else is to reach it, and it needs no network
        conf.set("spark.driver.host", "127.0.0.1").set("spark.driver.bindAddress", "127.0.0.1")
    said = folder / "java.log"
    with said.open("wb") as log:
        try:
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log})
            context = SparkContext(conf=conf, gateway=gateway)
        except (PySparkException, OSError) as error:
            lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise EngineError(
                "Spark", expected=f"to start as {settings.spark_url}", got=(lines or [str(error)])[-1]
            ) from error
    return SparkSession(context)


def _own_folder() -> Path:
    """For what Java spills; those of processes that were killed are removed."""
    here = Path(tempfile.gettempdir())
    for folder in here.glob(f"{_FOLDERS}*-*"):
        owner = folder.name.removeprefix(_FOLDERS).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists() and folder.stat().st_uid == os.getuid():
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_FOLDERS}{os.getpid()}-", dir=here))
