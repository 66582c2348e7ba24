"""The list of all stores, or of all products: which columns of a report, in which order, and its finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lucky_analytics.formats import format_estimate
from lucky_analytics.publish.entities import Entities, Kind, Rows, read_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Head", "Listing", "list_entities"]


@dataclass(frozen=True)
class Head:
    """A column of the list; ``is_wide``: it is not shown on a phone."""

    label: str
    is_number: bool
    is_wide: bool

    @property
    def style(self) -> str:
        """Its classes on the page."""
        return " ".join(["number"] * self.is_number + ["wide"] * self.is_wide)


@dataclass(frozen=True)
class Listing:
    """``source``: the table that it is from; ``heads`` of its columns; ``cells`` of an entity by name, as
    texts; ``names`` in the order of the list; ``finding``: what its first and last say, or empty."""

    source: Rows
    heads: Sequence[Head]
    cells: Mapping[str, Sequence[str]]
    names: Sequence[str]
    finding: str = ""


@dataclass(frozen=True)
class _Choice:
    """What a list shows of a table that has these columns: ``shown`` in their order, sorted by ``ranked``,
    the largest first and those without a value last; ``narrow`` on a phone, too; ``heads`` in other words."""

    shown: tuple[str, ...]
    ranked: tuple[str, ...]
    narrow: tuple[str, ...]
    heads: Mapping[str, str]
    finding: Callable[[pd.DataFrame, str], str]


def _name_stores(rows: pd.DataFrame, column: str) -> str:
    known = rows.dropna(subset="revenue_hour")
    if len(known) < 2:
        return ""
    (most, first), (least, last) = (
        (f"${row['revenue_hour']:,.0f}", row[column]) for row in (known.iloc[0], known.iloc[-1])
    )
    return f"{first} takes most an hour ({most}), {last} least ({least})"


def _name_products(rows: pd.DataFrame, column: str) -> str:
    known = rows.dropna(subset="new_gain")
    if known.empty:
        return "No price has a next step whose gain is clear"
    first = known.iloc[0]
    gain = format_estimate(first["new_gain"], first["new_gain_low"], first["new_gain_high"], "USD a month")
    return f"{first[column]} would gain most from its next price: {gain}"


_CHOICES = {
    "store": _Choice(
        shown=("revenue_hour", "orders_hour", "aov", "making", "fulfilled"),
        ranked=("revenue_hour",),
        narrow=("revenue_hour",),
        heads={},
        finding=_name_stores,
    ),
    "product": _Choice(
        shown=("net_price", "new_price", "new_gain", "new_gain_low", "margin", "action"),
        ranked=("new_gain", "margin"),
        narrow=("net_price", "new_price", "new_gain"),
        heads={"action": "To consider", "new_gain_low": "Interval of the gain"},
        finding=_name_products,
    ),
}


def list_entities(entities: Entities, kind: Kind) -> Listing | None:
    """The table with one row each for most entities of a kind, as their list; null where there is none.

    Of tables with the columns of the kind's choice; where none has them, the one with most entities is shown
    as it is, in the order of the names.
    """
    singles = [
        (entity.name, rows)
        for entity in entities.of(kind)
        for rows in entities.rows[entity.name]
        if rows.n_rows == 1 and not rows.of_category
    ]
    if not singles:
        return None
    counted = Counter((rows.run.key, rows.table) for _, rows in singles)
    names = [entity.name for entity in entities.of(kind)]
    tables = [
        {name: rows for name, rows in singles if (rows.run.key, rows.table) == table}
        for table, _ in counted.most_common()
    ]
    listed = (_by_choice(kind, own, names) for own in tables)
    return next((listing for listing in listed if listing), None) or _as_it_is(tables[0], names)


def _by_choice(kind: Kind, own: Mapping[str, Rows], names: Sequence[str]) -> Listing | None:
    from lucky_analytics.tables.render import Column, format_cells, format_label

    source, choice = next(iter(own.values())), _CHOICES[kind.word]
    record = next(each for each in source.run.results["tables"] if each["name"] == source.table)
    looks = {
        look["name"]: Column(**{k: v for k, v in look.items() if k != "name"}) for look in record["columns"]
    }
    frame = read_table(source.run, record)
    if not {*choice.shown, *choice.ranked} <= set(looks) & set(frame):
        return None
    rows = frame[frame[kind.column].isin(list(own))].sort_values(
        list(choice.ranked), ascending=False, na_position="last", kind="stable", ignore_index=True
    )
    cells = format_cells(rows, {name: looks[name] for name in choice.shown})
    ranked = rows[kind.column].tolist()
    heads = [
        Head(
            choice.heads.get(name) or format_label(looks[name]),
            looks[name].decimals is not None,
            name not in choice.narrow,
        )
        for name in choice.shown
    ]
    return Listing(
        source, heads, dict(zip(ranked, cells.to_numpy().tolist(), strict=True)),
        [*ranked, *(name for name in names if name not in own)], choice.finding(rows, kind.column),
    )  # fmt: skip


def _as_it_is(own: Mapping[str, Rows], names: Sequence[str]) -> Listing:
    labels = max((rows.labels for rows in own.values()), key=len)
    cells = {
        name: [dict(zip(rows.labels, rows.lines[0], strict=True)).get(label, "–") for label in labels]
        for name, rows in own.items()
    }
    return Listing(
        next(iter(own.values())),
        [Head(label, is_number=False, is_wide=False) for label in labels],
        cells,
        names,
    )
