"""What the reward costs, what somebody invited could pay for, and which trial would tell what it brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies.trial_size import find_arm_size
from lucky_analytics.models.calendar import find_window
from lucky_analytics.models.first_days import number_week
from lucky_analytics.questions.marketing.referral_network.invitations import Network

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["TRIAL_DAYS", "TRIAL_GAIN", "WEEKS", "Rewards", "measure_rewards", "plan_trials", "round_size"]

WEEKS = 8
MOST_UNLINKED = 0.5  # of referral coupons, from which somebody should find out whom they go to
TRIAL_DAYS, TRIAL_GAIN = 60, 0.20  # a trial of the reward: customers brought in so many days, so many more
_CAMPAIGN = "referral"


@dataclass(frozen=True)
class Rewards:
    """Referral coupons used in the last ``WEEKS`` whole weeks, dollars taken off: ``all_dollars``, and
    ``linked_dollars`` by people who had invited or been invited by then, ``inviter_dollars`` by inviters;
    ``n_used`` and ``n_linked`` coupons. ``n_brought``: customers who came first in these weeks and were
    invited, of ``n_new``. Dollars are null where the snapshot has no coupons or they begin later."""

    all_dollars: float | None
    linked_dollars: float | None
    inviter_dollars: float | None
    n_used: int
    n_linked: int
    n_brought: int
    n_new: int

    @property
    def each(self) -> float | None:
        """Dollars of coupons of inviters and invited for each customer brought."""
        return self._share(self.linked_dollars)

    @property
    def unlinked(self) -> float | None:
        """Of referral coupons, the share used by people who neither invited nor were invited by then."""
        return 1 - self.n_linked / self.n_used if self.all_dollars is not None and self.n_used else None

    @property
    def is_astray(self) -> bool:
        """Whether more than ``MOST_UNLINKED`` of referral coupons go to such people."""
        return self.unlinked is not None and self.unlinked > MOST_UNLINKED

    @property
    def inviter_each(self) -> float | None:
        """Dollars of coupons of inviters for each customer brought; what the invited save on their own orders
        is out of their margin already."""
        return self._share(self.inviter_dollars)

    @property
    def all_each(self) -> float | None:
        """Dollars of all referral coupons for each customer brought."""
        return self._share(self.all_dollars)

    def _share(self, dollars: float | None) -> float | None:
        return dollars / self.n_brought if dollars is not None and self.n_brought else None

    def needed_share(self, margin: Estimate) -> Estimate:
        """Which share of those brought must be people who would not have come otherwise, so that what they
        leave (``margin``, dollars each, before the coupons of inviters) pays the coupons of inviters; above
        1: none pays. Null where either is not known or nothing is left."""
        cost = self.inviter_each
        if cost is None or margin.value is None or margin.low is None or not margin.low > 0:
            return Estimate(None, n=self.n_brought)
        ends = (cost / (margin.high or margin.value), cost / margin.low)
        return Estimate(cost / margin.value, *ends, level=margin.level, n=self.n_brought)


def measure_rewards(suite: Suite, network: Network, who: pd.Series, rules: pd.Series) -> Rewards:
    """What the coupons of the referral campaign cost beside whom invitations brought, in the same weeks."""
    window = find_window(suite.as_of, WEEKS)
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    first = network.people["first_date"]
    new = (first >= start) & (first < end)
    n_brought, n_new = int((new & (who == "invited")).sum()), int(new.sum())
    coupon = suite.optional("coupons")
    if coupon is None:
        return Rewards(None, None, None, 0, 0, n_brought, n_new)
    used = coupon.filter((coupon.campaign == _CAMPAIGN) & coupon.used_at.notnull())
    rows = used.select("customer_id", "used_at", "discount_cents").execute()
    at = pd.to_datetime(rows["used_at"])
    # Used coupons move to the archive: where the oldest left is younger, the weeks are not all there.
    if rows.empty or not at.min() < start + pd.Timedelta(days=1):
        return Rewards(None, None, None, 0, 0, n_brought, n_new)
    rows = rows[(at >= start) & (at < end)]
    at, who_used = at[rows.index], rows["customer_id"]
    counted = network.invites[(rules == "").to_numpy(bool)]
    is_inviter, is_invited = (
        (who_used.map(_find_begin(network, counted, role)) <= at) for role in ("inviter", "invited")
    )
    dollars, is_linked = rows["discount_cents"].astype(float) / 100, is_inviter | is_invited
    return Rewards(
        float(dollars.sum()),
        float(dollars[is_linked].sum()),
        float(dollars[is_inviter].sum()),
        len(rows),
        int(is_linked.sum()),
        n_brought,
        n_new,
    )


def _find_begin(network: Network, counted: pd.DataFrame, role: str) -> pd.Series:
    """When each customer first invited (``inviter``) or was (``invited``), by customer number."""
    begin = counted.groupby(role)["at"].min()
    ids = network.people["customer_id"].to_numpy(object)[begin.index.to_numpy(np.int64)]
    return pd.Series(begin.to_numpy("datetime64[us]"), index=ids)


def plan_trials(
    network: Network, who: pd.Series, rules: pd.Series, level: float = 0.9, power: float = 0.8
) -> pd.DataFrame:
    """Which trial would tell what cannot be known now, and how large: ``question``, ``how``, ``unit``, ``n``
    (units in each of two arms; null where nothing is known to size it by) and ``weeks`` (null: not by weeks).

    First: would the invited have come anyway? Stores stop inviting by turns, drawn by chance; counted are all
    new customers. Its gain is what the invited are of a store's new customers, if none would have come.
    Second: does another reward bring more? Half of the customers get it by lot; counted is whom they bring.
    """
    spread, gain, n_stores = _weekly(network, who)
    arm = find_arm_size(spread, gain, level, power) if gain > 0 and spread > 0 else None
    brought, sd = _brought(network, rules)
    second = find_arm_size(sd, TRIAL_GAIN * brought, level, power) if brought > 0 else None
    rows: list[dict[str, Any]] = [
        {
            "question": "Would the invited have come anyway?",
            "how": "stores invite in some weeks and not in others, drawn by chance; count all new customers",
            "unit": "weeks of a store",
            "n": arm,
            "weeks": None if arm is None or not n_stores else int(np.ceil(2 * arm / n_stores)),
            "sd": spread,
            "gain": gain,
        },
        {
            "question": f"Does another reward bring {100 * TRIAL_GAIN:.0f} % more?",
            "how": f"half of the customers get it, by lot; count whom they bring in {TRIAL_DAYS} days",
            "unit": "customers",
            "n": second,
            "weeks": None,
            "sd": sd,
            "gain": TRIAL_GAIN * brought,
        },
    ]
    return pd.DataFrame(rows).astype({"n": float, "weeks": float})


def round_size(number: float) -> str:
    """A size that is planned with, no finer than it is known.

    >>> round_size(25_333), round_size(301.0)
    ('25,000', '300')
    """
    return f"{float(f'{number:.2g}'):,.0f}"


def _weekly(network: Network, who: pd.Series) -> tuple[float, float, int]:
    """Of the last ``2 x WEEKS`` whole weeks: the spread of their new customers
    about means of store and week, the invited among them, and how many stores."""
    window = find_window(network.as_of, 2 * WEEKS)
    people = network.people.assign(brought=who == "invited")[network.bought]
    recent = (people["first_date"] >= pd.Timestamp(window.start)) & (
        people["first_date"] < pd.Timestamp(window.end)
    )
    people = people[recent].assign(week=lambda rows: number_week(rows["first_date"]))
    table = people.pivot_table(index="first_store", columns="week", values="brought", aggfunc="size")
    table = table.dropna(axis=0)  # stores that were open in all of them
    if table.empty or min(table.shape) < 2:
        return np.nan, 0.0, len(table)
    cells = table.to_numpy(float)
    rest = cells - cells.mean(axis=0) - cells.mean(axis=1)[:, None] + cells.mean()
    free = (table.shape[0] - 1) * (table.shape[1] - 1)
    inside = people["first_store"].isin(table.index)
    gain = float(people.loc[inside, "brought"].sum() / table.size)
    return float(np.sqrt((rest**2).sum() / free)), gain, len(table)


def _brought(network: Network, rules: pd.Series) -> tuple[float, float]:
    """Mean and spread of how many registered by one customer's invitations in ``TRIAL_DAYS``, of customers
    who were here at their begin, counted back from ``as_of``."""
    begin = pd.Timestamp(network.as_of) - pd.Timedelta(days=TRIAL_DAYS)
    counted = network.invites[(rules == "").to_numpy(bool)]
    recent = counted[counted["date"] > begin]
    here = (network.people["first_date"] <= begin).to_numpy(bool)
    n = np.bincount(recent["inviter"].to_numpy(np.int64), minlength=len(here))[here].astype(float)
    return (float(n.mean()), float(n.std())) if len(n) else (0.0, 0.0)
