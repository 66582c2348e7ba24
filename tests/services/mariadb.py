"""A private MariaDB server for one test session: own folder, own port, stopped by its process id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pymysql

PASSWORD_VARIABLE = "LUCKY_TEST_READER_PASSWORD"
PASSWORD = "reader-secret-4711"


@dataclass
class Mariadb:
    """A running server. ``root`` is the URL of its administrator."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def root(self) -> str:
        return f"mysql://root@127.0.0.1:{self.port}?allow_primary=yes&allow_writes=yes"

    @property
    def reader(self) -> str:
        return f"mysql://lucky_read@127.0.0.1:{self.port}?allow_primary=yes&password_env={PASSWORD_VARIABLE}"

    def execute(self, *statements: str) -> list[tuple]:
        """Run statements as the administrator; the rows of the last one."""
        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", autocommit=True, charset="utf8mb4"
        )
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def kill(self) -> None:
        """As a crash would: no goodbye to anybody."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def install(program: str, folder: Path) -> Path:
    """An empty data folder."""
    arguments = [program, "--no-defaults", f"--datadir={folder}", "--skip-test-db"]
    arguments += ["--auth-root-authentication-method=normal", *_as_user()]
    subprocess.run(arguments, check=True, capture_output=True)
    return folder


def start(program: str, folder: Path, *options: str) -> Mariadb:
    """A server on a free port over a data folder that ``install`` made."""
    port = free_port()
    arguments = [
        program,
        "--no-defaults",
        f"--datadir={folder}",
        f"--socket={folder}/server.sock",
        f"--pid-file={folder}/server.pid",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        "--default-time-zone=+00:00",  # whatever the zone of this machine
        # Nothing here has to survive a power cut.
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-flush-method=nosync",
        "--innodb-doublewrite=OFF",
        "--sync-frm=OFF",
        "--innodb-buffer-pool-size=64M",
        "--performance-schema=OFF",
        *_as_user(),
        *options,
    ]
    log = folder.with_suffix(".log").open("wb")
    server = Mariadb(port, subprocess.Popen(arguments, stdout=log, stderr=log))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            server.execute("SELECT 1")
            return server
        except pymysql.err.OperationalError:
            time.sleep(0.1)
    server.stop()
    raise RuntimeError(folder.with_suffix(".log").read_text()[-2000:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _as_user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
