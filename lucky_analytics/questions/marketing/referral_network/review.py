"""Invitations that somebody should look at: each rule is a definition, and none is an accusation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.questions.marketing.referral_network.invitations import Network

__all__ = ["BURST", "RULES", "count_rules", "judge_invites", "list_reviewed"]

BURST, BURST_HOURS = 4, 1  # accounts of one inviter that register within so many hours
_NEW_HOURS = 24  # after registering, within which an invitation is of somebody new

# Rule in words, and an innocent reason. The first that holds names the invitation. Those of ``REVIEWED`` are
# for somebody to look at; the others bring nobody new, and only do not count.
RULES = {
    "self": ("inviter and invited are one account", "a test, or a link opened by its owner"),
    "each": ("two accounts invited each other", "friends who both shared a link"),
    "card": ("both keep the same card or wallet on file", "a household with one card"),
    "later": ("the inviter registered after the invited", "a merged or renumbered account"),
    "burst": (
        f"{BURST} or more accounts by one inviter within {BURST_HOURS} hour",
        "an office or a class that signs up together",
    ),
    "unknown": ("inviter or invited is no registered person", "a deleted or a platform's account"),
    "old": ("the invited was registered for a day or had ordered", "a link opened by a customer"),
    "again": ("the invited had accepted an invitation before", "a second link opened"),
}
REVIEWED = ("self", "each", "card", "later", "burst")
Array = NDArray[Any]


def judge_invites(network: Network) -> pd.Series:
    """The first rule of ``RULES`` that holds for each invitation, "" for none: those count as brought.

    No rule looks at what the invited did afterwards, so that leaving these out does not choose among
    customers by what they are worth.
    """
    rows, people = network.invites, network.people
    invited, inviter = rows["invited"].to_numpy(np.int64), rows["inviter"].to_numpy(np.int64)
    known = (invited >= 0) & (inviter >= 0)
    registered = people["registered_at"].to_numpy("datetime64[us]")
    if not len(people):
        return pd.Series("unknown", index=rows.index)
    first = people["first_date"].to_numpy("datetime64[D]")
    at = rows["at"].to_numpy("datetime64[us]")
    late = at - registered[invited] > np.timedelta64(_NEW_HOURS, "h")
    ordered = first[invited] < rows["date"].to_numpy("datetime64[D]")  # null is before nothing
    found = {
        "self": known & (invited == inviter),
        "each": known & _is_returned(invited, inviter, len(people)),
        "card": known & _share_card(invited, inviter, network.cards, len(people)),
        "later": known & (registered[inviter] >= registered[invited]),
        "burst": known & _is_burst(inviter, registered[invited]),
        "unknown": ~known,
        "old": late | ordered,
        "again": ~rows["is_first"].to_numpy(bool),
    }
    return pd.Series(np.select(list(found.values()), list(found), ""), index=rows.index, dtype=object)


def _is_returned(invited: Array, inviter: Array, n: int) -> Array:
    forth, back = invited * n + inviter, inviter * n + invited
    return np.isin(forth, back)


def _share_card(invited: Array, inviter: Array, cards: pd.DataFrame, n: int) -> Array:
    """Whether both keep one card; what more than ten accounts keep is nobody's own."""
    shared = cards[cards.groupby("card")["person"].transform("nunique").between(2, 10)]
    pairs = shared.merge(shared, on="card")
    pairs = pairs[pairs["person_x"] != pairs["person_y"]]
    return np.isin(invited * n + inviter, (pairs["person_x"] * n + pairs["person_y"]).to_numpy(np.int64))


def _is_burst(inviter: Array, registered: Array) -> Array:
    """Whether this is one of ``BURST`` accounts of one inviter that registered within ``BURST_HOURS``."""
    order = np.lexsort((registered, inviter))
    who, when = inviter[order], registered[order]
    held = np.zeros(len(order), bool)
    for start in range(max(len(order) - BURST + 1, 0)):
        end = start + BURST - 1
        if who[start] == who[end] and when[end] - when[start] <= np.timedelta64(BURST_HOURS, "h"):
            held[start : end + 1] = True
    found = np.zeros(len(order), bool)
    found[order] = held
    return found


def count_rules(rules: pd.Series, network: Network) -> pd.DataFrame:
    """By rule, in their order: ``rule``, ``label``, ``innocent``, ``n`` invitations, ``inviters``, and
    ``is_reviewed``; of all rules, those without a case too."""
    inviter = network.invites["inviter"]
    rows = [
        (
            name,
            label,
            why,
            int((rules == name).sum()),
            int(inviter[rules == name].nunique()),
            name in REVIEWED,
        )
        for name, (label, why) in RULES.items()
    ]
    return pd.DataFrame(rows, columns=["rule", "label", "innocent", "n", "inviters", "is_reviewed"])


def list_reviewed(rules: pd.Series, network: Network) -> pd.DataFrame:
    """For the list that is a file: ``inviter_id``, ``invited_id``, ``accepted_at``, ``rule`` in words."""
    rows = network.invites[rules.isin(REVIEWED)]
    ids = network.people["customer_id"].to_numpy(object)
    return pd.DataFrame(
        {
            "inviter_id": ids[rows["inviter"]],
            "invited_id": ids[rows["invited"]],
            "accepted_at": rows["at"].to_numpy(),
            "rule": [RULES[name][0] for name in rules[rows.index]],
        }
    )
