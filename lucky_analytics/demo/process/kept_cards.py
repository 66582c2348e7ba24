"""Payment methods on file, and which accounts keep the same one: households, and what is planted.

No history is edited: who shares a card is drawn among accounts as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.referrals import Facts, list_facts
from lucky_analytics.demo.process.trades import Trades
from lucky_analytics.demo.process.users import Users
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["Methods", "SharedCards", "list_methods", "share_cards"]

_RING, _STRANGERS = (4, 10), (5, 9)  # accounts of one card: from, and one more than the most
_HOUSEHOLD, _HOUSEHOLD_SHARE = (2, 3, 4), (0.85, 0.13, 0.02)


@dataclass(frozen=True)
class Methods:
    """Each customer's payment methods, one position each, in the order of user and channel: how often it was
    used, which trade was the first, whether it is the one used most (the smaller channel of equals)."""

    user: Ints
    channel: Ints
    uses: Ints
    first: Ints
    is_default: Bools


@dataclass(frozen=True)
class SharedCards:
    """``owner`` of the card that each user keeps first: his own position, or that of the first of his group;
    ``rings`` and ``strangers``: the users of the planted groups, group by group."""

    owner: Ints
    rings: list[Ints]
    strangers: list[Ints]


def list_methods(trades: Trades) -> Methods:
    """The methods that counted payments of known orders used."""
    counted = np.flatnonzero(trades.is_counted & (trades.order >= 0))
    pair, first, uses = np.unique(
        trades.user[counted] * 1000 + trades.channel[counted], return_index=True, return_counts=True
    )
    user, channel = pair // 1000, pair % 1000
    order = np.lexsort((channel, -uses, user))
    leads = np.ones(len(order), dtype=bool)
    leads[1:] = user[order][1:] != user[order][:-1]
    is_default = np.zeros(len(pair), dtype=bool)
    is_default[order[leads]] = True
    return Methods(user, channel, uses, counted[first], is_default)


def share_cards(
    methods: Methods, book: Book, users: Users, n_customers: int, planted: Plants, targets: Targets, seed: int
) -> SharedCards:
    """Who keeps whose card as his first.

    A planted ring is accounts that came with a new-customer voucher in one week to one shop, paid in one way
    and ordered twice at most in 90 days; planted strangers share a card and nothing else. A share of the
    others are households of two to four, who came to one shop.
    """
    rng, plant = stream(seed, "shared cards"), planted["fraud"]
    facts = list_facts(book, n_customers, users.n)
    channel = np.full(users.n, -1)
    channel[methods.user[methods.is_default]] = methods.channel[methods.is_default]
    is_free = (channel >= 0) & (facts.cell >= 0)

    def some(name: str) -> int:
        return plant[name] if targets.is_full else int(np.ceil(plant[name] * targets.scale))

    rings = _find_rings(facts, users, channel, is_free, some("coupon_rings"), rng)
    for ring in rings:
        is_free[ring] = False
    strangers = _find_strangers(channel, is_free & ~users.is_coupon_acquired, some("shared_cards"), rng)
    for group in strangers:
        is_free[group] = False
    shop = facts.cell % (int(book.shop.max(initial=0)) + 1)
    owner = _households(shop * 1000 + channel, is_free, plant["household_share"], rng)
    for group in (*rings, *strangers):
        owner[group] = group[0]
    return SharedCards(owner, rings, strangers)


def _find_rings(
    facts: Facts, users: Users, channel: Ints, is_free: Bools, n: int, rng: np.random.Generator
) -> list[Ints]:
    able = np.flatnonzero(is_free & users.is_coupon_acquired & (facts.orders <= 2))
    return _draw_groups(able, (facts.cell * 1000 + channel)[able], n, _RING, rng)


def _find_strangers(channel: Ints, is_free: Bools, n: int, rng: np.random.Generator) -> list[Ints]:
    found: list[Ints] = []
    for _ in range(n):  # their way to pay is common to them; it is drawn as often as it is used
        able = np.flatnonzero(is_free)
        if not len(able):
            break
        able = able[channel[able] == channel[rng.choice(able)]]
        group = np.sort(rng.permutation(able)[: rng.integers(*_STRANGERS)])
        is_free[group] = False
        found += [group] if len(group) > 1 else []
    return found


def _draw_groups(
    able: Ints, key: Ints, n: int, sizes: tuple[int, int], rng: np.random.Generator
) -> list[Ints]:
    """Up to ``n`` groups of users of one key, one a key."""
    keys, count = np.unique(key, return_counts=True)
    large = rng.permutation(keys[count >= sizes[0]])[:n]
    return [np.sort(rng.permutation(able[key == k])[: rng.integers(*sizes)]) for k in large]


def _households(key: Ints, is_free: Bools, share: float, rng: np.random.Generator) -> Ints:
    """The owner of each user's card, where a ``share`` of the free ones live with others of their ``key``."""
    owner = np.arange(len(key))
    who = np.flatnonzero(is_free & (rng.random(len(key)) < share))
    who = who[np.lexsort((rng.random(len(who)), key[who]))]
    size = rng.choice(_HOUSEHOLD, len(who), p=_HOUSEHOLD_SHARE)
    place = 0
    while place < len(who):
        home = who[place : place + size[place]]
        home = home[key[home] == key[home[0]]]
        owner[home] = home[0]
        place += len(home)
    return owner
