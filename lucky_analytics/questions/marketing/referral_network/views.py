"""What the page on invitations shows beside its estimates: rows in words, checks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.referral_network.brought import MEASURES
from lucky_analytics.questions.marketing.referral_network.connectors import TOP, Connectors
from lucky_analytics.questions.marketing.referral_network.invitations import Network
from lucky_analytics.questions.marketing.referral_network.rewards import Rewards, round_size

__all__ = [
    "assemble_differences",
    "assemble_naive",
    "assemble_rewards",
    "assemble_rules",
    "assemble_tops",
    "check_network",
    "name_generations",
    "name_measures",
    "name_months",
    "name_trials",
    "share_coupons",
]

_WHO = {"invited": "invited", "others": "all others"}


def name_measures(table: pd.DataFrame, days: int) -> pd.DataFrame:
    """``compare_invited`` with ``label`` and unit in words; shares in percent, differences in points."""
    label = [MEASURES[name].label.format(days=days) for name in table["measure"]]
    unit = [MEASURES[name].unit for name in table["measure"]]
    shown = table.assign(
        label=label, unit=[{"USD": "dollars", "share": "%"}.get(each, each) for each in unit]
    )
    is_share = np.array([each == "share" for each in unit])
    for name in ("own", "others", "gap", "low", "high"):
        shown[name] = shown[name].astype(float).where(~is_share, 100 * shown[name].astype(float))
    return shown


def assemble_differences(named: pd.DataFrame) -> pd.DataFrame:
    """For the chart: ``label``, ``change``, ``low``, ``high`` (shares of what others do), ``n``; of
    ``name_measures``, without what could not be compared or where others have nothing."""
    shown = named[named["gap"].notna() & (named["others"] > 0)]
    ends = {new: shown[old] / shown["others"] for new, old in
            {"change": "gap", "low": "low", "high": "high"}.items()}  # fmt: skip
    return shown.assign(**ends)[["label", "change", "low", "high", "n"]].reset_index(drop=True)


def name_months(months: pd.DataFrame) -> pd.DataFrame:
    """``count_months`` with ``month_label``; a month that goes on says so."""
    words = months["month"].dt.strftime("%b %Y")
    return months.assign(month_label=words.where(months["is_whole"], words + ", so far"))


def name_generations(generations: pd.DataFrame) -> pd.DataFrame:
    """``count_generations`` with ``label``."""
    words = {0: "came without an invitation", 1: "invited by one of these"}
    label = [words.get(int(k), f"invited in step {int(k)} of a chain") for k in generations["generation"]]
    return generations.assign(label=label)


def assemble_tops(connectors: Connectors) -> pd.DataFrame:
    """What the most active customers bring, told in ways: ``what``, ``share``, ``low``, ``high``, ``why``."""
    top, later = connectors.top, connectors.later
    percent = f"{100 * TOP:g} %"
    naive, chance = connectors.naive_share, connectors.chance_share
    rows = [
        (f"top {percent} by invitations so far", naive, None, None,
         "not to go by: most have brought nobody, so that chance alone makes a top"),
        ("the same, were all customers alike", chance, None, None, "what chance alone makes"),
        (f"top {percent}, chance taken out", top.value, None, None,
         "what they bring in the long run, were influence gamma among customers; else it may be more"),
        (f"top {percent} of the earlier half, of the later half of invitations", later.value, later.low,
         later.high, "whether who brought many goes on; by those who had ordered by then"),
    ]  # fmt: skip
    found = pd.DataFrame(rows, columns=["what", "share", "low", "high", "why"])
    return found.astype({"share": float, "low": float, "high": float})


def assemble_rewards(rewards: Rewards) -> pd.DataFrame:
    """Referral coupons beside whom invitations brought: ``what``, ``dollars``, ``coupons``, ``each`` (dollars
    a customer brought)."""
    n = rewards.n_brought
    kinds = [
        ("all referral coupons used", rewards.all_dollars, rewards.n_used),
        ("those of people who invited or were invited", rewards.linked_dollars, rewards.n_linked),
        ("those of people who invited", rewards.inviter_dollars, None),
    ]
    rows = [
        (what, dollars, count, dollars / n if dollars is not None and n else None)
        for what, dollars, count in kinds
    ]
    found = pd.DataFrame(rows, columns=["what", "dollars", "coupons", "each"])
    return found.astype({"dollars": float, "coupons": float, "each": float})


def share_coupons(rewards: Rewards) -> pd.DataFrame:
    """``who`` used referral coupons and the ``dollars`` they took off; empty where these are not known."""
    if rewards.all_dollars is None:
        return pd.DataFrame({"who": [], "dollars": []})
    linked, inviter = rewards.linked_dollars or 0.0, rewards.inviter_dollars or 0.0
    dollars = {
        "no invitation on record": rewards.all_dollars - linked,
        "were invited": linked - inviter,
        "invited somebody": inviter,
    }
    return pd.DataFrame({"who": list(dollars), "dollars": list(dollars.values())})


def assemble_rules(rules: pd.DataFrame) -> pd.DataFrame:
    """``count_rules`` with ``then``: what the page does with such invitations."""
    then = np.where(rules["is_reviewed"], "to be looked at; does not count", "does not count")
    return rules.assign(then=then)


def assemble_naive(naive: pd.DataFrame) -> pd.DataFrame:
    """``compare_naively`` with ``label``."""
    return naive.assign(label=naive["who"].map(_WHO))


def name_trials(trials: pd.DataFrame) -> pd.DataFrame:
    """``plan_trials`` with ``size`` in words, also where it is out of reach or not known."""
    words = []
    for row in trials.to_dict("records"):
        if np.isnan(row["n"]):
            words.append("not known: nobody was brought lately to size it by")
        elif np.isnan(row["weeks"]):
            words.append(f"{round_size(row['n'])} {row['unit']} in each half")
        else:
            far = ", out of reach" if row["weeks"] > 52 else ""
            size, weeks = round_size(row["n"]), round_size(row["weeks"])
            words.append(f"{size} {row['unit']} of each kind: {weeks} weeks{far}")
    return trials.assign(size=words)


def check_network(network: Network, rules: pd.Series, n_orders: int) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``. ``n_orders``: those of people."""
    people = network.people
    counted = int(people["n_orders"].sum())
    early = int((people["first_date"] < people["registered_date"]).sum())
    n, kept = len(rules), int((rules == "").sum())
    unknown = int((rules == "unknown").sum())
    facts = [
        ("every order of people is counted once", counted == n_orders, f"{counted:,} of {n_orders:,} orders"),
        ("nobody orders before registering", early == 0, f"{early:,} customers did"),
        ("inviter and invited are registered people", unknown == 0, f"of {unknown:,} invitations one is not"),
        (
            "nearly all invitations can count",
            kept >= 0.9 * n,
            f"{kept:,} of {n:,} break no rule of this page",
        ),
    ]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
