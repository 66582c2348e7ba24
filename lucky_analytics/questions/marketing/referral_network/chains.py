"""Chains of invitations: how deep they go, and whether they would go on by themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.clustered_mean import estimate_mean
from lucky_analytics.models.first_days import number_week
from lucky_analytics.questions.marketing.referral_network.invitations import Network

__all__ = ["AGES", "count_generations", "estimate_reproduction", "find_generations", "list_reproduction"]

AGES = (30, 90, 180)  # days since the first order over which customers brought are counted
_FEWEST = 50  # customers brought, below which no number is said


def find_generations(network: Network, rules: pd.Series) -> np.ndarray:
    """Of each row of ``people``: 0 for who came uninvited, else one more than the inviter's.

    Invitations that count go forward in time (``review``), so that no chain ends in itself.
    """
    counted = network.invites[(rules == "").to_numpy(bool)]
    invited, inviter = (counted[name].to_numpy(np.int64) for name in ("invited", "inviter"))
    source = np.full(len(network.people), -1)
    source[invited] = inviter
    generation, at = np.zeros(len(source), np.int64), source.copy()
    while (going := at >= 0).any():
        generation[going] += 1
        at[going] = source[at[going]]
    return generation


def count_generations(network: Network, generation: np.ndarray) -> pd.DataFrame:
    """By generation: ``generation``, ``n`` registered, ``n_bought`` of them who have ordered."""
    rows = pd.DataFrame({"generation": generation, "bought": network.bought.to_numpy(bool)})
    found = rows.groupby("generation")["bought"].agg(n="size", n_bought="sum").reset_index()
    return found.astype({"n": int, "n_bought": int})


def estimate_reproduction(network: Network, rules: pd.Series, days: int = 90, level: float = 0.9) -> Estimate:
    """Customers whom one customer brings in the ``days`` from the own first order on: who was invited by that
    customer and ordered first within them.

    Of customers who have been here for ``days``. From 1 on chains go on by themselves, whatever comes later.
    Below 1 they need not end: whom a customer brings after these days is not counted. Customers who came
    first in one week hang together. Null where fewer than 50 were brought.
    """
    first = network.people["first_date"]
    counted = network.invites[(rules == "").to_numpy(bool)]
    invited, inviter = (counted[name].to_numpy(np.int64) for name in ("invited", "inviter"))
    wait = (first.to_numpy()[invited] - first.to_numpy()[inviter]) / np.timedelta64(1, "D")
    near = (wait >= 0) & (wait <= days)
    brought = np.bincount(inviter[near], minlength=len(first)).astype(float)
    aged = (network.age() >= days).to_numpy(bool)
    n = int(aged.sum())
    if brought[aged].sum() < _FEWEST:
        return Estimate(None, n=n)
    found = estimate_mean(brought[aged], number_week(first[aged]).to_numpy(), level=level).mean
    return found if found.low is None else replace(found, low=max(found.low, 0.0))  # nobody brings less


def list_reproduction(network: Network, rules: pd.Series, level: float = 0.9) -> pd.DataFrame:
    """``estimate_reproduction`` over each of ``AGES``: ``days``, ``n``, ``brought``, ``low``, ``high``."""
    found = {days: estimate_reproduction(network, rules, days, level) for days in AGES}
    return pd.DataFrame(
        [(days, each.n, each.value, each.low, each.high) for days, each in found.items()],
        columns=["days", "n", "brought", "low", "high"],
    ).astype({"brought": float, "low": float, "high": float})
