"""Files of incidents and runbooks: what is read as meant, what is refused, and that nothing can be run."""

from __future__ import annotations

import ast
import datetime as dt
import sys
from pathlib import Path

import pytest

import lucky_analytics
from lucky_analytics import settings
from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.questions.platform.incident_runbooks import incident_kinds as kinds
from lucky_analytics.questions.platform.incident_runbooks import incidents, runbooks, views, worked_case
from tests.incident_world import EXAMPLES, UNTIL

KNOWN = kinds.load_kinds()
VOTES = kinds.learn(EXAMPLES)
HEAD = "incident_id,opened_at,resolved_at,server,class,said\n"
FOLDER = settings.load().params_dir / "runbooks"
QUESTION = Path(lucky_analytics.__file__).parent / "questions/platform/incident_runbooks"


def read(tmp_path, text: str, as_of: dt.date = UNTIL, days: int = 365):
    path = tmp_path / "incidents.csv"
    path.write_text(HEAD + text, encoding="utf-8", newline="")
    return incidents.read_incidents(path, KNOWN, VOTES, 0.5, as_of, days)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a,soon,,,,x", r"row 2, opened_at: expected a day or time .*got 'soon'"),
        ("a,1999-01-01,,,,x", r"row 2, opened_at: expected a time from 2000"),
        ("a,2026-02-01,later,,,x", r"row 2, resolved_at: .*or nothing while it is open, got 'later'"),
        ("a,2026-02-02,2026-02-01,,,x", r"row 2, resolved_at: expected a time not before opened_at"),
        ("a,2026-02-01,,db; rm -rf /,,x", r"row 2, server: expected a name of letters"),
        ("a,2026-02-01,,$(reboot),,x", r"row 2, server: expected a name of letters"),
        ("a,2026-02-01,,-rf,,x", r"row 2, server: expected a name of letters"),
        ("<b>,2026-02-01,,,,x", r"row 2, incident_id: expected letters"),
        ("a,2026-02-01,,,,", r"row 2, said: expected text"),
        ("a,2026-02-01,,,,x\na,2026-02-01,,,,y", r"row 3: expected each incident_id once, got 'a'"),
    ],
)
def test_a_row_that_breaks_the_contract_is_refused_by_row_and_column(tmp_path, line, said):
    with pytest.raises(LuckyError, match=said) as caught:
        read(tmp_path, line)
    assert str(caught.value).count("\n") == 0 and "incidents.csv" in str(caught.value)


def test_a_class_that_is_none_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(UnknownNameError, match=r"row 2, class.*disk_ful.*disk_full"):
        read(tmp_path, "a,2026-02-01,,,disk_ful,x")


def test_what_was_over_later_was_open_then_and_what_began_later_does_not_count(tmp_path):
    text = "a,2026-02-01T10:00,2026-02-01T16:00,,DISK_FULL,x\nb,2026-02-03T23:30Z,2026-02-20,,,x\n"
    text += "c,2026-03-01,,,,x\nd,2024-01-01,2024-01-02,,none,x"
    found = read(tmp_path, text)
    assert (found.n_file, found.n_later, found.n_old) == (4, 1, 1)
    assert found.rows["hours"].tolist() == [6.0, 0.0] and found.rows["is_open"].tolist() == [False, True]
    assert found.rows["kind"].tolist() == ["disk_full", "none"] and found.rows["by"].tolist()[1] == "nothing"
    assert str(found.until) == "2026-02-03 18:30:00"
    everything = read(tmp_path, text, dt.date(2026, 3, 5), 1825)
    assert len(everything.rows) == 4 and not everything.rows["is_open"].iloc[2]


def test_no_file_is_no_incident():
    assert incidents.read_incidents("", KNOWN, VOTES, 0.5, UNTIL, 365) is None


def test_every_kind_has_a_runbook_whose_steps_can_be_undone():
    books, wrong = runbooks.read_runbooks(FOLDER, [kind.runbook for kind in KNOWN])
    assert not wrong and len(books) == 7 == len(list(FOLDER.glob("*.md")))
    for book in books.values():
        steps = runbooks.dry_run(book, "salesorder")
        assert book.steps[0].is_look and book.steps[-1].is_look and (steps["undo"].str.len() > 10).all()
        assert not steps["would_run"].str.contains("{server}", regex=False).any()
        assert any(not step.is_look for step in book.steps)
        # Whoever reads "nothing to undo" must not have changed something.
        assert all(step.is_look for step in book.steps if step.undo == "nothing to undo")


GOOD = """# Look\n\nOwner: IT\nNot for: others\n\n## 1. Look at it
- would run: `ping {server}`\n- changes: nothing\n- checks: it answers\n- undo: nothing to undo\n"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Owner: IT\n", "", r"expected a title, Owner.*got no Owner"),
        ("- undo: nothing to undo\n", "", r"got no undo of step 1"),
        ("## 1.", "## 2.", r"line 6: expected step 1, got step 2"),
        ("- changes: nothing", "- changes: all of it", r"first and a last step that change nothing"),
        ("- checks: it answers", "- checks: a\n- checks: b", r"line 10: expected each part once"),
        ("- checks: it answers", "run this", r"line 9: expected a title, Owner.*got run this"),
    ],
)
def test_a_runbook_that_lacks_a_part_is_refused_with_file_and_line(tmp_path, old, new, said):
    path = tmp_path / "look.md"
    path.write_text(GOOD, encoding="utf-8")
    assert runbooks.read_runbook(path).steps[0].would_run == "ping {server}"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ParameterError, match=said) as caught:
        runbooks.read_runbook(path)
    assert "look.md" in str(caught.value) and "\n" not in str(caught.value)


def test_one_wrong_runbook_costs_itself(tmp_path):
    (tmp_path / "good.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.md").write_bytes(b"\xff\xfe")
    books, wrong = runbooks.read_runbooks(tmp_path, ["good", "other", "absent"])
    assert set(books) == {"good"} and set(wrong) == {"other", "absent"}


# What could start a program, open a connection, or write.
RUNS = {"subprocess", "os", "pty", "socket", "asyncio", "multiprocessing", "shlex", "urllib", "requests",
        "http", "paramiko", "boto3", "ctypes", "importlib", "runpy", "ibis"}  # fmt: skip
BARE = {"eval", "exec", "compile", "open", "__import__", "getattr"}
CALLS = {"system", "popen", "Popen", "run", "call", "spawn", "write_text", "write_bytes", "unlink"}


@pytest.mark.parametrize("file", sorted(QUESTION.glob("*.py")), ids=lambda path: path.name)
def test_no_code_of_the_question_can_run_anything(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    allowed = {"ibis"} if file.name == "answers.py" else set()  # a query of the snapshot
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            roots = {module.split(".")[0], *(each.name.split(".")[0] for each in node.names)}
            assert not roots & (RUNS - allowed), roots & RUNS
        if isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") not in BARE | CALLS, ast.unparse(node)
            assert getattr(node.func, "attr", "") not in CALLS, ast.unparse(node)


WATCHED: list[str] = []
IS_WATCHING = False


def _watch(event: str, _given: tuple) -> None:
    if IS_WATCHING and event.split(".")[0] in (
        "subprocess",
        "os",
        "socket",
        "pty",
        "shutil",
        "ctypes",
        "exec",
    ):
        WATCHED.append(event)


sys.addaudithook(_watch)


def test_a_dry_run_of_every_step_starts_no_program_and_opens_nothing(tmp_path):
    global IS_WATCHING
    books, _wrong = runbooks.read_runbooks(FOLDER, [kind.runbook for kind in KNOWN])
    trap = tmp_path / "ran"
    bad = runbooks.Step("Trap", f"touch {trap}; $(touch {trap})", "all", "-", f"`touch {trap}`")
    books["trap"] = runbooks.Runbook("trap", "Trap", "IT", "-", (bad,))
    WATCHED.clear()
    IS_WATCHING = True
    try:
        shown = [runbooks.dry_run(book, "salesorder") for book in books.values()]
        listed = views.list_runbooks(KNOWN, books, {})
    finally:
        IS_WATCHING = False
    assert WATCHED == [] and not trap.exists()
    assert len(shown) == 8 and len(listed) == 7 and shown[-1]["would_run"].iloc[0].startswith("touch")
    IS_WATCHING = True
    try:
        (tmp_path / "seen").mkdir()  # that the watch sees what it is to see
    finally:
        IS_WATCHING = False
    assert "os.mkdir" in WATCHED


def test_the_incident_that_the_documents_name_is_a_machine_that_is_down():
    case = worked_case.load_case(VOTES, 0.5)
    assert case.kind == "machine_down" and case.server == "luckyuam01-prod-usb"
    assert case.said not in set(EXAMPLES["said"])  # it is no text that words were learnt from


def test_a_folder_of_runbooks_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="runbooks_folder: expected a folder of runbooks"):
        runbooks.read_runbooks(tmp_path / "nowhere", ["disk_full"])
