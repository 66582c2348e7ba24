"""The findings about the chain's figures as sentences, and who looks into what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from lucky_analytics.decisions import Decision, idle, wait_for_orders, weigh
from lucky_analytics.formats import format_change, format_number, format_value
from lucky_analytics.metrics import REGISTRY
from lucky_analytics.questions.strategy.kpi_command_center.figure_targets import MISSED
from lucky_analytics.questions.strategy.kpi_command_center.steps import UNUSUAL
from lucky_analytics.questions.strategy.kpi_command_center.views import number_of, show_unit

__all__ = ["NO_ORDERS", "decide", "describe_answer", "describe_tree", "describe_usual", "name_distances",
           "name_finding", "name_members", "name_target", "name_weeks", "say_elsewhere"]  # fmt: skip

_FEWEST_WINDOWS = 4  # a figure seen less often stands high or low by being new
NO_ORDERS = (
    "No figure can be shown yet",
    "No order was completed by this date: no figure of the chain has a week.",
    wait_for_orders("Leadership"),
)


def name_finding(counts: Mapping[str, int], missed: Sequence[str], run: str = "") -> str:
    """The title, as a template for ``report.title``. ``counts``: of ``count_metrics``; ``missed``: labels of
    the figures that miss their target; ``run``: the title of one that moved for weeks (``name_run``), which
    stands where no single week was unusual."""
    if run and not counts["unusual"]:
        return run
    rest = f"{missed[0]} misses its target" if len(missed) == 1 else ""
    rest = "{missed:value} are missed" if len(missed) > 1 else rest
    if not counts["judged"]:
        return "Too few weeks to say whether any figure is unusual" + (f"; {_lower(rest)}" if rest else "")
    if not counts["unusual"]:
        quiet = "No figure left its usual weeks beyond chance"
        return f"{rest}; {_lower(quiet)}" if rest else quiet
    odd = "One figure moved" if counts["unusual"] == 1 else "{unusual:value} moved"
    return f"{odd} more than weeks usually do" + (f"; {_lower(rest)}" if rest else "")


def describe_answer(counts: Mapping[str, int], has_change: bool, run: str = "") -> str:
    """The answer, as a template for ``report.answer``: at most three numbers. ``run`` of ``say_run``."""
    text = "Every shop together took {revenue:value} in seven days"
    if has_change:
        text += ", {revenue_change:value} against the four weeks before"
    if not counts["judged"]:
        return text + ". What is usual is not known yet."
    if counts["unusual"] and counts["worse"] == counts["unusual"]:
        return text + ". What is unusual moved the wrong way."
    if counts["unusual"] and not counts["worse"]:
        return text + ". Nothing unusual moved the wrong way."
    if not counts["unusual"] and run:
        return f"{text}.{run}"
    if not counts["unusual"]:
        text += ". No figure left its usual weeks by more than chance among so many"
    return text + "."


def say_elsewhere(n_orders: int, name: str) -> str:
    """To follow the note of a figure of orders: what is in it that pages of stores leave out.

    >>> say_elsewhere(126, "revenue")
    ' It counts 126 orders in shops that are not open to the public, which pages of stores leave out.'
    >>> say_elsewhere(0, "orders"), say_elsewhere(3, "production_seconds")
    ('', '')
    """
    if not n_orders or name not in ("revenue", "orders"):
        return ""
    return (
        f" It counts {n_orders:,} orders in shops that are not open to the public, which pages of stores "
        "leave out."
    )


def name_target(own: pd.DataFrame, name: str) -> str:
    """To follow a figure's label: its window, with the target where it has one, else with its change against
    the four weeks before. ``own``: judged, by name."""
    target = number_of(own, name, "target")
    if target is not None:
        unit, divide = show_unit(REGISTRY[name].unit)
        return f"7 days; target {format_value(target / divide, unit)}"
    step = number_of(own, name, "step")
    return "7 days" if step is None else f"7 days; {format_change(step)} on 4 weeks before"


def name_distances(judged: pd.DataFrame) -> str:
    """Which figures are furthest from usual, as the title of the main picture."""
    odd = judged[judged["state"] == UNUSUAL].sort_values("p_value")
    if odd.empty:
        return "No figure left its usual weeks beyond chance"
    names = odd["label"].head(2).tolist()
    rest = len(odd) - len(names)
    return f"{' and '.join(names)}{f' and {rest} more' if rest else ''} moved more than weeks usually do"


def describe_tree(tree: pd.DataFrame) -> str:
    """What moved revenue most, as the title of its picture."""
    if tree.empty:
        return "Revenue cannot be split: one of these weeks has no orders"
    cents = tree["cents"].astype(float)
    total = float(cents.sum())
    way = "rose" if total > 0 else "fell" if total < 0 else "stayed"
    most = tree.assign(cents=cents, size=cents.abs()).nlargest(2, "size")
    parts = [
        f"{label} {'+' if part > 0 else '−'}{_dollars(part)}"
        for label, part in zip(most["label"], most["cents"], strict=True)
    ]
    return f"Revenue {way} by {_dollars(total)}: {', '.join(parts)}"


def describe_usual(judged: pd.DataFrame, name: str, level: float) -> str:
    """The usual steps of a metric that moves by percent, as a note; that they are not known, without them."""
    low, high = (number_of(judged, name, end) for end in ("low", "high"))
    if low is None or high is None:
        return "What is usual is not known yet"
    return f"{100 * level:g} % of weeks move by {format_change(low)} to {format_change(high)}"


def name_weeks(weeks: pd.DataFrame) -> str:
    """How many figures stand at their highest or lowest of all windows: the title of the picture of all."""
    known = weeks.dropna(subset="y").sort_values("ds")
    n, of = int(known["ds"].nunique()), known.groupby("unique_id")["y"]
    if n < _FEWEST_WINDOWS:
        return f"{of.ngroups} figures, in too few weeks to say which stand high or low"
    long = of.transform("size") >= _FEWEST_WINDOWS
    ends = known[long & (known["ds"] == known["ds"].max())]
    high, low = (int((ends["y"] == of.transform(end)[ends.index]).sum()) for end in ("max", "min"))
    return f"Of {of.ngroups} figures {high} stand at their highest of {n} weeks, {low} at their lowest"


def name_members(members: pd.DataFrame) -> str:
    """The store whose revenue changed most, as the title of the table of all."""
    own = members[(members["metric"] == "revenue") & (members["dimension"] == "store")]
    own = own.dropna(subset="change")
    if own.empty:
        return "By store, channel and category"
    most = own.assign(size=own["change"].abs()).nlargest(1, "size").iloc[0]
    if most["is_new"]:
        return f"By store, channel and category: {most['member']} is new in revenue"
    change = format_change(most["value"] / most["before"] - 1)
    return f"By store, channel and category: {most['member']} changed most in revenue, {change}"


def decide(judged: pd.DataFrame, run: Decision | None = None) -> Decision:
    """Who looks into what: the clearest unusual figure that did not move the right way, else one that moved
    for weeks (``run`` of ``decide_run``), else a missed target.

    A figure alone says nothing in money, so it is never more than a lean.
    """
    odd = judged[(judged["state"] == UNUSUAL) & (judged["way"] != "better")].sort_values("p_value")
    if len(odd):
        first = odd.iloc[0]
        return Decision(
            f"look into {first['label'].lower()}: it moved more than its weeks usually do",
            _owner(first),
            weigh(None),
            "It is outside the range of all earlier weeks' steps, all figures together considered.",
            f"{first['label']} is back in its usual range next week.",
        )
    if run is not None:
        return run
    missed = judged[judged["target_met"] == MISSED]
    if len(missed):
        first = missed.iloc[0]
        what = first["label"].lower()
        return Decision(
            f"decide whether the target of {what} stays, by what the page on it says can be reached",
            _owner(first),
            weigh(None),
            f"It misses its target{'' if first['state'] == UNUSUAL else ', and moved no more than usual'}.",
            "The target is met, or changed.",
            on={f"target of {what}": "wait"},
        )
    return Decision(
        "go on as before",
        "Leadership",
        idle("no figure is unusual for the worse, and no target is missed"),
        "Each figure moved as its weeks usually do, or for the better.",
        "A figure leaves its usual range.",
    )


def _owner(row: pd.Series) -> str:
    return str(row["owner"])[:1].upper() + str(row["owner"])[1:]


def _dollars(cents: float) -> str:
    return format_number(abs(cents) / 100, "USD")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
