"""The frames that the page shows: databases, rules, figures and rows, in words."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.catalog.market_labels import EMPTY, MISSING, NO_LABEL, TESTED
from lucky_analytics.questions.platform.tenant_audit.label_counts import Audit
from lucky_analytics.questions.platform.tenant_audit.market_rules import RULES

__all__ = ["show_bars", "show_cells", "show_figures", "show_kinds", "show_rules", "show_untested"]

_MONEY = "cents"


def show_figures(figures: pd.DataFrame) -> pd.DataFrame:
    """``measure_moves`` for readers: money in dollars, rates in percent, ``shown_unit`` in words."""
    shown = figures.copy()
    factor = shown["unit"].map(
        lambda unit: 0.01 if unit.startswith(_MONEY) else 100.0 if _is_share(unit) else 1.0
    )
    for name in ("published", "gated", "home_only", "ungated"):
        shown[name] = shown[name].astype(float) * factor
    shown["shown_unit"] = [
        "%" if _is_share(unit) else unit.replace(_MONEY, "US dollars") for unit in shown["unit"]
    ]
    return shown


def _is_share(unit: str) -> bool:
    return unit in ("share", "rate")


def show_bars(figures: pd.DataFrame, most: int = 8) -> pd.DataFrame:
    """What moves most as published, and what would if nothing were left out, beside its published value:
    ``label``, ``kind``, ``percent``."""
    by_gate = figures[figures["ungated_change"].abs() > figures["change"].abs()]
    by_gate = by_gate.sort_values("ungated_change", key=abs, ascending=False).head(most // 2)
    moved = pd.concat([figures[figures["is_moved"]].head(most), by_gate]).drop_duplicates("label")
    own = moved[["label", "change"]].set_axis(["label", "percent"], axis=1).assign(kind="as published")
    open_ = by_gate[["label", "ungated_change"]].set_axis(["label", "percent"], axis=1)
    bars = pd.concat([own, open_.assign(kind="if nothing were left out")], ignore_index=True)
    bars = bars.assign(percent=100 * bars["percent"].astype(float)).dropna(subset="percent")
    place = {label: number for number, label in enumerate(bars["label"].drop_duplicates())}
    return bars.sort_values("label", key=lambda own: own.map(place), kind="stable", ignore_index=True)


def show_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """``judge_cells`` with the rule in words and, in ``shown``, the failing rows."""
    words = {rule.name: rule.label for rule in RULES}
    shown = [f"{n:,}" if n else "" for n in cells["n_failed"]]
    return cells.assign(label=cells["rule"].map(words), shown=shown,
                        short=cells["database"].str.removeprefix("luckyus_"))  # fmt: skip


def show_rules() -> pd.DataFrame:
    """Each rule with what it asks, and whether it is told first."""
    return pd.DataFrame(
        [(rule.label, rule.meaning, "red flag" if rule.is_red else "") for rule in RULES],
        columns=["rule", "meaning", "flag"],
    )


def show_kinds(audit: Audit) -> pd.DataFrame:
    """One row a table and kind of failing row: ``broken`` rules in words, the labels, ``n``, most first."""
    rows = []
    for table in audit.tables:
        counted = audit.combinations.get(table.name)
        if counted is None:
            continue
        for row in counted.to_dict("records"):
            broken = "; ".join(rule.label for rule in RULES if row[rule.name])
            if broken:
                rows.append((table.database, table.table, broken, row["tenant"], row["currency"],
                             row["shop_name"], row["shop_tenant"], row["shop_currency"], row["order_tenant"],
                             row["order_currency"], int(row["n"])))  # fmt: skip
    columns = ["database", "table", "broken", "tenant", "currency", "store_name", "shop_tenant",
               "shop_currency", "order_tenant", "order_currency", "n"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).sort_values("n", ascending=False, ignore_index=True)


def show_untested(audit: Audit) -> pd.DataFrame:
    """Every declared table that was not tested: ``database``, ``table``, ``why``."""
    why = {
        MISSING: "not in this snapshot",
        EMPTY: "no row in it",
        NO_LABEL: "no column for tenant, currency, shop or zone",
    }
    rows = [(t.database, t.table, why[t.state]) for t in audit.tables if t.state != TESTED]
    return pd.DataFrame(rows, columns=["database", "table", "why"])
