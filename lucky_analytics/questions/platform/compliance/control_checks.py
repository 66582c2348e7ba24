"""What the compliance page relies on: declarations that can be read, and rows that stand once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.platform.compliance.control_runs import Run

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_controls", "query_fees"]


def check_controls(runs: Sequence[Run], wrong: Mapping[str, LuckyError]) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property, and of each declaration that cannot be read."""
    facts = [(f"{place} can be read", False, str(error)) for place, error in wrong.items()]
    if not facts:
        facts.append(("every declaration can be read", True, f"{len(runs)} controls"))
    twice = {
        run.control.name: int(run.found.exceptions.duplicated(["case", "detail", "date"]).sum())
        for run in runs
    }
    n_twice = sum(twice.values())
    where = ", ".join(name for name, n in twice.items() if n)
    facts.append(
        ("each exception stands once", not n_twice, f"{n_twice:,} twice{f': {where}' if where else ''}")
    )
    n_undated = sum(int(run.found.exceptions["date"].isna().sum()) for run in runs)
    facts.append(
        ("each exception has its day", not n_undated, f"{n_undated:,} have none and are in no month")
    )
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def query_fees(suite: Suite) -> ir.Table:
    """Payments that moved money beside their fee records: the query of one control, to be checked by hand."""
    paid = suite.payments.filter(_.is_counted & (_.amount_cents != 0))
    fees = suite.optional("fees")
    if fees is None:
        return paid.group_by("currency").agg(n=paid.count())
    fee = fees.select(with_fee="payment_id")
    both = paid.left_join(fee, paid.payment_id == fee.with_fee)
    return both.group_by("currency").agg(n=both.count(), n_with_fee=both.with_fee.count())
