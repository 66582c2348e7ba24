"""A private Redis server for one test session: own folder, own port, stopped by its process id."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from lucky_analytics.sources.redis_server import ACL
from tests.services.mariadb import PASSWORD, PASSWORD_VARIABLE, free_port


@dataclass
class Redis:
    """A running server; ``port`` speaks without TLS."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def client(self) -> redis.Redis:
        """Its administrator."""
        return redis.Redis(host="127.0.0.1", port=self.port, protocol=2)

    @property
    def reader(self) -> str:
        flags = f"allow_primary=yes&password_env={PASSWORD_VARIABLE}"
        return f"redis://lucky_read@127.0.0.1:{self.port}?{flags}"

    @property
    def strict_reader(self) -> str:
        """Without the flag that allows a primary."""
        return self.reader.replace("allow_primary=yes&", "")

    def give_rights(self, *more: str) -> None:
        """The reader of the documentation, with ``more`` than that."""
        rules = ["reset", "on", f">{PASSWORD}", *ACL.split(), *more]
        self.client.execute_command("ACL", "SETUSER", "lucky_read", *rules)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)


def start(program: str, folder: Path, *options: str) -> Redis:
    """A server on a free port that keeps nothing, with its reader."""
    port = next(port for port in iter(free_port, 0) if port < 55_000)  # a cluster's own is 10,000 higher
    arguments = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    arguments += ["--appendonly", "no", *options]
    with (folder / "server.log").open("wb") as log:
        server = Redis(port, subprocess.Popen(arguments, stdout=log, stderr=log))
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            server.give_rights()
            return server
        except redis.exceptions.ConnectionError:
            time.sleep(0.05)
    server.stop()
    raise RuntimeError((folder / "server.log").read_text()[-2000:])
