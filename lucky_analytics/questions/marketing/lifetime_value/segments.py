"""The four classes of customers: what each is expected to leave, and what it is worth spending on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.repeat_forecast import draw_fits
from lucky_analytics.methods.forecasts.rolling_origin import Miss, bound_share
from lucky_analytics.models.customer_worth.customer_classes import SEGMENTS, SILENT_DAYS, Rule, name_segments
from lucky_analytics.models.customer_worth.customer_margins import (
    YEAR,
    Model,
    draw_ends,
    draw_margins,
)

__all__ = [
    "count_worth",
    "draw_totals",
    "summarise_segments",
]

Floats = NDArray[np.float64]
# Futures of all customers, each with its own parameters, and misses of a year for each of them.
N_FITS, N_MISSES = 60, 99
# Customers of a segment for whom an interval of their own is drawn; it shows their middle one.
N_SHOWN = 300


def draw_totals(
    valued: pd.DataFrame, model: Model, group: NDArray[np.intp], n_groups: int, miss: Miss, seed: int = 7
) -> Floats:
    """Futures of the margin of all customers of each group in a year, dollars: (draws, groups).

    Each with parameters drawn from their uncertainty, customers who order by chance, and one factor for all
    by which the year may be off (``miss``, of a year).
    """
    chance = np.random.default_rng(seed)
    drawn = []
    for fit in draw_fits(model.fit, N_FITS, seed):
        cents = draw_margins(valued, replace(model, fit=fit), YEAR, chance)
        totals = np.bincount(group, weights=cents, minlength=n_groups) / 100
        drawn.append(miss.grid(N_MISSES)[:, None] * totals)
    return np.concatenate(drawn)


def summarise_segments(
    valued: pd.DataFrame,
    model: Model,
    rule: Rule,
    miss: Miss,
    share_misses: Mapping[str, Miss],
    uplift: float,
    level: float = 0.9,
    seed: int = 7,
) -> pd.DataFrame:
    """Each of ``SEGMENTS``, then "all": what it leaves in a year, and what it is worth spending on.

    ``segment``, ``n``, ``n_unsure`` (would be in another segment were the year as bad or as good as its
    interval allows). Where somebody is in it, else null, each in dollars with ``<name>_low`` and
    ``<name>_high``: ``total`` and ``each`` (margin of all of it, and of a customer), ``stay`` (of one known
    to be here still: what is lost with one who leaves), ``back`` (what one order adds that would not have
    come). Besides ``p_alive`` (mean), ``share`` of the margin of all (with its ends), ``one_low``,
    ``one_high`` (a customer's own interval, of the middle customer), ``contact`` (the most that a contact may
    cost where ``uplift``, 0 to 1, of the contacted order who would not have). ``miss``: of forecasts of a
    year, ``share_misses``: of the odds of each segment's share of it.
    """
    place, n_groups = name_segments(valued, rule), len(SEGMENTS)
    totals = draw_totals(valued, model, place, n_groups, miss, seed)
    totals = np.column_stack([totals, totals.sum(axis=1)])
    ends = [0.5 - level / 2, 0.5 + level / 2]
    drawn = np.quantile(totals, ends, axis=0)
    wide = float(np.exp(miss.half(level)))
    unsure = np.any([name_segments(valued, rule, scale) != place for scale in (1 / wide, wide)], axis=0)
    whole = valued["year_cents"].sum() / 100
    found = []
    for where, segment in enumerate((*SEGMENTS, "all")):
        mine = place == where if where < n_groups else np.ones(len(place), bool)
        own, n = valued[mine], int(mine.sum())
        row: dict[str, Any] = {"segment": segment, "n": n, "n_unsure": int(unsure[mine].sum())}
        if n:
            total = own["year_cents"].sum() / 100
            low, high = draw_ends(
                own.sample(min(n, N_SHOWN), random_state=seed), model, YEAR, miss, level, seed
            )
            row |= _named("total", total, *drawn[:, where]) | _named("each", total / n, *drawn[:, where] / n)
            drawn_share = totals[:, where] / totals[:, -1]
            row |= _named("share", total / whole, *bound_share(drawn_share, share_misses.get(segment), level))
            row |= {"one_low": np.median(low) / 100, "one_high": np.median(high) / 100}
            row |= _worth_spending(own, wide) | {"p_alive": own["p_alive"].mean()}
            row["contact"] = uplift * row["back"]
        found.append(row)
    return pd.DataFrame(found)


def _worth_spending(own: pd.DataFrame, wide: float) -> dict[str, float]:
    """What keeping a customer, and bringing one back for an order, leaves on average: dollars."""
    stay, first, back = (own[f"{name}_cents"].mean() / 100 for name in ("stay", "order", "back"))
    # The order that brings somebody back is there; what follows it is as uncertain as the year.
    return _named("stay", stay, stay / wide, stay * wide) | _named(
        "back", back, first + (back - first) / wide, first + (back - first) * wide
    )


def _named(name: str, value: float, low: float, high: float) -> dict[str, float]:
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def count_worth(
    valued: pd.DataFrame, bounds: tuple[float, float], miss: Miss, level: float = 0.9
) -> pd.DataFrame:
    """Lapsed customers (silent for ``SILENT_DAYS`` or more) by what bringing one back is worth, dollars.

    ``worth`` (in words), ``n``, ``low``, ``high`` (were the year as bad or as good as its interval allows),
    ``each`` (the mean of what it is worth; null for none), ``needed``: the share of the contacted who must
    come back because of it for a contact that costs ``spend``, the lower bound. Raises ``ParameterError`` for
    bounds that do not rise.
    """
    if not bounds[0] < bounds[1]:
        raise ParameterError(
            "cheap_dollars", expected=f"less than dear_dollars, {bounds[1]:g}", got=f"{bounds[0]:g}"
        )
    lapsed = valued[valued["days_since_last"] >= SILENT_DAYS]
    first = lapsed["order_cents"].to_numpy() / 100
    later, wide = lapsed["back_cents"].to_numpy() / 100 - first, np.exp(miss.half(level))
    edges = [-np.inf, *bounds, np.inf]
    counts = [np.histogram(first + later * scale, edges)[0] for scale in (1 / wide, 1.0, wide)]
    names = [f"less than ${bounds[0]:g}", f"${bounds[0]:g} to ${bounds[1]:g}", f"${bounds[1]:g} and more"]
    place = np.searchsorted(bounds, first + later, side="right")
    each = [
        float((first + later)[place == where].mean()) if (place == where).any() else np.nan
        for where in range(3)
    ]
    ends, spend = np.sort(counts, axis=0), np.array([np.nan, *bounds])
    frame = pd.DataFrame({"worth": names, "n": counts[1], "low": ends[0], "high": ends[2], "each": each})
    return frame.assign(spend=spend, needed=spend / frame["each"])
