"""The example proxy of the documentation, started for real: nobody reaches another audience's folder."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from lucky_analytics.publish import publish_audiences
from tests.example_runs import make_settings, write_portal_runs

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nginx.conf"
PASSWORDS = {"ana": "latte-1", "omar": "mocha-2", "eve": "third-3"}
OPERATIONS = "/operations/store_ramp_curves/index.html"
MARKETING = "/marketing/churn_cohorts/index.html"


@pytest.fixture(scope="module")
def guard(require, tmp_path_factory):
    """The address of a running proxy, over the portals of the example runs."""
    program = require("nginx")
    folder = tmp_path_factory.mktemp("guard")
    settings = make_settings(folder)
    write_portal_runs(settings)
    declared = "leadership: everything\noperations: {departments: [operations]}\n"
    (settings.params_dir / "audiences.yml").write_text(declared)
    publish_audiences(settings)
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(own_paths(EXAMPLE.read_text(), folder, port))
    users = [f"{name}:{salted(password)}" for name, password in PASSWORDS.items()]
    (folder / "users").write_text("\n".join(users) + "\n")
    open_to_workers(folder)
    command = [program, "-c", str(configuration), "-p", str(folder), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=10)


def own_paths(example: str, folder: Path, port: int) -> str:
    """The documented file with this test's paths; every path must occur, else the example has changed."""
    replaced = {
        "127.0.0.1:8080": f"127.0.0.1:{port}",
        "/run/lucky-portal.pid": str(folder / "pid"),
        "/var/log/nginx/lucky-portal.log": str(folder / "log"),
        "/etc/nginx/lucky-portal.users": str(folder / "users"),
        "/srv/lucky/outputs": str(folder / "outputs"),
    }
    for theirs, ours in replaced.items():
        assert theirs in example
        example = example.replace(theirs, ours)
    return example


def salted(password: str) -> str:
    salt = b"saltsalt"
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def open_to_workers(folder: Path) -> None:
    """Started by root, the server reads as another user, who must get through pytest's private folders."""
    if os.geteuid() == 0:
        for parent in [folder, *folder.parents][:3]:
            parent.chmod(0o755)


def wait_for(port: int, server: subprocess.Popen) -> None:
    for _ in range(100):
        if server.poll() is not None:
            pytest.fail(f"nginx stopped: {server.stderr.read()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx does not listen")


def get(address: str, name: str | None = None, password: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(address)
    if name:
        pair = f"{name}:{password or PASSWORDS[name]}"
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def test_nobody_enters_without_a_password(guard):
    for address in ("/", OPERATIONS, "/nothing", "/.published.json"):
        assert get(guard + address)[0] in (401, 404)
    assert get(guard + "/")[0] == 401
    assert get(guard + "/", "ana", "wrong")[0] == 401


def test_each_person_gets_their_own_audience(guard):
    assert get(guard + OPERATIONS, "ana")[0] == 200
    assert get(guard + MARKETING, "ana")[0] == 200
    assert get(guard + OPERATIONS, "omar")[0] == 200
    assert get(guard + MARKETING, "omar")[0] == 404
    assert "churn" not in get(guard + "/index.html", "omar")[1].replace(
        'placeholder="store, plateau, churn"', ""
    )


def test_a_person_without_an_audience_gets_nothing(guard):
    assert get(guard + "/index.html", "eve")[0] == 404
    assert get(guard + OPERATIONS, "eve")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../leadership" + MARKETING,
        "/%2e%2e/leadership" + MARKETING,
        "/..%2fleadership" + MARKETING,
        "//leadership" + MARKETING,
        "/runs/../../leadership/index.html",
        "/.published.json",
    ],
)
def test_no_path_leads_to_another_folder_or_to_the_list_of_files(guard, path):
    status, text = get(guard + path, "omar")
    assert status in (400, 404)
    assert "cohorts" not in text
