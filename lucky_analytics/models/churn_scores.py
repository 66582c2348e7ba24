"""Who is about to leave? A score for each active customer, and three tests of it on dates gone by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.catalog.customers.customer_features import features_at
from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.churn_score import Scorer, can_fit, explain_scores, fit_scorer, score
from lucky_analytics.methods.customers.repeat_buying import RepeatFit, fit_repeat_buying
from lucky_analytics.methods.customers.repeat_forecast import forecast_silence
from lucky_analytics.methods.forecasts.calibration import estimate_skill
from lucky_analytics.methods.forecasts.rolling_origin import measure_miss
from lucky_analytics.models.customer_histories import find_fit, histories_of
from lucky_analytics.models.customer_purchases import Purchases

__all__ = [
    "AT_RISK",
    "BANDS",
    "FEATURES",
    "MODELS",
    "BackTest",
    "compare_horizons",
    "dates_back",
    "has_history",
    "load_features",
    "load_histories",
    "load_labelled",
    "place_bands",
    "run_back_tests",
    "score_active",
    "score_customers",
    "summarise_scores",
]

FEATURES = {
    "days_since_last": "days since the last order",
    "n_orders": "orders so far",
    "orders_a_month": "orders a month",
    "days_since_first": "days since the first order",
    "gap_sd_days": "irregular gaps between orders",
    "mean_order_cents": "value of an order",
    "discount_share": "share of the list price taken off",
    "weekend_share": "share of weekend orders",
    "n_stores": "stores visited",
    "n_products": "products tried",
}
# The score at which each band begins, and its name.
BANDS = {0: "0-39: likely to stay", 40: "40-69: undecided", 70: "70-89: at risk", 90: "90-100: nearly gone"}
AT_RISK = 70  # the score from which an active customer counts as at risk
MODELS = {"trees": "boosted trees", "repeat": "repeat-buying model"}


@dataclass(frozen=True)
class BackTest:
    """``results``: one row per cut date and model; ``scored``: ``model``, ``probability``, ``is_gone`` of
    each customer scored at each cut date; ``best``: the model with the smaller Brier score over all of them;
    ``newest``: customers of the latest cut date with what followed (``load_labelled``); ``horizon``: days.
    """

    results: pd.DataFrame
    scored: pd.DataFrame
    best: str
    newest: pd.DataFrame
    horizon: int


def place_bands(score: pd.Series) -> NDArray[np.intp]:
    """The place in ``BANDS`` of each score.

    >>> place_bands(pd.Series([0, 39, 40, 70, 100])).tolist()
    [0, 0, 1, 2, 3]
    """
    return np.searchsorted(np.array(list(BANDS)), score, side="right") - 1


def dates_back(horizon: int) -> tuple[int, int, int]:
    """Days before ``as_of`` of the dates on which scores are tested: a horizon, and up to a month more."""
    return horizon, horizon + 15, horizon + 30


def load_features(bought: Purchases, cut: dt.date) -> pd.DataFrame:
    """Features of every customer as known on ``cut``."""
    return features_at(bought.order, cut).order_by("customer_id").execute()


def load_labelled(bought: Purchases, cut: dt.date, horizon: int) -> pd.DataFrame:
    """Customers active on ``cut`` (an order in the ``horizon`` days up to it), their features as known then,
    and ``is_gone``: no order in the ``horizon`` days after it."""
    order = bought.order
    end = cut + dt.timedelta(days=horizon)
    later = order.filter(order.order_date > cut, order.order_date <= end).select("customer_id").distinct()
    feature = features_at(bought.order, cut)
    feature = feature.filter(feature.days_since_last < horizon)
    came = later.mutate(came=ibis.literal(1))
    joined = feature.left_join(came, "customer_id").drop("customer_id_right")
    frame = joined.mutate(is_gone=joined.came.isnull().cast("int64")).drop("came")
    return frame.order_by("customer_id").execute()


def load_histories(bought: Purchases, cut: dt.date) -> pd.DataFrame:
    """Histories of all customers as known on ``cut``, those alike counted once: see ``group_histories``."""
    known = bought.order.filter(bought.order.order_date <= cut)
    customer = known.group_by("customer_id").agg(
        n_orders=known.count(), first_date=known.order_date.min(), last_date=known.order_date.max()
    )
    history = customer.select(
        frequency=customer.n_orders - 1.0,
        recency=customer.last_date.delta(customer.first_date, unit="day").cast("float64"),
        age=ibis.literal(cut).delta(customer.first_date, unit="day") + 0.5,
    )
    keys = ["frequency", "recency", "age"]
    return history.group_by(keys).agg(n=history.count()).order_by(keys).execute()


def has_history(bought: Purchases, horizon: int, days_back: Sequence[int]) -> bool:
    """Whether the earliest of ``run_back_tests`` has customers enough to learn from, gone and not."""
    cut = bought.as_of - dt.timedelta(days=max(days_back) + horizon)
    return can_fit(load_labelled(bought, cut, horizon)["is_gone"])


def run_back_tests(
    bought: Purchases, horizon: int = 60, days_back: Sequence[int] = (60, 75, 90), seed: int = 7
) -> BackTest:
    """Score as one would have on each cut date (``as_of`` - days back), against what followed.

    The trees learn from customers ``horizon`` days before the cut date, whose labels were complete on it; the
    repeat-buying model from all orders up to it. Results: ``cut``, ``model``, ``auc``, ``brier``,
    ``predicted``, ``observed``, ``n``. Raises ``LuckyError`` when a cut date leaves no ``horizon`` days to
    test on, or history is too short to learn from.
    """
    if min(days_back) < horizon:
        raise LuckyError(
            "back-test", expected=f"cut dates at least {horizon} days before as_of", got=f"{min(days_back)}"
        )
    results, scored, newest = [], [], pd.DataFrame()
    for back in sorted(days_back, reverse=True):
        cut = bought.as_of - dt.timedelta(days=back)
        newest = test = load_labelled(bought, cut, horizon)
        train = load_labelled(bought, cut - dt.timedelta(days=horizon), horizon)
        trees = fit_scorer(train, train["is_gone"], list(FEATURES), seed)
        repeat = fit_repeat_buying(load_histories(bought, cut), "mbg")
        predictions = {
            "trees": score(trees, test),
            "repeat": forecast_silence(repeat, histories_of(test), horizon),
        }
        for model, probability in predictions.items():
            skill = estimate_skill(probability, test["is_gone"])
            results.append((cut, model, skill.auc, skill.brier, skill.predicted, skill.observed, skill.n))
            scored.append(
                pd.DataFrame({"model": model, "probability": probability, "is_gone": test["is_gone"]})
            )
    columns = ["cut", "model", "auc", "brier", "predicted", "observed", "n"]
    frame, rows = pd.DataFrame(results, columns=columns), pd.concat(scored, ignore_index=True)
    error = ((rows["probability"] - rows["is_gone"]) ** 2).groupby(rows["model"]).mean()
    return BackTest(frame, rows, str(error.idxmin()), newest, horizon)


def score_active(
    train: pd.DataFrame, features: pd.DataFrame, fit: RepeatFit, best: str, horizon: int = 60, seed: int = 7
) -> tuple[pd.DataFrame, Scorer]:
    """Each customer active at ``as_of``: ``probability`` of no order in ``horizon`` days, ``score`` (0-100),
    and ``reason``: the feature that raises it most against a typical customer, as the trees see it.

    ``train``: customers of ``horizon`` days before ``as_of`` with what followed (``load_labelled``), from
    which the trees learn. ``best`` says whose probability it is: ``trees`` or ``repeat``.
    """
    active = features[features["days_since_last"] < horizon].reset_index(drop=True)
    trees = fit_scorer(train, train["is_gone"], list(FEATURES), seed)
    own = score(trees, active) if best == "trees" else forecast_silence(fit, histories_of(active), horizon)
    effects = explain_scores(trees, active)
    labels = np.array(list(FEATURES.values()))[effects.to_numpy().argmax(axis=1)]
    # No gaps to be irregular below three orders: what the trees then see is that there are so few.
    few = (labels == FEATURES["gap_sd_days"]) & active["gap_sd_days"].isna()
    labels = np.where(few, "fewer than three orders", labels)
    reason = np.where(effects.max(axis=1) > 0.01, labels, "nothing in particular")
    scored = active.assign(probability=own, score=np.round(100 * own).astype(int), reason=reason)
    return scored, trees


def summarise_scores(scored: pd.DataFrame, tests: BackTest, level: float = 0.9) -> dict[str, float]:
    """Customers expected to leave among the active ones: ``value``, ``low``, ``high``, ``n``.

    The interval is of the back-tests: how far the expected share was from what came (``measure_miss``).
    """
    own = tests.results[tests.results["model"] == tests.best]
    days = (pd.to_datetime(own["cut"]) - pd.to_datetime(own["cut"]).min()).dt.days
    half = measure_miss(days, tests.horizon, own["predicted"], own["observed"]).half(level)
    value, n = float(scored["probability"].sum()), len(scored)
    return {"value": value, "low": value * np.exp(-half), "high": min(value * np.exp(half), n), "n": n}


def compare_horizons(
    features: pd.DataFrame, fit: RepeatFit, horizons: Sequence[int] = (30, 60, 90)
) -> pd.DataFrame:
    """Customers expected to leave under other definitions of it, by the repeat-buying model.

    ``horizon`` (days without an order that count as having left), ``n`` (customers active by it),
    ``expected_gone``, ``share``.
    """
    rows = []
    for horizon in horizons:
        active = features[features["days_since_last"] < horizon]
        gone = float(forecast_silence(fit, histories_of(active), horizon).sum())
        rows.append((horizon, len(active), gone, gone / len(active) if len(active) else np.nan))
    return pd.DataFrame(rows, columns=["horizon", "n", "expected_gone", "share"])


def score_customers(
    bought: Purchases, features: pd.DataFrame, horizon: int = 60
) -> tuple[pd.DataFrame, BackTest] | None:
    """``score_active`` of today's customers, and the tests that chose its model, as the page on churn has.

    None where that page has no scores: customers who left cannot be told from those who pause, or too few
    days have passed to have tried it. ``features`` as from ``load_features``."""
    fit, back = find_fit(features), dates_back(horizon)
    if fit is None or not has_history(bought, horizon, back):
        return None
    tests = run_back_tests(bought, horizon, back)
    return score_active(tests.newest, features, fit, tests.best, horizon)[0], tests
