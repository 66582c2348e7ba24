"""Which payment method each trade used: exact counts and exact amounts of the eleven published channels."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, largest_remainder
from lucky_analytics.errors import DemoError

__all__ = ["CHANNELS", "assign_payment_channels"]

# Channel id, transactions, dollars (both currencies at face value).
CHANNELS = (
    (53, 205_988, 917_232), (6, 168_286, 753_165), (51, 30_901, 153_927), (3, 27_301, 136_363),
    (1, 29_163, 100_710), (52, 17_829, 82_992), (5, 12_232, 57_078), (91, 12_682, 56_875),
    (54, 1_737, 11_688), (55, 198, 892), (92, 5, 188),
)  # fmt: skip
_IDS = np.array([channel for channel, _, _ in CHANNELS])
_COUNTS: Ints = np.array([count for _, count, _ in CHANNELS])
_CENTS: Ints = np.array([dollars * 100 for _, _, dollars in CHANNELS])
# The last channel took five payments of about $37.6: picked by hand from large orders.
_RARE = len(CHANNELS) - 1
_OTHER_CARD, _TINY = 4, 9
_STICKY, _MAX_ROUNDS = 0.85, 4000


def assign_payment_channels(
    amount: Ints, user: Ints, is_nzd: Bools, is_full: bool, rng: np.random.Generator
) -> Ints:
    """The channel id of each trade with ``amount`` cents.

    A multinomial logit in the amount gives each channel its count and mean in expectation; users stick to
    a method, NZD trades lean to "other card". Then surplus trades move until the counts are exact, and
    pairs of trades are swapped between channels until the sums are. Below full scale the counts are in
    proportion and the sums are left as drawn. Raises ``DemoError`` when the sums do not close.
    """
    counts = _COUNTS if is_full else largest_remainder(_COUNTS.astype(float), len(amount))
    cents = _CENTS if is_full else np.round(_CENTS / _CENTS.sum() * amount.sum()).astype(np.int64)
    if is_full and (len(amount) != counts.sum() or amount.sum() != cents.sum()):
        raise DemoError("trades", expected=f"{counts.sum()} of {cents.sum()} cents",
                        got=f"{len(amount)} of {amount.sum()}")  # fmt: skip
    channel = np.full(len(amount), -1)
    channel[_rare_payments(amount, int(counts[_RARE]), int(cents[_RARE]), rng)] = _RARE
    rest = np.flatnonzero(channel < 0)
    cell, chance = _logit(amount[rest], is_nzd[rest], counts[:_RARE], cents[:_RARE])
    usual = rng.random(int(user.max()) + 1)
    quantile = np.where(rng.random(len(rest)) < _STICKY, usual[user[rest]], rng.random(len(rest)))
    channel[rest] = np.minimum((quantile[:, None] > np.cumsum(chance, 1)[cell]).sum(1), _RARE - 1)
    _meet_counts(channel, counts, rng)
    if is_full:
        _meet_sums(channel, amount, cents, rng)
    return _IDS[channel]


def _rare_payments(amount: Ints, n: int, cents: int, rng: np.random.Generator) -> Ints:
    """``n`` large trades whose sum is nearest to ``cents``, of many random draws."""
    large = np.flatnonzero((amount > 2500) & (amount < 6000))
    if n == 0 or len(large) < n:
        return np.argsort(-amount, kind="stable")[:n]
    draws = large[rng.integers(0, len(large), (20_000, n))]
    distinct = (np.diff(np.sort(draws, axis=1), axis=1) > 0).all(1)
    miss = np.where(distinct, np.abs(amount[draws].sum(1) - cents), 1 << 60)
    return draws[int(np.argmin(miss))]


def _logit(amount: Ints, is_nzd: Bools, counts: Ints, cents: Ints) -> tuple[Ints, Floats]:
    """Cells of similar trades, and each cell's channel probabilities [cells, channels]."""
    dollars = amount / 100
    cell = np.minimum((dollars * 4).astype(np.int64), 100) * 2 + is_nzd
    n = np.bincount(cell, minlength=202).astype(float)
    mean = np.divide(np.bincount(cell, dollars, 202), n, out=np.zeros(202), where=n > 0)
    lean = np.zeros((202, len(counts)))
    lean[1::2, _OTHER_CARD], lean[1::2, _TINY] = 5, -5
    level, slope = np.log(counts / counts.sum()), np.zeros(len(counts))
    wanted = cents / 100 / counts
    for _ in range(3000):
        score = level + slope * np.minimum(mean, 25)[:, None] + lean
        chance = np.exp(score - score.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        expected = chance * n[:, None]
        count = expected.sum(0)
        average = (expected * mean[:, None]).sum(0) / count
        spread = (expected * (mean**2)[:, None]).sum(0) / count - average**2
        level += 0.9 * np.log(counts / count)
        slope += 0.3 * (wanted - average) / np.maximum(spread, 1e-6)
        if np.abs(count / counts - 1).max() < 1e-5 and np.abs(average / wanted - 1).max() < 1e-5:
            break
    return cell, chance


def _meet_counts(channel: Ints, counts: Ints, rng: np.random.Generator) -> None:
    gap = counts - np.bincount(channel, minlength=len(counts))
    surplus = [
        rng.choice(np.flatnonzero(channel == k), -gap[k], replace=False) for k in np.flatnonzero(gap < 0)
    ]
    if surplus:
        channel[np.concatenate(surplus)] = rng.permutation(np.repeat(np.arange(len(gap)), np.maximum(gap, 0)))


def _meet_sums(channel: Ints, amount: Ints, cents: Ints, rng: np.random.Generator) -> None:
    """Swap pairs between the channel with too little and the one with too much, batches first."""
    for _ in range(_MAX_ROUNDS):
        gap = cents - np.bincount(channel, amount, len(cents)).round().astype(np.int64)
        if not gap.any():
            return
        poor, rich = int(np.argmax(gap)), int(np.argmin(gap))
        missing = int(min(gap[poor], -gap[rich]))
        low = rng.permutation(np.flatnonzero(channel == poor))[:60_000]
        high = rng.permutation(np.flatnonzero(channel == rich))[:60_000]
        n = min(len(low), len(high))
        gain = amount[high[:n]] - amount[low[:n]]
        useful = np.flatnonzero((gain > 0) & (gain <= missing))
        batch = int(np.searchsorted(np.cumsum(gain[useful]), missing - 400)) if missing > 1500 else 0
        if batch:
            pairs = useful[:batch]
            channel[low[pairs]], channel[high[pairs]] = rich, poor
            continue
        order = np.argsort(amount[high], kind="stable")
        sorted_high = amount[high][order]
        place = np.minimum(np.searchsorted(sorted_high, amount[low] + missing), len(high) - 1)
        exact = np.flatnonzero(sorted_high[place] == amount[low] + missing)
        if len(exact):
            channel[low[exact[0]]], channel[high[order[place[exact[0]]]]] = rich, poor
        elif len(useful):
            channel[low[useful[0]]], channel[high[useful[0]]] = rich, poor
    raise DemoError("amounts of the payment channels", expected="exact", got=f"off by {gap.tolist()} cents")
