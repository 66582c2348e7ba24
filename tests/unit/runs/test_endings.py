"""How notebooks end: whole, stopped, on purpose; and that one's mistake stops nothing but itself."""

from __future__ import annotations

import json
import time

import psutil
import pytest

from lucky_analytics import report_charts
from lucky_analytics.runs import batch, records
from lucky_analytics.runs.execute import _remove_leftovers, _swap_in
from tests import estate_rows
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook

SHOPS = {"luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}]}
HEADLINE = 'report.headline("n", "Shops", int(suite.stores.count().execute()), unit="shops", n=1, n_of="x")'
SLEEP = "import subprocess, sys; program = [sys.executable, '-c', 'import time; time.sleep(600)']"
LEAVES = (
    f"{SLEEP}\nchild = subprocess.Popen(program)\nown = subprocess.Popen(program, start_new_session=True)\n"
    "import multiprocessing as mp, os, time\n"
    "fork = mp.get_context('fork').Process(target=time.sleep, args=(600,))\nfork.start()\n"
    "away = mp.get_context('fork').Process(target=lambda: (os.setsid(), time.sleep(600)))\naway.start()\n"
    "print(child.pid, own.pid, fork.pid, away.pid)"
)
TABLES = """\
import pandas as pd
frame = pd.DataFrame({"p": [1e-12, 0.12345678901234567], "n": pd.Series([2**64 - 1, 2**63], dtype="uint64")})
report.table(frame, "exact", "Exact", "<table></table>")"""
PLAIN_CHART = (
    "import altair as alt, pandas as pd\nalt.Chart(pd.DataFrame({'x': [1]})).mark_point().encode(x='x:Q')"
)
STOPS = """\
from lucky_analytics.decisions import WAIT, Decision, Strength
made = Decision("ask again", "Operations", Strength(WAIT), "Nobody ordered.", "Somebody orders.")
report.stop("Nothing to be said", "Nothing to be said.", made)"""
# One kernel each: those a colleague meets most in every run of the tests, the others in the full one.
NOTEBOOKS = {
    "quits": [HEADLINE, "raise SystemExit"],
    "shell": ["found = !echo a; exit 3", HEADLINE],
    "halves": ['print("a\\ud800b")', HEADLINE],
    "stops": [STOPS, "1 / 0"],
    "tells": ["raise ValueError('no answer from mysql://ann:pass-4711@10.0.0.1/x for ann@example.com')"],
    "whole": ["1 / 0", "2 / 0", HEADLINE, "", "# only a comment", TABLES, PLAIN_CHART, LEAVES],
}
MORE_NOTEBOOKS = {
    "leaves_kernel": ["exit()", HEADLINE],
    "exits": ["import sys; sys.exit(0)", HEADLINE],
    "interrupts": ["raise KeyboardInterrupt", HEADLINE],
    "magic": ["%no_such_magic 1", HEADLINE],
    "twice": [HEADLINE, HEADLINE],
    "stdin": ['input("name? ")'],
    "shouts": ["raise ValueError('\\x1b[2J\\ud800' + 'x' * 10_000_000)"],
    "shell_shows": ["!exit 3", HEADLINE],
    "slash": ['import pandas as pd\nreport.table(pd.DataFrame({"a": [1]}), "by store/week", "T", "")'],
}


def _checkout_of(root, notebooks):
    """A checkout under `root` with a snapshot and these notebooks of operations."""
    here = estate_rows.checkout(root)
    estate_rows.take_snapshot(here, SHOPS)
    for name, cells in notebooks.items():
        write_notebook(here.notebooks_dir / "operations" / f"{name}.ipynb", OPENING, *cells)
    return here


@pytest.fixture(scope="module")
def more(tmp_path_factory):
    here = _checkout_of(tmp_path_factory.mktemp("more_endings"), MORE_NOTEBOOKS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUCKY_HOME", str(here.notebooks_dir.parent))
        yield here, {outcome.notebook: outcome for outcome in batch.run_notebooks([], here, jobs=2)}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    root = tmp_path_factory.mktemp("endings")
    here = _checkout_of(root, NOTEBOOKS)
    folder = here.notebooks_dir / "operations"
    _edit(folder / "whole.ipynb", lambda node: _tag(node, "1 / 0", "raises-exception"))
    _edit(folder / "whole.ipynb", lambda node: _tag(node, "2 / 0", "skip-execution"))
    _edit(folder / "whole.ipynb", lambda node: node["metadata"].clear())  # no kernel named
    write_notebook(folder / "foreign.ipynb", OPENING, HEADLINE)
    _edit(
        folder / "foreign.ipynb", lambda node: node["metadata"]["kernelspec"].update(name="ir", language="R")
    )
    (folder / "brace.ipynb").write_text("{")
    (folder / "conflict.ipynb").write_text("<<<<<<< HEAD\n" + (folder / "whole.ipynb").read_text())
    (folder / "marked.ipynb").write_text((folder / "whole.ipynb").read_text(), encoding="utf-8-sig")
    write_notebook(folder / "no_parameters.ipynb", OPENING)
    _edit(folder / "no_parameters.ipynb", lambda node: node["cells"].pop(1))
    write_notebook(folder / "tomorrow.ipynb", OPENING)
    (here.params_dir / "tomorrow.yml").write_text("as_of: 2199-01-01\n")
    write_notebook(folder / "latin.ipynb", OPENING)
    (here.params_dir / "latin.yml").write_bytes(b"as_of: caf\xe9\n")
    for department in ("marketing", "product"):
        write_notebook(here.notebooks_dir / department / "double.ipynb", OPENING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUCKY_HOME", str(root))
        yield here, {outcome.notebook: outcome for outcome in batch.run_notebooks([], here, jobs=2)}


def _edit(path, change):
    node = json.loads(path.read_text())
    change(node)
    path.write_text(json.dumps(node))


def _tag(node, source, tag):
    (cell,) = [cell for cell in node["cells"] if "".join(cell["source"]) == source]
    cell["metadata"]["tags"] = [tag]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quits", "ended the notebook: expected every code cell run to its end, got SystemExit. Raise"),
        ("shell", "CalledProcessError in cell 4: Command 'echo a; exit 3' returned non-zero exit status 3"),
    ],
)
def test_a_notebook_that_did_not_run_to_its_end_failed_and_says_why(here, name, words):
    _failed_and_says(*here, name, words)


def test_an_error_keeps_logins_and_addresses_to_itself(here):
    where, outcomes = here
    _failed_and_says(where, outcomes, "tells", "no answer from mysql://[removed]@10.0.0.1/x for [removed]")
    for path in (where.runs_dir / "tells").glob("*/*"):
        if path.is_file() and path.name != "executed.ipynb":
            assert "pass-4711" not in path.read_text()
    (executed,) = (where.runs_dir / "tells").glob("*/executed.ipynb")
    outputs = [one for cell in json.loads(executed.read_text())["cells"] for one in cell.get("outputs", [])]
    (error,) = [one for one in outputs if one["output_type"] == "error"]
    assert "[removed]" in error["evalue"]
    assert "pass-4711" not in str(outputs)


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "exits",
            "ended the notebook: expected every code cell run to its end, got SystemExit and 1 code cells",
        ),
        ("leaves_kernel", ""),
        ("interrupts", "KeyboardInterrupt"),
        ("magic", "%no_such_magic"),
        ("twice", "headline n: expected each name once"),
        ("stdin", "StdinNotImplementedError"),
        ("shouts", "ValueError in cell 4: \ufffd[2J\ufffdxxx"),
        ("shell_shows", "CalledProcessError in cell 4: Command 'exit 3' returned non-zero exit status 3"),
        ("slash", "table 'by store/week': expected at most 80 letters"),
    ],
)
def test_more_that_did_not_run_to_their_end_failed_and_say_why(more, name, words):
    _failed_and_says(*more, name, words)


def _failed_and_says(settings, outcomes, name, words):
    assert (outcomes[name].action, words in outcomes[name].reason) == ("failed", True), outcomes[name].reason
    assert not outcomes[name].reason.rstrip().endswith(":")
    folder = settings.runs_dir / name / outcomes[name].record.run_id
    assert records.list_runs(name, settings)[0].status == records.FAILED
    assert "did not complete" in (folder / "report.html").read_text()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("brace", "expected a Jupyter notebook"),
        ("conflict", "expected a Jupyter notebook"),
        ("marked", "UTF-8 BOM"),
        ("no_parameters", "one cell tagged parameters, got 0"),
        ("foreign", "expected the kernel python3, in which all notebooks run, got ir. Choose Python 3"),
        ("tomorrow", "as_of: expected at most 2026-02-13"),
        ("latin", "latin.yml line 1: expected UTF-8"),
        ("double", "expected one of that name, got marketing and product"),
    ],
)
def test_what_cannot_be_read_fails_before_a_kernel_and_alone(here, name, words):
    _, outcomes = here
    assert (outcomes[name].action, outcomes[name].record) == ("failed", None)
    assert words in outcomes[name].reason


def test_what_runs_to_its_end_ran_though_it_names_no_kernel_and_skips_a_cell(here):
    _, outcomes = here
    assert outcomes["whole"].action == "ran", outcomes["whole"].reason


def test_half_a_character_that_a_cell_prints_is_replaced_and_the_run_goes_on(here):
    settings, outcomes = here
    assert outcomes["halves"].action == "ran", outcomes["halves"].reason
    folder = settings.runs_dir / "halves" / outcomes["halves"].record.run_id
    assert "a\ufffdb" in (folder / "executed.ipynb").read_text(encoding="utf-8")


def test_a_page_that_stops_with_a_reason_is_good_and_says_it(here):
    settings, outcomes = here
    assert outcomes["stops"].action == "ran", outcomes["stops"].reason
    folder = settings.runs_dir / "stops" / outcomes["stops"].record.run_id
    results = json.loads((folder / "results.json").read_text())
    assert results["answer"][0]["text"] == "Nothing to be said."
    assert results["decision"][0]["action"] == "ask again" and results["decision"][0]["owner"] == "Operations"
    page = (folder / "report.html").read_text()
    assert "Nothing to be said." in page and "Traceback" not in page and "did not complete" not in page


def test_an_error_on_purpose_is_shown_and_what_follows_it_counts(here):
    settings, outcomes = here
    folder = settings.runs_dir / "whole" / outcomes["whole"].record.run_id
    assert json.loads((folder / "results.json").read_text())["headlines"][0]["value"] == 1
    executed = (folder / "executed.ipynb").read_text()
    assert "ZeroDivisionError: division by zero" in executed
    assert executed.count("ZeroDivisionError: division by zero") == 1  # the skipped cell raised nothing
    assert "papermill-error-cell" not in executed


def test_children_that_a_cell_started_end_with_the_run(here):
    settings, outcomes = here
    folder = settings.runs_dir / "whole" / outcomes["whole"].record.run_id
    cells = json.loads((folder / "executed.ipynb").read_text())["cells"]
    pids = [int(pid) for pid in "".join(cells[-1]["outputs"][0]["text"]).split()]
    assert len(pids) == 4
    deadline = time.monotonic() + 10
    while alive := [pid for pid in pids if psutil.pid_exists(pid)]:
        assert time.monotonic() < deadline, alive
        time.sleep(0.05)


def test_a_plain_chart_is_recorded_as_its_specification(here):
    settings, outcomes = here
    folder = settings.runs_dir / "whole" / outcomes["whole"].record.run_id
    assert report_charts.VEGA_LITE in (folder / "executed.ipynb").read_text()


def test_downloads_of_a_run_equal_the_frame(here):
    import pandas as pd

    settings, outcomes = here
    tables = settings.runs_dir / "whole" / outcomes["whole"].record.run_id / "tables"
    for back in (pd.read_csv(tables / "exact.csv"), pd.read_parquet(tables / "exact.parquet")):
        assert back["p"].tolist() == [1e-12, 0.12345678901234567]
        assert back["n"].tolist() == [2**64 - 1, 2**63]


def test_list_shows_the_others_and_names_the_unreadable(here, monkeypatch):
    from click.testing import CliRunner

    from lucky_analytics.cli.runs import list_notebooks

    monkeypatch.setenv("LUCKY_HOME", str(here[0].root))
    shown = CliRunner().invoke(list_notebooks)
    assert "operations/whole  [ok]" in shown.output
    assert "notebook brace.ipynb: expected a Jupyter notebook" in shown.output
    assert str(shown.exception) == (
        "7 of 14 notebooks cannot be run: double, brace, conflict, foreign, latin, marked, no_parameters"
    )


def test_a_run_that_was_set_aside_when_the_command_was_killed_comes_back(tmp_path):
    home = tmp_path / "counts"
    for name, text in ((".replaced-999999999-abc", "old"), (".running-999999999-x", "half")):
        (home / name).mkdir(parents=True)
        (home / name / "report.html").write_text(text)
    _remove_leftovers(home)
    assert [path.name for path in home.iterdir()] == ["abc"]
    work = home / ".running-1-y"
    work.mkdir()
    (work / "report.html").write_text("new")
    _swap_in(work, home / "abc")
    assert (home / "abc" / "report.html").read_text() == "new"
    assert (work / "report.html").read_text() == "old"  # in one step: no moment without a run


GRID = PARAMETERS + '\nstore: str = "a"  # which store\ndays: int = 7  # how many'
GRID += '\nscenario: str = ""  # of a what-if'


@pytest.mark.full
def test_a_given_point_of_a_grid_is_one_run_and_an_unknown_one_fails_once(tmp_path, monkeypatch):
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    estate_rows.take_snapshot(here, SHOPS)
    refuse = 'if store not in "abc": raise LookupError(store)'
    write_notebook(here.notebooks_dir / "operations" / "week.ipynb", OPENING, refuse, parameters=GRID)
    (here.params_dir / "grids").mkdir()
    (here.params_dir / "grids" / "week.yml").write_text("store: [a, b, c]\n")
    run = lambda **given: [  # noqa: E731
        (o.action, o.record.variant) for o in batch.run_notebooks(["week"], here, given=given, jobs=2)
    ]
    assert run(store="b") == [("ran", "store=b")]
    assert run(store="zzz") == [("failed", "")]
    assert run() == [("ran", ""), ("ran", "store=a"), ("skipped", "store=b"), ("ran", "store=c")]
    assert run(scenario="{}") == [("ran", "")]  # a what-if is one report, and none of each point
    (here.params_dir / "grids" / "week.yml").write_text("store: [a, b]\ndays: [7, 14]\n")
    assert run(store="b", days="07") == [("ran", "store=b, days=7")]
    assert [variant for _, variant in run(days="14")] == ["store=a, days=14", "store=b, days=14"]
