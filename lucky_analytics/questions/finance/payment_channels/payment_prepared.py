"""What the payment what-if knows of a snapshot: schedules, a year at today's pace, who has which method."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights
from lucky_analytics.models import payment_fees
from lucky_analytics.models.calendar import find_window
from lucky_analytics.questions.finance.payment_channels.schedules import (
    Recovered,
    load_billed,
    recover_schedules,
)
from lucky_analytics.reference.payment_names import load_method_names

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "HOME",
    "N_WEEKS",
    "ON_FILE",
    "PreparedPayments",
    "assemble",
    "load_reach",
    "prepare_payments",
    "sum_weeks",
]

Array = NDArray[Any]
HOME = "USD"
N_WEEKS = 12
ON_FILE = {"luckyus_sales_payment.t_user_channel": "aws-luckyus-salespayment-rw"}
WEEKS_A_YEAR = 365.25 / 7
_FEWEST = 2  # weeks: from one nothing can be learnt of spread


@dataclass(frozen=True)
class PreparedPayments:
    """What no lever changes; US dollars alone.

    ``methods``: those used in the window whose schedule is known, most payments first: ``channel_id``,
    ``name``, ``label``, ``is_guess``, ``is_exact``, and the schedule in cents and cents a cent (``fixed``,
    ``rate`` with their ends). ``n`` and ``cents``: payments and what they collected, (weeks, methods).
    ``reach``: by (from, to), the share of a method's payments made by customers who keep the other on file;
    empty where no table says. ``level``: of intervals.
    """

    methods: pd.DataFrame
    n: Array
    cents: Array
    reach: dict[tuple[str, str], float]
    level: float
    as_of: str

    @property
    def can_answer(self) -> bool:
        """Whether there are two methods to choose from, and weeks enough for a year's pace."""
        return len(self.methods) > 1 and len(self.n) >= _FEWEST and bool(self.n.sum())

    @property
    def basket(self) -> float:
        """What an average payment is today, dollars, to the cent; null without one."""
        return round(self.exact_basket, 2)

    @property
    def exact_basket(self) -> float:
        total = self.n.sum()
        return float(self.cents.sum() / total) / 100 if total else float("nan")

    def year(self) -> tuple[Array, Array]:
        """Payments and cents a year, (1 + draws, methods): row 0 at today's pace, then draws of weeks.

        Whole weeks are drawn with replacement: how a year of such weeks may come out, not whether it will.
        """
        weights = np.vstack([np.ones(len(self.n)), draw_block_weights(len(self.n))])
        scale = WEEKS_A_YEAR / len(self.n)
        return weights @ self.n * scale, weights @ self.cents * scale

    def place(self, channel_id: str) -> int:
        return list(self.methods["channel_id"]).index(channel_id)

    def cost(self, cents: float, end: str = "") -> Array:
        """What each method takes for a payment of ``cents``, in cents; ``end``: "", "_low" or "_high"."""
        return self.methods[f"fixed{end}"].to_numpy() + self.methods[f"rate{end}"].to_numpy() * cents


def sum_weeks(records: ir.Table) -> pd.DataFrame:
    """Payments with an amount by ``currency``, ``channel_id`` and ``week`` (its Monday): ``n``, ``cents``,
    ``fee_cents``."""
    own = records.filter(records.amount_cents > 0)
    sums = own.group_by("currency", "channel_id", week=own.date.truncate("W")).agg(
        n=own.count(), cents=own.amount_cents.sum(), hundredths=own.fee_hundredths.sum()
    )
    found = sums.execute()
    for name in ("cents", "hundredths"):
        found[name] = found[name].astype("int64")
    found["week"] = pd.to_datetime(found["week"])
    found = found.assign(fee_cents=found["hundredths"] / 100)
    return found.sort_values(["currency", "channel_id", "week"], ignore_index=True)


def assemble(
    weeks: pd.DataFrame, recovered: Recovered, reach: dict[tuple[str, str], float],
    as_of: dt.date, n_weeks: int = N_WEEKS, level: float = 0.9,
) -> PreparedPayments:  # fmt: skip
    """From ``sum_weeks`` and schedules: the last ``n_weeks`` whole weeks by ``as_of``, fewer where the first
    payment is younger; its own week, which may be a part, does not count."""
    window = find_window(as_of, n_weeks)
    own = weeks[weeks["currency"] == HOME]
    first = own["week"].min() + pd.Timedelta(weeks=1) if len(own) else pd.Timestamp(window.end)
    days = pd.date_range(window.start, window.end, freq="7D", inclusive="left")
    days = days[days >= first]
    own = own[own["week"].isin(days)]
    current = recovered.current
    known = current[(current["currency"] == HOME) & current["fixed"].notna()]
    used = own.groupby("channel_id")["n"].sum().sort_values(ascending=False, kind="stable").index
    order = [channel for channel in used if channel in set(known["channel_id"])]
    names = load_method_names()
    methods = known.set_index("channel_id").loc[order].reset_index()
    methods = methods.assign(
        name=methods["channel_id"].map(names.name),
        label=methods["channel_id"].map(names.label),
        is_guess=methods["channel_id"].map(names.is_guess),
    )
    table = {
        name: own.pivot_table(index="week", columns="channel_id", values=name, aggfunc="sum")
        .reindex(index=days, columns=order)
        .fillna(0.0)
        .to_numpy(float)
        for name in ("n", "cents")
    }
    return PreparedPayments(methods, table["n"], table["cents"], reach, level, str(as_of))


def load_reach(suite: Suite, n_weeks: int = N_WEEKS) -> dict[tuple[str, str], float]:
    """``PreparedPayments.reach`` over the window; empty where the snapshot lacks the methods on file."""
    kept = suite.optional("payment_methods")
    if kept is None:
        return {}
    window = find_window(suite.as_of, n_weeks)
    paid = suite.payments
    paid = paid.filter(
        paid.is_counted, paid.currency == HOME, paid.amount_cents > 0,
        paid.payment_date >= window.start, paid.payment_date < window.end,
    )  # fmt: skip
    used = paid.group_by("customer_id", "channel_id").agg(n=paid.count())
    total = used.group_by("channel_id").agg(n=used.n.sum()).execute().set_index("channel_id")["n"]
    kept = kept.select("customer_id", other="channel_id").distinct()
    both = used.join(kept, "customer_id")
    found = both.group_by("channel_id", "other").agg(n=both.n.sum()).execute()
    share = {
        (row.channel_id, row.other): float(row.n) / float(total[row.channel_id]) for row in found.itertuples()
    }
    return {(one, other): share.get((one, other), 0.0) for one in total.index for other in total.index}


def prepare_payments(suite: Suite, level: float = 0.9) -> PreparedPayments:
    """The steps of payment_channels that no lever changes; seconds, once a snapshot.

    Raises ``LuckyError`` for a snapshot without fee records, or with which no question can be answered.
    """
    records = payment_fees.load_fee_records(suite)
    if records is None:
        raise LuckyError("payment what-if", expected="luckyus_sales_payment.t_channel_fee", got="none",
                         remedy="Take a snapshot that has it")  # fmt: skip
    recovered = recover_schedules(load_billed(records), level=level)
    prepared = assemble(sum_weeks(records), recovered, load_reach(suite), suite.as_of, level=level)
    if not prepared.can_answer:
        raise LuckyError("payment what-if", expected=f"{_FEWEST} whole weeks of two payment methods",
                         got=f"{len(prepared.n)} weeks of {len(prepared.methods)}")  # fmt: skip
    return prepared
