"""From files and our own sales to what the page says: one bundle of what was found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.strategy.competitive_intelligence import price_changes, price_gaps
from lucky_analytics.questions.strategy.competitive_intelligence.drink_kinds import Drinks
from lucky_analytics.questions.strategy.competitive_intelligence.our_basket import Basket
from lucky_analytics.reference.imports import read_import
from lucky_analytics.reference.manhattan import read_competitors

__all__ = ["Compared", "compare_prices", "read_places"]


@dataclass(frozen=True)
class Compared:
    """What prices that were noted say; ``noted`` null without a file, and then nothing is.

    ``matched``, ``competitors``, ``items``: ``price_gaps``; ``gap`` and ``paid_gap``: all competitors that
    can be compared, alike, above our list prices and above what was paid (shares); ``changes``, ``moved``:
    ``price_changes``.
    """

    noted: pd.DataFrame | None
    matched: pd.DataFrame
    competitors: pd.DataFrame
    items: pd.DataFrame
    gap: Estimate
    paid_gap: Estimate
    changes: pd.DataFrame
    moved: Estimate

    @property
    def has_file(self) -> bool:
        return self.noted is not None

    @property
    def n_compared(self) -> int:
        """Competitors of which something can be said."""
        return int((self.competitors["verdict"] != price_gaps.FEW).sum())

    def count(self, verdict: str) -> int:
        return int((self.competitors["verdict"] == verdict).sum())

    def count_state(self, state: str) -> int:
        return 0 if self.noted is None else int((self.noted["state"] == state).sum())

    @property
    def n_unlike(self) -> int:
        """Newest shop prices of drinks that are like none of ours."""
        return self.count_state("newest") - int(self.matched["n_prices"].sum())

    @property
    def old_share(self) -> float | None:
        """Of the last prices of each drink and shop, those seen too long ago; null where none is noted."""
        n_old, n_new = self.count_state("too old"), self.count_state("newest")
        return n_old / (n_old + n_new) if n_old + n_new else None


def compare_prices(
    noted: pd.DataFrame | None, basket: Basket, drinks: Drinks, level: float = 0.9
) -> Compared:
    """``noted``: as from ``price_file.mark_prices``, or null."""
    rows = _no_prices() if noted is None else noted
    matched = price_gaps.match_prices(rows, basket, drinks)
    comparable = price_gaps.keep_comparable(matched)
    changes = price_changes.find_changes(rows)
    return Compared(
        noted=noted,
        matched=matched,
        competitors=price_gaps.compare_competitors(matched, level),
        items=price_gaps.compare_items(matched),
        gap=price_gaps.estimate_gap(comparable, "list_price", level).off,
        paid_gap=price_gaps.estimate_gap(comparable, "paid_price", level).off,
        changes=changes,
        moved=price_changes.estimate_moved(changes, level),
    )


def read_places(path: str | Path) -> tuple[pd.DataFrame | None, str]:
    """Coffee shops of others, ``name`` and place, with where they come from: a file, else the official list,
    null where neither is there."""
    given = read_import("competitors", path)
    if given is not None:
        return given, "the file of places"
    return read_competitors(), "the official list of coffee and tea shops inspected"


def _no_prices() -> pd.DataFrame:
    texts = ["competitor", "location", "product", "kind", "state", "promotion", "sold_through"]
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in texts})
    return empty.assign(
        ounces=pd.Series(dtype=float), dollars=pd.Series(dtype=float), seen=pd.Series(dtype="datetime64[ns]")
    )
