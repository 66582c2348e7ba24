"""What a mean is of: of days, weeks or months, of the rows of a column, or of a measure that is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lucky_analytics.ask.ask_measures import Measure, find_measure, list_measures
from lucky_analytics.ask.question_parts import Misfit

if TYPE_CHECKING:
    from lucky_analytics.ask.ask_request import Condition
    from lucky_analytics.ask.request_builder import RequestBuilder

__all__ = ["find_mean", "mean_of"]


def find_mean(builder: RequestBuilder, where: list[Condition], has_period: bool) -> None:
    """Notes what a mean is of as ``builder.per`` or its measures; a sum is of what adds up. Raises
    ``Misfit``."""
    if builder.per == "month" and not has_period:
        raise Misfit("a mean of months needs a period of whole months", 0)
    if "mean" not in builder.kinds or builder.per:
        return
    measure = builder.measures[0]
    weekdays = {*builder.by, *builder.ranked_by, *(each.key for each in where)} & {"weekday", "part of week"}
    if (mean := mean_of(measure)) and not builder.is_instead:
        builder.measures = [mean]
    elif weekdays and measure.is_additive:
        builder.per = "day"  # "average orders on Mondays" are those of a Monday
    elif mean or not measure.is_ratio:
        raise Misfit(f"a mean of {measure.label} over what is not clear: say by day or by week", 0)


def mean_of(measure: Measure) -> Measure | None:
    """The mean of the rows of which a measure is the sum; null for another measure."""
    name = f"mean:{measure.name[4:]}"
    return find_measure(name) if measure.name.startswith("sum:") and name in list_measures() else None
