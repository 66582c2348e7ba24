"""The change of a product, told by its factors, so that the parts add up to it."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lucky_analytics.errors import ParameterError

__all__ = ["split_change"]


def split_change(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each factor contributed to the change of their product, in the product's unit.

    The logarithmic mean Divisia decomposition (Ang 2005): the part of a factor is the logarithmic mean of
    both products times the logarithm of the factor's own ratio. It leaves no rest, treats factors alike, and
    going back gives the same parts with the other sign. Raises ``ParameterError`` for factors that differ in
    name, and for one that is not above 0.

    >>> parts = split_change({"orders": 100, "value": 5.0}, {"orders": 110, "value": 4.5})
    >>> {name: round(part, 2) for name, part in parts.items()}, round(sum(parts.values()), 9)
    ({'orders': 47.42, 'value': -52.42}, -5.0)
    """
    if before.keys() != after.keys():
        odd = ", ".join(sorted(before.keys() ^ after.keys()))
        raise ParameterError("factors of a change", expected="the same before and after", got=odd)
    for name, value in [*before.items(), *after.items()]:
        if not (value > 0 and math.isfinite(value)):
            raise ParameterError(f"factor {name}", expected="above 0", got=f"{value:g}")
    old, new = math.prod(before.values()), math.prod(after.values())
    mean = old if math.isclose(old, new, rel_tol=1e-12) else (new - old) / math.log(new / old)
    return {name: mean * math.log(after[name] / before[name]) for name in before}
