"""Everyone who registered and every invitation accepted, with what came of both."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.models.first_days import load_first_days

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Network", "find_hindrance", "load_network"]


@dataclass(frozen=True)
class Network:
    """``people``: one row a person who has registered, delivery platforms' accounts left out:
    ``customer_id``, ``registered_at``, ``registered_date``, ``touch`` (how they first met us,
    null where not on record), and of ``sum_first_days`` what came of their orders, null for who has none.

    ``invites``: one row an invitation that was accepted, in order of time: ``invited`` and ``inviter``, rows
    of ``people`` (-1: of no person there), ``at`` (UTC), ``date`` (in the home market), and ``is_first``: the
    first that this person accepted.
    ``cards``: ``person`` (a row of ``people``) and ``card``, empty where the snapshot has none.
    ``has_invites``: false where the snapshot lacks the table; ``has_cards`` likewise.
    """

    people: pd.DataFrame
    invites: pd.DataFrame
    cards: pd.DataFrame
    as_of: dt.date
    has_invites: bool
    has_cards: bool
    sql: str

    @property
    def bought(self) -> pd.Series:
        """Whether each person has ordered."""
        return self.people["first_date"].notna()

    def age(self) -> pd.Series:
        """Days since each person's first order; null without one."""
        return (pd.Timestamp(self.as_of) - self.people["first_date"]).dt.days


def load_network(suite: Suite, days: int = 90) -> Network:
    """Everyone who registered by ``as_of``, as ``load_first_days`` has them, sums of the first ``days``;
    and the invitations of ``campaign_partakes``, which need not be in the snapshot."""
    people, order = load_first_days(suite, ["registered_at", "registered_date"], [days])
    people = people.drop(columns="first_channel")
    invites, sql = _load_invites(suite, people)
    cards = _load_cards(suite, people)
    return Network(
        people, invites, cards, suite.as_of, sql is not None, len(cards) > 0, sql or suite.sql(order)
    )


def _load_invites(suite: Suite, people: pd.DataFrame) -> tuple[pd.DataFrame, str | None]:
    partake, columns = suite.optional("campaign_partakes"), ["invited", "inviter", "at", "date", "is_first"]
    if partake is None:
        return pd.DataFrame(columns=columns), None
    asked = partake.filter(partake.inviter_id.notnull() & (partake.inviter_id != ""))
    asked = asked.order_by("partaken_at", "partake_id").select(
        "customer_id", "inviter_id", "partaken_at", "partake_date"
    )
    rows = asked.execute()
    places = pd.Index(people["customer_id"])
    found = pd.DataFrame(
        {
            "invited": places.get_indexer(rows["customer_id"]),
            "inviter": places.get_indexer(rows["inviter_id"]),
            "at": pd.to_datetime(rows["partaken_at"]),
            "date": pd.to_datetime(rows["partake_date"]),
        }
    )
    return found.assign(is_first=~rows["customer_id"].duplicated()), suite.sql(asked)


def _load_cards(suite: Suite, people: pd.DataFrame) -> pd.DataFrame:
    kept = suite.optional("payment_methods")
    if kept is None:
        return pd.DataFrame({"person": np.zeros(0, np.int64), "card": np.zeros(0, object)})
    rows = kept.select("customer_id", "card").filter(kept.card.notnull()).distinct()
    rows = rows.order_by("customer_id", "card").execute()
    person = pd.Index(people["customer_id"]).get_indexer(rows["customer_id"])
    return pd.DataFrame({"person": person, "card": rows["card"]})[person >= 0].reset_index(drop=True)


def find_hindrance(network: Network) -> str | None:
    """Why nothing can be said, or None: ``nobody`` has ordered, the snapshot has no ``table`` of invitations,
    or no row of it names an ``inviter``."""
    if not network.bought.any():
        return "nobody"
    if not network.has_invites:
        return "table"
    return None if len(network.invites) else "inviter"
