"""How customers are split into branches, layer by layer, before any of them meets an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Ints, largest_remainder, stream
from lucky_analytics.demo.process.branches import EXPERIMENTS, Assignment
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.process.users import Users

__all__ = ["BRANCHES", "Split", "split_traffic"]

N_SPLIT = 2_300_000
BRANCHES = ("control", "treatment", "none")
_CONTROL, _TREATMENT, _NONE = range(len(BRANCHES))
# The count asks for more layers than there are experiments. Assumed: so many are kept free, all the time.
_FREE_LAYERS = 3
_HALF = 500  # buckets of a branch


@dataclass(frozen=True)
class Split:
    """One position a customer and layer: ``layer``, ``user``, ``branch`` of ``BRANCHES``, ``when`` (UTC
    second), ``bucket`` (0 to 999; the lower half is the control); ``n_layers`` in all."""

    layer: Ints
    user: Ints
    branch: Ints
    when: Ints
    bucket: Ints
    n_layers: int


def split_traffic(found: Sequence[Assignment], users: Users, scale: float, seed: int) -> Split:
    """As many as published, of the customers who had registered by the end of a layer.

    Each is split when the app is first opened while the layer is open. Who was logged in an experiment, and
    who should have been, was split before that and stays in the same branch; all others fall by chance.
    """
    rng = stream(seed, "traffic")
    start = np.array([each[1] for each in EXPERIMENTS] + [0] * _FREE_LAYERS)
    end = np.array([each[2] for each in EXPERIMENTS] + [N_DAYS - 1] * _FREE_LAYERS)
    opens, closes = (local_midnight_utc(day, np.zeros(len(day), dtype=bool)) for day in (start, end))
    known = [np.flatnonzero(users.registered < second) for second in closes]
    number = largest_remainder(np.array([float(len(each)) for each in known]), round(N_SPLIT * scale))
    parts = []
    for layer, everyone in enumerate(known):
        branch, latest = np.full(users.n, -1), np.full(users.n, closes[layer])
        if layer < len(found):
            mine = found[layer]
            branch[mine.user] = np.where(mine.is_treated, _TREATMENT, _CONTROL)
            branch[mine.lost] = _TREATMENT
            latest[mine.user] = mine.hit
        logged = np.flatnonzero(branch >= 0)
        others = everyone[branch[everyone] < 0]
        wanted = min(max(int(number[layer]) - len(logged), 0), len(others))
        drawn = np.sort(rng.choice(others, wanted, replace=False))
        branch[drawn] = rng.integers(_CONTROL, _TREATMENT + 1, wanted) if layer < len(found) else _NONE
        user = np.r_[logged, drawn]
        first = np.minimum(np.maximum(opens[layer], users.registered[user]), latest[user])
        when = first + (rng.random(len(user)) * (latest[user] - first)).astype(np.int64)
        upper = np.where(branch[user] == _NONE, rng.integers(0, 2, len(user)), branch[user] == _TREATMENT)
        bucket = rng.integers(0, _HALF, len(user)) + _HALF * upper
        parts.append(np.stack([np.full(len(user), layer), user, branch[user], when, bucket]))
    layer_of, user, branch, when, bucket = np.concatenate(parts, axis=1)
    return Split(layer_of, user, branch, when, bucket, len(known))
