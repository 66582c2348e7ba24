"""The generator as a recipe: each step conditions on the ones before, and no step edits a history."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.build.cents import close_cents
from lucky_analytics.demo.build.core_tables import CORE_TABLES
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.world import NamedTable, Part, World
from lucky_analytics.demo.process import branches as experiments
from lucky_analytics.demo.process import making_times as production
from lucky_analytics.demo.process import notifications as pushes
from lucky_analytics.demo.process.assortment import plan_assortment
from lucky_analytics.demo.process.book import Book, assign_channels, open_book
from lucky_analytics.demo.process.discounts import NO_COUPONS, RANDOMISED, TARGETED
from lucky_analytics.demo.process.horizon import MONTH
from lucky_analytics.demo.process.ingredients import note_costs, write_recipes
from lucky_analytics.demo.process.items import CONFOUNDED_PAIR, TRUE_PAIRS, fill_baskets
from lucky_analytics.demo.process.menu_list import load_menu
from lucky_analytics.demo.process.order_fees import charge
from lucky_analytics.demo.process.paid_prices import fit_prices, list_cents, margins
from lucky_analytics.demo.process.placement import N_DELIVERY, N_NZ_USERS, place_orders
from lucky_analytics.demo.process.refund_moves import move_refunds
from lucky_analytics.demo.process.store_plan import plan_stores
from lucky_analytics.demo.process.timing import time_orders
from lucky_analytics.demo.process.trades import draw_trades
from lucky_analytics.demo.process.users import register
from lucky_analytics.demo.tables import accounting_rows as accounting
from lucky_analytics.demo.tables import (
    cloud_exports,
    customer_records,
    empty,
    hours,
    icyberdata,
    iot_platform,
    ireplenishment,
    isalesdatamarketing,
    opempefficiency,
    opproduction,
    opqualitycontrol,
    order_history,
    people,
    risk_control,
    sales_marketing,
    sales_order,
    sales_payment,
    scm_commodity,
    scm_purchase,
    scm_shopstock,
    server_answers,
)
from lucky_analytics.demo.tables.shops import list_shops, shop_of_orders
from lucky_analytics.demo.truth import (
    four_walls,
    fraud_plants,
    machine_lives,
    oracle_choices,
    oracle_customers,
    oracle_inputs,
    oracle_promotions,
    oracle_stores,
    pipeline_plants,
    referral_quality,
    server_plants,
    supplier_records,
    waste_causes,
)
from lucky_analytics.demo.truth.estimates import Estimate
from lucky_analytics.demo.truth.planted import Plants, Realised

__all__ = ["PARTS", "estimates", "generate", "realised", "tables"]


def generate(targets: Targets, planted: Plants, seed: int) -> World:
    """Store-days, customers, baskets, prices, cents, times, cancelled orders and users, in this order."""
    plan = plan_stores(targets, planted, seed)
    menu, shops = load_menu(), list_shops(planted)
    assortment = plan_assortment(menu, targets, seed)
    orders = place_orders(targets, plan, assortment, planted, seed)
    n_active = orders.n_customers + N_DELIVERY + N_NZ_USERS
    items = fill_baskets(orders, menu, assortment, targets, planted, seed)
    charges = charge(orders, items, menu, targets, planted, seed)
    margin = margins(orders, plan, targets, planted)
    paid = fit_prices(orders, items, menu, charges, margin, plan, targets.is_calibrated, seed)
    listed = list_cents(orders, items, menu)
    money = close_cents(paid, listed, orders, items, charges, margin, targets, seed)
    recipes = write_recipes(items, money.pay, orders.is_usd[items.order], menu, targets, planted)
    shop = shop_of_orders(orders, shops, targets, planted, seed)
    in_nz = np.isin(shop, np.arange(shops.first_nz, shops.first_nz + shops.n_nz))
    accepted = time_orders(orders.day, orders.user, in_nz, seed)
    making = production.make_orders(orders, items, menu, accepted, shop, targets, planted, seed)
    book = open_book(orders, shop, shops, items, listed, charges, money, making.times, targets, seed)
    acquired = orders.pool.is_coupon_acquired[orders.candidate]
    share = planted["churn"]["coupon_acquired_share"]
    in_program = orders.pool.program.arm(orders.candidate) != NO_COUPONS
    users = register(acquired, in_program, _first_activity(book, n_active), share, targets, seed)
    channel = assign_channels(book, users.device, targets, seed)
    drawn = draw_trades(book, targets, planted, seed)
    trades = move_refunds(drawn, book, orders.n_customers, planted, targets, seed)
    return World(targets, planted, seed, plan, orders, menu, items, charges, money, shops, making,
                 recipes, book, users, channel, trades)  # fmt: skip


def _first_activity(book: Book, n_active: int) -> Ints:
    """UTC second of each active user's first order; a tester without one gets the last instant."""
    first = np.full(n_active, book.created.max())
    np.minimum.at(first, book.user, book.created)
    return first


def _sold(world: World) -> Iterator[NamedTable]:
    declared = estate.load().database("luckyus_sales_order")
    book, shops = world.book, world.shops
    yield declared.name, "t_order", sales_order.order_table(declared, book, world.channel, world.users, shops)
    yield declared.name, "t_order_item", sales_order.item_table(declared, book, world.menu, shops)
    yield declared.name, "t_order_amount", sales_order.amount_table(declared, book, world.charges, shops)


def _registries(world: World) -> Iterator[NamedTable]:
    opshop = estate.load().database("luckyus_opshop")
    yield opshop.name, "t_shop_info", people.shop_table(opshop, world.shops)
    crm = estate.load().database("luckyus_sales_crm")
    yield crm.name, "t_user", people.user_table(crm, world.users, world.facts, world.seed)
    commodity = estate.load().database("luckyus_scm_commodity")
    yield commodity.name, "t_commodity_base_info", people.commodity_table(commodity, world.menu, world.seed)


# The parts of the estate, one module each; a new part is one line here.
PARTS: tuple[Part, ...] = (
    _sold,
    _registries,
    sales_payment.tables,
    scm_commodity.tables,
    sales_marketing.tables,
    ireplenishment.tables,
    scm_shopstock.tables,
    isalesdatamarketing.tables,
    opproduction.tables,
    hours.tables,
    iot_platform.tables,
    order_history.tables,
    customer_records.tables,
    pushes.tables,
    accounting.tables,
    opqualitycontrol.tables,
    scm_purchase.tables,
    opempefficiency.tables,
    server_answers.tables,
    cloud_exports.tables,
    risk_control.tables,
    icyberdata.tables,
    empty.tables,
)
# What is too large for every day: tables that the estate declares ``cold``.
COLD: tuple[Part, ...] = tuple(
    functools.partial(part, is_cold=True) for part in (sales_marketing.tables, isalesdatamarketing.tables)
)


def tables(world: World, which: str = "default") -> Iterator[NamedTable]:
    """Database, table and rows of every part of the set ``which`` (core, default, cold), one at a time."""
    for part in (*PARTS, *COLD) if which == "cold" else PARTS:
        for database, name, rows in part(world):
            if which != "core" or f"{database}.{name}" in CORE_TABLES:
                yield database, name, rows


def realised(world: World) -> Realised:
    """Planted beside realised values, and the row ids of the planted exceptions."""
    truth = Realised(world.planted)
    book, charges = world.book, world.charges
    oracle_inputs.note_inputs(world, truth)
    truth.note("customers", "kl_nats_per_user", world.orders.tilt.kl)
    truth.note("customers", "effective_pool_share", world.orders.tilt.effective)
    truth.note("promotion", "aov_path_days", world.plan.tau_days)
    arm = world.orders.pool.program.arm(world.orders.candidate)
    truth.note("elasticity", "randomised_share", float((arm == RANDOMISED).mean()))
    truth.note("elasticity", "targeted_share", float((arm == TARGETED).mean()))
    acquired = world.orders.pool.is_coupon_acquired[world.orders.candidate]
    truth.note("churn", "coupon_acquired_share", float(acquired.mean()))
    note_costs(world.recipes, world.menu, truth)
    truth.note("menu", "true_pairs", TRUE_PAIRS)
    truth.note("menu", "confounded_pair", CONFOUNDED_PAIR)
    completed = np.flatnonzero(book.is_completed)
    of_order = np.empty(world.orders.n, np.int64)
    of_order[book.source[completed]] = book.id[completed]
    on_completed = np.flatnonzero(book.is_completed[book.lines.order])
    of_unit = np.empty(len(world.items.order), np.int64)
    of_unit[book.lines.source[on_completed]] = book.lines.id[on_completed]
    for name, positions in charges.exceptions.items():
        ids = of_order if name == "completed_without_amount_row" else of_unit
        truth.rows(name, [str(i) for i in ids[positions].tolist()])
    for name, positions in world.trades.exceptions.items():
        ids = (
            book.id if name == "missing_trades" else sales_payment.FIRST_TRADE_ID + np.arange(world.trades.n)
        )
        truth.rows(name, [str(i) for i in ids[positions].tolist()])
    for name, ids_of_bills in accounting.draw_bills(world).errors.items():
        truth.rows(name, ids_of_bills)
    shop = book.shop
    stray = book.is_usd & (shop >= world.shops.first_nz) & (shop < world.shops.first_nz + world.shops.n_nz)
    truth.rows("usd_orders_in_nz_shops", [str(i) for i in book.id[stray].tolist()])
    unflagged = np.arange(world.shops.first_nz, world.shops.first_nz + world.shops.n_nz)
    unflagged = unflagged[~world.shops.is_test[unflagged]]
    truth.rows("nz_shops_without_test_flag", [str(i) for i in world.shops.ids[unflagged].tolist()])
    month = MONTH[world.orders.day]
    production.note(world.making, truth, month == month.max(), month == 0)
    made_not = completed[~world.making.has_row[book.source[completed]]]
    truth.rows("completed_without_production", [str(i) for i in book.id[made_not].tolist()])
    ireplenishment.note(world, truth)
    machine_lives.note(world, truth)
    four_walls.note(world, truth)
    waste_causes.note(world, truth)
    supplier_records.note(world, truth)
    server_plants.note(world, truth)
    fraud_plants.note(world, truth)
    pipeline_plants.note(world, truth)
    referral_quality.note(world, truth)
    oracle_stores.note_anomalies(world, truth)
    for estimate in estimates(world):
        truth.note(estimate.mechanism, estimate.name, estimate.after, estimate.se)
    for name, value in oracle_stores.flagship_parts(world).items():
        truth.note("cannibalisation", f"flagship_{name}", value)
    for name, (effect, se) in experiments.realised_effects(world).items():
        truth.note("experiments", name, effect, se)
    return truth


def estimates(world: World) -> list[Estimate]:
    """Plants of customers, coupons and stores, before and after raking; uncalibrated, of those that lead."""
    found: list[Estimate] = []
    if not world.targets.is_store_led:
        found += oracle_customers.customer_estimates(world) + oracle_customers.elasticity_estimates(world)
    if world.targets.is_calibrated or world.targets.is_store_led:
        found += oracle_stores.ramp_estimates(world) + oracle_promotions.promotion_estimates(world)
    return found + oracle_choices.choice_estimates(world)
