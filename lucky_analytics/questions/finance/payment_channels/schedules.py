"""The fee schedule of each payment method: recovered, held month by month, and what it bills for an order."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.ledgers.fee_schedules import Schedule, find_grain
from lucky_analytics.methods.ledgers.schedule_changes import ANOTHER, SOME, Episode, find_episodes
from lucky_analytics.reference.payment_names import load_method_names

__all__ = ["CHANGE_COLUMNS", "FEE_TABLE", "Recovered", "load_billed", "recover_schedules"]

FEE_TABLE = {"luckyus_sales_payment.t_channel_fee": "aws-luckyus-salespayment-rw"}

PROCESSING, SERVICE = "processing", "service"
ENDS = ("fixed", "fixed_low", "fixed_high", "rate", "rate_low", "rate_high")
CHANGE_COLUMNS = [
    "period",
    "month",
    "currency",
    "channel_id",
    "label",
    "part",
    "kind",
    "n_off",
    "before",
    "after",
]


@dataclass(frozen=True)
class Recovered:
    """``parts``: each part of each method's fee by ``currency``, ``channel_id``, ``part`` and ``start`` (the
    month from which it holds), with the fields of ``Schedule``. ``whole``: both parts together, one row for
    each ``start`` of either; the ends are the sums of theirs. ``current``: of ``whole`` the last ones.
    ``changes``: months in which something changed (``CHANGE_COLUMNS``). ``n_looked``: months that were held
    against those before them."""

    parts: pd.DataFrame
    whole: pd.DataFrame
    changes: pd.DataFrame
    n_looked: int

    @property
    def current(self) -> pd.DataFrame:
        """One row for each ``currency`` and ``channel_id``."""
        return self.whole.groupby(["currency", "channel_id"], as_index=False).tail(1).reset_index(drop=True)

    @property
    def n_off(self) -> int:
        """Parts of fees that no line of their method reproduces, payment by payment; those of the months in
        ``changes`` too."""
        single = (self.parts["n"] * (1 - self.parts["share_on"].fillna(1.0))).round().sum()
        return int(single + self.changes["n_off"].fillna(0).sum())


def load_billed(records: ir.Table) -> pd.DataFrame:
    """Payments with an amount by ``currency``, ``channel_id``, month (``period``), ``amount`` (cents)
    and what was billed: ``processing`` and ``service``, hundredths of a cent; ``n`` of just these.

    ``records``: of ``models.payment_fees.load_fee_records``. A payment of nothing is billed nothing, whatever
    the schedule, and is left out.
    """
    own = records.filter(records.amount_cents > 0)
    billed = own.group_by(
        "currency",
        "channel_id",
        period=own.date.truncate("M"),
        amount="amount_cents",
        processing="transaction_hundredths",
        service="service_hundredths",
    ).agg(n=own.count())
    found = billed.execute()
    found["period"] = pd.to_datetime(found["period"])
    return found.sort_values(list(found.columns[:-1]), ignore_index=True)


def recover_schedules(billed: pd.DataFrame, false_alarms: float = 0.01, level: float = 0.9) -> Recovered:
    """Every method's schedule, each currency apart, and the months in which one changed.

    ``false_alarms``: the chance that a page without any change names one; each month's test gets its share.
    ``level``: of the interval where a method follows no schedule. A method needs two different amounts.
    """
    groups = list(billed.groupby(["currency", "channel_id"], sort=True))
    n_looked = sum(2 * (own["period"].nunique() - 1) for _, own in groups)
    alpha = false_alarms / max(n_looked, 1)
    parts, whole, changes = [], [], []
    for (currency, channel), own in groups:
        key = {"currency": str(currency), "channel_id": str(channel)}
        episodes = {}
        for part in (PROCESSING, SERVICE):
            rows = own.assign(fee=own[part])[["period", "amount", "fee", "n"]]
            episodes[part] = find_episodes(rows, find_grain(rows["fee"].to_numpy()), alpha, level)
            parts += [
                {**key, "part": part, "start": one.start, **vars(one.schedule)} for one in episodes[part]
            ]
            changes += [{**key, "part": part, **each} for each in _name_changes(episodes[part])]
        whole += [{**key, **each} for each in _add_parts(episodes)]
    columns = ["currency", "channel_id", "start", "n", "is_exact", *ENDS]
    listed = pd.DataFrame(
        changes, columns=[name for name in CHANGE_COLUMNS if name not in ("month", "label")]
    )
    listed["label"] = listed["channel_id"].map(load_method_names().label)
    listed["month"] = [f"{period:%b %Y}" for period in listed["period"]]
    listed = listed.sort_values(["period", "currency", "channel_id"], ignore_index=True)
    names = ["currency", "channel_id", "part", "start", *Schedule.__dataclass_fields__]
    made = pd.DataFrame(whole, columns=columns)
    return Recovered(pd.DataFrame(parts, columns=names), made, listed[CHANGE_COLUMNS], n_looked)


def _name_changes(episodes: tuple[Episode, ...]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number, one in enumerate(episodes):
        if number:
            before, after = (_say(each.schedule) for each in (episodes[number - 1], one))
            found.append({"period": one.start, "kind": ANOTHER, "before": before, "after": after})
        found += [
            {"period": period, "kind": SOME, "n_off": n_off, "before": _say(one.schedule), "after": ""}
            for period, n_off in one.odd
        ]
    return found


def _say(made: Schedule) -> str:
    return f"{made.fixed:.2f} cents and {100 * made.rate:.3f} %"


def _add_parts(episodes: dict[str, tuple[Episode, ...]]) -> list[dict[str, object]]:
    """Both parts together, for each month from which either of them holds."""
    rows = []
    for start in sorted({one.start for each in episodes.values() for one in each}):
        now = [[one for one in each if one.start <= start][-1].schedule for each in episodes.values()]
        ends = {name: sum(getattr(one, name) for one in now) for name in ENDS}
        is_exact = all(one.is_exact for one in now)
        rows.append({"start": start, "n": now[0].n, "is_exact": is_exact, **ends})
    return rows
