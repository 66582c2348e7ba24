"""Who brings many: influence of each customer, pulled to the usual by what is not known of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.customers.influence import (
    Influence,
    count_by_chance,
    estimate_influence,
    estimate_top,
    expect_equal,
    fit_influence,
)
from lucky_analytics.methods.customers.top_shares import estimate_share_of
from lucky_analytics.questions.marketing.referral_network.invitations import Network

__all__ = ["MOST_FALSE", "TIMES", "TOP", "Connectors", "count_counts", "list_connectors", "measure_influence"]

TOP = 0.01
AGES = (7, 14, 30, 60, 120)  # days since the first order, between which customers invite as often
_DAY = 86_400
TIMES = 3.0  # as usual: who surely brings so many times as many is called a connector
MOST_FALSE = 0.05  # of worlds in which all are alike, so many may look as if customers differed


@dataclass(frozen=True)
class Connectors:
    """``rows``: one a customer who could invite: ``person`` (a row of ``people``), ``count`` (invitations of
    theirs that were accepted), ``expected`` (were all customers alike), ``influence``, ``low``, ``high`` (1
    is usual) and ``is_connector``. ``found``: how unequal they are. ``later``: the share of the later half of
    invitations that came from the ``TOP`` with most in the earlier half."""

    rows: pd.DataFrame
    found: Influence
    later: Estimate

    @property
    def is_unequal(self) -> bool:
        """Whether customers differ by more than chance."""
        return _is_unequal(self.found)

    @property
    def top(self) -> Estimate:
        """The share of all invitations that the ``TOP`` of customers bring in the long run, were influence
        gamma among them; null where nothing is known. Of another shape its ends do not hold."""
        return estimate_top(self.found, TOP)

    @property
    def naive_share(self) -> float:
        """The share of the ``TOP`` of customers by count so far, of which chance alone makes much."""
        count = np.sort(self.rows["count"].to_numpy(float))[::-1]
        return float(count[: int(np.ceil(TOP * len(count)))].sum() / count.sum()) if count.sum() else np.nan

    @property
    def chance_share(self) -> float:
        """The same, were all customers alike."""
        by_chance = count_by_chance(self.rows["expected"], 12)
        left, held = TOP * len(self.rows), 0.0
        for k in range(len(by_chance), 0, -1):
            taken = min(left, float(by_chance[k - 1]))
            held, left = held + k * taken, left - taken
        total = float(self.rows["expected"].sum())
        return min(held / total, 1.0) if total else np.nan


def measure_influence(network: Network, rules: pd.Series, level: float = 0.9) -> Connectors:
    """Influence of everyone who has ordered; invitations that count, from the inviter's first order on.

    What each would have brought, were all alike: each invitation came from one of those who had ordered
    before the invited registered, by how often customers of that age (days since the first order, ``AGES``)
    invite. So neither who has been here for longer, nor the many registrations of the launch, nor a zeal
    that fades for everybody make anybody look influential.
    """
    people = network.people
    buyer = np.flatnonzero(network.bought.to_numpy(bool))
    since = people["first_date"].to_numpy("datetime64[s]")[buyer].astype(float)
    counted = network.invites[(rules == "").to_numpy(bool)]
    invited, inviter = (counted[name].to_numpy(np.int64) for name in ("invited", "inviter"))
    day = people["registered_date"].to_numpy("datetime64[s]").astype(float)
    first = people["first_date"].to_numpy("datetime64[s]")
    in_time = ~np.isnat(first[inviter]) & (first[inviter] < people["registered_date"].to_numpy()[invited])
    invited, inviter = invited[in_time], inviter[in_time]
    ages = day[invited] - first[inviter].astype(float)
    count = _count(inviter, buyer, len(people))
    expected = expect_equal(since, day[invited], ages, [_DAY * age for age in AGES])
    found = fit_influence(count, expected, level)
    influence, low, high = estimate_influence(found, count, expected, level)
    rows = pd.DataFrame(
        {
            "person": buyer,
            "count": count,
            "expected": expected,
            "influence": influence,
            "low": low,
            "high": high,
        }
    )
    rows["is_connector"] = _is_unequal(found) & (rows["low"] > TIMES) & (rows["count"] > 1)
    return Connectors(rows, found, _measure_later(buyer, since, day[invited], inviter, len(people), level))


def _is_unequal(found: Influence) -> bool:
    return found.is_known and found.p_value <= MOST_FALSE and found.low > 0


def _count(inviter: np.ndarray, buyer: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(inviter, minlength=n)[buyer]


def _measure_later(
    buyer: np.ndarray, since: np.ndarray, day: np.ndarray, inviter: np.ndarray, n: int, level: float
) -> Estimate:
    if len(day) < 2:
        return Estimate(None, n=0)
    middle = float(np.median(day))
    here = since <= middle
    before = _count(inviter[day <= middle], buyer, n)[here]
    after = _count(inviter[day > middle], buyer, n)[here]
    expected = expect_equal(since, day[day <= middle])[here]
    # Who brought as many with less time comes first.
    order = np.lexsort((expected, -before))
    chosen = np.zeros(len(order), bool)
    chosen[order[: int(np.ceil(TOP * len(order)))]] = True
    return estimate_share_of(after, chosen, level)


def count_counts(connectors: Connectors, most: int = 4) -> pd.DataFrame:
    """Customers by how many they brought: ``count`` (the last: so many or more), ``label``, ``n``, and
    ``by_chance``, were all alike."""
    count = np.minimum(connectors.rows["count"].to_numpy(int), most)
    n = np.bincount(count, minlength=most + 1)[1:]
    label = [f"brought {k}{' or more' if k == most else ''}" for k in range(1, most + 1)]
    return pd.DataFrame(
        {
            "count": range(1, most + 1),
            "label": label,
            "n": n,
            "by_chance": count_by_chance(connectors.rows["expected"], most),
        }
    )


def list_connectors(connectors: Connectors, network: Network) -> pd.DataFrame:
    """For the list that is a file, most influential first: ``customer_id``, ``brought``, ``influence``,
    ``low``, ``high`` (times as usual)."""
    rows = connectors.rows[connectors.rows["is_connector"]].sort_values("influence", ascending=False)
    ids = network.people["customer_id"].to_numpy(object)[rows["person"]]
    shown = rows[["count", "influence", "low", "high"]].rename(columns={"count": "brought"}).round(1)
    return shown.assign(customer_id=ids).reset_index(drop=True)[["customer_id", *shown]]
