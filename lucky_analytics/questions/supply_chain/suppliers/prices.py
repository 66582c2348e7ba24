"""What each good cost over time, where it can be bought of another, and how spend is spread."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.concentration import estimate_concentration
from lucky_analytics.questions.supply_chain.suppliers.bought import Bought
from lucky_analytics.questions.supply_chain.suppliers.turns import price_relatives

__all__ = [
    "compare_shared",
    "estimate_spread",
    "list_alternatives",
    "list_prices",
    "month_prices",
    "month_spend",
]


def month_spend(bought: Bought) -> pd.DataFrame:
    """``month`` (its first day), ``goods_class``, ``dollars``: what arrived and was kept, by the class that
    the supplier mostly delivers."""
    here = bought.ships[bought.ships["arrived"].notna()]
    classes = bought.suppliers.set_index("supplier_id")["goods_class"]
    rows = here.assign(
        month=here["arrived"].dt.to_period("M").dt.start_time, goods_class=here["supplier_id"].map(classes)
    )
    return rows.groupby(["month", "goods_class"])["dollars"].sum().reset_index()


def estimate_spread(bought: Bought, level: float) -> tuple[str, Estimate, Estimate]:
    """The supplier with the most spend, its share, and how many equal suppliers would be as concentrated;
    intervals over weeks. Null where nothing arrived."""
    here = bought.ships[bought.ships["dollars"] > 0]
    if here.empty:
        return "", Estimate(None, n=0), Estimate(None, n=0)
    weeks = pd.DataFrame(
        {
            "product_id": here["supplier_id"],
            "week": here["arrived"].dt.to_period("W").dt.start_time,
            "y": here["dollars"],
        }
    )
    if weeks["week"].nunique() < 3:  # too few to say how far they scatter
        share = weeks.groupby("product_id")["y"].sum() / weeks["y"].sum()
        plain = (share.max(), 1 / (share**2).sum())
        top_share, as_equal = (Estimate(float(value), n=len(here)) for value in plain)
        return str(share.idxmax()), top_share, as_equal
    top, number = estimate_concentration(weeks, level=level).to_dict("records")
    first, second = (Estimate.of(row, "value", level=level, n=len(here)) for row in (top, number))
    return str(top["product_id"]), first, second


def month_prices(bought: Bought, worse: list[str]) -> pd.DataFrame:
    """Mean price of each month against each good's own mean, in percent: ``month``, ``who`` (each supplier
    of ``worse`` by its id, all others as ""), ``relative``, ``low``, ``high`` (two standard errors), ``n``
    lines."""
    line = price_relatives(bought)
    own = line["supplier_id"].where(line["supplier_id"].isin(worse), "")
    month = line["ordered"].dt.to_period("M").dt.start_time
    cells = line.groupby([month.rename("month"), own.rename("who")])["relative"].agg(["mean", "std", "size"])
    half = (2 * cells["std"] / np.sqrt(cells["size"])).fillna(0.0)
    table = pd.DataFrame(
        {
            "relative": np.expm1(cells["mean"]), "low": np.expm1(cells["mean"] - half),
            "high": np.expm1(cells["mean"] + half), "n": cells["size"],
        }
    )  # fmt: skip
    return table.reset_index()


def list_prices(bought: Bought, n_days: int) -> pd.DataFrame:
    """Each good and supplier, the dearest rise first: ``goods_name``, ``name``, ``n`` prices in all,
    ``first`` and ``last`` price of a base unit in dollars, ``before`` and ``recent`` mean (up to and in the
    last ``n_days``), ``rise`` between the two with ``low`` and ``high`` (two standard errors), ``dollars``
    spent in the days. Null where one side has no price."""
    line = bought.lines[bought.lines["unit_dollars"] > 0]
    start = bought.today - pd.Timedelta(days=n_days)
    rows = []
    for (good, supplier), own in line.groupby(["goods_id", "supplier_id"]):
        log = np.log(own["unit_dollars"].to_numpy(float))
        is_recent = (own["ordered"] > start).to_numpy()
        late, early = log[is_recent], log[~is_recent]
        row = {
            "goods_id": good,
            "supplier_id": supplier,
            "goods_name": own["goods_name"].iloc[0],
            "n": len(own),
        }
        row |= {"first": np.exp(log[0]), "last": np.exp(log[-1]), "dollars": own["dollars"][is_recent].sum()}
        row |= dict.fromkeys(("before", "recent", "rise", "low", "high"), np.nan)
        if len(late) and len(early):
            step = late.mean() - early.mean()
            row |= {"before": np.exp(early.mean()), "recent": np.exp(late.mean()), "rise": np.expm1(step)}
            if min(len(late), len(early)) > 1:
                half = 2 * np.sqrt(late.var(ddof=1) / len(late) + early.var(ddof=1) / len(early))
                row |= {"low": np.expm1(step - half), "high": np.expm1(step + half)}
        rows.append(row)
    names = ["goods_id", "supplier_id", "goods_name", "n", "first", "last", "before", "recent", "rise", "low",
             "high", "dollars"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    table["name"] = table["supplier_id"].map(bought.suppliers.set_index("supplier_id")["name"])
    return table.sort_values(
        ["rise", "goods_name"], ascending=[False, True], na_position="last", ignore_index=True
    )


def compare_shared(bought: Bought, scores: pd.DataFrame, n_days: int) -> pd.DataFrame:
    """Goods bought of more than one supplier in the last ``n_days``, a row each: ``goods_name``, ``name``,
    ``price`` (mean, of a base unit), ``dearer`` (share above the cheapest), ``rate`` (whole and on time),
    ``dollars`` spent, ``saving`` at the cheapest's price."""
    start = bought.today - pd.Timedelta(days=n_days)
    line = bought.lines[(bought.lines["ordered"] > start) & (bought.lines["unit_dollars"] > 0)]
    line = line.assign(base=line["dollars"] / line["unit_dollars"])
    sums = line.groupby(["goods_id", "goods_name", "supplier_id"], as_index=False)[["dollars", "base"]].sum()
    sums = sums[sums.groupby("goods_id")["supplier_id"].transform("nunique") > 1]
    sums = sums.assign(price=sums["dollars"] / sums["base"])
    cheapest = sums.groupby("goods_id")["price"].transform("min")
    own = sums.assign(dearer=sums["price"] / cheapest - 1, saving=sums["dollars"] - sums["base"] * cheapest)
    own = own.merge(scores[["supplier_id", "name", "rate"]], on="supplier_id", how="left")
    return own.sort_values(["goods_name", "price", "name"], ignore_index=True)


def list_alternatives(scores: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    """For each of the ``wanted`` suppliers the others of its class that surely deliver better, or else all
    others of it, the best first: ``instead_of``, ``name``, ``goods_class``, ``n``, ``rate``, ``low``,
    ``high``, ``is_better`` (its whole interval above that of the supplier)."""
    parts = []
    for row in scores[scores["supplier_id"].isin(wanted)].to_dict("records"):
        is_other = (scores["goods_class"] == row["goods_class"]) & ~scores["supplier_id"].isin(wanted)
        others = scores[is_other]
        parts.append(others.assign(instead_of=row["name"], is_better=others["low"] > row["high"]))
    names = ["instead_of", "name", "goods_class", "n", "rate", "low", "high", "is_better"]
    if not parts:
        return pd.DataFrame(columns=names)
    table = pd.concat(parts, ignore_index=True)[names]
    return table.sort_values(["instead_of", "rate"], ascending=[True, False], ignore_index=True)
