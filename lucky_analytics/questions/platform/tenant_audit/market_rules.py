"""What the labels of one row must satisfy: rules from definitions, over combinations of labels.

A combination is one row of a frame: ``market_labels.LABELS`` and those of its shop, as text, empty where the
row or its table says nothing. What says nothing breaks no rule but the first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from lucky_analytics.catalog.market_labels import Labelled
from lucky_analytics.estate.markets import FOREIGN_TENANTS, HOME, TENANTS

__all__ = ["RULES", "Rule", "applies", "judge"]

_OF_TENANT = {tenant.code: tenant for tenant in TENANTS}
_CURRENCIES = {tenant.currency for tenant in TENANTS}
_ZONES = {tenant.time_zone for tenant in TENANTS}


@dataclass(frozen=True)
class Rule:
    """``needs``: the columns that a table must have, any of the tuples; ``is_red``: money or an unknown
    market, which is told first. ``breaks`` takes combinations and the table, and says which break it."""

    name: str
    label: str
    meaning: str
    needs: tuple[tuple[str, ...], ...]
    is_red: bool
    breaks: Callable[[pd.DataFrame, Labelled], pd.Series]


def _unknown(rows: pd.DataFrame, table: Labelled) -> pd.Series:
    """A label that is declared nowhere, or is not there where the table has a column for it."""
    found = pd.Series(False, rows.index)
    for label, known in (("tenant", _OF_TENANT), ("currency", _CURRENCIES), ("zone", _ZONES)):
        if getattr(table, label):
            found |= ~rows[label].isin(known)
    return found


def _apart(rows: pd.DataFrame, table: Labelled) -> pd.Series:
    """Currency or zone that is not that of the row's tenant, or, without a tenant, of one another."""
    found = pd.Series(False, rows.index)
    for label, of_tenant in (("currency", "currency"), ("zone", "time_zone")):
        due = rows["tenant"].map({code: getattr(t, of_tenant) for code, t in _OF_TENANT.items()})
        found |= (rows[label] != "") & due.notna() & (rows[label] != due)
    pairs = {(tenant.currency, tenant.time_zone) for tenant in TENANTS}
    both = (rows["currency"] != "") & (rows["zone"] != "")
    fits = pd.Series([pair in pairs for pair in zip(rows["currency"], rows["zone"], strict=True)], rows.index)
    return found | (both & ~fits)


def _unflagged(rows: pd.DataFrame, table: Labelled) -> pd.Series:
    """A row of another market by tenant, currency or zone that does not carry the test flag."""
    is_other = rows["tenant"].isin(FOREIGN_TENANTS)
    is_other |= (rows["currency"] != "") & (rows["currency"] != HOME.currency)
    is_other |= (rows["zone"] != "") & (rows["zone"] != HOME.time_zone)
    return is_other & (rows["flag"] != "1")


def _differ(one: str, other: str) -> Callable[[pd.DataFrame, Labelled], pd.Series]:
    def breaks(rows: pd.DataFrame, table: Labelled) -> pd.Series:
        return (rows[one] != "") & (rows[other] != "") & (rows[one] != rows[other])

    return breaks


def _unregistered(rows: pd.DataFrame, table: Labelled) -> pd.Series:
    return (rows["shop"] != "") & ~rows["is_registered"]


RULES = (
    Rule("known", "Labels known", "tenant, currency and zone are declared ones, and there",
         (("tenant",), ("currency",), ("zone",)), True, _unknown),
    Rule("shop_known", "Shop known", "the shop is in the registry", (("shop",),), False, _unregistered),
    Rule("currency_shop", "Currency of the shop", "the currency is that of the shop",
         (("currency", "shop"),), True, _differ("currency", "shop_currency")),
    Rule("currency_order", "Currency of the order", "the currency is that of the order",
         (("currency", "order"),), True, _differ("currency", "order_currency")),
    Rule("together", "Labels of one market", "tenant, currency and zone are of one market",
         (("tenant", "currency"), ("tenant", "zone"), ("currency", "zone")), True, _apart),
    Rule("tenant_shop", "Tenant of the shop", "the tenant is that of the shop",
         (("tenant", "shop"),), False, _differ("tenant", "shop_tenant")),
    Rule("tenant_order", "Tenant of the order", "the tenant is that of the order",
         (("tenant", "order"),), False, _differ("tenant", "order_tenant")),
    Rule("test_flag", "Test flag", "shops of other markets carry the test flag",
         (("flag",),), False, _unflagged),
)  # fmt: skip


def applies(rule: Rule, table: Labelled) -> bool:
    """Whether the table has the columns that the rule compares."""
    return any(all(getattr(table, label) for label in needed) for needed in rule.needs)


def judge(combinations: pd.DataFrame, table: Labelled) -> pd.DataFrame:
    """Which rule each combination of labels breaks: one boolean column a rule, false where none applies.

    ``combinations`` as of ``count_labels``. A row is broken where any column is.

    >>> judge(combinations, table)[["currency_shop"]].sum()      # doctest: +SKIP
    """
    nothing = pd.Series(False, combinations.index)
    return pd.DataFrame(
        {
            rule.name: rule.breaks(combinations, table).astype(bool) if applies(rule, table) else nothing
            for rule in RULES
        },
        index=combinations.index,
    )
