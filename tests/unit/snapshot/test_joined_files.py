"""Exported files beside servers: what joins, what sets no cut, what costs itself."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.catalog import Suite
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import contracts
from lucky_analytics.sources import exports
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.config import FilesPlace
from lucky_analytics.sources.files import FilesSource
from tests import tiny_estate

SHOPS, ORDERS = "luckyus_opshop.t_shop_info", "luckyus_sales_order.t_order"
RULES, DAYS = "cloud.alert_rules", "cloud.ec2_days"
CUT = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
MONTH_AGO = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)

MAPPING = """
tables:
  cloud.alert_rules:
    files: rules.csv
    columns: {rule: rule, tool: tool, health: health, is_paused: {value: 0}, evaluated_at: {value: null}}
  cloud.ec2_days:
    files: "days*.csv"
    columns: {day: day, instance_id: instance, cpu_mean: mean, cpu_most: most, network_bytes: bytes}
"""
OF_SHOPS = """
  luckyus_opshop.t_shop_opening_time:
    files: hours.csv
    columns: {id: id, tenant: {value: LKUS}, shop_id: shop, business_date: day, is_open: {value: 1},
              create_time: day, modify_time: day}
"""


class Server(FilesSource):
    """A live server over the tiny estate; ``down`` does not answer."""

    down = False

    def __enter__(self) -> Server:
        if self.down:
            raise SourceError(f"server {self.name}", expected="one that answers", got="no connection")
        super().__enter__()
        return self

    def fingerprint(self) -> str | None:
        return None


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    settings = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    tiny_estate.write(
        settings.demo_dir, [estate.load().database(n) for n in ("salesorder", "opshop")], n_rows=20
    )
    write(settings)
    return settings


def write(where: Settings, *, mapping: str = MAPPING, **files: str) -> Path:
    """The folder of exports, a month older than the servers; ``files`` by name, the others as they are."""
    folder = where.root / "exports"
    folder.mkdir(exist_ok=True)
    defaults = {
        "rules": "rule,tool,health\nCPU,grafana,ok\ndisk,grafana,nodata\n",
        "days": "day,instance,mean,most,bytes\n2026-01-08,i-1,0.25,0.5,100\n2026-01-09,i-1,0.75,0.9,200\n",
        "hours": "id,shop,day\n1,7,2026-01-02\n",
    }
    missing = {name: text for name, text in defaults.items() if not (folder / f"{name}.csv").exists()}
    for name, text in {**missing, **files}.items():
        path = folder / f"{name}.csv"
        path.write_text(text)
        os.utime(path, (MONTH_AGO.timestamp(),) * 2)
    (folder / "mapping.yml").write_text(mapping)
    return folder


def servers(where: Settings, *databases: str, days: float = 0) -> list[Server]:
    found = []
    for name in databases or ("luckyus_sales_order", "luckyus_opshop"):
        server = Server(where.demo_dir, kind="live", cut=CUT + dt.timedelta(days=days), databases=[name])
        server.name = name.removeprefix("luckyus_")
        found.append(server)
    return found


def joined(where: Settings, folder: str = "exports", names: set[str] | None = None) -> list[Source]:
    source, _ = exports.join_exports(FilesPlace(str(where.root / folder)), None, names)
    return [source] if source else []


def take(where: Settings, *sources: Source, **options: Any) -> snapshot.Manifest:
    return snapshot.take([*(sources or servers(where)), *joined(where)], settings=where, **options)


def inodes(manifest: snapshot.Manifest, name: str) -> set[int]:
    return {path.stat().st_ino for path in manifest.paths(*name.split("."))}


def test_files_join_the_servers_and_the_cut_is_the_servers(where: Settings):
    taken = take(where)
    assert taken.kind == "live"
    assert taken.failures() == []
    assert {name: taken.tables[name].server for name in (ORDERS, SHOPS, RULES, DAYS)} == {
        ORDERS: "sales_order",
        SHOPS: "opshop",
        RULES: "files",
        DAYS: "files",
    }
    assert taken.tables[DAYS].rows == 2
    assert (taken.cut, taken.cut_of([DAYS]), taken.cut_of([DAYS, ORDERS])) == (CUT, CUT, CUT)
    assert taken.servers["files"].cut == MONTH_AGO
    assert snapshot.find("newest", where).id == taken.id
    assert snapshot.find("newest", where).servers == taken.servers
    (age,) = [f for f in taken.findings if f.table == DAYS and f.rule == "fresh"]
    assert "35.0 days before the servers' newest cut" in str(age)
    assert age.holds


def test_old_files_hold_no_report_up_that_a_late_server_does_not(where: Settings, monkeypatch):
    monkeypatch.setattr("lucky_analytics.settings.load", lambda: where)
    late, on_time = servers(where, "luckyus_opshop", days=-3)[0], servers(where, "luckyus_sales_order")[0]
    taken = take(where, late, on_time)
    assert taken.cut == CUT - dt.timedelta(days=3)
    assert taken.cut_of([DAYS]) == taken.cut_of([DAYS, ORDERS]) == CUT
    suite = Suite(taken, as_of=taken.newest_closed_day)
    assert suite.source("cloud").ec2_days.count().execute() == 2


def test_files_that_are_too_old_are_a_breach_that_withholds_nothing(where: Settings):
    taken = snapshot.take([*servers(where, days=1), *joined(where)], settings=where)
    (age,) = taken.breaches(DAYS)
    assert (age.rule, age.is_severe) == ("fresh", False)
    assert contracts.declared()["exports"]["days"] == 35


def test_a_table_in_two_places_is_named_with_both_and_is_the_servers(where: Settings):
    write(where, mapping=MAPPING + OF_SHOPS)
    taken = take(where)
    (line,) = taken.failures()
    assert line.startswith(
        "luckyus_opshop.t_shop_opening_time: expected a table in one place, got server opshop"
    )
    assert str(where.root / "exports") in line
    assert "\n" not in line
    assert taken.tables["luckyus_opshop.t_shop_opening_time"].server == "opshop"
    assert taken.tables["luckyus_opshop.t_shop_opening_time"].rows == 20
    assert not [f for f in taken.breaches("luckyus_opshop.t_shop_opening_time") if f.rule == "drift"]
    assert {RULES, DAYS} <= taken.tables.keys()
    assert take(where).failures() == [line]  # said each time, and the same snapshot


def test_a_server_that_is_down_keeps_its_tables_from_the_files(where: Settings):
    take(where)
    write(where, mapping=MAPPING + OF_SHOPS)
    down = servers(where)
    down[1].down = True
    taken = take(where, *down)
    assert [line for line in taken.failures() if "in one place" in line]
    assert taken.tables["luckyus_opshop.t_shop_opening_time"].server == "opshop"


def test_what_a_server_does_not_have_may_come_from_files_although_it_might(where: Settings):
    (where.demo_dir / "luckyus_opshop").rename(where.root / "elsewhere")
    tiny_estate.write(where.demo_dir, [estate.load().database("scmcommodity")], n_rows=3)
    write(where, mapping=MAPPING + OF_SHOPS)
    for down in (False, True, False):
        default, orders = servers(where, "luckyus_scm_commodity", "luckyus_sales_order")
        default.databases, default.down = ["luckyus_scm_commodity", "luckyus_opshop"], down
        taken = take(where, default, orders)
        assert taken.tables["luckyus_opshop.t_shop_opening_time"].server == "files", down
        assert list(taken.unreached) == ["scm_commodity"] * down


def test_a_broken_export_costs_its_table_and_is_named(where: Settings):
    write(where, days="day,instance\n2026-01-08,i-1\n")
    taken = take(where)
    (line,) = taken.failures()
    assert DAYS in line and "days.csv" in line
    assert DAYS not in taken.tables
    assert {ORDERS, SHOPS, RULES} <= taken.tables.keys()
    assert "or missing" in str(taken.unread_error())
    assert snapshot.find("newest", where).id == taken.id
    (where.root / "exports" / "days.csv").unlink()
    write(where)
    again = take(where)
    assert again.failures() == []
    assert again.tables[DAYS].rows == 2


def test_an_export_that_breaks_later_stays_as_it_was_and_no_number_is_shown_of_it(where: Settings):
    before = take(where)
    write(where, days="day,instance\n2026-01-08,i-1\n")
    after = take(where)
    assert after.tables[DAYS].content_hash == before.tables[DAYS].content_hash
    assert any(f.is_severe for f in after.breaches(DAYS))
    assert not after.breaches(RULES)


@pytest.mark.parametrize("wrong", ["no folder", "no mapping column", "no YAML"])
def test_a_folder_or_a_mapping_that_is_wrong_costs_the_files_alone(where: Settings, wrong: str):
    before = take(where)
    if wrong == "no folder":
        (where.root / "exports").rename(where.root / "moved")
    else:
        write(
            where, mapping=MAPPING + "  nosuch.table: {files: x}\n" if wrong == "no mapping column" else "["
        )
    after = snapshot.take([*servers(where, days=1), *joined(where)], settings=where)
    assert list(after.unreached) == ["files"]
    assert after.tables.keys() == before.tables.keys()
    assert after.cut == CUT + dt.timedelta(days=1)
    assert inodes(after, DAYS) == inodes(before, DAYS)


def test_no_server_that_answers_leaves_the_newest_snapshot_whatever_the_files_say(where: Settings):
    down = servers(where)
    for server in down:
        server.down = True
    with pytest.raises(SourceError, match="no server could be read"):
        take(where, *down)
    assert snapshot.list_all(where) == []
    before = take(where)
    with pytest.raises(SourceError, match="no server could be read"):
        take(where, *down)
    assert snapshot.find("newest", where).id == before.id


def test_an_unchanged_export_is_not_read_again(where: Settings, monkeypatch: pytest.MonkeyPatch):
    write(where, days="day,instance,mean,most,bytes\n2026-01-08,i-1,0.2,0.5,100\n2026-01-32,i-1,1,1,1\n")
    before = take(where)
    write(where, rules="rule,tool,health\nCPU,grafana,error\n")
    read: list[str] = []
    of_files = type(joined(where)[0])
    plain = of_files.read

    def noting(self: Any, database: str, table: str, *args: Any, **options: Any) -> Iterator[Any]:
        read.append(f"{database}.{table}")
        return plain(self, database, table, *args, **options)

    monkeypatch.setattr(of_files, "read", noting)
    after = snapshot.take([*servers(where, days=1), *joined(where)], settings=where)
    assert set(read) == {RULES}
    assert inodes(after, DAYS) == inodes(before, DAYS)
    assert after.tables[RULES].rows == 1
    assert after.tables[DAYS].rejected == before.tables[DAYS].rejected != {}
    (line,) = (after.folder / "cloud/ec2_days/rejected.jsonl").read_text().splitlines()
    assert json.loads(line)["row"] == 2
    assert snapshot.verify(after) == snapshot.verify(before)

    read.clear()
    write(where, mapping=MAPPING.replace("cpu_mean: mean", "cpu_mean: most"))
    changed = snapshot.take([*servers(where, days=2), *joined(where)], settings=where)
    assert set(read) == {DAYS}
    assert changed.tables[DAYS].content_hash != after.tables[DAYS].content_hash


def test_files_alone_are_read_again_beside_servers_that_stay(where: Settings):
    before = take(where)
    write(where, rules="rule,tool,health\nCPU,grafana,error\n")
    sources = joined(where, names={"cloud"})
    after = snapshot.take(sources, settings=where, names=["cloud"], keep_others=True)
    assert after.tables[RULES].rows == 1
    assert (after.kind, after.cut, after.tables.keys()) == ("live", CUT, before.tables.keys())
    assert snapshot.find("newest", where).id == after.id
    assert joined(where, names={"luckyus_sales_order"}) == []


def test_files_that_nothing_names_any_more_are_told(where: Settings):
    take(where)
    said: list[str] = []
    after = snapshot.take(servers(where), settings=where, progress=said.append)
    assert DAYS not in after.tables
    assert [line for line in said if RULES in line and "left out" in line]


def test_a_database_that_leaves_the_files_is_confirmed(where: Settings):
    before = take(where)
    write(
        where,
        mapping="tables:"
        + OF_SHOPS.replace("luckyus_opshop.t_shop_opening_time", "luckyus_opshop.t_shop_opening_time"),
    )
    only_orders = servers(where, "luckyus_sales_order")
    after = take(where, *only_orders, forget=["opshop"])
    assert "database cloud" in next(iter(after.unreached.values()))
    assert after.tables[DAYS].content_hash == before.tables[DAYS].content_hash
    done = take(where, *only_orders, forget=["opshop", "cloud"])
    assert (DAYS in done.tables, done.unreached) == (False, {})


def test_personal_columns_of_files_stop_and_references_are_hashed_as_the_servers_are(where: Settings):
    tiny_estate.write(where.root / "laid_out", [estate.load().database("salescrm")], n_rows=20)
    taken = snapshot.take([*servers(where), *joined(where, "laid_out")], settings=where)
    entry = taken.tables["luckyus_sales_crm.t_user"]
    assert (entry.server, {"user_name", "phone", "email"} <= set(entry.masked)) == ("files", True)
    on_server = Server(where.root / "laid_out", kind="live", cut=CUT, databases=["luckyus_sales_crm"])
    on_server.name = "sales_crm"
    again = snapshot.take([*servers(where), on_server], settings=where, forget=["salescrm"])
    assert again.tables["luckyus_sales_crm.t_user"].server == "sales_crm"
    assert again.tables["luckyus_sales_crm.t_user"].content_hash == entry.content_hash


def _workbook(broken: str) -> bytes:
    """A workbook of which the part of that name is no XML."""
    book, whole, made = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["day", "instance", "mean", "most", "bytes"])
    book.active.append(["2026-01-08", "i-1", 0.5, 0.5, 1])
    book.save(whole)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(made, "w") as target:
        for name in parts.namelist():
            target.writestr(name, b"<broken" if broken in name else parts.read(name))
    return made.getvalue()


BROKEN = {
    "days.csv.gz": gzip.compress(b"day,instance,mean,most,bytes\n" * 1000)[:60],
    "days.parquet": b"PAR1" + bytes(50) + b"PAR1",
    "days 1.xlsx": _workbook("sheet1.xml"),
    "days 2.xlsx": _workbook("workbook.xml"),
    "days 3.xlsx": b"PK" + bytes(50),
    "days 1.csv": "day,instance,mean,most,bytes\n".encode("utf-16"),
    "days 2.csv": b"",
    "days 1.jsonl": b"\xff\xfe{}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_broken_file_of_any_kind_costs_more_than_its_table(where: Settings, name: str):
    (where.root / "exports" / "days.csv").unlink()
    (where.root / "exports" / name).write_bytes(BROKEN[name])
    (where.root / "exports" / "mapping.yml").write_text(MAPPING.replace('"days*.csv"', '"days*"'))
    taken = take(where)
    (line,) = taken.failures()
    assert line.startswith(f"{DAYS}: ") and name in line
    assert {ORDERS, SHOPS, RULES} <= taken.tables.keys() and DAYS not in taken.tables


def test_a_line_of_json_that_goes_too_deep_is_rejected_alone(where: Settings):
    (where.root / "exports" / "days.csv").unlink()
    whole = '{"day": "2026-01-08", "instance": "i", "mean": 0.5, "most": 0.5, "bytes": 1}'
    (where.root / "exports" / "days.jsonl").write_text("[" * 100_000 + "\n" + whole + "\n")
    (where.root / "exports" / "mapping.yml").write_text(MAPPING.replace('"days*.csv"', '"days*"'))
    taken = take(where)
    assert (taken.failures(), taken.tables[DAYS].rows) == ([], 1)
    assert taken.tables[DAYS].rejected == {"no JSON object": 1}
