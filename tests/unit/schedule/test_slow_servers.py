"""Servers for mail and webhooks that drip, hang or speak something else; what waits, what never arrives."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lucky_analytics.cli import main
from lucky_analytics.errors import DeliveryError
from lucky_analytics.schedule import outbox, send
from lucky_analytics.schedule.http_post import post_json
from lucky_analytics.schedule.message import Message
from lucky_analytics.schedule.recipients import Channel, Delivery, Smtp, load_delivery
from lucky_analytics.schedule.state import open_state
from lucky_analytics.secrets import Secret
from tests.example_runs import make_settings
from tests.notebook_cells import write_notebook

NOW = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
MESSAGE = Message("report", "first", ("line",))
Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(talk: Talk) -> Iterator[tuple[int, list[float]]]:
    """The port of a server that talks so to each who calls, and when they called."""
    calls: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    asked, _ = server.accept()
                    calls.append(time.monotonic())
                    threading.Thread(target=hold, args=(asked,), daemon=True).start()

        def hold(asked: socket.socket) -> None:
            with asked, contextlib.suppress(OSError):
                talk(asked)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1], calls


def dripping(begin: bytes) -> Talk:
    def talk(asked: socket.socket) -> None:
        asked.sendall(begin)
        while True:
            asked.sendall(b"2")
            time.sleep(0.05)

    return talk


def silent(asked: socket.socket) -> None:
    asked.recv(1)
    time.sleep(5)


def replying(answers: dict[bytes, bytes]) -> Talk:
    """A mail server that takes everything but for these."""

    def talk(asked: socket.socket) -> None:
        asked.sendall(answers.get(b"", b"220 hello\r\n"))
        lines, is_body = asked.makefile("rb"), False
        for line in lines:
            if is_body and line != b".\r\n":
                continue
            word = b"." if is_body else line[:4]
            is_body = word == b"data"
            asked.sendall(answers.get(word, b"354 go on\r\n" if is_body else b"250 so be it\r\n"))

    return talk


def mail(port: int, address: str = "boss@example.internal", seconds: float = 0.3) -> Delivery:
    smtp = Smtp("127.0.0.1", "r@example.internal", port, security="none", seconds=seconds)
    return Delivery({"boss": (Channel("mail", "boss", address),)}, smtp)


def put(database, delivery: Delivery, *occasions: str, kind: str = "report") -> None:
    with database:
        for occasion in occasions:
            message = Message(kind, "first", ("line",))
            outbox.put(
                database, message, delivery.recipients, delivery, stream="s", occasion=occasion, now=NOW
            )


def test_a_server_that_drips_is_hung_up_on():
    with serving(dripping(b"220 ")) as (port, _):
        began = time.monotonic()
        delivery = mail(port)
        with pytest.raises(
            DeliveryError, match=f"mail server 127.0.0.1:{port}: .*got no answer in time"
        ) as slow:
            send.send(MESSAGE, delivery.recipients["boss"][0], delivery, key="k", now=NOW)
        assert time.monotonic() - began < 3
        assert (slow.value.is_lasting, slow.value.is_silent) == (False, True)
    with serving(dripping(b"HTTP/1.1 200 OK\r\n\r\n")) as (port, _):
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            post_json(f"http://127.0.0.1:{port}/", {}, 0.3)
        assert time.monotonic() - began < 3


def test_where_nothing_answers_the_others_for_that_server_wait_and_those_for_others_go(tmp_path: Path):
    with serving(silent) as (port, calls), serving(silent) as (other, other_calls):
        delivery = mail(port)
        (tmp_path / "url").write_text(f"http://127.0.0.1:{other}/hook")
        hook = Channel("webhook", "ann", url=Secret("password_file", str(tmp_path / "url")))
        delivery = Delivery({**delivery.recipients, "ann": (hook,)}, delivery.smtp)
        with open_state(make_settings(tmp_path)) as state, pytest.MonkeyPatch.context() as patch:
            patch.setattr(send, "SECONDS", 0.3)
            put(state.database, delivery, "1", "2", "3")
            sent = outbox.deliver(state.database, delivery, NOW)
            assert [each.state for each in sent] == ["waiting"] * 6
            assert [each.detail for each in sent].count("its server did not answer") == 4
            assert (len(calls), len(other_calls)) == (1, 1)
            outbox.deliver(state.database, delivery, NOW)  # the next round begins with another message
            assert (len(calls), len(other_calls)) == (2, 2)


@pytest.mark.parametrize(
    ("answers", "got", "is_lasting"),
    [
        ({b"rcpt": b"550 nobody here\r\n"}, "got answer 550", True),
        ({b".": b"554 no\r\n"}, "got answer 554", True),
        ({b"rcpt": b"450 later\r\n"}, "got answer 450", False),
        ({b"": b"421 busy\r\n"}, "got answer 421 to the greeting", False),
        ({b"": b"hello?\r\n"}, "got an answer of no mail server", False),
        ({b"": b"2" * 20_000 + b"\r\n"}, "got answer 500 to the greeting", False),
    ],
)
def test_only_what_is_said_of_the_message_itself_is_for_good(answers, got: str, is_lasting: bool):
    with serving(replying(answers)) as (port, _):
        delivery = mail(port, seconds=5)
        with pytest.raises(DeliveryError) as refused:
            send.send(MESSAGE, delivery.recipients["boss"][0], delivery, key="k", now=NOW)
    assert str(refused.value).endswith(got)
    assert refused.value.is_lasting == is_lasting


def test_what_was_taken_is_not_sent_again_however_its_server_takes_leave():
    for leave in (b"500 what?\r\n", b"2" * 20_000, b""):
        with serving(replying({b"quit": leave})) as (port, _):
            delivery = mail(port, seconds=1)
            send.send(MESSAGE, delivery.recipients["boss"][0], delivery, key="k", now=NOW)


def test_letters_of_other_alphabets_arrive_or_are_refused_for_good(tmp_path: Path):
    here = make_settings(tmp_path)
    smtp = '[smtp]\nhost = "127.0.0.1"\nsender = "r@example.internal"\nsecurity = "none"\n'
    here.delivery_file.write_text(f'{smtp}[recipients.boss]\nmail = ["chef@b\u00fccher.example"]\n')
    (channel,) = load_delivery(here).recipients["boss"]
    assert channel.address == "chef@xn--bcher-kva.example"
    with serving(replying({})) as (port, _):
        delivery = mail(port, "ch\u00e9f@example.internal", seconds=5)
        with pytest.raises(
            DeliveryError, match="expected an address of ASCII letters or a server"
        ) as refused:
            send.send(MESSAGE, delivery.recipients["boss"][0], delivery, key="k", now=NOW)
    assert refused.value.is_lasting
    assert "ch\u00e9f" not in str(refused.value)


@pytest.mark.parametrize("kind", ["report", "alert", "explanation"])
def test_what_was_given_up_ends_the_round_with_an_error_and_is_listed(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    here = make_settings(tmp_path)
    write_notebook(here.notebooks_dir / "operations" / "shops.ipynb")

    def lucky(*words: str) -> tuple[int, str, str]:
        code = 0
        try:
            main(list(words))
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, *capsys.readouterr()

    answers = {b"rcpt": b"450 later\r\n"}
    with serving(replying(answers)) as (port, _):
        smtp = (
            f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsender = "r@example.internal"\nsecurity = "none"\n'
        )
        here.delivery_file.write_text(f'{smtp}[recipients.boss]\nmail = ["boss@example.internal"]\n')
        with open_state(here) as state, state.database:
            message = Message(kind, "first", ("line",))
            now = dt.datetime.now(dt.UTC)
            outbox.put(
                state.database, message, ["boss"], load_delivery(here), stream="s", occasion="1", now=now
            )
        assert lucky("schedule", "run")[0] == 0
        code, out, _ = lucky("schedule", "list")
        assert (code, "note: boss: 1 message wait since" in out, "got answer 450" in out) == (0, True, True)
        answers[b"rcpt"] = b"550 nobody here\r\n"
        with open_state(here) as state, state.database:
            state.database.execute("update outbox set next_at = created_at")
        code, _, err = lucky("schedule", "run")
        assert (code, f"{kind} to boss: expected to be delivered" in err) == (8, True)
        code, out, _ = lucky("schedule", "list")
        assert (code, "note: boss: 1 message given up, the last of" in out) == (0, True)
