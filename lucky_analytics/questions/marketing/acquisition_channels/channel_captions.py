"""What stands around the charts of the page on channels; each returns the arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_value
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import START_DAYS
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import LOYAL_ORDERS
from lucky_analytics.questions.marketing.acquisition_channels.texts import count_different
from lucky_analytics.questions.marketing.acquisition_channels.views import open_with

__all__ = ["funnel", "gaps", "mix"]

_SOURCE = "customers, orders, first touches, recipes at the costs of their weeks; delivery accounts left out"


def gaps(shown: pd.DataFrame, table: pd.DataFrame, days: int, level: float) -> dict[str, str]:
    """``shown`` as from ``assemble_gaps``, ``table`` as from ``compare_channels``."""
    n, of = count_different(table)
    widest = shown.iloc[int((shown["high"] - shown["low"]).to_numpy().argmax())]
    count = "None" if n == 0 else f"{n:,}"
    return {
        "finding": f"{count} of {of} channels is known to bring customers with more or less margin"
        if n <= 1
        else f"{count} of {of} channels are known to bring customers with more or less margin",
        "subtitle": f"Margin of a customer's first {days} days less that of others who came in the same "
        f"weeks to the same stores, dollars; line: {100 * level:.0f} % interval of each alone, which misses "
        f"0 by chance in {100 * (1 - level):.0f} of 100 channels; grey: means over all customers ever. "
        "A friend: the first touch on record; accepted invitations are on the page on who brings whom",
        "alt": "; ".join(
            f"{row['label']} {row['gap']:+.2f} dollars ({row['low']:+.2f} to {row['high']:+.2f})"
            for row in shown.to_dict("records")
        )
        + f". Least is known of {widest['label']}.",
        "source": _SOURCE,
    }


def mix(shown: pd.DataFrame) -> dict[str, str]:
    """``shown`` as from ``assemble_mix``: the largest change of a share between whole months."""
    whole = shown[shown["is_whole"]]
    months = sorted(whole["month"].unique())
    subtitle = f"Share of each month's orders by the channel that they came through{_note_open(shown)}"
    if len(months) < 2:
        return {
            "finding": "There are no two whole months to compare yet",
            "subtitle": subtitle,
            "source": "orders",
        }
    ends = [whole[whole["month"] == month].set_index("label")["share"] for month in (months[0], months[-1])]
    moved = (ends[1] - ends[0]).dropna()
    label = str(moved.abs().idxmax())
    first, last = (f"{100 * end[label]:.1f} %" for end in ends)
    return {
        "finding": f"{open_with(label)}: {first} of orders in {months[0]:%b %Y}, {last} in "
        f"{months[-1]:%b %Y}",
        "subtitle": subtitle,
        "alt": f"No other channel's share moved more than that of {label}, from {first} to {last}.",
        "source": "orders by channel, counted",
    }


def _note_open(shown: pd.DataFrame) -> str:
    """Which month of the chart has no number, because it still goes on."""
    whole, last = shown.loc[shown["is_whole"].astype(bool), "month"], shown["month"].max()
    if not len(whole) or last == whole.max():
        return ""
    return f"; numbers: {whole.max():%b %Y}, the last whole month; {last:%b %Y} goes on"


def funnel(shown: pd.DataFrame, level: float) -> dict[str, str]:
    """``shown`` as from ``assemble_funnel``."""
    own = shown[shown["channel"] == "all"].set_index("step")
    parts = [
        f"{format_value(float(own['share'][step]), 'share')} {word}"
        for step, word in (
            ("started", f"order within {START_DAYS} days"),
            ("again", "of customers again"),
            ("loyal", f"{LOYAL_ORDERS} times"),
        )
        if step in own.index
    ]
    return {
        "finding": ", ".join(parts) if parts else "Nobody has been here long enough yet",
        "subtitle": "Share that makes each step within its days, by where people registered; whoever was not "
        f"seen for as long counts for as long as was seen; {100 * level:.0f} % intervals",
        "alt": "; ".join(
            f"{row['label']}, {row['step_label']}: {100 * row['share']:.1f} %"
            for row in shown.to_dict("records")
        ),
        "source": "customers and orders; delivery accounts left out",
    }
