"""The machine database: devices, their events, pouring programmes, and every cup that was poured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Bools, Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.cups import draw_cups
from lucky_analytics.demo.process.fleet import TYPES, Fleet
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.process.ingredients import LARGE, Recipes
from lucky_analytics.demo.process.menu_list import CATEGORIES, Menu
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT, Shops

__all__ = ["tables"]

N_PROGRAMMES = 217
_FIRST_DEVICE = 9_001
IN_SERVICE, WAITING, DECOMMISSIONED = 1, 2, 3
INSTALLED, FAILED, REPAIRED, OUT = 1, 2, 3, 4
# Store-local hours: machines are found dead or come back before opening, are taken out after closing.
_FAILS, _BACK, _INSTALLED_AT, _TAKEN = 6.4, 5.8, 5.0, 21.0


def tables(world: World) -> Iterator[NamedTable]:
    """``t_device``, ``t_device_event``, ``t_coffee_formula`` and ``t_cup_order_info``."""
    declared = estate.load().database("luckyus_iot_platform")
    fleet, shops = world.fleet, world.shops
    yield declared.name, "t_device", _devices(declared.table("t_device").schema, fleet, shops, world.seed)
    yield declared.name, "t_device_event", _events(declared.table("t_device_event").schema, fleet, shops)
    schema = declared.table("t_coffee_formula").schema
    yield declared.name, "t_coffee_formula", _programmes(schema, world.menu, world.recipes)
    schema = declared.table("t_cup_order_info").schema
    yield declared.name, "t_cup_order_info", _cups(schema, world)


def _clock(fleet: Fleet, shops: Shops, device: Ints, day: Ints, hour: float) -> Ints:
    """UTC seconds of a store-local hour on each day, -1 for the days that are -1 by meaning "never"."""
    is_nz = np.isin(fleet.shop[device], np.arange(shops.first_nz, shops.first_nz + shops.n_nz))
    inside = np.clip(day, 0, N_DAYS - 1)
    # Machines of one shop must not change in the same second.
    return local_midnight_utc(inside, is_nz) + (day - inside) * 86_400 + round(hour * 3600) + device


def _status(fleet: Fleet) -> Ints:
    status = np.full(len(fleet.shop), WAITING)
    status[fleet.works[:, -1]] = IN_SERVICE
    status[fleet.decommissioned >= 0] = DECOMMISSIONED
    return status


def _devices(schema: pa.Schema, fleet: Fleet, shops: Shops, seed: int) -> pa.Table:
    """Every machine as it is on the last evening; a machine that is offline was last heard of earlier."""
    rng = stream(seed, "devices")
    n = len(fleet.shop)
    device = np.arange(n)
    status = _status(fleet)
    installed = _clock(fleet, shops, device, fleet.installed, _INSTALLED_AT)
    failure, out = fleet.first_failure, fleet.decommissioned
    failed = np.where(failure >= 0, _clock(fleet, shops, device, failure, _FAILS), -1)
    taken = np.where(out >= 0, _clock(fleet, shops, device, out, _TAKEN), -1)
    evening = _clock(fleet, shops, device, np.full(n, N_DAYS - 1), _TAKEN)
    silent = rng.integers(3600, 20 * 86_400, n)
    seen = np.maximum(np.where(fleet.is_online, evening, evening - silent), installed + 60)
    seen = np.where(status == DECOMMISSIONED, taken, seen)
    return table(schema, {
        "id": _FIRST_DEVICE + device,
        "tenant": choose(fleet.shop, shops.tenants),
        "device_no": [f"SCH{44_000 + 37 * k:07d}" for k in range(n)],
        "machine_type": fleet.kind + 1,
        "machine_type_name": choose(fleet.kind, TYPES),
        "shop_id": shops.ids[fleet.shop],
        "status": status,
        "online_status": fleet.is_online.astype(np.int64),
        "install_time": datetimes(installed),
        "first_fault_time": datetimes(failed),
        "decommission_time": datetimes(taken),
        "last_online_time": datetimes(seen),
        "create_time": datetimes(installed - 3600),
        "modify_time": datetimes(np.maximum(seen, taken)),
    })  # fmt: skip


def _events(schema: pa.Schema, fleet: Fleet, shops: Shops) -> pa.Table:
    """What happened to every machine, in the order of time."""
    n = len(fleet.shop)
    failed = np.flatnonzero(fleet.is_failure)
    back = np.flatnonzero(fleet.repaired >= 0)
    out = np.flatnonzero(fleet.decommissioned >= 0)
    parts = (
        (np.arange(n), fleet.installed, INSTALLED, _INSTALLED_AT),
        (fleet.spell_device[failed], fleet.spell_end[failed], FAILED, _FAILS),
        (fleet.spell_device[back], fleet.repaired[back], REPAIRED, _BACK),
        (out, fleet.decommissioned[out], OUT, _TAKEN),
    )
    device = np.concatenate([part[0] for part in parts])
    kind = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    at = np.concatenate([_clock(fleet, shops, device, day, hour) for device, day, _, hour in parts])
    order = np.lexsort((device, at))
    return table(schema, {
        "id": 80_000_001 + np.arange(len(order)),
        "tenant": choose(fleet.shop[device[order]], shops.tenants),
        "device_id": _FIRST_DEVICE + device[order],
        "event_type": kind[order],
        "event_time": datetimes(at[order]),
        "create_time": datetimes(at[order] + 30),
    })  # fmt: skip


def _poured(menu: Menu) -> Bools:
    return menu.category != CATEGORIES.index("Food")


def _programmes(schema: pa.Schema, menu: Menu, recipes: Recipes) -> pa.Table:
    """One programme for each drink and size, then older versions of the first ones up to the row count."""
    drinks = np.repeat(np.flatnonzero(_poured(menu)), 2)
    size = np.arange(len(drinks)) % 2
    current = np.arange(len(drinks))
    old = np.arange(N_PROGRAMMES - len(drinks)) % len(drinks)
    row = np.r_[old, current]
    is_old = np.arange(len(row)) < len(old)
    product, large = drinks[row], size[row]
    grown = np.where(large == 1, LARGE, 1.0) * np.where(is_old, 0.95, 1.0)

    def pours(*classes: str) -> Ints:
        amount = (recipes.quantity * recipes.goods.is_class(*classes)).sum(1)[product]
        return np.rint(np.minimum(amount * grown, 9_999) * 100).astype(np.int64)

    start = local_midnight_utc(np.zeros(1, np.int64), np.zeros(1, dtype=bool))[0]
    created = start + menu.launch_week[product] * 7 * 86_400 - np.where(is_old, 60, 14) * 86_400
    sku = product * 2 + large
    codes = [f"P{code}-{version}" for code in menu.sku_codes for version in (1, 2)]
    return table(schema, {
        "id": 3_001 + np.arange(len(row)),
        "tenant": same(LIVE_TENANT, len(row), pa.string()),
        "formula_code": choose(sku * 2 + 1 - is_old, codes),
        "formula_name": choose(product, menu.names),
        "spu_code": choose(product, menu.spu_codes),
        "sku_code": choose(sku, menu.sku_codes),
        "version": np.where(is_old, 1, 2),
        "coffee_quantity": decimals(pours("Coffee"), pa.decimal128(8, 2)),
        "water_quantity": decimals(np.rint(grown * 6_000).astype(np.int64), pa.decimal128(8, 2)),
        "milk_quantity": decimals(pours("Dairy"), pa.decimal128(8, 2)),
        "n_steps": (recipes.quantity[product] > 0).sum(1),
        "status": np.where(is_old, 2, 1),
        "create_time": datetimes(created),
        "modify_time": datetimes(created),
    })  # fmt: skip


def _cups(schema: pa.Schema, world: World) -> pa.Table:
    """Cups in the order in which they were done."""
    cups, lines, menu = draw_cups(world), world.book.lines, world.menu
    is_free = cups.line < 0
    item = pa.array(lines.id[cups.line], mask=is_free)
    order = pa.array(world.book.id[lines.order[cups.line]], mask=is_free).cast(pa.string())
    programme = pa.array([f"P{code}-2" for code in menu.sku_codes], pa.string())
    return table(schema, {
        "id": 85_000_000_001 + np.arange(len(is_free)),
        "tenant": choose(world.fleet.shop[cups.device], world.shops.tenants),
        "device_id": _FIRST_DEVICE + cups.device,
        "shop_id": world.shops.ids[world.fleet.shop[cups.device]],
        "cup_type": cups.kind,
        "order_id": order,
        "order_item_id": item,
        "formula_code": programme.take(pa.array(lines.sku[cups.line], mask=is_free)),
        "start_time": datetimes(cups.start),
        "end_time": datetimes(cups.end),
        "create_time": datetimes(cups.end + 2),
    })  # fmt: skip
