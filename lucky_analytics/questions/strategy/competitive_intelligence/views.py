"""What the page on competitors' prices shows: rows in words, checks, the file that would tell."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from lucky_analytics.questions.strategy.competitive_intelligence.our_basket import Basket
from lucky_analytics.questions.strategy.competitive_intelligence.price_file import (
    ALL,
    COLUMNS,
    OPENED,
    STATES,
)
from lucky_analytics.questions.strategy.competitive_intelligence.steps import Compared

__all__ = [
    "check_prices",
    "count_recent",
    "count_stores_near",
    "list_columns",
    "list_openings",
    "mark_recent",
    "name_shops",
    "show_closings",
    "show_gaps",
    "show_items",
    "show_prices",
    "show_states",
]

_RECENT_DAYS = 31  # a month, as the report comes
_MOST_ITEMS = 16  # that a chart has room for
_LONGEST = 40  # characters of a competitor's name beside a chart
_FEWEST_COVERED, _MOST_OLD = 0.8, 0.5


def check_prices(basket: Basket, found: Compared, n_unplaced: int | None) -> pd.DataFrame:
    """What the comparison relies on: ``name``, ``passed``, ``detail``. ``n_unplaced`` shops with a price have
    no place; null where no place is known."""
    covered = basket.covered_share
    facts = [
        ("most drinks sold have a declared kind and size", covered >= _FEWEST_COVERED,
         f"{100 * covered:.0f} % of the last {basket.window.n_weeks} weeks"),
    ]  # fmt: skip
    if found.has_file:
        old = found.old_share
        facts += [
            ("most prices are new enough", (old or 0.0) <= _MOST_OLD,
             "no usual price of a shop is noted" if old is None else f"{100 * old:.0f} % are too old"),
        ]  # fmt: skip
    if found.has_file and n_unplaced is not None:
        facts += [("shops with prices have a place", n_unplaced == 0, f"{n_unplaced:,} have none")]
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])


def list_columns(kinds: tuple[str, ...]) -> pd.DataFrame:
    """What to note, column by column: ``column``, ``holds``."""
    rows = pd.DataFrame({"column": list(COLUMNS), "holds": list(COLUMNS.values())})
    rows.loc[rows["column"] == "kind", "holds"] = f"which drinks it is like: {', '.join(kinds)}"
    return rows


def show_gaps(competitors: pd.DataFrame) -> pd.DataFrame:
    """Competitors of which something can be said, for the chart: ``label`` (unique, as long as a chart has
    room for), the gaps, ``n_kinds``."""
    shown = competitors[competitors["list_off"].notna()]
    label = [
        name if len(name) <= _LONGEST else f"{name[: _LONGEST - 4]}… {place}"
        for place, name in enumerate(shown["competitor"], start=1)
    ]
    return shown.assign(label=label)


def show_items(items: pd.DataFrame) -> pd.DataFrame:
    """The kinds and sizes that we sell most, for the chart."""
    return items.head(_MOST_ITEMS)


def show_prices(noted: pd.DataFrame, matched: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    """Every noted price, the newest first, with its ``state`` in words; ``sizes``: class of size by row."""
    said = noted["state"].map(STATES)
    items = noted["kind"] + ", " + sizes.astype(object)
    unlike = (noted["state"] == "newest") & ~items.isin(set(matched["item"]))
    said = said.mask(unlike, "no drink of ours is alike").mask(
        (noted["state"] == "newest") & ~unlike, "compared"
    )
    shown = name_shops(noted.assign(said=said))
    return shown.sort_values(["seen", "competitor", "product"], ascending=[False, True, True])


def name_shops(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with ``location`` in words where it is every shop of a chain."""
    return rows.assign(location=rows["location"].replace(ALL, "all shops"))


def show_states(shown: pd.DataFrame) -> pd.DataFrame:
    """How many noted prices count, and why not the others: ``said``, ``n`` of ``show_prices``."""
    counts = shown.groupby("said").size().rename("n").reset_index()
    return counts.sort_values(["n", "said"], ascending=[False, True], ignore_index=True)


def mark_recent(near: pd.DataFrame | None, as_of: dt.date) -> pd.DataFrame | None:
    """Openings and closings near our stores of the last month, each once, whatever stores are near it."""
    if near is None:
        return None
    lately = near[near["day"] > pd.Timestamp(as_of) - pd.Timedelta(days=_RECENT_DAYS)]
    return lately.drop_duplicates(["competitor", "location", "change", "day"])


def count_recent(recent: pd.DataFrame | None) -> int | None:
    """Openings of ``mark_recent``; null without a file."""
    return None if recent is None else int((recent["change"] == OPENED).sum())


def list_openings(recent: pd.DataFrame | None) -> dict[str, str]:
    """Each opening by a name that stays its own, with its words, so that an alert tells each once."""
    if recent is None:
        return {}
    return {
        f"{row['competitor']}|{row['location']}|{row['day']:%Y-%m-%d}": f"{row['competitor']}, "
        f"{row['location']}, {row['day']:%-d %b %Y}, {1000 * row['km']:.0f} m from {row['store_name']}"
        for row in recent[recent["change"] == OPENED].to_dict("records")
    }


def show_closings(near: pd.DataFrame) -> pd.DataFrame:
    """Closings near our stores."""
    return near[near["change"] != OPENED]


def count_stores_near(stores: pd.DataFrame) -> int:
    """Stores of ours with a coffee shop of another within reach, of ``near_stores.compare_stores``."""
    return int((stores["n_near"] > 0).sum())
