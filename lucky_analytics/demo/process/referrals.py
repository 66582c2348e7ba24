"""Invitations: who brought whom. Histories stay as they are; who of them was invited is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.users import Users
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.errors import DemoError

__all__ = ["QUALITY_DAYS", "Facts", "Referrals", "draw_referrals", "list_facts"]

QUALITY_DAYS = 90  # after the first order, over which orders of the invited are held against others'
BURST = 6  # accounts of one burst
_BURST_SECONDS = 3_600
_MOST_TILT = 6.0  # of the exponent by which who orders more is invited more often


@dataclass(frozen=True)
class Facts:
    """Of each user: UTC second of the first completed order in dollars (-1: none), ``orders`` within
    ``QUALITY_DAYS`` of it, and ``cell``, the same for who came first in one week to one shop (-1: none)."""

    first: Ints
    orders: Ints
    cell: Ints


@dataclass(frozen=True)
class Referrals:
    """One position an invitation: users by position, UTC second at which it was accepted; ``planted`` names
    the class of those that break a rule ("" for all others)."""

    invited: Ints
    inviter: Ints
    when: Ints
    planted: np.ndarray


def list_facts(book: Book, n_customers: int, n_users: int) -> Facts:
    """What of each customer's orders decides on invitations; delivery accounts and testers have none."""
    done = np.flatnonzero(book.is_completed & book.is_usd & (book.user < n_customers))
    done = done[np.lexsort((book.created[done], book.user[done]))]
    user = book.user[done]
    opening = done[np.r_[True, user[1:] != user[:-1]]] if len(done) else done
    first, day, cell = (np.full(n_users, -1) for _ in range(3))
    first[book.user[opening]] = book.created[opening]
    day[book.user[opening]] = book.day[opening]
    cell[book.user[opening]] = (
        book.day[opening] // 7 * (int(book.shop.max(initial=0)) + 1) + book.shop[opening]
    )
    near = done[book.day[done] - day[user] <= QUALITY_DAYS]
    return Facts(first, np.bincount(book.user[near], minlength=n_users), cell)


def draw_referrals(
    book: Book, users: Users, n_customers: int, n: int, planted: Plants, targets: Targets, seed: int
) -> Referrals:
    """``n`` invitations, fewer where nobody was a customer before anybody registered.

    Who registered is invited the more often the more customers there were by then (their square root), and
    where ``referrals.quality`` is not 0 the more often the more orders he places: among those who came first
    in one week to one shop the invited then place so much more (a share) in ``QUALITY_DAYS``, on average.
    Inviters had ordered before. Their influence is gamma with mean 1 and ``influence_cv``. Raises
    ``DemoError`` for a quality that no choice among the customers gives.
    """
    rng, facts = stream(seed, "referrals"), list_facts(book, n_customers, users.n)
    plant, counts = planted["referrals"], planted["exceptions"]
    can_invite = np.flatnonzero((facts.first >= 0) & ~users.is_deleted)
    can_invite = can_invite[np.argsort(facts.first[can_invite], kind="stable")]
    earlier = np.searchsorted(facts.first[can_invite], users.registered)  # customers by the registration
    cv = plant["influence_cv"]
    influence = rng.gamma(1 / cv**2, cv**2, len(can_invite)) if cv > 0 else np.ones(len(can_invite))
    reach = np.cumsum(influence)

    def choose_inviters(invited: Ints) -> Ints:
        total = reach[earlier[invited] - 1]
        place = np.searchsorted(reach, rng.random(len(invited)) * total, side="right")
        return can_invite[np.minimum(place, earlier[invited] - 1)]

    def wanted(name: str) -> int:
        return counts[name] if targets.is_full else int(np.ceil(counts[name] * targets.scale))

    bursts = _find_bursts(users, facts, earlier, -(-wanted("burst_invites") // BURST), rng)
    odds = np.sqrt(earlier)
    odds *= _tilt(facts, odds, plant["quality"])
    odds[bursts.ravel()] = 0
    n_back = wanted("reciprocal_invites")
    invited = _draw(odds, max(n - bursts.size - n_back, 0), rng)
    inviter = choose_inviters(invited)
    kind = np.full(len(invited), "", dtype=object)
    own = rng.permutation(len(invited))[: wanted("self_invites")]
    inviter[own], kind[own] = invited[own], "self_invites"
    back = _find_back(invited, inviter, kind == "", n_back)
    source = np.repeat(choose_inviters(bursts[:, 0]), BURST)  # whoever registered first
    wait = (20 + rng.exponential(90, len(invited) + bursts.size)).astype(np.int64)
    who = np.r_[invited, bursts.ravel()]
    return Referrals(
        invited=np.r_[who, inviter[back]],
        inviter=np.r_[inviter, source, invited[back]],
        when=np.r_[users.registered[who] + wait, users.registered[invited[back]] + _BURST_SECONDS],
        planted=np.r_[kind, np.full(bursts.size, "burst_invites"), np.full(len(back), "reciprocal_invites")],
    )


def _draw(odds: Floats, n: int, rng: np.random.Generator) -> Ints:
    """``n`` positions without repetition, by their odds (Efraimidis and Spirakis 2006)."""
    able = np.flatnonzero(odds > 0)
    key = rng.exponential(size=len(able)) / odds[able]
    return np.sort(able[np.argsort(key, kind="stable")[:n]])


def _tilt(facts: Facts, base: Floats, quality: float) -> Floats:
    """How the ``base`` odds of being invited change by orders placed: 1 on average in each cell, and for who
    never ordered."""
    odds = np.ones(len(facts.first))
    who = np.flatnonzero(facts.cell >= 0)
    if quality == 0 or not base[who].sum() > 0:
        return odds
    _, cell = np.unique(facts.cell[who], return_inverse=True)
    orders, size = facts.orders[who].astype(float), np.bincount(cell)
    relative = orders / (np.bincount(cell, orders) / size)[cell]

    def weigh(power: float) -> Floats:
        weight = orders**power
        return np.asarray(weight / (np.bincount(cell, weight) / size)[cell])

    def miss(power: float) -> float:
        return float(np.average(weigh(power) * relative, weights=base[who])) - 1 - quality

    if not miss(-_MOST_TILT) < 0 < miss(_MOST_TILT):
        reach = f"{1 + quality + miss(-_MOST_TILT):.2f} to {1 + quality + miss(_MOST_TILT):.2f}"
        raise DemoError(
            "truth referrals.quality", expected=f"orders {reach} of others'", got=f"{1 + quality:g}"
        )
    odds[who] = weigh(float(brentq(miss, -_MOST_TILT, _MOST_TILT)))
    return odds


def _find_bursts(users: Users, facts: Facts, earlier: Ints, n: int, rng: np.random.Generator) -> Ints:
    """Up to ``n`` rows of ``BURST`` accounts that registered within an hour and ordered once at most."""
    able = np.flatnonzero((facts.orders <= 1) & (earlier > 0) & ~users.is_rarotonga)
    able = able[np.argsort(users.registered[able], kind="stable")]
    rows = able[: len(able) // BURST * BURST].reshape(-1, BURST)
    close = rows[users.registered[rows[:, -1]] - users.registered[rows[:, 0]] < _BURST_SECONDS]
    return close[np.sort(rng.permutation(len(close))[:n])]


def _find_back(invited: Ints, inviter: Ints, is_plain: Bools, n: int) -> Ints:
    """Invitations that the inviter will have had from the invited in return: of inviters nobody invited."""
    free = np.flatnonzero(is_plain & ~np.isin(inviter, invited))
    _, once = np.unique(inviter[free], return_index=True)
    return free[np.sort(once)][:n]
