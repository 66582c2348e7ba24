"""New York City's Fair Workweek law for fast food: whom it binds, and what a changed shift costs.

The rules stand in ``fair_workweek.yml`` beside this module, each with its source; nothing here is advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.declarations import Block, read
from lucky_analytics.reference.rule_parts import read_number, read_part, read_source

__all__ = ["FairWorkweek", "load_fair_workweek"]

_FILE = Path(__file__).with_suffix(".yml")


@dataclass(frozen=True)
class FairWorkweek:
    """``establishments``: from how many of a chain on it binds. ``notice_days``. ``premiums``:
    ``under_hours`` (notice), ``moved_cents``, ``cut_cents``, ``source``, the shortest notice first.
    ``rest_hours`` between shifts, with ``rest_cents`` for each shorter rest. ``retail_hours``: the notice of
    another rule, for shops. ``sources``: by part."""

    establishments: int
    notice_days: int
    premiums: pd.DataFrame
    rest_hours: float
    rest_cents: int
    retail_hours: float
    sources: dict[str, str]

    def binds(self, n_establishments: int) -> bool:
        """Whether a chain of so many falls under it.

        >>> load_fair_workweek().binds(11), load_fair_workweek().binds(30)
        (False, True)
        """
        return n_establishments >= self.establishments

    def price(self, notice_hours: ArrayLike, is_cut: ArrayLike) -> NDArray[np.int64]:
        """Premium in cents for each shift that was changed with so much notice, hours lost or not.

        >>> load_fair_workweek().price([400, 200, 200, 100, 100, 2, 2], [0, 0, 1, 0, 1, 0, 1]).tolist()
        [0, 1000, 2000, 1500, 4500, 1500, 7500]
        """
        notice, cut = np.broadcast_arrays(np.asarray(notice_hours, float), np.asarray(is_cut, bool))
        place = np.searchsorted(self.premiums["under_hours"].to_numpy(float), notice, side="right")
        moved = np.r_[self.premiums["moved_cents"].to_numpy(np.int64), 0]
        lost = np.r_[self.premiums["cut_cents"].to_numpy(np.int64), 0]
        return np.where(cut, lost[place], moved[place])


def load_fair_workweek(file: Path = _FILE) -> FairWorkweek:
    """The shipped rules, or those of another ``file`` of their form.

    Raises ``ParameterError`` with file, line and name for a rule that is missing or not of its form.

    >>> rules = load_fair_workweek()
    >>> rules.notice_days, rules.rest_cents, rules.retail_hours
    (14, 10000, 72.0)
    """
    block = read(file, as_text=True)
    block.require_known(("binds", "notice", "premiums", "rest", "retail"))
    parts = {name: read_part(block, name) for name in ("binds", "notice", "rest", "retail")}
    rows = [
        {"under_hours": float(read_number(row, "under_hours")), "moved_cents": _cents(row, "moved"),
         "cut_cents": _cents(row, "cut"), "source": read_source(row)}
        for row in block.get("premiums", [])
    ]  # fmt: skip
    if not rows:
        raise block.wrong("premiums", "a premium by notice", "none")
    return FairWorkweek(
        int(read_number(parts["binds"], "establishments")),
        int(read_number(parts["notice"], "days")),
        pd.DataFrame(rows).sort_values("under_hours", ignore_index=True),
        float(read_number(parts["rest"], "hours")),
        _cents(parts["rest"], "premium"),
        float(read_number(parts["retail"], "hours")),
        {name: read_source(part) for name, part in parts.items()},
    )


def _cents(block: Block, name: str) -> int:
    return int(read_number(block, name) * 100)
