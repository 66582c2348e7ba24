"""The file of touches that somebody brings: read, checked row by row, and its people joined to our orders."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.order_margins import load_order_margins
from lucky_analytics.reference.imports import read_import, refuse_rows

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAY", "Touches", "read_touches"]

DAY = 86_400  # seconds
_EARLIEST, _LATEST = pd.Timestamp("2015-01-01"), pd.Timestamp("2100-01-01")
_YES, _NO = ("1", "yes", "true"), ("0", "no", "false")
_NAME_LENGTH = 60
_MOST_CHANNELS = 100  # each is measured by itself; a file with more has campaigns in the column


@dataclass(frozen=True)
class Touches:
    """``rows``: one a touch up to the end of ``as_of``, by person and time. ``person`` (a number of this file
    alone, 0 and up), ``at`` (seconds since 1970, UTC), ``channel``, ``campaign`` (empty where there is none),
    ``cost`` (dollars; null where unknown), ``held_out``: 1 for a touch that was withheld by chance, 0 for one
    that might have been, null for one outside every hold-out.

    ``orders``: one an order of these people, by person and time: ``person``, ``at``, ``margin`` (dollars,
    null where unknown). ``every``: all our orders, of whomever: ``at``, ``is_first``. ``end``: the end of
    ``as_of``, as ``at``. ``is_ours``: of each person, whether the number is one of ours; the others' orders
    come from the file (``has_orders_of_others``: it has such a column). ``n_twice``: rows that stood twice,
    and count once; ``n_late``: rows after ``as_of``, ``n_platform``: rows of delivery platforms' accounts,
    left out both. ``sql`` has the orders.
    """

    rows: pd.DataFrame
    orders: pd.DataFrame
    every: pd.DataFrame
    end: int
    is_ours: np.ndarray
    has_orders_of_others: bool
    n_twice: int
    n_late: int
    n_platform: int
    sql: str

    @property
    def shown(self) -> pd.DataFrame:
        """The touches that people got: those withheld left out."""
        return self.rows[self.rows["held_out"] != 1.0]

    @property
    def n_people(self) -> int:
        """People of the file with a row that counts."""
        return len(self.is_ours)


def read_touches(suite: Suite, path: str | Path) -> Touches | None:
    """The touches of a file with the orders of its people, or null when ``path`` is empty.

    A person is one of ours where ``customer`` is a customer number, or its SHA-256 in hexadecimal digits.
    Raises ``LuckyError`` with file, row and column for what breaks the contract ``touches``
    (``reference.imports``): a mail address in place of a number, a time that is none, or before 2015 or
    after 2100, a channel of more than 60 characters, more than 100 channels, anything but yes, no or nothing
    in ``held_out``.
    """
    rows = read_import("touches", path)
    if rows is None:
        return None
    is_mail = rows["customer"].str.contains("@", regex=False)
    # What stands there is not repeated: it would be in every log.
    hidden = pd.Series("a mail address", index=rows.index)
    refuse_rows(
        "touches", path, "customer", "a customer number or its SHA-256, no mail address", is_mail, hidden
    )
    too_long = rows["channel"].str.len() > _NAME_LENGTH
    refuse_rows("touches", path, "channel", f"at most {_NAME_LENGTH} characters", too_long, rows["channel"])
    channel = _name_alike(rows["channel"])
    if channel.nunique() > _MOST_CHANNELS:
        raise LuckyError(
            f"import touches from {path}, channel", expected=f"at most {_MOST_CHANNELS} channels",
            got=f"{channel.nunique():,}", remedy="Put what tells campaigns apart into the column campaign",
        )  # fmt: skip
    word = rows["held_out"].str.lower()
    refuse_rows(
        "touches", path, "held_out", "yes, no or nothing", ~word.isin([*_YES, *_NO, ""]), rows["held_out"]
    )
    end = int((pd.Timestamp(suite.as_of) + pd.Timedelta(days=1)).timestamp())
    names = pd.Categorical(rows["customer"])
    made = pd.DataFrame(
        {
            "customer": names.codes,
            "at": _read_time(path, rows, "touched_at"),
            "channel": pd.Categorical(channel),
            "campaign": pd.Categorical(rows["campaign"]),
            "cost": rows["cost"].astype(float),
            "held_out": np.select([word.isin(_YES), word.isin(_NO)], [1.0, 0.0], np.nan),
            "ordered_at": _read_time(path, rows, "ordered_at"),
        }
    )
    once = made.drop_duplicates()
    known = once[once["at"] < end]
    if known.empty:
        raise LuckyError(
            f"import touches from {path}", expected=f"a touch by {suite.as_of}", got="later ones alone",
            remedy="Take a newer snapshot, or give no file",
        )  # fmt: skip
    known = known.assign(channel=known["channel"].astype(object), campaign=known["campaign"].astype(object))
    given = pd.Series(names.categories.to_numpy(object), dtype=object)
    return _join(suite, known, given, end, (len(made) - len(once), len(once) - len(known)))


def _read_time(path: str | Path, rows: pd.DataFrame, column: str) -> pd.Series:
    """Whole seconds since 1970; a time without an offset is UTC, an empty cell is null."""
    text = rows[column]
    time = pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce").dt.tz_localize(None)
    broken = ~time.between(_EARLIEST, _LATEST) & (text != "")
    wanted = f"a UTC time like 2026-01-31T18:05:00, in {_EARLIEST.year} to {_LATEST.year}"
    refuse_rows("touches", path, column, wanted, broken, text)
    return (time - pd.Timestamp(0)) // pd.Timedelta(seconds=1)


def _name_alike(channel: pd.Series) -> pd.Series:
    """Channels that differ in case alone under one name: as it stands first."""
    first: dict[str, str] = {}
    return channel.map({name: first.setdefault(name.casefold(), name) for name in channel.unique()})


def _join(
    suite: Suite, known: pd.DataFrame, given: pd.Series, end: int, n_left_out: tuple[int, int]
) -> Touches:
    """``known``: rows whose ``customer`` is a place in ``given``, the numbers or hashes of the file."""
    customers = suite.customers.select("customer_id", "is_delivery_account").execute()
    numbers = customers["customer_id"].astype(object)
    lookup = dict(zip(numbers, numbers, strict=True))
    hashes = given.str.lower()
    if hashes.str.fullmatch("[0-9a-f]{64}").any():
        lookup |= {hashlib.sha256(number.encode()).hexdigest(): number for number in numbers}
    number = given.map(lookup).fillna(hashes.map(lookup))
    is_platform = number.isin(set(numbers[customers["is_delivery_account"].astype(bool)])).to_numpy()
    n_all = len(known)
    known = known[~is_platform[known["customer"]]]
    # One person may stand there by number and by hash; a number of nobody is a person of its own.
    names, place = np.unique(known["customer"], return_inverse=True)
    own_number = number.iloc[names].reset_index(drop=True)
    key = own_number.where(own_number.notna(), "#" + given.iloc[names].reset_index(drop=True))
    code, unique = pd.factorize(key)
    is_ours = np.zeros(len(unique), bool)
    is_ours[code] = own_number.notna().to_numpy()
    known = known.assign(person=code[place]).sort_values(["person", "at", "channel"], ignore_index=True)
    n_platform = n_all - len(known)
    order, sql = _load_orders(suite)
    own = order.assign(person=order["customer_id"].map(dict(zip(unique, range(len(unique)), strict=True))))
    own = own[own["person"].notna()]
    others = known[known["ordered_at"].notna() & ~is_ours[known["person"]]]
    others = others.drop_duplicates(["person", "ordered_at"]).drop(columns="at")
    others = others.rename(columns={"ordered_at": "at"})[["person", "at"]].assign(margin=np.nan)
    both = pd.concat([own[["person", "at", "margin"]], others]) if len(others) else own
    both = both[both["at"] < end].astype({"person": int, "at": int})
    both = both.sort_values(["person", "at"], ignore_index=True)[["person", "at", "margin"]]
    rows = known[["person", "at", "channel", "campaign", "cost", "held_out"]].astype({"at": int})
    has_others = bool(known["ordered_at"].notna().any())
    every = order.sort_values("at").assign(is_first=lambda all_of: ~all_of["customer_id"].duplicated())
    every = every[["at", "is_first"]].reset_index(drop=True)
    return Touches(rows, both, every, end, is_ours, has_others, *n_left_out, n_platform, sql)


def _load_orders(suite: Suite) -> tuple[pd.DataFrame, str]:
    """Every order of people with its time and what it left, dollars."""
    order = load_order_margins(suite).select("customer_id", "ordered_at", "margin_cents")
    frame = order.execute()
    at = (pd.to_datetime(frame["ordered_at"]) - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    margin = frame["margin_cents"].astype(float) / 100
    return pd.DataFrame({"customer_id": frame["customer_id"], "at": at, "margin": margin}), suite.sql(order)
