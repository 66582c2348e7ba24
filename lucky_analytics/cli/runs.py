"""``lucky list`` and ``lucky run``."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import Amount, WrittenPath, ending_at_ctrl_c, engine_option, json_option
from lucky_analytics.engines import require_engine
from lucky_analytics.errors import LuckyError, ParameterError, RunError, SnapshotError, require_none
from lucky_analytics.runs.limits import Limits

if TYPE_CHECKING:
    from lucky_analytics.runs.batch import Outcome
    from lucky_analytics.snapshot import Manifest

__all__ = ["list_notebooks", "run"]

SOME = Amount(0, min_open=True)


@click.command("list")
@click.option("--access", is_flag=True, help="Only the request for access, to be sent.")
@json_option
def list_notebooks(access: bool, as_json: bool) -> None:
    """The notebooks: department, question, parameters, last run; and the request for access to tables that
    they wait for."""
    from lucky_analytics.runs.one_look import one_look

    with one_look():
        if access:
            _request(as_json)
        else:
            _list(as_json)


def _request(as_json: bool) -> None:
    """The databases to ask for, in the order in which they bring most."""
    from lucky_analytics import snapshot
    from lucky_analytics.runs import notebooks
    from lucky_analytics.runs.access import format_request, order_grants
    from lucky_analytics.runs.wanted import find_wanted

    here = settings.load()
    readable, _ = notebooks.load_all(here)
    cells = {notebook.name: loaded.cells for notebook, loaded in readable.items()}
    grants = order_grants(find_wanted(cells, snapshot.find("newest", here)))
    if as_json:
        asked = [{**dataclasses.asdict(grant), "statements": grant.statements} for grant in grants]
        click.echo(json.dumps(asked, indent=1))
    else:
        click.echo(format_request(grants) or "Every notebook has the tables that it reads.")


def _list(as_json: bool) -> None:
    from lucky_analytics.runs import notebooks, records
    from lucky_analytics.runs.request import find_unready
    from lucky_analytics.runs.wanted import find_damaged, find_wanted
    from lucky_analytics.snapshot import require_whole

    here = settings.load()
    rows: list[dict[str, Any]] = []
    readable, _ = notebooks.load_all(here)
    cells = {notebook.name: loaded.cells for notebook, loaded in readable.items()}
    for notebook, loaded in readable.items():
        last = next(iter(records.list_runs(notebook.name, here)), None)
        rows.append(
            {
                "notebook": notebook.name,
                "department": notebook.department,
                "question": loaded.title,
                "parameters": {p.name: f"{p.type} = {p.default!r}" for p in loaded.parameters.values()},
                "status": last.status if last else "never run",
                "last_run": last.run_id if last else None,
                "ended_at": last.ended_at if last else None,
            }
        )
    newest = _newest(here)
    wanted = find_wanted(cells, newest) if newest else []
    if as_json:
        asked = [dataclasses.asdict(one) for one in wanted]
        click.echo(json.dumps({"notebooks": rows, "wanted": asked}, indent=1))
    waiting = {name for one in wanted for name in one.notebooks}
    for row in () if as_json else rows:
        status = row["status"] + (", waits for tables" if row["notebook"] in waiting else "")
        click.echo(f"{row['department']}/{row['notebook']}  [{status}]  {row['question']}")
        for name, about in row["parameters"].items():
            click.echo(f"    {name}: {about}")
    if wanted and not as_json:
        from lucky_analytics.runs.access import format_request, order_grants

        click.echo(f"\nwaiting for access, what brings most first:\n{format_request(order_grants(wanted))}")
    _say_unread(here)
    faults: list[LuckyError] = []
    try:
        require_engine(here)
    except LuckyError as error:
        faults.append(error)
    try:
        if newest:
            require_whole(newest)
    except LuckyError as error:
        faults.append(error)
    if newest and not as_json:
        for name, waits in find_damaged(cells, newest).items():
            click.echo(f"damaged: {name}, for {', '.join(waits) or 'no notebook'}")
    unready = find_unready(here)
    for reason in unready.values():
        click.echo(f"lucky: {reason}", err=True)
    if unready:
        count = f"{len(unready)} of {len(notebooks.list_all(here))}"
        faults.append(RunError(f"{count} notebooks cannot be run: {', '.join(unready)}"))
    require_none(faults)


def _say_unread(here: settings.Settings) -> None:
    from lucky_analytics.schedule.unread import find_unread

    for line in find_unread(here):
        click.echo(f"note: {line}", err=True)


def _newest(here: settings.Settings) -> Manifest | None:
    """The newest snapshot; null while there is none."""
    from lucky_analytics import snapshot

    try:
        return snapshot.find("newest", here)
    except SnapshotError:
        return None


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "everything", is_flag=True, help="Every notebook.")
@click.option(
    "-p",
    "--parameter",
    "pairs",
    multiple=True,
    metavar="NAME=VALUE",
    help="Override a parameter; repeatable.",
)
@click.option("--params", "file", type=WrittenPath(), help="A parameter file in place of its own.")
@click.option("--snapshot", default="newest", show_default=True, metavar="ID", help="What is read.")
@click.option("--as-of", metavar="DATE", help="Last business date that counts.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Notebooks at a time.")
@click.option("--force", is_flag=True, help="Run even when nothing changed.")
@click.option(
    "--cell-timeout",
    type=click.IntRange(1),  # the kernel's client counts whole seconds
    default=int(Limits.cell),
    show_default=True,
    help="Seconds a cell.",
)
@click.option("--timeout", type=SOME, default=Limits.notebook, show_default=True, help="Seconds a notebook.")
@click.option(
    "--memory", type=SOME, default=Limits.memory_mib, show_default=True, help="MiB a kernel may take."
)
@click.option(
    "--retries",
    type=click.IntRange(0),
    default=Limits.retries,
    show_default=True,
    help="Tries more after a lost kernel.",
)
@click.option(
    "--wait",
    type=Amount(0),
    default=600,
    show_default=True,
    help="Seconds to wait for a notebook that another command is running; then it is left to that one.",
)
@engine_option
@json_option
def run(
    names: tuple[str, ...],
    everything: bool,
    pairs: tuple[str, ...],
    file: Path | None,
    snapshot: str,
    as_of: str | None,
    jobs: int,
    force: bool,
    cell_timeout: int,
    timeout: float,
    memory: float,
    retries: int,
    wait: float,
    as_json: bool,
) -> None:
    """Run notebooks through papermill; those that nothing changed are skipped.

    A parameter of a grid that is given with -p picks the runs of the grid that agree with it.
    Ends with 0, with 5 when a notebook failed or could not be read (the others ran), with 75 when none
    failed but one was left to another command that was still running it. With --all, one that waits for
    tables which nobody has read is no failure.
    """
    from lucky_analytics import snapshot as snapshots
    from lucky_analytics.publish.audit import auditing
    from lucky_analytics.runs import batch
    from lucky_analytics.track_record.renewal import renew_record

    if bool(names) == everything:
        raise ParameterError(
            "lucky run", expected="notebook names or --all", got="both" if names else "neither"
        )
    if as_of == "":
        raise ParameterError("--as-of", expected="a date such as 2026-01-31", got="nothing")
    here = settings.load()
    _say_unread(here)
    with ending_at_ctrl_c(), auditing(here) as audit:

        def tell(outcome: Outcome, done: int, total: int) -> None:
            audit(outcome)
            click.echo(f"[{done}/{total}] {_line(outcome)}", err=as_json)

        outcomes = batch.run_notebooks(
            names,
            here,
            snapshot=snapshot,
            given=_given((*pairs, *([f"as_of={as_of}"] if as_of is not None else []))),
            parameter_file=file,
            force=force,
            jobs=jobs,
            limits=Limits(cell_timeout, timeout, memory, retries),
            wait=wait,
            tell=tell,
            tell_waiting=lambda line: click.echo(line, err=True),
        )
    for name, problem in snapshots.find(snapshot, here).damaged.items():
        click.echo(f"damaged: {name}, which costs what reads it: {problem}", err=True)
    measured, unrenewed = renew_record(here)
    for line in measured:
        click.echo(line, err=as_json)
    if as_json:
        bodies = [{**o.__dict__, "record": o.record and o.record.__dict__} for o in outcomes]
        click.echo(json.dumps(bodies, indent=1))
    waiting = batch.say_waiting(outcomes)
    if names and waiting and not batch.failures(outcomes):
        raise RunError(waiting)  # asked for by name, and not made
    if waiting:
        click.echo(waiting, err=True)
    if error := batch.failures(outcomes) or batch.left_to_others(outcomes) or batch.not_noted(outcomes):
        raise error
    require_none(unrenewed)


def _given(pairs: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ParameterError("-p", expected="name=value", got=pair)
        name = name.strip()
        if name in given:
            raise ParameterError(f"parameter {name}", expected="one value", got=f"{given[name]} and {value}")
        given[name] = value
    return given


def _line(outcome: Outcome) -> str:
    record = outcome.record
    name = f"{outcome.notebook} {record.variant if record else ''}".strip()
    ran = outcome.action in ("ran", "failed")
    cost = f" in {record.seconds:.1f} s, {record.peak_mib:.0f} MiB" if record and ran else ""
    return f"{name}: {outcome.action}{cost} ({outcome.reason})"
