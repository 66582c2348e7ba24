"""Registered customers: when they registered, from which channel, and the rows of ``t_user``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, largest_remainder, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.horizon import DAYS, MONTH, N_DAYS
from lucky_analytics.demo.process.placement import N_DELIVERY, N_NZ_USERS
from lucky_analytics.demo.process.timing import local_midnight_utc

__all__ = ["Users", "register"]

# Registrations by month, July (with 30 June) to 13 February: 25K a month from September, 18K in January,
# 5.5K in thirteen days of February (a pace of 11.8K); what is left of 277,537 came with the launch.
_MONTHS = np.array([93_037, 61_000, 25_000, 25_000, 25_000, 25_000, 18_000, 5_500], dtype=float)
_SAME_DAY, _MEAN_WAIT_DAYS = 0.62, 25.0
_ANDROID_SHARE, _WEB_SHARE, _ALLOWS_SHARE = 0.147, 0.02, 0.71
DELIVERY_CHANNEL, WEB = 3, 8


@dataclass(frozen=True)
class Users:
    """All registered users; positions are those of ``Orders.user`` (customers, delivery, NZD testers), then
    those who never ordered. ``rank`` is the order of registration; ``device`` is 1 Android, 2 iOS.
    ``is_coupon_acquired``: came with a new-customer voucher. ``allows_push``: takes notifications.
    """

    registered: Ints
    rank: Ints
    ids: Ints
    numbers: Ints
    device: Ints
    origin: Ints
    is_deleted: Bools
    is_rarotonga: Bools
    is_coupon_acquired: Bools
    allows_push: Bools

    @property
    def n(self) -> int:
        return len(self.registered)


def register(
    is_coupon_acquired: Bools, in_program: Bools, first_activity: Ints, share: float, targets: Targets,
    seed: int,
) -> Users:  # fmt: skip
    """Registrations that precede each user's first order and add up to the published pace.

    ``first_activity`` is the UTC second of the first order of every user who placed one (customers,
    delivery accounts, NZD testers). Those who never ordered fill each month's quota.
    ``is_coupon_acquired`` of the customers is planted; of those who never ordered, ``share`` came so.
    Customers ``in_program`` are shown coupons to the end, so none of them deleted the account.
    """
    rng = stream(seed, "users")
    n_customers = len(is_coupon_acquired)
    n_active = len(first_activity)
    n_never = max(targets.registered - n_active, 0)
    waits = np.where(
        rng.random(n_active) < _SAME_DAY,
        rng.integers(90, 2400, n_active),
        rng.exponential(_MEAN_WAIT_DAYS * 86_400, n_active).astype(np.int64) + 2400,
    )
    launch = int(local_midnight_utc(np.array([0]), np.array([False]))[0]) + 6 * 3600
    registered = first_activity - waits
    early = registered < launch
    room = np.maximum(first_activity[early] - 60 - launch, 1)
    registered[early] = launch + (rng.random(int(early.sum())) * room).astype(np.int64)
    never = _never_ordered(registered, n_never, rng)
    registered = np.r_[registered, never]
    n = len(registered)
    rank = np.empty(n, np.int64)
    rank[np.argsort(registered, kind="stable")] = np.arange(n)
    ids = 3_000_001 + rank
    device = np.where(rng.random(n) < _ANDROID_SHARE, 1, 2)
    origin = np.where(rng.random(n) < _WEB_SHARE, WEB, device)
    origin[n_customers : n_customers + N_DELIVERY] = DELIVERY_CHANNEL
    is_rarotonga = np.zeros(n, dtype=bool)
    is_rarotonga[n_customers + N_DELIVERY : n_customers + N_DELIVERY + N_NZ_USERS] = True
    weight = np.where(np.arange(n) < n_active, 0.1, 1.0)
    weight[:n_customers][in_program] = 0
    weight[n_customers:n_active] = 0
    is_deleted = np.zeros(n, dtype=bool)
    is_deleted[rng.choice(n, targets.deleted, replace=False, p=weight / weight.sum())] = True
    # A multiplicative permutation modulo a prime: unique, and it does not give the order away.
    numbers = 1_000_000_000 + ids * 742_938_285 % 2_147_483_647
    by_voucher = stream(seed, "vouchers").random(n) < share
    by_voucher[:n_active] = False
    by_voucher[:n_customers] = is_coupon_acquired
    allows_push = stream(seed, "push consent").random(n) < _ALLOWS_SHARE
    return Users(registered, rank, ids, numbers, device, origin, is_deleted, is_rarotonga, by_voucher,
                 allows_push)  # fmt: skip


def _never_ordered(active: Ints, n: int, rng: np.random.Generator) -> Ints:
    """Registration times that fill what each month has left after the users who ordered."""
    midnight = local_midnight_utc(DAYS, np.zeros(N_DAYS, dtype=bool))
    day = np.clip(np.searchsorted(midnight, active, side="right") - 1, 0, N_DAYS - 1)
    wanted = _MONTHS * (n + len(active)) / _MONTHS.sum() - np.bincount(MONTH[day], minlength=8)
    per_month = largest_remainder(np.maximum(wanted, 0.01), n)
    within = np.exp(-DAYS / 45.0) * (MONTH < 2) + (MONTH >= 2)
    days = np.concatenate([
        rng.choice(DAYS[m == MONTH], per_month[m], p=within[m == MONTH] / within[m == MONTH].sum())
        for m in range(8)
    ])  # fmt: skip
    return midnight[days] + (6.5 * 3600 + rng.random(n) * 15 * 3600).astype(np.int64)
