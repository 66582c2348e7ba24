"""``delivery.toml``: who gets mail and messages. Addresses stay in it, and it is never tracked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings

__all__ = ["Channel", "Delivery", "Smtp", "load_delivery"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
SECURITY = ("starttls", "tls", "none")
KINDS = ("mail", "slack", "webhook")
_REFERENCES = {"env": "password_env", "file": "password_file", "keyring": "keyring"}


@dataclass(frozen=True)
class Smtp:
    """The server that takes mail. ``security`` is ``starttls``, ``tls``, or ``none`` on this machine only;
    ``ca`` a file of certificates to trust."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    secret: Secret | None = None
    ca: str = ""
    seconds: float = 20.0


@dataclass(frozen=True)
class Channel:
    """One way to one reader: an address of mail, or the URL of a webhook by reference.

    Printing it shows neither.
    """

    kind: str
    recipient: str
    number: int
    address: str = field(default="", repr=False)
    url: Secret | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.kind} of {self.recipient}"


@dataclass(frozen=True)
class Delivery:
    """The server for mail, each recipient's channels, and where the portal is read (for links)."""

    recipients: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)
    smtp: Smtp | None = None
    site_url: str | None = None

    def channel(self, recipient: str, number: int) -> Channel | None:
        """One channel; null when it is no longer declared."""
        channels = self.recipients.get(recipient, ())
        return channels[number] if number < len(channels) else None


def load_delivery(settings: Settings) -> Delivery:
    """``delivery.toml``; nobody and nothing when there is no such file.

    Raises ``ParameterError`` or ``UnknownNameError`` naming table and field; a secret that is written
    out, in place of a reference to it, is refused and not repeated.
    """
    path = settings.delivery_file
    if not path.is_file():
        return Delivery(site_url=settings.site_url)
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(path.name, expected="TOML", got=str(error)) from error
    _require_known(path.name, body, ("recipients", "smtp"))
    for name, table in body.items():
        if not isinstance(table, dict):
            raise ParameterError(f"{path.name} [{name}]", expected="a table", got="another form")
    smtp = _smtp(body["smtp"], settings.root) if "smtp" in body else None
    declared = body.get("recipients", {})
    recipients = {name: _channels(name, fields, settings.root) for name, fields in declared.items()}
    if smtp is None and any(c.kind == "mail" for channels in recipients.values() for c in channels):
        raise ParameterError(path.name, expected="a table [smtp], because recipients have mail", got="none")
    return Delivery(recipients, smtp, settings.site_url)


def _smtp(fields: dict[str, Any], root: Path) -> Smtp:
    where = "delivery.toml [smtp]"
    texts, numbers = ("host", "sender", "security", "user", "ca"), ("port", "seconds")
    _require_known(where, fields, (*texts, *numbers, "password"))
    for needed in ("host", "sender"):
        if not fields.get(needed):
            raise ParameterError(f"{where}, {needed}", expected="a value", got="none")
    given = {name: value for name, value in fields.items() if name != "password"}
    for name, value in given.items():
        if not isinstance(value, str if name in texts else int if name == "port" else int | float):
            wanted = "a text" if name in texts else "a number"
            raise ParameterError(f"{where}, {name}", expected=wanted, got="another form")
    if given.get("ca"):
        given["ca"] = str(root / Path(given["ca"]).expanduser())
    secret = _reference(f"{where}, password", fields["password"], root) if "password" in fields else None
    smtp = Smtp(**given, secret=secret)
    if smtp.security not in SECURITY:
        raise ParameterError(f"{where}, security", expected=" or ".join(SECURITY), got=smtp.security)
    if smtp.security == "none" and smtp.host not in LOOPBACK:
        raise ParameterError(
            f"{where}, security",
            expected="starttls or tls, because the server is another machine",
            got="none",
        )
    return smtp


def _channels(name: str, fields: Any, root: Path) -> tuple[Channel, ...]:
    where = f"delivery.toml [recipients.{name}]"
    if not isinstance(fields, dict) or not fields:
        raise ParameterError(where, expected="mail, slack or webhook", got="nothing")
    _require_known(where, fields, KINDS)
    mail = fields.get("mail", [])
    addresses = mail if isinstance(mail, list) else [mail]
    found: list[dict[str, Any]] = []
    for address in addresses:
        if not isinstance(address, str) or address.count("@") != 1 or any(c in address for c in "\r\n<>, "):
            raise ParameterError(
                f"{where}, mail", expected="addresses like name@example.com", got="another form"
            )
        found.append({"kind": "mail", "address": address})
    for kind in KINDS[1:]:
        if kind in fields:
            found.append({"kind": kind, "url": _reference(f"{where}, {kind}", fields[kind], root)})
    return tuple(Channel(recipient=name, number=number, **each) for number, each in enumerate(found))


def _reference(where: str, given: Any, root: Path) -> Secret:
    """``{env = NAME}``, ``{file = PATH}`` or ``{keyring = "service/name"}``."""
    if not isinstance(given, dict) or len(given) != 1 or next(iter(given)) not in _REFERENCES:
        written = "the secret itself" if isinstance(given, str) else "another form"
        raise ParameterError(where, expected='a reference: { env = "NAME" }, { file = ... }', got=written)
    (kind, reference), *_ = given.items()
    if kind == "file":
        reference = str(root / Path(str(reference)).expanduser())
    return Secret(_REFERENCES[kind], str(reference))


def _require_known(where: str, fields: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in fields:
        if name not in known:
            raise UnknownNameError(f"field of {where}", name, known)
