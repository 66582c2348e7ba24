"""The ways to choose the depth of a weekly coupon, learnt from other customers than they are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.policies.group_choice import choose_best, choose_clear, limit_offers
from lucky_analytics.models.drawn_coupons.coded_coupons import Coded
from lucky_analytics.models.drawn_coupons.figures import name_flat

__all__ = ["BY_CATEGORY", "BY_CLEAR", "BY_GROUP", "BY_ONE", "DRAW", "NOTHING", "RULE", "TODAY", "Choices",
           "choose_depths"]  # fmt: skip

Array = NDArray[Any]
TODAY, NOTHING, DRAW = "Today's rule", "Nothing off", "Depth drawn at random"
BY_GROUP, BY_CLEAR = "Best depth by group", "Today's rule, changed where clear"
BY_CATEGORY, BY_ONE = "Best depth by group and category", "By group and category, one offer a week"
RULE = -1  # of a choice: whatever today's rule gives


@dataclass(frozen=True)
class Choices:
    """``made``: by policy the depth of each coupon as a position, ``RULE`` for what today's rule gives;
    ``groups``: depth by ``segment`` (and ``category``) of each learnt policy, for use."""

    made: dict[str, Array]
    groups: pd.DataFrame


def choose_depths(coded: Coded, rule: Array, cap: int, withdrawn: list[float], level: float) -> Choices:
    """What each policy gives. ``rule``: ``share_rule``; ``cap``: most offers that a customer may get in a
    week; ``withdrawn``: depths that no policy may give."""
    main, depths, n = coded.scores["margin"], coded.depths, len(coded.group)
    today = (rule[coded.group] * main).sum(axis=1)
    allowed = np.flatnonzero(~np.isin(depths, np.round(withdrawn, 4)) & (coded.shares > 0))
    kept, allowed_depths = main[:, allowed], depths[allowed]
    by_group, final_group = choose_best(kept, coded.group, coded.fold, allowed_depths)
    by_cell, final_cell = choose_best(kept, coded.cell, coded.fold, allowed_depths)
    clear, final_clear = choose_clear(kept, today, coded.group, coded.fold, coded.customer, level)
    place = np.r_[allowed, RULE]  # -1 stays today's rule
    made: dict[str, Array] = {TODAY: np.full(n, RULE), NOTHING: np.zeros(n, int)}
    made |= {name_flat(depths[at]): np.full(n, at) for at in allowed if depths[at] > 0}
    made |= {BY_GROUP: place[by_group], BY_CLEAR: place[clear], BY_CATEGORY: place[by_cell]}
    expected = _expect(main, coded.cell, coded.fold)[np.arange(n), np.maximum(made[BY_CATEGORY], 0)]
    if np.bincount(coded.unit).max() > cap or (made[BY_CLEAR] == RULE).all():
        made.pop(BY_CLEAR)  # today's rule knows no cap; and unchanged it is no other way
    capped = {
        name: own if name in (TODAY, BY_CLEAR) else limit_offers(own, expected, coded.unit, cap)
        for name, own in made.items()
    }
    capped[BY_ONE] = limit_offers(made[BY_CATEGORY], expected, coded.unit, 1)
    return Choices(capped, _list_groups(coded, place, final_group, final_clear, final_cell))


def _expect(scores: Array, cell: Array, folds: Array) -> Array:
    """What each depth adds to nothing off by cell, from the other folds: which offers a cap should keep."""
    gains = scores - scores[:, :1]
    n_cells, n_folds = int(cell.max()) + 1, int(folds.max()) + 1
    key = folds * n_cells + cell
    sums = np.stack([np.bincount(key, one, minlength=n_cells * n_folds) for one in gains.T], axis=-1)
    sums = sums.reshape(n_folds, n_cells, -1)
    counts = np.bincount(key, minlength=n_cells * n_folds).reshape(n_folds, n_cells)
    others, n_others = sums.sum(axis=0) - sums, np.maximum(counts.sum(axis=0) - counts, 1)
    expected: Array = (others / n_others[..., None])[folds, cell]
    return expected


def _list_groups(coded: Coded, place: Array, by_group: Array, clear: Array, by_cell: Array) -> pd.DataFrame:
    """Depth of each learnt policy for use, from all customers: null depth is today's rule."""
    groups, categories, depths = coded.groups, coded.categories, coded.depths
    rows = []
    for policy, final in ((BY_GROUP, by_group), (BY_CLEAR, clear)):
        rows += [(policy, name, "", place[at]) for name, at in zip(groups, final, strict=False)]
    final = np.zeros(len(groups) * len(categories), int)
    final[: len(by_cell)] = by_cell
    for at, name in enumerate(groups):
        for other, category in enumerate(categories):
            rows.append((BY_CATEGORY, name, category, place[final[at * len(categories) + other]]))
    frame = pd.DataFrame(rows, columns=["policy", "segment", "category", "place"])
    chosen = frame.pop("place").to_numpy(int)
    return frame.assign(depth=np.where(chosen == RULE, np.nan, depths[np.maximum(chosen, 0)]))
