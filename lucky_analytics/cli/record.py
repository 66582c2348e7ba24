"""``lucky record``: what was predicted and decided, and what came of it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import UnknownNameError, require_none

__all__ = ["record"]


@click.command()
@click.argument("notebook", required=False)
@json_option
def record(notebook: str | None, as_json: bool) -> None:
    """What was predicted and decided, and what came of it.

    One line for each question and each decision; with NOTEBOOK one for each of its predictions, the newest
    first. What is wrong with params/decisions.yml is said at the end.
    """
    from lucky_analytics.runs.predicted import list_aftermaths, list_predictions, world_of
    from lucky_analytics.track_record.aftermath import describe_after, pick_after
    from lucky_analytics.track_record.decided import load_decided
    from lucky_analytics.track_record.resolving import newest_snapshot
    from lucky_analytics.track_record.standing import Standing, judge_all

    here = settings.load()
    newest = newest_snapshot(here)
    world = world_of({"id": newest.id, "source": newest.kind}) if newest else None
    standings = judge_all(list_predictions(here, world))
    decided, faults = load_decided(here)
    known = {*standings, *(of.page for of in decided)}
    if notebook is not None and notebook not in known:
        raise UnknownNameError("question with a record", notebook, known)
    chosen: list[Standing] = [each for name, each in standings.items() if notebook in (None, name)]
    found = list_aftermaths(here, world or "")
    after = [(of, pick_after(found, of)) for of in decided if notebook in (None, of.page)]
    if as_json:
        decisions = [{**dataclasses.asdict(of), "after": came} for of, came in after]
        body = {"questions": [_document(standing) for standing in chosen], "decisions": decisions}
        click.echo(json.dumps(body, indent=1, default=str))
    elif not (chosen or after):
        click.echo("nothing was predicted or decided yet")
    for standing in () if as_json else chosen:
        click.echo(_line(standing))
        if notebook:
            for of in (*standing.waiting, *standing.resolved):
                outcome = {None: "not measured", True: "inside", False: "missed"}[of.is_held]
                came = "" if of.came is None else f", came {of.came:g}"
                ends = f"{of.value:g} ({of.low:g} to {of.high:g}, {100 * of.level:g} %)"
                click.echo(f"    {of.due} {of.variant} {of.name}: {ends} {of.unit}{came}: {outcome}")

    for decision, then in () if as_json else after:
        who = f"{decision.page}, decided {decision.decided} by {decision.by}: {decision.what}"
        click.echo(f"{who}. {describe_after(then)}")
    require_none(faults)


def _line(standing: Any) -> str:
    promised = f"{standing.promised:.1f} promised"
    rounds = [f"{each.n_missed} of {len(each.judged)} {each.reach}" for each in standing.rounds]
    missed = f"independent missed: {', '.join(rounds) or 'none yet'}"
    counts = f"{standing.n_inside} of {len(standing.resolved)} inside, {promised}; {missed}"
    return f"{standing.notebook}: {counts}; {len(standing.waiting)} not due: {standing.verdict.lower()}"


def _document(standing: Any) -> dict[str, Any]:
    """A standing and its predictions as JSON values."""
    every = [*standing.waiting, *standing.resolved, *standing.lost, *standing.looked_back]
    judged = {each.id for rounds in standing.rounds for each in rounds.judged}
    return {
        "notebook": standing.notebook,
        "verdict": standing.verdict,
        "n_due": len(standing.resolved),
        "n_inside": standing.n_inside,
        "promised": standing.promised,
        "rounds": [
            {
                "reach": each.reach,
                "n": len(each.judged),
                "n_missed": each.n_missed,
                "n_failing": each.n_failing,
            }
            for each in standing.rounds
        ],
        "is_failed": standing.is_failed,
        "predictions": [
            {
                "name": each.name,
                "variant": each.variant,
                "as_of": each.as_of.isoformat(),
                "due": each.due.isoformat(),
                "value": each.value,
                "low": each.low,
                "high": each.high,
                "level": each.level,
                "unit": each.unit,
                "measure": each.measure,
                "came": each.came,
                "is_held": each.is_held,
                "is_ahead": each.is_ahead,
                "is_judged": each.id in judged,
                "run": each.run_id,
            }
            for each in every
        ],
    }
