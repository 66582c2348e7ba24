"""The frames that the page draws and lists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought
from lucky_analytics.questions.supply_chain.suppliers.supplier_bills import Settled
from lucky_analytics.questions.supply_chain.suppliers.turns import LATE, PRICE, REFUSED

__all__ = [
    "OTHERS",
    "list_alerts",
    "list_open",
    "list_turns",
    "mark_few",
    "mark_sure",
    "month_late",
    "name_who",
    "pick_supplier",
    "show_history",
    "sum_spend",
]

OTHERS = "all others"
WORDS = {LATE: "late deliveries", REFUSED: "packs refused", PRICE: "price"}


def pick_supplier(scores: pd.DataFrame, turns: pd.DataFrame, wanted: str) -> pd.Series:
    """The supplier whose history is drawn: ``wanted`` by name or number, else the first that became worse,
    else the first of the ranking. Raises ``UnknownNameError`` for one that is not there."""
    if wanted:
        same = scores["name"].str.casefold().eq(wanted.casefold()) | scores["supplier_id"].eq(wanted)
        if not same.any():
            raise UnknownNameError("supplier", wanted, scores["name"].tolist())
        return scores[same].iloc[0]
    worse = turns.loc[turns["is_worse"], "supplier_id"]
    own = scores[scores["supplier_id"].isin(worse)]
    return (own if len(own) else scores).iloc[0]


def month_late(bought: Bought, worse: list[str]) -> pd.DataFrame:
    """Share of shipments late by the month of their promise: ``month``, ``who`` (each of ``worse`` by name,
    else "all others"), ``share``, ``low``, ``high`` (Wilson's, 90 %), ``n``."""
    due = bought.ships[bought.ships["is_due"]]
    names = bought.suppliers.set_index("supplier_id")["name"]
    who = due["supplier_id"].map(names).where(due["supplier_id"].isin(worse), OTHERS)
    month = due["promised"].dt.to_period("M").dt.start_time
    cells = (
        due.groupby([month.rename("month"), who.rename("who")])["is_late"].agg(["mean", "size"]).reset_index()
    )
    p, n, z = cells["mean"], cells["size"], 1.645
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return pd.DataFrame(
        {
            "month": cells["month"],
            "who": cells["who"],
            "share": p,
            "low": middle - half,
            "high": middle + half,
            "n": n,
        }
    )


def mark_few(scores: pd.DataFrame) -> pd.DataFrame:
    """``scores`` with ``few``: "few" where a supplier has too few orders to go by."""
    return scores.assign(few=np.where(scores["is_few"], "few", ""))


def mark_sure(others: pd.DataFrame) -> pd.DataFrame:
    """``prices.list_alternatives`` with ``sure``: whether the other is surely better, in words."""
    return others.assign(sure=np.where(others["is_better"].astype(bool), "yes", "not known"))


def name_who(bought: Bought, months: pd.DataFrame) -> pd.DataFrame:
    """``prices.month_prices`` with names in place of ids."""
    names = bought.suppliers.set_index("supplier_id")["name"]
    return months.assign(who=months["who"].map(names).fillna(OTHERS))


def show_history(bought: Bought, supplier_id: str) -> pd.DataFrame:
    """Every shipment of one supplier: ``promised``, ``days_late`` (negative is early; so far, where it is not
    here), ``state`` ("on time", "late", "not here yet"), ``packs``."""
    own = bought.ships[(bought.ships["supplier_id"] == supplier_id) & bought.ships["is_due"]]
    days = (own["arrived"].fillna(bought.today) - own["promised"]).dt.days
    state = np.where(own["arrived"].isna(), "not here yet", np.where(own["is_late"], "late", "on time"))
    return pd.DataFrame(
        {"promised": own["promised"], "days_late": days, "state": state, "packs": own["shipped"]}
    ).reset_index(drop=True)


def list_open(bought: Bought) -> pd.DataFrame:
    """Shipments that have not come, the longest overdue first: ``name``, ``goods`` (of their order),
    ``ordered``, ``promised``, ``overdue`` days (0 where not yet due), ``packs``."""
    own = bought.ships[bought.ships["arrived"].isna()]
    goods = bought.lines.groupby("purchase_id")["goods_name"].agg(lambda x: ", ".join(dict.fromkeys(x)))
    names = bought.suppliers.set_index("supplier_id")["name"]
    table = pd.DataFrame(
        {
            "shipment_id": own["shipment_id"], "name": own["supplier_id"].map(names),
            "goods": [goods.get(key, "") for key in own["purchase_id"]], "ordered": own["ordered"].dt.date,
            "promised": own["promised"].dt.date, "is_due": own["is_due"],
            "overdue": (bought.today - own["promised"]).dt.days.clip(lower=0), "packs": own["shipped"],
        }
    )  # fmt: skip
    return table.sort_values(["promised", "shipment_id"], ignore_index=True)


def list_turns(bought: Bought, turns: pd.DataFrame) -> pd.DataFrame:
    """What surely changed first, then the likeliest changes: ``name``, ``what``, ``verdict``, ``since`` with
    ``first`` and ``last`` day that may be it, ``before``, ``after``, ``step`` with its ends, ``adjusted``."""
    names = bought.suppliers.set_index("supplier_id")["name"]
    is_worse, is_better = (turns[name].astype(bool).to_numpy() for name in ("is_worse", "is_better"))
    verdict = np.select([is_worse, is_better], ["worse", "better"], "as before, chance aside")
    table = turns.assign(
        name=turns["supplier_id"].map(names), what=turns["measure"].map(WORDS), verdict=verdict,
        day=turns["since"].dt.date, first=turns["since_first"].dt.date, last=turns["since_last"].dt.date,
    )  # fmt: skip
    return table.sort_values(["adjusted", "p_value", "name"], ignore_index=True)


def list_alerts(
    bought: Bought, turns: pd.DataFrame, waiting: pd.DataFrame, settled: Settled | None
) -> pd.DataFrame:
    """What wants a call: deliveries overdue, prices that rose, suppliers that became worse, bills overdue.
    ``kind``, ``name``, ``since``, ``what``."""
    rows: list[tuple[Any, ...]] = [
        ("Delivery overdue", row["name"], row["promised"], f"{row['packs']:.0f} packs: {row['goods']}")
        for row in waiting[waiting["is_due"]].to_dict("records")
    ]
    worse = list_turns(bought, turns[turns["is_worse"]])
    kinds = {PRICE: "Price rose", LATE: "Late more often", REFUSED: "More refused"}
    rows += [
        (kinds[row["measure"]], row["name"], row["day"],
         _say_step(row["measure"], row["before"], row["after"], row["step"]))
        for row in worse.to_dict("records")
    ]  # fmt: skip
    if settled is not None:
        rows += [
            ("Bill not paid", name, pd.Timestamp(day).date(), "past its due day")
            for name, day in (words.rsplit(" since ", 1) for words in settled.overdue.values())
        ]
    table = pd.DataFrame(rows, columns=["kind", "name", "since", "what"])
    return table.assign(since=table["since"].astype(str))


def _say_step(measure: str, before: float, after: float, step: float) -> str:
    if measure == PRICE:
        return f"{100 * step:+.1f} % against its earlier prices"
    what = "shipments late" if measure == LATE else "packs refused"
    return f"{100 * after:.0f} % of {what}, {100 * before:.0f} % before"


def sum_spend(bought: Bought) -> pd.DataFrame:
    """Spend of each supplier, the largest first: ``name``, ``goods_class``, ``dollars`` received in all,
    ``share``, ``n_orders``, ``n_goods``, ``n_alone`` (goods that nobody else delivered)."""
    here = bought.ships.groupby("supplier_id")["dollars"].sum()
    table = bought.suppliers.assign(dollars=bought.suppliers["supplier_id"].map(here).fillna(0.0))
    table["share"] = table["dollars"] / max(float(table["dollars"].sum()), 1e-9)
    table["n_orders"] = table["supplier_id"].map(bought.orders.groupby("supplier_id").size()).fillna(0)
    pairs = bought.lines[["goods_id", "supplier_id"]].drop_duplicates()
    alone = pairs[pairs.groupby("goods_id")["supplier_id"].transform("size") == 1]
    for name, rows in (("n_goods", pairs), ("n_alone", alone)):
        table[name] = table["supplier_id"].map(rows.groupby("supplier_id").size()).fillna(0)
    return table.sort_values(["dollars", "name"], ascending=[False, True], ignore_index=True)
