"""One look for every chart: colours that hold on white and on black, and what the page may set itself.

A chart names no colour for text, axes, grid or background: the page gives those for light, dark and print.
"""

from __future__ import annotations

from typing import TypeVar

import altair as alt
import pandas as pd

__all__ = [
    "ACCENT",
    "BAND_OPACITY",
    "BETTER",
    "CONTEXT",
    "SIGNED",
    "THOUSANDS",
    "WORSE",
    "apply_theme",
    "panel_columns",
    "slim",
]

# Each has a contrast of at least 3:1 against #ffffff and against #15151a, and they stay apart for readers
# with any of the common colour-vision deficiencies (blue against orange, both against grey).
ACCENT = "#3b7dd8"  # the thing that the page is about
CONTEXT = "#858b94"  # everything it is compared with
BETTER, WORSE = "#3b7dd8", "#c4661f"  # a diverging pair, only for better and worse
BAND_OPACITY = 0.22

# A label expression for axes with format "~s" or "$~s": 12.4K as in the text, not 12.4k; 0 is just 0.
THOUSANDS = (
    "datum.value == 0 ? replace(replace(datum.label, 'k', ''), 'M', '') : replace(datum.label, 'k', 'K')"
)
# A label expression for axes with format "+%": nought has no sign.
SIGNED = "datum.value ? datum.label : replace(datum.label, '+', '')"
# Numbers as in the text: 40 %, and the sign of minus in place of a hyphen.
_NUMBERS = {
    "decimal": ".",
    "thousands": ",",
    "grouping": [3],
    "currency": ["$", ""],
    "percent": "\N{NO-BREAK SPACE}%",
    "minus": "\N{MINUS SIGN}",
}

Chart = TypeVar("Chart", bound=alt.TopLevelMixin)


def apply_theme(chart: Chart) -> Chart:
    """The chart with the suite's sizes and marks; a new object, the given one is unchanged.

    >>> apply_theme(alt.Chart().mark_point()).to_dict()["config"]["view"]["stroke"] is None
    True
    """
    return chart.configure(
        view={"stroke": None},
        locale={"number": _NUMBERS},
        axis={"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "tickCount": 4},
        axisX={"grid": False},
        axisY={"domain": False, "ticks": False, "titleAlign": "left", "titleAnchor": "start"},
        header={"labelFontSize": 12, "labelFontWeight": 600, "labelAnchor": "start", "title": None},
        facet={"spacing": 14},
        text={"fontSize": 12},
        point={"size": 26, "filled": True},
        line={"strokeWidth": 2},
        area={"opacity": BAND_OPACITY, "line": False},
        rule={"strokeWidth": 1},
    )


def panel_columns(n_panels: int, most: int = 5) -> int:
    """Panels in a row of small multiples: as few places as can be stay empty, and rows are wide.

    >>> [panel_columns(n) for n in (0, 3, 7, 9, 10)]
    [1, 3, 4, 3, 5]
    """
    fits = range(2, min(n_panels, most) + 1)
    return max(fits, key=lambda n: (-(-n_panels % n), n), default=1)  # -n % c: the places that stay empty


def slim(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """What a chart reads of ``frame``: the named columns, floats to five significant digits.

    A page carries the rows of its charts, to readers on phones too: more than a chart can show is weight.

    >>> slim(pd.DataFrame({"x": [0.123456789, 98765.4321], "y": [1, 2]}), "x")["x"].tolist()
    [0.12346, 98765.0]
    """
    kept = frame[list(columns)].copy()
    for name in columns:
        if kept[name].dtype.kind == "f":
            kept[name] = [float(f"{value:.5g}") for value in kept[name]]
    return kept
