"""What is measured of each experiment as it stands: difference, chances, margin, time."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.experiments.always_valid import find_error, find_half_width, find_visible
from lucky_analytics.methods.experiments.beta_binomial import find_best_chances, find_losses
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.experiment_outcomes import DAYS, compare_sides
from lucky_analytics.models.judged_experiments.looks import Rules

__all__ = ["measure_gaps", "measure_margins", "measure_times", "plan_more", "read_chances"]

_RATE_DAYS = 14  # of assignments, by which the time still needed is counted


def measure_gaps(table: pd.DataFrame, last: pd.DataFrame, rules: Rules, alpha: float) -> pd.DataFrame:
    """``gap`` with ends, good at all looks at ``alpha``; ``usual_low``, ``usual_high`` as a test at one look
    has them; ``saved``: the share of the variance that the past explains.

    ``table`` as from ``sum_experiments``, ``last``: the last looks, alike indexed. Null where a look is.
    """
    value, se = last["value"], last["se"].to_numpy(float)
    half = find_half_width(se, rules.least, alpha)
    found = compare_sides(table, "again")
    usual = norm.ppf(0.5 + rules.level / 2) * found.raw_se
    made = {
        "gap": value,
        # No two shares are further apart than the whole.
        "gap_low": (value - half).clip(-1.0, 1.0),
        "gap_high": (value + half).clip(-1.0, 1.0),
        "usual_low": found.raw - usual,
        "usual_high": found.raw + usual,
        "saved": found.saved,
    }
    return pd.DataFrame(made, table.index).where(value.notna(), np.nan)


def read_chances(table: pd.DataFrame, is_known: pd.Series) -> pd.DataFrame:
    """``chance`` that the treatment is the better branch, ``loss_keep``, ``loss_switch``: what one expects to
    lose by keeping the control, and by switching (share of customers). Null where nothing ``is_known``."""
    rows = np.full((len(table), 3), np.nan)
    hits, n = (table[[f"{name}_0", f"{name}_1"]].to_numpy(float) for name in ("again", "n_over"))
    for place in np.flatnonzero(is_known.to_numpy(bool)):
        own = (hits[place], n[place])
        rows[place] = (find_best_chances(*own)[1], *find_losses(*own))
    return pd.DataFrame(rows, table.index, ["chance", "loss_keep", "loss_switch"])


def measure_margins(table: pd.DataFrame, is_known: pd.Series, rules: Rules, alpha: float) -> pd.DataFrame:
    """``margin`` (dollars a customer in ``DAYS`` days) with ends, ``pays`` (the chance that it is above 0),
    ``saved_margin``. Null where nothing ``is_known``, or no cost is."""
    found = compare_sides(table, "margin")
    half = find_half_width(found.se, rules.dollars, alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        pays = norm.cdf(found.value / found.se)
    made = {
        "margin": found.value,
        "margin_low": found.value - half,
        "margin_high": found.value + half,
        "pays": pays,
        "saved_margin": found.saved,
    }
    return pd.DataFrame(made, table.index).where(is_known, np.nan)


def measure_times(days: pd.DataFrame, table: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """``is_running`` (takes customers still), ``is_pending`` (or waits for the weeks of some), ``waits``
    (days until those of all are over), ``run`` (share of the planned run whose customers' weeks are over),
    ``a_month`` (customers that it reached a month) and ``a_day`` (of late)."""
    by = days.groupby("experiment_id")["date"]
    first, last = by.min().reindex(table.index), by.max().reindex(table.index)
    today = pd.Timestamp(as_of)
    start, end = table["start"].fillna(first), table["end"].fillna(last + pd.Timedelta(days=_RATE_DAYS + 1))
    is_running = end > today + pd.Timedelta(days=1)
    n_days = (last - first).dt.days + 1.0
    late = days[days["date"] > days["experiment_id"].map(last) - pd.Timedelta(days=_RATE_DAYS)]
    of_late = late.groupby("experiment_id")["n"].sum().reindex(table.index)
    n = table["n_0"] + table["n_1"]
    planned = (end - start).dt.days.clip(lower=1)
    made = {
        "is_running": is_running,
        "is_pending": is_running | (n > table["n_over_0"] + table["n_over_1"]),
        "waits": ((last - today).dt.days + DAYS - 1.0).clip(lower=0.0),
        "run": (((today - start).dt.days - DAYS + 2) / planned).clip(0.0, 1.0),
        "a_month": n / n_days * 7 * WEEKS_A_MONTH,
        "a_day": of_late / np.minimum(n_days, _RATE_DAYS),
    }
    return pd.DataFrame(made, table.index)


def plan_more(table: pd.DataFrame, se: pd.Series, rules: Rules, alpha: float) -> pd.DataFrame:
    """``visible``: the smallest difference that four of five such experiments show; ``n_needed``: customers
    until a gain worth having shows as often; ``days_more`` until their weeks are over (until those of all
    are, where it takes no more). ``table`` with the columns of ``measure_times``."""
    needed = find_error(rules.least, rules.least, alpha)
    n_over, n = (table[f"{name}_0"] + table[f"{name}_1"] for name in ("n_over", "n"))
    whole = pd.Series(np.ceil((n_over * (se / needed) ** 2).to_numpy(float)), table.index)
    lacking = (whole - n).clip(lower=0.0) / table["a_day"]
    more = pd.Series(np.ceil(lacking.to_numpy(float)) + DAYS, table.index)
    made = {
        "visible": [find_visible(one, rules.least, alpha) if one == one else math.nan for one in se],
        "n_needed": whole,
        "days_more": more.where(table["is_running"] & (whole > n), table["waits"]),
    }
    return pd.DataFrame(made, table.index)
