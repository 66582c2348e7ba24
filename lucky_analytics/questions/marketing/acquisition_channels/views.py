"""What the page on channels shows beside its estimates: names in words, rows, checks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.acquisition_channels.channel_gaps import MEASURES
from lucky_analytics.questions.marketing.acquisition_channels.channel_people import KINDS, SEEN_DAYS, People
from lucky_analytics.questions.marketing.acquisition_channels.funnel import STEPS
from lucky_analytics.questions.marketing.acquisition_channels.platforms import Platforms

__all__ = [
    "ORDER_CHANNELS",
    "assemble_costs",
    "assemble_funnel",
    "assemble_gaps",
    "assemble_mix",
    "assemble_naive",
    "assemble_platforms",
    "check_people",
    "name_channel",
    "name_comparisons",
    "name_mix",
    "name_months",
    "name_naive",
    "open_with",
    "spread_measures",
]

ORDER_CHANNELS = CHANNELS["first_channel"] | {"delivery platform": "delivery platforms"}
_FEWEST_DAYS = 7  # of a month, below which its mix says little
_UNITS = {"USD": "dollars", "share": "share, 0 to 1"}
_LONGEST = 60  # characters of a channel's name that a chart has room for


def name_channel(kind: str, channel: str) -> str:
    """A channel as readers see it.

    >>> name_channel("touch", "store_qr"), name_channel("origin", "ios")
    ('First touch: code in a store', 'Registered: iPhone app')
    """
    return f"{KINDS[kind]}: {CHANNELS[kind].get(channel, channel)[:_LONGEST]}"


def open_with(name: str) -> str:
    """A channel's name at the begin of a sentence.

    >>> open_with("web"), open_with("iPhone app")
    ('Web', 'iPhone app')
    """
    return name if name.startswith("iPhone") else name[:1].upper() + name[1:]


def spread_measures(table: pd.DataFrame) -> pd.DataFrame:
    """One row a channel, its measures side by side: ``label``, ``n`` customers, and of each measure its
    ``own_``, ``gap_``, ``low_``, ``high_`` (of shares in points) and ``verdict_``; null where it has none."""
    found = []
    for (kind, channel), own in table.groupby(["kind", "channel"], sort=False):
        row: dict[str, Any] = {"label": name_channel(str(kind), str(channel))}
        by = own.set_index("measure")
        row["n"] = by["n"].get("margin", 0)
        for measure in MEASURES:
            for name in ("own", "gap", "low", "high", "verdict"):
                row[f"{name}_{measure}"] = by[name].get(measure)
            if MEASURES[measure].unit == "share":
                for name in ("gap", "low", "high"):
                    found_gap = row[f"{name}_{measure}"]
                    row[f"{name}_{measure}"] = None if found_gap is None else 100 * found_gap
        found.append(row)
    columns = [f"{name}_{measure}" for measure in MEASURES for name in ("own", "gap", "low", "high")]
    return pd.DataFrame(found).astype(dict.fromkeys(columns, float)) if found else pd.DataFrame()


def assemble_gaps(naive: pd.DataFrame) -> pd.DataFrame:
    """For the chart: ``label``, ``gap``, ``low``, ``high``, ``naive`` of channels that could be compared."""
    shown = naive[naive["gap"].notna()]
    label = [name_channel(*names) for names in zip(shown["kind"], shown["channel"], strict=True)]
    return shown.assign(label=label)[["label", "gap", "low", "high", "naive", "n"]]


def assemble_naive(order_channels: pd.DataFrame) -> pd.DataFrame:
    """``count_order_channels`` with ``label`` and, in words, why a row misleads (``why``)."""
    found = []
    for row in order_channels.sort_values("each", ascending=False).to_dict("records"):
        why = "customers of all ages together, most of them by this channel alone"
        if row["channel"] == "delivery platform":
            why = "accounts of platforms, not people: each stands for many"
        elif row["elsewhere"] > 0.5:
            why = f"{100 * row['elsewhere']:.0f} % of these customers' orders came another way"
        label = ORDER_CHANNELS.get(row["channel"], row["channel"])
        found.append(row | {"label": open_with(label), "why": why})
    columns = [*order_channels.columns, "label", "why"]
    return pd.DataFrame(found, columns=columns)


def assemble_funnel(funnel: pd.DataFrame) -> pd.DataFrame:
    """``count_funnel`` with ``label`` of the channel and ``step_label``; steps for which nobody was seen long
    enough are left out."""
    shown = funnel[funnel["share"].notna()]
    names = CHANNELS["origin"] | {"all": "all"}
    return shown.assign(
        label=[names[channel] for channel in shown["channel"]],
        step_label=[STEPS[step][3] for step in shown["step"]],
    )


def assemble_mix(mix: pd.DataFrame, first: pd.Timestamp, as_of: dt.date) -> pd.DataFrame:
    """``count_mix`` with ``label``, without months of fewer than seven days of orders; ``first``: the day of
    the first order."""
    end = (mix["month"] + pd.offsets.MonthEnd(0)).where(
        lambda day: day <= pd.Timestamp(as_of), pd.Timestamp(as_of)
    )
    days = (end - mix["month"].where(mix["month"] >= first, first)).dt.days + 1
    shown = mix[days >= _FEWEST_DAYS]
    return shown.assign(label=[ORDER_CHANNELS.get(name, name) for name in shown["channel"]])


def assemble_platforms(found: Platforms, commission: float | None) -> pd.DataFrame:
    """What an order through platforms leaves: ``what``, ``dollars``, an order."""
    rows = [("paid for items and packaging, before tax", found.value)]
    rows += [("left after goods, packaging, payment fee and refunds", found.margin)]
    if commission is not None:
        rows += [(f"less a commission of {100 * commission:g} %, a what-if", found.after(commission))]
    return pd.DataFrame(rows, columns=["what", "dollars"])


def assemble_costs(costs: pd.DataFrame) -> pd.DataFrame:
    """``cost_channels`` with ``label`` and ``since`` (its first month in words)."""
    label = [name_channel(*names) for names in zip(costs["kind"], costs["channel"], strict=True)]
    return costs.assign(label=label, since=costs["first_month"].dt.strftime("%b %Y"))


def check_people(people: People, n_orders: int) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``. ``n_orders``: all but those of platforms'
    accounts."""
    bought = people.bought
    counted = int(bought["n_orders"].sum())
    early = int((bought["first_date"] < bought["registered_date"]).sum())
    unnamed = int((people.rows["origin"] == "other").sum())
    days = max(SEEN_DAYS)
    rising = (bought[f"orders_{days}"] <= bought["n_orders"]).all()
    touched = f"{100 * people.rows['touch'].notna().mean():.0f} % of the registered have one"
    facts = [
        ("every order of people is counted once", counted == n_orders, f"{counted:,} of {n_orders:,} orders"),
        ("nobody orders before registering", early == 0, f"{early:,} customers did"),
        ("where people registered is known", unnamed == 0, f"of {unnamed:,} it is a code without a name"),
        ("first orders are among all", bool(rising), f"within {days} days at most as many as ever"),
        ("first touches are on record", people.has_touches, touched),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def name_naive(naive: pd.DataFrame) -> pd.DataFrame:
    """``compare_naively`` with ``label``."""
    label = [name_channel(*names) for names in zip(naive["kind"], naive["channel"], strict=True)]
    return naive.assign(label=label)


def name_comparisons(table: pd.DataFrame) -> pd.DataFrame:
    """``compare_channels`` with ``label`` and ``measure_label`` (with its unit)."""
    label = [name_channel(*names) for names in zip(table["kind"], table["channel"], strict=True)]
    words = {name: f"{measure.label}, {_UNITS[measure.unit]}" for name, measure in MEASURES.items()}
    return table.assign(label=label, measure_label=table["measure"].map(words))


def name_months(months: pd.DataFrame) -> pd.DataFrame:
    """``count_months`` with ``month_label``."""
    return months.assign(month_label=months["month"].dt.strftime("%b %Y"))


def name_mix(mix: pd.DataFrame) -> pd.DataFrame:
    """``assemble_mix`` with ``month_label``, the newest month first."""
    shown = mix.sort_values(["month", "share"], ascending=[False, False], ignore_index=True)
    return shown.assign(month_label=pd.to_datetime(shown["month"]).dt.strftime("%b %Y"))
