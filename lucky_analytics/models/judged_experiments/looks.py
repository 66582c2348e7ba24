"""Each experiment as it stood on each day on which somebody could have looked at it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.experiments.always_valid import weigh_difference
from lucky_analytics.methods.experiments.sample_ratio import BROKEN, weigh_ratio
from lucky_analytics.models.experiment_outcomes import DAYS, SUMS, compare_sides

__all__ = [
    "FEWEST",
    "Rules",
    "compare_halves",
    "find_early_calls",
    "find_ratio_breaks",
    "follow_looks",
    "name_apart",
]

FEWEST = 100  # customers in each branch whose weeks are over, below which nobody looks


@dataclass(frozen=True)
class Rules:
    """What counts as enough. ``level``: of intervals, and 1 - ``level`` the share of wins that may be false;
    ``least``: the smallest gain worth having, share of customers who order again; ``wrong``: the chance of
    being wrong below which a branch is chosen; ``loss``: what one may expect to lose by changing nothing,
    share of customers; ``dollars``: a gain in margin that a test is run for, a customer in five weeks."""

    level: float = 0.95
    least: float = 0.02
    wrong: float = 0.01
    loss: float = 0.002
    dollars: float = 0.1

    @property
    def alpha(self) -> float:
        """The share of wins that may be false."""
        return 1 - self.level


def name_apart(days: pd.DataFrame) -> pd.DataFrame:
    """``days`` with the number of each experiment beside its name where several have one name.

    >>> days = pd.DataFrame({"experiment_id": ["E1", "E2", "E3"], "experiment": ["Menu", "Menu", "Timer"]})
    >>> name_apart(days)["experiment"].tolist()
    ['Menu (E1)', 'Menu (E2)', 'Timer']
    """
    shared = days.groupby("experiment")["experiment_id"].transform("nunique") > 1
    both = days["experiment"].astype(str) + " (" + days["experiment_id"].astype(str) + ")"
    return days.assign(experiment=days["experiment"].mask(shared, both))


def follow_looks(days: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """One row for each experiment and day of assignment: all customers assigned by then.

    ``days`` as from ``sum_days``. ``experiment_id``, ``experiment``, ``planned``, ``date``, ``seen`` (the day
    on which the weeks of those customers were over), sums of both sides as ``<sum>_0`` and ``<sum>_1``, the
    difference in who orders again (``value``, ``se``, net of the past), ``evidence`` against none, the plain
    difference (``plain``, ``plain_se``), and ``usual``: how many errors that is from nought, what a test at
    one look goes by. Null below ``FEWEST``.
    """
    side = np.where(days["is_control"].astype(bool), "0", "1")
    keys = ["experiment_id", "experiment", "date"]
    wide = days.assign(side=side).pivot_table(index=keys, columns="side", values=SUMS, aggfunc="sum")
    names = pd.MultiIndex.from_product([SUMS, ["0", "1"]])
    running = wide.reindex(columns=names).fillna(0.0).groupby(level=0).cumsum()
    running.columns = [f"{name}_{end}" for name, end in names]
    looks = running.reset_index()
    looks["planned"] = looks["experiment_id"].map(days.groupby("experiment_id")["planned"].first())
    looks["seen"] = looks["date"] + pd.Timedelta(days=DAYS - 1)
    found = compare_sides(looks, "again")
    enough = (looks[["n_over_0", "n_over_1"]].min(axis=1) >= FEWEST).to_numpy()
    # Where all or none of a branch came again nothing is known of how far the shares may be off.
    enough = enough & (np.nan_to_num(found.se) > 0)
    kept = {"value": found.value, "se": found.se, "plain": found.raw, "plain_se": found.raw_se}
    looks = looks.assign(**{name: np.where(enough, one, np.nan) for name, one in kept.items()})
    looks["evidence"] = np.where(enough, weigh_difference(looks["value"], looks["se"], rules.least), np.nan)
    return looks.assign(usual=looks["plain"] / looks["plain_se"])


def find_early_calls(looks: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Where somebody who looks every day and goes by the usual test would have called a winner.

    Indexed by ``experiment_id``: ``called`` (the first such day, null where there was none), ``side`` (1: the
    treatment, -1: the control), ``still``: the usual test still says so at the last look.
    """
    z = norm.ppf(0.5 + rules.level / 2)
    over = looks[looks["usual"].abs() > z].drop_duplicates("experiment_id").set_index("experiment_id")
    last = looks.groupby("experiment_id").last()
    called = over["seen"].reindex(last.index)
    side = np.sign(over["usual"]).reindex(last.index)
    return pd.DataFrame({"called": called, "side": side, "still": last["usual"] * side > z})


def compare_halves(looks: pd.DataFrame) -> pd.DataFrame:
    """The difference among the first half of each experiment's customers and among the rest, in the order of
    their assignment: ``early``, ``late``. What wears off, or only chance began, shows here. Indexed by
    ``experiment_id``; null below ``FEWEST`` in a branch of a half."""
    n = looks["n_over_0"] + looks["n_over_1"]
    whole = n.groupby(looks["experiment_id"]).transform("max")
    half = looks[n >= whole / 2].drop_duplicates("experiment_id").set_index("experiment_id")
    last = looks.groupby("experiment_id").last()
    sums = [f"{name}_{end}" for name in SUMS for end in ("0", "1")]
    halves = {"early": half[sums], "late": last[sums] - half[sums]}
    found = {}
    for name, own in halves.items():
        few = own[["n_over_0", "n_over_1"]].min(axis=1) < FEWEST
        found[name] = np.where(few, np.nan, compare_sides(own, "again").value)
    return pd.DataFrame(found, half.index)


def find_ratio_breaks(looks: pd.DataFrame) -> pd.Series:
    """The first day of assignment on which the branches' sizes were surely not those planned, though one
    looked every day; null where there is none. Indexed by ``experiment_id``."""
    found = {}
    for name, own in looks.groupby("experiment_id"):
        planned = float(own["planned"].iloc[0])
        found[name] = pd.NaT
        if planned == planned:
            broken = weigh_ratio(own["n_0"], own["n_1"], planned) >= 1 / BROKEN
            found[name] = own["date"].iloc[int(broken.argmax())] if broken.any() else pd.NaT
    return pd.Series(found, dtype="datetime64[ns]")
