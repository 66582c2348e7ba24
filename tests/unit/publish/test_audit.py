"""The audit log only grows, is private, and forgets after 90 days."""

from __future__ import annotations

import datetime as dt
import os
import threading

import pytest

from lucky_analytics.audit_log import append_entry, read_entries
from lucky_analytics.errors import PublishError
from tests.example_runs import make_settings

DAY = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)


def test_entries_say_who_what_and_where_to(tmp_path):
    settings = make_settings(tmp_path)
    tables = {"luckyus_sales_order.t_order": 516_000}
    append_entry(settings, "run", snapshot="s1", tables=tables, at=DAY)
    append_entry(settings, "publish", exports=["b", "a"], at=DAY)
    first, second = read_entries(settings)
    assert first["who"]
    assert (first["command"], first["snapshot"], first["tables"]) == ("run", "s1", tables)
    assert second["exports"] == ["a", "b"]
    file = settings.outputs_dir / "audit" / "2026-02-14.jsonl"
    assert file.stat().st_mode & 0o077 == 0


def test_who_is_the_account_whatever_the_environment_says(tmp_path, monkeypatch):
    settings = make_settings(tmp_path)
    monkeypatch.setenv("LOGNAME", "somebody else")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)  # as in a container: it has no name
    append_entry(settings, "run", at=DAY)
    assert [entry["who"] for entry in read_entries(settings)] == ["uid 4000000000"]


def test_ninety_days_are_kept_and_the_ninety_first_goes(tmp_path):
    settings = make_settings(tmp_path)
    for days in (91, 90, 0):
        append_entry(settings, f"{days} days ago", at=DAY - dt.timedelta(days=days))
    assert [entry["command"] for entry in read_entries(settings)] == ["90 days ago", "0 days ago"]


def test_commands_at_once_do_not_mix_their_lines(tmp_path):
    settings = make_settings(tmp_path)
    exports = [f"file {number}" for number in range(200)]
    threads = [
        threading.Thread(
            target=append_entry, args=(settings, f"c{n}"), kwargs={"exports": exports, "at": DAY}
        )
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(entry["command"] for entry in read_entries(settings)) == sorted(f"c{n}" for n in range(20))


def test_a_cut_line_does_not_hide_the_others(tmp_path):
    settings = make_settings(tmp_path)
    append_entry(settings, "first", at=DAY)
    with (settings.outputs_dir / "audit" / "2026-02-14.jsonl").open("a") as file:
        file.write('{"at": "2026-\n')
    append_entry(settings, "second", at=DAY)
    assert [entry["command"] for entry in read_entries(settings)] == ["first", "second"]


def test_a_log_that_cannot_be_written_stops_the_command(tmp_path):
    settings = make_settings(tmp_path)
    (tmp_path / "outputs").write_text("not a folder")
    with pytest.raises(PublishError, match="audit log"):
        append_entry(settings, "publish", at=DAY)
