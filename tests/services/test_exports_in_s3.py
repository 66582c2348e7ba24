"""Exports in a bucket, over the protocol of S3."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucky_analytics import snapshot
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds
from lucky_analytics.sources.map_draft import draft
from tests.services.s3 import Bucket

MAPPING = """
tables:
  luckyus_opshop.t_shop_opening_time:
    files: "hours/*.csv"
    columns:
      id: id
      tenant: {value: LKUS}
      shop_id: shop
      business_date: day
      is_open: {value: 1}
      create_time: day
      modify_time: day
"""


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "ACCESS_KEY_ID": "x",
        "SECRET_ACCESS_KEY": "y",
        "EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    hours = tmp_path / "served" / "exports" / "hours"
    hours.mkdir(parents=True)
    for n in (1, 2):
        (hours / f"{n}.csv").write_text(f"id,shop,day\n{n},7,2026-02-0{n}\n")
    with Bucket(tmp_path / "served") as served:
        yield served


def test_a_bucket_is_a_folder_like_any_other(bucket: Bucket, tmp_path: Path):
    (tmp_path / "mapping.yml").write_text(MAPPING)
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    sources = kinds.connect("files", where, path=bucket.address, mapping=tmp_path / "mapping.yml")
    manifest = snapshot.take(sources, settings=where)
    assert manifest.tables["luckyus_opshop.t_shop_opening_time"].rows == 2
    assert manifest.cut.isoformat() == "2026-02-14T12:00:00+00:00"
    assert any("hours/2.csv" in line for line in bucket.asked)


def test_a_first_mapping_can_be_made_of_a_bucket(bucket: Bucket):
    assert 'files: ["hours/1.csv", "hours/2.csv"]' in draft(bucket.address).text


def test_an_address_with_a_key_is_refused_and_not_shown(tmp_path: Path):
    (tmp_path / "mapping.yml").write_text(MAPPING)
    where = Settings(root=tmp_path, data_dir=tmp_path, outputs_dir=tmp_path)
    sources = kinds.connect("files", where, path="s3://me:hunter2@bucket/x", mapping=tmp_path / "mapping.yml")
    with pytest.raises(SourceError, match="an address without a key") as refused:
        snapshot.take(sources, settings=where)
    assert "hunter2" not in str(refused.value)
