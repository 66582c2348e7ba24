"""When a new site earns its build-out back, and what rent it can bear, under assumptions that are stated.

Rent, build-out and margin are not in the data. What is known is uncertain: the plateau, how fast stores grow
and how much sister stores take. Each draw carries all three; the assumptions are held as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.formats import format_interval, format_number
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.places.payback import (
    find_break_even_week,
    find_highest_cost,
    find_payback_week,
    summarise_draws,
)
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_draws import WeeklyShares, draw_revenue, draw_weekly_shares
from lucky_analytics.models.sites.site_model import SiteModel

__all__ = [
    "Lease",
    "answer_payback",
    "describe_payback",
    "describe_rent",
    "estimate_payback",
    "format_months",
    "format_payback",
    "state_payback",
    "summarise_income",
]


@dataclass(frozen=True)
class Lease:
    """What a site costs: assumptions, dollars. Raises ``ParameterError`` outside the ranges.

    ``rent_dollars_month``; ``build_out_dollars``, spent before opening; ``margin_rate``: share of revenue
    (tax included, as everywhere) that is left for rent and build-out after goods, staff, fees and sales tax;
    ``horizon_months``: within how many months the build-out has to be back.
    """

    rent_dollars_month: float
    build_out_dollars: float
    margin_rate: float
    horizon_months: int

    def __post_init__(self) -> None:
        if self.rent_dollars_month < 0 or self.build_out_dollars < 0 or not 0 < self.margin_rate <= 1:
            raise ParameterError(
                "lease",
                expected="rent and build-out of 0 or more, 0 < margin_rate <= 1",
                got=f"{self.rent_dollars_month}, {self.build_out_dollars}, {self.margin_rate}",
            )
        if self.horizon_months < 1:
            raise ParameterError(
                "lease", expected="a horizon of at least 1 month", got=str(self.horizon_months)
            )


def estimate_payback(
    model: SiteModel,
    fit: GrowthFit,
    sites: pd.DataFrame,
    lease: Lease,
    *,
    seed: int = 1,
    n_draws: int = 4000,
    shares: WeeklyShares | None = None,
) -> pd.DataFrame:
    """When each site (as from ``predict_sites``) earns its build-out back, one row per site in their order.

    What a site earns in a week is ``margin_rate`` of its net revenue (its own less what it takes from sister
    stores, valued at the same margin) less rent. Months, rounded up to weeks: ``payback`` with ``_low`` and
    ``_high``, infinite where it does not happen within the horizon, ``p_payback`` the chance that it does;
    ``break_even`` (from then on no week loses money) and ``own_payback`` (losses at sister stores not
    counted: what the store's own books would say). ``rent`` is that of the lease, or the site's own
    ``rent_dollars_month`` where a file brings one (``is_rent_imported``). ``bearable_rent`` with ``_low``,
    ``_high``: dollars a month at which the build-out would come back exactly at the horizon; negative:
    not even at no rent. ``shares``: of ``draw_weekly_shares`` for the same fit, weeks, seed and draws, when
    they are known already.
    """
    n_weeks = int(np.ceil(lease.horizon_months * WEEKS_A_MONTH))
    gross, taken = draw_revenue(model, sites, seed=seed, n_draws=n_draws)
    shares = shares or draw_weekly_shares(fit, n_weeks, seed=seed + 1, n_draws=n_draws)
    imported = sites.get("rent_dollars_month", pd.Series(np.nan, index=sites.index)).astype(float)
    rents = imported.fillna(lease.rent_dollars_month)
    rows = []
    for place, (site, rent) in enumerate(zip(sites["site"], rents, strict=True)):
        own_lease = replace(lease, rent_dollars_month=float(rent))
        found = summarise_income(gross[:, place], taken[:, place], shares, own_lease, model.level)
        rows.append({"site": site, "rent": float(rent)} | found)
    return pd.DataFrame(rows).assign(is_rent_imported=imported.notna().to_numpy())


def summarise_income(
    gross: np.ndarray, taken: np.ndarray, shares: WeeklyShares, lease: Lease, level: float
) -> dict[str, float]:
    """``payback``, ``break_even``, ``own_payback`` and ``bearable_rent`` of draws, each with its ends.

    ``gross``, ``taken``: (n_draws,), dollars a month at the plateau that a site sells, and that its sisters
    lose. Months and dollars a month, ``_low`` and ``_high`` at ``level``; ``p_payback``. As in
    ``estimate_payback``.
    """
    # A draw's income is its plateau times the shares: summed up once for all, not for each site and lever.
    own, lost = (drawn[:, None] * (lease.margin_rate / WEEKS_A_MONTH) for drawn in (gross, taken))
    earned_alone = own * shares.own_so_far
    earned = earned_alone - lost * shares.pull_so_far
    outlay, weekly_rent = lease.build_out_dollars, lease.rent_dollars_month / WEEKS_A_MONTH
    found = {
        "payback": find_payback_week(earned, outlay, weekly_rent) / WEEKS_A_MONTH,
        "break_even": find_break_even_week(own * shares.own - lost * shares.pull - weekly_rent)
        / WEEKS_A_MONTH,
        "own_payback": find_payback_week(earned_alone, outlay, weekly_rent) / WEEKS_A_MONTH,
        "bearable_rent": find_highest_cost(earned, outlay) * WEEKS_A_MONTH,
    }
    row: dict[str, float] = {}
    for name, draws in found.items():
        spread = summarise_draws(draws, level)
        row |= {name: spread.value, f"{name}_low": spread.low, f"{name}_high": spread.high}
        if name == "payback":
            row["p_payback"] = spread.p_within
    return row


def format_months(value: float, low: float, high: float, horizon_months: int) -> str:
    """Months with their interval, and in words what does not happen within the horizon.

    >>> format_months(18.2, 9.9, np.inf, 36)
    '18 (10 to never within 36)'
    >>> format_months(np.inf, 31.0, np.inf, 36), format_months(np.inf, np.inf, np.inf, 36)
    ('not within 36 (31 at best)', 'not within 36')
    >>> format_months(0.2, 0.2, 3.4, 36)
    'under 1 (under 1 to 3)'
    """
    value_text, low_text, high_text = ("under 1" if m < 1 else f"{m:.0f}" for m in (value, low, high))
    if np.isinf(low):
        return f"not within {horizon_months}"
    if np.isinf(value):
        return f"not within {horizon_months} ({low_text} at best)"
    end = f"never within {horizon_months}" if np.isinf(high) else high_text
    return f"{value_text} ({low_text} to {end})"


def format_payback(payback: pd.DataFrame, lease: Lease) -> pd.DataFrame:
    """Adds ``payback_text``, ``break_even_text``, ``own_payback_text``, as ``format_months`` writes them."""
    texts = {}
    for name in ("payback", "break_even", "own_payback"):
        spreads = zip(payback[name], payback[f"{name}_low"], payback[f"{name}_high"], strict=True)
        texts[f"{name}_text"] = [format_months(*ends, lease.horizon_months) for ends in spreads]
    return payback.assign(**texts)


def state_payback(row: pd.Series, lease: Lease, level: float) -> dict[str, Any]:
    """``value``, ``low``, ``high``, ``level`` and ``note`` of a headline on one row of ``estimate_payback``.

    What never happens within the horizon is null, and the note says so.
    """
    value, low, high = (
        float(row[name]) if np.isfinite(row[name]) else None
        for name in ("payback", "payback_low", "payback_high")
    )
    rent = "the rent" if row["is_rent_imported"] else "an assumed rent"
    note = (
        f"At {rent} of ${row['rent']:,.0f} a month, an assumed build-out of ${lease.build_out_dollars:,.0f} "
        f"and an assumed margin of {100 * lease.margin_rate:.0f} %; "
        f"chance to pay back within {lease.horizon_months} months: {100 * row['p_payback']:.0f} %"
    )
    return {
        "value": value,
        "low": low,
        "high": high,
        "level": level if low is not None else None,
        "note": note,
    }


def answer_payback(row: pd.Series, lease: Lease) -> str:
    """A sentence for the answer, with the place of the headline ``best_payback`` in it."""
    if np.isinf(row["payback"]):
        return f"At the costs assumed it does not pay back within {lease.horizon_months} months."
    return "At the costs assumed it pays back after {best_payback}."


def describe_rent(row: pd.Series, lease: Lease) -> str:
    """What rent a site can bear, for the decision, from one row of ``estimate_payback``."""
    value, low, high = (
        max(float(row[name]), 0.0) for name in ("bearable_rent", "bearable_rent_low", "bearable_rent_high")
    )
    return (
        f"At a margin of {100 * lease.margin_rate:.0f} % and a build-out of "
        f"{format_number(lease.build_out_dollars, 'USD')}, both assumed, it pays back within "
        f"{lease.horizon_months} months at a rent of up to {format_number(value, 'USD')} a month "
        f"{format_interval(low, high, 'USD')}."
    )


def describe_payback(payback: pd.DataFrame, lease: Lease) -> str:
    """How many sites earn their build-out back in time more likely than not, in a sentence."""
    n_likely = int((payback["p_payback"] > 0.5).sum())
    rent = (
        "their rents" if payback["is_rent_imported"].all() else f"${lease.rent_dollars_month / 1e3:g}K rent"
    )
    verb = "is" if n_likely == 1 else "are"
    return (
        f"At {rent} {n_likely} of {len(payback)} sites {verb} more likely than not to pay back "
        f"within {lease.horizon_months} months"
    )
