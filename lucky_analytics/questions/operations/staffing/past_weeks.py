"""Past weeks planned from what was foretold then, for the hours that their rosters had: what it would have
brought, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.staffing.staffing_answer import (
    fewest_hours,
    sum_lights,
    weigh_short,
)
from lucky_analytics.questions.operations.staffing.staffing_plan import (
    Terms,
    count_late,
    find_need,
    light,
    plan_store,
)
from lucky_analytics.questions.operations.staffing.staffing_prepared import LEVEL, PreparedStaffing, Week

__all__ = ["Trial", "estimate_gain", "try_hands", "try_past"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """Plans made of past forecasts for the hours of the rosters of those weeks, held against what came.
    ``gains`` (weeks, times at hands): orders of each week begun in time; ``weeks``: ``first_day``,
    ``late_today``, ``late_plan``, ``orders``, ``red_today``, ``red_plan`` (shares of half-hours), ``paid``,
    ``hours_plan`` and ``hours_same`` (the same service in fewer hours) of all stores. ``gain``: orders a week
    that the plan would have begun in time and the roster did not; its ends are over weeks and over how long
    an order can keep hands busy. ``saving``: the share of paid hours that the same number of late orders
    would have saved."""

    weeks: pd.DataFrame
    gain: Estimate
    saving: Estimate
    gains: Floats


def try_past(prepared: PreparedStaffing, terms: Terms, same: pd.DataFrame | None = None) -> Trial:
    """Each past week planned from what was foretold then: for the hours that its roster had, and for its
    service in fewer hours. ``same``: of ``estimate_same_service``, whose range widens the saving."""
    tries = try_hands(prepared, terms)
    rows, gains = [], []
    for week in prepared.past:
        if not week.mean.sum() or not week.paid.sum():
            continue
        need = find_need(week, terms, prepared.quantile).planned
        today = week.heads * week.staffed
        moved, fewer, hours_plan, hours_same, n_tried = today.copy(), today.copy(), 0.0, 0.0, 0
        for place in range(len(prepared.stores)):
            own = (need[place], week.mean[place], week.staffed[place], terms)
            paid = float(week.paid[place])
            if not paid >= fewest_hours(week.staffed[place], terms) > 0:
                hours_plan, hours_same = hours_plan + paid, hours_same + paid
                continue
            best = plan_store(*own, most_hours=paid)
            moved[place], hours_plan = best.heads, hours_plan + best.hours
            least = plan_store(*own, most_short=weigh_short(need[place], today[place], *own[1:3]))
            if least.hours < paid:
                fewer[place] = least.heads
            hours_same += min(least.hours, paid)
            n_tried += 1
        if not n_tried:  # the rosters have too few hours for any plan: nothing was tried
            continue
        came = week.y * week.staffed
        late = [(float(count_late(came, today, own.as_came).sum()), float(count_late(came, moved, own).sum()))
                for own in tries]  # fmt: skip
        gains.append([before - after for before, after in late])
        real = find_need(_as_came(week), terms, 0.5)
        seen = find_need(_as_came(week), terms.as_came, 0.5)
        reds = [sum_lights([light(*both)])[0] for both in ((today, seen), (moved, real))]
        late_fewer = float(count_late(came, fewer, terms).sum())
        level = _between(late[0][0], (late_fewer, hours_same), (late[0][1], hours_plan))
        paid = float(week.paid.sum())
        rows.append((week.dates[0], *late[0], float(came.sum()), *reds, paid, hours_plan, min(level, paid)))
    columns = [
        "first_day",
        "late_today",
        "late_plan",
        "orders",
        "red_today",
        "red_plan",
        "paid",
        "hours_plan",
        "hours_same",
    ]
    weeks, every = pd.DataFrame(rows, columns=columns), np.array(gains).reshape(-1, len(tries))
    return Trial(weeks, estimate_gain(every), _estimate_saving(weeks, same), every)


def try_hands(prepared: PreparedStaffing, terms: Terms) -> list[Terms]:
    """The terms, and the same with the shortest and the longest that an order can keep hands busy."""
    bounds = prepared.hands.bounds or (terms.hands, terms.hands)
    return [terms, *(terms.with_hands(hands) for hands in bounds)]


def _between(late: float, fewer: tuple[float, float], more: tuple[float, float]) -> float:
    """Hours with so many late orders, on the line between two plans (late orders, hours).

    Each further hour saves fewer late orders, so that the line lies above what is needed: the hours are no
    fewer than the best plan's. Infinite where the plan of more hours has more late orders.

    >>> _between(15.0, (20.0, 100.0), (10.0, 120.0)), _between(25.0, (20.0, 100.0), (10.0, 120.0))
    (110.0, 100.0)
    """
    if fewer[0] <= late:
        return fewer[1]
    if more[0] > late or fewer[0] <= more[0]:
        return np.inf
    return fewer[1] + (fewer[0] - late) / (fewer[0] - more[0]) * (more[1] - fewer[1])


def estimate_gain(gains: Floats) -> Estimate:
    """The mean over weeks (weeks, times at hands; the planned one first); ends at both bounds of the time at
    hands, each over weeks. Null with fewer than three."""
    if len(gains) < 3:
        return Estimate(None, n=len(gains))
    mean, half = gains.mean(axis=0), _half(gains)
    low, high = float((mean - half).min()), float((mean + half).max())
    return Estimate(float(mean[0]), min(low, float(mean[0])), high, level=LEVEL, n=len(gains))


def _estimate_saving(weeks: pd.DataFrame, same: pd.DataFrame | None) -> Estimate:
    """Over weeks, and as wide again as the next week's saving is over how long an order can keep hands
    busy."""
    if len(weeks) < 3:
        return Estimate(None, n=len(weeks))
    saved = (1 - weeks["hours_same"] / weeks["paid"]).to_numpy(float)
    half = float(_half(saved[:, None])[0])
    below = above = 0.0
    if same is not None and same["paid"].sum():
        below, above = (abs(float(same["hours"].sum() - same[end].sum())) / float(same["paid"].sum())
                        for end in ("hours_high", "hours_low"))  # fmt: skip
    mean = float(saved.mean())
    return Estimate(
        mean, mean - np.hypot(half, below), mean + np.hypot(half, above), level=LEVEL, n=len(weeks)
    )


def _half(weeks: Floats) -> Floats:
    n = len(weeks)
    found: Floats = student.ppf(0.5 + LEVEL / 2, n - 1) * weeks.std(axis=0, ddof=1) / np.sqrt(n)
    return found


def _as_came(week: Week) -> Week:
    parts = {name: getattr(week, name) for name in ("staffed", "heads", "y", "paid", "paid_cents")}
    return Week(week.dates, mean=week.y, spread=np.zeros_like(week.spread), **parts)
