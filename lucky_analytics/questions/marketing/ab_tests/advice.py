"""What is advised on each experiment and on all of them together."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, add_up, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, join_names
from lucky_analytics.models.judged_experiments.looks import Rules
from lucky_analytics.models.judged_experiments.newcomer_reach import spread_worth

__all__ = ["NO_EXPERIMENTS", "decide", "estimate_worth", "name_stance", "quote_names", "split_won"]

WHO = "Marketing"
UNIT = "USD a month"
_MOST_NAMED = 3  # in a sentence; the table has all
_STANCES = {
    "won": "give to all",
    "unpaid": "give to nobody yet",
    "lost": "keep as it was",
    "even": "keep as it was",
    "slight": "keep as it was",
}

NO_EXPERIMENTS = (
    "No experiment has been run",
    "Nobody has been assigned to a branch of an experiment yet, so nothing can be decided by one.",
    Decision(
        "draw by chance who gets the next change, and ask again when a hundred in each branch are five "
        "weeks old",
        WHO,
        Strength(WAIT, ("there is no experiment",)),
        "Without a draw, customers are compared and not changes.",
        "Customers are assigned to branches.",
    ),
)


def name_stance(verdict: str) -> str | None:
    """What is to be done with a treatment, for pages that may decide on it too; None where it is open."""
    return _STANCES.get(verdict)


def split_won(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What won and is known to earn money, or whose cost nobody knows; and what won and may earn nothing."""
    won = table[table["verdict"] == "won"]
    is_unsure = won["margin"].notna() & ~(won["margin_low"] > 0)
    return won[~is_unsure], won[is_unsure]


def estimate_worth(won: pd.DataFrame, rules: Rules) -> Estimate:
    """Margin a month of what won in one part of ``split_won``, given to as many customers a month as it
    would reach now (``reach.expect_reach``); null where nothing did, or no cost is known."""
    won = won[won["verdict"] == "won"]
    if won["margin"].isna().any():
        return Estimate(None)
    return add_up([Estimate(*spread_worth(row), level=rules.level) for row in won.to_dict("records")])


def decide(table: pd.DataFrame, rules: Rules) -> Decision:
    """The decision on all experiments of ``judge_experiments``."""
    stops = table["is_running"] & table["verdict"].isin(["even", "slight", "lost"])
    of = {name: own["experiment"].tolist() for name, own in table.groupby("verdict")}
    won, unsure = split_won(table)
    pays = won["margin_low"] > 0
    acts = [
        ("give", won.loc[pays, "experiment"].tolist(), " to all"),
        # Of what nobody knows the cost a tenth stays without it, so that it can be known.
        ("give", won.loc[~pays, "experiment"].tolist(), " to all but a tenth drawn by chance"),
        ("give", [*unsure["experiment"], *of.get("unpaid", [])], " to nobody until it is known to pay"),
        ("stop", table.loc[stops, "experiment"].tolist(), ""),
        ("find out why the branches of", of.get("broken", []), " are out of ratio, and run again"),
    ]
    acts = [act for act in acts if act[1]]
    # So that it stays short: of three kinds of action one name each.
    most = _MOST_NAMED if len(acts) <= 2 else 1
    parts = [f"{verb} {quote_names(names, most)}{rest}" for verb, names, rest in acts]
    stances = {
        f"experiment {name}": name_stance(str(verdict))
        for name, verdict in zip(table["experiment"], table["verdict"], strict=True)
    }
    stances |= {f"experiment {name}": _STANCES["unpaid"] for name in unsure["experiment"]}
    on = {name: stance for name, stance in stances.items() if stance}
    if not parts:
        return _wait(table, on)
    worth = estimate_worth(won, rules)
    if won.empty:
        because = _say_reason(
            table[table["verdict"].isin(["won", "unpaid", "lost", "broken", "even", "slight"])].iloc[0], rules
        )
        return Decision("; ".join(parts), WHO, weigh(None), because, _CHANGE, None, on)
    likely = None if won["pays"].isna().any() else float(won["pays"].min())
    has_worth = worth if worth.value is not None else None
    return Decision(
        "; ".join(parts),
        WHO,
        weigh(has_worth, likely=likely),
        " ".join(_say_reason(row, rules) for _, row in pd.concat([won, unsure]).head(2).iterrows()),
        "Margin, compared with a tenth of customers who do not get it, shows no gain.",
        has_worth,
        on,
        UNIT,
    )


_CHANGE = "A run with more customers, its branches in their ratio, shows a gain worth having."


def _wait(table: pd.DataFrame, on: dict[str, str]) -> Decision:
    waits = table["verdict"].isin(["running", "young"]) & table["is_pending"]
    running = table.loc[waits, "experiment"].tolist()
    if running:
        doubt, whose = (
            ("it is not decided", "its") if len(running) == 1 else ("they are not decided", "their")
        )
        until = f"until {whose} customers' weeks are over"
        action = f"let {quote_names(running)} run {until}, and look as often as you like"
        return Decision(action, WHO, Strength(WAIT, (doubt,)), "None is decided yet.", _CHANGE, None, on)
    unplanned = table.loc[table["verdict"] == "unplanned", "experiment"].tolist()
    if len(unplanned) == len(table):
        action = f"register {quote_names(unplanned)} with the share meant for the treatment"
        return Decision(
            action, WHO, Strength(WAIT, ("no plan is known",)), "Without a plan no ratio is.", _CHANGE
        )
    why = idle("no experiment has a winner")
    return Decision("change nothing", WHO, why, _count_undecided(table), _CHANGE, None, on)


def _count_undecided(table: pd.DataFrame) -> str:
    """Why nothing is changed, where nothing won, in one sentence."""
    kinds = {
        "small": "are better, perhaps by too little",
        "open": "ended before a gain worth having could show",
        "young": "have too few customers to read",
    }
    n = {kind: int((table["verdict"] == kind).sum()) for kind in kinds}
    said = [f"{n[kind]} of {len(table)} {words}" for kind, words in kinds.items() if n[kind]]
    return f"{'; '.join(said)}." if said else "No gain worth having showed."


def _say_reason(row: pd.Series, rules: Rules) -> str:
    """Why an experiment has its verdict, in one sentence."""
    name = quote_names([row["experiment"]])
    if row["verdict"] == "broken":
        shares = (row["n_1"] / (row["n_0"] + row["n_1"]), row["planned"])
        got, planned = (f"{100 * share:.1f} %" for share in shares)
        return f"{name}: {got} got the treatment where {planned} was planned, more than chance explains."
    side = 100 if row["gap"] >= 0 else -100
    ends = sorted(side * row[end] for end in ("gap_low", "gap_high"))
    gap = format_estimate(side * row["gap"], ends[0], ends[1], "points")
    said = f"{name}: customers who order again {'rose' if side > 0 else 'fell'} by {gap}"
    if row["margin"] == row["margin"]:
        left = format_estimate(row["margin"], row["margin_low"], row["margin_high"], "USD")
        said += f", margin a customer in five weeks changed by {left}"
    return f"{said}."


def quote_names(names: list[str], most: int = _MOST_NAMED) -> str:
    """Names of experiments in a sentence: the first, and how many more.

    >>> quote_names(["Menu photo crop"]), quote_names(["a", "b", "c", "d"])
    ('"Menu photo crop"', '"a", "b", "c" and 1 more')
    """
    quoted = [f'"{name}"' for name in names[:most]]
    rest = len(names) - len(quoted)
    return f"{', '.join(quoted)} and {rest} more" if rest else join_names(quoted)
