"""Samples of Prometheus and of Kafka's topics: what passes, what is refused, and the tables made of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lucky_analytics import snapshot
from lucky_analytics.catalog import TABLES, Suite, find_faults
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds

AT = 1_770_976_800  # 2026-02-13 10:00 UTC
FREE, SIZE = "node_filesystem_avail_bytes", "node_filesystem_size_bytes"
MAPPING = """
cut: 2026-02-14T12:00:00Z
tables:
  monitoring.prometheus_samples:
    files: ["*.prom", "*.prom.json"]
    columns: {said_at: said_at, instance: instance, metric: metric, subject: subject, value: value}
"""
TOPICS = """
  monitoring.kafka_topics:
    files: topics.csv
    columns: {said_at: {value: "2026-02-13 10:00:00"}, topic: TOPIC, partition: PARTITION,
              consumer_group: GROUP, log_end: LOG-END-OFFSET, lag: LAG}
    nulls: ["-"]
"""
OF_EXPORTER = """
  monitoring.kafka_topics:
    files: kafka.prom
    query: >
      SELECT said_at, topic, partition, consumergroup, metric, value,
             max(value) FILTER (WHERE metric = 'kafka_topic_partition_current_offset')
             OVER (PARTITION BY said_at, topic, partition) AS log_end
      FROM rows QUALIFY metric = 'kafka_consumergroup_lag'
    columns: {said_at: said_at, topic: topic, partition: partition, consumer_group: consumergroup,
              log_end: log_end, lag: value}
"""


def series(metric: str, *values: tuple[int, str], **labels: str) -> dict[str, object]:
    named = {"__name__": metric, "instance": "db-1:9100", "mountpoint": "/data", **labels}
    return {"metric": named, "values": [list(pair) for pair in values]}


def answer(*found: dict[str, object]) -> str:
    return json.dumps({"status": "success", "data": {"resultType": "matrix", "result": found}})


def take(here: Settings, mapping: str = MAPPING, **files: str):
    folder = here.root / "exports"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    (folder / "mapping.yml").write_text(mapping)
    return snapshot.take(kinds.connect("files", here, path=folder), settings=here)


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")


def test_free_and_whole_size_of_one_disk_and_time_are_one_row(here: Settings):
    disks = answer(
        series(FREE, (AT, "25"), (AT + 60, "20")), series(SIZE, (AT, "100")), series("up", (AT, "1"))
    )
    table = Suite(take(here, disks_prom_json=disks)).disk_space
    assert find_faults(TABLES["disk_space"], table) == []
    (row,) = table.execute().to_dict("records")  # at the later time the size is not known
    assert (row["machine"], row["disk"], row["used_share"]) == ("db-1", "mountpoint=/data", 0.75)
    assert f"{row['said_at']:%Y-%m-%d %H:%M}" == "2026-02-13 10:00"


def test_labels_that_may_hold_anything_do_not_pass_and_what_they_alone_tell_apart_is_told(here: Settings):
    both = [series("rows_read", (AT, n), user=name) for n, name in (("1", "ann.doe"), ("2", "bob.roe"))]
    taken = take(here, users_prom_json=answer(*both))
    assert taken.tables["monitoring.prometheus_samples"].rows == 1
    kept = [path.read_text() for path in here.data_dir.rglob("rejected.jsonl")]
    assert len(kept) == 1 and "labels that do not pass" in kept[0]
    written = b"".join(path.read_bytes() for path in here.data_dir.rglob("*") if path.is_file())
    assert b"ann.doe" not in written and b"bob.roe" not in written and b"rows_read" in written


def test_lines_of_an_exporter_are_the_samples_that_the_answer_has(here: Settings):
    text = f'# TYPE {FREE} gauge\n{FREE}{{instance="db-1:9100",mountpoint="/data"}} 25 {AT}000\n'
    text += f'{SIZE}{{instance="db-1:9100",mountpoint="/data"}} 1e2 {AT}000\n'
    one = Suite(take(here, disks_prom=text)).disk_space.execute()
    disks = answer(series(FREE, (AT, "25")), series(SIZE, (AT, "100")))
    (here.root / "exports" / "disks.prom").unlink()
    other = Suite(take(here, disks_prom_json=disks)).disk_space.execute()
    assert one.equals(other) and len(one) == 1


def test_a_line_without_a_time_is_of_the_files_and_one_without_a_number_is_rejected(here: Settings):
    taken = take(here, some_prom="up 1\nload NaN\nno sample at all here\n")
    assert taken.tables["monitoring.prometheus_samples"].rows == 1
    (kept,) = [path.read_text() for path in here.data_dir.rglob("rejected.jsonl")]
    assert "without a number" in kept and "no sample" in kept
    noted = " ".join(str(finding) for finding in taken.findings)
    assert "samples without a time: taken as of the file's" in noted


@pytest.mark.parametrize(
    "text", ["{", '{"status": "error"}', '{"status": "success", "data": {"resultType": "scalar"}}', "[1]"]
)
def test_an_answer_of_another_kind_is_named(here: Settings, text: str):
    with pytest.raises(SourceError, match=r"x\.prom\.json.*expected an answer of Prometheus"):
        take(here, x_prom_json=text)


def test_topics_come_from_a_csv_and_a_group_without_a_commit_is_null(here: Settings):
    text = "GROUP,TOPIC,PARTITION,LOG-END-OFFSET,LAG,CONSUMER-ID\n"
    text += "warehouse,orders,0,100,7,ann\nwarehouse,orders,1,90,-,x\n"
    taken = take(here, MAPPING.partition("  monitoring")[0] + TOPICS.lstrip("\n"), topics_csv=text)
    table = Suite(taken).topic_lags
    assert find_faults(TABLES["topic_lags"], table) == []
    rows = table.order_by("partition").execute()
    assert rows["n_behind"].isna().tolist() == [False, True] and rows["n_behind"][0] == 7
    assert rows["n_written"].tolist() == [100, 90] and "ann" not in rows.to_csv()


def test_topics_come_from_the_exporter_of_kafka_by_a_query(here: Settings):
    text = f'kafka_topic_partition_current_offset{{topic="orders",partition="0"}} 100 {AT}000\n'
    text += f'kafka_consumergroup_lag{{topic="orders",partition="0",consumergroup="warehouse"}} 7 {AT}000\n'
    taken = take(here, MAPPING.partition("  monitoring")[0] + OF_EXPORTER.lstrip("\n"), kafka_prom=text)
    (row,) = Suite(taken).topic_lags.execute().to_dict("records")
    assert (row["topic"], row["consumer_group"], row["n_written"], row["n_behind"]) == (
        "orders",
        "warehouse",
        100,
        7,
    )
