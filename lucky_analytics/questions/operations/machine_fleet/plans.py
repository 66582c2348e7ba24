"""What follows from the failures ahead: spares, visits, and which machine a new one would repay soonest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gamma
from scipy.stats import norm

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.rank_ranges import rank_ranges
from lucky_analytics.methods.reliability.failure_forecast import find_quantile_days, survive
from lucky_analytics.methods.reliability.failure_rates import UNIT_DAYS, FailureRates
from lucky_analytics.methods.reliability.spare_parts import choose_spares, share_enough
from lucky_analytics.questions.operations.machine_fleet.failures_ahead import Outlook, count_failed, expect
from lucky_analytics.questions.operations.machine_fleet.lives import Fleet

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["compare_types", "count_visits", "list_spares", "measure_repair", "rank_machines"]

_LEDGER_WEEKS = 8
_AGE_DAYS = 180.0  # at which types are compared, where age matters
_LONGEST, _N_LIVES = 365, 300


def list_spares(fleet: Fleet, outlook: Outlook, enough: float, level: float) -> pd.DataFrame:
    """Spares by type so that, with the chance ``enough``, each failure ahead finds one of its own type.

    ``machine_type``, ``standing``, ``expected`` failures with ``low``, ``high`` at ``level``,
    ``spares``, ``p_enough`` (of that type alone); most spares first. The chance for all
    types together and the number of spares if one fits all stand in ``attrs`` (``p_all``, ``shared``).
    """
    kind = outlook.seen.standing.kind
    needs = np.array([outlook.ahead.failures[:, kind == k].sum(axis=1) for k in range(len(fleet.types))]).T
    held = choose_spares(needs, enough)
    rows = []
    for k, name in enumerate(fleet.types):
        found = expect(needs[:, k], level, int((kind == k).sum()))
        rows.append(
            (
                name,
                found.n,
                found.value,
                found.low,
                found.high,
                held[k],
                float((needs[:, k] <= held[k]).mean()),
            )
        )
    names = ["machine_type", "standing", "expected", "low", "high", "spares", "p_enough"]
    table = pd.DataFrame(rows, columns=names).sort_values(
        ["spares", "expected"], ascending=False, ignore_index=True
    )
    shared = int(choose_spares(needs.sum(axis=1, keepdims=True), enough)[0])
    table.attrs = {"p_all": share_enough(needs, held), "shared": shared}
    return table


def count_visits(outlook: Outlook, stores: NDArray, n_days: int, level: float) -> tuple[Estimate, Estimate]:
    """Visits of technicians in the days ahead: one for each failure and each machine that waits today, and
    one a week to each store in which a machine failed (or waits, in the first).

    ``stores``: by row of ``Fleet.machines``.
    """
    waits = ~outlook.seen.standing.is_up
    store = pd.factorize(stores[outlook.seen.rows])[0]
    member = (store[:, None] == np.arange(store.max() + 1)).astype(np.int32)
    each = outlook.ahead.failures.sum(axis=1) + int(waits.sum())
    rounds = np.zeros(len(each), np.int64)
    for begin in range(0, n_days, 7):
        asks = outlook.ahead.fails[begin : begin + 7].any(axis=0) | (waits if begin == 0 else False)
        rounds += ((asks.astype(np.int32) @ member) > 0).sum(axis=1)
    n = len(outlook.seen.rows)
    return expect(each, level, n), expect(rounds, level, n)


def measure_repair(suite: Suite, fleet: Fleet) -> Estimate:
    """Dollars of maintenance billed for each failure of the last eight weeks: all maintenance, so at most
    what a repair costs. A count; null without the ledger, a bill or a failure."""
    bill = suite.optional("accounting_costs")
    begin = suite.as_of - dt.timedelta(weeks=_LEDGER_WEEKS) + dt.timedelta(days=1)
    n = count_failed(fleet, fleet.cut - pd.Timedelta(weeks=_LEDGER_WEEKS), fleet.cut)
    if bill is None or not n:
        return Estimate(None, n=n)
    due = bill.filter(
        (bill.kind == "maintenance") & (bill.week_end_date >= begin) & (bill.week_end_date <= suite.as_of)
    )
    cents = due.agg(cents=due.cost_cents.sum()).execute()["cents"].iloc[0]
    return Estimate(None, n=n) if pd.isna(cents) else Estimate(float(cents) / 100 / n, n=n)


def compare_types(fleet: Fleet, rates: FailureRates, repair_days: float, level: float) -> pd.DataFrame:
    """Each type, the most failures first: ``machine_type``, ``kind``, ``ever``, ``standing``, ``gone``,
    ``failures``, ``days`` (of work between two failures: mean life of the model) with ``low``, ``high``,
    ``a_year`` (failures a year of one machine), ``raw`` (days at work by failures, null without one),
    ``is_odd``: surely above or below the mean of all types, all types together at ``level``."""
    life = _mean_life(rates)
    yearly = 365 / (life + repair_days)
    own = fleet.machines.groupby("kind")
    up = fleet.stretches[fleet.stretches["is_up"]]
    days = up["days"].groupby(fleet.machines["kind"].to_numpy()[up["machine"]]).sum()
    ends = np.quantile(life, [(1 - level) / 2, (1 + level) / 2], axis=0)
    tail = (1 - level) / len(fleet.types) / 2
    away = np.quantile(np.log(yearly) - np.log(yearly).mean(axis=1, keepdims=True), [tail, 1 - tail], axis=0)
    table = pd.DataFrame(
        {
            "machine_type": fleet.types,
            "kind": range(len(fleet.types)),
            "ever": own.size(),
            "standing": fleet.standing.groupby("kind").size().reindex(own.size().index, fill_value=0),
            "failures": own["n_failed"].sum(),
            "days": life.mean(axis=0),
            "low": ends[0],
            "high": ends[1],
            "a_year": yearly.mean(axis=0),
            "is_odd": (away[0] > 0) | (away[1] < 0),
        }
    )
    table["gone"] = table["ever"] - table["standing"]
    table["raw"] = days.reindex(table.index) / table["failures"].where(table["failures"] > 0)
    return table.sort_values("days", ignore_index=True)


def rank_machines(
    fleet: Fleet, outlook: Outlook, types: pd.DataFrame, repair: Estimate, machine_dollars: float,
    n_days: int, repair_days: float, level: float,
) -> pd.DataFrame:  # fmt: skip
    """Every machine at work, the likeliest to fail first.

    ``machine`` (row of ``Fleet.machines``), ``p_fail`` (within ``n_days``) with ``p_low``, ``p_high``,
    ``best`` and ``last`` rank that intervals of all together at ``level`` allow, ``half_by`` (days by which
    it fails with one chance in two), ``soon`` and ``late`` (between which it fails at ``level``; null beyond
    a year), ``days`` since it was installed or repaired, ``saving`` (dollars a year that one of the best type
    in its place saves in repairs, ends ``saving_low``, ``saving_high``; null where a repair's cost is not
    known), ``years`` (in which that repays ``machine_dollars``; null where it saves nothing).
    """
    standing = outlook.seen.standing
    lives = survive(_thin(outlook.rates), standing, _LONGEST)
    p = 1 - lives[:, :, min(n_days, _LONGEST) - 1]
    n = len(outlook.seen.rows)
    tails = [(1 - level) / 2, (1 + level) / 2]
    wide = [(1 - level) / n / 2, 1 - (1 - level) / n / 2]
    low, high = np.quantile(p, tails, axis=0)
    best, last = rank_ranges(*_far_ends(p, wide))
    mean = lives.mean(axis=0)
    yearly = 365 / (_mean_life(outlook.rates) + repair_days)
    least = int(types.sort_values("a_year")["kind"].iloc[0])
    saved = (yearly[:, standing.kind] - yearly[:, [least]]) * (
        repair.value if repair.value is not None else np.nan
    )
    ends = np.quantile(saved, tails, axis=0)
    saving = saved.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        years = np.where(saving > 0, machine_dollars / saving, np.nan)
    table = pd.DataFrame(
        {
            "machine": outlook.seen.rows,
            "p_fail": p.mean(axis=0),
            "p_low": low,
            "p_high": high,
            "best": best,
            "last": last,
            "half_by": find_quantile_days(mean, 0.5),
            "soon": find_quantile_days(mean, tails[0]),
            "late": find_quantile_days(mean, tails[1]),
            "days": standing.days,
            "saving": saving,
            "saving_low": ends[0],
            "saving_high": ends[1],
            "years": years,
        }
    )
    return table[standing.is_up].sort_values("p_fail", ascending=False, ignore_index=True)


def _mean_life(rates: FailureRates) -> NDArray[np.float64]:
    """Mean days at work between failures, draws x kinds, at an age of half a year where age matters."""
    shape = (1 + rates.since)[:, None]
    rate = rates.rate * ((_AGE_DAYS / UNIT_DAYS) ** rates.age)[:, None]
    return np.asarray(UNIT_DAYS * (shape / rate) ** (1 / shape) * gamma(1 + 1 / shape))


def _thin(rates: FailureRates) -> FailureRates:
    part = np.s_[:_N_LIVES]
    return FailureRates(rates.since[part], rates.age[part], rates.rate[part], rates.spread[part], rates.n)


def _far_ends(p: NDArray[np.float64], shares: list[float]) -> tuple[NDArray, NDArray]:
    """Ends of each machine's chance against that of all, on logits: what moves all alike moves no rank.

    Draws are too few for ends so far out: a normal distribution has them."""
    inside = np.clip(p, 1e-9, 1 - 1e-9)
    logit = np.log(inside) - np.log1p(-inside)
    own = logit - logit.mean(axis=1, keepdims=True)
    middle, sd = own.mean(axis=0), own.std(axis=0)
    return middle + sd * norm.ppf(shares[0]), middle + sd * norm.ppf(shares[1])
