"""Every declared table is generated, or the estate says why not."""

from __future__ import annotations

from collections.abc import Collection

from lucky_analytics.errors import DemoError
from lucky_analytics.estate import Estate

__all__ = ["absent_tables", "require_all_generated"]


def absent_tables(declared: Estate, with_cold: bool = False) -> dict[str, str]:
    """``database.table`` of all that the demo estate has no file of, with the reason.

    >>> from lucky_analytics import estate
    >>> absent_tables(estate.load())["luckyus_sales_marketing.t_coupon_record_expired"]
    'comes with --tables cold alone'
    """
    return {
        f"{database.name}.{table.name}": table.why_absent
        for database in declared.databases.values()
        for table in database.tables.values()
        if table.not_in_demo or (table.cold and not with_cold)
    }


def require_all_generated(written: Collection[str], declared: Estate, with_cold: bool = False) -> None:
    """Raises ``DemoError`` naming each table that is neither written nor ``not_in_demo``, or that is both."""
    tables = {f"{name}.{table}" for name, each in declared.databases.items() for table in each.tables}
    absent = absent_tables(declared, with_cold).keys()
    if forgotten := sorted(tables - absent - {*written}):
        raise DemoError(
            "demo estate",
            expected="rows of every declared table, or why it has none",
            got=f"neither for {', '.join(forgotten)}",
            remedy="Generate it in lucky_analytics/demo/tables, or say not_in_demo: WHY at its declaration",
        )
    if both := sorted(absent & {*written}):
        raise DemoError(
            "demo estate",
            expected="no rows of a table that is not_in_demo",
            got=f"rows of {', '.join(both)}",
            remedy="Take out not_in_demo where it is declared",
        )
