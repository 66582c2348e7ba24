"""When a new site earns its build-out back, what it must sell for that, and what rent it can bear.

Build-out is assumed; rent, other bills and margin are those of our stores where the ledger has them. What is
known is uncertain: the plateau, how fast stores grow and how much sister stores take. Each draw carries all
three; costs are held as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.decisions import LEANS_FROM
from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.places.payback import (
    find_break_even_week,
    find_highest_cost,
    find_payback_week,
    summarise_draws,
)
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_costs import StoreCosts
from lucky_analytics.models.sites.site_draws import WeeklyShares, draw_revenue, draw_weekly_shares
from lucky_analytics.models.sites.site_model import SiteModel

__all__ = [
    "HARDLY",
    "LIKELY",
    "Lease",
    "choose_lease",
    "draw_shares",
    "estimate_needs",
    "estimate_payback",
    "summarise_income",
]


# A chance to pay back from which on a lease is worth negotiating, as for every decision, and one below which
# leaving it alone is as likely the better choice; between them nothing is decided.
LIKELY, HARDLY = LEANS_FROM, 1 - LEANS_FROM
_FOUND = ("payback", "break_even", "own_payback", "bearable_rent")


@dataclass(frozen=True)
class Lease:
    """What a site costs, dollars. Raises ``ParameterError`` outside the ranges.

    ``rent_dollars_month``; ``build_out_dollars``, spent before opening; ``margin_rate``: share of revenue
    (tax included, as everywhere) that is left for rent, other bills and build-out after what follows the
    orders; ``horizon_months``: within how many months the build-out has to be back; ``fixed_dollars_month``:
    staff and other bills that are due whatever is sold.
    """

    rent_dollars_month: float
    build_out_dollars: float
    margin_rate: float
    horizon_months: int
    fixed_dollars_month: float = 0.0

    def __post_init__(self) -> None:
        least = min(self.rent_dollars_month, self.build_out_dollars, self.fixed_dollars_month)
        if least < 0 or not 0 < self.margin_rate <= 1:
            raise ParameterError(
                "lease",
                expected="rent, other bills and build-out of 0 or more, 0 < margin_rate <= 1",
                got=f"{self.rent_dollars_month}, {self.fixed_dollars_month}, {self.build_out_dollars}, "
                f"{self.margin_rate}",
            )
        if self.horizon_months < 1:
            raise ParameterError(
                "lease", expected="a horizon of at least 1 month", got=str(self.horizon_months)
            )

    def profit(self, net: Any) -> Any:
        """Dollars a month left of ``net`` revenue after all bills and a part of the build-out."""
        build_out = self.build_out_dollars / self.horizon_months
        return self.margin_rate * net - self.rent_dollars_month - self.fixed_dollars_month - build_out


def choose_lease(
    costs: StoreCosts,
    rent: float | None,
    margin_rate: float | None,
    build_out: float,
    horizon_months: int,
) -> Lease:
    """The lease by the ledger's costs, where a reader did not give rent or margin.

    A margin that is given is after staff and all other bills, so none of them is counted beside it.
    """
    margin, fixed = (costs.margin_rate, costs.fixed) if margin_rate is None else (margin_rate, 0.0)
    return Lease(costs.rent if rent is None else rent, build_out, margin, horizon_months, fixed)


def draw_shares(fit: GrowthFit, lease: Lease, *, seed: int = 1, n_draws: int = 4000) -> WeeklyShares:
    """``draw_weekly_shares`` over the horizon of a lease, with the draws of ``estimate_payback``."""
    n_weeks = int(np.ceil(lease.horizon_months * WEEKS_A_MONTH))
    return draw_weekly_shares(fit, n_weeks, seed=seed + 1, n_draws=n_draws)


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
    stores, valued at the same margin) less rent and other bills. Months, rounded up to weeks: ``payback``
    with ``_low`` and ``_high``, infinite where it does not happen within the horizon, ``p_payback`` the
    chance that it does; ``break_even`` (from then on no week loses money) and ``own_payback`` (losses at
    sister stores not counted: what the store's own books would say). ``rent`` is that of the lease, or the
    site's own ``rent_dollars_month`` where a file brings one (``is_rent_imported``). ``bearable_rent`` with
    ``_low``, ``_high``: dollars a month at which the build-out would come back exactly at the horizon;
    negative: not even at no rent. ``shares``: of ``draw_weekly_shares`` for the same fit, weeks, seed and
    draws, when they are known already.
    """
    gross, taken = draw_revenue(model, sites, seed=seed, n_draws=n_draws)
    shares = shares or draw_shares(fit, lease, seed=seed, n_draws=n_draws)
    imported = sites.get("rent_dollars_month", pd.Series(np.nan, index=sites.index)).astype(float)
    rents = imported.fillna(lease.rent_dollars_month)
    rows = []
    for place, (site, rent) in enumerate(zip(sites["site"], rents, strict=True)):
        own_lease = replace(lease, rent_dollars_month=float(rent))
        found = summarise_income(gross[:, place], taken[:, place], shares, own_lease, model.level)
        rows.append({"site": site, "rent": float(rent)} | found)
    names = [f"{name}{end}" for name in _FOUND for end in ("", "_low", "_high")]
    table = pd.DataFrame(rows, columns=["site", "rent", *names, "p_payback"])
    return table.assign(is_rent_imported=imported.notna().to_numpy())


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
    outlay, fixed = lease.build_out_dollars, lease.fixed_dollars_month
    weekly_rent = (lease.rent_dollars_month + fixed) / WEEKS_A_MONTH
    found = {
        "payback": find_payback_week(earned, outlay, weekly_rent) / WEEKS_A_MONTH,
        "break_even": find_break_even_week(own * shares.own - lost * shares.pull - weekly_rent)
        / WEEKS_A_MONTH,
        "own_payback": find_payback_week(earned_alone, outlay, weekly_rent) / WEEKS_A_MONTH,
        "bearable_rent": find_highest_cost(earned, outlay) * WEEKS_A_MONTH - fixed,
    }
    row: dict[str, float] = {}
    for name, draws in found.items():
        spread = summarise_draws(draws, level)
        row |= {name: spread.value, f"{name}_low": spread.low, f"{name}_high": spread.high}
        if name == "payback":
            row["p_payback"] = spread.p_within
    return row


def estimate_needs(
    model: SiteModel,
    sites: pd.DataFrame,
    lease: Lease,
    shares: WeeklyShares,
    *,
    seed: int = 1,
) -> pd.DataFrame:
    """What each site must sell a month at its plateau to earn its build-out back within the horizon.

    ``sites`` as from ``predict_sites``: of them only what they take counts, so places outside the range have
    their row, too. ``shares``: of ``draw_weekly_shares`` over the horizon. ``site``, ``needed`` with ``_low``
    and ``_high`` (dollars a month, from draws of growth and of what sister stores lose), ``needed_orders``
    (a week), ``needed_rate``: orders a week per 1,000 people in ``reach``, and ``best_rate``, the most that
    any of our stores has: a site that needs more must do what none of them did.
    """
    _, taken = draw_revenue(model, sites, seed=seed, n_draws=len(shares.own))
    months = np.arange(1, shares.own.shape[1] + 1) / WEEKS_A_MONTH
    imported = sites.get("rent_dollars_month", pd.Series(np.nan, index=sites.index)).astype(float)
    rents = imported.fillna(lease.rent_dollars_month).to_numpy(float)
    rates = model.sites["orders_week"] / model.sites["reach"] * 1000
    rows = []
    for place, site in enumerate(sites["site"]):
        due = lease.build_out_dollars + (rents[place] + lease.fixed_dollars_month) * months
        lost = taken[:, [place]] * shares.pull_so_far
        needed = ((due * WEEKS_A_MONTH / lease.margin_rate + lost) / shares.own_so_far).min(axis=1)
        spread = summarise_draws(needed, model.level)
        orders = spread.value / (model.order_dollars * WEEKS_A_MONTH)
        rate = orders / float(sites["reach"].iloc[place]) * 1000
        rows.append((site, spread.value, spread.low, spread.high, orders, rate, float(rates.max())))
    names = ["site", "needed", "needed_low", "needed_high", "needed_orders", "needed_rate", "best_rate"]
    return pd.DataFrame(rows, columns=names)
