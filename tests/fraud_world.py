"""Accounts with and without planted fraud, as the page on payment fraud sees them, without an estate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.questions.finance.payment_fraud.accounts import Accounts

__all__ = ["START", "World", "draw_world"]

START, N_DAYS = pd.Timestamp("2025-06-30"), 229
_RING, _STRANGERS = (4, 10), (5, 9)


@dataclass(frozen=True)
class World:
    """``held``: the accounts; ``rings``, ``strangers``: sets of people of planted cards; ``abusers``."""

    held: Accounts
    rings: list[set[int]]
    strangers: list[set[int]]
    abusers: set[int]


def draw_world(
    seed: int, n: int = 6_000, rings: int = 0, abusers: int = 0, strangers: int = 0,
    household: float = 0.03, refund: float = 0.0047, voucher: float = 0.4, uneven: float = 0.0,
) -> World:  # fmt: skip
    """``uneven``: standard deviation over mean of ordinary customers' own refund rates."""
    rng = np.random.default_rng(seed)
    store = rng.integers(0, 8, n)
    day = np.minimum(rng.exponential(90, n).astype(int), N_DAYS - 1)
    is_voucher = rng.random(n) < voucher
    n_orders = np.where(rng.random(n) < 0.55, 1, 1 + rng.geometric(0.22, n))
    owner, free = np.arange(n), rng.permutation(n).tolist()
    found = []
    for _ in range(rings):
        members = [free.pop() for _ in range(rng.integers(*_RING))]
        store[members], is_voucher[members] = store[members[0]], True
        day[members] = np.minimum(rng.integers(0, N_DAYS - 7) + rng.integers(0, 7, len(members)), N_DAYS - 1)
        n_orders[members], owner[members] = 1, members[0]
        found.append(set(members))
    strange = []
    for _ in range(strangers):
        members = [free.pop() for _ in range(rng.integers(*_STRANGERS))]
        owner[members], is_voucher[members] = members[0], False
        strange.append(set(members))
    cheats = [free.pop() for _ in range(abusers)]
    n_orders[cheats] = rng.integers(6, 20, abusers)
    _pair_up(owner, [one for one in free if rng.random() < household], store, rng)
    share = np.full(n, refund)
    if uneven:
        share = np.minimum(rng.gamma(1 / uneven**2, uneven**2 * refund, n), 0.5)
    share[cheats] = 0.45
    held = _assemble(store, day, is_voucher, n_orders, owner, share, rng)
    return World(held, found, strange, set(cheats))


def _pair_up(owner: np.ndarray, people: list[int], store: np.ndarray, rng: np.random.Generator) -> None:
    people = sorted(people, key=lambda one: int(store[one]))
    place = 0
    while place < len(people):
        home = people[place : place + int(rng.choice([2, 3, 4], p=[0.85, 0.13, 0.02]))]
        home = [one for one in home if store[one] == store[home[0]]]
        owner[home] = home[0]
        place += len(home)


def _assemble(
    store: np.ndarray, day: np.ndarray, is_voucher: np.ndarray, n_orders: np.ndarray, owner: np.ndarray,
    share: np.ndarray, rng: np.random.Generator,
) -> Accounts:  # fmt: skip
    n = len(store)
    person = np.repeat(np.arange(n), n_orders)
    place = np.arange(len(person)) - np.repeat(np.cumsum(n_orders) - n_orders, n_orders)
    later = np.where(place == 0, 0, rng.integers(0, N_DAYS, len(person)))
    date = START + pd.to_timedelta(np.minimum(day[person] + later, N_DAYS - 1), unit="D")
    paid = rng.gamma(8.0, 0.6, len(person)).round(2)
    refunded = np.where(rng.random(len(person)) < share[person], paid, 0.0)
    orders = pd.DataFrame({
        "person": person, "order_id": np.arange(len(person)).astype(str),
        "store_id": store[person].astype(str),
        "date": date, "hour": rng.integers(7, 20, len(person)), "paid": paid,
        "discount": np.where(place == 0, 3.0, 1.0), "refunded": refunded, "place": place,
    })  # fmt: skip
    sums = orders.assign(n_refunded=refunded > 0).groupby("person")
    people = pd.DataFrame({
        "customer_id": [f"C{k:06}" for k in range(n)], "first_day": day, "first_store": store.astype(str),
        "n_orders": n_orders, "n_refunded": sums["n_refunded"].sum().to_numpy(int),
        "paid": sums["paid"].sum().to_numpy(), "refunded": sums["refunded"].sum().to_numpy(),
        "is_voucher": is_voucher, "registered_at": START, "n_failed": 0, "n_methods": 1,
    })  # fmt: skip
    cards = pd.DataFrame({"card": [f"k{k}" for k in owner], "person": np.arange(n)})
    platforms = pd.DataFrame(columns=["orders", "paid", "stores", "days", "a_day"])
    as_of = (START + pd.Timedelta(days=N_DAYS - 1)).date()
    assert isinstance(as_of, dt.date)
    return Accounts(
        orders, people, cards, platforms, START, as_of, dict.fromkeys(("orders", "refunds", "cards"), "")
    )
