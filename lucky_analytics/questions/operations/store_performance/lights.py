"""The light of each number of each store and day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.models.watched_days.judged_days import LEVEL
from lucky_analytics.models.watched_days.kpis import ALL

__all__ = ["GREEN", "GREY", "RED", "YELLOW", "light_stores"]

RED, YELLOW, GREEN, GREY = "red", "yellow", "green", "grey"


def light_stores(judged: pd.DataFrame) -> pd.DataFrame:
    """The rows of stores of ``judge_days``, with ``light``.

    Red: an alarm on the bad side. Yellow: on the bad side of its range, as is 1 number in 40 by chance. Grey:
    nothing to judge by.
    """
    own = judged[judged["store_id"] != ALL].reset_index(drop=True)
    is_bad = own["side"] == "worse"
    is_out = own["p_value"] <= 1 - LEVEL
    return own.assign(
        light=np.select(
            [own["p_value"].isna(), is_bad & own["is_alarm"], is_bad & is_out], [GREY, RED, YELLOW], GREEN
        )
    )
