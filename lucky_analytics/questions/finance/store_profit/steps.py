"""What each store earned inside its four walls: the steps in the notebook's order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.models.sites.site_costs import StoreCosts
from lucky_analytics.models.store_ledger import COSTS, OPENING, SHORT, add_up_weeks, judge_pace

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["ALL", "Statement", "compare_pages", "hold_against_newest", "list_months", "make_statement",
           "sum_bills", "sum_last_week", "sum_revenue"]  # fmt: skip

ALL = "All stores"


@dataclass(frozen=True)
class Statement:
    """``stores``: one row a trading store, the most profit first, sums of ``add_up_weeks`` over ``month``
    with ``margin_before`` (null in a store's first month), ``a_week`` and ``a_week_before`` (cents of profit
    a week), ``last_week`` (cents of profit in the newest week of the ledger), ``needed`` and ``newest``
    (``hold_against_newest``; null before it), and of ``judge_pace``
    ``pace_margin``, ``pace_low``, ``pace_high`` and ``verdict``; ``total``: the same sums of all of them;
    ``office``: of shops that are no stores; ``months``: of ``list_months``. ``pace``: of ``judge_pace``.
    ``last_end``: last day of the ledger."""

    month: pd.Timestamp
    stores: pd.DataFrame
    total: pd.Series
    total_before: pd.Series | None
    office: pd.Series | None
    months: pd.DataFrame
    pace: pd.DataFrame
    last_end: pd.Timestamp

    @property
    def first_day(self) -> dt.date:
        """The first day of the month's weeks."""
        return (self.last_day_of_month - pd.Timedelta(days=7 * int(self.total["n_weeks"]) - 1)).date()

    @property
    def last_day_of_month(self) -> pd.Timestamp:
        """The Sunday that ends the month's last week: the week of its last Thursday."""
        end = self.month + pd.offsets.MonthEnd(0)
        return end - pd.Timedelta(days=(end.day_of_week - 3) % 7) + pd.Timedelta(days=3)

    @property
    def grown(self) -> pd.DataFrame:
        return self.stores[self.stores["verdict"] != OPENING]

    @property
    def below(self) -> pd.DataFrame:
        """Established stores that are not short, and sold less in the newest week than pays their bills."""
        grown = self.grown[self.grown["verdict"] != SHORT]
        return grown[grown["newest"] < grown["needed"]]

    @property
    def opening(self) -> pd.DataFrame:
        return self.stores[self.stores["verdict"] == OPENING]


def make_statement(weeks: pd.DataFrame, level: float) -> Statement | None:
    """The newest whole month of ``store_ledger.load_weeks``; null where the ledger has none."""
    own = weeks[weeks["is_trading_store"]]
    months = list_months(weeks)
    whole = months[~months["is_open"]] if len(months) else months
    if whole.empty or own.empty:
        return None
    month = whole["month"].iloc[-1]
    keys = ["store_id", "store_name", "opened"]
    stores = add_up_weeks(own[own["month"] == month], keys)
    before = add_up_weeks(own[own["month"] == _month_before(month)], keys).set_index("store_id")
    stores["a_week"] = stores["profit_cents"] / stores["n_weeks"]
    stores["margin_before"] = stores["store_id"].map(before["margin"])
    stores["a_week_before"] = stores["store_id"].map(before["profit_cents"] / before["n_weeks"])
    total, last_end = _sum(own, month), weeks["week_end"].max()
    if total is None:
        return None
    newest = own[own["week_end"] == last_end].set_index("store_id")["profit_cents"]
    stores["last_week"] = stores["store_id"].map(newest)
    pace = judge_pace(weeks, level)
    named = pace.set_index("store_id").rename(columns={"low": "pace_low", "high": "pace_high"})
    named["pace_margin"] = named["margin"]
    for name in ("pace_margin", "pace_low", "pace_high", "verdict"):
        stores[name] = stores["store_id"].map(named[name])
    stores["verdict"] = stores["verdict"].fillna("no bill in the last weeks")
    stores[["needed", "newest"]] = float("nan")
    return Statement(
        month,
        stores.sort_values("profit_cents", ascending=False, ignore_index=True),
        total,
        _sum(own, _month_before(month)) if len(before) else None,
        _sum(weeks[~weeks["is_trading_store"]], month),
        months,
        pace,
        last_end,
    )


def hold_against_newest(said: Statement, needed: pd.Series, newest: pd.Series) -> Statement:
    """The statement with what each established store must sell a week (``store_break_even``) and what it sold
    in the newest one, cents of net sales; a store still opening has bills of its opening, and none."""
    stores = said.stores
    needs = stores["store_id"].map(needed).where(stores["verdict"] != OPENING)
    return replace(said, stores=stores.assign(needed=needs, newest=stores["store_id"].map(newest)))


def list_months(weeks: pd.DataFrame) -> pd.DataFrame:
    """The stores together by month of the ledger, the oldest first: sums of ``add_up_weeks``, ``n_stores``,
    ``office_cents`` (what shops that are no stores cost beyond their sales), ``left_cents`` (profit less
    those), and ``is_open``: the month still has weeks to come, so that it is partial."""
    own = weeks[weeks["is_trading_store"]]
    if own.empty:
        return pd.DataFrame(columns=["month", "is_open"])
    months = add_up_weeks(own, ["month"])
    office = -weeks[~weeks["is_trading_store"]].groupby("month")["profit_cents"].sum()
    months["office_cents"] = months["month"].map(office).fillna(0).astype("int64")
    months["left_cents"] = months["profit_cents"] - months["office_cents"]
    months["n_stores"] = months["month"].map(own[own["orders"] > 0].groupby("month")["store_id"].nunique())
    months["n_stores"] = months["n_stores"].fillna(0).astype("int64")
    next_middle = weeks["week_end"].max() + pd.Timedelta(days=4)
    months["is_open"] = months["month"] == next_middle.to_period("M").to_timestamp()
    return months


def sum_revenue(suite: Suite, first: dt.date, last: dt.date) -> int:
    """Cents of the metric ``revenue`` of the trading stores from ``first`` to ``last``, both included."""
    end, trading = last + dt.timedelta(days=1), ibis._.is_trading_store
    found = metrics.aggregate(suite, ["revenue"], start=first, end=end, where=trading).execute()
    return int(found["revenue"].fillna(0).sum())


def sum_last_week(suite: Suite) -> int:
    """``sum_revenue`` of the seven days to ``suite.as_of``, as the page of the stores' week counts them."""
    return sum_revenue(suite, suite.as_of - dt.timedelta(days=6), suite.as_of)


def sum_bills(suite: Suite, first: dt.date, last: dt.date) -> int:
    """Cents of all bills of the trading stores whose week ends from ``first`` to ``last``, as the ledger has
    them, of every kind."""
    bill = suite.table("accounting_costs").filter(ibis._.week_end_date.between(first, last))
    own = bill.semi_join(suite.stores.filter("is_trading_store"), "store_id")
    return int(own.agg(cents=own.cost_cents.sum()).execute()["cents"].fillna(0).iloc[0])


def compare_pages(
    said: Statement, counted_cents: int, billed_cents: int, week_cents: int, costs: StoreCosts, as_of: dt.date
) -> pd.DataFrame:
    """What this statement says beside what others count, dollars: ``what``, ``here`` (null: not in it),
    ``there``, ``where`` and ``difference``.

    ``counted_cents``: of ``sum_revenue`` over the month's weeks; ``billed_cents``: the ledger's bills of
    stores in them; ``week_cents``: revenue of the seven days to ``as_of``."""
    total = said.total
    bills = int(total[list(COSTS[:-1])].sum())
    rows = [
        ("Revenue of the month, tax included", int(total["revenue_cents"]), counted_cents,
         "the metric of revenue, by day"),
        ("Bills of the stores", bills, billed_cents, "the ledger, added up without a grouping"),
        ("Profit", int(total["profit_cents"]), int(said.stores["profit_cents"].sum()),
         "the rows of the stores"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["what", "here", "there", "where"])
    table["difference"] = table["here"] - table["there"]
    later = pd.DataFrame(
        [
            (f"Revenue of the seven days to {as_of:%-d %b}", week_cents,
             f"the page on the stores' week; bills end on {said.last_end:%-d %b}"),
            ("Revenue a month that pays a typical store's bills", round(100 * costs.break_even),
             "the page on how fast stores grow, fees of payment not counted"),
        ],
        columns=["what", "there", "where"],
    )  # fmt: skip
    table = pd.concat([table, later], ignore_index=True)
    numbers = ["here", "there", "difference"]
    return table.assign(**{name: table[name].astype("Float64").astype(float) / 100 for name in numbers})


def _sum(weeks: pd.DataFrame, month: pd.Timestamp) -> pd.Series | None:
    chosen = weeks[weeks["month"] == month]
    return add_up_weeks(chosen, ["month"]).iloc[0] if len(chosen) else None


def _month_before(month: pd.Timestamp) -> pd.Timestamp:
    return month - pd.offsets.MonthBegin(1)
