"""Exported files beside a real server: declared in ``sources.toml``, taken, shown, examined by the doctor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.cli import main
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import SourceError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured, kinds
from lucky_analytics.sources.doctor import Check, examine
from tests import tiny_estate
from tests.services import mariadb
from tests.unit.snapshot.test_joined_files import DAYS, MAPPING, OF_SHOPS, ORDERS, RULES, SHOPS, write

LOCK = Path(__file__).parents[2] / "requirements.lock"
HOURS = "luckyus_opshop.t_shop_opening_time"
Lucky = Callable[..., tuple[int, str]]


@pytest.fixture
def checkout(where: Settings, server: mariadb.Mariadb) -> Settings:
    for name in ("notebooks", "params"):
        (where.root / name).mkdir()
    (where.root / "requirements.lock").write_text(LOCK.read_text())
    names = ("salesorder", "opshop")
    tiny_estate.write(where.demo_dir, [estate.load().database(name) for name in names], n_rows=20)
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    for host in ("%", "localhost"):  # other tests of this server may have granted it more
        server.execute(f"DROP USER IF EXISTS lucky_read@'{host}'")
    load(where.demo_dir, server.root, names=names, reader=reader)
    write(where)
    declare(where, server)
    return where


def declare(where: Settings, server: mariadb.Mariadb, files: str = '[files]\nfolder = "exports"\n') -> None:
    default = f'[default]\nprimary = "mysql://lucky_read@127.0.0.1:{server.port}"\nallow_primary = true\n'
    secret = f'password_env = "{mariadb.PASSWORD_VARIABLE}"\n'
    (where.root / "sources.toml").write_text(default + secret + files)


@pytest.fixture
def lucky(checkout: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lucky:
    monkeypatch.setenv("LUCKY_HOME", str(checkout.root))
    for name in ("LUCKY_DATA", "LUCKY_SOURCES", "LUCKY_SOURCE_URL"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> tuple[int, str]:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_a_live_snapshot_has_the_tables_of_both_and_the_cut_of_the_server(lucky: Lucky, checkout: Settings):
    code, said = lucky("snapshot", "take", "--source", "live")
    assert code == 0, said
    taken = snapshot.find("newest", checkout)
    assert {ORDERS, SHOPS, RULES, DAYS} <= taken.tables.keys()
    (server,) = [facts for facts in taken.servers.values() if not facts.is_export]
    assert taken.cut == server.cut > taken.servers["files"].cut
    assert "mariadb" in server.version
    _, shown = lucky("snapshot", "show")
    assert "files files: exported files, as of 2026-01-10 12:00 UTC" in shown
    assert [line for line in shown.splitlines() if line.startswith(DAYS) and "from files" in line]
    assert [line for line in shown.splitlines() if line.startswith(ORDERS) and "from files" not in line]


def test_one_command_names_all_that_was_wrong_and_the_rest_is_usable(lucky: Lucky, checkout: Settings):
    write(checkout, mapping=MAPPING + OF_SHOPS, days="day,instance\n2026-01-08,i-1\n")
    code, said = lucky("snapshot", "take", "--source", "live")
    assert code == 4
    (last,) = [line for line in said.splitlines() if line.startswith("lucky: ")]
    assert "2 not read" in last and f"{HOURS}: expected a table in one place, got server" in last
    assert DAYS in last
    taken = snapshot.find("newest", checkout)
    assert taken.tables[HOURS].rows == 20
    assert {ORDERS, SHOPS, RULES} <= taken.tables.keys()
    assert DAYS not in taken.tables


def test_a_folder_joins_once_by_the_command_line(lucky: Lucky, checkout: Settings, server: mariadb.Mariadb):
    declare(checkout, server, files="")
    code, said = lucky("snapshot", "take", "--source", "live", "--path", str(checkout.root / "exports"))
    assert code == 0, said
    assert DAYS in snapshot.find("newest", checkout).tables
    _, said = lucky("snapshot", "take", "--source", "live")
    assert f"{RULES}, {DAYS}: from exported files before" in said
    assert DAYS not in snapshot.find("newest", checkout).tables


def test_files_alone_are_read_again(lucky: Lucky, checkout: Settings):
    lucky("snapshot", "take", "--source", "live")
    before = snapshot.find("newest", checkout)
    write(checkout, rules="rule,tool,health\nCPU,grafana,error\n")
    code, said = lucky("snapshot", "take", "--source", "live", "--source-name", "cloud", "--keep-others")
    assert code == 0, said
    after = snapshot.find("newest", checkout)
    assert (after.tables[RULES].rows, after.cut, after.tables.keys()) == (1, before.cut, before.tables.keys())
    assert [source.name for source in kinds.connect("live", checkout, names=["opshop"])] != ["files"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("[files]\n", 'sources.toml [files]: expected folder = "exports", got no folder'),
        ('[files]\nfolder = "exports"\nmaping = "x"\n', "mapping"),
        ('[files]\nfolder = "nowhere"\n', "nowhere"),
        ('[files]\nfolder = "exports"\nmapping = "nowhere.yml"\n', "nowhere.yml"),
        ('files = "exports"\n', "sources.toml"),
    ],
)
def test_an_entry_that_is_wrong_costs_the_files_alone(
    lucky: Lucky, checkout: Settings, server: mariadb.Mariadb, entry: str, said: str
):
    if entry.startswith("files ="):  # before the first table, or it is a key of that
        text = (checkout.root / "sources.toml").read_text().partition("[files]")[0]
        (checkout.root / "sources.toml").write_text(entry + text)
    else:
        declare(checkout, server, files=entry)
    code, told = lucky("snapshot", "take", "--source", "live")
    assert code == 4
    assert said in told.splitlines()[-1]
    taken = snapshot.find("newest", checkout)
    assert list(taken.unreached) == ["files"]
    assert {ORDERS, SHOPS} <= taken.tables.keys()


def test_files_without_any_server_are_no_live_snapshot(checkout: Settings):
    (checkout.root / "sources.toml").write_text('[files]\nfolder = "exports"\n')
    with pytest.raises(SourceError, match="at least one configured server"):
        configured.connect(checkout)


def checks(where: Settings) -> dict[str, Check]:
    return {check.name: check for check in examine(where) if check.name.startswith("files")}


def test_the_doctor_reads_the_first_rows_of_every_file(checkout: Settings):
    assert [check.passed for check in checks(checkout).values()] == [True] * 3
    assert "newest of 2026-01-10 12:00 UTC" in checks(checkout)["files"].found


def test_the_doctor_says_what_a_snapshot_would_say(checkout: Settings):
    days = "day,instance,mean,most,bytes\n2026-01-32,i-1,0.2,0.5,100\n"
    write(checkout, mapping=MAPPING + OF_SHOPS, days=days, rules="rule\nCPU\n")
    found = checks(checkout)
    assert "in two places: server" in found[f"files: {HOURS}"].found
    assert not found[f"files: {RULES}"].passed
    assert found[f"files: {DAYS}"].is_warning and "1 do not fit" in found[f"files: {DAYS}"].found
    (checkout.root / "exports").rename(checkout.root / "moved")
    assert not checks(checkout)["files"].passed
