"""Rows straight from the wire into Arrow: the text protocol decoded by column instead of by value.

pymysql does everything up to the first row (login, TLS, errors, column descriptions). From there it
would build one Python object per value, which is what limits it (so the connection is used past its
public interface, which the type stubs do not know); here a few megabytes of row packets
are taken at a time, and each column's lengths, nulls and bytes are found for all rows at once.

Format: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from pymysql.connections import MAX_PACKET_LEN
from pymysql.err import DataError, InternalError, MySQLError, OperationalError
from pymysql.protocol import MysqlPacket

from lucky_analytics.sources.pace import Pace

__all__ = ["LongRowError", "read_columns"]

BYTES_PER_BLOCK = 2 << 20
BYTES_PER_READ = 256 << 10
_HEADER = 4
_EOF, _ERROR, _NULL = 0xFE, 0xFF, 0xFB
_LOST = 2013


class LongRowError(DataError):
    """A row of 16 MiB or more. The answer was read to its end: the connection is as good as before."""


def read_columns(connection: Any, sql: str, pace: Pace | None = None) -> Iterator[list[pa.Array]]:
    """Run ``sql`` unbuffered and yield its rows as lists of binary columns, one list per block of rows.

    Values are the server's text form, undecoded; NULL is null. Memory is bounded by the block size
    whatever the table's. ``pace`` slows the reading down to a cap. When the consumer stops early the
    connection is closed, since MySQL sends the rest regardless. Raises pymysql's errors.

    >>> [c.to_pylist() for c in next(read_columns(connection, "SELECT 1, NULL, 'x'"))]  # doctest: +SKIP
    [[b'1'], [None], [b'x']]
    """
    connection.query(sql, unbuffered=True)
    result = connection._result
    if not result.unbuffered_active:
        return
    # From here the rows are ours: pymysql would read them to their end when it lets go of the result.
    result.unbuffered_active, result.connection = False, None
    whole = False
    try:
        pending = bytearray()
        starts: list[int] = []
        scanned, ended = 0, False
        while not ended:
            chunk = _more(connection)
            if pace is not None:
                pace.spend(len(chunk))
            pending += chunk
            try:
                scanned, ended = _scan(pending, scanned, starts, connection)
            except LongRowError:
                _skip_rest(connection, pending)
                whole = True
                raise
            except InternalError:  # out of step: nothing that follows can be trusted
                raise
            except MySQLError:  # the server's own, which ends its answer: the connection is as good as before
                whole = True
                raise
            if starts and (ended or scanned >= BYTES_PER_BLOCK):
                yield _columns(pending, starts, result.field_count)
                del pending[:scanned]
                starts, scanned = [], 0
        whole = True
    except OSError as error:
        raise OperationalError(_LOST, f"Lost connection to MySQL server during query ({error})") from error
    finally:
        if not whole:
            connection._force_close()


def _more(connection: Any) -> bytes:
    chunk = connection._rfile.read1(BYTES_PER_READ)
    if not chunk:
        raise OperationalError(_LOST, "Lost connection to MySQL server during query")
    return chunk


def _skip_rest(connection: Any, pending: bytearray) -> None:
    """Take what is left of an answer off the wire, packet by packet, to its end or the server's error."""
    is_continued = False
    while True:
        while len(pending) < _HEADER:
            pending += _more(connection)
        length = pending[0] | pending[1] << 8 | pending[2] << 16
        while len(pending) < _HEADER + length:
            pending += _more(connection)
        connection._next_seq_id = (pending[3] + 1) & 0xFF
        first = pending[_HEADER] if length else None
        if not is_continued and (first == _ERROR or (first == _EOF and length < 9)):
            return
        is_continued = length == MAX_PACKET_LEN
        del pending[: _HEADER + length]


def _scan(pending: bytearray, position: int, starts: list[int], connection: Any) -> tuple[int, bool]:
    """Walk the whole packets from ``position`` on, adding where rows start; the end, and whether all came."""
    size = len(pending)
    sequence = connection._next_seq_id
    ended = False
    while position + _HEADER <= size:
        length = pending[position] | pending[position + 1] << 8 | pending[position + 2] << 16
        if length == MAX_PACKET_LEN:
            del pending[:position]
            raise LongRowError("a row of 16 MiB or more")
        following = position + _HEADER + length
        if following > size:
            break
        if pending[position + 3] != sequence:
            raise InternalError(f"packet {pending[position + 3]} where {sequence} was due")
        sequence = (sequence + 1) & 0xFF
        first = pending[position + _HEADER]
        if first == _ERROR:
            MysqlPacket(bytes(pending[position + _HEADER : following]), "utf8").raise_for_error()
        if first == _EOF and length < 9:
            ended = True
            break
        starts.append(position + _HEADER)
        position = following
    connection._next_seq_id = sequence
    return position, ended


def _columns(block: bytearray, starts: list[int], n_columns: int) -> list[pa.Array]:
    data = np.frombuffer(bytes(block), dtype=np.uint8)
    position = np.array(starts, dtype=np.int64)
    arrays = []
    for _ in range(n_columns):
        length, head, null = _lengths(data, position)
        position = position + head
        arrays.append(_gather(data, position, length, null))
        position = position + length
    return arrays


def _lengths(data: np.ndarray, position: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Length of each value, bytes of its length prefix, and whether it is NULL."""
    first = data[position]
    null = first == _NULL
    length = np.where(null, 0, first).astype(np.int64)
    head = np.ones_like(length)
    for mark, width in ((0xFC, 2), (0xFD, 3)):
        rows = np.flatnonzero(first == mark)
        if rows.size:
            at = position[rows]
            length[rows] = sum(data[at + 1 + i].astype(np.int64) << (8 * i) for i in range(width))
            head[rows] = 1 + width
    return length, head, null


def _gather(data: np.ndarray, start: np.ndarray, length: np.ndarray, null: np.ndarray) -> pa.Array:
    offsets = np.zeros(len(length) + 1, dtype=np.int64)
    np.cumsum(length, out=offsets[1:])
    index = np.repeat(start - offsets[:-1], length)
    index += np.arange(offsets[-1])
    validity = None if not null.any() else pa.py_buffer(np.packbits(~null, bitorder="little"))
    buffers = [validity, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data[index])]
    return pa.Array.from_buffers(pa.binary(), len(length), buffers)
