"""How small a change of a day would still be seen, from the width of what is usual."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

__all__ = ["find_smallest"]


def find_smallest(judged: pd.DataFrame, *, chance: float = 0.9, level: float = 0.95) -> pd.DataFrame:
    """The smallest fall and rise of one day of each series that is an alarm with ``chance``.

    ``judged``: of one metric of amounts or counts, as ``expect_days`` returns it at ``level`` with ``alarm``:
    ``unique_id``, ``ds``, ``expected``, ``low``, ``high``, ``alarm_low``, ``alarm_high``. Returned for the
    newest day of each series that has an expectation: ``unique_id``, ``fall`` and ``rise`` as shares of what
    is expected. The day must lie beyond the bound by as much as a changed day still scatters (the same share
    of it as a usual day; the middle of usual days is read as normal). A fall is null where even a day of
    nothing is no alarm. Nothing is planted: width and tails, as learnt before the day, say it.

    >>> judged = pd.DataFrame({"unique_id": ["a"], "ds": ["2026-02-13"], "expected": [100.0], "low": [90.0],
    ...                        "high": [111.0], "alarm_low": [80.0], "alarm_high": [125.0]})
    >>> find_smallest(judged).round(2).to_numpy().tolist()
    [['a', 0.25, 0.34]]
    """
    newest = judged[judged["expected"].gt(0)].sort_values("ds").drop_duplicates("unique_id", keep="last")
    own = newest.sort_values("unique_id", ignore_index=True)
    part = norm.ppf(chance) / norm.ppf(0.5 + level / 2)
    # A rare count may well be 0 on a usual day: then it scatters as counts do.
    scatter = (own["low"] / own["expected"]).where(own["low"] > 0, np.exp(-1.96 / np.sqrt(own["expected"])))
    fall = 1 - own["alarm_low"] / own["expected"] * scatter**part
    rise = own["alarm_high"] / own["expected"] * (own["high"] / own["expected"]) ** part - 1
    return pd.DataFrame(
        {"unique_id": own["unique_id"], "fall": fall.where(own["alarm_low"] > 0), "rise": rise}
    ).astype({"fall": float, "rise": float})
