"""What each depth of weekly coupons adds to nothing off, by group of customers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.policies import off_policy
from lucky_analytics.models.drawn_coupons.coded_coupons import PER, Coded

__all__ = ["FALSE_CLAIMS", "compare_depths"]

# Of pages on which no depth does anything, at most this share claims that one does.
FALSE_CLAIMS = 0.01


def compare_depths(coded: Coded, level: float, outcome: str = "margin") -> pd.DataFrame:
    """What each depth adds to nothing off, by group: ``segment``, ``depth``, ``gain`` of the ``outcome`` for
    100 coupons with ends that hold for all groups and depths together, ``clear`` (1 where it surely adds, -1
    where it surely takes, else 0), ``n`` coupons of the group."""
    scores, groups, depths = coded.scores[outcome], coded.groups, coded.depths
    parts = []
    for place, name in enumerate(groups):
        own = coded.group == place
        codes, whose = pd.factorize(coded.customer[own])
        if len(whose) < 2:
            continue
        counts = np.bincount(codes) / PER
        values = off_policy.estimate_values(scores[own], codes, counts)
        # Six depths of four groups are looked at together: room for all (Bonferroni over groups).
        own_level = 1 - (1 - level) / len(groups)
        pairs = [(at, 0) for at in range(1, len(depths))]
        half = values.joint_quantile(pairs, own_level)
        # What a title claims is held to more: where no depth does anything, one page in a hundred claims.
        reach = values.joint_quantile(pairs, 1 - FALSE_CLAIMS / len(groups))
        rows: list[tuple[Any, ...]] = []
        for at, depth in enumerate(depths):
            gain, surely = values.gain(at, 0, level, half), values.gain(at, 0, level, reach)
            clear = 0 if at == 0 or surely.holds(0) else int(np.sign(values.values[at] - values.values[0]))
            rows.append((name, depth, gain.value, gain.low, gain.high, clear))
        part = pd.DataFrame(rows, columns=["segment", "depth", "gain", "gain_low", "gain_high", "clear"])
        parts.append(part.assign(n=int(own.sum())))
    return pd.concat(parts, ignore_index=True)
