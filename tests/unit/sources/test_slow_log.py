"""Slow query logs: what is summed of them, and that nothing of a statement's values is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lucky_analytics import snapshot
from lucky_analytics.catalog import TABLES, Suite, find_faults
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds
from lucky_analytics.sources.slow_log import describe_statement

# One of MySQL 8, one of MariaDB with its schema, one whose text runs over lines, one that nobody can parse.
LOG = """/usr/sbin/mysqld, Version: 8.0.36 (Source distribution). started with:
Tcp port: 3306  Unix socket: /tmp/mysql.sock
Time                 Id Command    Argument
# Time: 2026-02-12T23:59:58.5Z
# User@Host: app[app] @ till-7.example [10.0.0.7]  Id:    12
# Query_time: 2.500000  Lock_time: 0.000010 Rows_sent: 1  Rows_examined: 90000
use luckyus_sales_order;
SET timestamp=1770940798;
SELECT * FROM t_order WHERE receiver = 'Ann Doe 212-555-0100' AND id IN (1,2,3);
# Time: 2026-02-13T10:00:00.5Z
# User@Host: app[app] @ till-7.example [10.0.0.7]  Id:    12
# Query_time: 1.500000  Lock_time: 0.000010 Rows_sent: 2  Rows_examined: 1000
SET timestamp=1770976800;
select *  from t_order
 where receiver = "Bob Roe; # User@Host"
   and id in (9) -- for Bob
;
# User@Host: app[app] @ till-7.example [10.0.0.7]
# Thread_id: 9  Schema: luckyus_sales_crm  QC_hit: No
# Query_time: 4.000000  Lock_time: 0.000010  Rows_sent: 0  Rows_examined: 10
SET timestamp=1770976900;
UPDATE t_user u JOIN luckyus_opshop.t_shop_info s ON s.id = u.id SET u.x = 'mail@example.com' WHERE s.id = 4;
# User@Host: app[app] @ till-7.example [10.0.0.7]  Id:    12
# Query_time: 3.000000  Lock_time: 0.000010 Rows_sent: 0  Rows_examined: 0
SET timestamp=1770976901;
SELECT 'never closed by Carol;
"""
MAPPING = """
cut: 2026-02-14T12:00:00Z
tables:
  monitoring.slow_statements:
    files: "*slow.log"
    columns: {day: day, server: {from: file, recode: {salesorder-slow: salesorder}}, digest: digest,
              verb: verb, tables: tables, calls: calls, seconds: seconds, seconds_most: seconds_most,
              rows_examined: rows_examined, rows_sent: rows_sent}
"""
SECRETS = ("Ann", "Bob", "Carol", "212-555", "mail@", "till-7", "10.0.0.7", "receiver")


def take(here: Settings, log: str = LOG, mapping: str = MAPPING, name: str = "salesorder-slow.log"):
    folder = here.root / "exports"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(log)
    (folder / "mapping.yml").write_text(mapping)
    return snapshot.take(kinds.connect("files", here, path=folder), settings=here)


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")


def test_calls_of_one_kind_are_summed_by_day_and_the_conformed_table_has_them(here: Settings):
    table = Suite(take(here)).slow_statements
    assert find_faults(TABLES["slow_statements"], table) == []
    rows = table.execute().sort_values(["day", "verb", "seconds"]).to_dict("records")
    told = [(str(row["day"])[:10], row["verb"], row["tables"], row["n_slow"], row["seconds"]) for row in rows]
    orders = "luckyus_sales_order.t_order"
    assert told == [
        ("2026-02-12", "SELECT", orders, 1, 2.5),
        ("2026-02-13", "SELECT", orders, 1, 1.5),
        ("2026-02-13", "SELECT", "", 1, 3.0),  # not closed: by its verb alone
        ("2026-02-13", "UPDATE", "luckyus_opshop.t_shop_info, luckyus_sales_crm.t_user", 1, 4.0),
    ]
    assert rows[0]["digest"] == rows[1]["digest"] and {row["server"] for row in rows} == {"salesorder"}
    assert [row["n_examined"] for row in rows] == [90_000, 1_000, 0, 10]


def test_no_value_of_a_statement_no_user_and_no_host_is_anywhere_in_the_snapshot(here: Settings):
    taken = take(here)
    written = b"".join(path.read_bytes() for path in here.data_dir.rglob("*") if path.is_file())
    rows = [str(pq.read_table(path).to_pylist()) for path in taken.paths("monitoring", "slow_statements")]
    assert [secret for secret in SECRETS if secret.encode() in written or secret in "".join(rows)] == []
    assert "t_order" in "".join(rows)  # the search would find what is there


def test_a_statement_that_is_mapped_as_a_name_is_refused_and_not_kept(here: Settings):
    text = "day,server,digest,verb,tables,calls,seconds,most,examined,sent\n"
    good = "2026-02-13,a,0123abcd,SELECT,t_user,1,2,2,5,1\n"
    wrong = "2026-02-13,b,0123abcd,SELECT,\"SELECT 1 FROM t WHERE n = 'Ann'\",1,2,2,5,1\n"
    mapping = """
tables:
  monitoring.slow_statements:
    files: digests.csv
    columns: {day: day, server: server, digest: digest, verb: verb, tables: tables, calls: calls,
              seconds: seconds, seconds_most: most, rows_examined: examined, rows_sent: sent}
"""
    taken = take(here, text + good * 1 + wrong, mapping, "digests.csv")
    assert taken.tables["monitoring.slow_statements"].rows == 1
    (kept,) = here.data_dir.rglob("rejected.jsonl")
    assert "tables: expected" in kept.read_text() and "Ann" not in kept.read_text()


def test_a_parquet_file_in_the_declared_layout_is_held_to_the_same_names(here: Settings):
    (path,) = take(here).paths("monitoring", "slow_statements")
    rows = pq.read_table(path)
    place = rows.schema.get_field_index("tables")
    folder = here.root / "laid" / "monitoring"
    folder.mkdir(parents=True)
    pq.write_table(
        rows.set_column(place, rows.schema.field(place), [["WHERE n = 'Ann'"] * rows.num_rows]),
        folder / "slow_statements.parquet",
    )
    with pytest.raises(SourceError, match=r"slow_statements.tables: expected .* got 4 values"):
        snapshot.take(kinds.connect("files", here, path=folder.parent), settings=here)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SELECT a FROM t WHERE b = 1", "select a  from t where b='x'", True),
        ("INSERT INTO t VALUES (1,2)", "INSERT INTO t VALUES (1,2),(3,4),(5,6)", True),
        ("SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE c = 1", False),
        ("SELECT a FROM t /* 77 */ WHERE b = 0x41", "SELECT a FROM t WHERE b = -1.5e3", False),
    ],
)
def test_kinds_of_statements(one: str, other: str, same: bool):
    assert (describe_statement(one)[0] == describe_statement(other)[0]) is same


def test_a_common_table_expression_is_no_table():
    assert describe_statement("WITH x AS (SELECT 1 FROM a.b) SELECT * FROM x")[1:] == ("SELECT", "a.b")


def test_a_file_of_another_kind_is_named(here: Settings):
    with pytest.raises(SourceError, match=r"slow\.log.*expected entries of a slow query log"):
        take(here, "id,name\n1,x\n")


def test_days_after_as_of_do_not_count(here: Settings):
    suite = Suite(take(here), as_of=dt.date(2026, 2, 12))
    assert suite.slow_statements.count().execute() == 1
