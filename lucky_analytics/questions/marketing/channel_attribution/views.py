"""What the page on attribution shows beside its estimates: rows in words, checks, what a file must hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.experiments.sample_ratio import BROKEN
from lucky_analytics.models.channel_names import CHANNELS
from lucky_analytics.questions.marketing.channel_attribution.advice import PER, shorten
from lucky_analytics.questions.marketing.channel_attribution.journeys import Journeys
from lucky_analytics.questions.marketing.channel_attribution.touch_file import Touches

__all__ = [
    "assemble_added",
    "assemble_shares",
    "check_touches",
    "count_campaigns",
    "describe_columns",
    "name_first_touches",
    "name_trials",
]

_VERDICTS = {
    "adds": "adds orders",
    "takes": "people order less with it",
    "not shown": "not shown",
    "too few": "too few people",
    "not drawn": "not drawn by chance",
}
_COLUMNS = [
    ("customer", "our customer number, or its SHA-256 in hexadecimal digits", "yes"),
    ("touched_at", "when, in UTC, such as 2026-01-31T18:05:00", "yes"),
    ("channel", "the channel, such as mail or paid search", "yes"),
    ("campaign", "the campaign", "no"),
    ("cost", "what this touch cost, US dollars", "no"),
    ("held_out", "yes: withheld by chance; no: could have been; empty: outside every hold-out", "no"),
    ("ordered_at", "for people without a number of ours: when they ordered, UTC", "no"),
]


def assemble_shares(table: pd.DataFrame) -> pd.DataFrame:
    """For the chart: ``label``, ``last``, ``shapley`` with ``low`` and ``high``, ``removal``, "
    "``n_people``."""
    names = {"shapley_low": "low", "shapley_high": "high"}
    shown = table.assign(label=[shorten(name) for name in table["channel"]]).rename(columns=names)
    return shown[["label", "last", "shapley", "low", "high", "removal", "n_people"]]


def name_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """``measure_hold_outs`` with orders of ``PER`` people (``out_100``, ``in_100``, ``credited_100``,
    ``adds_100`` with ends), what is left after cost of as many (``net_100`` with ends), and ``found``."""
    made = trials.assign(found=trials["verdict"].map(_VERDICTS))
    ends = {
        "out_100": "orders_out", "in_100": "orders_in", "credited_100": "credited", "adds_100": "adds",
        "low_100": "low", "high_100": "high", "net_100": "net", "net_low_100": "net_low",
        "net_high_100": "net_high",
    }  # fmt: skip
    return made.assign(**{new: PER * trials[old].astype(float) for new, old in ends.items()})


def assemble_added(named: pd.DataFrame) -> pd.DataFrame:
    """For the chart: ``label``, ``adds``, ``low``, ``high``, ``credited`` (orders of ``PER`` people), "
      "``n`` of
    hold-outs that can be read; ``named`` as from ``name_trials``."""
    shown = named[~named["verdict"].isin(["too few", "not drawn"])]
    ends = {"adds_100": "adds", "low_100": "low", "high_100": "high", "credited_100": "credited"}
    wide = shown[["channel", *ends]].rename(columns=ends)
    n = shown["n_out"] + shown["n_in"]
    return wide.assign(label=[shorten(name) for name in wide["channel"]], n=n).drop(columns="channel")


def count_campaigns(journeys: Journeys) -> pd.DataFrame:
    """Touches in journeys by campaign, where the file names any: ``channel``, ``campaign``, ``n_touches``,
    ``n_people``, ``n_last`` (orders whose last touch it was), most first. Empty without a name."""
    touches, rows = journeys.touches, journeys.rows
    inside = np.zeros(len(touches) + 1, int)
    np.add.at(inside, rows["first"].to_numpy(int), 1)
    np.add.at(inside, rows["stop"].to_numpy(int), -1)
    own = touches[(np.cumsum(inside)[:-1] > 0) & (touches["campaign"] != "")]
    last = touches.iloc[journeys.ordered["stop"].to_numpy(int) - 1]
    key = ["channel", "campaign"]
    counts = own.groupby(key).agg(n_touches=("person", "size"), n_people=("person", "nunique"))
    counts["n_last"] = last[last["campaign"] != ""].groupby(key).size().reindex(counts.index).fillna(0)
    return counts.astype({"n_last": int}).reset_index().sort_values(
        ["n_last", "n_touches", *key], ascending=[False, False, True, True], ignore_index=True
    )  # fmt: skip


def name_first_touches(counts: pd.DataFrame | None) -> pd.DataFrame:
    """``count_first_touches`` with ``label`` and ``share`` of all registered; empty where there are none."""
    if counts is None:
        return pd.DataFrame({"label": [], "n": [], "share": []})
    names = CHANNELS["touch"] | {"none": "no first touch on record"}
    label = [names.get(name, name) for name in counts["channel"]]
    return counts.assign(label=label, share=counts["n"] / counts["n"].sum())[["label", "n", "share"]]


def describe_columns() -> pd.DataFrame:
    """What a file of touches holds: ``column``, ``what``, ``needed``."""
    return pd.DataFrame(_COLUMNS, columns=["column", "what", "needed"])


def check_touches(touches: Touches, journeys: Journeys, trials: pd.DataFrame) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``."""
    n, ours = touches.n_people, int(touches.is_ours.sum())
    known = ours >= n / 2 or touches.has_orders_of_others
    facts = [
        ("people of the file are customers of ours", known, f"{ours:,} of {n:,}; the others count as people "
         + ("whose orders the file has" if touches.has_orders_of_others else "who did not order")),
        ("no touch stands twice", touches.n_twice == 0, f"{touches.n_twice:,} rows did, and count once"),
        ("no touch is later than the data", touches.n_late == 0, f"{touches.n_late:,} are, and are left out"),
        ("no touch is of a delivery platform", touches.n_platform == 0,
         f"{touches.n_platform:,} are, and are left out"),
        ("most journeys are over", journeys.n_open <= len(journeys.rows),
         f"{journeys.n_open:,} go on, {len(journeys.rows):,} are over"),
    ]  # fmt: skip
    for row in trials.to_dict("records"):
        name, ratio = row["channel"], row["ratio_p"]
        if ratio == ratio:
            facts.append(
                (f"as many were held out from {name} as planned", ratio >= BROKEN,
                 f"{row['n_out']:,} held out, {row['n_in']:,} not")
            )  # fmt: skip
        facts.append(
            (f"those held out from {name} were like the others before", row["past_p"] >= BROKEN,
             "in what they had ordered, and how often others had touched them")
        )  # fmt: skip
        facts.append(
            (f"who was held out from {name} stayed so", row["n_mixed"] == 0,
             f"{row['n_mixed']:,} people have rows of both kinds, and count as in their first")
        )  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
