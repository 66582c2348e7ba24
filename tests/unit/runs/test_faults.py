"""What goes wrong around a run: endless cells, floods of text, a full disk, a clock that steps."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest

from lucky_analytics import settings as settings_module
from lucky_analytics import snapshot
from lucky_analytics.errors import RunError
from lucky_analytics.runs import batch, forkserver, notebooks, records
from lucky_analytics.runs.execute import execute
from lucky_analytics.runs.limits import Limits
from lucky_analytics.runs.plan import inputs_of, plan
from tests import estate_rows
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook
from tests.read_only import read_only

SHOPS = {"luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}]}
HEADLINE = 'report.headline("n", "Shops", int(suite.stores.count().execute()), unit="shops", n=1, n_of="x")'
ESCAPING_NAME = """\
from IPython.display import display
from lucky_analytics import report_record
record = {"kind": "table", "name": "../../../../escaped", "title": "T", "n_rows": 1, "data": ""}
display({report_record.MIME: record, "text/html": "<table></table>"}, raw=True)"""
FLOOD = "print('start' + 'x' * 10_000_000 + 'end')\nimport os; os.system('echo of a child')"
PATIENCE = 300  # seconds: on a busy machine a command may take a minute to start
REMOVE_SNAPSHOT = "import shutil; shutil.rmtree(suite.snapshot.folder); lucky_analytics.open(snapshot)"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    root = tmp_path_factory.mktemp("faults")
    here = estate_rows.checkout(root)
    estate_rows.take_snapshot(here, SHOPS)
    (root / "statsmodels.py").write_text("raise ImportError('a file of the folder in which we are called')\n")
    folder = here.notebooks_dir / "operations"
    write_notebook(folder / "endless.ipynb", OPENING, "while True: pass")
    write_notebook(folder / "floods.ipynb", OPENING, FLOOD, HEADLINE)
    write_notebook(folder / "repeats.ipynb", OPENING, ESCAPING_NAME)
    write_notebook(
        folder / "varies.ipynb", OPENING, HEADLINE, parameters=PARAMETERS + '\nzip_code: str = "10003"'
    )
    (here.params_dir / "grids").mkdir()
    (here.params_dir / "grids" / "varies.yml").write_text("zip_code: [07030, 10014]\n")
    before = os.environ.copy()
    os.environ.update(LUCKY_HOME=str(root))
    outcomes = batch.run_notebooks([], here, jobs=2, limits=Limits(cell=2.5))
    yield here, outcomes
    os.environ.clear()
    os.environ.update(before)


def test_a_cell_that_never_ends_is_stopped(here):
    _, outcomes = here
    (endless,) = [outcome for outcome in outcomes if outcome.notebook == "endless"]
    assert (endless.action, "CellTimeoutError" in endless.reason) == ("failed", True)


def test_outputs_that_come_late_on_a_busy_machine_are_waited_for(monkeypatch):
    import papermill.engines

    from lucky_analytics.runs.engine import ForkEngine

    asked = {}
    run = classmethod(lambda cls, notebook, kernel, **arguments: asked.update(arguments))
    monkeypatch.setattr(papermill.engines.NBClientEngine, "execute_managed_notebook", run)
    ForkEngine.execute_managed_notebook(SimpleNamespace(nb=nbformat.v4.new_notebook()), "python3")
    assert asked["iopub_timeout"] >= 60


def test_outputs_that_make_no_page_fail_that_run_only(here):
    settings, outcomes = here
    (repeats,) = [outcome for outcome in outcomes if outcome.notebook == "repeats"]
    assert (repeats.action, "while its page was made" in repeats.reason) == ("failed", True), repeats.reason
    assert (settings.runs_dir / "repeats" / repeats.record.run_id / "report.html").is_file()


def test_a_flood_of_text_keeps_its_ends(here):
    settings, outcomes = here
    (floods,) = [outcome for outcome in outcomes if outcome.notebook == "floods"]
    text = (settings.runs_dir / "floods" / floods.record.run_id / "executed.ipynb").read_text()
    assert floods.action == "ran"
    assert len(text) < 200_000
    assert ("start" in text, "end" in text, "characters left out" in text) == (True, True, True)


def test_a_grid_runs_each_combination_and_keeps_the_text_that_was_written(here):
    settings, outcomes = here
    variants = {o.record.variant: o.record for o in outcomes if o.notebook == "varies"}
    assert set(variants) == {"", "zip_code=07030", "zip_code=10014"}
    assert variants["zip_code=07030"].parameters["zip_code"] == "07030"
    assert len({record.run_id for record in variants.values()}) == 3
    assert records.find("varies", None, settings).variant == ""  # its own parameters, whichever ended last
    again = batch.run_notebooks(["varies"], settings)
    assert {outcome.action for outcome in again} == {"skipped"}


def test_a_run_whose_files_are_damaged_is_made_again(here):
    settings, _ = here
    record = records.find("varies", None, settings)
    newest = snapshot.find("newest", settings)
    inputs = inputs_of(notebooks.find("varies", settings), settings, newest, given={})
    assert plan(inputs, settings).action == "skip"
    file = settings.runs_dir / "varies" / record.run_id / "results.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:40])
    planned = plan(inputs, settings)
    assert (planned.action, planned.reason.startswith("damaged: results.json of run varies/")) == (
        "run",
        True,
    )
    file.write_bytes(whole)


@pytest.mark.full
def test_a_history_that_cannot_be_written_costs_no_notebook_its_run_and_is_said(here):
    settings, _ = here
    kept = (settings.outputs_dir / "history.sqlite").read_bytes()
    (settings.outputs_dir / "history.sqlite").write_bytes(b"no database" * 1_000)
    outcomes = batch.run_notebooks(["floods", "varies"], settings, force=True)
    assert {outcome.action for outcome in outcomes} == {"ran"}
    error = str(batch.not_noted(outcomes))
    assert "not in the history, though they ran: floods, varies" in error
    assert "file is not a database. Move" in error
    (settings.outputs_dir / "history.sqlite").write_bytes(kept)


@pytest.mark.full
def test_a_page_that_cannot_be_made_anew_from_a_damaged_run_is_made_by_a_run(here):
    settings, _ = here
    record = records.find("floods", None, settings)
    folder = settings.runs_dir / "floods" / record.run_id
    (folder / "executed.ipynb").write_text("{")
    dataclasses.replace(record, page_hash="older").write(folder)
    (outcome,) = batch.run_notebooks(["floods"], settings)
    assert (outcome.action, "damaged: executed.ipynb" in outcome.reason) == ("ran", True), outcome.reason
    (again,) = batch.run_notebooks(["floods"], settings)
    assert again.action == "skipped"


@pytest.mark.full
def test_a_clock_that_steps_back_does_not_reorder_runs(here):
    settings, _ = here
    inputs = inputs_of(
        notebooks.find("varies", settings), settings, snapshot.find("newest", settings), given={}
    )
    past = iter([dt.datetime(2001, 1, 2, tzinfo=dt.UTC), dt.datetime(2001, 1, 1, tzinfo=dt.UTC)])
    try:
        record = execute(inputs, settings, clock=lambda: next(past))
    finally:
        forkserver.close_server()
    assert (record.ended_at[:10], record.seconds > 0) == ("2001-01-01", True)
    assert records.list_runs("varies", settings)[0].sequence == record.sequence


def test_a_full_disk_is_one_line_and_leaves_the_good_run(here):
    settings, _ = here
    before = sorted(settings.runs_dir.glob("floods/*"))

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = subprocess.run(
        [sys.executable, "-m", "lucky_analytics.cli", "run", "floods", "--force"],
        capture_output=True,
        text=True,
        preexec_fn=small_files,
        cwd=settings.root,
    )
    assert ended.returncode != 0
    last = ended.stderr.splitlines()[-1]
    assert "got File too large" in last
    assert f"run of floods, {settings.runs_dir}/floods/" in last
    assert "Traceback" not in ended.stderr
    assert sorted(settings.runs_dir.glob("floods/*")) == before


def test_a_full_disk_names_the_file_and_a_remedy_and_leaves_no_empty_folder(here, monkeypatch, tmp_path):
    settings = dataclasses.replace(here[0], outputs_dir=tmp_path)
    newest = snapshot.find("newest", settings)
    inputs = inputs_of(notebooks.find("floods", settings), settings, newest, given={})

    def fail(inputs, work, *_):
        (work / "executed.ipynb").write_text("{}")
        raise OSError(errno.ENOSPC, "Error writing bytes to file")

    monkeypatch.setattr("lucky_analytics.runs.execute._through_papermill", fail)
    with pytest.raises(RunError) as full:
        execute(inputs, settings)
    assert str(full.value) == (
        f"run of floods, {tmp_path}/runs/floods/executed.ipynb: expected room on the disk,"
        " got No space left on device. Free space, run lucky history prune, or set LUCKY_OUTPUTS"
    )
    assert not (tmp_path / "runs" / "floods").exists()


@pytest.mark.full
def test_what_a_child_of_a_cell_prints_is_in_its_notebook_and_not_among_the_json(here):
    settings, _ = here
    command = [sys.executable, "-m", "lucky_analytics.cli", "run", "floods", "--force", "--json"]
    ended = subprocess.run(command, cwd=settings.root, capture_output=True, text=True)
    (said,) = json.loads(ended.stdout)
    assert "of a child" not in ended.stderr
    executed = settings.runs_dir / "floods" / said["record"]["run_id"] / "executed.ipynb"
    assert "of a child" in executed.read_text()


@pytest.mark.full
def test_a_command_whose_streams_are_closed_runs_as_ever(here):
    settings, _ = here
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-m", "lucky_analytics.cli"]
    ended = subprocess.run([*command, "run", "floods", "--force"], cwd=settings.root, timeout=PATIENCE)
    assert ended.returncode == 0
    record = records.find("floods", None, settings)
    text = (settings.runs_dir / "floods" / record.run_id / "executed.ipynb").read_text()
    assert ("start" in text, "end" in text) == (True, True)


@pytest.mark.full
def test_a_killed_command_leaves_no_kernel_and_the_next_run_goes_on(here):
    settings, _ = here
    command = [sys.executable, "-m", "lucky_analytics.cli", "run", "endless", "--force"]
    running = subprocess.Popen(command, cwd=settings.root, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while not list(settings.runs_dir.glob("endless/.running-*/executed.ipynb")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    second = subprocess.run([*command, "--wait", "0"], cwd=settings.root, capture_output=True, text=True)
    assert (second.returncode, len(second.stderr.splitlines())) == (75, 1), second.stderr
    assert f"endless: busy (being run by process {running.pid}, waited 0 s)" in second.stdout
    running.kill()
    running.wait()
    while left := _processes_of(settings.root):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    folders = lambda: list(Path(tempfile.gettempdir()).glob(f"lucky-kernel-{running.pid}-*"))  # noqa: E731
    assert len(folders()) == 1
    (outcome,) = batch.run_notebooks(["endless"], settings, limits=Limits(cell=1), force=True)
    assert outcome.action == "failed"
    assert folders() == []
    assert not list(settings.runs_dir.glob("endless/.running-*"))


def test_ctrl_c_ends_a_run_at_once_and_keeps_nothing_of_it(here):
    settings, _ = here
    before = {path.name for path in settings.runs_dir.glob("endless/[!.]*")}
    command = [sys.executable, "-m", "lucky_analytics.cli", "run", "endless", "--force"]
    running = subprocess.Popen(
        command,
        cwd=settings.root,
        process_group=0,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    deadline = time.monotonic() + PATIENCE
    while not list(settings.runs_dir.glob("endless/.running-*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does
    said = running.communicate(timeout=PATIENCE)[1]  # the cell goes on for 600 s
    assert (running.returncode, said) == (130, "\nlucky: interrupted\n")
    assert {path.name for path in settings.runs_dir.glob("endless/[!.]*")} == before
    while left := _processes_of(settings.root):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


@pytest.mark.parametrize(
    "moment", [pytest.param(".running-*", marks=pytest.mark.full), ".running-*/manifest.json"]
)
def test_a_run_killed_at_any_moment_is_not_there_and_runs_again(here, moment):
    settings, _ = here
    before = {path.name for path in settings.runs_dir.glob("floods/[!.]*")}
    command = [sys.executable, "-m", "lucky_analytics.cli", "run", "floods", "--force"]
    running = subprocess.Popen(command, cwd=settings.root, start_new_session=True, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while not list(settings.runs_dir.glob(f"floods/{moment}")) and running.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    running.kill()
    running.wait()
    whole = [path for path in settings.runs_dir.glob("floods/[!.]*") if (path / "manifest.json").is_file()]
    assert {path.name for path in whole} == before
    (outcome,) = batch.run_notebooks(["floods"], settings)
    assert outcome.action == "skipped"
    assert (whole[0] / "report.html").is_file()


def _processes_of(root):
    """Fork servers and kernels of a checkout: they inherit its LUCKY_HOME from the command."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("LUCKY_HOME") == str(root):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue
    return found


def test_outputs_that_cannot_be_written_are_one_line(here, tmp_path, monkeypatch):
    settings, _ = here
    run = [sys.executable, "-m", "lucky_analytics.cli", "run", "floods", "--force"]
    (tmp_path / "file").write_text("")
    for outputs, command in ((tmp_path / "file", run), (tmp_path, read_only(tmp_path, run))):
        monkeypatch.setenv("LUCKY_OUTPUTS", str(outputs))
        ended = subprocess.run(command, capture_output=True, text=True, cwd=settings.root)
        assert (ended.returncode, len(ended.stderr.splitlines())) == (74, 1), ended.stderr


@pytest.mark.full
def test_a_snapshot_that_disappears_under_a_run_fails_that_run_only(tmp_path, monkeypatch):
    here = estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    estate_rows.take_snapshot(here, SHOPS)
    write_notebook(here.notebooks_dir / "operations" / "loses.ipynb", OPENING, REMOVE_SNAPSHOT)
    (outcome,) = batch.run_notebooks([], here)
    assert (outcome.action, "SnapshotError" in outcome.reason) == ("failed", True)
    manifest = here.runs_dir / "loses" / outcome.record.run_id / "manifest.json"
    assert json.loads(manifest.read_text())["status"] == "failed"


def test_settings_follow_the_environment(tmp_path, monkeypatch):
    estate_rows.checkout(tmp_path)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path / "elsewhere"))
    assert settings_module.load().runs_dir == tmp_path / "elsewhere" / "runs"


def test_a_kernel_server_too_busy_to_end_is_ended(one_kernel_server, monkeypatch):
    server = one_kernel_server()
    os.kill(server._process.pid, signal.SIGSTOP)  # it reads nothing, as one that still imports
    waited = server._process.wait
    monkeypatch.setattr(server._process, "wait", lambda seconds=None: waited(seconds and 0.2))
    server.close()
    assert not server.is_alive
