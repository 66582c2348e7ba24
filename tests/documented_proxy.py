"""A proxy started from an example of the documentation, with a test's own paths, ports and people."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.services.mariadb import free_port

__all__ = ["documented_proxy"]


@contextlib.contextmanager
def documented_proxy(
    program: str, example: Path, folder: Path, people: Mapping[str, str], replaced: Mapping[str, str]
) -> Iterator[str]:
    """The address of nginx on ``example`` while the block runs; ``people``: names and passwords.

    ``replaced``: what the example says and what the test has in its place, besides the port it listens on,
    its process id and the file of people. Everything must occur, else the example has changed.
    """
    port, name = free_port(), example.read_text().split("/etc/nginx/", 1)[1].split(".users", 1)[0]
    own = {
        "listen 127.0.0.1:8080": f"listen 127.0.0.1:{port}",
        f"/run/{name}.pid": str(folder / "pid"),
        f"/var/log/nginx/{name}.log": str(folder / "log"),
        f"/etc/nginx/{name}.users": str(folder / "users"),
    }
    text = example.read_text()
    for theirs, ours in (own | dict(replaced)).items():
        assert theirs in text, f"{theirs} is not in {example.name} any more"
        text = text.replace(theirs, ours)
    (folder / "nginx.conf").write_text(text)
    (folder / "users").write_text("".join(f"{who}:{_salted(word)}\n" for who, word in people.items()))
    if os.geteuid() == 0:  # its workers read as another user, who must get through pytest's private folders
        shared = Path(tempfile.gettempdir()).resolve()
        for private in [folder, *folder.parents]:
            if shared in private.resolve().parents:
                private.chmod(0o755)
    command = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)


def _salted(password: str) -> str:
    salt = b"saltsalt"
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


def _wait_for(port: int, server: subprocess.Popen) -> None:
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"nginx stopped: {server.stderr.read()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")
