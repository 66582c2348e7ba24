"""Where messages go, before one is sent: a reference that leads nowhere reaches nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lucky_analytics.errors import DeliveryError, LuckyError
from lucky_analytics.schedule.entries import Entry
from lucky_analytics.schedule.http_post import is_private
from lucky_analytics.schedule.recipients import Channel, Delivery
from lucky_analytics.schedule.rules import Rule
from lucky_analytics.secrets import Secret

__all__ = ["find_unreached", "read_password", "read_url"]


def read_url(channel: Channel) -> str:
    """The address of a webhook. Raises ``DeliveryError`` that names what is missing, and no part of it."""
    if channel.url is None:
        raise DeliveryError(str(channel), expected="a URL by reference", got="none", is_lasting=True)
    url = _reveal(channel, channel.url)
    if not is_private(url):
        got = url.partition("://")[0] if "://" in url else "no URL"
        raise DeliveryError(str(channel), expected="an https URL", got=got, is_lasting=True)
    return url


def read_password(channel: Channel, secret: Secret) -> str:
    """The password of the server for mail. Raises ``DeliveryError``."""
    return _reveal(channel, secret)


def find_unreached(
    delivery: Delivery, entries: Sequence[Entry] = (), rules: Sequence[Rule] = ()
) -> list[LuckyError]:
    """An error for each way to a reader that leads nowhere now: a variable that is not set, say.

    Only of readers that an entry or a rule names; in the order of ``delivery.toml``.

    >>> [str(error) for error in find_unreached(delivery, schedule.entries)]          # doctest: +SKIP
    ['slack of boss, address of the webhook: expected it in the variable SLACK_URL, got nothing there. ...']
    """
    named = {name for entry in entries for name in entry.recipients}
    named |= {name for rule in rules for name in rule.recipients}
    found: list[LuckyError] = []
    for name, channels in delivery.recipients.items():
        for channel in channels if name in named else ():
            found += _faults(channel, delivery)
    return found


def _faults(channel: Channel, delivery: Delivery) -> Iterator[LuckyError]:
    try:
        if channel.kind != "mail":
            read_url(channel)
        elif delivery.smtp and delivery.smtp.secret:
            read_password(channel, delivery.smtp.secret)
    except DeliveryError as error:
        yield error


def _reveal(channel: Channel, secret: Secret) -> str:
    try:
        return secret.reveal()
    except LuckyError as error:
        raise DeliveryError(
            f"{channel}, {error.what}", expected=error.expected, got=error.got, remedy=error.remedy
        ) from None
