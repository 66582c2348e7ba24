"""The frames that the page shows: amounts in whole units of their currency, labels in words."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lucky_analytics.methods.ledgers.classes import CLASSES, EMPTY, MATCHED
from lucky_analytics.models.matched_books.exception_words import name_kinds
from lucky_analytics.models.matched_books.exceptions import AGES
from lucky_analytics.models.matched_books.legs import PAYMENTS, Leg, sum_legs

__all__ = [
    "bridge_payments",
    "show_classes",
    "show_days",
    "show_largest",
    "show_sums",
]

_MONEY = ("placed", "paid", "booked", "moved", "classified", "unexplained", "settling", "left_over")


def show_days(days: pd.DataFrame) -> pd.DataFrame:
    """``compare_days`` in units: ``placed``, ``paid``, ``booked``, and the parts of their differences."""
    shown = days.rename(columns={f"{name}_cents": name for name in ("placed", "paid", "booked")})
    if "booked" not in shown:
        shown["booked"] = float("nan")
    for name in (*_MONEY, "paid_off", "booked_off"):
        shown[name] = shown[name].astype("Float64").astype(float) / 100
    return shown.assign(date=pd.to_datetime(shown["date"]))


def show_classes(sums: pd.DataFrame) -> pd.DataFrame:
    """``sum_exceptions`` of one currency, most money first: ``at_risk`` and its ages in whole units."""
    ages = {name: f"age_{place}" for place, name in enumerate(AGES)}
    shown = sums.rename(columns=ages).assign(at_risk=sums["at_risk_cents"] / 100)
    for name in ages.values():
        shown[name] = shown[name].astype("int64") / 100
    shown = shown.assign(label=name_kinds(shown))
    columns = ["label", "leg", "class", "n", "at_risk", *ages.values(), "oldest_days"]
    return shown.sort_values("at_risk", ascending=False, ignore_index=True)[columns]


def show_largest(listed: pd.DataFrame, currency: str, n: int) -> pd.DataFrame:
    """The first ``n`` of ``list_exceptions`` in one currency with money at risk, with their ``label``."""
    own = listed[(listed["currency"] == currency) & (listed["at_risk"] > 0)].head(n)
    return own.assign(label=name_kinds(own), key=own["key"].str.replace("|", " ", regex=False))


def show_sums(legs: Sequence[Leg]) -> pd.DataFrame:
    """Every leg, currency and class: matched + classified + unexplained = total, with the totals as rows."""
    sums = sum_legs(legs)
    sums["class"] = sums["class"].astype(str)
    numbers = ["n_left", "left_cents", "n_right", "right_cents", "off_cents"]
    totals = sums.groupby(["leg", "currency"], as_index=False)[numbers].sum().assign(**{"class": "total"})
    order = {name: place for place, name in enumerate((*CLASSES, "total"))}
    legs_order = {leg.name: place for place, leg in enumerate(legs)}
    both = pd.concat([sums, totals], ignore_index=True)
    both = both.assign(a=both["leg"].map(legs_order), b=both["class"].map(order))
    both = both.sort_values(["a", "currency", "b"], ascending=[True, False, True], ignore_index=True)
    for name in ("left", "right", "off"):
        both[name] = both.pop(f"{name}_cents").astype("int64") / 100
    return both[["leg", "currency", "class", "n_left", "left", "n_right", "right", "off"]]


def bridge_payments(legs: Sequence[Leg]) -> pd.DataFrame:
    """From completed orders to payments that moved money: one row a class, each currency apart.

    ``step``, ``n_usd``, ``usd``, ``n_nzd``, ``nzd``: rows and money that the class adds (payments less
    orders); the first row is the orders, the last the payments, and the rows between add up to their
    difference. ``n``: rows of both currencies; their money is never added.
    """
    leg = next(leg for leg in legs if leg.name == PAYMENTS)
    sums = leg.sums.assign(n=leg.sums["n_right"] - leg.sums["n_left"], cents=leg.sums["off_cents"])
    rows = [("completed orders", *_both(leg.sums, "n_left", "left_cents"))]
    for name in CLASSES:
        own = sums[sums["class"] == name]
        if name != MATCHED and not own.empty and (own["n"].any() or own["cents"].any()):
            label = "authorisations and retries: nothing moved" if name == EMPTY else name
            rows.append((label, *_both(own, "n", "cents")))
    rows.append(("payments that moved money", *_both(leg.sums, "n_right", "right_cents")))
    table = pd.DataFrame(rows, columns=["step", "n_usd", "usd", "n_nzd", "nzd"])
    return table.assign(n=table["n_usd"] + table["n_nzd"])


def _both(rows: pd.DataFrame, n: str, cents: str) -> tuple[int, float, int, float]:
    usd, nzd = (rows[rows["currency"] == currency] for currency in ("USD", "NZD"))
    return int(usd[n].sum()), usd[cents].sum() / 100, int(nzd[n].sum()), nzd[cents].sum() / 100
