"""Which names this machine is asked by: a page elsewhere can make a reader's browser ask by another."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

__all__ = ["is_foreign", "is_loopback"]


def is_loopback(host: str) -> bool:
    """Whether ``host`` is a name or an address of this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_foreign(host: str, origin: str | None, named: Collection[str]) -> bool:
    """Whether a request was sent to, or by a page of, a host that is neither loopback nor ``named``.

    ``host`` and ``origin`` are the headers as they came. A name that leads to this machine by somebody
    else's DNS (rebinding) shows here, because the browser sends the name that it was given.

    >>> is_foreign("127.0.0.1:8866", None, ()), is_foreign("evil.example", None, ())
    (False, True)
    """
    asked = [f"//{host}", *([] if origin is None else [origin])]
    return any(not _is_ours(address, named) for address in asked)


def _is_ours(address: str, named: Collection[str]) -> bool:
    try:
        name = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return False
    return is_loopback(name) or name in {each.lower() for each in named}
