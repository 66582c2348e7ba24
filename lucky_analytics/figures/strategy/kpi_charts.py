"""Charts of the KPI page: how far each figure is from usual, its weeks, and what moved revenue."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import (
    ACCENT,
    BAND_OPACITY,
    BETTER,
    CONTEXT,
    THOUSANDS,
    WORSE,
    apply_theme,
    slim,
)
from lucky_analytics.formats import format_number

__all__ = ["plot_customers", "plot_distances", "plot_sparks", "plot_tree"]

AnyChart = alt.LayerChart | alt.FacetChart
_KINDS = ["usual", "better", "worse", "other"]
_COLOURS = [CONTEXT, BETTER, WORSE, ACCENT]


def plot_distances(distances: pd.DataFrame) -> AnyChart:
    """Each figure's step (row) over the band of its usual steps, which is scaled to -1 to 1.

    ``distances``: ``label``, ``distance``, ``kind``, the farthest first.
    """
    rows = slim(distances, "label", "distance", "kind")
    order = rows["label"].tolist()
    reach = max(1.5, float(rows["distance"].abs().max()) * 1.05) if len(rows) else 1.5
    scale = alt.Scale(domain=[-reach, reach])
    band = pd.DataFrame({"low": [-1.0], "high": [1.0]})
    names = alt.Axis(title=None, domain=False, ticks=False, labelLimit=190)
    words = "datum.value == -1 ? 'low end' : datum.value == 1 ? 'high end' : ''"
    axis = alt.Axis(title=None, values=[-1, 0, 1], labelExpr=words)
    chart = alt.layer(
        alt.Chart(band).mark_rect(color=CONTEXT, opacity=BAND_OPACITY).encode(
            x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"
        ),
        alt.Chart(rows)
        .mark_point(size=70)
        .encode(
            x=alt.X("distance:Q", scale=scale, axis=axis),
            y=alt.Y("label:N", sort=order, axis=names),
            color=_kind_colour(),
            tooltip=["label:N", alt.Tooltip("distance:Q", title="half ranges off", format=".2f"), "kind:N"],
        ),
    )  # fmt: skip
    return apply_theme(chart.properties(width="container", height=alt.Step(21)))


def plot_sparks(sparks: pd.DataFrame) -> AnyChart:
    """The weeks of every figure, each on its own scale, the newest marked, a target as a dashed line.

    ``sparks``: ``label``, ``ds``, ``y``, ``unit``, ``kind``, ``target`` (null without one).
    """
    rows = slim(sparks, "label", "ds", "y", "unit", "kind", "target")
    rows["is_last"] = rows["ds"] == rows.groupby("label")["ds"].transform("max")
    rows["ds"] = rows["ds"].dt.strftime("%Y-%m-%d")
    ends = alt.Axis(title=None, format="~s", tickCount=2, grid=False, labelFontSize=10)
    base = alt.Chart(rows).encode(
        x=alt.X("ds:T", axis=alt.Axis(title=None, format="%b", tickCount=3, labelFontSize=10)),
        y=alt.Y("y:Q", axis=ends, scale=alt.Scale(zero=False)),
        color=_kind_colour(),
    )
    until = alt.Tooltip("ds:T", title="seven days up to", format="%d %b %Y")
    tooltip = [until, alt.Tooltip("y:Q", format=",.4~g"), "unit:N"]
    layers = alt.layer(
        base.mark_line(strokeWidth=1.5),
        base.mark_point(size=40).transform_filter("datum.is_last").encode(tooltip=tooltip),
    )
    target = alt.Chart(rows).mark_rule(strokeDash=[4, 3], color=WORSE)
    target = target.transform_filter("datum.is_last && datum.target != null").encode(y=alt.Y("target:Q"))
    layers = alt.layer(layers, target)
    header = alt.Header(title=None, labelLimit=170, labelFontSize=11)
    facets = layers.properties(width=150, height=46).facet(
        facet=alt.Facet("label:N", header=header, sort=rows["label"].drop_duplicates().tolist()), columns=4
    )
    return apply_theme(facets.resolve_scale(y="independent"))


def plot_customers(customers: pd.DataFrame) -> AnyChart:
    """Customers of each window of seven days: those with a first order, and those who had ordered before.

    ``customers``: ``ds``, ``kind`` (``first order``, ``ordered before``), ``y``. Each line has its name at
    its end.
    """
    rows = slim(customers, "ds", "kind", "y")
    rows["is_last"] = rows["ds"] == rows["ds"].max()
    rows["ds"] = pd.to_datetime(rows["ds"]).dt.strftime("%Y-%m-%d")
    colour = alt.Scale(domain=["first order", "ordered before"], range=[ACCENT, CONTEXT])
    y_axis = alt.Axis(format="~s", labelExpr=THOUSANDS)
    base = alt.Chart(rows).encode(
        x=alt.X("ds:T", axis=alt.Axis(title=None, format="%b %Y", tickCount=4)),
        y=alt.Y("y:Q", title=None, axis=y_axis, scale=alt.Scale(zero=True)),
        color=alt.Color("kind:N", scale=colour, legend=None),
    )
    tooltip = [
        alt.Tooltip("ds:T", title="seven days up to", format="%d %b %Y"),
        "kind:N",
        alt.Tooltip("y:Q", format=","),
    ]
    names = [
        base.mark_text(align="right", dx=2, dy=dy)
        .encode(text="kind:N")
        .transform_filter(f"datum.is_last && datum.kind == {kind!r}")
        for kind, dy in (("ordered before", -12), ("first order", 16))
    ]
    chart = alt.layer(base.mark_line(), base.mark_point(size=30).encode(tooltip=tooltip), *names)
    return apply_theme(chart.properties(width="container", height=240))


def plot_tree(tree: pd.DataFrame) -> AnyChart:
    """What each factor added to revenue, or took: dollars.

    ``tree``: ``label``, ``dollars``, ``percent``, in the order of the tree.
    """
    rows = slim(tree, "label", "dollars", "percent")
    rows["shown"] = [
        f"{'+' if dollars > 0 else ''}{format_number(dollars, 'USD')}" for dollars in rows["dollars"]
    ]
    rows["kind"] = ["better" if dollars > 0 else "worse" for dollars in rows["dollars"]]
    names = alt.Axis(title=None, domain=False, ticks=False, labelLimit=190)
    reach = float(rows["dollars"].abs().max()) if len(rows) else 1.0
    axis = alt.Axis(format="$~s", labelExpr=THOUSANDS, values=[-reach, 0, reach])
    x = alt.X("dollars:Q", title=None, axis=axis, scale=alt.Scale(domain=[-1.2 * reach, 2.2 * reach]))
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=None, axis=names), x=x)
    chart = alt.layer(
        base.mark_bar().encode(
            color=_kind_colour(), tooltip=["label:N", "shown:N", alt.Tooltip("percent:Q", format="+.1f")]
        ),
        base.mark_text(align="right").encode(x=alt.value("width"), text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(30)))


def _kind_colour() -> alt.Color:
    return alt.Color("kind:N", scale=alt.Scale(domain=_KINDS, range=_COLOURS), legend=None)
