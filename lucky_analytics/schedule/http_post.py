"""JSON posted to one address: encrypted unless it stays on this machine, and never to where it points on."""

from __future__ import annotations

import http.client
import json
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["LOOPBACK", "is_private", "post_json"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LARGEST = 1_000_000  # bytes of an answer that are read


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
    """The first megabyte of the answer. Raises ``urllib.error.HTTPError``, ``OSError`` or ``ValueError``; a
    redirect is an ``HTTPError``: what is carried is for one address."""
    data = json.dumps(body, ensure_ascii=False).encode()
    named = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    request = urllib.request.Request(url, data, named)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=seconds) as answer:
            return bytes(answer.read(_LARGEST))
    except http.client.HTTPException as error:  # what answers there is no web server, or ends in mid answer
        raise ConnectionError(type(error).__name__) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None
