"""How long incidents of each kind take, which kind is slower than the others, and which surely comes most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.survival import estimate_time, shuffle_log_rank
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.questions.platform.incident_runbooks.incident_kinds import NONE, Kind, name_kinds

__all__ = ["FEWEST", "MOST_FALSE", "Lead", "count_hours", "find_lead", "measure_kinds", "measure_time"]

FEWEST = 8  # incidents of a kind, and of the others, below which times are not compared
_SHUFFLES = 999
MOST_FALSE = 0.05  # share of worlds without a difference in which one is called


@dataclass(frozen=True)
class Lead:
    """``kind`` that surely comes most among incidents whose kind somebody gave, empty where none does;
    ``n_first`` and ``n_second`` of the two that come most, of ``n``."""

    kind: str
    n_first: int
    n_second: int
    n: int


def count_hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Incidents as ``methods.customers.survival`` takes them: ``duration`` in hours, ``n_event`` (solved),
    ``n_censored`` (open), and ``kind``."""
    return pd.DataFrame(
        {"duration": rows["hours"], "n_event": (~rows["is_open"].astype(bool)).astype(int),
         "n_censored": rows["is_open"].astype(int), "kind": rows["kind"]}
    )  # fmt: skip


def measure_time(rows: pd.DataFrame, level: float) -> Estimate:
    """Hours within which half of ``rows`` are solved; open ones count for as long as they were seen open."""
    if rows.empty:
        return Estimate(None, n=0)
    return estimate_time(count_hours(rows), 0.5, level)


def measure_kinds(rows: pd.DataFrame, kinds: list[Kind], level: float) -> pd.DataFrame:
    """One row a kind that came, those not classed last: ``name``, ``label``, ``n``, ``n_open``, ``hours``
    with ``low`` and ``high`` (half are solved within), ``naive`` (mean of the solved alone), ``p_value`` of
    the log-rank test against all others, ``verdict`` (slower, quicker, no different, too few).

    All kinds are one family (Benjamini and Hochberg): where nothing differs, one is called in at most
    ``MOST_FALSE`` of worlds. Those not classed are compared with nothing.
    """
    labels = name_kinds(kinds)
    found = []
    for name in [*(kind.name for kind in kinds), NONE]:
        own, rest = rows[rows["kind"] == name], rows[rows["kind"] != name]
        if own.empty:
            continue
        half = measure_time(own, level)
        solved = own[~own["is_open"].astype(bool)]
        p_value, is_slow = _compare(own, rest) if name != NONE else (np.nan, False)
        counted = (len(own), int(own["is_open"].sum()), half.value, half.low, half.high)
        found.append((name, labels[name], *counted, float(solved["hours"].mean()), p_value, is_slow))
    columns = ["name", "label", "n", "n_open", "hours", "low", "high", "naive", "p_value", "is_slow"]
    table = pd.DataFrame(found, columns=columns)
    for column in ("hours", "low", "high", "naive", "p_value"):
        table[column] = table[column].astype(float)
    q = adjust_p_values(table["p_value"].to_numpy())
    called = np.where(table["is_slow"].astype(bool), "slower", "quicker")
    table["verdict"] = np.select([np.isnan(q), q <= MOST_FALSE], ["too few", called], "no different")
    return table.drop(columns="is_slow")


def _compare(own: pd.DataFrame, rest: pd.DataFrame) -> tuple[float, bool]:
    """p-value of the log-rank test by shuffling, and whether ``own`` are solved later."""
    solved = [int((~part["is_open"].astype(bool)).sum()) for part in (own, rest)]
    if min(solved) < FEWEST:
        return np.nan, False
    both = pd.concat([own, rest])
    is_own = np.arange(len(both)) < len(own)
    excess, p_value = shuffle_log_rank(both["hours"], ~both["is_open"].astype(bool), is_own, _SHUFFLES)
    return p_value, excess < 0


def find_lead(rows: pd.DataFrame) -> Lead:
    """The kind that comes most, held against the one that comes second by the two-sided binomial test of
    their sum, which needs no correction for having looked (Hung and Fithian 2019, Annals of Statistics 47).

    Only kinds that somebody gave count: words know some kinds better than others.
    """
    given = rows.loc[~rows["given"].isin(["", NONE]), "given"].value_counts()
    counts = given.sort_index().sort_values(ascending=False, kind="stable")
    first, second = (int(counts.iloc[place]) if len(counts) > place else 0 for place in (0, 1))
    is_sure = first > 0 and binomtest(first, first + second, 0.5).pvalue <= MOST_FALSE
    return Lead(str(counts.index[0]) if is_sure else "", first, second, int(counts.sum()))
