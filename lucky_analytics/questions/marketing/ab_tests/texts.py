"""Sentences of the page on experiments, none stronger than the numbers behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.experiment_outcomes import AGAIN_DAYS, DAYS
from lucky_analytics.models.judged_experiments.looks import FEWEST, Rules
from lucky_analytics.questions.marketing.ab_tests.advice import quote_names, split_won

__all__ = [
    "choose_best",
    "count",
    "describe_pairs",
    "describe_ratios",
    "describe_traffic",
    "estimate_best",
    "label_best",
    "list_limits",
    "name_finding",
    "note_best",
    "note_worth",
    "phrase_answer",
]

_TITLE_NAME = 6  # of one experiment's name, in the title
_MOST_WORDS = 8  # of the winners' names, in the answer
_LITTLE_SAVED = 0.01  # share of the variance that the past explains, below which it says nothing


def count(table: pd.DataFrame, *verdicts: str) -> int:
    """How many experiments have one of the verdicts."""
    return int(table["verdict"].isin(verdicts).sum())


def name_finding(table: pd.DataFrame) -> str:
    """The title.

    >>> name_finding(pd.DataFrame({"verdict": ["won", "even", "broken"]}))
    '1 of 3 experiments won, 1 cannot be trusted'
    >>> name_finding(pd.DataFrame({"verdict": ["open"]}))
    'The one experiment has no winner'
    """
    n, won, broken = len(table), count(table, "won"), count(table, "broken")
    tail = f", {broken} cannot be trusted" if broken else ""
    if n == 1:
        words = {
            "won": "won",
            "lost": "lost",
            "unpaid": "won, but may not pay",
            "broken": "cannot be trusted",
        }
        return f"The one experiment {words.get(table['verdict'].iloc[0], 'has no winner')}"
    if won and "margin_low" in table:
        own = table[(table["verdict"] == "won") & (table["margin_low"] > 0)]
        sure = len(own)
        if sure == 1 and len((who := quote_names(own["experiment"].tolist())).split()) <= _TITLE_NAME:
            return f"Of {n} experiments only {who} is known to earn money"
        return (
            f"{won} of {n} experiments won; {sure or 'none'} of them {'are' if sure > 1 else 'is'} "
            f"known to earn money"
        )
    if won:
        return f"{won} of {n} experiments won{tail}"
    if unpaid := count(table, "unpaid"):
        return f"{unpaid} of {n} experiments won, but may not pay{tail}"
    if lost := count(table, "lost"):
        return f"{lost} of {n} experiments made things worse, none won{tail}"
    return f"None of {n} experiments has a winner{tail}"


def phrase_answer(table: pd.DataFrame) -> str:
    """The answer, as a template over headlines ``won``, ``worth``, ``broken``, ``early``, ``even``."""
    won, broken = (table.loc[table["verdict"] == name, "experiment"].tolist() for name in ("won", "broken"))
    rest = len(table) - len(won) - len(broken)
    sure, unsure = split_won(table) if won else (table.head(0), table.head(0))
    has_worth = bool(sure["margin"].notna().all())
    parts = []
    if len(unsure):
        who = quote_names(sure["experiment"].tolist()) if len(sure) else ""
        first = f"{who} {'brings' if len(sure) == 1 else 'bring'} {{worth}}. " if who and has_worth else ""
        rest_ = quote_names(unsure["experiment"].tolist(), 1)
        parts.append(f"{first}{rest_} won{' too' if first else ''}, but may bring nothing: {{unsure}}.")
    elif won:
        who = quote_names(won)
        who = who if len(won) <= 2 and len(who.split()) <= _MOST_WORDS else "{won}"
        worth = ": {worth} if given to all" if has_worth else "; what that is worth is not known"
        parts.append(f"{who} won{worth}.")
    elif unpaid := count(table, "unpaid"):
        brings = "it brings" if unpaid == 1 else "they bring"
        parts.append(f"{unpaid} of {len(table)} won, but may cost more than {brings}.")
    else:
        parts.append("No experiment is known to have won.")
    if broken and not len(unsure):
        parts.append(
            f"{quote_names(broken)} cannot be trusted: its branches are out of ratio."
            if len(broken) == 1 and len(broken[0].split()) <= _MOST_WORDS // 2
            else "Branches of {broken} are out of ratio."
        )
    if rest and won and broken and len(unsure):
        parts.append("The others show no clear gain or cannot be trusted.")
    elif rest and won:
        is_clear = count(table, "unpaid") > 0
        parts.append(
            "The others are not known to pay." if is_clear else "The others show no clear gain worth having."
        )
    elif table["is_trap"].any():
        parts.append("A simple test, checked daily, would have called {early} too early.")
    return " ".join(parts)


def choose_best(table: pd.DataFrame) -> pd.Series | None:
    """The experiment of the second tile: the first that won, else the largest sound difference; or None."""
    sound = table[table["gap"].notna() & table["is_even"]]
    if sound.empty:
        return None
    won = sound[sound["verdict"].isin(["won", "unpaid"])]
    return won.iloc[0] if len(won) else sound.iloc[int(sound["gap"].abs().to_numpy().argmax())]


def estimate_best(best: pd.Series | None, rules: Rules) -> Estimate:
    """Its difference in points, with its interval."""
    if best is None:
        return Estimate(None)
    n = int(best["n_over_0"] + best["n_over_1"])
    return Estimate.of(best.to_dict(), "gap", level=rules.level, n=n).times(100)


def label_best(best: pd.Series | None) -> str:
    """The name of its tile: one that holds whichever way the customers went.

    >>> label_best(pd.Series({"experiment": "Menu photo crop"})), label_best(None)
    ('Menu photo crop: change in who orders again', 'Largest difference')
    """
    return "Largest difference" if best is None else f"{best['experiment']}: change in who orders again"


def note_best(best: pd.Series | None) -> str:
    """Which it is, and how it was picked."""
    if best is None:
        return "No experiment has enough customers whose weeks are over"
    which = (
        "Of those that won the largest" if best["verdict"] in ("won", "unpaid") else "The largest, up or down"
    )
    return f"{which}; its interval allows for the pick, and for looking every day"


def note_worth(worth: Estimate, won: pd.DataFrame) -> str:
    """What the worth is of; ``won``: a part of ``split_won``, as from ``reach.expect_reach``."""
    won = won[won["verdict"] == "won"]
    if won.empty:
        return "No experiment is of this kind"
    if worth.value is None:
        return "No cost of an order is known"
    if not won["is_of_new"].all():
        return "For as many customers a month as the experiments reached; five weeks of each count"
    low, most, high = (won[name].max() for name in ("a_month_low", "a_month", "a_month_high"))
    return (
        f"For {most:,.0f} newcomers a month, as in the last four weeks ({low:,.0f} to {high:,.0f}, the "
        "slowest and the busiest week of eight); five weeks of each count"
    )


def describe_ratios(table: pd.DataFrame) -> str:
    """Title of the picture of the branches' sizes."""
    broken = table.loc[table["verdict"] == "broken", "experiment"].tolist()
    if not broken:
        return "All branches are as large as planned, chance aside"
    return f"Out of ratio: {quote_names(broken)}"


def describe_pairs(pairs: pd.DataFrame, most_false: float) -> str:
    """Title of the table of experiments that ran at once.

    >>> describe_pairs(pd.DataFrame({"more_q": [0.9, 0.01]}), 0.05)
    '1 of 2 pairs of experiments changed each other beyond chance'
    """
    known = pairs["more_q"].dropna()
    if known.empty:
        return "No two experiments share enough customers to be held against each other"
    n = int((known < most_false).sum())
    return f"{n or 'None'} of {len(known)} pairs of experiments changed each other beyond chance"


def describe_traffic(listed: pd.DataFrame) -> str:
    """Title of the table of traffic; ``listed`` as from ``views.list_traffic``."""
    n = int(listed["advised"].notna().sum())
    if not n:
        return "No traffic is to be shifted: none that runs can say where"
    return f"Where the next customers should go: {n} of {len(listed)}"


def list_limits(table: pd.DataFrame, rules: Rules) -> list[str]:
    """What a reader must know."""
    n = int((table["n_0"] + table["n_1"]).sum())
    saved = float(np.nan_to_num(table[["saved", "saved_margin"]].to_numpy(float)).max(initial=0.0))
    little = (
        "What customers brought in before says next to nothing of what they do after: for most it "
        "is one order, "
    )
    few = [f"{little}the one that led to the assignment."] if saved < _LITTLE_SAVED else []
    return [
        f"Who orders again within {AGAIN_DAYS} days is the one measure that experiments are registered with. "
        f"Margin is added here from orders, over {DAYS} days from the assignment on; clicks and what was "
        "shown are "
        "in no table.",
        "Customers are assigned at an order, mostly their first: results hold for such customers, and for "
        "the "
        "weeks of the experiment. Who gains more than others is not asked here.",
        f"{n:,} assignments are in this snapshot; the customer data platform holds none.",
        "At one look a sound experiment has branches out of ratio by chance once in a thousand; looked at "
        "every day for three months, twice in a hundred, though hardly ever surely (table of ratios). "
        f"Below {FEWEST} customers in a branch nothing is read.",
        "Traffic is shifted by the platform, not from here. Once it has been, branches must be compared "
        "within "
        "days: early and late customers differ.",
        f"A gain below {100 * rules.least:g} points of customers is taken as not worth a change. A change "
        "that costs "
        "nothing may be worth less; one that needs work, more.",
        "What won is better than before, not surely by that much: a large estimate has as a rule had "
        "some help of chance, which its interval allows for and its value does not.",
        *few,
    ]
