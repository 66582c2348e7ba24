"""What forecast weeks ask of a bar: planted hours, seconds and machines come back; gaps are said."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, SnapshotError
from lucky_analytics.models import bar_load as bar
from tests.ramp_suite import SECONDS, SimulatedSuite
from tests.ramp_world import simulate

WEEKS = pd.DataFrame(
    {"week": [1, 12], "y": [1000.0, 2000.0], "low": [800.0, 1000.0], "high": [1250.0, 4000.0]}
)
PACE = bar.Pace(hour=9, share=0.03, share_log_sd=0.1, busy=1.4, seconds=180, orders_a_machine=8, n_stores=9)


@functools.cache
def suite():
    return SimulatedSuite(simulate(5))


def pace(**missing):
    found = suite()
    frames = {"seconds": bar.load_seconds(found), "machines": bar.load_machines(found)} | missing
    return bar.measure_pace(bar.load_hours(found), **frames)


def test_hours_are_those_of_the_last_eight_weeks_and_every_order():
    hours = bar.load_hours(suite())
    assert (hours["ds"].max() - hours["ds"].min()).days == 55
    recent = suite().orders.filter(suite().orders.order_date >= hours["ds"].min().date())
    assert hours["y"].sum() == recent.count().execute()
    assert len(bar.load_hours(suite(), n_weeks=2)) < len(hours)


def test_the_planted_pace_comes_back():
    found = pace()
    assert (found.hour, found.seconds, found.n_stores) == (9, SECONDS, 10)
    # Four orders of twenty fall into the hour from 9; a weekday is a fifth of 5 in 5 + 2 x .44 days.
    assert found.share == pytest.approx(0.2 * 1 / (5 + 2 * 0.44), rel=0.05)
    hours = bar.load_hours(suite())
    nine = hours[(hours["hour"] == 9) & (hours["ds"].dt.day_of_week < 5)]
    peaks = nine.groupby("unique_id")["y"].sum() / nine.groupby("unique_id")["ds"].nunique()
    assert found.orders_a_machine == pytest.approx(peaks.max() / 4, rel=0.01)


def test_a_plan_is_the_forecast_times_the_pace():
    plan = bar.plan_bar(WEEKS, PACE)
    assert plan["peak"].tolist() == [30, 60] and plan["busy"].tolist() == [42, 84]
    assert plan["in_progress"].tolist() == [1.5, 3.0]
    assert plan["machines"].tolist() == [4, 8] and (plan["machines_high"] > plan["machines"]).all()
    # ln 1.25 from the forecast and 1.645 x .1 between stores
    wide = np.exp(np.hypot(np.log(1.25), 1.6449 * 0.1))
    assert plan["peak_high"].iloc[0] == pytest.approx(30 * wide, rel=1e-4)
    assert plan["peak_low"].iloc[0] == pytest.approx(30 / wide, rel=1e-4)
    assert (bar.plan_bar(WEEKS, PACE, level=0.99)["peak_high"] > plan["peak_high"]).all()


def test_without_the_kitchens_and_the_machines_tables_their_columns_are_null_and_the_page_says_so():
    found = pace(seconds=None, machines=None)
    plan = bar.plan_bar(WEEKS, found)
    assert plan[["in_progress", "machines"]].isna().all(axis=None) and plan["peak"].notna().all()
    assert "lacks the tables on how long orders take and on machines" in bar.describe_unknown(found)
    assert "lacks" not in bar.describe_unknown(PACE) and "not how many were needed" in bar.describe_unknown(
        PACE
    )


class Core:
    """A snapshot of the core tables only."""

    as_of = suite().as_of

    def table(self, name):
        raise SnapshotError(f"table {name} is not in snapshot x")


def test_a_snapshot_of_the_core_tables_is_enough():
    assert bar.load_seconds(Core()) is None and bar.load_machines(Core()) is None


def test_no_orders_in_the_last_weeks_is_one_clear_error():
    with pytest.raises(LuckyError, match="busiest hour: expected a store with orders"):
        bar.measure_pace(bar.load_hours(suite()).head(0), None, None)


def test_the_advice_names_hour_and_load():
    assert bar.advise(bar.plan_bar(WEEKS, PACE), PACE).startswith(
        "Equip and staff an opening for 60 orders between 9 and 10 o'clock by week 12 (29 to 122)"
    )
