"""What may be declared, and the one line that says what is wrong with it."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.publish.audiences import load_audiences
from lucky_analytics.schedule.entries import load, parse_duration
from lucky_analytics.schedule.message import redact
from lucky_analytics.schedule.recipients import load_delivery
from lucky_analytics.schedule.rules import Event, Moved, Threshold, load_rules, parse
from lucky_analytics.settings import Settings
from lucky_analytics.sources.doctor import examine
from tests import estate_rows
from tests.notebook_cells import PARAMETERS, write_notebook

SHARE = {"value": 0.31, "low": 0.29, "high": 0.33, "n": 90, "unit": "share"}
DOLLARS = {"value": 35_000, "low": None, "high": None, "n": 9, "unit": "USD a month"}


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    here = estate_rows.checkout(tmp_path)
    declared = PARAMETERS + '\nlevel: "float in [0.5, 0.99]" = 0.9  # level'
    write_notebook(here.notebooks_dir / "operations" / "shops.ipynb", parameters=declared)
    return here


def write(here: Settings, **fields: str) -> None:
    given = {"notebook": "shops", "cron": '"0 6 * * *"'} | fields
    lines = [f"    {name}: {value}" for name, value in given.items()]
    text = "source: live\nentries:\n  daily:\n" + "\n".join(lines)
    (here.params_dir / "schedule.yml").write_text(text)


def test_every_field_is_read(here: Settings):
    write(
        here,
        notebook="[shops]",
        parameters="{level: 0.8}",
        market="Rarotonga",
        holidays="skip",
        snapshot="[salesorder]",
        deadline="1.5 h",
        retries="3",
        catch_up="never",
        recipients="[readers]",
        send="on_change",
    )
    schedule = load(here, ["readers"])
    entry = schedule.entry("daily")
    assert schedule.source == "live"
    assert (entry.notebooks, entry.parameters) == (("shops",), {"level": "0.8"})
    assert (entry.market.time_zone, entry.holidays) == ("Pacific/Rarotonga", "skip")
    assert (entry.databases, entry.deadline) == (("salesorder",), parse_duration("90 min"))
    assert (entry.retries, entry.catch_up, entry.recipients) == (3, "never", ("readers",))
    assert entry.send == "on_change"
    write(here, notebook="all", snapshot="none")
    assert load(here).entry("daily").notebooks == ()
    assert load(here).entry("daily").databases == ()


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"cron": '"0 25 * * *"'},
            "schedule.yml line 5, entries.daily.cron: cron '0 25 * * *': expected minute hour day",
        ),
        (
            {"market": "London"},
            "unknown market time zone in schedule.yml line 6, entries.daily.market 'London'",
        ),
        (
            {"notebook": "shop"},
            "unknown notebook in schedule.yml line 4, entries.daily.notebook 'shop': expected one of shops",
        ),
        (
            {"parameters": "{levle: 1}"},
            "parameter in schedule.yml line 6, entries.daily.parameters 'levle': expected one of level",
        ),
        (
            {"parameters": "{level: 2}"},
            "line 6, entries.daily.parameters: parameter level: expected float in [0.5, 0.99], got '2'",
        ),
        (
            {"recipients": "[reader]"},
            "recipient in schedule.yml line 6, entries.daily.recipients 'reader': expected one of readers",
        ),
        (
            {"recipients": "{a: 1}"},
            "entries.daily.recipients: expected a name or a list of names, got names with",
        ),
        ({"snapshot": "[orders]"}, "in schedule.yml line 6, entries.daily.snapshot 'orders'"),
        (
            {"deadline": "soon"},
            "entries.daily.deadline: length of time: expected like 45 min or 2 h, a year at most, got soon",
        ),
        (
            {"deadline": "99999999999999999999 h"},
            "entries.daily.deadline: length of time: expected like 45 min or 2 h, a year at most, got 9",
        ),
        ({"retries": "²"}, "entries.daily.retries: retries: expected 0 to 10, got ²"),
        ({"retries": "99"}, "schedule.yml line 6, entries.daily.retries: retries: expected 0 to 10, got 99"),
        (
            {"send": "never"},
            "line 6, entries.daily.send: expected always or on_change or on_alert, got 'never'",
        ),
        ({"corn": "x"}, "unknown field of schedule.yml line 6, entries.daily 'corn': expected one of cron"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(here: Settings, fields: dict[str, str], line: str):
    write(here, **fields)
    schedule = load(here, ["readers"])
    (fault,) = schedule.faults
    assert line in str(fault)
    assert "\n" not in str(fault)
    with pytest.raises(LuckyError) as error:
        schedule.entry("daily")
    assert error.value is fault


@pytest.mark.parametrize(
    ("when", "headline", "expected"),
    [
        ("MAPE > 0.30", SHARE, True),
        ("mape > 30 %", SHARE, True),
        ("mape > 31 %", SHARE, False),
        ("mape >= 31%", SHARE, True),
        ("mape.low > 30 %", SHARE, False),
        ("mape.high > 30 %", SHARE, True),
        ("mape.n < 100", SHARE, True),
        ("mape < -5 %", SHARE, False),
        ("x <= $35K", DOLLARS, True),
        ("x < 35,000", DOLLARS, False),
        ("x > $0.03M", DOLLARS, True),
        ("x.low > 1", DOLLARS, None),
    ],
)
def test_thresholds_and_their_units(when: str, headline: dict, expected: bool | None):
    (condition,) = parse(when)
    assert isinstance(condition, Threshold)
    assert condition.holds(headline) is expected


@pytest.mark.parametrize(
    ("when", "headline", "hint"),
    [
        ("mape > 30", SHARE, "expected 0.3 or 30 %, got a share"),
        ("mape > $30", SHARE, "expected a number of share"),
        ("x > 30 %", DOLLARS, "expected a number of USD a month"),
    ],
)
def test_a_number_in_another_unit_is_refused(when: str, headline: dict, hint: str):
    with pytest.raises(ParameterError, match=hint.replace("$", r"\$")):
        parse(when)[0].holds(headline)


def test_events_and_several_conditions():
    assert parse("Failed run") == (Event("failed run"),)
    assert parse("data older than 2 days") == (Event("data older than", 2),)
    assert parse("plateau outside its interval") == (Moved("plateau"),)
    assert [type(condition) for condition in parse("a > 1 and stale data")] == [Threshold, Event]


@pytest.mark.parametrize(
    "when", ["", "mape", "mape > ", "mape > x", "__import__('os')", "a > 1 or b > 2", "a.b > 1", "a > $3 %"]
)
def test_what_is_not_understood_is_refused_and_never_evaluated(when: str):
    with pytest.raises(ParameterError) as error:
        parse(when)
    assert "\n" not in str(error.value)


def test_rules_name_notebooks_and_recipients_that_exist(here: Settings):
    path = here.params_dir / "alerts.yml"
    path.write_text("a:\n  notebook: shops\n  when: n > 1\n  recipients: readers\nb:\n  when: failed run\n")
    rules = load_rules(here, ["readers"]).rules
    assert [(rule.name, rule.notebook, rule.recipients) for rule in rules] == [
        ("a", "shops", ("readers",)),
        ("b", None, ()),
    ]
    for text in ("a:\n  when: n > 1\n", "a:\n  when: failed run\n  recipients: x\n", "a: 1\n"):
        path.write_text(text)
        alerts = load_rules(here, ["readers"])
        assert not alerts.rules
        assert re.search(r"alerts\.yml line [123], a\b", str(alerts.faults[0]))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[recipients.x]\nslack = 'https://hooks.example.com/SECRET'", "expected a reference"),
        ("[recipients.x]\nmail = 'a@example.com'", "expected a table [smtp]"),
        ("[smtp]\nhost = 'mail.example.com'\nsender = 'a@b.c'\npassword = 'SECRET'", "expected a reference"),
        ('[smtp]\nhost = "h"\nsender = "SECRET\\r\\nBcc: a@b.c"', "an address like name@example.com"),
        ("[smtp]\nhost = 'h'\nsender = 'a@b.c'\nport = 70000", "expected 1 to 65535"),
        ("[smtp]\nhost = 'h'\nsender = 'a@b.c'\nseconds = 0", "expected above 0, at most 3600"),
        ("[smtp]\nhost = 'h'\nsender = 'a@b.c'\nseconds = nan", "expected a number"),
        ("[smtp]\nhost = 'mail.example.com'\nsender = 'a@b.c'\nsecurity = 'none'", "another machine"),
        (
            "[smtp]\nhost = 'h'\nsender = 'a@b.c'\n[recipients.x]\nmail = 'SECRET\\r\\nBcc: a@b.c'",
            "addresses like",
        ),
        ("[recipients.x]\nfax = '1'", "unknown field of delivery.toml line 2, recipients.x 'fax'"),
        (
            "[rewrite]\nurl = 'http://models.example/SECRET'\nmodel = 'm'\nnotebooks = ['a']",
            "an https address",
        ),
        (
            "[rewrite]\nurl = 'https://models.example'\nnotebooks = ['a']",
            "line 1, rewrite.model: expected a value",
        ),
        (
            "[rewrite]\nurl = 'https://models.example'\nmodel = 'm'",
            "rewrite.notebooks: expected a list of names",
        ),
        (
            "[rewrite]\nurl = 'https://models.example'\nmodel = 'm'\nnotebooks = ['a']\nkey = 'SECRET'",
            "expected a reference",
        ),
        ("not toml", "expected TOML"),
        ("recipients = 1", "delivery.toml line 1, recipients: expected names with their values"),
        (
            "[smtp]\nhost = 'h'\nsender = 'a@b.c'\nport = 'SECRET'",
            "delivery.toml line 4, smtp.port: expected a whole number",
        ),
    ],
)
def test_delivery_refuses_secrets_and_what_would_send_them_in_clear(here: Settings, text: str, line: str):
    here.delivery_file.write_text(text)
    said = "; ".join(map(str, load_delivery(here).faults))
    assert line in said
    assert "SECRET" not in said


def test_one_wrong_entry_costs_itself(here: Settings):
    good = 'notebook: shops, cron: "0 6 * * *"'
    lines = [
        "entries:",
        f"  a: {{{good}}}",
        f"  b: {{{good}}}",
        f"  b: {{{good}}}",
        f"  c: {{{good}, {good}}}",
    ]
    (here.params_dir / "schedule.yml").write_text("\n".join([*lines, "  d: 1", f"  e: {{{good}}}"]))
    schedule = load(here)
    assert [entry.name for entry in schedule.entries] == ["a", "e"]
    assert list(map(str, schedule.faults)) == [
        "schedule.yml, entries.b: expected to be declared once, got line 3 and line 4",
        "schedule.yml, entries.c.notebook: expected to be declared once, got line 5 and line 5",
        "schedule.yml line 6, entries.d: expected fields, got '1'",
    ]


def test_a_wrong_alert_or_recipient_costs_itself(here: Settings):
    (here.params_dir / "alerts.yml").write_text("a:\n  when: 1 >\nb:\n  when: failed run\n")
    alerts = load_rules(here)
    assert [rule.name for rule in alerts.rules] == ["b"]
    assert str(alerts.faults[0]).startswith("alerts.yml line 2, a.when: expected headline > number")
    here.delivery_file.write_text("[recipients.x]\nfax = 1\n[recipients.y]\nslack = {env = 'URL'}\n")
    delivery = load_delivery(here)
    assert {name: len(channels) for name, channels in delivery.recipients.items()} == {"x": 0, "y": 1}
    assert len(delivery.faults) == 1


def test_a_recipient_or_a_server_that_is_declared_twice_costs_itself(here: Settings):
    x, y = "[recipients.x]\nslack = {env = 'X'}\n", "[recipients.y]\nslack = {env = 'Y'}\n"
    here.delivery_file.write_text(x + y + x)
    delivery = load_delivery(here)
    assert {name: len(channels) for name, channels in delivery.recipients.items()} == {"x": 0, "y": 1}
    assert [str(fault) for fault in delivery.faults] == [
        "delivery.toml, recipients.x: expected to be declared once, got line 1 and line 5"
    ]
    here.delivery_file.write_text("[smtp]\nhost = 'a'\nhost = 'b'\nsender = 'a@b.c'\n" + y)
    delivery = load_delivery(here)
    assert (delivery.smtp, len(delivery.recipients["y"]), delivery.is_read) == (None, 1, True)
    assert "smtp.host: expected to be declared once, got line 2 and line 3" in str(delivery.faults[0])


@pytest.mark.parametrize("how", ["folder", "dangling"])
def test_what_stands_in_the_place_of_a_file_is_no_absent_file(here: Settings, how: str):
    def put(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.mkdir() if how == "folder" else path.symlink_to(here.root / "nothing")

    for name in ("schedule.yml", "alerts.yml", "audiences.yml"):
        put(here.params_dir / name)
    put(here.delivery_file)
    put(here.sources_file)
    got = "got Is a directory" if how == "folder" else "got No such file or directory"
    with pytest.raises(ParameterError, match=f"{got}$"):
        load(here)
    for found in (load_rules(here, None), load_delivery(here), load_audiences(here)):
        assert [str(fault).partition(", ")[2] for fault in found.faults] == [got]
    (check,) = [each for each in examine(here) if each.name == "servers"]
    assert (check.passed, check.found.endswith(got)) == (False, True)


def test_a_file_that_a_variable_names_is_to_be_there(here: Settings):
    named = dataclasses.replace(
        here, delivery_path=here.root / "typo.toml", sources_path=here.root / "other.toml"
    )
    (fault,) = load_delivery(named).faults
    assert "typo.toml: expected a file, got No such file" in str(fault)
    (check,) = [each for each in examine(named) if each.name == "servers"]
    assert (check.passed, "expected servers in" in check.found) == (False, True)


def test_entries_run_while_delivery_cannot_be_read(here: Settings):
    write(here, recipients="[readers]")
    here.delivery_file.write_bytes(b"\xff")
    delivery = load_delivery(here)
    assert "delivery.toml line 1: expected UTF-8" in str(delivery.faults[0])
    assert load(here, delivery.names).entry("daily").recipients == ("readers",)


def test_what_looks_personal_does_not_leave():
    said = "Ann ann.lee@example.com called +1 (917) 555-0100 about pm_123456 at https://x.example/T0K3N today"
    assert redact(said) == "Ann [removed] called [removed] about [removed] at [removed] today"
    kept = "n = 466,252 orders; $58.1K a month (50.2 to 66.9); 2026-02-13; run a1b2c3d4e5f6; 12.3 %"
    assert redact(kept) == kept
