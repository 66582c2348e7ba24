"""Who gets an answer from an app without a login, and how long a seat without a page is kept."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import tornado.httputil
from tornado.routing import Rule
from tornado.testing import AsyncHTTPTestCase
from tornado.web import Application, HTTPError, RequestHandler

from lucky_analytics.apps import kernels
from lucky_analytics.apps.handlers import Alive, Foreign, FromForeignHost, NoPath, NotFound, _read_json
from lucky_analytics.hosts import is_foreign


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("127.0.0.1:8866", None, False),
        ("localhost", "http://localhost:8866", False),
        ("[::1]:8866", None, False),
        ("App.Example:8866", "https://app.example", False),
        ("evil.example", None, True),
        ("127.0.0.1.evil.example", None, True),
        ("localhost.evil.example:80", None, True),
        ("127.0.0.1", "https://evil.example", True),
        ("127.0.0.1", "null", True),
        ("", None, True),
        ("[bad", None, True),
        ("user@evil.example", None, True),
    ],
)
def test_which_hosts_are_foreign(host, origin, expected):
    assert is_foreign(host, origin, ("app.example",)) is expected


class _Page(RequestHandler):
    def get(self) -> None:
        self.finish("page")


class TestForeign(AsyncHTTPTestCase):
    def get_app(self):
        application = Application([("/lucky/alive", Alive), ("/(.*)", _Page)])
        application.default_router.rules.insert(0, Rule(FromForeignHost(()), Foreign))
        application.default_router.rules.insert(0, Rule(NoPath(), NotFound))
        return application

    def ask(self, path="/lucky/alive", **headers):
        return self.fetch(path, headers=tornado.httputil.HTTPHeaders(headers))

    def test_a_probe_is_answered_and_foreign_hosts_are_not(self):
        assert self.ask().body == b'{"alive": true}'
        assert self.ask(Host="evil.example").code == 403
        assert self.ask("/api/kernels/x/channels", Origin="http://evil.example").code == 403

    def test_an_address_that_no_file_can_have_is_not_found(self):
        assert self.ask("/lucky/parts/%00.js").code == 404


@pytest.mark.parametrize("sent", [b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused_in_one_line(sent):
    with pytest.raises(HTTPError, match="HTTP 400: Bad Request"):
        _read_json(SimpleNamespace(request=SimpleNamespace(body=sent)))
    assert _read_json(SimpleNamespace(request=SimpleNamespace(body=b"[1]"))) == [1]
    assert _read_json(SimpleNamespace(request=SimpleNamespace(body=b""))) is None


class _Seats(kernels.AppKernels):
    """The sweep over three sessions that are only names."""

    def __init__(self) -> None:
        self._empty_since = {}
        self.ended: list[str] = []
        self.states = {"empty": "idle", "open": "idle", "making": "busy", "warm": "idle"}
        self._kernel_connections = {"open": 1}
        done = asyncio.get_running_loop().create_future()
        done.set_result({"kernel_id": "warm"})
        self._pools = {"app": [done]}

    def list_kernel_ids(self):
        return [name for name in self.states if name not in self.ended]

    def get_kernel(self, kernel_id):
        return SimpleNamespace(execution_state=self.states[kernel_id])

    async def shutdown_kernel(self, kernel_id, now=False):
        self.ended.append(kernel_id)


def test_a_seat_without_a_page_is_free_within_a_minute(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(kernels.time, "monotonic", lambda: clock[0])

    async def sweep():
        seats = _Seats()
        while clock[0] < 60:
            await seats.free_empty_seats()
            clock[0] += kernels.SWEEP_SECONDS
        return seats.ended

    with ThreadPoolExecutor(1) as pool:  # a browser test before this one leaves its loop running here
        assert pool.submit(asyncio.run, sweep()).result() == ["empty"]
