"""Which assumption matters most: the profit of a scenario with one lever moved at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lucky_analytics.questions.strategy.site_what_if.levers import LEVERS
from lucky_analytics.questions.strategy.site_what_if.prepare import PreparedSites
from lucky_analytics.questions.strategy.site_what_if.scenario import Scenario
from lucky_analytics.questions.strategy.site_what_if.steps import expect_profit

__all__ = ["Moved", "weigh_levers"]

# How far each lever is moved down and up: what a lease negotiator or a second opinion may well come with.
TIMES = {"rent": 0.25, "build_out": 0.25, "fixed": 0.1, "price": 0.1}
PLUS = {"margin": 0.05, "response": 1.0, "jobs_share": 0.25}
# Levers of the model that only know some places, and one of which halving is the step.
NEXT = ("decay", "radius")
HALVED = ("outside",)


@dataclass(frozen=True)
class Moved:
    """A lever at two other values, and the profit at each, dollars a month; the rest as in the scenario."""

    lever: str
    label: str
    values: tuple[float, float]
    profits: tuple[float, float]

    @property
    def swing(self) -> float:
        """How far apart the two profits lie, dollars a month, never negative."""
        return abs(self.profits[1] - self.profits[0])


def weigh_levers(prepared: PreparedSites, scenario: Scenario) -> list[Moved]:
    """Every lever moved down and up from the scenario, the one that moves the profit most first.

    Rent and build-out by a quarter, bills and price by a tenth, the margin by 5 points, the response to
    price by 1, residents or jobs by a quarter, the outside option halved and doubled, walking distance and
    radius to the next that was fitted; all within their range. Levers that move nothing are left out. Empty
    where nothing is predicted.
    """
    at_rest = expect_profit(prepared, scenario)
    if at_rest is None:
        return []
    found = []
    for name, lever in LEVERS.items():
        values = _ends(name, scenario.levers[name])
        profits = []
        for value in values:
            moved = replace(scenario, levers={**scenario.levers, name: value})
            profit = expect_profit(prepared, moved)
            profits.append(at_rest if profit is None else profit)
        found.append(Moved(name, lever.label, values, (profits[0], profits[1])))
    return sorted((each for each in found if each.swing >= 1), key=lambda each: -each.swing)


def _ends(name: str, value: float) -> tuple[float, float]:
    lever = LEVERS[name]
    if name in NEXT:
        place = lever.choices.index(value)
        return lever.choices[max(place - 1, 0)], lever.choices[min(place + 1, len(lever.choices) - 1)]
    if name in HALVED:
        low, high = value / 2, value * 2
    elif name in TIMES:
        low, high = value * (1 - TIMES[name]), value * (1 + TIMES[name])
    else:
        low, high = value - PLUS[name], value + PLUS[name]
    return max(low, lever.low), min(high, lever.high)
