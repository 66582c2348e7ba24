"""Who may ask what: audiences of pages, as rules about rows."""

from __future__ import annotations

import pytest

from lucky_analytics.ask.request_checks import OPEN
from lucky_analytics.errors import LuckyError
from lucky_analytics.publish.ask_scope import scope_of
from tests import ask_demo
from tests.estate_rows import checkout

RULES = """
leadership: everything
supply: {departments: [supply_chain]}
auditors: {notebooks: [compliance]}
grand: {notebooks: [store_week, ask_lucky], parameters: {store: 221 Grand}}
dated: {notebooks: [ask_lucky], parameters: {store: 221 Grand, as_of: "2026-01-01"}}
wrong: {tables: [orders]}
"""


@pytest.fixture
def here(tmp_path):
    settings = checkout(tmp_path)
    (settings.params_dir / "audiences.yml").write_text(RULES)
    return settings


def test_each_audience_asks_what_its_pages_may_show(here):
    suite = ask_demo.suite()
    assert scope_of("leadership", here, suite) is OPEN
    assert scope_of("supply", here, suite).owners == {"supply chain"}
    (own,) = scope_of("grand", here, suite).store_ids
    names = suite.stores.filter(suite.stores.store_id == own).store_name.execute()
    assert names.tolist() == ["221 Grand"]


@pytest.mark.parametrize("name", ["auditors", "dated", "wrong", "nobody"])
def test_what_is_not_understood_lets_nobody_ask(here, name):
    with pytest.raises(LuckyError):
        scope_of(name, here, ask_demo.suite())
