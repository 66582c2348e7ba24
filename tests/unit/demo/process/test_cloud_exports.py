"""The exports of the cloud meet the published totals, and machines that look idle are not all idle."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.cloud_world import raw as exports


def costs():
    rows = exports()["cost_days"].astype({"cost_usd": float})
    rows["day"] = pd.to_datetime(rows["day"])
    return rows[rows["day"] < "2026-02-01"]


def test_the_bill_adds_up_to_the_published_month():
    bill = costs()
    assert bill["cost_usd"].sum() / 3 == pytest.approx(49_645, abs=0.5)
    assert bill[bill["service"] == "RDS"]["cost_usd"].sum() / 3 == pytest.approx(5_527, abs=0.5)
    assert bill["day"].nunique() == 92 and (bill["cost_usd"] > 0).all()


def test_reserved_hours_are_the_published_shares():
    hours = costs().query("unit == 'hours' and service in ['EC2', 'RDS', 'ElastiCache']")
    kept = hours[hours["purchase"] != "on_demand"].groupby("service")["usage_amount"].sum()
    every = hours.groupby("service")["usage_amount"].sum()
    assert kept["RDS"] / every["RDS"] == pytest.approx(0.013, abs=1e-4)
    assert kept["ElastiCache"] / every["ElastiCache"] == pytest.approx(0.066, abs=1e-4)
    assert kept.sum() / every.sum() == pytest.approx(0.502, abs=0.002)


def test_machines_agree_with_the_bill_and_with_what_is_published_of_them():
    machines, days = exports()["ec2_instances"], exports()["ec2_days"]
    assert len(machines) == 233 and machines["instance_id"].is_unique
    runs = machines[machines["state"] == "running"]
    assert set(days["instance_id"]) == set(runs["instance_id"])
    paid = runs["hourly_usd"].astype(float).sum() * 24
    bill = costs()
    assert bill[bill["service"] == "EC2"].groupby("day")["cost_usd"].sum().to_numpy() == pytest.approx(
        paid, abs=0.01
    )
    by_machine = days.groupby("instance_id").agg(mean=("cpu_mean", "mean"), most=("cpu_most", "min"))
    looks_idle = by_machine["mean"] < 0.05
    assert looks_idle.mean() == pytest.approx(0.78, abs=0.02)
    # Some that do next to nothing all day are needed for an hour at night.
    assert (by_machine[looks_idle]["most"] > 0.5).sum() == pytest.approx(15, abs=1)
    assert days[["cpu_mean", "cpu_most"]].stack().between(0, 1).all()


def test_where_nothing_is_planted_no_machine_is_idle():
    days = exports("null")["ec2_days"]
    assert days.groupby("instance_id")["cpu_mean"].mean().min() > 0.05


def test_the_three_rules_are_in_error():
    rules = exports()["alert_rules"]
    assert len(rules) == 3 and (rules["health"] == "error").all() and rules["evaluated_at"].isna().all()
    assert np.all(rules["is_paused"] == 0)
