"""What each customer is expected to leave in the days ahead, and futures drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.credibility import (
    Credibility,
    draw_sums,
    estimate_means,
    fit_credibility,
)
from lucky_analytics.methods.customers.repeat_buying import RepeatFit
from lucky_analytics.methods.customers.repeat_forecast import (
    draw_fits,
    draw_orders,
    estimate_alive,
    forecast_new_customer,
    forecast_orders,
)
from lucky_analytics.methods.forecasts.rolling_origin import Miss, walk_days
from lucky_analytics.models.customer_histories import find_fit, histories_of
from lucky_analytics.models.customer_worth.paid_orders import Level

__all__ = [
    "YEAR",
    "Model",
    "draw_ends",
    "draw_margins",
    "expect_margins",
    "expect_new",
    "find_model",
    "measure_drift",
    "value_customers",
]

Floats = NDArray[np.float64]
YEAR = 365.0
# For the interval of one customer: models drawn, and futures of each.
N_FITS, N_FUTURES = 20, 10
N_STEPS = 8


@dataclass(frozen=True)
class Model:
    """``fit``: who is still there and how often they order; ``worth``: the margin of a customer's order,
    cents; ``level``: an order of today."""

    fit: RepeatFit
    worth: Credibility
    level: Level


def find_model(known: pd.DataFrame, level: Level) -> Model | None:
    """The models of ``known`` customers (``know_customers``), or None where their orders do not tell them
    apart, or nobody came back in the last weeks."""
    fit = find_fit(known)
    if fit is None or not level.margin > 0:
        return None
    try:
        found = fit_credibility(known["n_orders"], known["margin_cents"], known["margin_square"])
    except LuckyError:
        return None
    return Model(fit, replace(found, mean=level.margin), level)


def expect_margins(known: pd.DataFrame, model: Model, period: float) -> pd.Series:
    """Margin of each customer's orders within ``period`` days, cents; see ``value_customers``."""
    own, same = _alike(histories_of(known))
    return pd.Series(forecast_orders(model.fit, own, period)[same] * _each(known, model), known.index)


def value_customers(known: pd.DataFrame, model: Model) -> pd.DataFrame:
    """``known`` with what is expected of each customer, margins in cents: ``p_alive`` (has not left for
    good), ``order_cents`` (of an order), ``year_cents`` (of the 365 days ahead), ``stay_cents`` (the same of
    one who is known to be here still), ``back_cents`` (what one order that would not have come adds: a year
    that begins with it, less ``year_cents``).

    Orders from MBG/NBD; the margin of an order is today's, drawn towards the customer's own as far as that
    is to be believed.
    """
    own, same = _alike(histories_of(known))
    stay = forecast_orders(model.fit, own, YEAR, alive=True)
    alive = estimate_alive(model.fit, own)
    back, alike = _alike(own.assign(frequency=own["frequency"] + 1, recency=own["age"]))
    after = 1 + forecast_orders(model.fit, back, YEAR)[alike]
    each = _each(known, model)
    return known.assign(
        p_alive=alive[same],
        order_cents=each,
        year_cents=(stay * alive)[same] * each,
        stay_cents=stay[same] * each,
        back_cents=(after - stay * alive)[same] * each,
    )


def measure_drift(known: pd.DataFrame | None, model: Model, period: float) -> float:
    """How many days of drift (``walk_days``) the margin of ``period`` days bears: of ``known`` customers, or
    of a new one after the first order where there are none."""
    days = np.linspace(0, period, N_STEPS + 1)
    if known is None:
        come = [forecast_new_customer(model.fit, day) for day in days[1:]]
    else:
        own, same = _alike(histories_of(known))
        n = np.bincount(same)
        come = [float(n @ forecast_orders(model.fit, own, day)) for day in days[1:]]
    return walk_days(days, np.concatenate([[0.0], come]) / come[-1])


def draw_margins(known: pd.DataFrame, model: Model, period: float, chance: np.random.Generator) -> Floats:
    """One future: the margin of each customer's orders within ``period`` days, cents."""
    orders = draw_orders(model.fit, histories_of(known), period, chance)
    return draw_sums(model.worth, known["n_orders"], known["margin_cents"], orders, chance)


def draw_ends(
    known: pd.DataFrame, model: Model, period: float, miss: Miss, level: float, seed: int = 7
) -> tuple[Floats, Floats]:
    """Ends of the interval of each customer's margin within ``period`` days, cents: the parameters as
    uncertain as they are, the customer's own chance, and forecasts of ``period`` as far off as ``miss``."""
    chance = np.random.default_rng(seed)
    factors = chance.permutation(miss.grid(N_FITS * N_FUTURES)).reshape(N_FITS, N_FUTURES, 1)
    again = known.iloc[np.tile(np.arange(len(known)), N_FUTURES)]
    drawn = [
        draw_margins(again, replace(model, fit=fit), period, chance).reshape(N_FUTURES, -1) * own
        for fit, own in zip(draw_fits(model.fit, N_FITS, seed), factors, strict=True)
    ]
    low, high = np.quantile(np.concatenate(drawn), [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return low, high


def expect_new(model: Model, period: float) -> float:
    """Margin of the orders that a new customer places within ``period`` days after the first, cents."""
    return forecast_new_customer(model.fit, period) * model.level.margin


def _each(known: pd.DataFrame, model: Model) -> Floats:
    return estimate_means(model.worth, known["n_orders"], known["margin_cents"])


def _alike(histories: pd.DataFrame) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Histories that occur, once each, and which of them each row has: the formulas take their time."""
    grouped = histories.groupby(list(histories.columns), sort=True)
    place = np.asarray(grouped.ngroup(), np.intp)
    return grouped.size().reset_index()[list(histories.columns)], place
