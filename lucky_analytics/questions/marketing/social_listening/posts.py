"""A file of posts and reviews, checked row by row, with every text counted once and nobody's name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate.markets import HOME
from lucky_analytics.methods.texts.clean_text import clean_text, find_copies
from lucky_analytics.methods.texts.sentiment import is_readable
from lucky_analytics.reference.import_contracts import CONTRACTS
from lucky_analytics.reference.import_times import DAY_OR_TIME, read_times
from lucky_analytics.reference.imports import read_import, refuse_rows

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["NO_STORE", "Posts", "list_stores", "name_author_columns", "read_posts"]

NO_STORE = "no store named"
_MOST_TEXT = 5_000  # characters of a text that count; a novel is no more than a post
_FIRST_YEAR = 2000
_SOURCE = re.compile(r"[\w][\w .&-]{0,29}")
_AUTHOR = re.compile(
    r"author|user|handle|reviewer|profile|account|nick|screen.?name|display.?name|first.?name|last.?name|"
    r"full.?name|^name$|mail|phone|avatar|customer|^by$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Posts:
    """``rows``: one a post that counts, oldest first: ``post_id``, ``source``, ``date`` (in the home market),
    ``store`` (its name, or ``NO_STORE``), ``rating`` (1 to 5, null), ``text`` (cleaned), ``is_read`` (a list
    of English words can be held against it). ``copies``: those that say what an earlier one says, with ``of``
    (its post_id). ``n_file`` rows of the file, ``n_later`` of days after as_of. ``left_out``: columns that
    may hold who wrote; ``n_cut``: texts of which the beginning counts; ``sql``: what reads the file."""

    rows: pd.DataFrame
    copies: pd.DataFrame
    n_file: int
    n_later: int
    n_cut: int
    left_out: tuple[str, ...]
    sql: str = ""

    @property
    def until(self) -> dt.date | None:
        """The last day with a post; null without any."""
        return None if self.rows.empty else self.rows["date"].max().date()

    @property
    def first_dates(self) -> dict[str, dt.date]:
        """The day of each site's first post in the file."""
        return {str(name): day.date() for name, day in self.rows.groupby("source")["date"].min().items()}


def list_stores(suite: Suite) -> list[str]:
    """Names of our stores, of which posts may be, closed ones too."""
    own = suite.stores.filter(~suite.stores.is_test & ~suite.stores.is_internal)
    return sorted(own.select("store_name").distinct().execute()["store_name"])


def read_posts(path: str | Path, stores: Sequence[str], as_of: dt.date) -> Posts | None:
    """The posts of a file by ``as_of``, or null when ``path`` is empty. ``stores``: names of ours.

    Times with an offset become those of the home market, others are taken as of it. Raises ``LuckyError``
    with file, row and column for what breaks the contract ``posts`` (``reference.imports``), a time that is
    none or later than tomorrow, a store that is not ours, a source that is no name, a post with neither stars
    nor text.
    """
    rows = read_import("posts", path)
    if rows is None:
        return None
    moment = read_times(rows["posted_at"], HOME.time_zone)
    is_name = rows["source"].map(lambda name: bool(_SOURCE.fullmatch(name)))
    text = rows["text"].str.slice(0, _MOST_TEXT).map(clean_text)
    for column, expected, broken in (
        ("posted_at", DAY_OR_TIME, moment.isna()),
        ("posted_at", f"a time from {_FIRST_YEAR} on", moment < pd.Timestamp(_FIRST_YEAR, 1, 1)),
        ("source", "a short name such as google or tiktok", ~is_name),
        ("text", "a text, or stars in rating", (text == "") & rows["rating"].isna()),
    ):
        refuse_rows("posts", path, column, expected, broken, rows[column])
    store = _match_stores(path, rows["store"], stores)
    date = moment.dt.normalize()
    kept = (date <= pd.Timestamp(as_of)).to_numpy()
    told = rows["language"].str.lower()
    is_english = (told == "") | told.str.match(r"en(?:$|[-_]|glish)")
    made = pd.DataFrame(
        {
            "post_id": rows["post_id"],
            "source": rows["source"].str.lower(),
            "date": date,
            "store": store,
            "rating": rows["rating"],
            "text": text,
            "is_read": is_english & text.map(is_readable),
            "moment": moment,
        }
    )[kept].sort_values("moment", kind="stable", ignore_index=True)
    made = made.drop(columns="moment")
    first = find_copies(made["text"].tolist())
    is_copy = first != np.arange(len(made))
    copies = made[is_copy].assign(of=made["post_id"].to_numpy()[first[is_copy]])
    name = Path(path).name.replace("'", "''")
    return Posts(
        rows=made[~is_copy].reset_index(drop=True),
        copies=copies.reset_index(drop=True),
        n_file=len(rows),
        n_later=int((~kept).sum()),
        n_cut=int((rows["text"].str.len() > _MOST_TEXT).sum()),
        left_out=name_author_columns(path),
        sql=f"SELECT post_id, source, posted_at, store, rating, text, language FROM '{name}'",
    )


def name_author_columns(path: str | Path) -> tuple[str, ...]:
    """Columns of the file whose name says that they may hold who wrote; none of them is read.

    Only names that are plain are told, so that none can carry anything else onto a page.
    """
    header = pd.read_csv(path, dtype=str, nrows=0, encoding="utf-8-sig").columns
    known = {**CONTRACTS["posts"].columns, **CONTRACTS["posts"].optional}
    names = [name.strip() for name in header if name.strip() not in known and _AUTHOR.search(name.strip())]
    return tuple(name if re.fullmatch(r"[\w .-]{1,30}", name) else "one with another name" for name in names)


def _match_stores(path: str | Path, given: pd.Series, stores: Sequence[str]) -> pd.Series:
    by_name: Mapping[str, str] = {name.casefold(): name for name in stores}
    matched = given.str.casefold().map(by_name).where(given != "", NO_STORE)
    unknown = matched.isna()
    if unknown.any():
        first = int(unknown.to_numpy().argmax())
        where = f"import posts from {path}, row {first + 2}, store"
        raise UnknownNameError(where, given.iloc[first][:60], stores, "Leave it empty where none is known")
    return matched
