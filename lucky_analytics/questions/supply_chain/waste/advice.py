"""What the supply chain is advised to do about waste: order less where it surely helps, else nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.order_trial import ask_for_trial, propose_trial

__all__ = ["decide", "describe_too_little", "name_stores"]

_OWNER = "Supply chain"
_NOT_TRIED = "past weeks were replayed, no store has tried it yet"


def name_stores(names: Sequence[str], most: int = 2) -> str:
    """Stores by name, or how many where there are many.

    >>> name_stores(["A", "B"]), name_stores(["A", "B", "C"])
    ('A and B', '3 stores')
    """
    return join_names(names) if len(names) <= most else f"{len(names)} stores"


def decide(table: pd.DataFrame, worth: Estimate, as_of: dt.date, problems: Sequence[str] = ()) -> Decision:
    """From the rows of ``savings.find_acting`` and what they bring a year."""
    own = table[table["acts"]]
    if own.empty:
        watch = table[table["is_over"]]["store_name"].unique().tolist()
        if watch:
            return Decision(
                f"look at what {name_stores(watch)} order{'s' if len(watch) == 1 else ''} before changing it",
                _OWNER,
                Strength(WAIT, ("less waste may be lost again in missed sales",)),
                "They order more than others, but less would not surely bring more than it loses.",
                "More weeks show that goods expire because of it.",
            )
        return Decision(
            "keep ordering as today", _OWNER, idle("no store surely orders more than the others"),
            "What expires is about what careful orders would let expire too.",
            "A store orders a tenth more for its needs than the others, chance aside.",
        )  # fmt: skip
    names = own["store_name"].unique().tolist()
    cuts = [1 - 1 / ratio for ratio in own["ratio"]]
    shown = sorted({format_value(cut, "share").split(".")[0].removesuffix(" %") for cut in cuts})
    size = shown[0] if len(shown) == 1 else f"{shown[0]} to {shown[-1]}"
    kinds = own["keeps"].unique().tolist()
    what = "what keeps a week" if kinds == ["a week at most"] else "perishable goods"
    on = {f"orders of what keeps {row.keeps}, {row.store_name}": "less" for row in own.itertuples()}
    return Decision(
        ask_for_trial(what, name_stores(names, 3), as_of),
        _OWNER,
        weigh(worth, doubts=(_NOT_TRIED,), problems=problems),
        f"Had they ordered as the others do, {size} % less, less would have expired and hardly anything "
        "would have run out: that is priced here. The page on levels prices the order sheet's own step.",
        "Shelves run out more often in those weeks than at the other stores.",
        worth,
        on,
        "USD a year",
        trials=[propose_trial(names, as_of)],
    )


def describe_too_little(why: str) -> tuple[str, str, Decision]:
    """Title, answer and decision of a page that cannot say anything, because of ``why``.

    >>> describe_too_little("no good has a cost")[1]
    'Nothing can be said of what is thrown away: no good has a cost.'
    """
    return (
        "Too little is known to say what is thrown away and why",
        f"Nothing can be said of what is thrown away: {why}.",
        Decision("ask again when four weeks of stock and the costs of goods are there", _OWNER,
                 Strength(WAIT, (why,)), "", "Four weeks of stock, and costs, are on record."),
    )  # fmt: skip
