"""How stores grew over the last weeks: those that were open all the time, together and one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.change import estimate_change
from lucky_analytics.models.sister_stores import UNKNOWN, Sisters
from lucky_analytics.models.store_weeks import aggregate_weeks

__all__ = ["LEVEL", "N_BEFORE", "N_WEEKS", "RecentWeeks", "find_comparable", "judge_weeks", "measure_growth",
           "measure_together"]  # fmt: skip

N_WEEKS, N_BEFORE, LEVEL = 4, 8, 0.95  # what pages take that let nobody choose them


@dataclass(frozen=True)
class RecentWeeks:
    """The last ``n_weeks`` weeks against as many before: ``fallen``, rows of ``measure_growth`` that fell;
    ``together``, growth of the ``n_comparable`` comparable stores, of ``before`` dollars a week; ``taken``:
    what new sister stores nearby did to them in these weeks (negative: took), null where not known."""

    n_weeks: int
    fallen: pd.DataFrame
    together: Estimate
    n_comparable: int
    before: float
    taken: Estimate

    @property
    def has_taken(self) -> bool:
        """Whether the comparable stores fell, and new stores nearby surely took some of it."""
        return self.has_fallen and self.taken.high is not None and self.taken.high < 0

    @property
    def rest(self) -> Estimate:
        """What is left of ``together`` without ``taken``: a rate, the two taken to be independent."""
        if self.together.value is None or self.taken.value is None:
            return Estimate(None, n=self.n_comparable)
        (all_, all_low, all_high), (own, own_low, own_high) = (
            np.log1p(np.array([part.value, part.low, part.high], float))
            for part in (self.together, self.taken)
        )
        low, high = np.hypot(all_ - all_low, own_high - own), np.hypot(all_high - all_, own - own_low)
        value, low, high = (float(np.expm1(all_ - own + off)) for off in (0.0, -low, high))
        return Estimate(value, low, high, level=self.together.level, n=self.n_comparable)

    @property
    def has_moved(self) -> bool:
        """Whether the comparable stores together changed more than their weeks differ anyway."""
        return self.together.value is not None and not self.together.holds(0)

    @property
    def has_fallen(self) -> bool:
        """Whether they changed so, and for the worse."""
        return self.has_moved and (self.together.value or 0.0) < 0


def judge_weeks(
    days: pd.DataFrame,
    stores: pd.DataFrame,
    n_weeks: int = N_WEEKS,
    n_before: int = N_BEFORE,
    level: float = LEVEL,
    sisters: Sisters = UNKNOWN,
) -> tuple[RecentWeeks, pd.DataFrame]:
    """What the last weeks say of the stores, one by one and together, and ``measure_growth`` that it is of.

    ``stores``: with ``opened``; ``days``: ``store_id``, ``ds``, ``orders``, ``dollars``; ``sisters``: of
    ``load_sisters`` over the same weeks.
    """
    grown = measure_growth(days, stores, n_weeks, level)
    comparable = find_comparable(days, stores, n_weeks, n_before)
    before = grown[grown["store_id"].isin(comparable)].set_index("store_id")["before"]
    weeks = RecentWeeks(
        n_weeks=n_weeks,
        fallen=grown[grown["moved"] == "fell"].reset_index(drop=True),
        together=measure_together(days, comparable, n_weeks, level),
        n_comparable=len(comparable),
        before=float(before.sum()),
        taken=sisters.take(before, level),
    )
    return weeks, grown


def find_comparable(days: pd.DataFrame, stores: pd.DataFrame, n_weeks: int, n_before: int = 0) -> list[str]:
    """Ids of the stores that sold in each of the last 2 ``n_weeks`` weeks, and had been open for ``n_before``
    weeks when they began: a store that still grows into its place is comparable with nothing."""
    last = days["ds"].max()
    week = (last - days["ds"]).dt.days // 7
    sold = days.assign(week=week)[(days["dollars"] > 0) & (week < 2 * n_weeks)]
    n_sold = sold.groupby("store_id")["week"].nunique()
    old = stores[(last - stores["opened"]).dt.days + 1 >= 7 * (2 * n_weeks + n_before)]
    return [store for store in old["store_id"] if n_sold.get(store, 0) == 2 * n_weeks]


def measure_together(days: pd.DataFrame, comparable: list[str], n_weeks: int, level: float) -> Estimate:
    """Growth of the comparable stores together, the last ``n_weeks`` weeks over those before, less one;
    holidays taken off. Null without a comparable store."""
    if not comparable:
        return Estimate(None, n=0)
    own = days[days["store_id"].isin(comparable)]
    weeks = _usual_weeks(
        own.groupby("ds", as_index=False)[["orders", "dollars"]].sum(), own["ds"].max(), n_weeks
    )
    found = estimate_change(weeks.assign(unique_id="all"), n_weeks, level).iloc[0]
    return Estimate.of(found.to_dict(), "change", level=level, n=len(comparable))


def measure_growth(days: pd.DataFrame, stores: pd.DataFrame, n_weeks: int, level: float) -> pd.DataFrame:
    """Each store's last ``n_weeks`` weeks over the ``n_weeks`` before, holidays taken off, the steepest fall
    first.

    ``store_id``, ``store_name``, ``weeks_open``, ``before``, ``recent`` (dollars a week), ``change``,
    ``low``, ``high`` (for all stores together at ``level``; null for a store too young, or without revenue
    in one of the weeks), ``orders_part`` and ``value_part`` (from orders and from dollars an order; they
    multiply to it), ``moved``: "rose", "fell", "no more than chance" or "too young". The scatter of single
    weeks is taken to be alike in all stores; a store moved where its range is clear of nought: of stores
    that stay where they are one is said to have moved on 1 - ``level`` of pages.
    """
    comparable = find_comparable(days, stores, n_weeks)
    parts = [
        _usual_weeks(own[["ds", "orders", "dollars"]], days["ds"].max(), n_weeks).assign(unique_id=store)
        for store, own in days[days["store_id"].isin(comparable)].groupby("store_id")
    ]
    age = (days["ds"].max() - stores["opened"]).dt.days + 1
    table = stores[["store_id", "store_name"]].assign(weeks_open=age / 7)
    names = ["before", "recent", "change", "low", "high", "orders_part", "value_part", "clear"]
    if not parts:
        return table.assign(**dict.fromkeys(names[:-1], np.nan), moved="too young")
    weeks = pd.concat(parts)
    n = weeks["unique_id"].nunique()
    found = estimate_change(weeks, n_weeks, 1 - (1 - level) / n, is_alike=True).set_index("unique_id")
    orders = estimate_change(weeks.assign(y=weeks["orders"]), n_weeks).set_index("unique_id")["change"]
    found["orders_part"], found["value_part"] = orders, (1 + found["change"]) / (1 + orders) - 1
    found["clear"] = np.select([found["low"] > 0, found["high"] < 0], ["rose", "fell"], "no more than chance")
    table = table.merge(found[names], left_on="store_id", right_index=True, how="left")
    table["moved"] = table.pop("clear").where(table["change"].notna(), "too young")
    return table.sort_values("change", ignore_index=True)


def _usual_weeks(days: pd.DataFrame, last: pd.Timestamp, n_weeks: int) -> pd.DataFrame:
    """The last 2 ``n_weeks`` weeks of one series: ``ds`` (0 is the oldest), ``y`` (dollars) and ``orders``,
    both without what holidays and storms did to the week."""
    every = pd.date_range(days["ds"].min(), last)
    whole = days.set_index("ds")[["orders", "dollars"]].reindex(every, fill_value=0.0)
    weeks = aggregate_weeks(whole.rename_axis("date").reset_index())
    weeks = weeks.tail(2 * n_weeks).reset_index(drop=True)
    usual = weeks["usual_dollars"] / weeks["dollars"].where(weeks["dollars"] > 0)
    return pd.DataFrame(
        {"ds": range(len(weeks)), "y": weeks["usual_dollars"], "orders": weeks["orders"] * usual}
    )
