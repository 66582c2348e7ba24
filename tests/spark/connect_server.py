"""``make test-spark``: a table and a metric through Spark Connect, from a server that is only an address."""

from __future__ import annotations

import dataclasses
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest

from lucky_analytics import engines, metrics, settings
from lucky_analytics.catalog import TABLES, Suite
from lucky_analytics.errors import EngineError
from tests import demo_suite
from tests.spark.same_rows import find_differences

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
PATIENCE = 240  # seconds until it answers, on a busy machine


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on this machine, which ends by its process group."""
    port, folder = free_port(), tmp_path_factory.mktemp("connect")
    options = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": folder,
        "spark.sql.shuffle.partitions": 4,
        "spark.ui.enabled": "false",
    }
    words = [word for name, value in options.items() for word in ("--conf", f"{name}={value}")]
    submit = Path(pyspark.__file__).parent / "bin" / "spark-submit"
    command = [
        submit,
        "--master",
        "local[2]",
        "--driver-memory",
        "2g",
        *words,
        "--class",
        SERVER,
        "spark-internal",
    ]
    with (folder / "said.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    try:
        wait_for(port, server)
        yield f"sc://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail("the server of Spark Connect did not start")


@pytest.mark.timeout(900)
def test_a_table_and_metrics_are_the_same_through_a_server(url, monkeypatch):
    monkeypatch.setenv("LUCKY_SPARK_URL", url)
    far, near = Suite(demo_suite.manifest(), engine="spark"), Suite(demo_suite.manifest(), engine="duckdb")
    assert find_differences(near.stores, far.stores, TABLES["stores"].key) == []
    one, other = (metrics.aggregate(suite, ["orders", "aov"], by=["store_id"]) for suite in (near, far))
    assert find_differences(one, other, ["store_id"]) == []
    far.engine.connection.disconnect()


@pytest.mark.timeout(300)
def test_a_server_that_is_not_there_is_one_line():
    nowhere = dataclasses.replace(settings.load(), spark_url=f"sc://127.0.0.1:{free_port()}")
    with pytest.raises(EngineError, match=r"Spark Connect at 127\.0\.0\.1") as told:
        engines.open_engine("spark", nowhere)
    assert "\n" not in str(told.value)
