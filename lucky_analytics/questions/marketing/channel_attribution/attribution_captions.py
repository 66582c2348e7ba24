"""What stands around the charts of the page on attribution: the arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.questions.marketing.channel_attribution.advice import PER

__all__ = ["added", "shares"]

_SOURCE = "the file of touches, orders"


def shares(shown: pd.DataFrame, table: pd.DataFrame, n_orders: int, level: float) -> dict[str, str]:
    """``shown`` as from ``assemble_shares``, ``table`` as from ``credit_channels``."""
    called = table[table["verdict"] != "not shown"]
    more = called[called["verdict"] == "more"]
    finding = "Shared out, no channel has more or less than an even part beyond chance"
    if len(called):
        finding = (
            f"Shared out, {len(more)} of {len(table)} channels {'has' if len(more) == 1 else 'have'} "
            f"more than "
            "an even part; none need add orders"
        )
    return {
        "finding": finding,
        "subtitle": f"Share of {n_orders:,} orders after touches. Blue: shared out by how many order while "
        f"touched by some channels only (Shapley), with its {100 * level:.0f} % interval. Grey bar: "
        f"last touch, "
        "as a dashboard has it. Grey ring: lost without it if paths were a chain (Markov). Line: an "
        "even part",
        "alt": "; ".join(
            f"{row['label']}: shared out {100 * row['shapley']:.0f} % ({100 * row['low']:.0f} to "
            f"{100 * row['high']:.0f}), last touch {100 * row['last']:.0f} %, removal "
            f"{100 * row['removal']:.0f} %"
            for row in shown.to_dict("records")
        ),
        "source": _SOURCE,
    }


def added(shown: pd.DataFrame, level: float, days: int) -> dict[str, str]:
    """``shown`` as from ``assemble_added``."""
    n_clear = int(((shown["low"] > 0) | (shown["high"] < 0)).sum())
    count = "None" if not n_clear else f"{n_clear:,}"
    return {
        "finding": f"{count} of {len(shown)} channels withheld by chance changes orders beyond chance"
        if n_clear <= 1
        else f"{count} of {len(shown)} channels withheld by chance change orders beyond chance",
        "subtitle": f"Orders of {PER} people in {days} days. Blue: more than of those from whom it was "
        f"withheld, "
        f"with an interval ({100 * level:.0f} % for all together). Grey bar: what last touch credits to it",
        "alt": "; ".join(
            f"{row['label']}: adds {row['adds']:.1f} ({row['low']:.1f} to {row['high']:.1f}), last "
            f"touch credits "
            f"{row['credited']:.1f}"
            for row in shown.to_dict("records")
        ),
        "source": _SOURCE,
    }
