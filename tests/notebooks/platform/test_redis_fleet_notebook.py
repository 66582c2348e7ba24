"""The page on caches: its numbers follow the rows, it claims no more than it can see, and always comes."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.schedule.rules import load_rules
from tests import cache_world, cloud_world, demo_suite, server_world
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "platform/redis_fleet"
HEADLINES = {"first_saving", "n_unused", "n_roomy", "n_full", "filled", "lowest_hits", "first_share",
             "saving", "saving_share", "bill", "fullest", "n_low", "below_one_percent", "evicted",
             "n_fragmented", "n_stay", "naive_stay", "never", "asked_again", "ran_over",
             "hot_keys"}  # fmt: skip
FEW = [*server_world.NAMED["unused_caches"], *server_world.NAMED["filling_cache"], "luckyus-session",
       "luckyus-shopsale"]  # fmt: skip


def suite(frames, as_of=None):
    tables = server_world.conform(frames)
    tables["cloud_costs"] = cloud_world.conform(cloud_world.raw())["cloud_costs"]
    return demo_suite.suite_with(tables, as_of)


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, suite(cache_world.some(cache_world.frames(), FEW)))


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables(said):
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) == HEADLINES and all(record["sql"] for record in found.values())
    actions = pd.DataFrame(rows(said, "actions"))
    assert found["n_unused"]["value"] == (actions["what"] == "shut down").sum() == 9
    assert found["n_full"]["value"] == (actions["what"] == "make larger").sum() == 1
    assert found["saving"]["value"] == pytest.approx(actions["saves"].sum())
    assert found["saving"]["low"] < found["saving"]["value"] < found["saving"]["high"]
    assert found["saving_share"]["value"] == pytest.approx(found["saving"]["value"] / found["bill"]["value"])
    fleet = pd.DataFrame(rows(said, "caches"))
    assert found["fullest"]["value"] == fleet["filled"].max()
    assert found["lowest_hits"]["value"] == fleet["hits"].min() == pytest.approx(0.029, abs=1e-4)
    assert found["below_one_percent"]["value"] == 0 and found["hot_keys"]["value"] is None
    assert set(found["n_unused"]["counted"]) == set(actions.loc[actions["what"] == "shut down", "name"])
    assert {"fleet", "savings", "lives", "hits", "cache"} == names(said, "figure")
    assert said["decision"][0]["strength"] == "lean" and said["published"][0]["what"] == "cloud bill"


def test_without_a_bill_and_without_samples_the_page_comes():
    frames = cache_world.some(cache_world.frames(), FEW[6:])
    given = suite({**frames, "redis_prefixes": frames["redis_prefixes"].iloc[:0]})
    given.optional = lambda name: None if name == "cloud_costs" else getattr(given, name)
    said = said_by(NOTEBOOK, given)
    assert page_faults(said) == []
    found = headlines(said)
    assert found["first_saving"]["value"] is None and found["never"]["value"] is None
    assert names(said, "figure") == {"fleet", "hits", "cache"} and "published" not in said


def test_one_cache_is_drawn_by_its_name_and_hostile_names_are_text():
    frames = cache_world.some(cache_world.frames(), FEW[6:])
    bad = "<script>alert(1)</script>'; drop"
    frames = {
        name: each.assign(
            instance=each["instance"].replace("luckyus-session", bad),
            **({"prefix": bad} if name == "redis_prefixes" else {}),
        ).drop_duplicates([c for c in ("collected_at", "instance", "metric", "prefix", "type") if c in each])
        for name, each in frames.items()
    }
    said = said_by(NOTEBOOK, suite(frames), cache="shopsale", rows_shown=10)
    markup = " ".join(str(record.get("markup", "")) for record in said["table"])
    assert "<script>alert" not in markup
    assert "shopsale, day by day" in str(next(f for f in said["figure"] if f["name"] == "cache"))
    with pytest.raises(UnknownNameError, match="nobody"):
        said_by(NOTEBOOK, suite(frames), cache="nobody")


def test_the_small_estate_has_its_page_and_before_the_first_collection_it_says_so():
    said = said_by(NOTEBOOK, demo_suite.suite())
    assert page_faults(said) == [] and set(headlines(said)) == HEADLINES
    few = cache_world.some(cache_world.frames(), FEW[:1])
    early = said_by(NOTEBOOK, suite(few, dt.date(2025, 6, 1)))
    assert "headline" not in early and early["decision"][0]["strength"] == "do not decide on this yet"


def test_the_rules_watch_what_the_page_says():
    rules = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in rules.rules if rule.notebook == "redis_fleet"}
    assert own == {"n_full", "n_unused", "n_stay"} and rules.faults == ()
