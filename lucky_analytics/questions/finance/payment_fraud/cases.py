"""Cases that somebody should look at: each kind is a definition with its chance, none an accusation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lucky_analytics.methods.inference.common_window import chance_together, largest_together
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.inference.odd_rates import find_odd_rates
from lucky_analytics.methods.inference.shrunken_rates import RateSpread
from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts

__all__ = ["KINDS", "REFUNDS", "RINGS", "STRANGERS", "Cases", "find_cases", "group_cards"]

RINGS, REFUNDS, STRANGERS = "rings", "refunds", "strangers"
# What a case is, and an innocent reason.
KINDS = {
    RINGS: ("new-customer vouchers taken on one card", "friends or an office who joined together"),
    REFUNDS: ("one customer gets many orders refunded", "a store that fails this customer again and again"),
    STRANGERS: ("one card pays for more accounts than a household has", "a company's card"),
}
_FEWEST_ORDERS = 3
_COLUMNS = ["case", "kind", "n", "people", "p", "q", "together", "first", "last", "store_id", "orders",
            "refunded_orders"]  # fmt: skip


@dataclass(frozen=True)
class Cases:
    """``rows``: one a case, the surest first: ``case`` (number), ``kind``, ``n`` accounts, ``people`` (their
    positions), ``p``, ``q`` (null for strangers: a definition, no test), ``together`` (voucher accounts whose
    first orders fall within the window), ``first``, ``last`` (days), ``store_id`` (of the first orders; null
    where they differ), ``orders``, ``refunded_orders``. ``tests``: how many were tested, by kind.
    ``losses``: ``case``, ``date``, ``dollars`` taken. ``spread``: refunds of ordinary accounts.
    """

    rows: pd.DataFrame
    tests: dict[str, int]
    losses: pd.DataFrame
    spread: RateSpread

    @property
    def sure(self) -> pd.DataFrame:
        """Cases beyond chance; those by definition alone are not among them."""
        return self.rows[self.rows["kind"] != STRANGERS]


def group_cards(accounts: Accounts) -> pd.DataFrame:
    """Accounts that hang together by the cards they keep, two or more: ``people`` (positions), ``n``.

    Accounts and cards are one graph; a group is what can be reached from one another in it.
    """
    cards = accounts.cards
    code, names = pd.factorize(cards["card"])
    n = len(accounts.people)
    size = n + len(names)
    links = coo_matrix((np.ones(len(cards)), (cards["person"], n + code)), shape=(size, size))
    _, label = connected_components(links, directed=False)
    people = pd.Series(np.arange(n)).groupby(label[:n]).agg(list)
    people = people[people.map(len) > 1].reset_index(drop=True)
    return pd.DataFrame({"people": people, "n": people.map(len)})


def find_cases(accounts: Accounts, window_days: int, household_most: int, most_false: float) -> Cases:
    """Every case. Of what is beyond chance at most a share of ``most_false`` is chance, on average; where
    nothing is, the chance of any case beyond chance is at most that.

    Rings: accounts of one card that came by voucher to one store within ``window_days``, against customers
    of that store drawn at random. Refunds: refunded orders of an account, against ordinary accounts.
    Strangers: more than ``household_most`` accounts of one card that are no ring.
    """
    cards = _test_cards(accounts, group_cards(accounts), window_days)
    people = accounts.people
    odd, spread = find_odd_rates(people["n_orders"], people["n_refunded"])
    # Two families, each with its half. Whoever ordered once or twice can never be sure: no test of him.
    tested = odd["p"].where(people["n_orders"] >= _FEWEST_ORDERS)
    odd, cards = (
        odd.assign(q=adjust_p_values(tested.to_numpy(float))),
        cards.assign(q=adjust_p_values(cards["p"].to_numpy(float))),
    )
    is_ring = cards["q"] <= most_false / 2
    found = [_tell_card(accounts, card, RINGS) for card in cards[is_ring].to_dict("records")]
    for person in np.flatnonzero(odd["q"] <= most_false / 2):
        found.append(_tell_refunds(accounts, int(person), odd.iloc[person]))
    large = cards[(cards["n"] > household_most) & ~is_ring]
    found += [_tell_card(accounts, card, STRANGERS) for card in large.to_dict("records")]
    rows = pd.DataFrame(found, columns=_COLUMNS[1:]).sort_values(["q", "p"], kind="stable", ignore_index=True)
    rows = rows.assign(case=np.arange(len(rows)) + 1)[_COLUMNS]
    rows.loc[rows["kind"] == STRANGERS, ["p", "q"]] = np.nan
    tests = {RINGS: len(cards), REFUNDS: int(tested.notna().sum())}
    return Cases(rows, tests, _list_losses(accounts, rows, spread), spread)


def _test_cards(accounts: Accounts, cards: pd.DataFrame, window: int) -> pd.DataFrame:
    """Each card with ``store_id``, ``together`` (people) and ``p``. Who comes to one store is taken as given:
    p is of the vouchers and the days alone."""
    people = accounts.people
    length = int(people["first_day"].max()) + 1
    shares: dict[str, np.ndarray] = {}
    for store, own in people.groupby("first_store"):
        days = own.loc[own["is_voucher"], "first_day"]
        shares[str(store)] = np.bincount(days, minlength=length) / len(own)
    found = []
    for members in cards["people"]:
        own = people.iloc[members]
        store = str(own["first_store"].mode().iloc[0])
        here = own[own["first_store"] == store]
        days = here.loc[here["is_voucher"], "first_day"].to_numpy()
        together = largest_together(days, window)
        found.append((store, together, chance_together(shares[store], len(here), together, window)))
    told = pd.DataFrame(found, columns=["store_id", "together", "p"], index=cards.index)
    return cards.join(told)


def _tell_card(accounts: Accounts, card: dict[Any, Any], kind: str) -> tuple[object, ...]:
    own = accounts.people.iloc[card["people"]]
    stores = own["first_store"].unique()
    orders = accounts.orders[accounts.orders["person"].isin(card["people"])]
    n_back = int((orders["refunded"] > 0).sum())
    first, last = orders["date"].min(), orders["date"].max()
    return (kind, len(own), list(card["people"]), card["p"], card["q"], card["together"], first, last,
            stores[0] if len(stores) == 1 else None, len(orders), n_back)  # fmt: skip


def _tell_refunds(accounts: Accounts, person: int, test: pd.Series) -> tuple[object, ...]:
    orders = accounts.orders[accounts.orders["person"] == person]
    back = orders[orders["refunded"] > 0]
    stores = back["store_id"].unique()
    return (REFUNDS, 1, [person], test["p"], test["q"], np.nan, back["date"].min(), back["date"].max(),
            stores[0] if len(stores) == 1 else None, len(orders), len(back))  # fmt: skip


def _list_losses(accounts: Accounts, rows: pd.DataFrame, spread: RateSpread) -> pd.DataFrame:
    """What the cases beyond chance took, with its day: of a ring the discounts on first orders of voucher
    accounts but the earliest; of refunds what is above the usual share. Of strangers nothing is known."""
    parts = [pd.DataFrame({"case": [], "date": pd.to_datetime([]), "dollars": []})]
    firsts = accounts.orders[accounts.orders["place"] == 0].set_index("person")
    by_person = accounts.orders[accounts.orders["refunded"] > 0].groupby("person")
    is_voucher = accounts.people["is_voucher"].to_numpy(bool)
    for case in rows.to_dict("records"):
        if case["kind"] == RINGS:
            voucher = [person for person in case["people"] if is_voucher[person]]
            taken = firsts.loc[voucher].sort_values("date", kind="stable").iloc[1:]
            parts.append(taken[["date"]].assign(case=case["case"], dollars=taken["discount"]))
        elif case["kind"] == REFUNDS:
            back = by_person.get_group(case["people"][0])
            beyond = 1 - min(case["orders"] * spread.mean / len(back), 1.0)
            parts.append(back[["date"]].assign(case=case["case"], dollars=back["refunded"] * beyond))
    return pd.concat(parts, ignore_index=True).astype({"case": int, "dollars": float})
