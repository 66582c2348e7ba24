"""Everything that the tables are cut from, and how a table set is offered."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.build.arrow_columns import same, texts
from lucky_analytics.demo.build.cents import Money
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.build.write import Batches
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.consumption import Consumption, draw_consumption
from lucky_analytics.demo.process.fleet import Fleet, assemble_fleet
from lucky_analytics.demo.process.ingredients import Recipes
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.kept_cards import Methods, SharedCards, list_methods, share_cards
from lucky_analytics.demo.process.making_times import Making
from lucky_analytics.demo.process.menu_list import Menu
from lucky_analytics.demo.process.order_facts import OrderFacts
from lucky_analytics.demo.process.order_fees import Charges
from lucky_analytics.demo.process.placement import Orders
from lucky_analytics.demo.process.procurement import Purchases, buy
from lucky_analytics.demo.process.rosters import Rosters, draw_rosters
from lucky_analytics.demo.process.stock_levels import Stock, keep_stock
from lucky_analytics.demo.process.store_plan import StorePlan
from lucky_analytics.demo.process.timing import Times
from lucky_analytics.demo.process.trades import Trades
from lucky_analytics.demo.process.users import Users
from lucky_analytics.demo.tables.shops import LIVE_TENANT, Shops
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["NamedTable", "Part", "World"]


# Database, table, rows.
NamedTable = tuple[str, str, pa.Table | Batches]


@dataclass(frozen=True)
class World:
    """One generated world: the plan, the orders, and everything that follows an order."""

    targets: Targets
    planted: Plants
    seed: int
    plan: StorePlan
    orders: Orders
    menu: Menu
    items: Items
    charges: Charges
    money: Money
    shops: Shops
    making: Making
    recipes: Recipes
    book: Book
    users: Users
    channel: Ints
    trades: Trades

    @property
    def times(self) -> Times:
        """Times of completed orders, in the order of ``orders``."""
        return self.making.times

    @cached_property
    def _user_numbers(self) -> pa.Array:
        return texts(self.users.numbers)

    def user_no(self, user: Ints) -> pa.Array:
        """The customer number of each position, as the tables carry it."""
        return self._user_numbers.take(pa.array(user))

    def customer_rows(self, first_id: int, user: Ints) -> dict[str, object]:
        """The columns with which every row about a customer begins: id, tenant and customer number."""
        n = len(user)
        return {
            "id": first_id + np.arange(n),
            "tenant": same(LIVE_TENANT, n, pa.string()),
            "user_no": self.user_no(user),
        }

    @functools.cached_property
    def facts(self) -> OrderFacts:
        return OrderFacts(self.book, self.menu, self.users, self.seed)

    @functools.cached_property
    def consumption(self) -> Consumption:
        return draw_consumption(self.book, self.recipes, self.times.accepted, self.planted, self.seed)

    @functools.cached_property
    def stock(self) -> Stock:
        return keep_stock(self.consumption, self.recipes.goods, self.planted, self.seed)

    @functools.cached_property
    def purchases(self) -> Purchases:
        return buy(self.stock, self.recipes.goods, self.planted, self.targets.scale, self.seed)

    @functools.cached_property
    def rosters(self) -> Rosters:
        return draw_rosters(self.plan, self.planted, self.targets.scale, self.seed)

    @functools.cached_property
    def methods(self) -> Methods:
        return list_methods(self.trades)

    @functools.cached_property
    def cards(self) -> SharedCards:
        return share_cards(self.methods, self.book, self.users, self.orders.n_customers, self.planted,
                           self.targets, self.seed)  # fmt: skip

    @functools.cached_property
    def fleet(self) -> Fleet:
        return assemble_fleet(self.shops, self.planted, self.seed)


Part = Callable[[World], Iterator[NamedTable]]
