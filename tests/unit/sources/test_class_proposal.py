"""What is proposed for a new column: every class has its names, and what is not known is none."""

from __future__ import annotations

import pytest

from lucky_analytics import estate
from lucky_analytics.sources.class_proposal import propose_class


@pytest.mark.parametrize(
    ("name", "kind", "proposed"),
    [
        ("receiver_phone", "varchar(32)", "contact"),
        ("realName", "varchar(32)", "contact"),
        ("delivery_address", "varchar(255)", "address"),
        ("client_ip", "varchar(64)", "device"),
        ("bank_account", "varchar(64)", "card"),
        ("user_no", "varchar(32)", "pseudonym"),
        ("n_cups", "int", "none"),
        ("create_time", "datetime", "none"),
        ("hostname_of_till", "varchar(32)", "none"),
    ],
)
def test_a_class_is_proposed_by_name(name: str, kind: str, proposed: str):
    assert propose_class(name, kind) == f"personal: {proposed}"


def test_no_declared_personal_column_would_be_proposed_as_none():
    """Held against what was classed by hand: a miss would let somebody's data through."""
    missed = [
        f"{database.name}.{table.name}.{column.name}"
        for database in estate.load().databases.values()
        for table in database.tables.values()
        for column in table.columns.values()
        if column.personal != "none" and propose_class(column.name, column.type) == "personal: none"
    ]
    assert missed == []
