"""Part files: the same rows give the same bytes, and growth leaves whole parts as they were."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics.snapshot import manifest, parts

SCHEMA = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("name", pa.string())])


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_PER_PART", 400)
    monkeypatch.setattr(parts, "ROWS_PER_GROUP", 200)
    monkeypatch.setattr(parts, "ROWS_PER_BLOCK", 50)


def batches(n_rows: int, step: int) -> list[pa.RecordBatch]:
    table = pa.table({"id": range(n_rows), "name": [f"n{i}" for i in range(n_rows)]}, schema=SCHEMA)
    return table.to_batches(max_chunksize=step)


@pytest.mark.parametrize("n_rows", [0, 1, 50, 399, 400, 401, 1000])
def test_rows_survive_and_parts_end_at_fixed_rows(tmp_path: Path, n_rows: int):
    written = parts.write(batches(n_rows, 64), SCHEMA, tmp_path / "t", tmp_path)
    assert [part.rows for part in written[:-1]] == [400] * (len(written) - 1)
    assert sum(part.rows for part in written) == n_rows
    assert len(written) == max(1, -(-n_rows // 400))
    read = pa.concat_tables(pq.read_table(tmp_path / part.path) for part in written)
    assert read.column("id").to_pylist() == list(range(n_rows))
    assert read.schema.equals(SCHEMA)
    assert all(manifest.hash_file(tmp_path / part.path) == part.sha256 for part in written)


def test_how_rows_arrive_does_not_change_a_byte(tmp_path: Path):
    hashes = {
        tuple(p.sha256 for p in parts.write(batches(950, step), SCHEMA, tmp_path / f"t{step}", tmp_path))
        for step in (1, 33, 50, 450, 950)
    }
    assert len(hashes) == 1


def test_wide_rows_make_smaller_groups_and_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts, "BYTES_PER_GROUP", 1)
    (part,) = parts.write(batches(200, 64), SCHEMA, tmp_path / "t", tmp_path)
    file = pq.ParquetFile(tmp_path / part.path)
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [50] * 4


def test_a_table_that_grew_keeps_its_whole_parts(tmp_path: Path):
    before = parts.write(batches(900, 64), SCHEMA, tmp_path / "a", tmp_path)
    after = parts.write(batches(1100, 64), SCHEMA, tmp_path / "b", tmp_path)
    assert [p.sha256 for p in before[:2]] == [p.sha256 for p in after[:2]]
    assert before[2].sha256 != after[2].sha256


def test_sharing_leaves_one_file_on_disk(tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"same")
    two.write_bytes(b"same")
    parts.share(two, one)
    assert two.samefile(one)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["one", "two"]
