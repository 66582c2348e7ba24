"""A private PostgreSQL server for one test session: own folder, own port, stopped by its process id."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg

from tests.services.mariadb import PASSWORD_VARIABLE, free_port


@dataclass
class Postgres:
    """A running server and its data folder. ``root`` is the URL of its administrator."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def root(self) -> str:
        return f"postgresql://admin@127.0.0.1:{self.port}?allow_primary=yes&allow_writes=yes"

    @property
    def reader(self) -> str:
        flags = f"allow_primary=yes&password_env={PASSWORD_VARIABLE}"
        return f"postgresql://lucky_read@127.0.0.1:{self.port}?{flags}"

    def execute(self, database: str, *statements: str) -> list[tuple]:
        """Run statements in ``database`` as the administrator; the rows of the last one."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="admin", dbname=database, autocommit=True
        ) as connection:
            for statement in statements:
                cursor = connection.execute(cast(LiteralString, statement))
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # fast: sessions are ended
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
        shutil.rmtree(self.folder.parent, ignore_errors=True)


def new_folder() -> Path:
    """A data folder that its server may write: it refuses to run as root, and below root's folders."""
    home = Path(tempfile.mkdtemp(prefix="lucky-postgres-"))
    if user := server_user():
        shutil.chown(home, user)
    return home / "data"


def install(initdb: str, folder: Path) -> Path:
    """An empty data folder; its administrator needs no password, everybody else does."""
    arguments = [initdb, "-D", str(folder), "-U", "admin", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(arguments, check=True, capture_output=True, user=server_user(), cwd="/")
    (folder / "pg_hba.conf").write_text(
        "host all,replication admin 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    )
    return folder


def start(program: str, folder: Path, **settings: Any) -> Postgres:
    """A server on a free port over a data folder that ``install`` made."""
    port = free_port()
    # Nothing here has to survive a power cut.
    chosen = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "shared_buffers": "16MB",
        "timezone": "UTC",
        "autovacuum": "off",
        **settings,
    }
    arguments = [program, "-D", str(folder)]
    arguments += [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    log = (folder.parent / "server.log").open("wb")
    process = subprocess.Popen(arguments, stdout=log, stderr=log, user=server_user(), cwd="/")
    server = Postgres(port, folder, process)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.execute("postgres", "SELECT 1")
            return server
        except psycopg.OperationalError:
            time.sleep(0.1)
    said = (folder.parent / "server.log").read_text()[-2000:]
    server.stop()
    raise RuntimeError(said)


def server_user() -> str | None:
    """Whom the server runs as: root may not."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
