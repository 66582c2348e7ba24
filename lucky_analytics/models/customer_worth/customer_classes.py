"""Customers in four classes by what they are expected to leave in a year and whether they are here still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["SEGMENTS", "SILENT_DAYS", "Rule", "name_segments"]

SEGMENTS = ("VIP", "Growth", "Maintain", "Let go")
SILENT_DAYS = 60  # from which a customer counts as lapsed, as on the page on churn


@dataclass(frozen=True)
class Rule:
    """Who is in which segment, by the margin expected in a year (dollars) and the chance of still being here.

    Below ``let_go``: Let go, whoever it is. Of the others, who is here with a chance below ``alive``:
    Maintain, worth a reminder. Of those who are here, from ``vip`` on: VIP; the rest: Growth. Raises
    ``ParameterError`` for a ``let_go`` above ``vip``.
    """

    vip: float = 50.0
    let_go: float = 3.0
    alive: float = 0.5

    def __post_init__(self) -> None:
        if self.let_go > self.vip:
            raise ParameterError(
                "let_go_dollars", expected=f"at most vip_dollars, {self.vip:g}", got=f"{self.let_go:g}"
            )


def name_segments(valued: pd.DataFrame, rule: Rule, scale: float = 1.0) -> NDArray[np.intp]:
    """The place in ``SEGMENTS`` of each customer of ``value_customers``, were margins ``scale`` times what is
    expected."""
    dollars = valued["year_cents"].to_numpy() / 100 * scale
    here = valued["p_alive"].to_numpy() >= rule.alive
    return np.select([dollars < rule.let_go, ~here, dollars >= rule.vip], [3, 2, 0], 1)
