"""``delivery.toml``: who gets mail and messages. Addresses stay in it, and it is never tracked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucky_analytics import declarations
from lucky_analytics.declarations import Block
from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.schedule.http_post import LOOPBACK, is_private
from lucky_analytics.schedule.wording import Endpoint
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings

__all__ = ["Channel", "Delivery", "Smtp", "load_delivery"]

SECURITY = ("starttls", "tls", "none")
KINDS = ("mail", "slack", "webhook")
_SAID = {"password": "password", "key": "key"}
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

    Printing it shows neither. ``key`` tells channels apart without saying where they lead: the same
    address keeps it wherever it stands in the file, and another address has another.
    """

    kind: str
    recipient: str
    address: str = field(default="", repr=False)
    url: Secret | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.kind} of {self.recipient}"

    @property
    def key(self) -> str:
        target = self.address or (f"{self.url.kind} {self.url.reference}" if self.url else "")
        return hashlib.sha256(f"{self.kind} {target}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Delivery:
    """The server for mail, each recipient's channels, where the portal is read (for links), and the language
    model that words reports (null: none does).

    ``faults`` says what of the file is wrong: a recipient that is has no channels. ``names`` is null when
    the file could not be read at all, so that nobody can say who is known.
    """

    recipients: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)
    smtp: Smtp | None = None
    site_url: str | None = None
    rewrite: Endpoint | None = None
    faults: tuple[LuckyError, ...] = ()
    is_read: bool = True

    @property
    def names(self) -> Collection[str] | None:
        return self.recipients if self.is_read else None

    def channel(self, recipient: str, key: str) -> Channel | None:
        """One channel by its key; null when that address is no longer declared for the recipient.

        ``#1`` is the second of the recipient's channels: what waited in an old file at that place while
        the recipient was wrong.
        """
        channels = self.recipients.get(recipient, ())
        if key.startswith("#"):
            return next(iter(channels[int(key[1:]) :]), None)
        return next((c for c in channels if c.key == key), None)


def load_delivery(settings: Settings) -> Delivery:
    """``delivery.toml``; nobody and nothing when there is no such file.

    What is wrong with one recipient, or with the server for mail, is a fault that costs only those; a
    secret that is written out, in place of a reference to it, is refused and not repeated.
    """
    path = settings.delivery_file
    if not settings.is_named(path) and not declarations.is_written(path):
        return Delivery(site_url=settings.site_url)
    try:
        body = declarations.read(path, by_entry=True)
        body.require_known(("recipients", "smtp", "rewrite"))
        if "recipients" in body.repeated:
            raise body.twice("recipients")
        declared = {
            name: body.get_as(name, Block, Block(path.name)) for name in ("recipients", "smtp", "rewrite")
        }
    except LuckyError as error:
        return Delivery(site_url=settings.site_url, faults=(error,), is_read=False)
    faults: list[LuckyError] = []
    tables: dict[str, Any] = {}
    for name, read_fields in (("smtp", _smtp), ("rewrite", _rewrite)):
        if name not in body:
            continue
        try:
            if name in body.repeated:
                raise body.twice(name)
            declared[name].require_sound()
            tables[name] = read_fields(declared[name], settings.root)
        except LuckyError as error:
            faults.append(error)
    people = declared["recipients"]
    built, wrong = declarations.each(
        people, lambda name, fields: (name, _channels(people, name, fields, settings.root))
    )
    recipients = dict.fromkeys(people, ()) | dict(built)
    if "smtp" not in body and any(c.kind == "mail" for channels in recipients.values() for c in channels):
        faults.append(
            ParameterError(path.name, expected="a table [smtp], because recipients have mail", got="none")
        )
    found = (*faults, *wrong.values())
    return Delivery(recipients, site_url=settings.site_url, faults=found, **tables)


def _smtp(fields: Block, root: Path) -> Smtp:
    forms: dict[str, type] = dict.fromkeys(("host", "sender", "security", "user", "ca"), str)
    forms |= {"port": int, "seconds": float}
    fields.require_known((*forms, "password"))
    for needed in ("host", "sender"):
        if not fields.get(needed):
            raise fields.wrong(needed, "a value", "none")
    given = {}
    for name, form in forms.items():
        if name in fields:
            given[name] = _without_value(fields, name, form)
    if given.get("ca"):
        given["ca"] = str(root / Path(given["ca"]).expanduser())
    secret = _reference(fields, "password", root) if "password" in fields else None
    smtp = Smtp(**given, secret=secret)
    if "@" not in smtp.sender or any(character in smtp.sender for character in "\r\n"):
        raise fields.wrong("sender", "an address like name@example.com", "another form")
    if not 0 < smtp.port < 65_536:
        raise fields.wrong("port", "1 to 65535", "another number")
    _require_patience(fields, smtp.seconds)
    if smtp.security not in SECURITY:
        raise fields.wrong("security", " or ".join(SECURITY), smtp.security)
    if smtp.security == "none" and smtp.host not in LOOPBACK:
        raise fields.wrong("security", "starttls or tls, because the server is another machine", "none")
    return smtp


def _rewrite(fields: Block, root: Path) -> Endpoint:
    fields.require_known(("url", "model", "notebooks", "key", "seconds"))
    url, model = (_without_value(fields, name, str) if fields.get(name) else "" for name in ("url", "model"))
    if not is_private(url):
        raise fields.wrong(
            "url", "an https address, or one of this machine", "another one" if url else "none"
        )
    if not model:
        raise fields.wrong("model", "a value", "none")
    named = fields.get("notebooks")
    if not isinstance(named, list) or not named or not all(isinstance(name, str) for name in named):
        raise fields.wrong("notebooks", "a list of names", "another form" if named else "none")
    key = _reference(fields, "key", root) if "key" in fields else None
    seconds = _without_value(fields, "seconds", float) if "seconds" in fields else Endpoint.seconds
    _require_patience(fields, seconds)
    return Endpoint(url, model, tuple(named), key, seconds)


def _require_patience(fields: Block, seconds: float) -> None:
    if not 0 < seconds <= 3600:
        raise fields.wrong("seconds", "above 0, at most 3600", "another number")


def _without_value(fields: Block, name: str, form: type) -> Any:
    """A value of that form; another form is refused without repeating it, since it may be a secret."""
    try:
        return fields.get_as(name, form, form())
    except ParameterError as error:
        raise fields.wrong(name, error.expected, "another form") from None


def _channels(people: Block, name: str, fields: Any, root: Path) -> tuple[Channel, ...]:
    if not isinstance(fields, Block) or not fields:
        raise people.wrong(name, "mail, slack or webhook", "nothing")
    fields.require_known(KINDS)
    mail = fields.get("mail", [])
    addresses = mail if isinstance(mail, list) else [mail]
    found: list[Channel] = []
    for address in addresses:
        if not isinstance(address, str) or address.count("@") != 1 or any(c in address for c in "\r\n<>, "):
            raise fields.wrong("mail", "addresses like name@example.com", "another form")
        found.append(Channel("mail", name, _with_ascii_domain(fields, address)))
    if "mail" in fields and not addresses:
        raise fields.wrong("mail", "addresses like name@example.com", "none")
    found += [Channel(kind, name, url=_reference(fields, kind, root)) for kind in KINDS[1:] if kind in fields]
    return tuple(dict.fromkeys(found))


def _with_ascii_domain(fields: Block, address: str) -> str:
    """An address whose domain every server understands: ``bücher.example`` as ``xn--bcher-kva.example``."""
    user, _, domain = address.partition("@")
    try:
        return f"{user}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise fields.wrong("mail", "addresses like name@example.com", "a domain that cannot be") from None


def _reference(fields: Block, name: str, root: Path) -> Secret:
    """``{env = NAME}``, ``{file = PATH}`` or ``{keyring = "service/name"}``."""
    given = fields[name]
    if not isinstance(given, dict) or len(given) != 1 or next(iter(given)) not in _REFERENCES:
        written = "the secret itself" if isinstance(given, str) else "another form"
        raise fields.wrong(name, 'a reference: { env = "NAME" }, { file = ... }', written)
    (kind, reference), *_ = given.items()
    if kind == "file":
        reference = str(root / Path(str(reference)).expanduser())
    return Secret(_REFERENCES[kind], str(reference), _SAID.get(name, "address of the webhook"))
