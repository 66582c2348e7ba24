"""The frames that the page shows: amounts in units of their currency, labels in words."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.finance.payment_channels.payment_what_if import USUAL
from lucky_analytics.questions.finance.payment_channels.schedules import Recovered
from lucky_analytics.reference.payment_names import load_method_names

__all__ = ["show_methods", "show_names", "show_same", "show_schedules"]


def show_methods(ranked: pd.DataFrame) -> pd.DataFrame:
    """``rank_methods`` as its table: rates in percent, ranks in words ("2 to 4")."""
    shown = ranked.assign(
        percent=100 * ranked["rate"], percent_low=100 * ranked["low"], percent_high=100 * ranked["high"],
        rate=100 * ranked["schedule_rate"],
        rank_shown=_say_ranks(ranked, "rank"), same_rank_shown=_say_ranks(ranked, "same_rank"),
    )  # fmt: skip
    return shown.drop(columns=["low", "high"])


def _say_ranks(ranked: pd.DataFrame, name: str) -> list[str]:
    ends = zip(ranked[name], ranked[f"{name}_last"], strict=True)
    return [f"{first}" if first == last else f"{first} to {last}" for first, last in ends]


def show_same(ranked: pd.DataFrame, basket: float) -> pd.DataFrame:
    """The bars of the main chart: what the same order costs by method, in cents, in two ``part``s;
    ``is_usual``: whether the method is often used."""
    known = ranked[ranked["same"].notna()]
    known = known.assign(is_usual=known["n"] >= USUAL * ranked["n"].sum())
    parts = {"fixed part": known["fixed"], "rate on the amount": known["schedule_rate"] * 100 * basket}
    return pd.concat(
        [known.assign(part=part, cents=cents)[["label", "part", "cents", "same", "is_usual"]]
         for part, cents in parts.items()],
        ignore_index=True,
    )  # fmt: skip


def show_schedules(recovered: Recovered) -> pd.DataFrame:
    """Every part of every schedule, US dollars first, rates in percent of the amount."""
    shown = recovered.parts.copy()
    shown["label"] = shown["channel_id"].map(load_method_names().label)
    shown["on_percent"] = 100 * shown["share_on"]
    for end in ("", "_low", "_high"):
        shown[f"rate_percent{end}"] = 100 * shown[f"rate{end}"]
    return shown.sort_values(
        ["currency", "n", "label", "part", "start"],
        ascending=[False, False, True, True, True],
        ignore_index=True,
    )


def show_names(channels: list[str]) -> pd.DataFrame:
    """What each method is called, whether somebody confirmed it, and who said so."""
    names = load_method_names()
    rows = [
        (names.label(channel),
         "not known" if channel not in names else "a guess" if names.is_guess(channel) else "confirmed",
         names[channel].source if channel in names else "")
        for channel in channels
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["label", "state", "source"])
