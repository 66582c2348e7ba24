"""Savings in the cloud on made worlds: night work is kept, plans are paid on, and every edge holds."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.models.cloud_month import MONTH_HOURS, read_bill
from lucky_analytics.questions.platform.infrastructure_cost import (
    machine_savings,
    machine_use,
    reserving,
    texts,
    unit_cost,
    views,
)
from tests import cloud_world

RULES, PLANT = machine_use.Rules(), plants()["cloud"]


def suite(frames=None, as_of=cloud_world.AS_OF):
    return cloud_world.suite(frames or cloud_world.raw(), as_of)


@functools.cache
def judged():
    return machine_use.judge_machines(suite(), RULES)


def n_of(found, what):
    return int((found.rows["what"] == what).sum())


def test_idle_machines_are_found_and_those_that_work_at_night_are_kept():
    found = judged()
    assert n_of(found, machine_use.NIGHT) == pytest.approx(PLANT["bursting"], abs=1)
    assert found.idle_by_mean == pytest.approx(PLANT["idle_share"] * found.n_running, abs=5)
    assert n_of(found, machine_use.END) == found.idle_by_mean - n_of(found, machine_use.NIGHT)
    ended = found.rows[found.rows["what"] == machine_use.END]
    assert ended["most"].max() < RULES.idle_most and found.again.returned == 0


def test_where_no_machine_is_idle_none_is_ended():
    found = machine_use.judge_machines(suite(cloud_world.raw("null")), RULES)
    assert n_of(found, machine_use.END) == n_of(found, machine_use.NIGHT) == found.idle_by_mean == 0
    savings = machine_savings.price_machines(found)
    assert savings.naive == 0
    busy = edit(cloud_world.raw("null"), "ec2_days", cpu_most=0.9)
    none = machine_savings.price_machines(machine_use.judge_machines(suite(busy), RULES))
    assert none.now == none.after == 0


def edit(frames, table, **columns):
    return {**frames, table: frames[table].assign(**columns)}


def test_a_machine_that_works_at_the_end_of_each_month_alone_is_not_ended():
    frames = cloud_world.raw()
    idle = judged().rows.set_index("what").loc[machine_use.END, "machine_id"].iloc[0]
    days = frames["ec2_days"].copy()
    ends = pd.to_datetime(days["day"]).dt.is_month_end
    days.loc[(days["instance_id"] == idle) & ends, "cpu_most"] = 0.9
    found = machine_use.judge_machines(suite({**frames, "ec2_days": days}), RULES)
    assert found.rows.set_index("machine_id").loc[idle, "what"] == machine_use.NIGHT
    assert found.week.returned >= 3 and found.again.returned == 0  # a week of rest would have ended it


def machines(*rows):
    """``what``, ``paid_by``, hour and list price in cents of each."""
    table = pd.DataFrame(rows, columns=["what", "paid_by", "hour_cents", "list_cents"])
    table["new_list_cents"] = np.where(table["what"] == machine_use.END, 0.0, table["list_cents"] / 2)
    table["looks_idle"] = table["what"] == machine_use.END
    return dataclasses.replace(judged(), rows=table)


@pytest.mark.parametrize(
    ("rows", "now", "after"),
    [
        # One on demand and one under a plan at half the price: ending either saves what is on demand.
        ([(machine_use.KEEP, "on_demand", 100, 100), (machine_use.END, "savings_plan", 50, 100)], 100, 75),
        ([(machine_use.END, "on_demand", 100, 100), (machine_use.KEEP, "savings_plan", 50, 100)], 100, 75),
        ([(machine_use.END, "on_demand", 100, 100), (machine_use.END, "savings_plan", 50, 100)], 100, 150),
        ([(machine_use.END, "savings_plan", 50, 100)], 0, 50),
        ([(machine_use.RESIZE, "on_demand", 100, 100)], 50, 50),
        ([(machine_use.STOPPED, "on_demand", 100, 100)], 0, 0),
    ],
)
def test_what_ends_under_a_plan_is_paid_on_and_frees_it_for_others(rows, now, after):
    found = machine_savings.price_machines(machines(*rows))
    assert found.now == round(now * MONTH_HOURS) and found.after == round(after * MONTH_HOURS)


def test_savings_are_parts_of_the_bill_and_the_plain_list_promises_more():
    savings = machine_savings.price_machines(judged())
    bill = read_bill(suite())
    assert savings.spent == pytest.approx(bill.month_cents("EC2"), rel=0.01)
    assert 0 < savings.now < savings.after < savings.spent and savings.naive > savings.now
    on_demand = bill.lines.query("service == 'EC2' and paid_by == 'on_demand'")["month_cents"].sum()
    assert savings.now <= on_demand * 1.01
    assert savings.rows.loc[savings.rows["what"] == machine_use.NIGHT, "full_cents"].sum() == 0


def test_the_bill_is_the_published_one_in_whole_cents():
    bill = read_bill(suite())
    assert bill.month_cents() == pytest.approx(4_964_500, abs=50) and isinstance(bill.month_cents(), int)
    assert bill.month_cents("RDS") == pytest.approx(552_700, abs=50)
    assert bill.covered_share("RDS") == pytest.approx(0.013, abs=1e-4)
    assert bill.covered_share("nothing") is None
    short = read_bill(suite(as_of=pd.Timestamp("2025-11-20").date()))
    assert short.n_days == 20 and short.month_cents() == pytest.approx(4_964_500, rel=0.1)


def brute(hours, held, price, ahead, given_up):
    """The number of nodes that costs least over a year, tried one by one."""
    less = given_up * (np.arange(400) + 0.5) / 400
    used = (np.asarray(hours)[:, None] * (1 - less)).ravel()
    costs = [(ahead * (held + n) + price * np.maximum(used - held - n, 0)).mean() for n in range(100)]
    return int(np.argmin(costs))


@pytest.mark.parametrize("given_up", [0.0, 0.1, 0.3, 0.9])
def test_nodes_to_buy_are_those_that_cost_least_when_all_are_tried(given_up):
    bill, days = read_bill(suite()), unit_cost.read_node_days(suite())
    plan = reserving.plan_reserving(bill, days, given_up, 0.9)
    for row in plan.rows.to_dict("records"):
        hours = days.loc[days["service"] == row["service"], "hours"] / 24
        best = brute(hours, row["held"], row["price"], row["ahead"], given_up)
        assert row["buy"] == best
        assert row["saves_low"] <= row["saves"] <= row["saves_high"]
        assert row["saves"] <= row["all_in"] + 1e-6 and row["discount"] == pytest.approx(0.35, abs=0.01)


def test_without_a_price_ahead_nothing_is_bought():
    frames = cloud_world.raw()
    plain = {**frames, "cost_days": frames["cost_days"][frames["cost_days"]["purchase"] == "on_demand"]}
    plan = reserving.plan_reserving(read_bill(suite(plain)), unit_cost.read_node_days(suite(plain)), 0.3, 0.9)
    assert plan.total("saves") is None and plan.rows["buy"].isna().all()
    worth = views.add_savings(machine_savings.price_machines(judged()), plan, 0.9)
    assert worth.low is None and worth.value > 0


def test_months_are_whole_and_costs_are_the_bill_over_orders():
    given = suite()
    months = unit_cost.read_months(given)
    assert months["month"].dt.strftime("%Y-%m").tolist() == ["2025-11", "2025-12", "2026-01"]
    assert months["orders"].isna().all() and months["bill"].sum() / 3 == pytest.approx(49_645, abs=0.5)
    assert texts.name_months(months) == "Too few months to compare what an order costs"


@pytest.mark.parametrize("chosen", [{"idle_mean": 0.0}, {"idle_most": 0.0}, {"days": 400}])
def test_each_rule_is_the_one_that_was_given(chosen):
    found = machine_use.judge_machines(suite(), dataclasses.replace(RULES, **chosen))
    assert n_of(found, machine_use.END) == 0


def test_a_smaller_type_holds_the_busiest_moment():
    found = machine_use.judge_machines(suite(), dataclasses.replace(RULES, idle_mean=0.0, most_filled=0.9))
    own = found.rows[found.rows["what"] == machine_use.RESIZE]
    sizes = found.rows.groupby("type")["vcpus"].first()
    assert len(own) > 10
    for row in own.itertuples():
        assert row.most * row.vcpus <= 0.9 * sizes[row.new_type] and sizes[row.new_type] < row.vcpus
        assert row.new_type.partition(".")[0] == row.type.partition(".")[0]


def test_texts_hold_whatever_is_found():
    plan = reserving.plan_reserving(read_bill(suite()), unit_cost.read_node_days(suite()), 0.3, 0.9)
    none = reserving.Plan(plan.rows.assign(buy=0.0, saves=0.0, saves_low=0.0, saves_high=0.0))
    for what in (machine_use.END, machine_use.RESIZE, machine_use.KEEP):
        rows = judged().rows
        some = dataclasses.replace(judged(), rows=rows.assign(what=what, looks_idle=what == machine_use.END,
            new_list_cents=rows["list_cents"] / 2 if what == machine_use.RESIZE else 0.0))  # fmt: skip
        for bought in (plan, none):
            savings = machine_savings.price_machines(some)
            worth = views.add_savings(savings, bought, 0.9)
            decision = texts.decide(some, savings, bought, worth)
            assert len(texts.name_finding(some, bought).split()) <= 14 and len(decision.action.split()) <= 40
            assert texts.describe_answer(some, savings, bought).count("{") <= 3
            assert decision.strength.is_idle == (what == machine_use.KEEP and bought is none)
    actions = views.show_actions(machine_savings.price_machines(judged()), judged().again.chance(30, 0.9))
    assert (actions["environment"].iloc[:5] == "test").all() and actions["risk"].str.len().min() > 20
