"""Frames of the page on experiments, as its figures and tables show them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.experiments.always_valid import find_half_width
from lucky_analytics.methods.experiments.sample_ratio import BROKEN
from lucky_analytics.models.judged_experiments import newcomer_reach as reach
from lucky_analytics.models.judged_experiments.experiment_verdicts import VERDICTS
from lucky_analytics.models.judged_experiments.looks import Rules

__all__ = [
    "check_experiments",
    "list_experiments",
    "list_money",
    "list_pairs",
    "list_ratios",
    "list_readings",
    "list_times",
    "list_traffic",
    "show_gaps",
    "show_looks",
    "show_ratios",
]

_POINTS = ("gap", "gap_low", "gap_high", "usual_low", "usual_high", "visible", "loss_keep", "loss_switch",
           "early", "late")  # fmt: skip
# What is said of no experiment that is not to be trusted.
_HIDDEN = [*(name for name in _POINTS if name != "visible"), "chance"]
LEAST_SHARE, MOST_SHARE = 0.1, 0.9  # of traffic that a branch keeps while it is tested
_PANELS, _LINES = 9, 30  # experiments that are drawn, of more the first in the order of verdicts


def list_experiments(table: pd.DataFrame) -> pd.DataFrame:
    """``judge_experiments`` with ``n`` and words: ``label`` of the verdict, ``ran``, ``next``; differences in
    points, null where branches are out of their ratio."""
    shown = _in_points(table)
    hidden = shown["verdict"].isin(["broken", "unplanned"])
    shown[_HIDDEN] = shown[_HIDDEN].mask(hidden)
    first, last = (table[name].dt.strftime("%-d %b %Y") for name in ("start", "end"))
    return shown.assign(
        n=table["n_0"] + table["n_1"],
        label=table["verdict"].map(VERDICTS),
        ran=(first + " to " + last).fillna("not known"),
        next=[_say_next(row) for row in table.to_dict("records")],
    )


def _say_next(row: Mapping[Any, Any]) -> str:
    verdict = row["verdict"]
    if verdict in ("running", "young") and row["is_pending"]:
        days = f"{row['days_more']:.0f} days" if math.isfinite(row["days_more"]) else "on"
        return f"run {days} more" if row["is_running"] else f"wait {days}"
    if verdict in ("open", "young"):
        n = row["n_needed"]
        return f"run again, with {n:,.0f} customers" if math.isfinite(n) else "run again"
    if verdict in ("even", "slight", "lost"):
        return "stop, change nothing" if row["is_running"] else "change nothing"
    if verdict == "won" and row["margin_low"] <= 0:  # not where no cost is known
        verdict = "unpaid"
    return {
        "won": "give it to all",
        "unpaid": "give it to nobody yet",
        "small": "see who gains, or give it where it costs nothing",
        "broken": "find the fault, run again",
        "unplanned": "register it",
    }[verdict]


def list_readings(table: pd.DataFrame) -> pd.DataFrame:
    """The ways to read each experiment, side by side: ``list_experiments`` with ``called_label``."""
    day = table["called"].dt.strftime("%-d %b %Y")
    side = table["side"].map({1.0: "treatment", -1.0: "control"})
    called = (day + ": " + side).fillna("never")
    return list_experiments(table).assign(called_label=called)


def list_money(table: pd.DataFrame) -> pd.DataFrame:
    """What each treatment adds in margin, a customer and a month; null where branches are out of ratio."""
    own = list_experiments(table)
    hidden = own["verdict"].isin(["broken", "unplanned"])
    names = ["margin", "margin_low", "margin_high", "pays"]
    own[names] = own[names].mask(hidden)
    worth = [reach.spread_worth(row) for row in own.to_dict("records")]
    return own.assign(**pd.DataFrame(worth, columns=["worth", "worth_low", "worth_high"], index=own.index))


def list_ratios(table: pd.DataFrame) -> pd.DataFrame:
    """Sizes of branches: ``treated`` (share) beside ``planned``, ``ratio_p``, ``since``, ``ratio_label``."""
    since = [
        "" if pd.isna(day) or row_even else f"{day:%-d %b %Y}"
        for day, row_even in zip(table["ratio_since"], table["is_even"], strict=True)
    ]
    label = np.where(
        table["planned"].isna(), "not planned", np.where(table["is_even"], "as planned", "broken")
    )
    treated = table["n_1"] / (table["n_0"] + table["n_1"])
    return table.assign(treated=treated, since=since, ratio_label=label)


def show_ratios(table: pd.DataFrame) -> pd.DataFrame:
    """``list_ratios`` of planned experiments, with the range in which chance alone leaves the share, in all
    but one of a thousand experiments: ``low``, ``high``; all in points off the plan."""
    own = list_ratios(table[table["planned"].notna()])
    own = own.sort_values("ratio_p", kind="stable").head(_LINES) if len(own) > _LINES else own
    half = norm.isf(BROKEN / 2) * np.sqrt(own["planned"] * (1 - own["planned"]) / (own["n_0"] + own["n_1"]))
    return own.assign(off=100 * (own["treated"] - own["planned"]), low=-100 * half, high=100 * half)


def list_times(table: pd.DataFrame) -> pd.DataFrame:
    """How fine each experiment sees, and what it takes: ``list_experiments``; null where it is not to be
    trusted, days where it is decided or over."""
    own = list_experiments(table)
    names = ["visible", "n_needed", "saved", "saved_margin"]
    own[names] = own[names].mask(own["verdict"].isin(["broken", "unplanned"]))
    days = own["days_more"].where(own["is_pending"] & own["verdict"].isin(["running", "young"]))
    saved = {name: own[name].clip(lower=0.0) for name in ("saved", "saved_margin")}
    return own.assign(days_more=days, **saved)


def list_traffic(table: pd.DataFrame) -> pd.DataFrame:
    """Where Thompson sampling would send the next customers: ``thompson`` (share to the treatment),
    ``advised`` (bounded to ``LEAST_SHARE`` and ``MOST_SHARE`` while a test runs; null where nothing is to be
    shifted), ``shift`` in words."""
    own = list_experiments(table)
    may = own["is_running"] & own["verdict"].isin(
        ["running", "small", "even", "slight", "lost", "won", "unpaid"]
    )
    bounded = own["chance"].clip(LEAST_SHARE, MOST_SHARE).where(own["verdict"].isin(["running", "small"]))
    decided = own["verdict"].map({"won": 1.0, "lost": 0.0, "even": 0.0, "slight": 0.0, "unpaid": 0.0})
    advised = bounded.fillna(decided).where(may)
    words = [
        f"send {100 * share:.0f} % to the treatment" if share == share else _no_shift(verdict, is_running)
        for share, verdict, is_running in zip(advised, own["verdict"], own["is_running"], strict=True)
    ]
    return own.assign(thompson=own["chance"], advised=advised, shift=words)


def _no_shift(verdict: str, is_running: bool) -> str:
    if verdict in ("broken", "unplanned"):
        return "none: who is in which branch is no chance" if verdict == "broken" else "none: no plan"
    return "none yet: too few customers" if is_running else "none: it has ended"


def list_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """``compare_pairs`` in points, the largest first."""
    shown = pairs.assign(**{name: 100 * pairs[name] for name in ("more", "more_low", "more_high")})
    return shown.sort_values(["n", "first", "second"], ascending=[False, True, True], ignore_index=True)


def show_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """``list_experiments`` whose difference is known, for the main picture."""
    own = list_experiments(table)
    return own[own["gap"].notna()].head(_LINES).reset_index(drop=True)


def show_looks(looks: pd.DataFrame, table: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Each sound experiment as it stood day by day, in points: ``seen``, ``value``, ``low``, ``high`` (good
    at all looks and over all experiments), ``usual_low``, ``usual_high``; ``call``: the value on the day on
    which the usual test first called a winner, null on others."""
    sound = table[table["gap"].notna() & table["is_even"]].head(_PANELS)
    own = looks[looks["experiment_id"].isin(sound["experiment_id"]) & looks["value"].notna()]
    by = sound.set_index("experiment_id")
    half = find_half_width(own["se"].to_numpy(float), rules.least, float(table["alpha"].iloc[0]))
    usual = norm.ppf(0.5 + rules.level / 2) * own["plain_se"]
    called = own["seen"].to_numpy() == by["called"].reindex(own["experiment_id"]).to_numpy()
    rank = own["experiment_id"].map({name: place for place, name in enumerate(sound["experiment_id"])})
    ends = {"low": own["value"] - half, "high": own["value"] + half}
    ends |= {"usual_low": own["plain"] - usual, "usual_high": own["plain"] + usual, "value": own["value"]}
    made = own.assign(**{name: 100 * one for name, one in ends.items()}, rank=rank)
    return made.assign(call=made["value"].where(called)).sort_values(["rank", "seen"], ignore_index=True)


def check_experiments(
    table: pd.DataFrame, pairs: pd.DataFrame, days: pd.DataFrame, most_false: float
) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``."""
    unplanned = int(table["planned"].isna().sum())
    broken = int((table["verdict"] == "broken").sum())
    tied = int((pairs["draw_q"] < most_false).sum())
    outside = int(((days["date"] < days["start"]) | (days["date"] >= days["end"])).sum())
    facts = [
        (
            "every experiment is registered, with a share meant for its treatment",
            not unplanned,
            f"{unplanned} are not",
        ),
        ("branches have their planned ratio", not broken, f"{broken} of {len(table)} do not"),
        (
            "experiments that ran at once drew their branches apart",
            not tied,
            f"{tied} of {len(pairs)} pairs did not",
        ),
        ("customers are assigned between start and end alone", not outside, f"{outside} days outside"),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def _in_points(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: 100 * table[name] for name in _POINTS})
