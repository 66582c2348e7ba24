"""What the page shows beside its estimates: checks, frames for charts and tables, captions."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lucky_analytics.questions.product.recommendations import texts
from lucky_analytics.questions.product.recommendations.gains import find_gain, list_gains
from lucky_analytics.questions.product.recommendations.list_tests import Tested
from lucky_analytics.questions.product.recommendations.sold_lines import NOBODY, Sales

__all__ = [
    "caption_favourites",
    "caption_gains",
    "caption_rules",
    "check_sales",
    "list_favourites",
    "say_gains",
    "show_claims",
    "show_favourites",
    "show_gains",
    "show_rules",
    "show_split",
]

_SHORT = {
    "own": "Own products first|against one list",
    "recommender": "Best recommender|against simple lists",
    "first": "First purchases:|a recommender",
    "store": "One list a store",
    "daypart": "One list a time of day",
    "season": "Last four weeks|against all months",
}


def check_sales(sales: Sales, tested: Tested) -> pd.DataFrame:
    """What the method relies on: ``name``, ``passed``, ``detail``, one row per property."""
    lines = sales.lines
    last, unknown = int(lines["day"].max()), int(sales.products["category"].isna().sum())
    nobody = float((lines["customer"] == NOBODY).mean())
    per_date = tested.scored.groupby("date").size()
    facts = [
        ("sales reach the last day", last >= sales.last_day - 1,
         f"last sale {sales.last_day - last} days before the end"),
        ("most lines have a customer who is a person", nobody < 0.1, f"{100 * nobody:.1f} % have none"),
        ("every product has a category", unknown == 0, f"{unknown} products without"),
        ("each date has at least 100 customers to judge by", bool((per_date >= 100).all()),
         f"{int(per_date.min()):,} to {int(per_date.max()):,}"),
    ]  # fmt: skip
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def say_gains(gains: pd.DataFrame, least: float, level: float) -> dict[str, dict[str, Any]]:
    """What ``report.headline`` takes for each comparison, by its name; gains in points."""
    return {
        name: {
            "label": row["what"],
            "value": find_gain(gains, name, level).times(100),
            "note": texts.explain_gain(row, least),
            "is_tile": row["family"] == "rules",
        }
        for name, row in list_gains(gains).items()
    }


def show_gains(gains: pd.DataFrame, family: str | None = None) -> pd.DataFrame:
    """``gains`` in points with a short ``label`` and a ``verdict``; of one family, or of all."""
    rows = gains if family is None else gains[gains["family"] == family]
    points = {
        f"points{end}": 100 * rows[name] for end, name in (("", "gain"), ("_low", "low"), ("_high", "high"))
    }
    verdicts = [texts.say_verdict(row) for row in list_gains(rows).values()]
    return rows.assign(label=rows["name"].map(_SHORT), verdict=verdicts, **points)


def show_split(parts: pd.DataFrame) -> pd.DataFrame:
    """Gains by date or group of customers in points; see ``estimate_by_date``."""
    kept = [str(name) for name in parts if name not in ("group", "n")]
    return parts.assign(**{name: 100 * parts[name].astype(float) for name in kept})


def show_rules(rules: pd.DataFrame, gains: pd.DataFrame) -> pd.DataFrame:
    """The rules that are compared (all stand in the table), best first; ``is_worth`` marks those that surely
    find enough more."""
    worth = set(gains.loc[gains["is_worth"] & (gains["measure"] == "recall"), "rule"])
    compared = gains.loc[gains["family"] == "rules", ["rule", "against"]].to_numpy().ravel()
    shown = rules[rules["rule"].isin(compared)].drop_duplicates("label")
    return shown.assign(
        label=shown["label"].str.replace(r"^(Most sold|Own products),? ", r"\1|", regex=True),
        is_worth=shown["rule"].isin(worth),
    )


def show_favourites(favourites: pd.DataFrame, n_rows: int = 12) -> pd.DataFrame:
    """What was found, most times expected first, with its ``label``."""
    found = favourites[favourites["is_found"]].sort_values("ratio", ascending=False).head(n_rows)
    return found.assign(label=found["product_name"] + "|" + found["store_name"])


def list_favourites(favourites: pd.DataFrame) -> pd.DataFrame:
    """All pairs of store and product with ``found`` in words, the most surprising first."""
    return favourites.assign(found=favourites["is_found"].map({True: "yes", False: "no"}))


def show_claims(claims: pd.DataFrame) -> pd.DataFrame:
    """``claims`` with ``reach``: whether four weeks have customers enough for the trial."""
    words = claims["is_in_reach"].map({True: "yes", False: "no: too few customers"})
    return claims.assign(reach=words.where(claims["n"].notna(), None))


def caption_gains(gains: pd.DataFrame, least: float, level: float) -> dict[str, str]:
    return {
        "finding": texts.describe_gains(gains, least),
        "subtitle": "How many more of a hundred next orders have what is bought in the list, with "
        f"{100 * level:.0f} % intervals; dashed: the least worth having",
    }


def caption_rules(rules: pd.DataFrame, level: float) -> dict[str, str]:
    return {
        "finding": texts.describe_rules(rules),
        "subtitle": "Share of the products of a customer's next order that the list held, with "
        f"{100 * level:.0f} % intervals; coloured: surely enough more than a simpler list",
    }


def caption_favourites(favourites: pd.DataFrame, level: float) -> dict[str, str]:
    return {
        "finding": texts.describe_favourites(favourites),
        "subtitle": "Orders with the product against those expected from all other stores in the same weeks, "
        f"pulled towards 1 as far as chance reaches, with {100 * level:.0f} % intervals",
    }
