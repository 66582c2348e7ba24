"""The page of the markets: its numbers follow the rows, and no two currencies are ever added."""

from __future__ import annotations

import dataclasses

import ibis
import pytest

from lucky_analytics import settings
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.publish.audiences import load_audiences
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.grids import grid
from lucky_analytics.schedule import entries
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "platform/market_hub"
OF_ALL = {"hours_apart", "both_open", "days_to_change", "without_market"}
OF_EACH = ("day", "fewer", "holidays", "usual", "moved", "open", "longest", "strays")
HOME, ISLANDS = MARKETS
SLUGS = ("new_york", "cook_islands_test")


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_sums_are_those_of_the_rows(said):
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) == OF_ALL | {f"{name}_{slug}" for name in OF_EACH for slug in SLUGS}
    order = demo_suite.suite().all_orders.filter(ibis._.status == "completed").execute()
    islands = order[order["currency"] == "NZD"]
    last = islands["order_date"].max()
    assert found["day_cook_islands_test"]["value"] == pytest.approx(
        islands.loc[islands["order_date"] == last, "paid_cents"].sum() / 100
    )
    by_utc = (islands["ordered_at"].dt.normalize() != islands["order_date"]).mean()
    assert found["moved_cook_islands_test"]["value"] == pytest.approx(by_utc) and by_utc > 0.2
    for each, slug in zip(MARKETS, SLUGS, strict=True):
        days = [row for row in rows(said, "days") if row["market"] == each.name]
        assert {row["currency"] for row in days} == {each.currency}
        assert found[f"day_{slug}"]["value"] == days[0]["money"]
        assert found[f"moved_{slug}"]["n"] == sum(row["orders"] for row in days)
    assert found["longest_new_york"]["value"] == 25 and found["longest_cook_islands_test"]["value"] == 24
    assert (found["hours_apart"]["value"], found["both_open"]["value"]) == (5, 8)


def test_nothing_is_in_two_currencies_and_no_sum_is_of_both(said):
    for table in ("closes", "weeks", "days", "shops"):
        assert {(row["market"], row["currency"]) for row in rows(said, table)} == {
            (each.name, each.currency) for each in MARKETS
        }
    units = {record["unit"] for record in said["headline"] if record["name"].startswith(("day", "usual"))}
    assert units == {"USD", "NZD", "days"}
    assert said["decision"][0]["worth"] is None


def test_each_market_has_a_page_and_all_run_after_the_last_close():
    here = settings.load()
    points = grid(notebooks.find("market_hub", here), here)
    assert [point["market"] for point in points] == [each.name for each in MARKETS]
    (entry,) = [each for each in entries.load(here).entries if each.name == "market_days"]
    # In the zone that closes last: whatever New York's clocks do, both days are over.
    assert entry.notebooks == ("market_hub",) and entry.market == ISLANDS and entry.cron.startswith("15 0")
    assert "platform" in {each.name for each in load_audiences(here).listed}


def test_rules_of_alerts_name_what_the_page_has(said):
    own = {
        rule.when.split()[0] for rule in load_rules(settings.load()).rules if rule.notebook == "market_hub"
    }
    assert own == {"days_to_change", "without_market"} and own <= set(headlines(said))


@pytest.mark.full
@pytest.mark.parametrize(("market", "slug"), list(zip([each.name for each in MARKETS], SLUGS, strict=True)))
def test_a_page_of_one_market_shows_that_market_alone(market, slug):
    said = said_by(NOTEBOOK, demo_suite.suite(), market=market)
    assert page_faults(said) == [] and said["title"][0]["text"].startswith((f"{market} sold", f"{market}: "))
    assert {record["name"] for record in said["headline"]} == OF_ALL | {f"{name}_{slug}" for name in OF_EACH}
    for table in ("closes", "holidays", "weeks", "days", "moved", "shops"):
        assert {row["market"] for row in rows(said, table)} == {market}


@pytest.mark.full
def test_each_headline_moves_with_its_rows(said):
    before = headlines(said)
    hour, cents = ibis.interval(hours=5), ibis.literal(100, "int64")
    later = _changed(all_orders=lambda row: row.mutate(ordered_at=row.ordered_at + hour))
    for slug in SLUGS:
        assert later[f"moved_{slug}"]["value"] > before[f"moved_{slug}"]["value"]
    dearer = _changed(all_orders=lambda row: row.mutate(paid_cents=row.paid_cents + cents))
    for name in ("day", "usual"):
        for slug in SLUGS:
            assert dearer[f"{name}_{slug}"]["value"] > before[f"{name}_{slug}"]["value"]
    closed = _changed(all_orders=lambda row: row.filter(row.order_date != ibis.date(2025, 12, 25)))
    for slug in SLUGS:
        assert closed[f"holidays_{slug}"]["value"] < before[f"holidays_{slug}"]["value"]
    shut = _changed(store_hours=lambda row: row.mutate(is_planned_open=row.store_id > "100110"))
    assert shut["both_open"]["value"] == shut["open_new_york"]["value"] == 0 < before["both_open"]["value"]
    other = ibis.ifelse(ibis._.order_id.endswith("7"), "USD", ibis._.currency)
    strays = _changed(all_orders=lambda row: row.mutate(currency=other))
    assert strays["strays_cook_islands_test"]["value"] > before["strays_cook_islands_test"]["value"]
    assert strays["strays_new_york"]["value"] == 0
    nowhere = _changed(
        stores=lambda row: row.mutate(currency=ibis.ifelse(row.store_id > "100050", "EUR", "USD"))
    )
    assert nowhere["without_market"]["value"] > before["without_market"]["value"] == 0
    none = said_by(NOTEBOOK, demo_suite.suite(stores=lambda row: row.mutate(currency=ibis.literal("EUR"))))
    assert {"title", "decision"} <= none.keys() and "headline" not in none


def _changed(**edits):
    said = said_by(NOTEBOOK, demo_suite.suite(**edits))
    return headlines(said) if "headline" in said else {}


@pytest.mark.full
def test_without_opening_hours_the_page_says_what_is_missing():
    suite = demo_suite.suite()
    left = {name: table for name, table in suite.snapshot.tables.items() if "opening_time" not in name}
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=left)
    said = said_by(NOTEBOOK, suite)
    assert "what is open" in said["missing"][0]["section"] and headlines(said)["both_open"]["value"] is None
    assert "open" not in names(said, "table") and page_faults(said) == []
    assert "servers' clock" in said["answer"][0]["text"]


@pytest.mark.full
def test_before_the_first_sale_the_page_says_so():
    said = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert said["title"][0]["text"] == "No market has sold anything yet" and "headline" not in said
    assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_one_market_the_first_day_an_empty_week_and_nought():
    alone = said_by(NOTEBOOK, demo_suite.suite(stores=lambda row: row.filter(row.currency == "USD")))
    assert page_faults(alone) == [] and headlines(alone)["hours_apart"]["value"] == 0
    assert headlines(alone)["without_market"]["value"] > 0
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-30"))
    assert page_faults(first) == [] and headlines(first)["usual_new_york"]["value"] is None
    assert "holidays" not in names(first, "figure") and "weeks" not in names(first, "figure")
    week = (ibis._.order_date >= ibis.date(2026, 2, 7)) & (ibis._.order_date <= ibis.date(2026, 2, 13))
    empty = said_by(NOTEBOOK, demo_suite.suite(all_orders=lambda row: row.filter(~week)))
    assert page_faults(empty) == [] and headlines(empty)["day_new_york"]["value"] == 0
    none = said_by(
        NOTEBOOK, demo_suite.suite(all_orders=lambda row: row.mutate(paid_cents=0 * row.paid_cents))
    )
    assert page_faults(none) == [] and headlines(none)["usual_new_york"]["value"] is None


@pytest.mark.full
def test_the_day_of_25_hours_and_the_one_before():
    said = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-11-01"))  # told of 2 November, clocks changed
    assert len(rows(said, "clock")) == 25 and sum(row["hours"] for row in rows(said, "open")) == 25
    assert said["title"][0]["text"].startswith("All markets close by 05:00 in New York; UTC misdates")
    assert headlines(said)["longest_new_york"]["value"] == 24 and page_faults(said) == []
    before = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-10-31"))
    assert before["title"][0]["text"].startswith("All markets close by 06:00 in New York; UTC misdates")
    found = headlines(before)
    assert (found["days_to_change"]["value"], found["hours_apart"]["value"], found["both_open"]["value"]) == (
        0,
        6,
        7,
    )


@pytest.mark.full
def test_where_no_holiday_acts_none_is_claimed():
    """The islands' orders know no holiday in any world: none may be found, neither calibrated nor in null."""
    for suite in (demo_suite.suite(), null_world.suite()):
        found = headlines(said_by(NOTEBOOK, suite))["holidays_cook_islands_test"]
        assert found["low"] <= 0 <= found["high"] and "none differs" in found["note"]
