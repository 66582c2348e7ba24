"""Kinds of demand: how often something is wanted, and how much its size varies."""

from __future__ import annotations

import pandas as pd

__all__ = ["classify_demand"]

ADI, CV2 = 1.32, 0.49


def classify_demand(series: pd.DataFrame) -> pd.DataFrame:
    """Syntetos-Boylan class of each row: ``smooth``, ``erratic``, ``intermittent``, ``lumpy``, ``none``.

    ``series``: ``n`` periods, ``n_positive`` (with demand), ``mean_positive`` and ``sd_positive`` of the
    demand in those. Adds ``adi`` (mean interval between periods with demand), ``cv2`` (squared coefficient of
    variation of their sizes), ``demand_class``. Boundaries 1.32 and 0.49 belong to the lower class. Source:
    Syntetos, Boylan and Croston (2005), Journal of the Operational Research Society 56.

    >>> rows = pd.DataFrame({"n": [10], "n_positive": [4], "mean_positive": [5.0], "sd_positive": [1.0]})
    >>> classify_demand(rows)["demand_class"].tolist()
    ['intermittent']
    """
    positive = series["n_positive"].where(series["n_positive"] > 0)
    adi = series["n"] / positive
    cv2 = (series["sd_positive"].fillna(0) / series["mean_positive"]) ** 2
    seldom, uneven = adi > ADI, cv2 > CV2
    names = pd.Series("smooth", index=series.index)
    names[~seldom & uneven], names[seldom & ~uneven], names[seldom & uneven] = (
        "erratic",
        "intermittent",
        "lumpy",
    )
    names[positive.isna()] = "none"
    return series.assign(adi=adi, cv2=cv2, demand_class=names)
