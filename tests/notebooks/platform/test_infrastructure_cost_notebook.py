"""The page on the cloud's bill: its numbers follow the rows, and it always comes."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.schedule.rules import load_rules
from tests.notebook_said import headlines, names, on_demo, page_faults, rows

RUN, USUAL = on_demo("platform/infrastructure_cost")
HEADLINES = {"saving", "bill", "idle", "machines_after", "bought_ahead", "per_order", "per_store",
             "machines_now", "unused_plan", "naive", "idle_by_mean", "at_night", "smaller", "stopped",
             "busy_again", "covered", "covered_databases", "covered_caches", "databases"}  # fmt: skip


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables():
    said = USUAL()
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) == HEADLINES and all(record["sql"] for record in found.values())
    actions, plan = pd.DataFrame(rows(said, "actions")), pd.DataFrame(rows(said, "plan"))
    assert found["idle"]["value"] == len(actions) == len(found["idle"]["counted"])
    assert found["bought_ahead"]["value"] == pytest.approx(plan["saves"].sum())
    total = found["machines_now"]["value"] + found["bought_ahead"]["value"]
    assert found["saving"]["value"] == pytest.approx(total)
    assert found["saving"]["low"] < found["saving"]["value"] < found["saving"]["high"]
    assert found["bill"]["value"] == pytest.approx(49_645, abs=0.5)
    assert found["databases"]["value"] == pytest.approx(5_527 / 49_645, abs=1e-3)
    months = pd.DataFrame(rows(said, "months"))
    assert found["per_order"]["value"] == pytest.approx(months["bill"].iloc[-1] / months["orders"].iloc[-1])
    assert names(said, "figure") == {"tests", "machines", "services", "unit_cost"}
    assert said["decision"][0]["strength"] == "lean" and len(said["published"]) == 2


def test_twice_the_bill_saves_twice_by_buying_ahead():
    said = RUN({}, cloud_costs=lambda table: table.mutate(cost_cents=table.cost_cents * 2))
    usual, found = headlines(USUAL()), headlines(said)
    assert found["bought_ahead"]["value"] == pytest.approx(2 * usual["bought_ahead"]["value"])
    assert found["per_order"]["value"] == pytest.approx(2 * usual["per_order"]["value"])
    failed = {check["name"] for check in said["check"] if not check["passed"]}
    assert failed == {"inventory and bill agree on machines"}


def test_where_all_machines_work_the_page_ends_none():
    said = RUN({}, cloud_machine_days=lambda table: table.mutate(cpu_most=table.cpu_most * 0 + 0.99))
    found = headlines(said)
    assert page_faults(said) == [] and found["idle"]["value"] == found["machines_now"]["value"] == 0
    assert "machine" in said["title"][0]["text"] and not rows(said, "actions")


def test_before_the_first_bill_the_page_says_so():
    early = RUN({}, "2025-07-15")
    assert "headline" not in early and early["decision"][0]["strength"] == "do not decide on this yet"


def test_hostile_names_are_text_and_extremes_have_their_page():
    bad = "<script>alert(1)</script>"
    said = RUN(
        {"given_up": 1.0, "idle_days": 400}, cloud_machines=lambda table: table.mutate(name=bad + table.name)
    )
    markup = " ".join(str(record.get("markup", "")) for record in said["table"])
    assert "<script>alert" not in markup and page_faults(said) == []


def test_the_rules_watch_what_the_page_says():
    rules = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in rules.rules if rule.notebook == "infrastructure_cost"}
    assert own == {"idle"} and rules.faults == ()
