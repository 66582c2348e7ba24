"""What the page of the stores' profit shows: its checks, and its tables in dollars."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.models.store_ledger import COSTS, PAYS, SHORT
from lucky_analytics.questions.finance.store_profit.steps import ALL, Statement

__all__ = ["check_ledger", "find_first_paid", "order_panels", "say_verdict", "show_months", "show_pace",
           "show_stores", "show_weeks"]  # fmt: skip

_MONEY = ("revenue_cents", "tax_cents", "refund_cents", "net_cents", *COSTS, "profit_cents")
_N_DRAWN = 20  # weeks that a panel of a phone can show
_NEEDED = ("goods_cents", "wages_cents", "rent_cents")


def check_ledger(weeks: pd.DataFrame, said: Statement, counted_cents: int) -> pd.DataFrame:
    """What the statement relies on: ``name``, ``passed``, ``detail``, one row a property."""
    own = weeks[weeks["is_trading_store"] & (weeks["month"] == said.month) & (weeks["orders"] > 0)]
    bare = own[(own[list(_NEEDED)] <= 0).any(axis=1)]
    last = weeks.groupby("store_id")["week_end"].max().max()
    revenue = int(said.total["revenue_cents"])
    facts = [
        ("each week with sales has bills for goods, wages and rent", bare.empty,
         f"{len(own) - len(bare)} of {len(own)} weeks of stores"),
        ("revenue is what the metric of revenue counts", revenue == counted_cents,
         f"${revenue / 100:,.2f} and ${counted_cents / 100:,.2f}"),
        ("the stores' rows add up to all stores",
         bool((said.stores[list(_MONEY)].sum() == said.total[list(_MONEY)]).all()),
         f"{len(said.stores)} stores, {len(_MONEY)} columns, to the cent"),
        ("the ledger reaches the month after", last > said.last_day_of_month, f"last bills {last:%-d %b %Y}"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def say_verdict(verdict: str) -> str:
    """The verdict of a store as an answer to "does it pay its bills?".

    >>> say_verdict("pays its bills"), say_verdict("still opening")
    ('yes', 'still opening')
    """
    return {PAYS: "yes", SHORT: "no"}.get(verdict, verdict)


def show_stores(said: Statement) -> pd.DataFrame:
    """The statement by store with all of them in the last row (``is_total``), in dollars with cents."""
    table = said.stores.assign(is_total=False, pays=said.stores["verdict"].map(say_verdict))
    total = said.total.to_dict() | {"store_name": ALL, "is_total": True, "pays": _say_total(said)}
    before = said.total_before
    total["margin_before"] = float("nan") if before is None else before["margin"]
    total["a_week"] = total["profit_cents"] / total["n_weeks"]
    total["last_week"] = said.stores["last_week"].sum()
    total |= {"newest": said.stores["newest"].sum(), "needed": float("nan")}
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    weekly = {name: table[name] / 100 for name in ("last_week", "newest", "needed")}
    return _in_dollars(table.assign(**weekly))


def show_pace(said: Statement) -> pd.DataFrame:
    """What each store earned a week in the month and in the one before, dollars."""
    names = ["a_week", "a_week_before"]
    return said.stores[["store_name", *names]].assign(**{name: said.stores[name] / 100 for name in names})


def order_panels(by_week: pd.DataFrame, said: Statement) -> pd.DataFrame:
    """The newest weeks of ``show_weeks``, the oldest first, stores in the statement's order."""
    newest = by_week[by_week["week_end"] > said.last_end - pd.Timedelta(weeks=_N_DRAWN)]
    place = {name: k for k, name in enumerate(said.stores["store_name"])}
    own = newest.assign(place=newest["store_name"].map(place).fillna(len(place)))
    return own.sort_values(["place", "week_end"], ignore_index=True)


def show_months(said: Statement) -> pd.DataFrame:
    """The stores together by month, the newest first, in dollars; ``label`` marks the open month."""
    months = _in_dollars(said.months)
    for name in ("office", "left"):
        months[name] = months.pop(f"{name}_cents") / 100
    n = said.months["n_weeks"]
    weeks = [f"{k} week{'s' if k > 1 else ''}" for k in n]
    part = said.months["is_open"].map({True: ", partial", False: ""})
    months["label"] = months["month"].dt.strftime("%b %Y") + ", " + pd.Series(weeks) + part
    return months.iloc[::-1].reset_index(drop=True)


def show_weeks(weeks: pd.DataFrame) -> pd.DataFrame:
    """Each trading store's weeks in dollars, the newest first, with ``age``: whole weeks since it opened
    (negative: before)."""
    own = weeks[weeks["is_trading_store"]].copy()
    own["age"] = (own["week_end"] - own["opened"]).dt.days // 7
    shown = _in_dollars(own).sort_values(["week_end", "store_name"], ascending=[False, True])
    return shown.assign(margin=shown["profit"] / shown["net"].where(shown["net"] > 0)).reset_index(drop=True)


def find_first_paid(weeks: pd.DataFrame) -> pd.DataFrame:
    """Trading stores that opened a week or more after the first: ``store_name``, ``opened`` and ``age``, the
    first week from its opening (1 is its first whole one) whose sales paid its bills; null where none did."""
    own = weeks[weeks["is_trading_store"]]
    own = own[own["opened"] > own["opened"].min() + pd.Timedelta(weeks=1)]
    age = (own["week_end"] - own["opened"]).dt.days // 7 + 1
    paid = own.assign(age=age)[own["profit_cents"] > 0].groupby("store_id")["age"].min()
    later = own.drop_duplicates("store_id")[["store_id", "store_name", "opened"]]
    return later.assign(age=later["store_id"].map(paid)).sort_values("opened", ignore_index=True)


def _say_total(said: Statement) -> str:
    words = said.stores["verdict"].map(say_verdict).value_counts()
    return ", ".join(f"{n} {word}" for word, n in words.items())


def _in_dollars(table: pd.DataFrame) -> pd.DataFrame:
    names = {name: name.removesuffix("_cents") for name in _MONEY}
    return table.assign(**{name: table[name] / 100 for name in names}).rename(columns=names)
