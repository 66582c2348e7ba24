"""Messages on their way: kept until they are delivered, tried again with growing pauses, never twice.

It lives in the schedule's database. A message is written in the same transaction as the decision to send it,
under a key that it can have only once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lucky_analytics.errors import DeliveryError, LuckyError
from lucky_analytics.schedule.message import Message, digest
from lucky_analytics.schedule.recipients import Delivery

__all__ = ["Sent", "deliver", "find_lost", "find_undelivered", "last_digest", "put"]

WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given up"
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
KEPT_TRYING = dt.timedelta(hours=24)
TOLD_FOR = dt.timedelta(days=14)  # what was given up is listed


@dataclass(frozen=True)
class Sent:
    """What became of one message in this round: delivered, to be tried again, or given up."""

    recipient: str
    kind: str
    title: str
    state: str
    detail: str


def put(
    database: sqlite3.Connection,
    message: Message,
    recipients: Iterable[str],
    delivery: Delivery,
    *,
    stream: str,
    occasion: str,
    now: dt.datetime,
) -> None:
    """Have a message sent to every channel of the recipients, within the caller's transaction.

    ``stream`` is what the message is one of (an entry's report, an alert), ``occasion`` which of them (a
    slot, a change): the same twice is put once.
    """
    for recipient in recipients:
        for channel in delivery.recipients.get(recipient, ()):
            parts = (stream, occasion, message.kind, recipient, channel.key)
            key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
            at = now.isoformat(timespec="seconds")
            database.execute(
                "insert or ignore into outbox (key, stream, recipient, address, message, digest, created_at, "
                "state, n_tries, next_at, detail) values (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, '')",
                (key, stream, recipient, channel.key, message.to_json(), digest(message), at, WAITING, at),
            )


def last_digest(database: sqlite3.Connection, stream: str, recipient: str) -> str | None:
    """What was last sent of a stream to a recipient, whether or not it has arrived yet."""
    row = database.execute(
        "select digest from outbox where stream = ? and recipient = ? and state != ? "
        "order by rowid desc limit 1",
        (stream, recipient, GIVEN_UP),
    ).fetchone()
    return row[0] if row else None


def deliver(database: sqlite3.Connection, delivery: Delivery, now: dt.datetime) -> list[Sent]:
    """Try every message whose time has come, each by itself: one that fails holds up no other.

    Where nothing answered in time, the others for that server wait for the next round.
    """
    from lucky_analytics.schedule.send import send  # not needed in the many rounds without a message

    waiting = database.execute(
        "select key, recipient, address, message, created_at, n_tries from outbox "
        "where state = ? and next_at <= ? order by rowid",
        (WAITING, now.isoformat(timespec="seconds")),
    ).fetchall()
    sent = []
    silent: set[str] = set()
    for key, recipient, address, text, created_at, n_tries in waiting:
        message = Message.from_json(text)
        age = now - dt.datetime.fromisoformat(created_at)
        state, detail, next_at = DELIVERED, "", now
        channel = delivery.channel(recipient, address)
        server = "mail" if channel and channel.kind == "mail" else address
        if server in silent:
            sent.append(Sent(recipient, message.kind, message.title, WAITING, "its server did not answer"))
            continue
        try:
            if channel is None:
                raise _no_address(recipient, delivery)
            send(message, channel, delivery, key=key, now=now)
        except DeliveryError as error:
            silent |= {server} if error.is_silent else set()
            lasts = error.is_lasting or age >= KEPT_TRYING
            state, detail = GIVEN_UP if lasts else WAITING, str(error)
            pause = min(FIRST_PAUSE * 2**n_tries, LONGEST_PAUSE)
            next_at = now + max(pause, dt.timedelta(seconds=error.wait_seconds))
        with database:
            database.execute(
                "update outbox set state = ?, n_tries = n_tries + 1, next_at = ?, detail = ? where key = ?",
                (state, next_at.isoformat(timespec="seconds"), detail, key),
            )
        sent.append(Sent(recipient, message.kind, message.title, state, detail))
    return sent


def find_lost(sent: Sequence[Sent]) -> list[LuckyError]:
    """An error for each message that was given up: who was to hear of it never will."""
    return [
        DeliveryError(f"{each.kind} to {each.recipient}", expected="to be delivered", got=each.detail)
        for each in sent
        if each.state == GIVEN_UP
    ]


def find_undelivered(database: sqlite3.Connection, now: dt.datetime) -> list[str]:
    """A line for each recipient for whom messages wait, or whose last ones were given up of late.

    >>> find_undelivered(state.database, now)                                         # doctest: +SKIP
    ['boss: 2 messages wait since 2026-02-14 06:31Z, next try 2026-02-14 06:33Z: mail of boss: expected ...']
    """
    lines = []
    waiting = database.execute(
        "select recipient, count(*), min(created_at), min(next_at), max(detail) from outbox where state = ? "
        "group by recipient order by recipient",
        (WAITING,),
    )
    for recipient, n, since, next_at, detail in waiting.fetchall():
        said = f": {detail}" if detail else ""
        times = f"wait since {_shown(since)}, next try {_shown(next_at)}"
        lines.append(f"{recipient}: {_count(n)} {times}{said}")
    lost = database.execute(
        "select recipient, count(*), max(created_at), detail from outbox as o where state = ? "
        "and created_at > ? and created_at > coalesce("
        "(select max(created_at) from outbox where recipient = o.recipient and state = ?), '') "
        "group by recipient order by recipient",
        (GIVEN_UP, (now - TOLD_FOR).isoformat(timespec="seconds"), DELIVERED),
    )
    for recipient, n, last, detail in lost.fetchall():
        lines.append(f"{recipient}: {_count(n)} given up, the last of {_shown(last)}: {detail}")
    return lines


def _count(n: int) -> str:
    return f"{n} message{'s' if n > 1 else ''}"


def _shown(at: str) -> str:
    return f"{dt.datetime.fromisoformat(at):%Y-%m-%d %H:%M}Z"


def _no_address(recipient: str, delivery: Delivery) -> DeliveryError:
    """Lasting, unless ``delivery.toml`` is wrong just now and may name the address again once mended."""
    expected = "the address that it was written for"
    return DeliveryError(recipient, expected=expected, got="none any more", is_lasting=not delivery.faults)
