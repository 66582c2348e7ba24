"""An executed notebook as the suite's own runs leave it: ten stores' ramps, with every kind of record.

Its numbers are invented. The records are made by ``lucky_analytics.report`` itself, so that the examples
cannot drift away from what notebooks record.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any
from unittest import mock

import altair as alt
import great_tables as gt
import nbformat
import numpy as np
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lucky_analytics import report, report_record
from lucky_analytics.pages import RunFacts
from lucky_analytics.tables.render import Column

HOSTILE = "Latte </script><script>document.title='owned'</script>"
LONGEST = (
    "Iced Double Brown Sugar Oat Milk Velvet Latte with Salted Caramel Cold Foam (Limited Winter Edition)"
)

STORES = {
    "8th & Broadway": (97.0, 2.1, 33),
    "28th & 6th": (62.4, 3.0, 33),
    "54th & 8th": (58.1, 4.2, 25),
    "102 Fulton": (55.7, 4.9, 24),
    "221 Grand": (57.9, 6.2, 9),
    "37th & Broadway": (46.2, 3.7, 12),
    "100 Maiden Ln": (34.8, 5.4, 22),
    "33rd & 10th": (32.6, 4.4, 11),
    "15th & 3rd": (24.1, 5.8, 9),
    "21st & 3rd": (29.3, 7.5, 1),
}
FACTS = RunFacts(
    run_id="a1b2c3d4e5f60718",
    parameters={"as_of": "2026-02-13", "model": "exponential", "level": 0.9},
    snapshot_id="2026-02-14-1f9c2e7a",
    cut="2026-02-14T12:00Z",
    as_of="2026-02-13",
    code_version="0.1.0+5e1f0c2",
    generated=True,
    tables={
        "luckyus_sales_order.t_order": {"rows": 516_280, "newest_at": "2026-02-14 04:58 UTC"},
        "luckyus_opshop.t_shop_info": {"rows": 517},
    },
)


def record(say: Callable[..., None], *arguments: Any, **named: Any) -> list[Any]:
    """The outputs that one call of a function of ``report`` leaves in a notebook."""
    shown: list[Any] = []
    with (
        mock.patch.object(report_record, "get_ipython", return_value=object()),
        mock.patch.object(report_record, "display", side_effect=lambda bundle, raw: shown.append(bundle)),
        mock.patch.object(
            report_record,
            "_tables_read",
            {"luckyus_sales_order.t_order": "9f2c", "luckyus_opshop.t_shop_info": "77ab"},
        ),
    ):
        say(*arguments, **named)
    return [new_output("display_data", data=bundle) for bundle in shown]


def example_notebook(*, empty_table: bool = False, store_name: str = "221 Grand") -> nbformat.NotebookNode:
    """A whole notebook, the caller's own; ``store_name`` may be long or hostile."""
    return copy.deepcopy(_example_notebook(empty_table, store_name))


@functools.cache
def _example_notebook(empty_table: bool, store_name: str) -> nbformat.NotebookNode:
    weekly, stores = _weekly(store_name), _stores(store_name)
    text, code = new_markdown_cell, new_code_cell
    cells = [
        text("# How fast does a new store reach its plateau, and how high is it?"),
        text("Expansion sets the lease terms and the opening budget of the next stores with it."),
        code("as_of: str = '2026-02-13'  # last business date", metadata={"tags": ["parameters"]}),
        text("## Data\nCompleted orders of the ten trading stores, in full weeks since opening."),
        code(
            "weekly.head(3)",
            outputs=[new_output("display_data", data={"text/html": weekly.head(3).to_html()})],
        ),
        text("## Checks"),
        code(
            "check", outputs=record(report.check, "Every store has its first week", True, "10 of 10 stores")
        ),
        code(
            "check",
            outputs=record(report.check, "No week without orders", False, "1 store closed for a week"),
        ),
        text(
            "## Method\nA saturating exponential per store, $y = a(1 - e^{-t/b})$, with partial pooling.\n\n"
            "### Why not a straight line\nIt has no plateau."
        ),
        text("## Result"),
        code("headlines", outputs=_headlines(store_name)),
        code("figures", outputs=_figures(weekly, stores)),
        code("table", outputs=_table(stores.head(0) if empty_table else stores)),
        text("## Limits\nOpening season and location differ at once, so neither explains a plateau alone."),
        code("caveat", outputs=record(report.caveat, "21st & 3rd has one week: its plateau is a guess.")),
        code("caveat", outputs=record(report.caveat, "Two stores opened in the same week as a competitor.")),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "P"}})


USUAL = report.Estimate(12_320.0, 9_400.0, 16_150.0, level=0.95, n=8)


def store_week_notebook() -> nbformat.NotebookNode:
    """The page of all stores, from which the home takes its numbers: two stores, one product."""
    stores = pd.DataFrame(
        {
            "store_name": ["221 Grand", "8th & Broadway"],
            "dollars": [17_745.0, 7_872.0],
            "week_change": [0.12, -0.16],
            "change": [0.33, -0.36],
            "is_inside": [True, False],
            "is_fallen": [False, True],
            "verdict": ["within its range", "below its range"],
            "week_2": [None, 11_900.0],
            "week_1": [15_840.0, 9_371.0],
            "week_0": [17_745.0, 7_872.0],
        }
    )
    moves = pd.DataFrame(
        {
            "store_name": ["221 Grand", "8th & Broadway", None],
            "product_name": [None, None, "Iced Latte"],
            "change": [1_905.0, -1_499.0, 534.0],
            "cause": ["more orders +$1,721", "fewer orders −$1,274", "more sold +$586"],
            "as_large": [3, 0, 4],
            "n_changes": [7, 8, 8],
        }
    )
    week = {"store_name": Column("Store"), "dollars": Column("Revenue", "USD", 0)}
    moved = {
        name: Column(name.split("_")[0].capitalize()) for name in ("store_name", "product_name", "cause")
    }
    said = [
        record(report.headline, "revenue", "Revenue", 25_617.0, unit="USD", n=5_000, n_of="orders"),
        record(
            report.headline,
            "week_change",
            "Against the week before",
            0.0161,
            unit="rate",
            n=5_000,
            n_of="orders",
        ),
        record(
            report.headline, "older", "Of it, the 3 older stores", 7_872.0, unit="USD", n=1_533, n_of="orders"
        ),
        record(report.headline, "expected", "A usual week", USUAL, unit="USD", n_of="weeks before"),
        record(report.title, "All stores sold 2 % more than before"),
        record(report.answer, "All stores sold {revenue}. Latte is not Iced Latte, nor is 221 Grand."),
        record(report.decision, "look at 8th & Broadway", "Operations", "lean", "It fell.", "It comes back."),
        record(report.table, stores, "stores", "The week of each store", week),
        record(report.table, moves, "moves", "What moved", moved),
    ]
    cells = [new_markdown_cell("# What did the stores sell?"), new_markdown_cell("## Result")]
    return new_notebook(cells=[*cells, *(new_code_cell("said", outputs=outputs) for outputs in said)])


def failed_notebook() -> nbformat.NotebookNode:
    """A notebook that stopped in its second code cell, after a headline was recorded."""
    error = new_output(
        "error", ename="ValueError", evalue="plateau <0>", traceback=["Trace \x1b[31mred\x1b[0m"]
    )
    cells = [
        new_markdown_cell("# How fast does a new store reach its plateau, and how high is it?"),
        new_markdown_cell("## Result"),
        new_code_cell("headline", outputs=_headlines("221 Grand")),
        new_code_cell("fit()", outputs=[error]),
    ]
    return new_notebook(cells=cells)


def _headlines(store_name: str) -> list[Any]:
    sql = (
        "SELECT shop_id, DATE_TRUNC('week', business_date) AS week, SUM(pay_cents)\nFROM orders GROUP BY 1, 2"
    )
    money = {"unit": "USD a month", "level": 0.9, "sql": sql, "n_of": "store-weeks"}
    outputs = record(
        report.headline, "weeks", f"{store_name}: weeks to plateau", 6.2, unit="weeks", n=9,
        n_of="store-weeks", low=5.0, high=9.1, level=0.9, sql=sql,
        note="First week whose fitted revenue is within 10 % of the plateau.",
    )  # fmt: skip
    outputs += record(
        report.headline, "plateau", f"{store_name}: plateau", 57_900, n=9, low=50_200, high=66_900, **money
    )
    outputs += record(
        report.headline, "median", "Median plateau", 51_300, n=179, low=44_000, high=59_500, **money
    )
    outputs += record(
        report.headline, "n_mature", "Stores on their plateau", 7, unit="of 10", n=179, n_of="store-weeks"
    )
    outputs += record(
        report.headline, "newest", "21st & 3rd: plateau", None, unit="USD a month", n=1, n_of="store-weeks",
        note="One week of trading cannot show a plateau.",
    )  # fmt: skip
    template = f"{store_name} reaches its plateau after {{weeks}}, at {{plateau}}. "
    outputs += record(report.answer, template + "Half of the stores settle above {median:value}.")
    decision = "budget nine weeks of ramp, and hold the next lease to a break-even below $44K a month"
    worth = report.Estimate(1_900.0, 400.0, 3_400.0, level=0.9)
    said = ["Two stores opened without it.", "The next store grows up in five weeks."]
    return outputs + record(report.decision, decision, "Expansion", "do", *said, worth)


def _figures(weekly: pd.DataFrame, stores: pd.DataFrame) -> list[Any]:
    order = list(stores["store"])
    base = alt.Chart().encode(x=alt.X("week:Q", title="Weeks since opening"))
    band = base.mark_area(opacity=0.18).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    line = base.mark_line(strokeWidth=2).encode(y=alt.Y("fitted:Q", axis=alt.Axis(format="$~s")))
    dots = base.mark_point(size=14, filled=True, opacity=0.7).encode(y="revenue:Q")
    cell = alt.layer(band, line, dots, data=weekly).properties(width=130, height=110)
    small = cell.facet(facet=alt.Facet("store:N", title=None, sort=order), columns=5)
    whisker = (
        alt.Chart(stores)
        .mark_rule()
        .encode(
            x=alt.X("low:Q", title="Plateau, dollars a month", axis=alt.Axis(format="$~s")),
            x2="high:Q",
            y=alt.Y("store:N", sort=order, title=None, axis=alt.Axis(labelLimit=200)),
        )
    )
    dot = (
        alt.Chart(stores)
        .mark_point(filled=True, size=70)
        .encode(x="plateau:Q", y=alt.Y("store:N", sort=order))
    )
    ranking = alt.layer(whisker, dot).properties(width="container", height=alt.Step(26))
    outputs = record(
        report.figure, small, "ramps", "Seven of ten stores level off within six weeks",
        subtitle="Revenue a week by weeks since opening, dollars, with the fitted curve and its 90 % band",
        alt="Ten small line charts. Seven curves flatten before week six; three still rise.",
        source="Completed orders, luckyus_sales_order.t_order",
    )  # fmt: skip
    return outputs + record(
        report.figure, ranking, "plateaus", "The flagship's plateau is four times the smallest store's",
        subtitle="Plateau by store, dollars a month, 90 % interval",
        alt="Dots with whiskers by store, from 97 thousand dollars at 8th & Broadway to 24 thousand.",
        source="Completed orders, luckyus_sales_order.t_order",
    )  # fmt: skip


def _table(stores: pd.DataFrame) -> list[Any]:
    labels = {"store": "Store", "plateau": "Plateau, $ a month", "low": "Low", "high": "High"}
    labels |= {"weeks": "Weeks to plateau", "n_weeks": "Weeks observed"}
    built = gt.GT(stores).fmt_number(["plateau", "low", "high"], decimals=0).cols_label(**labels)
    rendered = built.fmt_number(["weeks"], decimals=1).as_raw_html()
    return record(report.table, stores, "plateaus", "Plateau and ramp by store", rendered)


def _stores(store_name: str) -> pd.DataFrame:
    rows = [(name, 1e3 * top, weeks, n) for name, (top, weeks, n) in STORES.items()]
    frame = pd.DataFrame(rows, columns=["store", "plateau", "weeks", "n_weeks"])
    spread = frame["plateau"] * (0.08 + 0.3 / np.sqrt(frame["n_weeks"]))
    frame = frame.assign(low=frame["plateau"] - spread, high=frame["plateau"] + spread)
    frame["store"] = frame["store"].replace("221 Grand", store_name)
    return frame.sort_values("plateau", ascending=False)[
        ["store", "plateau", "low", "high", "weeks", "n_weeks"]
    ]


def _weekly(store_name: str) -> pd.DataFrame:
    noise = np.random.default_rng(7)
    rows = []
    for name, (top, weeks, n_weeks) in STORES.items():
        for week in range(1, n_weeks + 1):
            fitted = top * 1e3 / 4.35 * (1 - np.exp(-2.3 * week / weeks))
            spread = fitted * (0.06 + 0.3 / np.sqrt(n_weeks * week))
            shown = store_name if name == "221 Grand" else name
            rows.append(
                (shown, week, fitted * noise.normal(1, 0.07), fitted, fitted - spread, fitted + spread)
            )
    return pd.DataFrame(rows, columns=["store", "week", "revenue", "fitted", "low", "high"]).round(0)


def briefing_notebook() -> nbformat.NotebookNode:
    """The page of the day's briefing: what it found, its answer, five points, one headline."""
    said = [
        record(report.headline, "things", "Unusual numbers", 7, unit="things", n=52, n_of="numbers"),
        record(report.title, "Friday's revenue was as usual; {things:value} were not"),
        record(report.answer, "All stores sold as much as on a usual Friday."),
        *(record(report.point, f"Point {place} of the day.") for place in range(1, 6)),
    ]
    return _say_all("# What happened yesterday that leadership must know?", said)


def short_notebook(finding: str) -> nbformat.NotebookNode:
    """A page that says little: a finding, an answer, one number."""
    said = [
        record(report.headline, "share", "Share", 0.31, unit="share", n=90, n_of="orders"),
        record(report.title, finding),
        record(report.answer, "{share} of orders were like that."),
    ]
    return _say_all("# A question", said)


def _say_all(title: str, said: list[list[Any]]) -> nbformat.NotebookNode:
    cells = [new_code_cell("said", outputs=outputs) for outputs in said]
    return new_notebook(cells=[new_markdown_cell(title), *cells])
