"""The tables of shops, customers and products: ``t_shop_info``, ``t_user``, ``t_commodity_base_info``."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.process.campaigns import VOUCHER_NO
from lucky_analytics.demo.process.horizon import N_DAYS, N_WEEKS, NEW_YORK, RAROTONGA
from lucky_analytics.demo.process.menu_list import CATEGORIES, Menu
from lucky_analytics.demo.process.order_facts import OrderFacts
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.process.users import Users
from lucky_analytics.demo.tables.shops import LIVE_TENANT, TEST_TENANT, Shops
from lucky_analytics.estate import Database

__all__ = ["commodity_table", "shop_table", "user_table"]

N_COMMODITY_ROWS = 141
ONLINE, OFFLINE = 4, 5
# Invented given and family names: shaped like people, plainly nobody.
_GIVEN = ("Alex", "Blair", "Casey", "Devon", "Ellis", "Frankie", "Gray", "Harper", "Indigo", "Jules")
_FAMILY = ("Example", "Sample", "Placeholder", "Specimen", "Dummy", "Fixture", "Standin", "Mock")


def _opening(day: Ints) -> Ints:
    """UTC seconds of 7:00 New York time on each day; -1 stays -1."""
    midnight = local_midnight_utc(np.maximum(day, 0), np.zeros(len(day), dtype=bool))
    return np.where(day >= 0, midnight + 7 * 3600, -1)


def shop_table(declared: Database, shops: Shops) -> pa.Table:
    """All 517 registered shops; the three place-name columns are NULL everywhere, as published."""
    n = len(shops.ids)
    unlocated = np.array([place is None for place in shops.locations])
    degrees = np.array([place or (0.0, 0.0) for place in shops.locations])
    millionths = np.round(degrees * 1e6).astype(np.int64)
    degree = pa.decimal128(10, 6)
    opened = _opening(shops.opened_day)
    registered = np.where(opened >= 0, opened - 45 * 86_400, _opening(np.zeros(n, np.int64)) - 200 * 86_400)
    return table(declared.table("t_shop_info").schema, {
        "id": shops.ids,
        "tenant": list(shops.tenants),
        "shop_no": list(shops.numbers),
        "shop_name": list(shops.names),
        "status": shops.status,
        "operation_mode": shops.operation_mode,
        "time_zone": list(shops.zones),
        "currency_code": list(shops.currencies),
        "country_name": same(None, n, pa.string()),
        "administrative_area_name": same(None, n, pa.string()),
        "locality_name": same(None, n, pa.string()),
        "address": list(shops.addresses),
        "location_longitude": decimals(millionths[:, 1], degree, unlocated),
        "location_latitude": decimals(millionths[:, 0], degree, unlocated),
        "set_up_time": datetimes(opened),
        "internal": shops.is_internal.astype(np.int64),
        "test_flag": shops.is_test.astype(np.int64),
        "create_time": datetimes(registered),
        "modify_time": datetimes(np.maximum(opened, registered)),
    })  # fmt: skip


def user_table(declared: Database, users: Users, facts: OrderFacts, seed: int) -> pa.Table:
    """All registered users in the order of registration, with names, numbers and addresses of nobody."""
    rng = stream(seed, "user names")
    order = np.argsort(users.rank)
    ids = users.ids[order]
    n = len(ids)
    given, family = rng.integers(0, len(_GIVEN), n), rng.integers(0, len(_FAMILY), n)
    first, last = choose(given, _GIVEN), choose(family, _FAMILY)
    mailbox = pc.binary_join_element_wise(pc.utf8_lower(first), texts(ids), ".")
    # 555-01xx numbers are reserved for fiction; the extension keeps them apart.
    phone = pc.binary_join_element_wise("+1 212 555 01", texts(10 + rng.integers(0, 90, n)), "")
    phone = pc.binary_join_element_wise(phone, texts(ids), " x")
    has_mail = rng.random(n) < 0.72
    email = pc.if_else(pa.array(has_mail), pc.binary_join_element_wise(mailbox, "example.com", "@"), None)
    registered, deleted = users.registered[order], facts.deleted_at[order]
    changed = registered + rng.integers(0, 86_400, n)
    return table(declared.table("t_user").schema, {
        "id": ids,
        "tenant": choose(users.is_rarotonga[order].astype(np.int64), (LIVE_TENANT, TEST_TENANT)),
        "user_no": texts(users.numbers[order]),
        "origin": users.origin[order],
        "register_activity_no": choose(users.is_coupon_acquired[order].astype(np.int64), (None, VOUCHER_NO)),
        "user_name": pc.binary_join_element_wise(first, last, " "),
        "phone": phone,
        "email": email,
        "time_zone": choose(users.is_rarotonga[order].astype(np.int64), (NEW_YORK, RAROTONGA)),
        "is_deleted": users.is_deleted[order].astype(np.int64),
        "create_time": datetimes(registered),
        "modify_time": datetimes(np.where(deleted >= 0, deleted, np.minimum(changed, facts.end))),
    })  # fmt: skip


def commodity_table(declared: Database, menu: Menu, seed: int) -> pa.Table:
    """141 product versions: every product once as it is now, many again as an earlier, offline version."""
    rng = stream(seed, "commodities")
    n_pilot = len(menu.pilot)
    n_old = N_COMMODITY_ROWS - menu.n - n_pilot
    old = np.sort(rng.choice(menu.n, n_old, replace=False))
    pilot_codes = [f"SPU{100_001 + menu.n + k}" for k in range(n_pilot)]
    names = [*menu.names, *(name for name, _ in menu.pilot)]
    codes = [*menu.spu_codes, *pilot_codes]
    category = np.r_[menu.category, [CATEGORIES.index(kind) for _, kind in menu.pilot]]
    packaged = np.r_[menu.is_packaged, np.zeros(n_pilot, dtype=bool)]
    is_current = np.r_[menu.end_week == N_WEEKS, np.zeros(n_pilot, dtype=bool)]
    launch_day = np.r_[menu.launch_week * 7, np.zeros(n_pilot, np.int64)]
    launched = _opening(launch_day) - np.where(launch_day > 0, 3 * 86_400, 60 * 86_400)
    row = np.r_[old, np.arange(len(names))]
    is_old = np.arange(len(row)) < n_old
    created = np.where(is_old, launched[row] - 40 * 86_400, launched[row])
    order = np.lexsort((row, created))
    row, is_old, created = row[order], is_old[order], created[order]
    level = np.where(row < 15, 1, np.where(row < 45, 2, 3))
    end = int(_opening(np.array([N_DAYS - 1]))[0])
    changed = np.minimum(created + rng.integers(86_400, 90 * 86_400, len(row)), end)
    sugar = np.where(category[row] == CATEGORIES.index("Food"), 0, rng.integers(0, 5, len(names))[row])
    return table(declared.table("t_commodity_base_info").schema, {
        "id": 5_001 + np.arange(len(row)),
        "tenant": same(LIVE_TENANT, len(row), pa.string()),
        "spu_code": choose(row, codes),
        "name": choose(row, names),
        "one_category_name": choose(category[row], CATEGORIES),
        "status": np.where(is_current[row] & ~is_old, ONLINE, OFFLINE),
        "mode": packaged[row].astype(np.int64),
        "commodity_level": level,
        "sugar_level": sugar,
        "nutrition_grade_code": choose(rng.integers(0, 5, len(names))[row], ("A", "B", "C", "D", None)),
        "create_time": datetimes(created),
        "modify_time": datetimes(changed),
    })  # fmt: skip
