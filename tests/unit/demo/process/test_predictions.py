"""Forecasts: the planted errors are the errors, and nothing is known before its time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process import predictions as forecasts
from lucky_analytics.demo.process.horizon import N_DAYS, day_of
from lucky_analytics.demo.process.predictions import Forecasts, forecast_goods
from lucky_analytics.demo.process.store_plan import OPENED
from lucky_analytics.demo.truth.planted import Plants, plants
from lucky_analytics.errors import DemoError


class _Demand:
    """Ten units a day of two goods in every open store; the second is sold from day 100 only."""

    def __init__(self) -> None:
        self.demand = np.full((10, N_DAYS, 2), 10_000.0)
        self.demand[np.arange(N_DAYS) < OPENED[:10, None]] = 0
        self.demand[:, :100, 1] = 0


class _Goods:
    n, classes = 2, ("Coffee", "Food")


def _made(plant: Plants, monkeypatch: pytest.MonkeyPatch, n_rows: int = 60_000) -> Forecasts:
    monkeypatch.setattr(forecasts, "N_GOODS_ROWS", n_rows)
    return forecast_goods(_Demand(), _Goods(), Targets.at(1.0), plant, 5)  # type: ignore[arg-type]


def _quiet() -> Plants:
    plant = plants()
    for name in ("Coffee", "Food", "sigma_per_lead_day", "bias_new_stores", "bias_flagship", "drift"):
        plant["forecasts"][name] = 0.0
    return plant


def test_without_errors_the_forecast_is_the_demand(monkeypatch: pytest.MonkeyPatch):
    made = _made(_quiet(), monkeypatch)
    known = made.target < N_DAYS
    assert made.value[known] == pytest.approx(made.demand[known])
    assert made.value[~known] == pytest.approx(10_000)
    assert np.isnan(made.demand[~known]).all() and (~known).any()


@pytest.mark.parametrize(
    ("name", "value", "store", "late", "ratio"),
    [
        ("bias_flagship", -0.06, 0, False, 0.94),
        ("bias_flagship", -0.06, 1, False, 1.0),
        ("bias_new_stores", 0.12, 8, False, 1.12),
        ("bias_new_stores", 0.12, 2, True, 1.0),
        ("drift", 0.10, 1, True, 1.10),
        ("drift", 0.10, 1, False, 1.0),
    ],
)
def test_each_bias_is_where_it_is_planted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float, store: int, late: bool, ratio: float
):
    plant = _quiet()
    plant["forecasts"][name] = value
    made = _made(plant, monkeypatch)
    rows = (made.store == store) & ((made.target >= day_of("2026-01-15")) == late) & (made.target < N_DAYS)
    assert made.value[rows] / made.demand[rows] == pytest.approx(ratio)


def test_errors_have_mean_one_and_the_sd_of_class_and_lead(monkeypatch: pytest.MonkeyPatch):
    plant = _quiet()
    plant["forecasts"] |= {"Coffee": 0.18, "Food": 0.30, "sigma_per_lead_day": 0.02}
    made = _made(plant, monkeypatch)
    known = made.target < N_DAYS
    for unit, sigma in ((0, 0.18), (1, 0.30)):
        for lead in (1, 6, 14):
            rows = known & (made.unit == unit) & (made.target - made.made == lead)
            ratio = made.value[rows] / made.demand[rows]
            assert np.log(ratio).std() == pytest.approx(sigma + 0.02 * (lead - 1), rel=0.06)
            assert ratio.mean() == pytest.approx(1, abs=0.04)


def test_versions_of_one_day_agree_more_than_leads_do(monkeypatch: pytest.MonkeyPatch):
    plant = _quiet() | {"forecasts": {**_quiet()["forecasts"], "Coffee": 0.2}}
    made = _made(plant, monkeypatch)
    error = {}
    for i in np.flatnonzero((made.unit == 0) & (made.target < N_DAYS)):
        key = (made.store[i], made.target[i], made.made[i], made.version[i])
        error[key] = np.log(made.value[i] / made.demand[i])
    same = [(e, error[s, t, m, 1]) for (s, t, m, v), e in error.items() if v == 2]
    mornings = {key[:3]: e for key, e in error.items() if key[3] == 1}
    other = [(e, mornings[s, t, m - 1]) for (s, t, m), e in mornings.items() if (s, t, m - 1) in mornings]
    assert np.corrcoef(*zip(*same, strict=True))[0, 1] == pytest.approx(0.85, abs=0.03)
    assert np.corrcoef(*zip(*other, strict=True))[0, 1] == pytest.approx(0.50, abs=0.05)


def test_rows_are_as_many_as_wanted_or_refused(monkeypatch: pytest.MonkeyPatch):
    assert abs(len(_made(_quiet(), monkeypatch).store) - 60_000) < 28
    for n_rows in (20_000, 80_000):
        with pytest.raises(DemoError, match=f"forecast rows: expected {n_rows}"):
            _made(_quiet(), monkeypatch, n_rows)


def test_nothing_is_forecast_before_it_is_sold_and_everything_is_made_before_its_day(
    monkeypatch: pytest.MonkeyPatch,
):
    made = _made(_quiet(), monkeypatch)
    assert (made.target >= OPENED[made.store]).all()
    assert made.target[made.unit == 1].min() == 100
    lead = made.target - made.made
    assert (lead.min(), lead.max()) == (1, 14)
    assert (made.made >= OPENED[made.store] - 14).all() and made.made.max() == N_DAYS - 1
    assert (np.diff(made.available) >= 0).all()


@pytest.mark.parametrize(
    ("name", "day", "unit"),
    [
        ("wh_goods_daily_demand_pred", "demand_date", "goods_code"),
        ("t_order_predict_alg_v2", "predict_date", "predict_hour"),
    ],
)
def test_files_say_when_each_forecast_could_be_read(tiny: Path, name: str, day: str, unit: str):
    rows = pq.read_table(tiny / "luckyus_ireplenishment" / f"{name}.parquet").to_pandas()
    made = rows["pred_date"].astype("datetime64[us]")
    hours = (rows["create_time"] - made).dt.total_seconds() / 3600
    assert hours.min() > 8  # 5:00 in New York is 9:00 or 10:00 UTC
    usual = hours.groupby(rows["version"]).median()
    assert usual.is_monotonic_increasing and usual.iloc[-1] > usual.iloc[0] + 5
    late = hours - rows["version"].map(usual) > 4
    assert 0 < late.mean() < 0.03  # runs that ended hours late
    assert (rows[day].astype("datetime64[us]") - made).min() == dt.timedelta(days=1)
    assert not rows.duplicated(["shop_dept_id", unit, day, "pred_date", "version"]).any()
