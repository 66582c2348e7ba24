"""``lucky schedule``: what people and machines see, and the foreground mode of containers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lucky_analytics.cli import main
from tests.example_runs import make_settings, write_run
from tests.notebook_cells import write_notebook

SCHEDULE = 'entries:\n  daily:\n    notebook: shops\n    cron: "30 6 * * *"\n    snapshot: none\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATA", "OUTPUTS", "SOURCES", "SOURCE_URL", "SITE_URL", "DELIVERY"):
        monkeypatch.delenv(f"LUCKY_{name}", raising=False)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    write_notebook(tmp_path / "notebooks" / "operations" / "shops.ipynb")
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "schedule.yml").write_text(SCHEDULE)
    return tmp_path


def lucky(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = 0
    try:
        main(list(words))
    except SystemExit as ended:
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_list_due_run_and_history(root: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = lucky(capsys, "schedule", "list")
    assert code == 0
    assert "daily: shops\n    30 6 * * * in America/New_York; next " in out
    (row,) = json.loads(lucky(capsys, "schedule", "list", "--json")[1])["entries"]
    assert (row["name"], row["cron"], row["last"], row["snapshot"]) == ("daily", "30 6 * * *", None, "none")
    assert lucky(capsys, "schedule", "due")[1] == "nothing is due\n"
    ran = json.loads(lucky(capsys, "schedule", "run", "--json")[1])
    assert ran == {"ours": True, "ended": [], "sent": []}
    assert json.loads(lucky(capsys, "schedule", "due", "--json")[1]) == {"due": [], "missed": []}
    assert lucky(capsys, "schedule", "history")[1] == "no slot yet\n"


def test_errors_are_one_line(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "params" / "schedule.yml").write_text(SCHEDULE.replace("30 6", "30 26"))
    said = "schedule.yml line 4, entries.daily.cron: cron '30 26 * * *': expected minute hour"
    for command in (["list"], ["due"], ["run"], ["export"], ["tell", "daily"]):
        code, out, err = lucky(capsys, "schedule", *command)
        assert code == 2
        assert out.count("\n") <= 1
        assert err.startswith(f"lucky: {said}")
        assert err.count("\n") == 1
    (root / "params" / "schedule.yml").write_text(SCHEDULE)
    assert (
        "unknown schedule entry 'dayly': expected one of daily"
        in lucky(capsys, "schedule", "history", "dayly")[2]
    )
    (root / "params" / "alerts.yml").write_text("a:\n  when: mape >\n")
    assert "alerts.yml line 2, a.when: expected headline" in lucky(capsys, "schedule", "list")[2]


def test_files_that_nothing_reads_are_said_with_their_place(root: Path, capsys: pytest.CaptureFixture[str]):
    write_notebook(root / "notebooks" / "loose.ipynb")
    write_notebook(root / "notebooks" / "operations" / "old" / "deep.ipynb")
    write_notebook(root / "notebooks" / "operations" / ".ipynb_checkpoints" / "shops-checkpoint.ipynb")
    (root / "params" / "grids").mkdir()
    for name in ("shops.yml", "grids/shops.yml", "README.md", ".hidden.yml", "audiences.yml"):
        (root / "params" / name).touch()
    for name in ("delivery.toml", "shop.yml", "shops.yaml", "grids/schedule.yml", "grids/shosp.yml", "x.bak"):
        (root / "params" / name).touch()
    for name in ("alerts.yml", "source.toml", "delivery.example.toml", "environment.yml", "pyproject.toml"):
        (root / name).touch()
    lines = [
        "params/delivery.toml is read by nothing: its place is delivery.toml",
        "params/grids/schedule.yml is read by nothing: its place is params/schedule.yml",
        "params/grids/shosp.yml is read by nothing: did you mean params/grids/shops.yml?",
        "params/shop.yml is read by nothing: did you mean params/shops.yml?",
        "params/shops.yaml is read by nothing: did you mean params/shops.yml?",
        "params/x.bak is read by nothing: it is the file of no notebook",
        "alerts.yml is read by nothing: its place is params/alerts.yml",
        "source.toml is read by nothing: did you mean sources.toml?",
        "notebooks/loose.ipynb is run by nothing: its place is notebooks/DEPARTMENT/loose.ipynb",
        "notebooks/operations/old/deep.ipynb is run by nothing: its place is notebooks/DEPARTMENT/deep.ipynb",
    ]
    code, out, _ = lucky(capsys, "schedule", "list")
    assert (code, [line for line in out.splitlines() if " by nothing" in line]) == (
        0,
        [f"note: {line}" for line in lines],
    )
    assert json.loads(lucky(capsys, "schedule", "list", "--json")[1])["notes"] == lines
    for command in (["list"], ["run", "shops"]):
        assert lucky(capsys, *command)[2].splitlines()[: len(lines)] == [f"note: {line}" for line in lines]


def test_export_writes_files(root: Path, capsys: pytest.CaptureFixture[str]):
    for system, names in (
        ("systemd", ["lucky-schedule.service", "lucky-schedule.timer"]),
        ("cron", ["lucky-schedule.cron"]),
        ("airflow", ["lucky_schedule_dags.py"]),
    ):
        folder = root / system
        lucky(capsys, "schedule", "export", "--to", system, "--out", str(folder))
        assert sorted(path.name for path in folder.iterdir()) == names


def test_the_foreground_mode_ends_at_a_signal(root: Path):
    command = [sys.executable, "-m", "lucky_analytics.cli", "schedule", "run", "--foreground"]
    child = subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.PIPE, text=True)
    log = root / "outputs" / "schedule.sqlite"
    try:
        for _ in range(600):
            if log.exists() or child.poll() is not None:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(0.1)
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0
    finally:
        child.kill()
    assert log.exists()


def test_list_says_what_would_reach_nobody(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "params" / "schedule.yml").write_text(SCHEDULE + "    send: on_alert\n")
    (root / "params" / "alerts.yml").write_text("late:\n  when: stale data\n")
    (root / "delivery.toml").write_text("[recipients.nobody]\nslack = { env = 'URL' }\n")
    code, out, _ = lucky(capsys, "schedule", "list")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("note: ")] == [
        "note: daily is sent on_alert and has no recipients: nothing of it is sent",
        "note: alert late reaches nobody: neither it nor its entries have recipients",
        "note: recipient nobody hears of nothing: no entry and no alert names it",
    ]


def test_a_recipient_without_an_address_is_wrong_and_its_entry_not_blamed(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    smtp = "[smtp]\nhost = '127.0.0.1'\nsender = 'r@example.com'\n"
    (root / "params" / "schedule.yml").write_text(SCHEDULE + "    recipients: [boss]\n")
    (root / "params" / "alerts.yml").write_text("late:\n  when: stale data\n")
    (root / "delivery.toml").write_text(f"{smtp}[recipients.boss]\nmail = []\n")
    for command in ("list", "run"):
        code, out, err = lucky(capsys, "schedule", command)
        assert code == 2
        assert (
            "delivery.toml line 5, recipients.boss.mail: expected addresses like name@example.com, got none"
            in err
        )
        assert "reaches nobody" not in out


def test_a_wrong_entry_makes_nothing_else_look_wrong(root: Path, capsys: pytest.CaptureFixture[str]):
    (root / "params" / "schedule.yml").write_text(SCHEDULE.replace("30 6", "30 26"))
    (root / "params" / "alerts.yml").write_text("late:\n  when: stale data\n")
    code, out, _ = lucky(capsys, "schedule", "list")
    assert (code, [line for line in out.splitlines() if line.startswith("note: ")]) == (2, [])


def test_an_entry_that_holds_still_and_one_that_names_a_notebook_twice_are_told(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    held = SCHEDULE + "    parameters: {as_of: 2026-01-31, snapshot: nope}\n"
    (root / "params" / "schedule.yml").write_text(held)
    code, out, _ = lucky(capsys, "schedule", "list")
    assert (code, [line for line in out.splitlines() if line.startswith("note: ")]) == (
        0,
        [
            "note: daily sets as_of to 2026-01-31: its reports stay on one day",
            "note: daily sets snapshot to nope: its reports stay on one snapshot",
        ],
    )
    (root / "params" / "schedule.yml").write_text(SCHEDULE.replace("shops", "[shops, shops]"))
    code, _, err = lucky(capsys, "schedule", "list")
    assert (code, "daily.notebook: expected each once, got shops twice" in err.replace(": notebook", "")) == (
        2,
        True,
    )


def test_a_reader_whom_nothing_can_reach_is_named_and_ends_the_round_with_an_error(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (root / "params" / "schedule.yml").write_text(SCHEDULE + "    recipients: [boss, ann]\n")
    smtp = "[smtp]\nhost = '127.0.0.1'\nsender = 'r@example.com'\npassword = { file = 'gone' }\n"
    people = "[recipients.boss]\nslack = { env = 'SLACK_URL' }\n[recipients.ann]\nmail = 'ann@example.com'\n"
    (root / "delivery.toml").write_text(f"{smtp}{people}[recipients.unnamed]\nslack = {{ env = 'NOT' }}\n")
    slack = "slack of boss, address of the webhook: expected it in the variable SLACK_URL, got nothing there"
    mail = f"mail of ann, password: expected it in the file {root}/gone, got nothing there"
    remedy = ". Set it, or correct the reference"
    code, out, _ = lucky(capsys, "schedule", "list")
    notes = [line for line in out.splitlines() if line.startswith("note: ") and "hears of" not in line]
    assert (code, notes) == (0, [f"note: {slack}{remedy}", f"note: {mail}{remedy}"])
    code, _, err = lucky(capsys, "schedule", "run")
    assert code == 8
    assert slack in err
    assert mail in err
    monkeypatch.setenv("SLACK_URL", "no address")
    (root / "gone").write_text("secret")
    code, _, err = lucky(capsys, "schedule", "run")
    assert (code, err) == (8, "lucky: slack of boss: expected an https URL, got no URL\n")
    monkeypatch.setenv("SLACK_URL", "https://hooks.example.com/secret")
    assert lucky(capsys, "schedule", "run")[0] == 0


def test_all_that_is_wrong_is_named_at_the_end_and_the_others_go_on(
    root: Path, capsys: pytest.CaptureFixture[str]
):
    (root / "params" / "schedule.yml").write_text(SCHEDULE + "  broken: 1\n")
    (root / "params" / "alerts.yml").write_text("odd:\n  when: x >\n")
    for command in ("list", "due", "run"):
        code, out, err = lucky(capsys, "schedule", command)
        assert code == 2
        assert "entries.broken: expected fields" in err
        assert "alerts.yml line 2, odd.when" in err
    code, out, _ = lucky(capsys, "schedule", "list")
    assert "daily: " in out
    assert out.count("wrong: ") == 2


def test_list_checks_audiences_too(root: Path, capsys: pytest.CaptureFixture[str]):
    audiences = root / "params" / "audiences.yml"
    audiences.write_text("ops:\n  departments: [operation]\nshop:\n  notebooks: [shops]\n")
    code, out, err = lucky(capsys, "schedule", "list")
    assert (code, "daily: " in out) == (2, True)
    assert err == (
        "lucky: unknown department of audiences.yml line 2, ops.departments 'operation':"
        " expected one of operations\n"
    )
    audiences.write_text("shop:\n  notebook: [shops]\n")
    assert "unknown field of audiences.yml line 2, shop 'notebook'" in lucky(capsys, "schedule", "list")[2]
    audiences.write_text("shop:\n  notebooks: [shops]\n")
    assert lucky(capsys, "schedule", "list")[0] == 0


def test_a_misspelt_headline_of_an_alert_is_named(root: Path, capsys: pytest.CaptureFixture[str]):
    rules = "high:\n  notebook: shops\n  when: {} > 1 and failed run\n"
    (root / "params" / "alerts.yml").write_text(rules.format("platau"))
    assert lucky(capsys, "schedule", "list")[0] == 0  # no good run yet that could be asked
    write_run(make_settings(root), notebook="shops")
    code, _, err = lucky(capsys, "schedule", "list")
    assert code == 2
    assert "unknown headline of shops in alerts.yml, high 'platau': expected one of" in err
    assert err.count("\n") == 1
    results = next((root / "outputs" / "runs" / "shops").glob("*/results.json"))
    said = results.read_text()
    # A page that ended early gives none of its headlines: it cannot be asked.
    results.write_text(json.dumps({**json.loads(said), "headlines": [], "title": [{"is_stopped": True}]}))
    assert lucky(capsys, "schedule", "list")[0] == 0
    results.write_text(said)
    (root / "params" / "alerts.yml").write_text(rules.format("Plateau"))  # letters may be large or small
    code, _, err = lucky(capsys, "schedule", "list")
    assert (code, err) == (0, "")
