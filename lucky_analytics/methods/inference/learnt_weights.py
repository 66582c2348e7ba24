"""How much of the budget of false alarms a series keeps after people said which of its alarms were none."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.false_alarms import flag_alarms

__all__ = ["LEAST", "flag_weighted", "learn_weight"]

LEAST = 0.1  # of its share that a series keeps whatever was dismissed: a large anomaly is never silent


def learn_weight(n_kept: int, n_dismissed: int) -> float:
    """The share (``LEAST`` to 1) of a usual series' budget: the expected share of its alarms that are real.

    The mean of a Beta-Binomial model that begins with one alarm that was real: (1 + kept) / (1 + kept +
    dismissed). Who dismissed nothing has 1; who keeps as much as he dismisses, at least a half.

    >>> learn_weight(0, 0), learn_weight(0, 1), learn_weight(1, 2), learn_weight(0, 50)
    (1.0, 0.5, 0.5, 0.1)
    """
    return max(LEAST, (1 + n_kept) / (1 + n_kept + n_dismissed))


def flag_weighted(tests: pd.DataFrame, weight: pd.Series, weeks_apart: float) -> pd.DataFrame:
    """``flag_alarms`` where each test has a ``weight`` from above 0 to 1: its p-value counts divided by it.

    With weights of at most 1 on average the rate of false alarms is at most the stated one (Genovese, Roeder
    and Wasserman 2006, Biometrika 93); with none above 1 every alarm is one without weights, too, so that
    this page says nothing that others do not. Raises ``ParameterError`` for another weight.

    >>> tests = pd.DataFrame({"ds": 1, "store": list("ab"), "p_value": [0.01, 0.01]})
    >>> flag_weighted(tests, pd.Series([1.0, 0.1]), 4.0)["is_alarm"].tolist()
    [True, False]
    """
    if not weight.between(0, 1, inclusive="right").all():
        raise ParameterError("weights of alarms", expected="above 0 and at most 1", got=f"{weight.max():g}")
    counted = (tests["p_value"] / weight).clip(upper=1.0)
    found = flag_alarms(tests.assign(p_value=counted), weeks_apart)
    return found.assign(p_value=tests["p_value"])
