"""The command line: one clear line and an exit code for whatever is wrong."""

from __future__ import annotations

import errno
import shutil
from collections import namedtuple

import pytest

import lucky_analytics.cli as cli_module
from lucky_analytics.cli import COMMANDS, lucky, main
from lucky_analytics.errors import LuckyError, PublishError, RunError, require_none
from tests import estate_rows
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook


@pytest.fixture
def here(tmp_path, monkeypatch):
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    write_notebook(here.notebooks_dir / "operations" / "counts.ipynb", OPENING)
    return here


def call(capsys, *arguments):
    """Exit code, lines on standard output, lines on standard error."""
    try:
        main(list(arguments))
        code = 0
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "cuonts"], 2, "unknown notebook 'cuonts': expected one of counts"),
        (["run", "CUONTS"], 2, "unknown notebook 'CUONTS': expected one of counts"),
        (["run"], 2, "expected notebook names or --all, got neither"),
        (["run", "counts", "-p", "factor"], 2, "-p: expected name=value, got factor"),
        (["run", "counts"], 3, "Run lucky snapshot take"),
        (["run", "--nonsense"], 2, "No such option"),
        (["run", "counts", "-p", "n=1", "-p", "n=2"], 2, "parameter n: expected one value, got 1 and 2"),
        (
            ["run", "counts", "--as-of", "2026-01-01", "-p", "as_of=2026-01-02"],
            2,
            "parameter as_of: expected one",
        ),
        (["run", "counts", "--cell-timeout", "nan"], 2, "'--cell-timeout': 'nan' is not a valid integer"),
        (["run", "counts", "--cell-timeout", "0.001"], 2, "'0.001' is not a valid integer"),
        (["run", "counts", "--cell-timeout", "0"], 2, "0 is not in the range x>=1"),
        (["run", "counts", "--timeout", "nan"], 2, "'--timeout': 'nan' is no finite number"),
        (["run", "counts", "--timeout", "0"], 2, "0.0 is not in the range x>0"),
        (["run", "counts", "--memory", "inf"], 2, "'inf' is no finite number"),
        (["run", "counts", "--retries", "-1"], 2, "-1 is not in the range"),
        (["run", "counts", "--wait", "nan"], 2, "'nan' is no finite number"),
        (["results", "counts"], 5, "Run lucky run counts"),
        (["demo", "build", "--scale", "-1"], 2, "scale: expected"),
        (["demo", "build", "--only", "churm"], 2, "unknown mechanism 'churm'"),
        (["snapshot", "take", "--source", "demo"], 4, "Run lucky demo build"),
        (["snapshot", "show", "x"], 3, "expected one in"),
        (
            ["run", "marketing/counts"],
            2,
            "unknown notebook 'marketing/counts': expected one of operations/counts",
        ),
        (["run", "counts", "--as-of", ""], 2, "--as-of: expected a date such as 2026-01-31, got nothing"),
        (["run", "counts", "--params", ""], 2, "'--params': an empty path"),
        (["publish", "--to", ""], 2, "'--to': an empty path"),
        (["schedule", "export", "--out", ""], 2, "'--out': an empty path"),
        (["demo", "build", "--out", ""], 2, "'--out': an empty path"),
        (
            ["snapshot", "take", "--source", "files", "--path", ""],
            2,
            "--path: expected a folder, got nothing",
        ),
        (["estate", "servers", ""], 2, "unknown server ''"),
        (["walk"], 2, "No such command 'walk'"),
    ],
)
def test_what_is_wrong_is_one_line_and_an_exit_code(here, capsys, arguments, code, words):
    got, _, lines = call(capsys, *arguments)
    assert (got, len(lines)) == (code, 1), lines
    assert lines[0].startswith("lucky: ")
    assert words in lines[0]


@pytest.mark.parametrize("arguments", [[], ["snapshot"], ["new"]])
def test_a_group_without_a_command_lists_its_commands_on_lines_of_their_own(here, capsys, arguments):
    code, _, lines = call(capsys, *arguments)
    assert code == 2 and lines[0].startswith("Usage: lucky") and len(lines) > 8
    assert any(line.startswith("  -h, --help") for line in lines)


def test_lists_without_an_owner_are_refused_before_the_notebook_runs(here, capsys):
    estate_rows.take_snapshot(here, {})
    own = '\nexport_lists: bool = False  # write lists\nlist_owner: str = ""  # who answers for them'
    where = here.notebooks_dir / "operations" / "lists.ipynb"
    write_notebook(where, OPENING, parameters=PARAMETERS + own)
    code, _, (line,) = call(capsys, "run", "lists", "-p", "export_lists=true")
    assert code == 2 and "list_owner: expected who answers" in line and "Add -p list_owner=NAME" in line
    assert not here.runs_dir.exists()


def test_several_faults_are_named_at_the_end_with_the_exit_code_that_they_share():
    published, run = PublishError("a"), RunError("b")
    for faults, code in (([published, published], 6), ([published, run], 2)):
        with pytest.raises(LuckyError, match="2 things are wrong: got a; ") as ended:
            require_none(faults)
        assert ended.value.exit_code == code


def test_a_damaged_table_costs_the_notebook_that_reads_it_and_is_named(here, capsys):
    manifest = estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    part = manifest.paths("luckyus_opshop", "t_shop_info")[0]
    part.write_bytes(part.read_bytes()[:-1])
    write_notebook(
        here.notebooks_dir / "operations" / "counts.ipynb", OPENING, "suite.stores.count().execute()"
    )
    code, (line, *_), said = call(capsys, "run", "counts")
    assert (code, manifest.id in line, "t_shop_info/part-00000.parquet has" in line) == (5, True, True)
    assert [told for told in said if told.startswith("damaged: luckyus_opshop.t_shop_info")]


def test_wrong_parameters_stop_before_anything_is_written(here, capsys):
    estate_rows.take_snapshot(here, {})
    code, _, (line,) = call(capsys, "run", "counts", "-p", "as_of=yesterday")
    assert (code, "parameter as_of: expected date | None, got 'yesterday'" in line) == (2, True)
    assert not here.runs_dir.exists()


def test_the_results_of_a_failed_run_say_why_and_no_part_of_an_id_is_guessed(here, capsys):
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(here.notebooks_dir / "operations" / "counts.ipynb", OPENING, "1 / 0")
    _, (line, *_), _ = call(capsys, "run", "counts", "counts", "--force")
    assert line.startswith("[1/1] counts: failed")  # named twice, run once
    _, lines, _ = call(capsys, "results", "counts")
    assert "ZeroDivisionError: division by zero" in lines[1]
    code, _, (line,) = call(capsys, "results", "counts", "--run", "")
    assert (code, "unknown run of counts ''" in line) == (2, True)


def test_outside_a_checkout_the_remedy_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    code, _, (line,) = call(capsys, "list")
    assert (code, "LUCKY_HOME: expected a folder with notebooks/ and params/" in line) == (1, True)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists_and_explains_itself(name, capsys):
    assert lucky.get_command(None, name) is not None
    code, lines, _ = call(capsys, name, "--help")
    assert (code, lines[0].startswith("Usage: lucky " + name)) == (0, True)


def test_list_shows_question_parameters_and_status(here, capsys):
    _, lines, _ = call(capsys, "list")
    assert lines[0] == "operations/counts  [never run]  How many orders?"
    assert "as_of: date | None = None" in lines[2]


WRITE_LIST = """\
import pandas as pd
from lucky_analytics import lists
frame = pd.DataFrame({"customer": [1]})
lists.write_list(frame, "at_risk", owner="marketing", purpose="win-back", as_of=suite.as_of)"""


@pytest.mark.full
def test_a_run_is_logged_with_its_tables_rows_and_lists_and_a_skip_is_not(here, capsys):
    from lucky_analytics.audit_log import read_entries

    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(
        here.notebooks_dir / "operations" / "counts.ipynb",
        OPENING,
        "suite.stores",
        'report.caveat("few")',
        WRITE_LIST,
    )
    code, (line,), _ = call(capsys, "run", "counts")
    assert (code, line.startswith("[1/1] counts: ran in ")) == (0, True)
    code, (line,), _ = call(capsys, "run", "counts")
    assert line == "[1/1] counts: skipped (nothing that matters changed)"
    ran, wrote = read_entries(here)
    assert (ran["command"], ran["tables"]) == ("run counts", {"luckyus_opshop.t_shop_info": 1})
    assert wrote["exports"] == [str(here.outputs_dir / "lists" / "at_risk-2026-02-13.csv")]


@pytest.mark.parametrize("full", ["outputs", "data"])
def test_a_full_disk_is_named_by_its_folder(here, capsys, monkeypatch, full):
    folder = {"outputs": here.outputs_dir, "data": here.data_dir}[full]
    for each in (here.outputs_dir, here.data_dir):
        each.mkdir(exist_ok=True)

    def write(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(0 if path == folder else 1 << 40))
    monkeypatch.setattr(cli_module.LazyGroup, "get_command", write)
    code, _, (line,) = call(capsys, "list")
    assert (code, line) == (74, f"lucky: {folder}: No space left on device")
