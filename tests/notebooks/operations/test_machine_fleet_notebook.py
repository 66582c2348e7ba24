"""The page on machines: its numbers follow events and cups, and where nothing is wrong it is quiet."""

from __future__ import annotations

import functools

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.questions.operations.machine_fleet import lives, velocity
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import assert_sound, headlines, names, on_demo, page_faults, rows, said_by

NOTEBOOK = "operations/machine_fleet"
TILES = {"working", "failures", "at_risk", "down_hour", "drops", "waiting"}
HEADLINES = TILES | {"spares", "offline", "silent", "naive_drops", "since", "age", "odd_types", "held",
                     "visits", "rounds", "repair", "pays"}  # fmt: skip
NOTHING = ibis.literal(False)


run, usual = on_demo(NOTEBOOK)


def test_the_page_is_whole_and_its_parts_add_up():
    said = usual()
    found = assert_sound(said, HEADLINES)
    machines, stores = rows(said, "machines"), rows(said, "stores")
    assert len(machines) == found["working"]["n"] == found["working"]["value"] + found["waiting"]["value"]
    assert sum(row["machines"] for row in rows(said, "composition")) == 216
    places = {row["place"] for row in stores}
    assert sum(row["machines"] for row in stores) == sum(row["place"] in places for row in machines)
    assert sum(row["spares"] for row in rows(said, "spares")) == found["spares"]["value"]
    assert found["failures"]["low"] < found["failures"]["value"] < found["failures"]["high"]
    assert found["held"]["value"] == pytest.approx(
        sum(row["low"] <= row["came"] <= row["high"] for row in rows(said, "tried")) / found["held"]["n"]
    )
    assert {"units", "map", "capacity", "types", "lives", "tried"} <= names(said, "figure")
    assert {"dashboard", "types", "events", "programmes", "clocks"} <= names(said, "table")
    (foretold,) = said["prediction"]
    assert foretold["metric"] == "machine_failures" and foretold["low"] < foretold["value"]


def test_stores_that_print_their_waiting_machines_agree():
    own = {(r["entity"], r["window"]): r["value"] for r in usual()["published"]}
    store = next(entity for (entity, _), n in own.items() if n)
    other = said_by("operations/store_week", demo_suite.suite(), store=store)
    told = {(r["entity"], r["window"]): r["value"] for r in other["published"] if "repair" in r["what"]}
    assert told and all(own[key] == n for key, n in told.items())


def test_where_nothing_was_planted_nothing_is_claimed():
    said = said_by(NOTEBOOK, null_world.suite(null_world.SMALL))
    found = headlines(said)
    assert page_faults(said) == [] and found["drops"]["value"] == 0 and found["silent"]["value"] == 0
    assert found["down_hour"]["low"] < 0 < found["down_hour"]["high"]
    assert said["decision"][0]["strength"] == WAIT and "pour" not in said["title"][0]["text"]


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())
    calm = headlines(run(device_events=_no_later_life))
    for name in ("failures", "spares", "visits", "rounds", "since", "age", "repair"):
        assert calm[name]["value"] != before[name]["value"], name
    waits = headlines(
        run(
            device_events=lambda e: e.filter(
                ~((e.kind == "repaired") & (e.event_date > ibis.date(2026, 2, 1)))
            )
        )
    )
    assert waits["waiting"]["value"] > before["waiting"]["value"]
    assert waits["working"]["value"] < before["working"]["value"]
    more = headlines(run(cups=pour(per_hour=9)))
    assert more["at_risk"]["value"] != before["at_risk"]["value"]
    assert more["drops"]["n"] > before["drops"]["n"]
    assert (
        headlines(run(machines=lambda m: m.mutate(is_online=~m.is_online)))["offline"]["value"]
        != before["offline"]["value"]
    )
    costs = headlines(run(accounting_costs=lambda b: b.mutate(cost_cents=b.cost_cents * 1000)))
    assert costs["repair"]["value"] == pytest.approx(1000 * before["repair"]["value"])
    assert costs["pays"]["value"] > before["pays"]["value"]


def _no_later_life(event):
    return event.filter((event.event_date < ibis.date(2025, 12, 1)) | (event.machine_id.hash() % 2 == 0))


@functools.cache
def _poured(fall=1.0, per_hour=2):
    """Cups of every machine of a trading store on whole days at work, by chance; one makes ``fall`` of its
    own in the last two weeks. A table like ``cups``."""
    suite = demo_suite.suite()
    fleet = lives.load_fleet(suite)
    days = pd.date_range("2025-12-01", "2026-02-13")
    rate = np.where(fleet.machines["is_trading"], 13.0 * per_hour, 0.0)[:, None] * np.ones(len(days))
    rate[fleet.machines["machine_id"] == _one(), -14:] *= fall
    counts = np.random.default_rng(3).poisson(rate) * velocity.mark_days(fleet, days)
    machine, day = (np.repeat(place, counts.ravel()) for place in np.indices(counts.shape).reshape(2, -1))
    n = len(machine)
    own = fleet.machines.iloc[machine]
    return pd.DataFrame(
        {
            "cup_id": np.arange(n).astype(str),
            "machine_id": own["machine_id"].to_numpy(object),
            "store_id": own["store_id"].to_numpy(object),
            "cup_date": days[day].date,
            "poured_for": "order",
            "programme": "P1-2",
            "started_at": days[day] + pd.to_timedelta(12 + np.arange(n) % 13, unit="h"),
            "pour_seconds": 30.0,
        }
    )


def pour(fall=1.0, per_hour=2):
    def edit(cups):
        frame = _poured(fall, per_hour)
        empty = cups.select(*frame.columns).filter(NOTHING)
        return empty.union(ibis.memtable(frame).cast(empty.schema()))

    return edit


@functools.cache
def _one():
    """A machine at a store whose others work too."""
    stores = {row["place"] for row in rows(usual(), "stores")}
    row = next(r for r in rows(usual(), "machines") if r["place"] in stores and (r["days"] or 0) > 60)
    return row["machine_id"]


@pytest.mark.full
def test_a_machine_that_pours_less_is_first_to_be_looked_at():
    half = run(cups=pour(fall=0.6))
    assert headlines(half)["drops"]["value"] == 1 and "1 machine pours less" in half["title"][0]["text"]
    assert "have a technician look at" in half["decision"][0]["action"] and page_faults(half) == []
    none = run(cups=pour(fall=0.0))
    assert headlines(none)["silent"]["value"] == 1 and page_faults(none) == []
    same = run(cups=pour())
    assert headlines(same)["drops"]["value"] == 0 == headlines(same)["silent"]["value"]


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0].split(".")[0] for rule in alerts.rules if rule.notebook == "machine_fleet"}
    assert own == {"waiting", "silent", "drops", "at_risk"} and alerts.faults == ()
    assert own <= HEADLINES


ENDS = {
    "before the first row": ({}, "2025-06-01", "No machine was installed"),
    "no event": ({"device_events": lambda e: e.filter(NOTHING)}, None, "No machine was installed"),
    "no machine": ({"machines": lambda m: m.filter(NOTHING)}, None, "No machine was installed"),
}


@pytest.mark.parametrize(
    "case", ["no event", *(pytest.param(c, marks=pytest.mark.full) for c in ENDS if c != "no event")]
)
def test_without_a_life_the_page_says_so(case):
    edits, as_of, title = ENDS[case]
    said = run(as_of=as_of, **edits)
    assert said["title"][0]["text"].startswith(title) and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT and page_faults(said) == []


def _lacking(*tables):
    suite = demo_suite.suite()
    optional = suite.optional
    suite.optional = lambda name: None if name in tables else optional(name)
    return suite


@pytest.mark.full
@pytest.mark.parametrize(
    "table", ["machines", "device_events", "cups", "programmes", "accounting_costs", "production", "stock"]
)
def test_a_missing_table_costs_what_needs_it(table):
    said = said_by(NOTEBOOK, _lacking(table))
    assert page_faults(said) == []
    if table in ("machines", "device_events"):
        assert "not in the snapshot" in said["title"][0]["text"]
    else:
        assert set(headlines(said)) == HEADLINES
    if table == "cups":
        assert headlines(said)["drops"]["value"] is None and "missing" in said
        assert "sales" not in said["title"][0]["text"]


@pytest.mark.full
def test_edges_one_store_young_days_hostile_names_and_other_parameters():
    one = run(machines=lambda m: m.filter(m.store_id == "100008"))
    assert page_faults(one) == [] and len(rows(one, "stores")) == 1
    single = run(machines=lambda m: m.filter(m.machine_id == m.machine_id.min()))
    assert page_faults(single) == [] and headlines(single)["failures"]["value"] is None
    young = run(as_of="2025-07-10")
    assert page_faults(young) == [] and headlines(young)["offline"]["value"] is None
    quiet = run(device_events=lambda e: e.filter(e.kind == "installed"))
    assert page_faults(quiet) == [] and "Too few machines failed" in quiet["title"][0]["text"]
    bad = "<script>alert(1)</script> & =1+1"
    named = run(
        machines=lambda m: m.mutate(serial=ibis.literal(bad) + m.machine_id, machine_type=ibis.literal(bad)),
        stores=lambda s: s.mutate(store_name=ibis.literal(bad) + s.store_id),
    )
    assert page_faults(named) == []
    html = "".join(str(out["data"].get("text/html", "")) for out in named["outputs"])
    assert "<script>alert" not in html
    far = run(
        {"n_days": 90, "recent_days": 28, "drop": 0.9, "enough": 0.999, "level": 0.99, "pays_years": 20.0}
    )
    low = {"n_days": 7, "recent_days": 7, "drop": 0.05, "enough": 0.5, "level": 0.5}
    near = run({**low, "machine_dollars": 100.0, "pays_years": 20.0})
    assert page_faults(far) == page_faults(near) == []
    assert headlines(near)["failures"]["value"] < headlines(far)["failures"]["value"]
    assert headlines(near)["spares"]["value"] < headlines(far)["spares"]["value"]
    assert headlines(near)["pays"]["value"] > headlines(usual())["pays"]["value"]
    empty = run(
        orders=lambda o: o.filter(o.order_date < ibis.date(2026, 2, 1)),
        cups=lambda c: c.filter(c.cup_date < ibis.date(2026, 2, 1)),
    )
    assert page_faults(empty) == []
    bare = run(cups=lambda c: c.filter(NOTHING))
    assert page_faults(bare) == [] and headlines(bare)["at_risk"]["value"] is None
