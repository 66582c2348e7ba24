"""What the page of the markets relies on, checked in the rows themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from lucky_analytics.questions.platform.market_hub.data import NO_MARKET, OTHER_CURRENCY, Sold
from lucky_analytics.questions.platform.market_hub.steps import MarketDays

__all__ = ["check_markets"]


def check_markets(
    found: Sequence[MarketDays], sold: Sold, hours: pd.DataFrame | None, as_of: dt.date
) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property; what the snapshot cannot show is left out."""
    n_days = sum(len(each.days) for each in found)
    n_astray = sum(int((~each.days["is_within"]).sum()) for each in found)
    names = [each.market.name for each in found]
    nowhere = int(sold.apart.loc[sold.apart["market"] == NO_MARKET, "orders"].sum())
    is_stray = sold.apart["market"].isin(names) & (sold.apart["because"] == OTHER_CURRENCY)
    stray = int(sold.apart.loc[is_stray, "orders"].sum())
    facts = [
        (
            "every order lies between the midnights of its business day",
            not n_astray,
            f"{n_astray} of {n_days} days of a market have one outside",
        ),
        ("every shop that sells is in a declared market", not nowhere, f"{nowhere:,} orders are in none"),
        ("every order is in the currency of its market", not stray, f"{stray:,} are not, and are left out"),
    ]
    if hours is not None:
        known = {name for name, own in hours.groupby("market") if (own["date"] > pd.Timestamp(as_of)).any()}
        lacking = [name for name in names if name not in known]
        detail = f"not of {', '.join(lacking)}" if lacking else "of every market shown"
        facts.append(("opening hours are planned beyond the last closed day", not lacking, detail))
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
