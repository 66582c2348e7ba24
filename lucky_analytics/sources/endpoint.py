"""Where one server is and how we may use it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lucky_analytics.errors import LuckyError, SourceError, UnknownNameError
from lucky_analytics.secrets import REFERENCES, Secret

__all__ = ["OPTIONS", "Endpoint", "find_option_faults", "parse", "require_sound"]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TLS = ("off", "on", "verify")
_KINDS = {
    "mysql": "mysql",
    "mariadb": "mysql",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "redis": "redis",
}
_SAID = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_PORTS = {"mysql": 3306, "postgresql": 5432, "redis": 6379}


@dataclass(frozen=True)
class Endpoint:
    """One server: kind (``mysql``, ``postgresql``, ``redis``), address, user, secret by reference, limits.

    ``tls`` is ``verify`` (certificate checked, against ``ca`` if given), ``on`` (encrypted only) or ``off``;
    by default ``verify``, and ``off`` on this machine itself unless ``ca`` is given. ``stall_seconds`` is how
    long the server may send nothing; ``statement_seconds`` how long one read may take in all, counted by the
    server. ``time_zone`` is the zone of the server's clock, and so of its datetimes, where it is not the one
    that the estate declares. ``schema`` is where a PostgreSQL database has its tables. Of a Redis server at
    most ``sample_keys`` keys are looked at, for at most ``sample_seconds``; ``nodes`` are the other nodes of
    its cluster, as ``host:port`` with commas between; ``key_words`` words that beginnings of its keys may be
    made of beside those that are known, with commas between.
    """

    host: str
    port: int = 3306
    user: str = ""
    secret: Secret | None = None
    tls: str = ""
    ca: str = ""
    time_zone: str = ""
    cut: str = ""
    allow_primary: bool = False
    allow_writes: bool = False
    connect_seconds: float = 10.0
    stall_seconds: float = 120.0
    statement_seconds: float = 3600.0
    attempts: int = 4
    max_bytes_per_second: float = 0.0
    schema: str = "public"
    nodes: str = ""
    key_words: str = ""
    sample_keys: int = 2000
    sample_seconds: float = 5.0
    kind: str = "mysql"

    def __post_init__(self) -> None:
        zone = self.time_zone
        checks = (
            ("tls", self.tls in ("", *_TLS), " or ".join(_TLS), self.tls),
            ("cut", not self.cut or self.cut_at is not None, "like 2026-02-14T12:00:00Z", self.cut),
            ("time_zone", not zone or _is_zone(zone), "like America/New_York", zone),
            (
                "ca",
                not self.ca or self.tls in ("", "verify"),
                'tls = "verify" with it',
                f'tls = "{self.tls}"',
            ),
            ("max_bytes_per_second", self.is_capped_well, "1000 or more", f"{self.max_bytes_per_second:g}"),
        )
        faults = [
            SourceError(f"{self.address}: {name}", expected=expected, got=got)
            for name, holds, expected, got in checks
            if not holds
        ]
        require_sound(f"source {self.address}", faults)

    @property
    def cut_at(self) -> dt.datetime | None:
        """``cut`` as an instant in UTC; ``None`` when there is none, or none that can be read."""
        try:
            at = dt.datetime.fromisoformat(self.cut)
        except ValueError:
            return None
        return at.astimezone(dt.UTC) if at.tzinfo else None

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def is_capped_well(self) -> bool:
        """Without a cap, or with one under which reading ends before long."""
        return not self.max_bytes_per_second or self.max_bytes_per_second >= 1000

    def place(self, local_name: str) -> str:
        """How errors name the server: by its source name and its address.

        >>> Endpoint("db.example").place("salesorder")
        'server salesorder at db.example:3306'
        """
        if local_name == self.address:
            return f"server {self.address}"
        return f"server {local_name} at {self.address}"

    def require_replica(self, at: str, is_replica: Callable[[], bool], replica: str = "a replica") -> None:
        """Raise ``SourceError`` for a primary, unless it is allowed: then nothing is asked.

        ``replica``: how to know one.

        >>> Endpoint("db.example", allow_primary=True).require_replica("db.example:3306", lambda: False)
        """
        if not self.allow_primary and not is_replica():
            raise SourceError(
                at,
                expected=replica,
                got="a primary",
                remedy="Give the replica's address, or allow_primary = true (--allow-primary)",
            )

    @property
    def tls_mode(self) -> str:
        return self.tls or ("off" if self.host in _LOOPBACK and not self.ca else "verify")


OPTIONS = tuple(
    field.name
    for field in dataclasses.fields(Endpoint)
    if field.name not in ("host", "port", "user", "secret", "kind")
)


def parse(url: str, options: dict[str, Any] | None = None, *, folder: Path | None = None) -> Endpoint:
    """The endpoint of a URL such as ``mysql://reader@host:3306?password_env=NAME``.

    ``options`` are further settings (a table of ``sources.toml``); the URL's own query wins. Relative
    paths of ``password_file`` and ``ca`` start at ``folder``. Raises ``SourceError`` for a URL of another
    kind and for a password written into it: command lines and files are read by others.

    >>> parse("mysql://reader@db.example:3307?password_env=DB_PASSWORD&tls=on").secret
    Secret(kind='password_env', reference='DB_PASSWORD')
    """
    parts, host, port = _split(url)
    given = {**(options or {}), **dict(parse_qsl(parts.query))}
    values, secret, faults = _read_options(given, f"{host}:{port}", folder)
    if values.get("ca"):
        values["ca"] = str(_absolute(values["ca"], folder))
    user = unquote(parts.username or "")
    try:
        found = Endpoint(host=host, port=port, user=user, secret=secret, kind=_KINDS[parts.scheme], **values)
    except SourceError as error:
        faults.append(error)
    require_sound(f"source {host}:{port}", faults)
    return found


def find_option_faults(options: dict[str, Any]) -> list[LuckyError]:
    """What is wrong with options whose URL is wrong itself, one error each.

    >>> [error.name for error in find_option_faults({"conect_seconds": 5, "schema": "x", "key_word": ""})]
    ['conect_seconds', 'key_word']
    """
    return _read_options(dict(options), "without a URL", None)[2]


def require_sound(where: str, faults: Sequence[LuckyError]) -> None:
    """Raises the one fault there is, or a ``SourceError`` that names all of them at once."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        said = "; ".join(str(fault).rstrip(".") for fault in faults)
        raise SourceError(where, got=f"{len(faults)} mistakes: {said}")


def _read_options(
    given: dict[str, Any], address: str, folder: Path | None
) -> tuple[dict[str, Any], Secret | None, list[LuckyError]]:
    """The options that stand, the secret, and what is wrong with the others."""
    values: dict[str, Any] = {}
    secret: Secret | None = None
    faults: list[LuckyError] = []
    try:
        secret = _secret(given, address, folder)
    except SourceError as error:
        faults.append(error)
        given = {name: value for name, value in given.items() if name not in ("password", *REFERENCES)}
    for name, value in given.items():
        try:
            values[name] = _typed(name, value)
        except LuckyError as error:
            faults.append(error)
    return values, secret, faults


def _split(url: str) -> tuple[SplitResult, str, int]:
    """The parts of a URL, its host and port.

    No part of a URL that is refused is ever shown: a password with ``/``, ``?`` or ``#`` in it moves into
    the host, the port, the path or the query.
    """
    form = "mysql://user@host:port (or postgresql://, redis://), and options as ?name=value"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SourceError("source URL", expected=form, got="one with another host or port") from None
    if parts.scheme not in _KINDS:
        raise SourceError("source URL", expected=form, got="one of another scheme")
    if parts.password is not None:
        raise SourceError(
            "source URL",
            expected="a reference to the password",
            got="a password in the URL",
            remedy="Use ?password_env=NAME or ?password_file=PATH",
        )
    beyond = parts.path.strip("/") or parts.fragment or ("@" in url and "@" not in parts.netloc)
    options = [part.partition("=") for part in parts.query.split("&") if part]
    if not host or beyond or not all(is_given and name for name, is_given, _ in options):
        raise SourceError("source URL", expected=form, got="one with something else after the port")
    return parts, host, port or _PORTS[_KINDS[parts.scheme]]


def _secret(given: dict[str, Any], address: str, folder: Path | None) -> Secret | None:
    if "password" in given:
        raise SourceError(
            f"source {address}",
            expected="a reference to the password",
            got="the password itself",
            remedy=f"Use one of {', '.join(REFERENCES)}",
        )
    found = [(kind, given.pop(kind)) for kind in REFERENCES if kind in given]
    if len(found) > 1:
        raise SourceError(
            f"source {address}", expected="one password reference", got=" and ".join(k for k, _ in found)
        )
    if not found:
        return None
    kind, reference = found[0]
    if not isinstance(reference, str) or not reference:
        raise SourceError(f"source {address}: {kind}", expected="its name as text", got="something else")
    return Secret(kind, str(_absolute(reference, folder)) if kind == "password_file" else reference)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _absolute(path: str, folder: Path | None) -> Path:
    expanded = Path(path).expanduser()
    return expanded if folder is None else folder / expanded


def _typed(name: str, value: Any) -> Any:
    """``value`` in the type of the option: query strings carry everything as text."""
    if name not in OPTIONS:
        raise UnknownNameError("source option", name, [*OPTIONS, *REFERENCES])
    default = getattr(Endpoint, name)
    try:
        if isinstance(default, bool):
            return value if isinstance(value, bool) else _SAID[value.lower()]
        if isinstance(default, str):
            return _text(value)
        number = type(default)(value if isinstance(value, (str, int, float)) else "")
    except (KeyError, ValueError, OverflowError, AttributeError) as error:
        expected = type(default).__name__
        raise SourceError(f"source option {name}", expected=expected, got=repr(value)) from error
    is_whole = not isinstance(value, float) or number == value
    if isinstance(value, bool) or not is_whole or not (0 < number < math.inf or number == default):
        raise SourceError(
            f"source option {name}", expected=f"{type(default).__name__} above 0", got=repr(value)
        )
    return number


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value
