"""What moved for weeks, who the customers were and how often they came, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.formats import format_change, format_number, join_names
from lucky_analytics.questions.strategy.kpi_command_center.figure_targets import MISSED
from lucky_analytics.questions.strategy.kpi_command_center.one_way import FEWEST, chance_of
from lucky_analytics.questions.strategy.kpi_command_center.steps import USUAL

__all__ = ["decide_run", "explain_runs", "list_points", "name_customers", "name_run", "say_run"]


def name_run(run: pd.Series, judged: pd.DataFrame) -> str:
    """The title where a figure has moved the wrong way for weeks and no single week is unusual."""
    state = judged.set_index("unique_id")["state"].get("revenue")
    rest = "; revenue as usual" if state == USUAL and run["unique_id"] != "revenue" else ""
    return f"{run['label']} {_way(run)} {abs(run['n'])} weeks in a row, {_change(run)}{rest}"


def say_run(run: pd.Series, weeks: pd.DataFrame) -> str:
    """To follow the answer: the same with its first day, not its count."""
    ends = sorted(weeks.loc[weeks["unique_id"] == run["unique_id"], "ds"])
    since = pd.Timestamp(ends[-1 - abs(run["n"])])
    return f" {run['label']}: {_way(run)} every week since the one to {since:%-d %b}, {_change(run)} in all."


def decide_run(run: pd.Series) -> Decision:
    """Who finds out why a figure has moved the wrong way for weeks: no money can be put on it here."""
    label, owner = str(run["label"]).lower(), str(run["owner"])
    return Decision(
        f"find out this week why {label} went {_way(run)} for {abs(run['n'])} weeks, and say what turns it",
        owner[:1].upper() + owner[1:],
        weigh(None),
        f"{run['label']}: {_change(run)} in {abs(run['n'])} weeks, each {_way(run)} on the one before. "
        f"Weeks without a trend do so once in {1 / chance_of(abs(run['n'])):,.0f} times.",
        f"{run['label']}: two weeks the other way.",
    )


def list_points(
    customers: pd.DataFrame, often: pd.Series, runs: pd.DataFrame, judged: pd.DataFrame, n_elsewhere: int
) -> list[str]:
    """Lines under the answer. ``customers`` of ``split_customers``; ``often`` of ``judge_frequency``;
    ``runs`` of ``list_runs``, of which the first bad one has the title."""
    said = [_say_customers(customers), _say_often(often)]
    others = runs[runs["is_worse"]].iloc[1:]
    if len(others):
        named = [f"{row['label']} {_change(row)}" for row in others.to_dict("records")]
        said.append(f"The wrong way for {FEWEST} weeks or more, too: {join_names(named)}.")
    good = runs[~runs["is_worse"]]
    if len(good):
        named = [f"{row['label']} {_change(row)}" for row in good.to_dict("records")]
        said.append(f"One way for {FEWEST} weeks or more, and no harm: {join_names(named)}.")
    missed = judged.loc[judged["target_met"] == MISSED, "label"].tolist()
    if missed:
        said.append(f"Missed: the target of {join_names(name.lower() for name in missed)}.")
    if n_elsewhere:
        said.append(
            f"Every shop is counted, so {n_elsewhere:,} orders more than on pages of stores, which leave out "
            "shops that are not open to the public."
        )
    return [line for line in said if line]


def explain_runs(n_compared: int) -> str:
    """How often chance alone makes such a run among all figures, as a limit of the page."""
    if not n_compared:
        return f"A figure that moves one way for {FEWEST} weeks is named once there are weeks to compare."
    often = 1 / (n_compared * chance_of(FEWEST))
    return (
        f"A run of {FEWEST} weeks is named although no single week is unusual: among {n_compared} figures "
        f"whose weeks have no order, one goes the wrong way so long about once in {often:.0f} weeks; more "
        "often where weeks resemble the one before."
    )


def name_customers(customers: pd.DataFrame) -> str:
    """The title of the picture of customers, by their last window against the mean of the four before."""
    if customers.empty:
        return "Customers by window: first orders cannot be told from others"
    now, before = _last(customers), _before(customers, is_ratio=True)
    if before is None:
        return (
            f"{now['first order']:,.0f} ordered for the first time, {now['ordered before']:,.0f} had before"
        )
    new, old = (now[kind] / before[kind] - 1 for kind in ("first order", "ordered before"))
    return f"First orders {format_change(new)} on four weeks before, earlier customers {format_change(old)}"


def _say_customers(customers: pd.DataFrame) -> str:
    before = _before(customers) if len(customers) else None
    if before is None:
        return ""
    change = {kind: now - before[kind] for kind, now in _last(customers).items()}
    return (
        f"Customers who ordered: {_signed(sum(change.values()))} against a week of the four before; of these "
        f"{_signed(change['first order'])} with a first order, "
        f"{_signed(change['ordered before'])} who had ordered before."
    )


def _say_often(often: pd.Series) -> str:
    if often.empty or pd.isna(often["low"]):
        return ""
    value, low, high = (float(often[name]) for name in ("value", "usual_low", "usual_high"))
    place = "more than" if value > high else "less than" if value < low else "as"
    chance = "" if place == "as" else ", as one of 20 figures is by chance"
    return (
        f"Each customer ordered {value:.2f} times, {format_change(float(often['step']))} on the four weeks "
        f"before: {place} usual ({low:.2f} to {high:.2f}){chance}."
    )


def _last(customers: pd.DataFrame) -> dict[str, float]:
    own = customers[customers["ds"] == customers["ds"].max()]
    return own.set_index("kind")["y"].astype(float).to_dict()


def _before(customers: pd.DataFrame, n: int = 4, is_ratio: bool = False) -> dict[str, float] | None:
    """A week of the ``n`` before: the mean, which adds up, or the geometric one, against which the page's
    changes in percent are."""
    wide = customers.pivot(index="ds", columns="kind", values="y").iloc[-1 - n : -1].astype(float)
    if len(wide) != n or not bool((wide > 0).all(axis=None)):
        return None
    values = {str(kind): wide[kind].to_numpy(float) for kind in wide}
    return {kind: float(np.exp(np.log(y).mean()) if is_ratio else y.mean()) for kind, y in values.items()}


def _way(run: pd.Series | Mapping[Any, Any]) -> str:
    return "up" if run["n"] > 0 else "down"


def _change(run: pd.Series | Mapping[Any, Any]) -> str:
    return "from nothing" if pd.isna(run["change"]) else format_change(float(run["change"]))


def _signed(count: float) -> str:
    return ("+" if count > 0 else "") + format_number(round(count))
