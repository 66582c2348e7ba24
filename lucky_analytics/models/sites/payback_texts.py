"""What pages say of leases: what is assumed, when a build-out is back, what rent a site can bear."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.models.sites.site_costs import StoreCosts
from lucky_analytics.models.sites.site_payback import HARDLY, LIKELY, Lease

__all__ = [
    "describe_lease",
    "describe_payback",
    "format_bearable",
    "format_months",
    "format_payback",
    "state_chance",
]


def describe_lease(lease: Lease, costs: StoreCosts, rent: float | None, margin_rate: float | None) -> str:
    """Which parts of a lease are assumptions, in a sentence; ``rent``, ``margin_rate`` as given or null."""
    assumed = [f"build-out (${lease.build_out_dollars:,.0f})"]
    if rent is not None or not costs.is_known:
        assumed.append(f"rent (${lease.rent_dollars_month:,.0f} a month unless a file brings one)")
    if margin_rate is not None or not costs.is_known:
        assumed.append(f"margin ({100 * lease.margin_rate:.0f} % of revenue before rent)")
    verb = "is an assumption" if len(assumed) == 1 else "are assumptions"
    return f"{' and '.join(assumed).capitalize()} {verb}, not data; net means revenue, not profit."


def format_months(value: float, low: float, high: float, horizon_months: int) -> str:
    """Months with their interval; in words what does not happen within the horizon, or may not.

    >>> format_months(18.2, 9.9, 30.0, 36), format_months(18.2, 9.9, np.inf, 36)
    ('18 (10 to 30)', 'cannot be said (10 at best, perhaps not within 36)')
    >>> format_months(np.inf, np.inf, np.inf, 36)
    'not within 36'
    >>> format_months(0.2, 0.2, 3.4, 36)
    'under 1 (under 1 to 3)'
    """
    value_text, low_text, high_text = ("under 1" if m < 1 else f"{m:.0f}" for m in (value, low, high))
    if np.isinf(low):
        return f"not within {horizon_months}"
    if np.isinf(high):
        return f"cannot be said ({low_text} at best, perhaps not within {horizon_months})"
    return f"{value_text} ({low_text} to {high_text})"


def format_payback(payback: pd.DataFrame, lease: Lease) -> pd.DataFrame:
    """Adds ``payback_text``, ``break_even_text``, ``own_payback_text``, as ``format_months`` writes them, and
    ``bearable_text``."""
    texts = {"bearable_text": format_bearable(payback)}
    for name in ("payback", "break_even", "own_payback"):
        spreads = zip(payback[name], payback[f"{name}_low"], payback[f"{name}_high"], strict=True)
        texts[f"{name}_text"] = [format_months(*ends, lease.horizon_months) for ends in spreads]
    return payback.assign(**texts)


def format_bearable(payback: pd.DataFrame) -> list[str]:
    """The rent that each site can bear with its interval, thousands of dollars; a rent below 0 is none.

    >>> columns = ["bearable_rent", "bearable_rent_low", "bearable_rent_high"]
    >>> format_bearable(pd.DataFrame([[12e3, 8e3, 20e3], [-4e3, -9e3, -1.0]], columns=columns))
    ['12 (8 to 20)', 'none, not even rent-free']
    """
    texts = []
    columns = ("bearable_rent", "bearable_rent_low", "bearable_rent_high")
    for value, low, high in zip(*(payback[name] for name in columns), strict=True):
        if high <= 0:
            texts.append("none, not even rent-free")
        elif value <= 0:
            texts.append(f"none, {high / 1e3:.0f} at best")
        else:
            texts.append(f"{value / 1e3:.0f} ({max(low, 0) / 1e3:.0f} to {high / 1e3:.0f})")
    return texts


def state_chance(row: pd.Series, lease: Lease, costs_are_known: bool) -> dict[str, Any]:
    """``value``, ``low``, ``high``, ``level`` and ``note`` of the headline on the chance to pay back.

    A chance holds all that is uncertain and has no interval of its own; the note names the costs and the
    months, or why those cannot be said.
    """
    whose = "as the ledger has them for our stores" if costs_are_known else "assumed"
    value, low, high = (float(row[name]) for name in ("payback", "payback_low", "payback_high"))
    months = format_months(value, low, high, lease.horizon_months)
    rent = "its own rent" if row["is_rent_imported"] else "rent"
    note = (
        f"At {rent} of ${row['rent']:,.0f}, other bills of ${lease.fixed_dollars_month:,.0f} a month and "
        f"a margin "
        f"of {100 * lease.margin_rate:.0f} % before them, {whose}, and an assumed build-out of "
        f"${lease.build_out_dollars:,.0f}. Months until it pays back: {months}. A share of draws: it "
        f"holds what is "
        f"uncertain and has no interval of its own"
    )
    return {"value": float(row["p_payback"]), "low": None, "high": None, "level": None, "note": note}


def describe_payback(payback: pd.DataFrame, lease: Lease) -> str:
    """How many sites are likely, and how many hardly able, to earn their build-out back in time."""
    likely, hardly = (payback["p_payback"] >= LIKELY).sum(), (payback["p_payback"] < HARDLY).sum()
    n, within = len(payback), f"within {lease.horizon_months} months"
    if hardly == n:
        none = "The site is not" if n == 1 else "Neither site is" if n == 2 else f"None of {n} sites is"
        return f"{none} likely to pay back {within}"
    if not likely:
        who = "the site" if n == 1 else f"any of {n} sites"
        return f"Whether {who} would pay back {within} cannot be said"
    return f"{likely} of {n} sites would likely pay back {within}"
