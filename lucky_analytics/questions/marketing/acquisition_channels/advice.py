"""What marketing is advised to do with spend between channels: no more than costs and margins say."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pandas as pd
from scipy.stats import norm

from lucky_analytics.decisions import WAIT, Decision, Strength, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import MEASURES

__all__ = ["Move", "decide", "find_move", "wait_for_customers"]

_ONE_MORE = "what one more dollar brings is not known, only what all of them did"
_MEANWHILE = "keep spend between channels as it is"
_TRIAL = "A trial, drawn by chance by week or place, shows what a dollar more brings in each channel."


class Move(NamedTuple):
    """From one channel to another of the same kind: ``source`` and ``target``, and what a new customer of the
    second leaves beyond one of the first, after what each cost, dollars."""

    kind: str
    source: str
    target: str
    worth: Estimate


def find_move(table: pd.DataFrame, costs: pd.DataFrame, level: float = 0.9) -> Move | None:
    """Of all pairs of channels of one kind with a known cost, that with the highest low end of its worth.

    ``table`` as from ``compare_channels``, ``costs`` as from ``cost_channels``. Margins are matched gaps;
    the best of many pairs looks better than it is, so that the ends hold for all of them together
    (Bonferroni), and those of the two gaps add up, which is wider than their difference needs. None without
    such a pair.
    """
    margin = table[table["measure"] == "margin"].merge(costs[["kind", "channel", "cost"]])
    margin = margin[margin["gap"].notna() & margin["cost"].notna()]
    n_pairs = max(sum(n * (n - 1) // 2 for n in margin["kind"].value_counts()), 1)
    wide = norm.ppf(1 - (1 - level) / 2 / n_pairs) / norm.ppf(0.5 + level / 2)
    ends = {name: margin["gap"] + wide * (margin[name] - margin["gap"]) for name in ("low", "high")}
    margin = margin.assign(**ends)
    found = []
    for kind, own in margin.groupby("kind"):
        net = {
            row["channel"]: Estimate.of(row, "gap", level=level).plus(-row["cost"])
            for row in own.to_dict("records")
        }
        n = dict(zip(own["channel"], own["n"], strict=True))
        for source in net:
            for target in (name for name in net if name != source):
                worth = add_up([net[target], net[source].times(-1.0)])
                found.append(
                    Move(str(kind), source, target, replace(worth, n=int(min(n[source], n[target]))))
                )
    return max(found, key=lambda move: (move.worth.low or 0.0, move.target), default=None)


def decide(table: pd.DataFrame, costs: pd.DataFrame | None, level: float = 0.9) -> Decision:
    """Whether to move spend between channels; ``costs`` null where no spend by channel was brought."""
    if costs is None:
        return _wait(
            f"{_MEANWHILE}; record each month what each channel costs, and hand it to this page as a file",
            f"{_say_differences(table)} What each channel costs is in no table.",
            f"Spend by month and channel is brought. {_TRIAL}",
            "what each channel costs is not known",
        )
    move = find_move(table, costs, level)
    if move is None:
        return _wait(
            f"{_MEANWHILE}; hand in what at least two channels of a kind cost",
            f"{_say_differences(table)} Costs of two channels to compare are not known.",
            f"The cost of a second channel is brought. {_TRIAL}",
            "costs of two channels are not known",
        )
    source, target = (CHANNELS[move.kind].get(name, name) for name in (move.source, move.target))
    said = (
        f"A customer by {target} brings in {format_value(move.worth.value, 'USD')} more than one by {source}"
    )
    because = f"{said}, after what each cost. {_say_differences(table)}"
    # What may be less than is worth having is no reason to move anything.
    is_small = not (move.worth.low or 0.0) >= MEASURES["margin"].smallest
    small = ("it may be too little to act on",) if is_small else ()
    strength = weigh(move.worth, doubts=(_ONE_MORE, *small))
    if strength.word == WAIT:
        return Decision(
            _MEANWHILE, "Marketing", strength, because, _TRIAL, None, {"spend between channels": "keep"}
        )
    return Decision(
        f"move part of the spend on {source} to {target}, as a trial, and count who comes",
        "Marketing",
        strength,
        because,
        f"Fewer come for each dollar moved than came before. {_TRIAL}",
        move.worth,
        {"spend between channels": f"{source} to {target}"},
        "USD left of each new customer moved",
    )


def _wait(action: str, because: str, change: str, doubt: str) -> Decision:
    strength = weigh(None, doubts=(doubt,))
    return Decision(action, "Marketing", strength, because, change, None, {"spend between channels": "keep"})


def _say_differences(table: pd.DataFrame) -> str:
    margin = table[table["measure"] == "margin"]
    n = int((~margin["verdict"].isin(["not shown", "too few"])).sum())
    if not n:
        return (
            "No channel's customers are known to bring in more or less than others of the same weeks "
            "and stores."
        )
    verb = "brings in" if n == 1 else "bring in"
    return f"{n} of {len(margin)} channels {verb} more or less than others of the same weeks and stores."


def wait_for_customers(n: int) -> Decision:
    """What is advised where channels cannot be compared; ``n`` customers so far."""
    doubt = f"only {n:,} customers have ordered" if n else "nobody has ordered yet"
    return Decision(
        _MEANWHILE,
        "Marketing",
        Strength(WAIT, (doubt,)),
        "Too few customers of two channels came in the same weeks and stores.",
        "More customers have been here for long enough.",
    )
