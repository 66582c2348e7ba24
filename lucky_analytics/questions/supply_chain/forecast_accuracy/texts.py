"""Sentences of the forecast page, none stronger than the interval behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.supply_chain.forecast_accuracy.corrections import say_corrections
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import Drift

__all__ = [
    "NO_PAST",
    "decide",
    "describe_skill",
    "label_drift",
    "list_limits",
    "name_alerts",
    "name_finding",
    "phrase_answer",
    "title_bias",
]


OWNER = "Supply chain"
NO_PAST = (
    "Too little was used to judge forecasts by",
    "Forecasts are held against what stores used that had been open for eight weeks, on four weeks of "
    "days or more: so much is not on record.",
    Decision(
        "order by these forecasts as before, and ask again when stores have been open for three months",
        OWNER,
        Strength(WAIT, ("too few days are on record",)),
        "New stores err in their own way, and chance looks like a change over a few days.",
        "Four weeks of use by stores that had been open for eight are on record.",
    ),
)


def describe_skill(best: pd.Series) -> str:
    """How forecasts stand beside the best simple one, after "forecasts"; ``best``: first row of
    ``compare_with_naive``.

    >>> describe_skill(pd.Series({"other": "mean of four same weekdays", "low": -0.1, "high": 0.2}))
    'do not clearly beat the mean of four same weekdays'
    """
    if best["low"] > 0:
        return f"have errors {{skill}} smaller than the {best['other']}"
    if best["high"] < 0:
        return f"have larger errors than the {best['other']}"
    return f"do not clearly beat the {best['other']}"


def name_finding(drift: Drift, best: pd.Series) -> str:
    """What became of the forecasts, as the title; ``best`` as in ``describe_skill``."""
    if drift.since is not None:
        way = "higher" if drift.shift > 0 else "lower"
        return f"Since {drift.since:%-d %b} goods forecasts run {_percent(drift.shift)} {way} against use"
    saved = f"{100 * best['skill']:.0f} %"
    return f"Goods forecasts {describe_skill(best).format(skill=saved)}"


def phrase_answer(drift: Drift, best: pd.Series) -> str:
    """The answer, as a template for ``report.answer``."""
    skill = describe_skill(best).replace("{skill}", "{skill:value}")
    wasted = "Goods for {wasted:value} are thrown away."
    if drift.since is None:
        return f"Forecasts of goods are off by {{wape:value}} and {skill}. No drift is found. {wasted}"
    way = "higher" if drift.shift > 0 else "lower"
    return (
        f"Since {drift.since:%-d %b %Y} goods forecasts run {{drift:value}} {way} against use than before; "
        f"over all weeks they {skill}. {wasted}"
    )


def label_drift(drift: Drift, run_length: float) -> tuple[str, str]:
    """Label and note of the headline on drift."""
    note = f"{drift.n_stores} stores open for long; a false alarm every {run_length:,.0f} days"
    if drift.since is None:
        none = f"no drift of clearly more than {100 * drift.smallest:g} % is found"
        return "Forecasts against use: change of the last four weeks", f"{note}; {none}"
    return f"Forecasts against use: change since {drift.since:%-d %b %Y}", note


def decide(drift: Drift, corrections: pd.DataFrame, retrain: pd.DataFrame, skill: Estimate) -> Decision:
    """What the supply chain should do: first what changed for all, until then what each store is surely off
    by (``list_corrections``), then single pairs (``list_retraining``), both with ``store_name``.
    ``skill``: error saved against the best simple forecast."""
    listed = ""
    if len(retrain):
        first, stores = retrain.iloc[0], retrain["store_name"].drop_duplicates().tolist()
        where = f"{first['category']} in {first['store_name']} first"
        if len(retrain) > 1 and len(stores) <= 3:
            where = f"all in {', '.join(stores)}"
        listed = f"have {_pairs(len(retrain))} learnt anew, {where}"
    if drift.since is not None:
        then, day = f"; then {listed}" if listed else "", f"{drift.since:%-d %b %Y}"
        way = "higher" if drift.shift > 0 else "lower"
        return Decision(
            f"find what changed on {day}; until then order by the sheet on the page on stock, which corrects "
            f"for it{then}",
            OWNER,
            weigh(None),
            f"Forecasts run {_percent(drift.shift)} {way} against use than before{_say_moved(drift)}. "
            f"Without the sheet: {say_corrections(corrections)}.",
            "The forecasts come back to where they were by themselves.",
            on={"goods forecasts": "correct"},
        )
    if listed:
        return Decision(
            f"{listed}; until then correct their orders for the bias",
            OWNER,
            weigh(None),
            "These miss by more than chance explains.",
            "Their next weeks fall into line.",
            on={"goods forecasts": "train some anew"},
        )
    return Decision(
        "keep ordering by the forecasts",
        OWNER,
        weigh(None, gain=skill),
        "Nothing calls for training anew.",
        "A simple forecast does better, or a drift is found.",
        on={"goods forecasts": "keep"},
    )


def _say_moved(drift: Drift) -> str:
    """Which of the two moved, use or what is asked for; empty where there is no whole week to tell it by."""
    if np.isnan(drift.used):
        return ""
    used, asked = _say_change(drift.used), _say_change(drift.asked)
    return f": use {used} on the four weeks before, forecasts {asked}"


def _say_change(share: float) -> str:
    """
    >>> _say_change(-0.07), _say_change(0.02), _say_change(0.001)
    ('fell by 7 %', 'rose by 2 %', 'stayed')
    """
    percent = round(100 * share)
    return f"{'rose' if percent > 0 else 'fell'} by {abs(percent)} %" if percent else "stayed"


def _percent(share: float) -> str:
    return f"{100 * abs(share):.0f} %"


def _pairs(n: int) -> str:
    return f"{n} store categor{'ies' if n > 1 else 'y'}"


def name_alerts(stores: pd.DataFrame, categories: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """Stores, categories and pairs over the limit (``list_over_limit``, with ``store_name``), or "none"."""
    names = [*stores["store_name"], *categories["category"]]
    names += [f"{row.category} in {row.store_name}" for row in pairs.itertuples()]
    return ", ".join(names) or "none"


def title_bias(cells: pd.DataFrame, retrain: pd.DataFrame) -> str:
    """The finding of the bias map: the largest bias that chance does not explain."""
    biased = retrain[retrain["reasons"].str.contains("predicts too")]
    if biased.empty:
        return "No store and category is clearly over- or under-predicted"
    top = biased.loc[biased["bias"].abs().sort_values().index[-1]]
    way = "over" if top["bias"] > 0 else "under"
    return f"Most {way}-predicted is {top['category']} in {top['store_name']}: {100 * top['bias']:+.0f} %"


def list_limits(
    stock_outs: pd.DataFrame, drift: Drift, of_orders: str, store_table: pd.DataFrame, stores: pd.DataFrame
) -> list[str]:
    """What a reader must know of the answer; ``of_orders``: the drift of order forecasts, in words."""
    n_out = stock_outs.loc[stock_outs["days"] == "ran out", "n"].sum()
    young = store_table.loc[store_table["n_blocks"] < 4, "store_name"]
    names = [*young, *sorted(set(stores["store_name"]) - set(store_table["store_name"]))]
    return [
        f"{n_out:,} rows ran out of stock. What would have been used is not known, so they count in no "
        f"measure "
        "above; a forecast that looks too high there may be right.",
        "Use is what left the shelf for orders. If a store uses up what it has because it has it, the "
        "forecast "
        "shapes its own actual.",
        "The reference of the drift chart is assumed to be in order: a drift that began before it cannot be "
        "seen. False alarms are as rare as stated also where errors carry over from one day to the next "
        "(here "
        f"with a correlation of {round(drift.chart.correlation, 1) + 0:g}), up to about one half; errors "
        f"that "
        "swing over weeks make them commoner.",
        *(
            f"{name} has too few weeks to be compared with earlier ones: nothing is said about it yet."
            for name in names
        ),
        f"Orders by hour: {of_orders}. Goods and orders are forecast by different models and are not to "
        f"be added "
        "up.",
    ]
