"""Competitors' prices against ours for the same drink and size, as an index with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.prices.price_index import IndexOff, estimate_off
from lucky_analytics.questions.strategy.competitive_intelligence.drink_kinds import Drinks, name_item
from lucky_analytics.questions.strategy.competitive_intelligence.our_basket import Basket

__all__ = [
    "CHEAPER",
    "DEARER",
    "FEWEST_KINDS",
    "MOST_FALSE",
    "compare_competitors",
    "compare_items",
    "compare_naively",
    "estimate_gap",
    "keep_comparable",
    "match_prices",
]

FEWEST_KINDS = 3  # of drink, below which nothing is said of a competitor
MOST_FALSE = 0.05  # of the competitors that are called dearer or cheaper, so many are not, on average
DEARER, CHEAPER, UNSURE, FEW = "dearer", "cheaper", "may be alike", "too few drinks"
_OURS = ["item", "kind", "size", "units", "list_price", "paid_price"]


def match_prices(noted: pd.DataFrame, basket: Basket, drinks: Drinks) -> pd.DataFrame:
    """The newest shop prices beside ours: one row a competitor, location and kind and size that we sell, too.

    ``noted``: as from ``mark_prices``. ``competitor``, ``location``, ``item``, ``kind``, ``size``, ``price``
    (dollars, geometric mean of their ``n_prices`` drinks alike), ``seen`` (the oldest of them), and of ours
    ``units``, ``list_price``, ``paid_price``.
    """
    newest = noted[noted["state"] == "newest"]
    newest = newest.assign(size=newest["ounces"].map(drinks.size_of).astype(object))
    newest = newest.assign(item=name_item(newest["kind"], newest["size"]), log=np.log(newest["dollars"]))
    by = newest.dropna(subset="item").groupby(["competitor", "location", "item"], as_index=False)
    means = by.agg(log=("log", "mean"), n_prices=("log", "size"), seen=("seen", "min"))
    found = means.merge(basket.items[_OURS], on="item")
    found["price"] = np.exp(found.pop("log"))
    return found.sort_values(["competitor", "location", "units"], ascending=[True, True, False])


def keep_comparable(matched: pd.DataFrame) -> pd.DataFrame:
    """Rows of competitors with ``FEWEST_KINDS`` kinds of drink or more."""
    n_kinds = matched.groupby("competitor")["kind"].transform("nunique")
    return matched[n_kinds >= FEWEST_KINDS]


def estimate_gap(matched: pd.DataFrame, base: str, level: float = 0.9) -> IndexOff:
    """How far prices lie above ours (0.1: 10 %), competitors alike; ``base`` ``list_price`` or
    ``paid_price``. Items count by what our customers spend on them at that price; ``n``: kinds of drink."""
    weights = matched["units"] * matched[base]
    kind, place, whose = (matched[name].to_numpy() for name in ("kind", "location", "competitor"))
    return estimate_off(matched["price"] / matched[base], weights, kind, place, whose, level)


def compare_competitors(matched: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """One row a competitor: ``n_items``, ``n_kinds``, ``n_locations``, ``n_prices``, ``oldest``; ``list_off``
    with ``list_off_low``, ``list_off_high`` against our list prices, ``paid_off`` so against what was paid
    (shares, 0.1: theirs are 10 % above); ``p_value``, ``q_value`` over all competitors, ``verdict``: their
    list prices are dearer or cheaper where at most ``MOST_FALSE`` of such are not on average, "may be alike",
    "too few drinks". The dearest first."""
    enough = set(keep_comparable(matched)["competitor"])
    rows = []
    for competitor, own in matched.groupby("competitor"):
        row: dict[str, Any] = {"competitor": competitor, "n_items": own["item"].nunique()}
        row |= {"n_kinds": own["kind"].nunique(), "n_locations": own["location"].nunique()}
        row |= {"n_prices": int(own["n_prices"].sum()), "oldest": own["seen"].min()}
        for base in ("list", "paid"):
            told = own if competitor in enough else own.head(0)
            found = estimate_gap(told, f"{base}_price", level)
            row |= {f"{base}_off": found.off.value, f"{base}_off_low": found.off.low}
            row |= {f"{base}_off_high": found.off.high}
            if base == "list":
                row["p_value"] = found.p_value
        rows.append(row)
    columns = ["competitor", "n_items", "n_kinds", "n_locations", "n_prices", "oldest", "list_off",
               "list_off_low", "list_off_high", "p_value", "paid_off", "paid_off_low",
               "paid_off_high"]  # fmt: skip
    numbers = [name for name in columns if "off" in name or name == "p_value"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(numbers, float))
    table["q_value"] = adjust_p_values(table["p_value"].to_numpy())
    called = table["q_value"] <= MOST_FALSE
    verdict = pd.Series(UNSURE, table.index).mask(called & (table["list_off"] > 0), DEARER)
    verdict = verdict.mask(called & (table["list_off"] < 0), CHEAPER)
    table["verdict"] = verdict.mask(~table["competitor"].isin(enough), FEW)
    return table.sort_values(["list_off", "competitor"], ascending=[False, True], ignore_index=True)


def compare_items(matched: pd.DataFrame) -> pd.DataFrame:
    """One row for each kind and size that was matched, most units first: ours, the competitors' mean
    (``theirs``, geometric, competitors alike), lowest and highest, ``list_off`` and ``paid_off`` of the mean,
    ``n_competitors``."""
    own = matched.assign(log=np.log(matched["price"]))
    by = own.groupby(["item", "competitor"], as_index=False)["log"].mean()
    found = by.groupby("item").agg(
        log=("log", "mean"), low=("log", "min"), high=("log", "max"), n_competitors=("log", "size")
    )
    prices = np.exp(found[["log", "low", "high"]])
    prices = prices.set_axis(["theirs", "cheapest", "dearest"], axis=1).assign(
        n_competitors=found["n_competitors"]
    )
    ours = matched[_OURS].drop_duplicates("item").set_index("item")
    table = ours.join(prices).reset_index()
    for base in ("list", "paid"):
        table[f"{base}_off"] = table["theirs"] / table[f"{base}_price"] - 1
    return table.sort_values(["units", "item"], ascending=[False, True], ignore_index=True)


def compare_naively(noted: pd.DataFrame, basket: Basket, gap: Estimate) -> pd.DataFrame:
    """What is easily worked out, and why not to go by it: ``what``, ``theirs``, ``ours`` (dollars),
    ``off`` (share), ``why``."""
    shop = noted[noted["state"] == "newest"]
    ounce = float(shop["dollars"].sum() / shop["ounces"].sum()) if len(shop) else np.nan
    weights = basket.items["units"]
    own_ounce = float((basket.items["list_price"] * weights).sum() / (basket.items["ounces"] * weights).sum())
    rows: list[dict[str, Any]] = [
        {"what": "mean of all prices noted", "theirs": float(shop["dollars"].mean()),
         "ours": basket.mean_of("list_price"), "why": "other drinks and sizes than ours are in it"},
        {"what": "price of an ounce", "theirs": ounce, "ours": own_ounce,
         "why": "an ounce more costs less than the first: whoever sells larger cups looks cheap"},
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    table["off"] = table["theirs"] / table["ours"] - 1
    like = {"what": "same drink and size", "theirs": np.nan, "ours": np.nan, "off": gap.value, "why": ""}
    return pd.concat([table, pd.DataFrame([like])], ignore_index=True).astype(
        {"theirs": float, "ours": float, "off": float}
    )
