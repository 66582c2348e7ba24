"""JSON posted to one address: encrypted unless it stays on this machine, and never to where it points on."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from lucky_analytics.time_limit import Limit

__all__ = ["LOOPBACK", "is_private", "post_json"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LARGEST = 1_000_000  # bytes of an answer that are read
_PATIENCE = 3  # times what one answer may take is the limit for the whole


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent there.

    >>> [is_private(url) for url in ("https://a.example/v1", "http://a.example", "http://127.0.0.1:8080")]
    [True, False, True]
    """
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and (
            parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        )
    except ValueError:
        return False


def post_json(
    url: str, body: Mapping[str, Any], seconds: float, headers: Mapping[str, str] | None = None
) -> bytes:
    """The first megabyte of the answer, which must begin within ``seconds`` and end within three times that.

    Raises ``urllib.error.HTTPError``, ``OSError`` or ``ValueError``; a redirect is an ``HTTPError``: what is
    carried is for one address.
    """
    data = json.dumps(body, ensure_ascii=False).encode()
    named = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    request = urllib.request.Request(url, data, named)
    with Limit(seconds * _PATIENCE) as limit:
        opener = urllib.request.build_opener(_NoRedirect, _Watched(limit), _WatchedTls(limit))
        try:
            with opener.open(request, timeout=seconds) as answer:
                found = bytes(answer.read(_LARGEST))
        except (http.client.HTTPException, OSError) as error:
            if limit.passed:
                raise TimeoutError("more than the whole may take") from None
            if isinstance(error, OSError):
                raise
            # what answers there is no web server, or ends in mid answer
            raise ConnectionError(type(error).__name__) from None
        if limit.passed:
            raise TimeoutError("more than the whole may take")
        return found


def _watching(kind: type[http.client.HTTPConnection], limit: Limit) -> Callable[..., Any]:
    """Connections of that kind, each under the limit once it is open."""

    class Connection(kind):  # type: ignore[valid-type, misc]
        def connect(self) -> None:
            super().connect()
            limit.watch(self.sock)

    return Connection


class _Watched(urllib.request.HTTPHandler):
    def __init__(self, limit: Limit) -> None:
        super().__init__()
        self._connection = _watching(http.client.HTTPConnection, limit)

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)


class _WatchedTls(urllib.request.HTTPSHandler):
    def __init__(self, limit: Limit) -> None:
        super().__init__()
        self._connection = _watching(http.client.HTTPSConnection, limit)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None
