"""Who is worth winning back? Lapsed customers by segment, at the margin that a contact would add."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.repeat_buying import RepeatFit
from lucky_analytics.methods.spend import SpendFit
from lucky_analytics.questions.customer_value import draw_fits, value_lapsed

__all__ = ["Offer", "estimate_segments", "list_segments"]

Floats = NDArray[np.float64]
N_DRAWS = 40
FREQUENCY = {1: "1 order", 2: "2-3 orders", 4: "4+ orders"}


@dataclass(frozen=True)
class Offer:
    """What a contact is assumed to do and cost; none of it can be learnt from orders alone.

    ``uplift`` with ``uplift_low`` and ``uplift_high``: share of the contacted who order within
    ``window_days`` and would not have (0-1). ``margin_rate``: contribution margin per dollar of items.
    ``coupon_cents``: taken off the order of everybody who comes back in the window, those who would have come
    anyway included; ``contact_cents``: for every contact.
    """

    uplift: float
    uplift_low: float
    uplift_high: float
    margin_rate: float
    coupon_cents: float
    contact_cents: float
    window_days: float = 30.0

    def __post_init__(self) -> None:
        if not 0 <= self.uplift_low <= self.uplift <= self.uplift_high <= 1:
            raise ParameterError(
                "uplift of a win-back",
                expected="0 <= low <= uplift <= high <= 1",
                got=f"{self.uplift_low}, {self.uplift}, {self.uplift_high}",
            )


def estimate_segments(
    features: pd.DataFrame,
    fit: RepeatFit,
    spend: SpendFit,
    offer: Offer,
    *,
    recency_edges: tuple[int, ...] = (60, 90, 150, 10_000),
    level: float = 0.9,
    seed: int = 7,
) -> pd.DataFrame:
    """Incremental margin of contacting each segment of lapsed customers once, a year ahead.

    ``segment``, ``n``, ``p_return``, ``orders_after``, ``order_dollars``, ``dollars`` (incremental margin),
    ``low``, ``high``, ``dollars_each``, ``break_even`` (uplift at which the contact pays for itself). One
    order more now is worth the margin of a year that starts with it, less what the same customer would have
    ordered anyway in that year. Low and high: the offer's uplift anywhere in its range and the repeat-buying
    parameters as uncertain as they are. Highest margin first; the row "all" is last.
    """
    chance = np.random.default_rng(seed)
    draws = draw_fits(fit, N_DRAWS, seed)
    # A triangle over the stated range: the middle is likelier than the ends.
    spread = (offer.uplift_low, offer.uplift, offer.uplift_high)
    uplifts = chance.triangular(*spread, N_DRAWS) if spread[0] < spread[2] else np.full(N_DRAWS, offer.uplift)
    base = value_lapsed(features, fit, spend, recency_edges[0], offer.window_days)
    # Values of single customers vary smoothly: the histories of a segment are averaged over a sample of it.
    segment = _segment(base, recency_edges)
    sample = base.groupby(segment).sample(frac=1, random_state=seed).groupby(segment).head(400)
    kept = features[features["customer_id"].isin(sample["customer_id"])]
    ratios = []
    for drawn in draws:
        values = value_lapsed(kept, drawn, spend, recency_edges[0], offer.window_days)
        ratios.append(_means(values, _segment(values, recency_edges)))
    central = _means(base, segment)
    start = _means(base[base["customer_id"].isin(kept["customer_id"])], segment)
    n = segment.value_counts().reindex(central.index)
    value = _margin(central, offer, offer.uplift) * n
    # What a draw changes is taken from the sample, the level from everybody.
    drawn_values = np.array([
        (_margin(central * (one / start), offer, uplift) * n).to_numpy()
        for one, uplift in zip(ratios, uplifts, strict=True)
    ])  # fmt: skip
    table = pd.DataFrame(
        {
            "segment": central.index,
            "n": n.to_numpy(),
            "p_return": central["p_return"].to_numpy(),
            "orders_after": central["orders_after"].to_numpy(),
            "order_dollars": central["order_cents"].to_numpy() / 100,
            "dollars": value.to_numpy() / 100,
            "break_even": _break_even(central, offer).to_numpy(),
        }
    )
    ends = [0.5 - level / 2, 0.5 + level / 2]
    table["low"], table["high"] = np.quantile(drawn_values, ends, axis=0) / 100
    table["dollars_each"] = table["dollars"] / table["n"]
    table = table.sort_values("dollars_each", ascending=False, ignore_index=True)
    whole_low, whole_high = np.quantile(drawn_values.sum(axis=1), ends) / 100
    whole = {"segment": "all", "n": int(n.sum()), "dollars": table["dollars"].sum()}
    whole |= {"low": whole_low, "high": whole_high, "dollars_each": table["dollars"].sum() / n.sum()}
    return pd.concat([table, pd.DataFrame([whole])], ignore_index=True)


def _segment(values: pd.DataFrame, edges: tuple[int, ...]) -> pd.Series:
    starts = np.array(list(FREQUENCY))
    often = np.array(list(FREQUENCY.values()))[np.searchsorted(starts, values["n_orders"], side="right") - 1]
    spans = [f"{a}-{b - 1} days" if b < 1000 else f"{a}+ days" for a, b in pairwise(edges)]
    silent = np.array(spans)[np.searchsorted(edges[1:-1], values["days_since_last"], side="right")]
    return pd.Series([f"{a}, silent {b}" for a, b in zip(often, silent, strict=True)], index=values.index)


def _means(values: pd.DataFrame, segment: pd.Series) -> pd.DataFrame:
    parts = values.assign(
        revenue_after=values["orders_after"] * values["order_cents"],
        revenue_anyway=values["year_orders"] * values["order_cents"],
    )
    names = ["p_return", "orders_after", "order_cents", "revenue_after", "revenue_anyway"]
    return parts[names].groupby(segment).mean()


def _margin(means: pd.DataFrame, offer: Offer, uplift: float) -> pd.Series:
    """Incremental margin of one contact, cents."""
    gain = (means["revenue_after"] - means["revenue_anyway"]) * offer.margin_rate
    cost = offer.coupon_cents * (means["p_return"] + uplift) + offer.contact_cents
    return uplift * gain - cost


def _break_even(means: pd.DataFrame, offer: Offer) -> pd.Series:
    """Uplift at which a contact costs what it brings; null where it never does."""
    gain = (means["revenue_after"] - means["revenue_anyway"]) * offer.margin_rate - offer.coupon_cents
    need = (offer.coupon_cents * means["p_return"] + offer.contact_cents) / gain
    return need.where((gain > 0) & (need <= 1))


def list_segments(
    features: pd.DataFrame, segments: pd.Series, recency_edges: tuple[int, ...] = (60, 90, 150, 10_000)
) -> pd.DataFrame:
    """Customers of the named segments: ``customer_id``, ``segment``, ``days_since_last``, ``n_orders``."""
    lapsed = features[features["days_since_last"] >= recency_edges[0]]
    named = lapsed.assign(segment=_segment(lapsed, recency_edges))
    columns = ["customer_id", "segment", "days_since_last", "n_orders"]
    return named.loc[named["segment"].isin(list(segments)), columns].sort_values(["segment", "customer_id"])
