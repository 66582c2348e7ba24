"""The documented proxy before an app, started for real: who signed in gets a session, others nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.browser.app_server import free_port, running, until

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "nginx-app.conf"


@pytest.fixture
def proxied(require, small_estate, tmp_path):
    """The app behind the example of the documentation: its address through the proxy, and the app itself."""
    program = require("nginx")
    options = ("--base-url", "/apps/site/", "--identity-header", "X-Lucky-User", "--pool", "0")
    with running("site_scoring", small_estate, *options) as app:
        port, digest = free_port(), hashlib.sha1(b"latte-1" + b"saltsalt").digest()
        (tmp_path / "users").write_text("ana:{SSHA}" + base64.b64encode(digest + b"saltsalt").decode() + "\n")
        text = EXAMPLE.read_text()
        replaced = {
            "listen 127.0.0.1:8080": f"listen 127.0.0.1:{port}",
            "http://127.0.0.1:8866": app.url.rstrip("/"),
            "/run/lucky-app.pid": str(tmp_path / "pid"),
            "/var/log/nginx/lucky-app.log": str(tmp_path / "log"),
            "/etc/nginx/lucky-app.users": str(tmp_path / "users"),
        }
        for theirs, ours in replaced.items():
            assert theirs in text
            text = text.replace(theirs, ours)
        (tmp_path / "nginx.conf").write_text(text)
        if os.geteuid() == 0:  # the worker reads as another user, through pytest's private folders
            for parent in [tmp_path, *tmp_path.parents][:3]:
                parent.chmod(0o755)
        command = [program, "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path), "-g", "daemon off;"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            try:
                for _ in range(100):
                    with socket.socket() as probe:
                        if probe.connect_ex(("127.0.0.1", port)) == 0:
                            break
                    time.sleep(0.05)
                yield f"http://127.0.0.1:{port}/apps/site/", app
            finally:
                server.terminate()
                server.wait(timeout=10)


def test_a_session_through_the_proxy_and_none_beside_it(proxied, chromium):
    address, app = proxied
    assert app.get("apps/site/lucky/health/0")[0] == 403  # nobody has said who is asking
    assert app.get("apps/site/lucky/health/0", **{"X-Lucky-User": "ana"})[0] == 200
    stranger = chromium.new_context()
    assert stranger.request.get(address, headers={"X-Lucky-User": "ana"}).status == 401
    stranger.close()
    context = chromium.new_context(http_credentials={"username": "ana", "password": "latte-1"})
    page = context.new_page()
    page.goto(address, wait_until="commit", timeout=60_000)
    page.locator(".skeleton, .summary").first.wait_for(timeout=10_000)
    page.wait_for_selector("[data-connected=yes]", timeout=120_000)
    before = page.evaluate("luckyApp.frame.result.together.net")
    page.locator("#lever-outside").fill("2")
    until(page, f"luckyApp.frame.result.together.net !== {before}", timeout=20_000)
    assert page.url.startswith(address) and "outside=2" in page.url
    context.close()
