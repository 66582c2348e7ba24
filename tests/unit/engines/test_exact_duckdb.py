"""Whatever the threads do, DuckDB gives the same bytes: sums, deviations, ties and the order of rows."""

from __future__ import annotations

import math

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.engines.exact_duckdb import ExactBackend

N = 40_000
_rng = np.random.default_rng(7)
ROWS = pd.DataFrame(
    {
        "group": _rng.integers(0, 7, N),
        "tied": _rng.integers(0, 3, N),
        "value": _rng.normal(size=N) * 10.0 ** _rng.integers(-6, 12, N),
    }
)
ROWS.loc[::97, "value"] = None


def connect(threads: int, rows: pd.DataFrame = ROWS) -> ibis.Table:
    """The rows as a table; with several threads DuckDB shares out even these few."""
    backend = ExactBackend()
    backend.do_connect(threads=threads)
    if threads > 1:
        backend.raw_sql("PRAGMA verify_parallelism")
    return backend.create_table("t", ibis.memtable(rows))


def summed_up(t: ibis.Table) -> ibis.Table:
    half = t.value / 2
    return t.group_by("group").agg(
        total=t.value.sum(),
        some=t.value.sum(where=t.tied > 0),
        mean=half.mean(),
        spread=t.value.std(),
        variance=t.value.var(where=t.tied == 1),
        together=t.value.corr(t.tied / 3, how="pop"),
        jointly=t.value.cov(t.tied / 3),
        newest=t.value.argmax(t.tied),
        oldest=t.value.argmin(t.tied),
        any=t.value.arbitrary(),
        first=t.value.first(order_by=t.tied),
        last=t.value.last(order_by=t.tied),
        none=t.value.sum(where=t.tied > 9),
    )


def over_windows(t: ibis.Table) -> ibis.Table:
    part = ibis.window(group_by="group")
    share = t.value / t.value.sum().over(part)
    before = ibis.window(group_by="group", order_by=["value", "tied"], preceding=3, following=0)
    running = t.value.mean().over(before)
    return t.mutate(share=share, running=running)


@pytest.mark.parametrize("expression", [summed_up, over_windows, lambda t: t.order_by("tied").limit(500)])
def test_one_two_and_four_threads_give_the_same_bytes(expression):
    one, *others = (expression(connect(threads)).execute() for threads in (1, 2, 4, 4))
    for other in others:
        pd.testing.assert_frame_equal(other, one, check_exact=True)


def test_plain_duckdb_does_not_which_is_why():
    """Were this to fail, the compiler would have nothing left to do."""
    t = connect(1).get_backend().raw_sql
    sums = "SELECT sum(value), sum(value ORDER BY value), sum(value ORDER BY value DESC) FROM t"
    assert len(set(t(sums).fetchone())) > 1


def test_a_sum_is_the_true_sum_to_the_last_digit_but_one():
    got = summed_up(connect(2)).execute().set_index("group")
    for group, values in ROWS.dropna().groupby("group")["value"]:
        assert abs(got.total[group] - math.fsum(values)) <= 2 * math.ulp(math.fsum(values))
        assert got["mean"][group] == pytest.approx(math.fsum(values) / 2 / len(values), rel=1e-15)
    assert got["none"].isna().all()


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([1.0, math.inf, None], math.inf),
        ([1e300, 2.5], 1e300),
        ([1e16, 1.0, -1e16], 1.0),
        ([0.1] * 10, 1.0),
        ([-3.5, 3.5], 0.0),
        ([5e-324], 0.0),  # what is below 2 ** -61 is nothing beside what is summed here
    ],
)
def test_infinite_huge_and_tiny_terms(values, total):
    t = connect(1, pd.DataFrame({"value": pd.Series(values, dtype=float)}))
    assert t.value.sum().execute() == total
    assert t.value.mean().execute() == total / len([value for value in values if value is not None])


def test_an_infinity_of_each_sign_is_no_number():
    t = connect(1, pd.DataFrame({"value": [math.inf, -math.inf]}))
    assert t.mutate(is_none=t.value.sum().over(ibis.window()).isnan()).is_none.execute().all()


def test_rows_come_by_their_columns_unless_asked_for_otherwise():
    t = connect(4)
    frame = t.select("tied", "group").execute()
    assert frame.equals(frame.sort_values(["tied", "group"], ignore_index=True))
    assert t.tied.execute().is_monotonic_increasing
    asked = t.order_by(ibis.desc("tied")).filter(t.group > 2).select("tied", "value").limit(300).execute()
    assert asked.tied.is_monotonic_decreasing
    expected = ROWS[ROWS.group > 2].sort_values(["tied", "group", "value"], ascending=[False, True, True])
    assert asked.value.tolist() == expected.value.head(300).tolist()


def test_whole_numbers_and_decimals_are_summed_as_they_were():
    """They are exact already, so their SQL is the plain one."""
    t = connect(1)
    compiled = t.get_backend().compile
    assert compiled(t.tied.sum()) == ibis.to_sql(t.tied.sum(), dialect="duckdb").replace("\n ", "").replace(
        "\nFROM", " FROM"
    )
