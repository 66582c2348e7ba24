"""``lucky serve`` hands out the portal's files and nothing else."""

from __future__ import annotations

import http.client
import threading

import pytest

from lucky_analytics.publish import serving


@pytest.fixture
def ask(tmp_path):
    site = tmp_path / "site"
    (site / "assets").mkdir(parents=True)
    (site / "index.html").write_text("home")
    (tmp_path / "secret.txt").write_text("secret")
    (site / "out.txt").symlink_to(tmp_path / "secret.txt")
    (site / "all").symlink_to(tmp_path)
    with serving.make_portal_server(site, "127.0.0.1", 0, ("portal.example",)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ask(path, **headers):
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

        yield ask
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/index.html", 200),
        ("/assets/", 404),
        ("/assets", 301),
        ("/out.txt", 404),
        ("/all/secret.txt", 404),
        ("/../secret.txt", 404),
        ("/%2e%2e/secret.txt", 404),
        ("/index.html%00", 404),
        ("/" + "a" * 5000, 404),
    ],
)
def test_only_files_of_the_portal(ask, path, status):
    got, text = ask(path)
    assert got == status
    assert "secret" not in text or status == 404
    assert "Traceback" not in text


def test_a_foreign_host_or_origin_is_refused_unless_named(ask):
    assert ask("/", Host="evil.example")[0] == 403
    assert ask("/", Origin="https://evil.example")[0] == 403
    assert ask("/", Origin="null")[0] == 403
    assert ask("/", Host="localhost:8000")[0] == ask("/", Host="portal.example")[0] == 200


def test_every_wait_for_the_other_side_is_bounded():
    assert 0 < serving._Files.timeout <= 60
