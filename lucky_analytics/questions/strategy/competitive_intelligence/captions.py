"""What stands around the charts of the page; each returns the arguments of ``report.figure``."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_change
from lucky_analytics.questions.strategy.competitive_intelligence.our_basket import Basket
from lucky_analytics.questions.strategy.competitive_intelligence.price_gaps import CHEAPER, DEARER

__all__ = ["basket", "gaps", "items", "stores"]

_SOURCE = "prices as noted in the file; our orders over the counter"


def gaps(competitors: pd.DataFrame, level: float) -> dict[str, str]:
    """``competitors``: the rows of the chart, as ``compare_competitors`` has them."""
    dearer, cheaper = (int((competitors["verdict"] == word).sum()) for word in (DEARER, CHEAPER))
    n = len(competitors)
    if not dearer and not cheaper:
        finding = f"No competitor of {n} surely lists other prices than we do"
    else:
        finding = f"Prices are surely higher than ours at {dearer} of {n} competitors, and lower at {cheaper}"
    return {
        "finding": finding,
        "subtitle": "Their menu prices, drinks alike: upper, blue, above our list prices; lower, grey, "
        f"above what our customers pay. Lines: {100 * level:.0f} % intervals of each alone. What their own "
        "customers pay is not known",
        "alt": "; ".join(
            f"{row['label']} {format_change(row['list_off'])} of our list prices"
            for row in competitors.to_dict("records")
        ),
        "source": _SOURCE,
    }


def items(shown: pd.DataFrame, n_items: int) -> dict[str, str]:
    """``shown``: the rows of the chart, of ``n_items``."""
    above = int((shown["list_off"] > 0).sum())
    rest = f", the {len(shown)} that we sell most" if len(shown) < n_items else ""
    return {
        "finding": f"Their mean price is above our list price for {above} of {len(shown)} drinks and "
        f"sizes{rest}",
        "subtitle": "Full: our list price; hollow: what our customers pay; bar: competitors' lowest to "
        "highest, tick: their mean; single prices, without an interval",
        "source": _SOURCE,
    }


def stores(shown: pd.DataFrame, walk_km: float, level: float) -> dict[str, str]:
    """``shown``: the rows of ``compare_stores`` of which something can be said."""
    is_one = shown["off_low"].max() <= shown["off_high"].min()
    end = "their gaps may all be the same" if is_one else "their gaps differ, each range taken alone"
    return {
        "finding": f"Near {len(shown)} of our stores competitors' prices are known; {end}",
        "subtitle": f"Their list prices above ours, of shops within {1000 * walk_km:.0f} m; lines: "
        f"{100 * level:.0f} % intervals of each alone, so that an order among stores may be chance",
        "source": f"{_SOURCE}; places of coffee shops",
    }


def basket(shown: pd.DataFrame, of: Basket) -> dict[str, str]:
    """``shown``: the rows of the chart, of our own basket."""
    off = 1 - of.mean_of("paid_price") / of.mean_of("list_price")
    return {
        "finding": f"Our customers pay {100 * off:.0f} % less than our list prices, with coupons",
        "subtitle": "Dollars before tax of our drinks sold over the counter, last "
        f"{of.window.n_weeks} whole weeks, {len(shown)} of {len(of.items)} kinds and sizes; full: list, "
        "hollow: what is paid. Counted",
        "source": "orders over the counter; kinds and sizes as declared",
    }
