"""Matching against a plain loop written from the definitions, on random ledgers; and the identity always."""

from __future__ import annotations

import datetime as dt
import random

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.ledgers.classes import CLASSES, EXCEPTIONS
from lucky_analytics.methods.ledgers.matching import Matched, match_records, sum_classes
from lucky_analytics.methods.ledgers.refund_links import link_refunds

AS_OF = dt.date(2026, 2, 13)
LEFT = pa.schema([("key", "string"), ("currency", "string"), ("cents", "int64"), ("date", pa.date32())])
RIGHT = pa.schema([("row_id", "string"), *LEFT, ("twin", "string"), ("is_known", "bool")])
REFUND = pa.schema([("row_id", "string"), *LEFT])


def day(ago: int) -> dt.date:
    return AS_OF - dt.timedelta(days=ago)


def due(key, cents, ago=9, currency="USD"):
    return {"key": key, "cents": cents, "date": day(ago), "currency": currency}


def got(key, cents, ago=9, currency="USD", twin="", is_known=True):
    return due(key, cents, ago, currency) | {"twin": twin, "is_known": is_known}


def tables(left, right):
    right = [{"row_id": f"r{place:04d}", **row} for place, row in enumerate(right)]
    return (
        ibis.memtable(pa.Table.from_pylist(left, schema=LEFT)),
        ibis.memtable(pa.Table.from_pylist(right, schema=RIGHT)),
    )


def classes(left, right, **options):
    """The classes of left rows by (key, currency), and of right rows in their order, after the identity."""
    ours, theirs = tables(left, right)
    found = match_records(ours, theirs, as_of=AS_OF, **options)
    sums = sum_classes(found, ours, theirs)
    assert sums["left_cents"].sum() == sum(row["cents"] for row in left)
    assert sums["right_cents"].sum() == sum(row["cents"] for row in right)
    assert sums["n_right"].sum() == len(right)
    own = found.left.execute()
    by_key = {(row["key"], row["currency"]): row["class"] for _, row in own.iterrows()}
    return by_key, found.right.execute().sort_values("row_id")["class"].tolist()


# Left rows, right rows, the class of the left key, and those of the right rows.
CASES = [
    ([due("a", 500)], [got("a", 500)], "matched", ["matched"]),
    ([due("a", 500)], [got("a", 200), got("a", 300)], "matched", ["matched"] * 2),
    ([due("a", 500, 9)], [got("a", 500, 8)], "timing", ["timing"]),
    ([due("a", 500, 0)], [], "timing", []),
    ([due("a", 500, 1)], [], "missing counterpart", []),
    ([due("a", 0)], [], "matched", []),
    ([due("a", 0)], [got("a", 0)], "matched", ["matched"]),
    ([due("a", 500)], [got("a", 501)], "rounding", ["rounding"]),
    ([due("a", 500)], [got("a", 502)], "amount", ["amount"]),
    ([due("a", 500)], [got("a", 500), got("a", 500)], "matched", ["matched", "duplicate"]),
    ([due("a", 500)], [got("a", 450), got("a", 450)], "amount", ["amount", "duplicate"]),
    ([due("a", 500)], [got("a", 250)] * 3, "matched", ["matched", "matched", "duplicate"]),
    ([due("a", 500)], [got("a", 501), got("a", 501)], "rounding", ["rounding", "duplicate"]),
    ([due("a", 500)], [got("a", 500), got("a", 70)], "matched", ["matched", "unexplained"]),
    ([due("a", 500)], [got("a", 500), got("a", 0)], "matched", ["matched", "nothing moved"]),
    ([due("a", 500)], [got("a", 300), got("a", 100)], "amount", ["amount", "amount"]),
    ([due("a", 500)], [got("a", 500), got("b", 500)], "matched", ["matched", "orphan"]),
    ([due("a", 500)], [got("a", 500), got(None, 500)], "matched", ["matched", "orphan"]),
    ([due("a", 500)], [got("a", 500, currency="NZD")], "currency", ["currency"]),
    ([due("a", 500)], [got("a", 500), got("a", 500, currency="NZD")], "matched", ["matched", "currency"]),
    ([due("a", 500)], [got("a", 500), got("a", -500)], "matched", ["matched", "unexplained"]),
    ([due("a", 500)], [got("a", 500, is_known=False)], "missing counterpart", ["unexplained"]),
    ([due("a", -500)], [], "unexplained", []),
]  # fmt: skip
# What was due, the parts recorded of it with their kind, and the classes.
PARTS = [
    (100, [(90, "food"), (10, "tax")], "matched", ["matched"] * 2),
    (100, [(90, "food"), (10, "tax"), (10, "tax")], "matched", ["matched", "matched", "duplicate"]),
    (100, [(120, "food"), (-20, "off")], "matched", ["matched"] * 2),
    (100, [(90, "food")], "amount", ["amount"]),
    (100, [(50, "food"), (50, "drinks")], "matched", ["matched"] * 2),
    (-100, [(-100, "refunds")], "matched", ["matched"]),
    (-100, [], "missing counterpart", []),
]


def renamed(rows, number):
    """The rows with keys of their own, so that all cases are matched at once."""
    return [row | {"key": row["key"] and f"{row['key']}{number}"} for row in rows]


def test_each_definition():
    left = [row for number, case in enumerate(CASES) for row in renamed(case[0], number)]
    right = [row for number, case in enumerate(CASES) for row in renamed(case[1], number)]
    by_key, theirs = classes(left, right)
    for number, (_, rows, of_left, of_right) in enumerate(CASES):
        own, theirs = theirs[: len(rows)], theirs[len(rows) :]
        assert (by_key[f"a{number}", "USD"], own) == (of_left, of_right), CASES[number]


def test_parts_of_a_sum():
    left = [due(f"a{number}", case[0]) for number, case in enumerate(PARTS)]
    right = [
        got(f"a{number}", part, twin=kind) for number, case in enumerate(PARTS) for part, kind in case[1]
    ]
    by_key, theirs = classes(left, right, are_parts=True)
    for number, (_, rows, of_left, of_right) in enumerate(PARTS):
        own, theirs = theirs[: len(rows)], theirs[len(rows) :]
        assert (by_key[f"a{number}", "USD"], own) == (of_left, of_right), PARTS[number]


def test_tolerance_and_grace_move_their_lines():
    assert classes([due("a", 500)], [got("a", 505)], tolerance_cents=5)[1] == ["rounding"]
    assert classes([due("a", 500)], [got("a", 501)], tolerance_cents=0)[1] == ["amount"]
    assert classes([due("a", 500, 2)], [], grace_days=3)[0]["a", "USD"] == "timing"


def test_an_id_that_stands_twice_is_no_silent_loss():
    ours, theirs = tables([due("a", 500)], [got("a", 500), got("a", 500)])
    found = match_records(ours, theirs, as_of=AS_OF)
    lost = Matched(found.left, found.right.limit(1))
    with pytest.raises(LuckyError, match=r"right total in USD: expected matched \+ classified"):
        sum_classes(lost, ours, theirs)


def loop(left, right, tolerance=1, grace=1):
    """The definitions once more, as a plain loop over keys: classes of left keys and of right rows."""
    keys = {row["key"] for row in left}
    total: dict = {}
    for row in left:
        unit = total.setdefault((row["key"], row["currency"]), {"cents": 0, "date": row["date"]})
        unit["cents"] += row["cents"]
        unit["date"] = max(unit["date"], row["date"])
    theirs, ours = [""] * len(right), {}
    by_unit: dict = {}
    for place, row in enumerate(right):
        unit = (row["key"], row["currency"])
        if not row["is_known"]:
            theirs[place] = "unexplained"
        elif row["cents"] == 0:
            theirs[place] = "nothing moved"
        elif row["key"] is None or row["key"] not in keys:
            theirs[place] = "orphan"
        elif unit not in total:
            theirs[place] = "currency"
        elif row["cents"] < 0:
            theirs[place] = "unexplained"
        else:
            by_unit.setdefault(unit, []).append(place)
    for unit, what in total.items():
        places = sorted(by_unit.get(unit, []), key=lambda place: (right[place]["date"], place))
        own = [place for place, row in enumerate(right) if (row["key"], row["currency"]) == unit]
        empty = [place for place in own if right[place]["cents"] == 0 and right[place]["is_known"]]
        if what["cents"] == 0 and not places and empty:
            first = min(empty, key=lambda place: (right[place]["date"], place))
            theirs[first] = "matched"
        if not places:
            others = [row for row in right if row["key"] == unit[0] and row["cents"]]
            foreign = any((row["key"], row["currency"]) not in total for row in others)
            young = (AS_OF - what["date"]).days < grace
            ours[unit] = (
                "matched" if what["cents"] == 0 else "currency" if foreign
                else "unexplained" if what["cents"] < 0 else "timing" if young else "missing counterpart"
            )  # fmt: skip
            continue
        ours[unit] = _label(places, right, theirs, what, tolerance)
    return ours, theirs


def _equal_shares(places, right, due_cents, n_first):
    """The first of each amount and as many copies as make up what was due; none where none do."""
    copy_no = {
        k: [right[p]["cents"] for p in places[:n]].count(right[k]["cents"]) for n, k in enumerate(places)
    }
    ordered = sorted(places, key=copy_no.get)
    for n in range(n_first + 1, len(ordered)):
        if sum(right[place]["cents"] for place in ordered[:n]) == due_cents:
            return ordered[:n]
    return []


def _label(places, right, theirs, what, tolerance):
    def judge(cents):
        off = abs(cents - what["cents"])
        return "matched" if off == 0 else "rounding" if off <= tolerance else "amount"

    kept: list[int] = []
    for place in places:
        again = any(right[k]["cents"] == right[place]["cents"] for k in kept)
        theirs[place] = "duplicate" if again else ""
        kept += [] if again else [place]
    nearest = min(kept, key=lambda place: abs(right[place]["cents"] - what["cents"]))
    if judge(sum(right[place]["cents"] for place in places)) != "amount":
        counterparts = places
    elif judge(right[nearest]["cents"]) != "amount":
        counterparts = [nearest]
    elif shares := _equal_shares(places, right, what["cents"], len(kept)):
        counterparts = shares
    else:
        counterparts = kept
    verdict = judge(sum(right[place]["cents"] for place in counterparts))
    if verdict == "matched" and any(right[place]["date"] != what["date"] for place in counterparts):
        verdict = "timing"
    for place in places:
        if place in counterparts:
            theirs[place] = verdict
        elif theirs[place] == "":
            theirs[place] = "unexplained"
    return verdict


CENTS = st.sampled_from([0, 1, 2, 99, 100, 101, 200, 300, -100])
CURRENCIES, KNOWN = st.sampled_from(["USD", "USD", "USD", "NZD"]), st.sampled_from([True] * 9 + [False])
ROW = st.tuples(CURRENCIES, CENTS, st.integers(0, 3), KNOWN)
UNIT = st.tuples(
    st.lists(ROW, max_size=2), st.lists(ROW, max_size=4), st.sampled_from(["own", "own", "none"])
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(UNIT, min_size=1, max_size=60))
def test_random_ledgers_equal_a_loop_and_balance_to_the_cent(units):
    left, right = [], []
    for number, (ours, theirs, key) in enumerate(units):
        left += [due(f"k{number}", cents, ago, currency) for currency, cents, ago, _ in ours]
        name = f"k{number}" if key == "own" else None
        right += [got(name, cents, ago, currency, "", known) for currency, cents, ago, known in theirs]
    by_key, found = classes(left, right)
    expected_left, expected_right = loop(left, right)
    assert by_key == expected_left and found == expected_right


def test_the_order_of_the_rows_changes_nothing():
    chance = random.Random(3)
    left = [due(f"k{k}", chance.choice([100, 200, 300])) for k in range(40)]
    right = [got(f"k{chance.randrange(45)}", chance.choice([100, 200, 300]), k % 3) for k in range(80)]
    ids = [{"row_id": f"r{place:04d}", **row} for place, row in enumerate(right)]
    chance.shuffle(ids)
    ours, theirs = tables(left, right)
    mixed = ibis.memtable(pa.Table.from_pylist(ids, schema=RIGHT))
    first = match_records(ours, theirs, as_of=AS_OF).right.execute().sort_values("row_id", ignore_index=True)
    again = match_records(ours, mixed, as_of=AS_OF).right.execute().sort_values("row_id", ignore_index=True)
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.parametrize(
    ("refunds", "expected", "excess"),
    [
        ([("a", 100, 5, "USD")], ["matched"], [0]),
        ([("a", 300, 5, "USD"), ("a", 200, 4, "USD")], ["matched", "matched"], [0, 0]),
        ([("a", 300, 5, "USD"), ("a", 300, 4, "USD")], ["matched", "duplicate"], [0, 100]),
        ([("a", 501, 5, "USD")], ["amount"], [1]),
        ([("b", 100, 5, "USD")], ["refund unlinked"], [100]),
        ([("a", 100, 10, "USD")], ["refund unlinked"], [100]),
        ([("a", 100, 5, "NZD")], ["currency"], [100]),
        ([("a", 0, 5, "USD")], ["nothing moved"], [0]),
        ([("a", -5, 5, "USD")], ["unexplained"], [-5]),
    ],
)
def test_refunds_meet_what_was_paid(refunds, expected, excess):
    rows = [{**due(key, cents, ago, currency), "row_id": f"f{place}"}
            for place, (key, cents, ago, currency) in enumerate(refunds)]  # fmt: skip
    paid = ibis.memtable(pa.Table.from_pylist([due("a", 500, 9)], schema=LEFT))
    linked = link_refunds(ibis.memtable(pa.Table.from_pylist(rows, schema=REFUND)), paid)
    found = linked.execute().sort_values("row_id")
    assert found["class"].tolist() == expected
    assert found["cents"].sum() == sum(row["cents"] for row in rows)
    assert found["excess_cents"].tolist() == excess


def test_classes_are_named_once():
    assert len(set(CLASSES)) == len(CLASSES)
    assert set(EXCEPTIONS) < set(CLASSES)
