"""What changed on competitors' menus since they were seen before: prices, drinks new and not noted."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.prices.price_index import estimate_off
from lucky_analytics.questions.strategy.competitive_intelligence.drink_kinds import OTHER
from lucky_analytics.questions.strategy.competitive_intelligence.price_file import SHOP
from lucky_analytics.questions.strategy.competitive_intelligence.price_gaps import FEWEST_KINDS

__all__ = ["estimate_moved", "find_changes", "find_menu_changes", "list_promotions"]

_SAME = ["competitor", "location", "product", "ounces"]


def find_changes(noted: pd.DataFrame) -> pd.DataFrame:
    """Usual shop prices that were seen on two days or more, the newest within the age limit: ``_SAME``,
    ``kind``, ``before``, ``before_seen``, ``price``, ``seen``, ``change`` (share), the largest first."""
    own = noted[noted["state"].isin(["newest", "replaced"])].sort_values("seen")
    by = own.groupby(_SAME)
    pairs = own.assign(before=by["dollars"].shift(), before_seen=by["seen"].shift())
    found = pairs[(pairs["state"] == "newest") & pairs["before"].notna()]
    found = found.rename(columns={"dollars": "price"}).assign(change=lambda t: t["price"] / t["before"] - 1)
    columns = [*_SAME, "kind", "before", "before_seen", "price", "seen", "change"]
    largest = found["change"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[largest, columns].reset_index(drop=True)


def estimate_moved(changes: pd.DataFrame, level: float = 0.9) -> Estimate:
    """How far prices seen again moved since they were seen before, all drinks of a competitor and all
    competitors alike (Jevons).

    A chain moves both sizes of a drink together, and milk becomes dearer for everybody: errors hang together
    within a kind of drink, whoever sells it (a drink that is like none of ours is a kind of its own).
    Competitors with fewer than ``FEWEST_KINDS`` kinds seen again are left out; ``n`` counts the kinds. Where
    all prices stand there is no interval.
    """
    drink = changes["competitor"] + "; " + changes["product"]
    own = changes.assign(drink=drink, kind=changes["kind"].mask(changes["kind"] == OTHER, drink))
    own = own[own.groupby("competitor")["kind"].transform("nunique") >= FEWEST_KINDS]
    own = own.assign(drink=own["drink"] + "; " + own["ounces"].astype(str))
    weights = own.groupby(["competitor", "kind"])["drink"].transform("nunique").to_numpy(float)
    kind, place, whose = (own[name].to_numpy() for name in ("kind", "location", "competitor"))
    return estimate_off(own["price"] / own["before"], weights, kind, place, whose, level).off


def find_menu_changes(noted: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Drinks of a shop's newest visit that no visit before noted, and those of the visit before that it did
    not: ``competitor``, ``location``, ``product``, ``what``, ``seen``. A visit is a day on which prices of
    the shop were noted; a shop visited once has none."""
    known = noted[(noted["seen"] <= pd.Timestamp(as_of)) & (noted["sold_through"] == SHOP)]
    rows: list[dict[str, object]] = []
    for (competitor, location), own in known.groupby(["competitor", "location"]):
        visits = sorted(own["seen"].unique())
        if len(visits) < 2:
            continue
        on = {visit: set(own.loc[own["seen"] == visit, "product"]) for visit in visits}
        earlier = set().union(*(on[visit] for visit in visits[:-1]))
        told = [(name, "noted for the first time") for name in sorted(on[visits[-1]] - earlier)]
        told += [(name, "not noted again") for name in sorted(on[visits[-2]] - on[visits[-1]])]
        place = {"competitor": competitor, "location": location}
        rows += [place | {"product": name, "what": what, "seen": visits[-1]} for name, what in told]
    return pd.DataFrame(rows, columns=["competitor", "location", "product", "what", "seen"])


def list_promotions(noted: pd.DataFrame, as_of: dt.date, max_age_days: int) -> pd.DataFrame:
    """Promotions within the age limit, the newest first: ``_SAME``, ``promotion`` (its terms), ``dollars``,
    ``usual`` (the newest usual price of the same drink, size and place; null where none is noted), ``off``
    (share below it), ``seen``."""
    usual = noted[noted["state"] == "newest"][[*_SAME, "dollars"]].rename(columns={"dollars": "usual"})
    own = noted[(noted["state"] == "promotion") & (noted["age_days"] <= max_age_days)]
    found = own.merge(usual, on=_SAME, how="left")
    found["off"] = 1 - found["dollars"] / found["usual"]
    found = found.sort_values(["seen", "competitor", "product"], ascending=[False, True, True])
    return found[[*_SAME, "promotion", "dollars", "usual", "off", "seen"]].reset_index(drop=True)
