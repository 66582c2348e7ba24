"""``lucky ask``: a question in plain words, answered from the newest snapshot."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import engine_option, json_option
from lucky_analytics.errors import LuckyError, ParameterError

if TYPE_CHECKING:
    from lucky_analytics.ask.ask_answer import Answer
    from lucky_analytics.ask.request_checks import Scope
    from lucky_analytics.catalog import Suite

__all__ = ["ask"]


@click.command()
@click.argument("questions", nargs=-1)
@click.option("--audience", metavar="NAME", help="Ask as an audience of params/audiences.yml may.")
@click.option("--snapshot", default="newest", show_default=True, metavar="ID", help="The snapshot to ask.")
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), help="Write the table there."
)
@click.option("--sql", "with_sql", is_flag=True, help="Print the query, too.")
@click.option("--history", is_flag=True, help="What was asked here before, the newest last.")
@json_option
@engine_option
def ask(
    questions: tuple[str, ...], audience: str | None, snapshot: str, csv_path: Path | None,
    with_sql: bool, history: bool, as_json: bool,
) -> None:  # fmt: skip
    """Ask QUESTIONS in plain words; each later one goes on from the one before ("and by store?").

    Only requests over the catalog are executed, and what is not understood is not answered. The exit code is
    0 for an answer, 9 where the last question was refused or asked back.
    """
    import lucky_analytics
    from lucky_analytics.ask.ask_answer import write_csv
    from lucky_analytics.ask.asking import Asker
    from lucky_analytics.ask.model_settings import find_model
    from lucky_analytics.ask.request_document import from_document
    from lucky_analytics.audit_log import account, append_entry, read_entries

    here = settings.load()
    if history:
        if questions or csv_path or audience or with_sql:
            raise ParameterError("--history", expected="no question, and no option but --json", got="more")
        lines = [entry for entry in read_entries(here) if entry.get("asked", {}).get("reader") == account()]
        if as_json:
            click.echo(json.dumps([{"at": each["at"], **each["asked"]} for each in lines], indent=1))
            return
        for entry in lines:
            said = entry["asked"]
            click.echo(f"{entry['at']} {said['outcome']}: {said.get('read_as') or said.get('why', '')}")
        return
    if csv_path and (csv_path.suffix.lower() != ".csv" or not csv_path.parent.is_dir()):
        raise ParameterError("--csv", expected="a file .csv in a folder that is there", got=str(csv_path))
    if not questions:
        raise LuckyError(
            "question", expected='words, like: lucky ask "orders by store last week"', got="nothing"
        )
    suite = lucky_analytics.open(snapshot)
    asker = Asker(suite, _scope(audience, suite), here, account(), model=find_model())
    answers: list[Answer] = []
    context = None
    for question in questions:
        answer = asker.ask(question, context)
        context = from_document(answer.request) if answer.request else context
        answers.append(answer)
        if not as_json:
            _print(answer, with_sql)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(answer) for answer in answers], indent=1))
    if csv_path and answers[-1].outcome == "answered":
        spare = csv_path.with_name(f".{csv_path.name}.new")
        spare.write_text(write_csv(answers[-1]), encoding="utf-8")
        spare.replace(csv_path)
        append_entry(here, "ask, export", snapshot=suite.snapshot.id, exports=[str(csv_path)])
    if answers[-1].outcome != "answered":
        sys.exit(9)


def _scope(audience: str | None, suite: Suite) -> Scope:
    from lucky_analytics.ask.request_checks import OPEN
    from lucky_analytics.publish.ask_scope import scope_of

    return OPEN if audience is None else scope_of(audience, settings.load(), suite)


def _print(answer: Answer, with_sql: bool) -> None:
    from lucky_analytics.formats import format_value

    click.echo(answer.sentence)
    if answer.read_as:
        click.echo(f"I read this as: {answer.read_as}.")
    for choice in answer.choices:
        click.echo(f"  {choice['read_as']}: {choice['sentence']}")
    k = len(answer.heads) - len(answer.units)
    if len(answer.rows) > 1:
        click.echo("  " + "  ".join(answer.heads))
        for row in answer.rows[:50]:
            values = [format_value(value, unit) for value, unit in zip(row[k:], answer.units, strict=True)]
            click.echo("  " + "  ".join([*row[:k], *values]))
        if len(answer.rows) > 50:
            click.echo(f"  and {len(answer.rows) - 50:,} rows more (--csv FILE has all)")
    for note in answer.notes:
        click.echo(f"  {note}")
    if answer.outcome == "answered":
        click.echo(f"  n = {answer.n:,} {answer.n_of}; {answer.fresh}; {answer.contracts}")
        if answer.next:
            click.echo(f"  Go on with: {'  '.join(answer.next)}")
    if answer.report:
        click.echo(f"  More: the report {answer.report}")
    if with_sql and answer.sql:
        click.echo(answer.sql)
