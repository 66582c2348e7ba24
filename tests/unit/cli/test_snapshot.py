"""``lucky snapshot``: what people and machines see, and how failures end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from lucky_analytics import estate
from lucky_analytics.cli import main
from tests import tiny_estate


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def lucky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Runs one command in a temporary checkout with a tiny demo."""
    for name in ("notebooks", "params"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    for name in ("LUCKY_DATA", "LUCKY_SOURCES", "LUCKY_SOURCE_URL"):
        monkeypatch.delenv(name, raising=False)
    tiny_estate.write(tmp_path / "data" / "demo", [estate.load().database("opshop")], n_rows=7)

    def run(*arguments: str) -> Outcome:
        code = 0
        try:
            main(list(arguments))
        except SystemExit as ended:
            code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


def test_take_list_show_and_verify(lucky):
    taken = lucky("snapshot", "take")
    assert taken.code == 0
    assert "taken" in taken.out
    assert "t_shop_info: 7 rows" in taken.err
    assert "unchanged" in lucky("snapshot", "take").out
    (listed,) = json.loads(lucky("snapshot", "list", "--json").out)
    assert listed["id"] in lucky("snapshot", "show").out
    assert lucky("snapshot", "verify", listed["id"]).code == 0
    assert json.loads(lucky("snapshot", "take", "--json").out)["kind"] == "demo"
    assert "nothing to remove" in lucky("snapshot", "prune").out
    assert "no difference" in lucky("snapshot", "compare", "newest").out


def test_a_changed_byte_ends_in_one_line_and_the_exit_code_of_snapshots(lucky, tmp_path: Path):
    lucky("snapshot", "take")
    (part,) = (tmp_path / "data" / "snapshots").glob("*/luckyus_opshop/t_shop_info/*.parquet")
    content = bytearray(part.read_bytes())
    content[100] ^= 1
    part.write_bytes(content)
    ended = lucky("snapshot", "verify")
    assert (ended.code, ended.err.count("\n")) == (3, 1)
    assert "has changed since it was taken" in ended.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("take", "--source-name", "opshpo"), 2, "opshop"),
        (("take", "--source", "live"), 4, "Copy sources.example.toml"),
        (("take", "--source", "files"), 4, "expected --path DIR"),
        (("take", "--path", "nowhere"), 4, "Run lucky demo build"),
        (("show",), 3, "Run lucky snapshot take"),
        (("verify", "2026"), 3, "Run lucky snapshot take"),
        (("prune", "--keep", "0"), 3, "keep of 1 or more"),
        (("take", "--mapping", "m.yml"), 2, "--mapping: expected --source files or live with it, got"),
        (
            ("take", "--source", "live", "--mapping", "m.yml"),
            4,
            "--mapping of files that join servers: expected",
        ),
        (("take", "--whole"), 2, "--whole: expected --source live with it"),
        (("take", "--allow-primary"), 2, "--allow-primary: expected --source live with it"),
        (("take", "--forget", "opshop"), 2, "--forget: expected --source live or files with it"),
        (("take", "--keep-others"), 2, "--keep-others: expected --source-name with it"),
    ],
)
def test_bad_input_is_one_line_with_its_exit_code(lucky, arguments: tuple[str, ...], code: int, message: str):
    ended = lucky("snapshot", *arguments)
    assert ended.code == code
    assert message in ended.err
    assert ended.err.count("\n") == 1
    assert ended.out == ""


def test_some_sources_alone_are_listed_and_are_not_the_newest(lucky, tmp_path: Path):
    lucky("snapshot", "take")
    shutil.rmtree(tmp_path / "data" / "demo")  # its files are those of the snapshot
    tiny_estate.write(tmp_path / "data" / "demo", [estate.load().database("opshop")], n_rows=8)
    lucky("snapshot", "take", "--source-name", "opshop")
    part, whole = lucky("snapshot", "list").out.splitlines()
    assert (part.endswith(" 16 rows"), whole.endswith("  newest")) == (True, True)


def test_a_snapshot_whose_manifest_is_damaged_is_named_beside_the_others(lucky, tmp_path: Path):
    lucky("snapshot", "take")
    damaged = tmp_path / "data" / "snapshots" / "20250101T000000Z-demo-00000000" / "manifest.json"
    damaged.parent.mkdir()
    damaged.write_text("{")
    (damaged.parents[1] / ".newest").write_text(damaged.parent.name)
    ended = lucky("snapshot", "list")
    assert (ended.code, ended.out.count("\n"), ended.err.count("\n")) == (3, 1, 1)
    assert str(damaged.parent) in ended.err or damaged.parent.name in ended.err


def test_no_name_is_not_the_name_of_the_only_snapshot(lucky):
    lucky("snapshot", "take")
    ended = lucky("snapshot", "show", "")
    assert (ended.code, "unknown snapshot ''" in ended.err) == (2, True)


def test_contracts_end_non_zero_on_a_breach(lucky):
    # The tiny shops lie at random places.
    lucky("snapshot", "take")
    ended = lucky("snapshot", "contracts")
    assert ended.code == 3
    assert "BREACH  luckyus_opshop.t_shop_info: range location_latitude" in ended.out
    assert "issue   luckyus_opshop.t_shop_info: issue shop_geography_null" in ended.out


def test_a_table_of_which_no_number_will_be_shown_ends_the_take_non_zero(lucky, tmp_path: Path):
    from tests.unit.sources.test_mapped_files import ROWS, write

    good = [{**ROWS[0], "Store": str(n)} for n in range(1, 9)]
    write(tmp_path / "x", "shops.csv", [*good, {**ROWS[0], "Store": "?"}])
    ended = lucky("snapshot", "take", "--source", "files", "--path", str(tmp_path / "x"))
    assert (ended.code, "taken: 1 tables, 8 rows" in ended.out) == (3, True)
    assert (
        "1 contracts broken, no number of these is shown: got luckyus_opshop.t_shop_info: rejects rows"
        in (ended.err.splitlines()[-1])
    )
    write(tmp_path / "x", "shops.csv", [*good, {**ROWS[0], "Name": "again"}])
    ended = lucky("snapshot", "take", "--source", "files", "--path", str(tmp_path / "x"))
    assert (ended.code, "t_shop_info: key id" in ended.err.splitlines()[-1]) == (3, True)
    write(tmp_path / "x", "shops.csv", good)  # the rows of the first time, and nothing wrong beside them
    assert lucky("snapshot", "take", "--source", "files", "--path", str(tmp_path / "x")).code == 0
    assert list((tmp_path / "data" / "snapshots").rglob("rejected.jsonl")) == []


def test_what_is_wrong_with_the_files_of_a_source_is_said_once_and_named_whole_at_the_end(
    lucky, tmp_path: Path
):
    from tests.unit.sources.test_mapped_files import write

    write(tmp_path / "x", "shops.csv")
    (tmp_path / "x" / "shops.csv").write_text("a,b\n1,2\n")
    ended = lucky("snapshot", "take", "--source", "files", "--path", str(tmp_path / "x"))
    said = [line for line in ended.err.splitlines() if "column 'Store'" in line]
    assert (ended.code, [line.partition(": ")[0] for line in said]) == (4, ["not read", "lucky"])


def test_a_folder_without_a_manifest_is_named(lucky, tmp_path: Path):
    lost = tmp_path / "data" / "snapshots" / "20250101T000000Z-demo-00000000"
    lost.mkdir(parents=True)
    ended = lucky("snapshot", "list")
    assert (ended.code, ended.err.count("\n"), lost.name in ended.err) == (3, 1, True)
    shown = lucky("snapshot", "show")
    assert f"{lost.name} without its manifest.json" in shown.err
    lucky("snapshot", "take")
    ended = lucky("snapshot", "list")
    assert (ended.code, ended.out.count("\n"), lost.name in ended.err) == (3, 1, True)


@pytest.mark.parametrize("command", ["show", "contracts", "list"])
def test_a_damaged_table_is_named_by_what_shows_the_others(lucky, tmp_path: Path, command: str):
    lucky("snapshot", "take")
    (part,) = (tmp_path / "data" / "snapshots").glob("*/luckyus_opshop/t_shop_info/*.parquet")
    part.write_bytes(b"short")
    ended = lucky("list") if command == "list" else lucky("snapshot", command)
    assert (ended.code, ended.err.count("\n")) == (3, 1)
    assert "luckyus_opshop.t_shop_info" in ended.err and "has 5 bytes instead of" in ended.err
    assert command == "list" or "t_shop_opening_time" in ended.out


@pytest.mark.parametrize("name", ["opshop.", ".t_shop_info", ".", "opshop.t_shop_info.", ""])
def test_a_name_with_nothing_beside_its_dot_is_one_line(lucky, name: str):
    ended = lucky("estate", "show", name)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_an_engine_that_nobody_knows_is_named_by_what_lists_and_examines(lucky, monkeypatch):
    monkeypatch.setenv("LUCKY_ENGINE", "nosuch")
    for command in ("list", "doctor"):
        ended = lucky(command)
        assert ended.code != 0
        assert "unknown engine 'nosuch'" in ended.out + ended.err
