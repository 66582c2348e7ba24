"""Competitors' prices and openings as somebody noted them: files read, checked row by row, newest prices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.reference.imports import read_import

__all__ = ["ALL", "COLUMNS", "SHOP", "STATES", "mark_prices", "read_openings", "read_prices"]

ALL = "all"  # a location: the price holds in every shop of the chain
SHOP, DELIVERY = "shop", "delivery"
OPENED, CLOSED = "opened", "closed"
NONE = "none"  # no promotion: the usual price
_LONGEST = 80
# What a row of a price file holds, for those who note them.
COLUMNS = {
    "competitor": "the chain or shop, spelled alike in every row",
    "location": "the shop, by its name in the file of places; or all, for a price of every shop",
    "product": "the drink as they name it",
    "kind": "which drinks it is like, of the declared kinds; other for none",
    "ounces": "its size",
    "dollars": "the price before tax",
    "currency": "USD",
    "sold_through": "shop, or delivery for the menu of a delivery platform",
    "promotion": "none for the usual price; otherwise its terms",
    "seen": "the day on which it was seen, such as 2026-02-13",
    "source": "who or what saw it",
}
# State of a noted price, and how a reader is told; the first is compared.
STATES = {
    "newest": "compared, where a drink of ours is alike",
    "too old": "seen too long ago",
    "replaced": "a newer one is on record",
    "later": "seen after the last day of this page",
    "delivery": "of a delivery platform's menu, which is no shop's price",
    "promotion": "a promotion, shown apart",
}
_SAME = ["competitor", "location", "product", "ounces"]


def read_prices(path: str | Path, kinds: Sequence[str]) -> pd.DataFrame | None:
    """The rows of a file of prices, or null when ``path`` is empty.

    As in the contract ``competitor_prices`` (``reference.imports``), ``seen`` as a date, ``kind`` of
    ``kinds``, ``is_promotion``; a location of any case of "all" is ``ALL``, and names that differ in case or
    blanks alone are one. Raises ``LuckyError`` with file, row and column for what breaks the contract,
    another currency than USD, a date of another form, and a product that stands under two kinds;
    ``UnknownNameError`` for a kind or a way to sell that is not declared.
    """
    rows = read_import("competitor_prices", path)
    if rows is None:
        return None
    where = f"import competitor_prices from {path}"
    rows = _tidy(rows, where, ("competitor", "location", "product", "promotion", "source"))
    _refuse(where, "currency", "USD", rows["currency"].str.upper() != "USD", rows["currency"])
    rows = rows.assign(
        kind=_of_list(rows["kind"], kinds, where, "kind"),
        sold_through=_of_list(rows["sold_through"], (SHOP, DELIVERY), where, "sold_through"),
        seen=_read_dates(rows["seen"], where, "seen"),
        is_promotion=rows["promotion"].str.lower() != NONE,
    )
    rows["location"] = rows["location"].mask(rows["location"].str.lower() == ALL, ALL)
    same = rows.groupby(["competitor", "product"])["kind"]
    _refuse(where, "kind", "one kind for a product", same.transform("first") != rows["kind"], rows["kind"])
    again = rows.duplicated([*_SAME, "sold_through", "promotion", "seen"])
    _refuse(where, "product", "each price of a day once", again, rows["product"])
    return rows


def read_openings(path: str | Path) -> pd.DataFrame | None:
    """The rows of a file of openings and closings, or null when ``path`` is empty: as in the contract
    ``competitor_openings``, ``day`` as a date, ``change`` "opened" or "closed". Raises as ``read_prices``."""
    rows = read_import("competitor_openings", path)
    if rows is None:
        return None
    where = f"import competitor_openings from {path}"
    rows = _tidy(rows, where, ("competitor", "location", "source"))
    rows["change"] = _of_list(rows["change"], (OPENED, CLOSED), where, "change")
    rows["day"] = _read_dates(rows["day"], where, "day")
    again = rows.duplicated(["competitor", "location", "change", "day"])
    _refuse(where, "location", "each opening of a day once", again, rows["location"])
    return rows


def mark_prices(rows: pd.DataFrame, as_of: dt.date, max_age_days: int) -> pd.DataFrame:
    """``rows`` of ``read_prices`` with ``state``, of ``STATES``, and ``age_days`` by ``as_of``.

    "newest" is a shop's usual price that is the last of its product, size and place by ``as_of`` and not
    older than ``max_age_days``.
    """
    age = (pd.Timestamp(as_of) - rows["seen"]).dt.days
    usual = (rows["sold_through"] == SHOP) & ~rows["is_promotion"]
    last = rows["seen"].where(usual & (age >= 0)).groupby([rows[name] for name in _SAME]).transform("max")
    state = pd.Series("newest", rows.index).mask(rows["seen"] < last, "replaced")
    state = state.mask((state == "newest") & (age > max_age_days), "too old")
    state = state.mask(rows["is_promotion"], "promotion").mask(rows["sold_through"] == DELIVERY, "delivery")
    return rows.assign(state=state.mask(age < 0, "later"), age_days=age)


def _tidy(rows: pd.DataFrame, where: str, names: Sequence[str]) -> pd.DataFrame:
    rows = rows.copy()
    for name in names:
        text = rows[name].str.split().str.join(" ")
        _refuse(where, name, f"at most {_LONGEST} characters", text.str.len() > _LONGEST, text.str[:20])
        rows[name] = text.groupby(text.str.casefold()).transform("first")
    return rows


def _of_list(values: pd.Series, known: Sequence[str], where: str, column: str) -> pd.Series:
    lower = values.str.lower()
    unknown = ~lower.isin(known)
    if unknown.any():
        first = int(unknown.to_numpy().argmax())
        raise UnknownNameError(f"{where}, row {first + 2}, {column}", values.iloc[first], known)
    return lower


def _read_dates(values: pd.Series, where: str, column: str) -> pd.Series:
    days = pd.to_datetime(values, format="%Y-%m-%d", errors="coerce")
    _refuse(where, column, "a date such as 2026-02-13", days.isna(), values)
    return days


def _refuse(where: str, column: str, expected: str, broken: pd.Series, values: pd.Series) -> None:
    if broken.any():
        first = int(broken.to_numpy().argmax())
        got = repr(str(values.iloc[first])[:_LONGEST])
        raise LuckyError(f"{where}, row {first + 2}, {column}", expected=expected, got=got)
