"""Messages wait for an address: whatever moves in ``delivery.toml``, and in files of older versions."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lucky_analytics.errors import DeliveryError, LuckyError
from lucky_analytics.schedule import outbox, send
from lucky_analytics.schedule.message import Message
from lucky_analytics.schedule.recipients import Channel, Delivery, Smtp, load_delivery
from lucky_analytics.schedule.state import open_state
from lucky_analytics.secrets import Secret
from tests.example_runs import make_settings

NOW = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
ANN, BOB = "ann@example.internal", "bob@example.internal"
SMTP = '[smtp]\nhost = "mail.example.internal"\nsender = "r@example.internal"\n'
OLD_OUTBOX = """create table outbox (
    key text primary key, stream text not null, recipient text not null, channel integer not null,
    message text not null, digest text not null, created_at text not null,
    state text not null, n_tries integer not null, next_at text not null, detail text not null
)"""
OLD_EVENTS = """create table events (
    number integer primary key autoincrement,
    entry text not null, slot text not null, event text not null, at text not null, detail text not null
)"""


class Post:
    """What would be sent, and addresses that refuse for now."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.down: set[str] = set()

    def send(self, message: Message, channel: Channel, *more, **how) -> None:
        if channel.address in self.down:
            raise DeliveryError(str(channel), expected="to be accepted", got="answer 451")
        self.sent.append((message.title, channel.address))


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    post = Post()
    monkeypatch.setattr(send, "send", post.send)
    return post


def readers(*addresses: str) -> Delivery:
    return Delivery({"readers": tuple(Channel("mail", "readers", each) for each in addresses)})


def test_a_message_stays_with_its_address_when_recipients_are_reordered(tmp_path: Path, post: Post):
    post.down = {BOB}
    with open_state(make_settings(tmp_path)) as state:
        message = Message("report", "first", ("line",))
        with state.database:
            outbox.put(
                state.database, message, ["readers"], readers(ANN, BOB), stream="s", occasion="1", now=NOW
            )
        outbox.deliver(state.database, readers(ANN, BOB), NOW)
        post.down = set()
        outbox.deliver(state.database, readers("new@example.internal", BOB, ANN), LATER)
    assert post.sent == [("first", ANN), ("first", BOB)]


def test_a_message_whose_address_was_taken_out_goes_to_nobody_else(tmp_path: Path, post: Post):
    with open_state(make_settings(tmp_path)) as state:
        message = Message("report", "first", ("line",))
        with state.database:
            outbox.put(state.database, message, ["readers"], readers(ANN), stream="s", occasion="1", now=NOW)
        unread = Delivery(faults=(LuckyError("delivery.toml"),), is_read=False)
        assert [each.state for each in outbox.deliver(state.database, unread, NOW)] == ["waiting"]
        assert [each.state for each in outbox.deliver(state.database, readers(BOB), LATER)] == ["given up"]
    assert post.sent == []


@contextlib.contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """The port of a server that answers the first request with these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            asked, _ = server.accept()
            with asked, contextlib.suppress(OSError):
                asked.sendall(answer)  # a mail server speaks first, and a web server may
                asked.shutdown(socket.SHUT_WR)
                while asked.recv(1 << 16):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"what?\n",
        b"HTTP/1.1 999999 no\r\n\r\n",
        b"HTTP/1.1 429 Slow\r\nRetry-After: \xb2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 100_000,
    ],
)
@pytest.mark.parametrize("kind", ["webhook", "mail"])
def test_a_server_that_answers_nonsense_holds_up_nobody(tmp_path: Path, kind: str, answer: bytes):
    message = Message("report", "first", ("line",))
    (tmp_path / "url").write_text("http://127.0.0.1:1/hook")
    with answering(answer) as port, open_state(make_settings(tmp_path)) as state:
        (tmp_path / "odd").write_text(f"http://127.0.0.1:{port}/hook")
        odd = Channel("webhook", "a", url=Secret("password_file", str(tmp_path / "odd")))
        smtp = Smtp("127.0.0.1", "r@example.internal", port, security="none")
        other = Channel("webhook", "b", url=Secret("password_file", str(tmp_path / "url")))
        first = odd if kind == "webhook" else Channel("mail", "a", ANN)
        delivery = Delivery({"a": (first,), "b": (other,)}, smtp)
        with state.database:
            outbox.put(state.database, message, ["a", "b"], delivery, stream="s", occasion="1", now=NOW)
        sent = outbox.deliver(state.database, delivery, NOW)
    assert [(each.recipient, each.state) for each in sent] == [("a", "waiting"), ("b", "waiting")]


def test_a_certificate_that_is_not_there_holds_up_nobody(tmp_path: Path):
    message = Message("report", "first", ("line",))
    smtp = Smtp("127.0.0.1", "r@example.internal", 1, ca=str(tmp_path / "gone.pem"))
    with pytest.raises(DeliveryError, match=r"the file of certificates ca, got no file .*gone\.pem"):
        send.send(message, Channel("mail", "a", ANN), Delivery(smtp=smtp), key="k", now=NOW)


@pytest.mark.parametrize("version", [0, 1])
def test_mail_that_waits_in_an_older_file_gets_the_address_of_its_place(
    tmp_path: Path, post: Post, version: int
):
    here = make_settings(tmp_path)
    here.delivery_file.write_text(f'{SMTP}[recipients.readers]\nmail = ["{ANN}", "{BOB}"]\n')
    _write_old_outbox(here.outputs_dir / "schedule.sqlite", version)
    for _ in range(2):  # opening again takes no step twice
        with open_state(here) as state:
            assert [slot.event for slot in state.history()] == ["done"]
    here.delivery_file.write_text(f'{SMTP}[recipients.readers]\nmail = ["{BOB}", "{ANN}"]\n')
    with open_state(here) as state:
        sent = outbox.deliver(state.database, load_delivery(here), NOW)
    assert post.sent == [("for ann", ANN), ("for bob", BOB)]
    assert [each.state for each in sent] == ["delivered", "delivered", "given up"]


def test_mail_of_an_older_file_waits_while_its_recipient_is_wrong(tmp_path: Path, post: Post):
    here = make_settings(tmp_path)
    here.delivery_file.write_text(f'{SMTP}[recipients.readers]\nmail = ["{ANN}", "{BOB}"]\nfax = 1\n')
    _write_old_outbox(here.outputs_dir / "schedule.sqlite", version=1)
    with open_state(here) as state:
        waiting = outbox.deliver(state.database, load_delivery(here), NOW)
    assert {each.state for each in waiting} == {"waiting"}
    here.delivery_file.write_text(f'{SMTP}[recipients.readers]\nmail = ["{ANN}", "{BOB}"]\n')
    with open_state(here) as state:
        sent = outbox.deliver(state.database, load_delivery(here), LATER)
    assert post.sent == [("for ann", ANN), ("for bob", BOB)]
    assert [each.state for each in sent] == ["delivered", "delivered", "given up"]


def _write_old_outbox(path: Path, version: int) -> None:
    """The log of an older installation, with mail for two addresses and a third that never was."""
    path.parent.mkdir()
    with sqlite3.connect(path) as old:
        old.execute(OLD_OUTBOX)
        old.execute(OLD_EVENTS)
        old.execute(f"pragma user_version = {version}")
        at = NOW.isoformat(timespec="seconds")
        old.execute(
            "insert into events (entry, slot, event, at, detail) values ('daily', ?, 'done', ?, '')", (at, at)
        )
        for number, title in enumerate(("for ann", "for bob", "for a third")):
            text = Message("report", title, ("line",)).to_json()
            row = (title, "s", "readers", number, text, "d", at, "waiting", 1, at, "")
            old.execute("insert into outbox values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    old.close()


def test_a_file_of_a_newer_installation_is_refused_in_one_line_and_left_as_it_is(tmp_path: Path):
    here = make_settings(tmp_path)
    with open_state(here):
        pass
    path = here.outputs_dir / "schedule.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("pragma user_version = 99")
    database.close()
    before = path.read_bytes()
    with pytest.raises(LuckyError) as error, open_state(here):
        pass
    said = str(error.value)
    assert said.startswith("schedule.sqlite: expected version 2 of its tables or older, got version 99")
    assert "\n" not in said
    assert path.read_bytes() == before


def test_an_alert_that_was_given_up_is_an_error_and_a_report_that_waits_is_none():
    sent = [
        outbox.Sent("ann", "alert", "high", outbox.GIVEN_UP, "answer 404"),
        outbox.Sent("ann", "report", "shops", outbox.WAITING, "answer 500"),
        outbox.Sent("bob", "alert", "high", outbox.DELIVERED, ""),
    ]
    assert [str(error) for error in outbox.find_lost(sent)] == [
        "alert to ann: expected to be delivered, got answer 404"
    ]
