"""A database whose wall clock is New York's: its rows get the right instant and the right business date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from lucky_analytics import catalog, estate, snapshot
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from tests import estate_rows
from tests.services import mariadb

ZONE = "America/New_York"
NAMES = ["salesorder", "opshop"]
ORDER = {"shop_id": 1, "status": 90, "currency_code": "USD", "user_no": "U1"}
# Half past midnight in winter and in summer: read as UTC, both would count for the day before.
ROWS = {
    "luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK],
    "luckyus_sales_order.t_order": [
        {"id": 1, "create_time": "2026-02-13T00:30:00", **ORDER},
        {"id": 2, "create_time": "2025-07-02T00:30:00", **ORDER},
    ],
}


def test_a_wall_clock_of_new_york_gets_its_business_date(
    start_mariadb: Callable[..., mariadb.Mariadb], where: Settings, monkeypatch: pytest.MonkeyPatch
):
    now = dt.datetime.now(ZoneInfo(ZONE)).isoformat()[-6:]  # the offset that the server's clock has today
    server = start_mariadb(f"--default-time-zone={now}")
    estate_rows.write_estate(where.demo_dir, {**estate_rows.EMPTY, **ROWS})
    reader = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))
    load(where.demo_dir, server.root, names=NAMES, reader=reader)
    known = estate.load()
    declared = {
        name: replace(database, time_zone=ZONE) if database.source in NAMES else database
        for name, database in known.databases.items()
    }
    monkeypatch.setattr(estate, "load", lambda: replace(known, databases=declared))
    live = replace(where, source_url=f"{server.reader}&allow_primary=yes")
    taken = snapshot.take(configured.connect(live, NAMES), settings=live)
    orders = catalog.Suite(taken).orders.order_by("order_id").execute()
    assert [f"{at:%Y-%m-%d %H:%M}" for at in orders["ordered_at"]] == ["2026-02-13 05:30", "2025-07-02 04:30"]
    assert [f"{day:%Y-%m-%d}" for day in orders["order_date"]] == ["2026-02-13", "2025-07-02"]
    assert orders["local_hour"].tolist() == [0, 0]
