"""Whether the newest value of a short series stands further from those before it than values usually do."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.stats import t

from lucky_analytics.errors import ParameterError

__all__ = ["FEWEST", "SCALES", "judge_steps"]

FEWEST = 8  # earlier steps without which nobody can say what is usual
SCALES = ("ratio", "difference")


def judge_steps(series: pd.DataFrame, *, n_before: int = 4, level: float = 0.95) -> pd.DataFrame:
    """The newest value of each series beside the mean of the ``n_before`` values before it.

    ``series``: one row a series and period of equal length: ``unique_id``, ``ds``, ``y`` (null: nothing was
    measured), ``scale`` (the same for all of a series): ``"ratio"`` for values above 0 that move by percent,
    compared with the geometric mean, ``"difference"`` for shares and what may be 0 or less, with the mean. A
    series of ratios with a value of 0 or less counts as one of differences.

    Returns one row a series: ``value``, ``before``, ``step`` (a share of ``before``, or a difference, by
    ``scale``), ``low`` and ``high`` of the steps that are usual, ``usual_low`` and ``usual_high`` the same in
    the unit of the values, ``p_value`` (two-sided), ``n_past`` earlier steps. The range is Student's
    prediction interval for one more of the past steps, so that a steady growth is usual. Range and
    ``p_value`` are null with fewer than ``FEWEST`` past steps, all where the newest value or one of those
    before it is null. Earlier odd weeks widen the range: it is honest, not sharp. Raises ``ParameterError``
    for another scale or level.

    >>> y = [100.0, 104, 99, 101, 103, 98, 102, 100, 99, 103, 101, 100, 98, 60]
    >>> rows = pd.DataFrame({"unique_id": "a", "ds": range(14), "y": y, "scale": "ratio"})
    >>> found = judge_steps(rows).iloc[0]
    >>> round(float(found["step"]), 2), round(float(found["low"]), 2), bool(found["p_value"] < 0.001)
    (-0.4, -0.06, True)
    """
    if wrong := set(series["scale"]) - set(SCALES):
        raise ParameterError("scale of a series", expected=" or ".join(SCALES), got=str(sorted(wrong)[0]))
    if not 0 < level < 1:
        raise ParameterError("level", expected="between 0 and 1", got=f"{level:g}")
    rows = [
        {"unique_id": name, **_judge(own.sort_values("ds"), n_before, level)}
        for name, own in series.groupby("unique_id", sort=False)
    ]
    columns = ["unique_id", "scale", "value", "before", "step", "low", "high", "usual_low", "usual_high",
               "p_value", "n_past"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"n_past": int})


def _judge(own: pd.DataFrame, n_before: int, level: float) -> dict[str, object]:
    y = own["y"].to_numpy(float)
    is_ratio = own["scale"].iloc[0] == "ratio" and bool((y[np.isfinite(y)] > 0).all())
    row: dict[str, object] = {"scale": SCALES[0] if is_ratio else SCALES[1], "value": y[-1], "n_past": 0}
    x = np.log(y) if is_ratio else y
    ends = range(n_before, len(x))
    steps = np.array([x[end] - x[end - n_before : end].mean() for end in ends])
    if not len(steps) or not math.isfinite(steps[-1]):
        return row
    before = float(x[-1] - steps[-1])
    past = steps[:-1][np.isfinite(steps[:-1])]
    row |= {"before": _back(before, is_ratio), "step": _shown(steps[-1], is_ratio), "n_past": len(past)}
    if len(past) < FEWEST:
        return row
    spread = past.std(ddof=1) * math.sqrt(1 + 1 / len(past))
    half = t.ppf(0.5 + level / 2, len(past) - 1) * spread
    distance = abs(steps[-1] - past.mean())
    p_value = 2 * t.sf(distance / spread, len(past) - 1) if spread > 0 else float(distance == 0)
    ends_of = {"low": past.mean() - half, "high": past.mean() + half}
    row |= {name: _shown(end, is_ratio) for name, end in ends_of.items()}
    row |= {f"usual_{name}": _back(before + end, is_ratio) for name, end in ends_of.items()}
    return row | {"p_value": float(p_value)}


def _shown(step: float, is_ratio: bool) -> float:
    return math.expm1(step) if is_ratio else float(step)


def _back(value: float, is_ratio: bool) -> float:
    return math.exp(value) if is_ratio else value
