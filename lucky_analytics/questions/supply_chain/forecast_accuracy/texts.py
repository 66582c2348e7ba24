"""Sentences of the forecast page, none stronger than the interval behind it."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.supply_chain.forecast_accuracy.drift_alarms import Drift

__all__ = ["decide", "describe_drift_now", "describe_skill", "name_alerts", "title_bias"]


def describe_skill(best: pd.Series) -> str:
    """How the forecast stands beside the best simple one, for the answer; ``best``: first row of
    ``compare_with_naive``.

    >>> describe_skill(pd.Series({"other": "mean of four same weekdays", "low": -0.1, "high": 0.2}))
    'not clearly better than the mean of four same weekdays'
    """
    if best["low"] > 0:
        return f"{{skill}} better than the {best['other']}"
    if best["high"] < 0:
        return f"worse than the {best['other']}"
    return f"not clearly better than the {best['other']}"


def describe_drift_now(drift: Drift) -> str:
    """Whether forecasts have drifted, for the answer."""
    if drift.since is None:
        return "No drift is found."
    way = "more" if drift.shift > 0 else "less"
    return f"Since {drift.since:%-d %b %Y} they ask for {{drift:value}} {way} than before."


def decide(drift: Drift, retrain: pd.DataFrame, skill: Estimate) -> Decision:
    """What the supply chain should do: first what changed for all, then single pairs (``list_retraining``
    with ``store_name``). ``skill``: error saved against the best simple forecast."""
    listed = ""
    if len(retrain):
        first = retrain.iloc[0]
        listed = (
            f"train anew {_pairs(len(retrain))}, starting with {first['category']} in {first['store_name']}"
        )
    if drift.since is not None:
        then, day = f"; then {listed}" if listed else "", f"{drift.since:%-d %b %Y}"
        way = "more" if drift.shift > 0 else "less"
        return Decision(
            f"find what changed on {day} and correct orders for it until then{then}",
            "Supply chain",
            weigh(None),
            f"Since then forecasts ask for {100 * abs(drift.shift):.0f} % {way} than before.",
            "The forecasts come back to where they were by themselves.",
            on={"goods forecasts": "correct"},
        )
    if listed:
        return Decision(
            f"{listed}; until then correct their orders for the bias",
            "Supply chain",
            weigh(None),
            "These miss by more than chance explains.",
            "Their next weeks fall into line.",
            on={"goods forecasts": "train some anew"},
        )
    return Decision(
        "keep ordering by the forecasts",
        "Supply chain",
        weigh(None, gain=skill),
        "Nothing calls for training anew.",
        "A simple forecast does better, or a drift is found.",
        on={"goods forecasts": "keep"},
    )


def _pairs(n: int) -> str:
    return f"{n} pair{'s' if n > 1 else ''} of store and category"


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
