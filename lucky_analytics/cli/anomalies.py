"""``lucky anomalies``: the open cards of unusual things, and what people answer to them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import RunError, UnknownNameError
from lucky_analytics.settings import Settings

__all__ = ["anomalies"]

_NOTEBOOK, _TABLE = "anomaly_feed", "all_cards"
_by = click.option("--by", required=True, metavar="WHO", help="Who says so: a role or initials.")
_note = click.option("--note", default="", help="Why, in a few words.")


@click.group(invoke_without_command=True)
@click.option("--all", "with_all", is_flag=True, help="Older cards and answered ones, too.")
@json_option
@click.pass_context
def anomalies(ctx: click.Context, with_all: bool, as_json: bool) -> None:
    """The open cards of the newest report on unusual things, the most serious first.

    Of the days that the page lists, each with its id, which stays the same in later runs and snapshots. What
    was answered since the report counts.
    """
    if ctx.invoked_subcommand:
        return
    here = settings.load()
    shown = [card for card in _cards(here)[1] if with_all or (card["state"] == "open" and card["is_recent"])]
    if as_json:
        click.echo(json.dumps(shown, indent=1, default=str))
        return
    for card in shown:
        days = f"{card['first']:%Y-%m-%d}" + (
            "" if card["first"] == card["last"] else f" to {card['last']:%Y-%m-%d}"
        )
        who = f" by {card['who']}" if card["who"] else ""
        click.echo(
            f"{card['id']}  {card['severity']:<8}  {days}  {card['where']}: {card['event']}"
            f"  ({card['state']}{who})"
        )
    if not shown:
        click.echo("nothing unusual is open")


@anomalies.command()
@click.argument("card")
@_by
@_note
def ack(card: str, by: str, note: str) -> None:
    """Acknowledge CARD: somebody sees to it. It stays listed, folded, and is not sent again."""
    from lucky_analytics.runs.answered import ACKNOWLEDGED

    _answer(card, ACKNOWLEDGED, "", by, note)


@anomalies.command()
@click.argument("card")
@click.option("--reason", required=True, help="not-real, too-small or known.")
@_by
@_note
def dismiss(card: str, reason: str, by: str, note: str) -> None:
    """Dismiss CARD, which leaves the open ones.

    not-real (nothing was wrong) and too-small (so it was, and nobody needs to hear of it) raise the bar for
    its numbers, within bounds; known (planned, or known before) does not.
    """
    from lucky_analytics.runs.answered import DISMISSED

    _answer(card, DISMISSED, reason, by, note)


def _answer(name: str, act: str, reason: str, by: str, note: str) -> None:
    from lucky_analytics.runs.answered import Answer, note_answer

    here = settings.load()
    world, cards = _cards(here)
    known = {card["id"]: card for card in cards}
    if name not in known:
        raise UnknownNameError("card", name, known)
    card = known[name]
    series, last = tuple(card["series"].split(", ")), dt.date.fromisoformat(f"{card['last']:%Y-%m-%d}")
    note_answer(here, world, Answer(name, act, reason, by, note, series, last))
    click.echo(f"{name} {act}: {card['where']}, {card['event']}. The page shows it at its next run")


def _cards(here: Settings) -> tuple[str, list[dict[Any, Any]]]:
    """Whose cards the newest report tells ("demo" or "live"), and all of them with the newest answer."""
    import pandas as pd

    from lucky_analytics.runs import records
    from lucky_analytics.runs.answered import list_answers, newest_by_card

    runs = [run for run in records.list_runs(_NOTEBOOK, here) if run.status == records.OK and not run.by_hand]
    if not runs:
        raise RunError(
            "cards of unusual things", expected="a report", got="none", remedy=f"lucky run {_NOTEBOOK} first"
        )
    world = str(runs[0].snapshot["source"])
    file = here.runs_dir / _NOTEBOOK / runs[0].run_id / "tables" / f"{_TABLE}.parquet"
    cards: list[dict[Any, Any]] = pd.read_parquet(file).to_dict("records") if file.is_file() else []
    newest = newest_by_card(list_answers(here, world))
    start = pd.Timestamp(runs[0].as_of) - pd.Timedelta(days=int(runs[0].parameters["n_days"]) - 1)
    for card in cards:
        card["is_recent"] = bool(card["last"] >= start)
        if answer := newest.get(card["id"]):
            card |= {"state": answer.act, "who": answer.who, "reason": answer.reason, "note": answer.note}
    return world, cards
