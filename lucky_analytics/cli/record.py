"""``lucky record``: what was predicted and decided, and what came of it."""

from __future__ import annotations

import json
from typing import Any

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import UnknownNameError

__all__ = ["record"]


@click.command()
@click.argument("notebook", required=False)
@json_option
def record(notebook: str | None, as_json: bool) -> None:
    """What was predicted, and how much of it fell inside its interval.

    One line for each question; with NOTEBOOK one for each of its predictions, the newest first.
    """
    from lucky_analytics.runs.predicted import list_predictions, world_of
    from lucky_analytics.track_record.resolving import newest_snapshot
    from lucky_analytics.track_record.standing import Standing, judge_all

    here = settings.load()
    newest = newest_snapshot(here)
    world = world_of({"id": newest.id, "source": newest.kind}) if newest else None
    standings = judge_all(list_predictions(here, world))
    if notebook is not None and notebook not in standings:
        raise UnknownNameError("question that predicted", notebook, standings)
    chosen: list[Standing] = [standings[notebook]] if notebook else list(standings.values())
    if as_json:
        click.echo(json.dumps([_document(standing) for standing in chosen], indent=1))
        return
    if not chosen:
        click.echo("nothing was predicted yet")
    for standing in chosen:
        click.echo(_line(standing))
        if notebook:
            for of in (*standing.waiting, *standing.resolved):
                outcome = {None: "not measured", True: "inside", False: "missed"}[of.is_held]
                came = "" if of.came is None else f", came {of.came:g}"
                ends = f"{of.value:g} ({of.low:g} to {of.high:g}, {100 * of.level:g} %)"
                click.echo(f"    {of.due} {of.variant} {of.name}: {ends} {of.unit}{came}: {outcome}")


def _line(standing: Any) -> str:
    promised = f"{standing.promised:.1f} promised"
    rounds = f"{standing.n_missed} of {len(standing.judged)} independent missed"
    counts = f"{standing.n_inside} of {len(standing.resolved)} inside, {promised}, {rounds}"
    return f"{standing.notebook}: {counts}; {len(standing.waiting)} not due: {standing.verdict.lower()}"


def _document(standing: Any) -> dict[str, Any]:
    """A standing and its predictions as JSON values."""
    every = [*standing.waiting, *standing.resolved, *standing.lost, *standing.looked_back]
    judged = {each.id for each in standing.judged}
    return {
        "notebook": standing.notebook,
        "verdict": standing.verdict,
        "n_due": len(standing.resolved),
        "n_inside": standing.n_inside,
        "promised": standing.promised,
        "n_judged": len(standing.judged),
        "n_missed": standing.n_missed,
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
