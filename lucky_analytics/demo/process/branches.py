"""Experiments on new customers' second orders: wins, nulls, a broken ratio, a peeking trap, a mixed one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.world import World

__all__ = ["EXPERIMENTS", "Assignment", "assign", "realised_effects"]

FOLLOW_UP_DAYS = 30
# Name, first day, day after the last, which plant it carries.
EXPERIMENTS = (
    ("Welcome coupon booklet", 60, 105, "win_1"),
    ("Home screen order again", 80, 130, "win_2"),
    ("Pickup timer colour", 100, 150, "null_1"),
    ("Menu photo crop", 120, 170, "null_2"),
    ("Checkout tip sheet", 75, 125, "broken_ratio"),
    ("Countdown banner", 110, 165, "peeking_trap"),
    ("Second cup voucher", 70, 140, "uplift"),
)
_PEEK_SHARE = 0.25


@dataclass(frozen=True)
class Assignment:
    """Customers of one experiment in the order of their assignment: position, time, branch and outcome.
    ``lost``: those who were in the treatment and were never logged."""

    user: Ints
    hit: Ints
    is_treated: Bools
    repeated: Bools
    segment: Ints
    lost: Ints


def assign(world: World) -> list[Assignment]:
    """Branches of every planted experiment, drawn given the outcome, so that no history is edited.

    Outcome: a second completed order within 30 days of the first. With P(treated) = 1/2, drawing the
    branch with probability 1/2 + d / 4q among those who repeat (share q) and 1/2 - d / 4(1 - q) among the
    others gives the treated a repeat rate that is d higher, and the planted d survives every selection.
    """
    rng = stream(world.seed, "experiments")
    plant = world.planted["experiments"]
    first, repeated, row = _outcomes(world)
    found = []
    for _, start, end, kind in EXPERIMENTS:
        day = world.orders.pool.first_day[world.orders.candidate]
        user = np.flatnonzero((day >= start) & (day < end) & (first >= 0))
        user = user[np.argsort(first[user], kind="stable")]
        segment = np.searchsorted([2, 5], row[user], side="right")
        effect: Floats = np.zeros(len(user))
        if kind in ("win_1", "win_2"):
            effect += plant[kind]
        elif kind == "uplift":
            effect = np.array(plant["uplift"])[segment]
        elif kind == "peeking_trap":
            early = np.arange(len(user)) < _PEEK_SHARE * len(user)
            effect = plant[kind] * np.where(early, 1, -_PEEK_SHARE / (1 - _PEEK_SHARE))
        treated = np.zeros(len(user), dtype=bool)
        for k in range(3):
            mine = segment == k
            q = np.clip(repeated[user[mine]].mean() if mine.any() else 0.5, 0.05, 0.95)
            chance = np.where(repeated[user], 0.5 + effect / (4 * q), 0.5 - effect / (4 * (1 - q)))
            treated[mine] = rng.random(int(mine.sum())) < chance[mine]
        missed = user[:0]
        if kind == "broken_ratio":  # part of the treated who did not come back were never logged
            lost = treated & ~repeated[user] & (rng.random(len(user)) < plant[kind])
            missed = user[lost]
            user, treated, segment = user[~lost], treated[~lost], segment[~lost]
        found.append(Assignment(user, first[user] + 1, treated, repeated[user], segment, missed))
    return found


def _outcomes(world: World) -> tuple[Ints, Bools, Ints]:
    """Per customer: time of the first completed order, whether a second followed in time, home row."""
    book, n = world.book, world.orders.n_customers
    done = np.flatnonzero(book.is_completed & (book.user < n) & book.is_usd)
    done = done[np.lexsort((book.created[done], book.user[done]))]
    user, when = book.user[done], book.created[done]
    is_first = np.r_[True, user[1:] != user[:-1]]
    first = np.full(n, -1)
    first[user[is_first]] = when[is_first]
    second = np.flatnonzero(~is_first & np.r_[False, is_first[:-1]])
    repeated = np.zeros(n, dtype=bool)
    repeated[user[second]] = when[second] - first[user[second]] <= FOLLOW_UP_DAYS * 86_400
    return first, repeated, world.orders.pool.home[world.orders.candidate]


def realised_effects(world: World) -> dict[str, tuple[float, float]]:
    """Repeat rate of the treated minus the control's, and its standard error, by plant."""
    found = {}
    for (_, _, _, kind), made in zip(EXPERIMENTS, assign(world), strict=True):
        groups = [(kind, np.ones(len(made.user), dtype=bool))]
        if kind == "uplift":
            groups = [(f"uplift_{k}", made.segment == k) for k in range(3)]
        for name, mine in groups:
            treated, control = (made.repeated[mine & (made.is_treated == arm)] for arm in (True, False))
            if min(len(treated), len(control)) < 2:
                continue
            variance = treated.var(ddof=1) / len(treated) + control.var(ddof=1) / len(control)
            found[name] = (float(treated.mean() - control.mean()), float(np.sqrt(variance)))
    return found
