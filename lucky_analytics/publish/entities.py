"""Stores and products, and what every report says of each.

A table that stands open on a report says by a column of that name (``store_name``, ``product_name``) which
stores and products there are; every table says by it which rows are about them, and what is written is
searched for their names. Nothing else has to be declared. What a report keeps under Details
is linked, not repeated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lucky_analytics.formats import format_estimate
from lucky_analytics.pages.page_rules import N_TABLES
from lucky_analytics.pages.sentences import split_sentences
from lucky_analytics.pages.templating import slug
from lucky_analytics.publish.shelf import Run, Shelf

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["KINDS", "Entities", "Entity", "Kind", "Mention", "Rows", "gather", "read_table"]

MOST_ROWS = 12  # of one table on the page of one entity; the report has them all


@dataclass(frozen=True)
class Kind:
    """What an entity is: its word, the portal's folder of its pages, the column that holds its name, and the
    parameter by which a notebook is run for one of them."""

    word: str
    plural: str
    column: str
    parameter: str


KINDS = (
    Kind("store", "stores", "store_name", "store"),
    Kind("product", "products", "product_name", "product"),
)


@dataclass(frozen=True)
class Entity:
    """A store or a product by its name; ``address`` is its page in the portal."""

    kind: Kind
    name: str
    address: str

    @property
    def link(self) -> str:
        return quote(self.address)


@dataclass(frozen=True)
class Rows:
    """The rows of one table about one entity, as texts that readers see, with their headers.

    ``is_open``: the table is one of the few that a reader of the report sees before its Details.
    """

    run: Run
    table: str
    title: str
    labels: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    n_rows: int
    of_category: str = ""
    is_open: bool = True


@dataclass(frozen=True)
class Mention:
    """A sentence that names the entity, with the anchor where it stands on its report."""

    run: Run
    text: str
    anchor: str


@dataclass
class Entities:
    """Every store and product that the shown reports name, with what they say, in the reports' order.

    ``own`` are the runs that were made for one of them alone.
    """

    found: list[Entity] = field(default_factory=list)
    rows: dict[str, list[Rows]] = field(default_factory=dict)
    mentions: dict[str, list[Mention]] = field(default_factory=dict)
    own: dict[str, list[Run]] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[Entity]:
        return [entity for entity in self.found if entity.kind == kind]

    def link(self, name: str) -> str:
        """The address of the page of ``name``; empty when there is none."""
        return next((entity.link for entity in self.found if entity.name == name), "")


def gather(shelf: Shelf) -> Entities:
    """What the shown reports say of each store and product; withheld and failed reports say nothing."""
    runs = [run for run in shelf.shown if run.is_good and not run.problems]
    tables = [
        _Told(run, record, read_table(run, record), place < N_TABLES)
        for run in runs
        for place, record in enumerate(run.results["tables"])
    ]
    entities = Entities()
    for kind in KINDS:
        names = {name for told in tables if told.is_open for name in _names(told.frame, kind.column)}
        own = {str(run.record.parameters.get(kind.parameter) or "") for run in runs}
        names |= {name for name in own if name and any(name in run.variant for run in runs)}
        entities.found += [Entity(kind, name, _address(kind, name)) for name in sorted(names, key=_by_number)]
    categories = _categories(tables)
    for entity in entities.found:
        entities.rows[entity.name] = []
        entities.own[entity.name] = [run for run in runs if _is_for(run, entity)]
        entities.mentions[entity.name] = []
    for told in tables:
        for name, rows in _split(told, categories):
            if name in entities.rows:
                entities.rows[name].append(rows)
    blockers = set(categories.values())
    pattern = _pattern({entity.name for entity in entities.found}, blockers)
    for run in runs:
        for mention in _said(run):
            for name in dict.fromkeys(pattern.findall(mention.text)) if pattern else ():
                if name in entities.mentions:
                    entities.mentions[name].append(mention)
    return entities


def read_table(run: Run, record: Mapping[str, Any]) -> pd.DataFrame:
    """A table of a run as it can be downloaded; empty where its file is not there or cannot be read."""
    import pandas as pd
    import pyarrow as pa

    try:
        return pd.read_parquet(run.folder / "tables" / f"{record['name']}.parquet")
    except (OSError, pa.ArrowException):
        return pd.DataFrame()


@dataclass(frozen=True)
class _Told:
    """A table of a run: its record, its rows, and whether it stands open on the page."""

    run: Run
    record: Mapping[str, Any]
    frame: pd.DataFrame
    is_open: bool


def _names(frame: pd.DataFrame, column: str) -> set[str]:
    own = frame[~frame["is_total"].astype(bool)] if "is_total" in frame else frame  # a sum is no store
    found = own[column].dropna().unique() if column in frame else ()
    return {name for name in found if isinstance(name, str) and name.strip()}


def _address(kind: Kind, name: str) -> str:
    """``stores/221-grand.html``; with a hash where letters and digits do not tell the name."""
    short = slug(name)
    is_plain = re.fullmatch(r"[A-Za-z0-9 .&'+-]+", name) is not None
    mark = "" if is_plain else f"-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return f"{kind.plural}/{short}{mark}.html"


def _is_for(run: Run, entity: Entity) -> bool:
    return bool(run.variant) and run.record.parameters.get(entity.kind.parameter) == entity.name


def _categories(tables: Sequence[_Told]) -> dict[str, str]:
    """The category of each product, from tables that hold both."""
    found: dict[str, str] = {}
    for told in tables:
        if {"product_name", "category"} <= set(told.frame.columns):
            known = told.frame[["product_name", "category"]].dropna().drop_duplicates("product_name")
            found = dict(zip(known["product_name"], known["category"], strict=True)) | found
    return found


def _split(told: _Told, categories: Mapping[str, str]) -> Iterator[tuple[str, Rows]]:
    """The rows for each name that the table is about; of an open table by category, for its products."""
    from lucky_analytics.tables.render import Column, format_cells, format_label

    run, record, frame = told.run, told.record, told.frame
    looks = [dict(look) for look in record.get("columns", [])]
    columns = {look.pop("name"): Column(**look) for look in looks}
    if not columns or frame.empty:
        return
    cells = format_cells(frame, columns)
    keys = [kind.column for kind in KINDS if kind.column in frame]

    def rows(places: Any, left_out: Sequence[str], category: str = "") -> Rows:
        shown = [key for key in columns if key not in left_out]
        if len(places) == 1:  # what has nothing to say of one row is left out
            shown = [key for key in shown if cells[key].iloc[places[0]] != "–"]
        lines = tuple(tuple(cells[key].iloc[place] for key in shown) for place in places[:MOST_ROWS])
        labels = tuple(format_label(columns[key]) for key in shown)
        return Rows(run, record["name"], record["title"], labels, lines, len(places), category, told.is_open)

    for key in keys:
        for name, places in frame.groupby(key).indices.items():
            yield str(name), rows(list(places), (key,))
    if told.is_open and not keys and next(iter(columns)) == "category":
        at_category = {key: list(at) for key, at in frame.groupby("category").indices.items()}
        for name, category in categories.items():
            if category in at_category:
                yield name, rows(at_category[category], ("category",), category)


def _said(run: Run) -> Iterator[Mention]:
    """What a report says in sentences: answer, decision, key numbers, findings, limits."""
    for said in run.results["answer"] + run.results["decision"]:
        yield from (Mention(run, text, "answer") for text in split_sentences(said.get("text", "")))
    for headline in run.headlines:
        ends = headline["low"], headline["high"]
        value = format_estimate(headline["value"], *ends, headline["unit"])
        yield Mention(run, f"{headline['label']}: {value}", "numbers")
    for figure in run.results["figures"]:
        yield Mention(run, figure["finding"], f"figure-{slug(figure['name'])}")
    for caveat in run.results["caveats"]:
        yield Mention(run, caveat["text"], "limits")


def _pattern(names: set[str], blockers: set[str]) -> re.Pattern[str] | None:
    """Finds names as whole words, the longest first: "Latte" is not named where "Iced Latte" is."""
    if not names:
        return None
    longest_first = sorted(names | blockers, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _by_number(name: str) -> tuple[int, str]:
    """8th before 28th: names that begin with a number are in its order, before all others."""
    number = re.match(r"\d+", name)
    return (int(number[0]) if number else 1_000_000, name)
