"""``lucky schedule``: list, due, run, history, install, export, tell."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import WrittenPath, engine_option, json_option
from lucky_analytics.errors import require_none

if TYPE_CHECKING:
    from lucky_analytics.schedule.entries import Entry, Schedule
    from lucky_analytics.schedule.recipients import Delivery
    from lucky_analytics.schedule.rules import Alerts
    from lucky_analytics.schedule.state import Slot

__all__ = ["schedule"]


@click.group()
def schedule() -> None:
    """What runs when, in which market's time, and who hears of it (params/schedule.yml)."""


@schedule.command("list")
@json_option
def list_(as_json: bool) -> None:
    """The entries: when they run next and how their last slot ended. Checks every declaration, of alerts,
    recipients and audiences too.

    Says in one line each what does not stand (and then ends with an error), what would reach nobody, which
    messages wait or were given up, and which file in params/ nothing reads.
    """
    from lucky_analytics.publish.audience_names import find_unknown_sights
    from lucky_analytics.publish.audiences import load_audiences
    from lucky_analytics.schedule.checks import find_silences, find_unknown_headlines
    from lucky_analytics.schedule.due import next_slot
    from lucky_analytics.schedule.outbox import find_undelivered
    from lucky_analytics.schedule.state import open_state
    from lucky_analytics.schedule.unreached import find_unreached
    from lucky_analytics.schedule.unread import find_unread

    here = settings.load()
    declared, alerts, delivery = _load(here)
    audiences = load_audiences(here)
    faults = [*declared.faults, *alerts.faults, *delivery.faults, *audiences.faults]
    faults += [*find_unknown_headlines(alerts, here), *find_unknown_sights(audiences, here)]
    unreached = find_unreached(delivery, declared.entries, alerts.rules)
    notes = [*find_silences(declared, alerts, delivery), *map(str, unreached), *find_unread(here)]
    now = dt.datetime.now(dt.UTC)
    with open_state(here) as state:
        rows = [
            _about(entry) | {"next": _iso(next_slot(entry, now)), "last": _last(state.newest(entry.name))}
            for entry in declared.entries
        ]
        notes += find_undelivered(state.database, now)
    if as_json:
        said = {"faults": [str(fault) for fault in faults], "notes": notes}
        click.echo(json.dumps({"source": declared.source, "entries": rows, **said}, indent=1))
    else:
        _print_entries(declared, rows)
        wrong = [f"wrong: {fault}" for fault in faults if len(faults) > 1]  # a single one ends the command
        for line in [*wrong, *(f"note: {note}" for note in notes)]:
            click.echo(line)
    require_none(faults)


def _print_entries(declared: Schedule, rows: list[dict[str, Any]]) -> None:
    for entry, row in zip(declared.entries, rows, strict=True):
        last = row["last"]
        ended = f"; last {_local(entry, last['slot'])}: {last['event']}" if last else "; no slot yet"
        click.echo(f"{entry.name}: {', '.join(entry.notebooks) or 'all notebooks'}")
        click.echo(f"    {entry.cron} in {entry.market.time_zone}; next {_local(entry, row['next'])}{ended}")
    if not rows and not declared.faults:
        click.echo("no entries in params/schedule.yml")


@schedule.command()
@json_option
def due(as_json: bool) -> None:
    """What the next round would run, and what it would note as missed. Changes nothing."""
    from lucky_analytics.schedule.state import MISSED, open_state
    from lucky_analytics.schedule.work import find_work

    here = settings.load()
    declared, alerts, delivery = _load(here)
    faults = [*declared.faults, *alerts.faults, *delivery.faults]
    with open_state(here) as state:
        work = find_work(declared, state, dt.datetime.now(dt.UTC))
    to_run = [{"entry": entry.name, "slot": _iso(slot)} for entry, slot in work.to_run]
    missed = [{"entry": name, "slot": _iso(slot)} for name, slot, event, _ in work.lines if event == MISSED]
    if as_json:
        click.echo(json.dumps({"due": to_run, "missed": missed}))
        require_none(faults)
        return
    for words, rows in (("due", to_run), ("missed", missed)):
        for row in rows:
            click.echo(f"{words}  {row['entry']}  {row['slot']}")
    if not to_run:
        click.echo("nothing is due")
    require_none(faults)


@schedule.command()
@click.option("--foreground", is_flag=True, help="Go on until stopped: for containers.")
@engine_option
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Notebooks at a time.")
@json_option
def run(foreground: bool, jobs: int, as_json: bool) -> None:
    """Run what is due: snapshot, notebooks, portal, alerts, delivery. Timers call this every minute."""
    from lucky_analytics.errors import RunError
    from lucky_analytics.schedule import loop

    here = settings.load()

    def say(line: str) -> None:
        click.echo(line, err=as_json)

    if foreground:
        loop.run_forever(here, jobs=jobs, say=say)
        return
    done = loop.run_once(here, jobs=jobs, say=say)
    if as_json:
        ended = [{**each.__dict__, "slot": _iso(each.slot)} for each in done.ended] if done else []
        sent = [each.__dict__ for each in done.sent] if done else []
        click.echo(json.dumps({"ours": done is not None, "ended": ended, "sent": sent}))
    failed = [each.entry for each in done.ended if each.event == "failed"] if done else []
    if failed:
        raise RunError(f"schedule: {', '.join(failed)}", got="failed", remedy="See lucky schedule history")
    require_none(done.faults if done else ())


@schedule.command()
@click.argument("entry", required=False)
@click.option("-n", "n", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@json_option
def history(entry: str | None, n: int, as_json: bool) -> None:
    """The last slots, newest first: when each was due, began and ended, and how."""
    from lucky_analytics.schedule.state import open_state

    here = settings.load()
    if entry:
        _load(here)[0].entry(entry)
    with open_state(here) as state:
        slots = state.history(entry, n)
    if as_json:
        click.echo(json.dumps([_document(slot) for slot in slots], indent=1))
        return
    for slot in slots:
        tries = f", {slot.n_begun} tries" if slot.n_begun > 1 else ""
        click.echo(f"{slot.slot:%Y-%m-%d %H:%M}Z  {slot.entry}  {slot.event}{tries}  {slot.detail}".rstrip())
    if not slots:
        click.echo("no slot yet")


@schedule.command()
@click.argument("entry")
@click.option("--slot", metavar="TIME", help="ISO 8601; now unless said.")
@click.option("--not-made", is_flag=True, help="There was no snapshot: say that nothing was made.")
def tell(entry: str, slot: str | None, not_made: bool) -> None:
    """Send what the newest runs of an entry have to say: the last task of an exported Airflow DAG."""
    from lucky_analytics.errors import ParameterError, RunError
    from lucky_analytics.schedule.tell import tell_newest

    here = settings.load()
    try:
        at = dt.datetime.fromisoformat(slot) if slot else dt.datetime.now(dt.UTC)
    except ValueError as error:
        raise ParameterError("--slot", expected="like 2026-03-08T11:00:00Z", got=str(slot)) from error
    sent, failed, unreached = tell_newest(here, entry, at.astimezone(dt.UTC), not_made=not_made)
    for each in sent:
        click.echo(f"{each.kind} to {each.recipient}: {each.state} {each.detail}".strip())
    if failed and not not_made:
        raise RunError(
            f"notebooks of {entry}", expected="good newest runs", got=f"failed {', '.join(failed)}"
        )
    require_none(unreached)


@schedule.command()
@click.option(
    "--to",
    "system",
    type=click.Choice(["systemd", "cron", "airflow"]),
    default="systemd",
    show_default=True,
    help="What is to call it.",
)
@click.option("--out", type=WrittenPath(), metavar="DIR", help="Write files; printed unless said.")
def export(system: str, out: Path | None) -> None:
    """The schedule for another system: systemd units, a crontab line, or an Airflow DAG file."""
    from lucky_analytics.schedule import export as exporting

    here = settings.load()
    files = exporting.export(system, here, _sound(here))
    for name, text in files.items():
        if out is None:
            click.echo(text if len(files) == 1 else f"# {name}\n{text}")
        else:
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, encoding="utf-8")
            click.echo(str(out / name))


@schedule.command()
@click.option(
    "--to",
    "system",
    type=click.Choice(["systemd", "cron"]),
    default="systemd",
    show_default=True,
    help="What is to call it.",
)
@click.option("--remove", is_flag=True, help="Take it back; other timers and crontab lines stay.")
def install(system: str, remove: bool) -> None:
    """Have this machine call ``lucky schedule run`` every minute, for this user."""
    from lucky_analytics.schedule import install as installing

    here = settings.load()
    if not remove:
        _sound(here)
    for line in installing.remove(system) if remove else installing.install(system, here):
        click.echo(line)


def _load(here: settings.Settings) -> tuple[Schedule, Alerts, Delivery]:
    """The schedule, its alerts and its recipients, checked together; what is wrong stands in each."""
    from lucky_analytics.schedule.entries import load
    from lucky_analytics.schedule.recipients import load_delivery
    from lucky_analytics.schedule.rules import load_rules

    delivery = load_delivery(here)
    return load(here, delivery.names), load_rules(here, delivery.names), delivery


def _sound(here: settings.Settings) -> Schedule:
    """The schedule, for what is written once and used for long: nothing in it may be wrong."""
    declared, alerts, delivery = _load(here)
    require_none([*declared.faults, *alerts.faults, *delivery.faults])
    return declared


def _about(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "notebooks": list(entry.notebooks),
        "parameters": dict(entry.parameters),
        "cron": entry.cron,
        "time_zone": entry.market.time_zone,
        "holidays": entry.holidays,
        "snapshot": "all" if entry.databases is None else list(entry.databases) or "none",
        "deadline_seconds": entry.deadline.total_seconds() if entry.deadline else None,
        "retries": entry.retries,
        "catch_up": entry.catch_up,
        "recipients": list(entry.recipients),
        "send": entry.send,
    }


def _last(slot: Slot | None) -> dict[str, Any] | None:
    return _document(slot) if slot else None


def _document(slot: Slot) -> dict[str, Any]:
    times = {"slot": _iso(slot.slot), "at": _iso(slot.at), "began_at": _iso(slot.began_at)}
    return {**slot.__dict__, **times}


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _local(entry: Entry, moment: str | None) -> str:
    if moment is None:
        return "never"
    return f"{dt.datetime.fromisoformat(moment).astimezone(entry.zone):%a %Y-%m-%d %H:%M %Z}"
