"""Who is worth winning back? Lapsed customers by segment, at the margin that a contact would add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit
from lucky_analytics.methods.customers.repeat_forecast import draw_fits
from lucky_analytics.methods.customers.spend import SpendFit
from lucky_analytics.methods.forecasts.rolling_origin import Miss
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.models.customer_histories import SILENCE, name_silence
from lucky_analytics.questions.marketing.churn_cohorts.customer_value import value_lapsed

__all__ = ["Offer", "estimate_segments", "list_segments"]

Floats = NDArray[np.float64]
# Draws of the repeat-buying parameters, and of the uplift and of the model's miss for each of them.
N_DRAWS, N_UPLIFTS = 40, 25
# Of the segments that are said to pay, at most this share is wrong on average.
FALSE_SHARE = 0.05
FREQUENCY = {1: "1 order", 2: "2-3 orders", 4: "4+ orders"}


@dataclass(frozen=True)
class Offer:
    """What a contact does and costs.

    ``uplifts``: see ``estimate_uplifts``; the discount comes off the order of everybody who comes back in the
    window, those who would have come anyway included. ``margin_rate``: contribution margin per dollar of
    items (0-1). ``contact_cents``: for every contact. ``window_days``: for which the uplift was measured.
    """

    uplifts: pd.DataFrame
    margin_rate: float
    contact_cents: float
    window_days: float = 7.0

    def __post_init__(self) -> None:
        if not 0 <= self.margin_rate <= 1:
            raise ParameterError("margin rate of a win-back", expected="0 to 1", got=f"{self.margin_rate}")


def estimate_segments(
    features: pd.DataFrame,
    fit: RepeatFit,
    spend: SpendFit,
    offer: Offer,
    *,
    miss: Miss | None = None,
    level: float = 0.9,
    seed: int = 7,
) -> pd.DataFrame:
    """Incremental margin of contacting each segment of lapsed customers once, a year ahead.

    ``segment``, ``n``, ``uplift``, ``p_return``, ``orders_after``, ``order_dollars``, ``dollars`` (of margin
    added), ``low``, ``high``, ``dollars_each``, ``break_even`` (uplift at which the contact pays for itself),
    ``pays`` (its interval is above 0, and of segments called so at most 5 % are wrong on average).
    One order more now is worth the margin of a year that starts with it, less what the same customer would
    have ordered anyway in that year. Low and high: uplift and repeat-buying parameters as uncertain as they
    are, and later orders as far off as ``miss`` says that forecasts of orders were (``measure_misses``).
    Highest margin a contact first; the row "all" is last. Classes of silence without an uplift are left
    out; where no coupon was ever tried the dollars of all are null.
    """
    base = value_lapsed(features, fit, spend, SILENCE[0], offer.window_days)
    base = base[np.isin(name_silence(base["days_since_last"]), offer.uplifts.index)]
    segment = _segment(base)
    # Values of single customers vary smoothly: the histories of a segment are averaged over a sample of it.
    sample = base.groupby(segment).sample(frac=1, random_state=seed).groupby(segment).head(400)
    is_kept = base["customer_id"].isin(sample["customer_id"])
    kept = features[features["customer_id"].isin(sample["customer_id"])]
    # A draw gives the same customers in the same order: they stay in their segments.
    segment_of_kept = segment[is_kept].reset_index(drop=True)
    central = _means(base, segment)
    start = _means(base[is_kept], segment)
    n = segment.value_counts().reindex(central.index)
    uplift = offer.uplifts.loc[_silence_of(central)]
    rate, size = uplift["value"].to_numpy(), n.to_numpy(float)
    value = _margin(central, offer, rate) * size
    chance = np.random.default_rng(seed)
    drawn_values = []
    for drawn in draw_fits(fit, N_DRAWS, seed):
        values = value_lapsed(kept, drawn, spend, SILENCE[0], offer.window_days)
        # What a draw changes is taken from the sample, the level from everybody.
        one = central * (_means(values, segment_of_kept) / start)
        # One step for each class of silence: its segments share what was measured for it.
        steps = chance.normal(size=(N_UPLIFTS, len(offer.uplifts)))
        steps = steps[:, offer.uplifts.index.get_indexer(uplift.index)]
        # Nor do the segments have misses of their own: a busy year is busy for all.
        scale = np.ones(N_UPLIFTS) if miss is None else miss.draw(N_UPLIFTS, chance)
        drawn_values.append(
            _margin(one, offer, rate + steps * uplift["se"].to_numpy(), scale[:, None]) * size
        )
    drawn_totals = np.concatenate(drawn_values)
    table = pd.DataFrame(
        {
            "segment": central.index,
            "n": n.to_numpy(),
            "uplift": uplift["value"].to_numpy(),
            "p_return": central["p_return"].to_numpy(),
            "orders_after": central["orders_after"].to_numpy(),
            "order_dollars": central["order_cents"].to_numpy() / 100,
            "dollars": value / 100,
            "break_even": _break_even(central, offer).to_numpy(),
        }
    )
    ends = [0.5 - level / 2, 0.5 + level / 2]
    table["low"], table["high"] = np.quantile(drawn_totals, ends, axis=0) / 100
    table["dollars_each"] = table["dollars"] / table["n"]
    chance_of_none = (1 + (drawn_totals <= 0).sum(axis=0)) / (1 + len(drawn_totals))
    table["pays"] = (table["low"] > 0) & (adjust_p_values(chance_of_none) <= FALSE_SHARE)
    table = table.sort_values("dollars_each", ascending=False, ignore_index=True)
    whole_low, whole_high = np.quantile(drawn_totals.sum(axis=1), ends) / 100
    total = table["dollars"].sum(skipna=False)
    whole = {"segment": "all", "n": int(n.sum()), "dollars": total}
    whole |= {"low": whole_low, "high": whole_high, "dollars_each": total / n.sum()}
    whole |= {"pays": whole_low > 0}
    return pd.concat([table, pd.DataFrame([whole])], ignore_index=True)


def _segment(values: pd.DataFrame) -> pd.Series:
    starts = np.array(list(FREQUENCY))
    often = np.array(list(FREQUENCY.values()))[np.searchsorted(starts, values["n_orders"], side="right") - 1]
    named = pd.Series(often, index=values.index) + ", silent "
    return named + name_silence(values["days_since_last"])


def _silence_of(means: pd.DataFrame) -> list[str]:
    return means.index.str.partition(", silent ").get_level_values(2).tolist()


def _means(values: pd.DataFrame, segment: pd.Series) -> pd.DataFrame:
    parts = values.assign(
        revenue_after=values["orders_after"] * values["order_cents"],
        revenue_anyway=values["year_orders"] * values["order_cents"],
    )
    names = ["p_return", "orders_after", "order_cents", "revenue_after", "revenue_anyway"]
    return parts[names].groupby(segment).mean()


def _margin(means: pd.DataFrame, offer: Offer, uplift: Floats, scale: Floats | float = 1.0) -> Floats:
    """Incremental margin of one contact, cents: segments (rows of ``means``) along the last axis.

    ``scale`` multiplies the orders after the one that the contact brings, and those placed anyway.
    """
    coupon = offer.uplifts.loc[_silence_of(means), "coupon_cents"].to_numpy()
    one = means["order_cents"].to_numpy()
    later = (means["revenue_after"] - means["revenue_anyway"]).to_numpy() - one
    gain = (one + scale * later) * offer.margin_rate
    return np.asarray(uplift * gain - coupon * (means["p_return"].to_numpy() + uplift) - offer.contact_cents)


def _break_even(means: pd.DataFrame, offer: Offer) -> pd.Series:
    """Uplift at which a contact costs what it brings; null where it never does."""
    coupon = offer.uplifts.loc[_silence_of(means), "coupon_cents"].to_numpy()
    gain = (means["revenue_after"] - means["revenue_anyway"]) * offer.margin_rate - coupon
    need = (coupon * means["p_return"] + offer.contact_cents) / gain
    return need.where((gain > 0) & (need <= 1))


def list_segments(features: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Customers of the named segments: ``customer_id``, ``segment``, ``days_since_last``, ``n_orders``."""
    lapsed = features[features["days_since_last"] >= SILENCE[0]]
    named = lapsed.assign(segment=_segment(lapsed))
    columns = ["customer_id", "segment", "days_since_last", "n_orders"]
    return named.loc[named["segment"].isin(list(segments)), columns].sort_values(["segment", "customer_id"])
