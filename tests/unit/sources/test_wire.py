"""Row packets into columns, against a plain decoder of the same bytes."""

from __future__ import annotations

import io
import random
import struct
from typing import Any

import pytest
from pymysql.err import InternalError, OperationalError

from lucky_analytics.sources import wire
from lucky_analytics.sources.pace import Pace

Row = list[bytes | None]


class Dribble(io.BytesIO):
    """Gives a few bytes at a time, as a slow network does."""

    def __init__(self, data: bytes, step: int):
        super().__init__(data)
        self.step = step

    def read1(self, size: int | None = -1, /) -> bytes:
        return super().read(self.step)


class Result:
    unbuffered_active = True
    connection: Any = None

    def __init__(self, n_columns: int):
        self.field_count = n_columns


class FakeConnection:
    """As pymysql's connection stands once the column descriptions have been read."""

    def __init__(self, data: bytes, n_columns: int, sequence: int, step: int = 1 << 20):
        self._rfile, self._next_seq_id = Dribble(data, step), sequence
        self._result = Result(n_columns)
        self.closed = False

    def query(self, sql: str, unbuffered: bool) -> None:
        assert unbuffered

    def _force_close(self) -> None:
        self.closed = True


def encode(rows: list[Row], sequence: int, ending: bytes = b"\xfe\x00\x00\x02\x00") -> bytes:
    packets = [b"".join(map(value, row)) for row in rows] + [ending]
    return b"".join(
        struct.pack("<I", len(packet))[:3] + bytes([(sequence + i) % 256]) + packet
        for i, packet in enumerate(packets)
    )


def value(data: bytes | None) -> bytes:
    if data is None:
        return b"\xfb"
    if len(data) < 251:
        return bytes([len(data)]) + data
    if len(data) < 1 << 16:
        return b"\xfc" + struct.pack("<H", len(data)) + data
    return b"\xfd" + struct.pack("<I", len(data))[:3] + data


def read(connection: FakeConnection, **arguments: Any) -> list[Row]:
    blocks = wire.read_columns(connection, "SELECT", **arguments)
    return [list(row) for block in blocks for row in zip(*(c.to_pylist() for c in block), strict=True)]


@pytest.mark.parametrize("step", [1, 97, 4096])
@pytest.mark.parametrize("block", [1, 1000, 1 << 21])
def test_any_rows_in_any_pieces_come_out_as_they_went_in(
    step: int, block: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wire, "BYTES_PER_BLOCK", block)
    chance = random.Random(3)
    lengths = [0, 1, 30, 250, 251, 252, 300, 70_000 if step > 1 else 400]
    rows: list[Row] = [
        [None if chance.random() < 0.2 else chance.randbytes(chance.choice(lengths)) for _ in range(4)]
        for _ in range(600 if step > 1 else 60)
    ]
    connection = FakeConnection(encode(rows, 250), 4, 250, step)
    assert read(connection) == rows
    assert not connection.closed
    assert connection._next_seq_id == (250 + len(rows) + 1) % 256


def test_no_rows_are_no_blocks():
    assert read(FakeConnection(encode([], 3), 2, 3)) == []


def test_a_cut_connection_is_an_error_and_not_a_short_table():
    whole = encode([[b"1"], [b"2"]], 0)
    connection = FakeConnection(whole[:-3], 1, 0)
    with pytest.raises(OperationalError, match="Lost connection"):
        read(connection)
    assert connection.closed


def test_an_error_packet_in_the_middle_is_raised():
    killed = b"\xff" + struct.pack("<H", 3024) + b"#HY000Query execution was interrupted"
    with pytest.raises(OperationalError, match="interrupted"):
        read(FakeConnection(encode([[b"1"]], 0, killed), 1, 0))


def test_a_packet_out_of_order_is_an_error():
    with pytest.raises(InternalError, match="packet 5 where 4 was due"):
        read(FakeConnection(encode([[b"1"]], 5), 1, 4))


@pytest.mark.parametrize(
    "ending", [b"\xfe\x00\x00\x02\x00", b"\xff" + struct.pack("<H", 3024) + b"#HY000stop"]
)
def test_a_row_of_16_mib_costs_its_table_and_not_the_connection(
    ending: bytes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wire, "MAX_PACKET_LEN", 1000)
    continued = [
        b"\xfe" + b"l" * 999,
        b"\xff" + b"o" * 999,
        b"\xfe",
    ]  # its middle looks like an error, its end like one
    packets = [value(b"1"), *continued, value(b"2"), ending]
    data = b"".join(
        struct.pack("<I", len(packet))[:3] + bytes([7 + i]) + packet for i, packet in enumerate(packets)
    )
    for step in (1, 300, 1 << 20):
        connection = FakeConnection(data + b"next answer", 1, 7, step)
        with pytest.raises(wire.LongRowError, match="16 MiB"):
            read(connection)
        assert (connection.closed, connection._next_seq_id) == (False, 7 + len(packets))


def test_leaving_early_closes_the_connection(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(wire, "BYTES_PER_BLOCK", 1)
    connection = FakeConnection(encode([[b"1"], [b"2"]], 0), 1, 0, step=6)
    blocks = wire.read_columns(connection, "SELECT")
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert connection.closed


def test_the_pace_waits_until_the_bytes_were_due():
    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace = Pace(1000, clock=lambda: now[0], sleep=sleep)
    pace.spend(500)
    pace.spend(500)
    now[0] += 5
    pace.spend(1000)
    assert waits == [0.5, 0.5]
