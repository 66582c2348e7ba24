"""Files of touches: each wrong row is named and nobody in it; who is in it is joined."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.marketing.channel_attribution import (
    touch_file,
)
from tests import demo_suite
from tests.touch_world import START

BROKEN = {
    "7,soon,mail,,,,": "touched_at: expected a UTC time like 2026-01-31T18:05:00, in 2015 to 2100, got "
    "'soon'",
    "7,1970-01-01T00:00:00,mail,,,,": "row 2, touched_at: expected a UTC time",
    "7,9999-12-31T00:00:00,mail,,,,": "row 2, touched_at: expected a UTC time",
    "7,2026-01-05,,,,,": "row 2, channel: expected text, got ''",
    f"7,2026-01-05,{'x' * 61},,,,": "row 2, channel: expected at most 60 characters",
    ",2026-01-05,mail,,,,": "row 2, customer: expected text, got ''",
    "ann@example.com,2026-01-05,mail,,,,": "row 2, customer: expected a customer number or its SHA-256, "
    "no mail "
    "address, got 'a mail address'",
    "7,2026-01-05,mail,,-1,,": "row 2, cost: expected a number from 0 to 1,000,000, got '-1'",
    "7,2026-01-05,mail,,nan,,": "row 2, cost: expected a number",
    "7,2026-01-05,mail,,,perhaps,": "row 2, held_out: expected yes, no or nothing, got 'perhaps'",
    "7,2026-01-05,mail,,,,later": "row 2, ordered_at: expected a UTC time",
    "\n".join(
        f"7,2026-01-05,mail {n},,,," for n in range(101)
    ): "channel: expected at most 100 channels, got "
    "101. Put what tells campaigns apart into the column campaign",
    "7,2026-03-05,mail,,,,": "expected a touch by 2026-02-13, got later ones alone",
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_row_of_touches_that_breaks_the_contract_is_named_and_nobody_in_it(line, tmp_path):
    file = tmp_path / "touches.csv"
    file.write_text(f"customer,touched_at,channel,campaign,cost,held_out,ordered_at\n{line}\n")
    with pytest.raises(LuckyError) as caught:
        touch_file.read_touches(demo_suite.suite(), file)
    assert BROKEN[line] in str(caught.value) and "ann@" not in str(caught.value)


def test_people_are_joined_by_number_or_hash_and_others_bring_their_own_orders(tmp_path):
    suite = demo_suite.suite()
    people = suite.customers.filter(~suite.customers.is_delivery_account)
    one, two = people.inner_join(suite.orders, "customer_id").customer_id.execute().drop_duplicates().head(2)
    account = suite.customers.filter(suite.customers.is_delivery_account).customer_id.execute().iloc[0]
    hashed = hashlib.sha256(one.encode()).hexdigest()
    lines = [
        f"{one},2026-01-05T10:00:00Z,Mail,0.5,",
        f"{hashed.upper()},2026-01-05T10:00:00,mail,,",
        f"{hashed},2026-01-06T10:00:00+02:00,mail,,",
        f"{two},2026-01-07 10:00:00,social,,2026-01-08",
        "stranger,2026-01-07,social,,2026-01-08T12:00:00",
        "stranger,2026-01-07,social,,2026-01-08T12:00:00",
        f"{account},2026-01-07,social,,",
        f"{two},2026-02-20,social,,",
    ]
    file = tmp_path / "touches.csv"
    file.write_text("customer,touched_at,channel,cost,ordered_at\n" + "\n".join(lines) + "\n")
    found = touch_file.read_touches(suite, file)
    assert (found.n_people, found.is_ours.sum()) == (3, 2)
    assert (found.n_twice, found.n_late, found.n_platform) == (1, 1, 1) and found.has_orders_of_others
    assert set(found.rows["channel"]) == {"Mail", "social"}  # one name for both ways to write it
    assert found.rows.groupby("person").size().tolist() == [3, 1, 1]
    utc = pd.to_datetime(found.rows["at"], unit="s").astype(str).tolist()
    assert utc[0] == "2026-01-05 10:00:00" and utc[2] == "2026-01-06 08:00:00"
    stranger = int(np.flatnonzero(~found.is_ours)[0])
    assert found.orders[found.orders["person"] == stranger]["at"].tolist() == [1767873600]
    bought = suite.orders.filter(suite.orders.customer_id == one).count().execute()
    first = int(found.rows.loc[found.rows["channel"] == "Mail", "person"].iloc[0])
    assert (found.orders["person"] == first).sum() == bought
    assert len(found.every) == suite.orders.semi_join(people, "customer_id").count().execute()
    assert touch_file.read_touches(suite, "") is None


def test_the_seconds_of_the_file_are_utc():
    assert pd.Timestamp(START, unit="s") == pd.Timestamp("2025-09-17")
