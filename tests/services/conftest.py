"""Real MariaDB servers for the tests of this folder, and the settings of a temporary checkout."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lucky_analytics.settings import Settings
from tests.services import mariadb, postgres, redis_nodes


@pytest.fixture(scope="session")
def start_mariadb(
    require: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., mariadb.Mariadb]]:
    """Starts one more server with the given options; all are stopped at the end."""
    server_program = require("mariadbd", "mysqld")
    empty = mariadb.install(
        require("mariadb-install-db", "mysql_install_db"), tmp_path_factory.mktemp("mariadb") / "empty"
    )
    running: list[mariadb.Mariadb] = []

    def start(*options: str) -> mariadb.Mariadb:
        folder = tmp_path_factory.mktemp("mariadb") / "data"
        shutil.copytree(empty, folder)
        running.append(mariadb.start(server_program, folder, *options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def server(start_mariadb: Callable[..., mariadb.Mariadb]) -> mariadb.Mariadb:
    """A server that tests share; each uses databases of its own or replaces what it loads."""
    return start_mariadb()


@pytest.fixture(scope="session")
def start_postgres(require: Callable[..., str]) -> Iterator[Callable[..., postgres.Postgres]]:
    """Starts one more PostgreSQL server, over a data folder if given; all are stopped at the end."""
    server_program, initdb = require("postgres"), require("initdb")
    running: list[postgres.Postgres] = []

    def start(folder: Path | None = None, **settings: object) -> postgres.Postgres:
        data = folder or postgres.install(initdb, postgres.new_folder())
        running.append(postgres.start(server_program, data, **settings))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def postgres_server(start_postgres: Callable[..., postgres.Postgres]) -> postgres.Postgres:
    """A server that tests share; each uses databases of its own or replaces what it loads."""
    return start_postgres()


@pytest.fixture(scope="session")
def start_redis(
    require: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., redis_nodes.Redis]]:
    """Starts one more Redis server with the given options; all are stopped at the end."""
    program = require("redis-server")
    running: list[redis_nodes.Redis] = []

    def start(*options: str) -> redis_nodes.Redis:
        running.append(redis_nodes.start(program, tmp_path_factory.mktemp("redis"), *options))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a temporary checkout, with the reader's password in its variable."""
    monkeypatch.setenv(mariadb.PASSWORD_VARIABLE, mariadb.PASSWORD)
    return Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
