"""The page on security: counts are no attacks, days stand out at the stated rate, and it always comes."""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import DO
from lucky_analytics.questions.platform.security_posture import odd_days
from lucky_analytics.questions.platform.security_posture.rule_counts import RuleCounts
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import (
    assert_names_nobody,
    assert_sound,
    headlines,
    on_demo,
    page_faults,
    rows,
    said_by,
)

NOTEBOOK = "platform/security_posture"
HEADLINES = {"unusual_days", "platform_share", "people_a_day", "refused", "ordered", "in_force", "records"}
run, usual = on_demo(NOTEBOOK)


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables():
    found = assert_sound(usual(), HEADLINES)
    rules = pd.DataFrame(rows(usual(), "rules"))
    assert found["records"]["value"] == rules["records"].sum()
    assert found["platform_share"]["value"] == pytest.approx(
        rules["platform_hits"].sum() / rules["hits"].sum()
    )
    listed = pd.DataFrame(rows(usual(), "blacklist"))
    assert found["in_force"]["value"] == listed["active"].sum()
    alarms = pd.DataFrame(rows(usual(), "alarms"))
    assert found["unusual_days"]["value"] == alarms["ds"].nunique() == 1
    assert str(alarms["ds"].iloc[0]).startswith("2026-01-22") and "web" in alarms["name"].iloc[0]


def test_nobody_is_named_and_what_cannot_be_known_is_said():
    assert_names_nobody(usual(), demo_suite.suite())
    caveats = " ".join(record["text"] for record in usual()["caveat"])
    for word in ("verification", "Neither is an attack", "firewall", "Nobody is put on the blacklist"):
        assert word in caveats
    assert usual()["decision"][0]["strength"] != DO


def test_each_headline_follows_the_rows():
    before = headlines(usual())
    after = headlines(run(risk_hits=lambda hit: hit.mutate(customer_id=ibis.literal("C1"))))
    assert before["platform_share"]["value"] > 0.1 and after["platform_share"]["value"] == 0
    assert after["people_a_day"]["value"] > before["people_a_day"]["value"]
    after = headlines(run(logins=lambda login: login.mutate(n_refused=login.n_attempts)))
    assert after["refused"]["value"] == 1 != before["refused"]["value"]
    after = headlines(run(risk_counts=lambda count: count.mutate(n_records=2 * count.n_records)))
    assert after["records"]["value"] == 2 * before["records"]["value"]
    after = headlines(run(blacklist=lambda entry: entry.mutate(is_active=ibis.literal(False))))
    assert after["in_force"]["value"] == 0 == after["ordered"]["value"] and before["in_force"]["value"] > 0


def test_an_account_that_orders_after_it_was_listed_is_counted():
    suite = demo_suite.suite()
    [buyer] = suite.orders.order_by("ordered_at").limit(1).customer_id.execute()
    on, first = ibis.literal(True), ibis.timestamp("2025-06-01")

    def list_buyer(table):
        one = table.filter(table.customer_id.notnull()).limit(1)
        return one.mutate(customer_id=ibis.literal(buyer), is_active=on, listed_at=first)

    found = headlines(run(blacklist=list_buyer))["ordered"]
    assert found["value"] == 1 and found["n"] == 1


def test_where_nothing_is_planted_no_day_stands_out():
    told = said_by(NOTEBOOK, null_world.suite())
    assert page_faults(told) == [] and headlines(told)["unusual_days"]["value"] == 0


@pytest.mark.parametrize("edit", ["no hits", "no logins", "no list", "no rules"])
def test_an_empty_table_has_its_page(edit):
    name = {"no hits": "risk_hits", "no logins": "logins", "no list": "blacklist", "no rules": "risk_rules"}[
        edit
    ]
    told = run(**{name: lambda table: table.filter(False)})
    assert page_faults(told) == [] and set(headlines(told)) == HEADLINES


def test_before_the_first_count_the_page_says_so():
    told = run(as_of=dt.date(2025, 6, 1))
    assert "headline" not in told and told["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
@pytest.mark.parametrize(
    "given",
    [{"days_judged": 1}, {"days_judged": 90}, {"weeks_apart": 0.5}, {"weeks_apart": 520.0},
     {"reviews_a_day": 0.0}, {"reviews_a_day": 10_000.0}, {"days_shown": 14}, {"days_shown": 365}],
)  # fmt: skip
def test_every_parameter_at_both_ends(given):
    told = run(given)
    assert page_faults(told) == [] and set(headlines(told)) == HEADLINES


def test_each_alert_rule_asks_for_a_headline_of_the_page():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "security_posture"}
    assert own == {"unusual_days", "ordered"} and own <= HEADLINES and alerts.faults == ()


@functools.cache
def no_rules() -> RuleCounts:
    rules = pd.DataFrame({"rule_id": ["1"], "rule_name": ["none"]})
    days = pd.DataFrame({"rule_id": [], "day": pd.to_datetime([]), "records": [], "people_hits": []})
    return RuleCounts(rules, days.astype({"rule_id": object, "records": float, "people_hits": float}), 0, "")


def draw_logins(seed: int, burst: float = 0.0) -> pd.DataFrame:
    rng, days = np.random.default_rng(seed), pd.date_range("2025-07-01", periods=220)
    parts = []
    for client, level in (("android", 600.0), ("ios", 3_400.0), ("web", 250.0)):
        attempts = rng.poisson(level * np.exp(rng.normal(0, 0.1, 220)) * (1 - 0.5 * (days.day_of_week >= 5)))
        refused = rng.binomial(attempts, 0.06)
        if client == "web":
            refused[200] += int(burst * refused.mean())
            attempts[200] += int(burst * refused.mean())
        parts.append(pd.DataFrame({"client": client, "day": days, "attempts": attempts, "refused": refused}))
    return pd.concat(parts, ignore_index=True)


def count_alarms(n_worlds: int, burst: float) -> list[tuple[int, bool]]:
    """By world: unusual days but the planted one, and whether that one was told."""
    found = []
    for seed in range(n_worlds):
        odd = odd_days.find_odd_days(no_rules(), draw_logins(seed, burst), 28, 4.0)
        days = set(odd.alarms["ds"])
        planted = pd.Timestamp("2025-07-01") + pd.Timedelta(days=200)
        found.append((len(days - {planted}), planted in days))
    return found


@pytest.mark.parametrize("n_worlds", [6, pytest.param(60, marks=pytest.mark.full)])
def test_false_days_come_at_the_stated_rate_and_a_burst_is_told(n_worlds):
    false = sum(days for days, _ in count_alarms(n_worlds, 0.0))
    assert false <= n_worlds + 3 * np.sqrt(n_worlds)  # one in 28 judged days
    assert np.mean([told for _, told in count_alarms(n_worlds // 2, 4.0)]) > 0.9
