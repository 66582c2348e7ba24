"""People who were invited or came by themselves, over a history in which ever more are invited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.questions.marketing.referral_network.invitations import Network
from tests.channel_world import AS_OF, simulate

_HOUR = 3_600


def make_network(
    n: int, seed: int, *, share: float = 0.06, power: float = 0.0, cv: float = 0.0, fade: float = 0.0
) -> Network:
    """``n`` who registered, of whom so large a ``share`` is invited, ever more as more are customers.

    Whoever places x orders in 90 days is invited x to the ``power`` times as often; inviters are customers
    before, of an influence with ``cv`` (standard deviation over mean). 0 for both: a world in which being
    invited says nothing, though the invited come later and so have been here for a shorter time. ``fade``:
    days since the first order in which everybody's zeal to invite falls to a third, alike for all; 0: never.
    """
    chance = np.random.default_rng(seed)
    people = simulate(n, seed).rows.reset_index(drop=True)
    second = chance.integers(8 * _HOUR, 16 * _HOUR, n)
    people = people.assign(
        customer_id=[f"c{k}" for k in range(n)],
        registered_at=people["registered_date"] + pd.to_timedelta(second, unit="s"),
        touch=None,
    )
    first = people["first_date"].to_numpy("datetime64[s]")
    buyer = np.flatnonzero(~np.isnat(first))
    buyer = buyer[np.argsort(first[buyer], kind="stable")]
    registered = people["registered_at"].to_numpy("datetime64[s]")
    # On an earlier day, so that order and registration are in no doubt.
    earlier = np.searchsorted(first[buyer], people["registered_date"].to_numpy("datetime64[s]"))
    odds = np.sqrt(earlier) * people["orders_90"].fillna(1).clip(lower=1).to_numpy(float) ** power
    key = chance.exponential(size=n) / np.maximum(odds, 1e-12)
    invited = np.sort(np.argsort(key)[: round(share * n)])
    invited = invited[earlier[invited] > 0]
    influence = chance.gamma(1 / cv**2, cv**2, len(buyer)) if cv else np.ones(len(buyer))
    if fade:
        influence = influence * np.exp((first[buyer] - first[buyer[0]]) / np.timedelta64(1, "D") / fade)
    reach = np.cumsum(influence)
    place = np.searchsorted(reach, chance.random(len(invited)) * reach[earlier[invited] - 1], side="right")
    inviter = buyer[np.minimum(place, earlier[invited] - 1)]
    at = registered[invited] + np.timedelta64(60, "s")
    order = np.argsort(at, kind="stable")
    invites = pd.DataFrame({"invited": invited, "inviter": inviter, "at": at})
    invites = invites.assign(date=people["registered_date"].to_numpy()[invited], is_first=True).iloc[order]
    cards = pd.DataFrame({"person": np.zeros(0, np.int64), "card": np.zeros(0, object)})
    return Network(people, invites.reset_index(drop=True), cards, AS_OF, True, False, "SELECT 1")
