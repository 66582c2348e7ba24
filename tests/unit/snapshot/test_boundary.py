"""Personal data at the boundary: stopped or hashed, the same way in every snapshot, and nowhere on disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.errors import SnapshotError
from lucky_analytics.estate import Column, Database, Estate, Table
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot.boundary import Boundary, load_key
from lucky_analytics.sources.files import FilesSource

PLANTED = {
    "user_name": "Ada Planted",
    "phone": "+1 212 555 0199",
    "home": "1 Planted Street",
    "card_token": "tok_planted_4242",
    "device": "device-planted-7",
}
CLASSES = {
    "user_name": "contact",
    "phone": "contact",
    "home": "address",
    "card_token": "card",
    "device": "device",
}


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Table:
    """A table with a column of every personal class."""
    columns = {
        "id": Column("id", "bigint"),
        "user_no": Column("user_no", "varchar(32)", personal="pseudonym"),
        **{n: Column(n, "varchar(64)", nullable=True, personal=kind) for n, kind in CLASSES.items()},
    }
    table = Table("t_person", "one row per person", ("id",), columns)
    database = Database("lucky_people", "aws-luckyus-people-rw", {"t_person": table})
    monkeypatch.setattr(estate, "load", lambda: Estate({"lucky_people": database}))
    return table


def take(root: Path, table: Table, n_rows: int, kind: str = "files") -> snapshot.Manifest:
    rows = {"id": range(n_rows), "user_no": [f"u{i}" for i in range(n_rows)]}
    rows |= {name: [value] * (n_rows - 1) + [None] for name, value in PLANTED.items()}
    path = root / f"files{n_rows}" / "lucky_people" / "t_person.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(rows, schema=table.schema), path)
    where = Settings(root=root, data_dir=root / "data", outputs_dir=root / "outputs")
    return snapshot.take(FilesSource(root / f"files{n_rows}", kind=kind), settings=where)


def rows_of(manifest: snapshot.Manifest) -> pa.Table:
    return pq.read_table(manifest.paths("lucky_people", "t_person"))


def test_no_planted_value_is_anywhere_in_a_snapshot(tmp_path: Path, people: Table):
    taken = take(tmp_path, people, 4)
    stored = rows_of(taken)
    assert stored.column_names == ["id", "user_no", "card_token", "device"]
    everything = str(stored.to_pylist())
    for path in taken.folder.rglob("*"):
        if path.is_file():
            everything += path.read_bytes().decode("latin-1")
    for value in PLANTED.values():
        assert value not in everything
    assert "u3" in everything
    assert taken.tables["lucky_people.t_person"].masked == ("user_name", "phone", "home")
    assert set(taken.tables["lucky_people.t_person"].hashed) == {"card_token", "device"}


def test_equal_values_have_equal_hashes_in_every_snapshot_and_nulls_stay(tmp_path: Path, people: Table):
    first, second = rows_of(take(tmp_path, people, 4)), rows_of(take(tmp_path, people, 6))
    cards = first.column("card_token").to_pylist()
    assert cards[0] == cards[1] == second.column("card_token")[4].as_py()
    assert cards[3] is None
    assert cards[0] != first.column("device")[0].as_py()


def test_another_installation_has_another_key_and_the_demo_always_the_same(tmp_path: Path, people: Table):
    keys = {load_key(tmp_path / name, "live") for name in ("a", "b")}
    assert len(keys) == 2
    assert load_key(tmp_path / "a", "live") in keys
    assert load_key(tmp_path / "a", "demo") == load_key(tmp_path / "c", "demo")
    assert not (tmp_path / "c").exists()
    assert (tmp_path / "a" / ".hash_key").stat().st_mode & 0o077 == 0
    one, other = (Boundary(key) for key in keys)
    assert one.mark != other.mark


def test_a_damaged_key_is_an_error_and_never_replaced(tmp_path: Path):
    load_key(tmp_path, "live")
    (tmp_path / ".hash_key").write_text("short\n")
    with pytest.raises(SnapshotError, match="Restore it from a backup"):
        load_key(tmp_path, "live")
    assert (tmp_path / ".hash_key").read_text() == "short\n"


def test_a_full_disk_leaves_no_empty_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            load_key(tmp_path, "live")
    assert list(tmp_path.iterdir()) == []
    assert len(load_key(tmp_path, "live")) == 32
    assert [path.name for path in tmp_path.iterdir()] == [".hash_key"]


def test_two_that_make_the_key_at_once_agree_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first: list[bytes] = []

    def late(handle: int) -> None:
        if not first:
            first.append(b"")
            first[0] = load_key(tmp_path, "live")

    monkeypatch.setattr(os, "fsync", late)
    assert load_key(tmp_path, "live") == first[0]


def test_an_empty_key_says_when_it_may_be_removed(tmp_path: Path):
    (tmp_path / ".hash_key").touch()
    with pytest.raises(SnapshotError, match=r"got an empty file.* remove it if no snapshot was taken"):
        load_key(tmp_path, "live")
