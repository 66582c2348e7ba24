"""A portal of the example runs, which tests of the home read."""

from __future__ import annotations

import pytest

from lucky_analytics.publish import publish
from tests.example_runs import make_settings, write_portal_runs, write_run, write_store_week

TUTORIAL = {"notebook": "counted_orders", "department": "tutorial", "title": "Which rows count as orders?"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("home"))
    write_portal_runs(settings)
    write_store_week(settings)
    write_run(settings, run_id="7070", **TUTORIAL)
    return settings


@pytest.fixture(scope="module")
def site(settings):
    return publish(settings).folder
