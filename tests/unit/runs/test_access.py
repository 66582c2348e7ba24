"""The request for access: what brings most comes first, and each server is asked in its own words."""

from __future__ import annotations

import itertools

from lucky_analytics import estate
from lucky_analytics.runs.access import format_request, order_grants
from lucky_analytics.runs.wanted import Wanted


def wanted(**needs: str) -> list[Wanted]:
    """``a="luckyus_upush.t_push_record luckyus_sales_crm.t_user"``: what notebook ``a`` lacks."""
    tables = {table for text in needs.values() for table in text.split()}
    return [
        Wanted("server", table, tuple(sorted(name for name, text in needs.items() if table in text.split())))
        for table in sorted(tables)
    ]


def test_each_grant_brings_most_with_those_before_it():
    asked = wanted(
        a="luckyus_sales_crm.t_user luckyus_upush.t_push_record",
        b="luckyus_sales_crm.t_user luckyus_upush.t_push_record",
        c="luckyus_scm_purchase.t_ship_order",
        d="luckyus_sales_crm.t_user",
    )
    grants = order_grants(asked)
    assert [(grant.database, grant.completes) for grant in grants] == [
        ("luckyus_sales_crm", ("d",)),
        ("luckyus_upush", ("a", "b")),
        ("luckyus_scm_purchase", ("c",)),
    ]
    assert grants[0].helps == ("a", "b")
    assert sorted(itertools.chain(*(grant.completes for grant in grants))) == ["a", "b", "c", "d"]


def test_a_table_that_only_adds_to_a_page_is_asked_for_last():
    more = Wanted("server", "luckyus_opshop.t_shop_info", (), ("x",))
    grants = order_grants([more, *wanted(a="luckyus_upush.t_push_record")])
    assert [grant.database for grant in grants] == ["luckyus_upush", "luckyus_opshop"]
    assert (grants[1].completes, grants[1].in_part) == ((), ("x",))


def test_what_no_server_holds_is_no_grant():
    text = format_request(order_grants(wanted(a="cloud.cost_days", b="telemetry.instances")))
    assert "GRANT" not in text and "[files]" in text and "[telemetry]" in text


def test_the_request_names_every_table_once_with_its_server():
    databases = [d for d in estate.load().databases.values() if d.kind == "mysql"]
    names = [f"{database.name}.{table}" for database in databases for table in database.tables]
    text = format_request(order_grants(wanted(a=" ".join(names))))
    assert [line for line in text.splitlines() if line.startswith("GRANT")] == [
        f"GRANT SELECT ON {name} TO lucky_read;"
        for grant in order_grants(wanted(a=" ".join(names)))
        for name in sorted(f"{grant.database}.{table}" for table in grant.tables)
    ]
    assert all(database.server in text for database in databases)
