"""Charts of the page on payment fraud: accounts of shared cards in time, refunds, what reviews bring."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim

__all__ = ["plot_budget", "plot_cards", "plot_refunds"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_cards(rows: pd.DataFrame) -> AnyChart:
    """A row a shared card, a dot an account at its first order: rings stand upright, households lie flat.

    ``rows``: ``panel``, ``row``, ``date``, ``voucher`` ("with a new-customer voucher" or "without").
    """
    drawn = slim(rows, "panel", "row", "date", "voucher")
    drawn["date"] = pd.to_datetime(drawn["date"]).dt.strftime("%Y-%m-%d")
    x = alt.X("date:T", title="first order of the account", axis=alt.Axis(format="%b %Y", tickCount=4))
    y = alt.Y("row:O", axis=None, sort=None)
    domain = ["with a new-customer voucher", "without"]
    colour = alt.Color("voucher:N", scale=alt.Scale(domain=domain, range=[WORSE, CONTEXT]),
                       legend=alt.Legend(title=None, orient="top", columns=1, labelLimit=260))  # fmt: skip
    base = alt.Chart().encode(y=y)
    chart = alt.layer(
        base.mark_rule(color=CONTEXT, opacity=0.5).encode(x=alt.X("min(date):T"), x2="max(date):T"),
        base.mark_point(filled=True, size=42, opacity=0.65).encode(
            x=x, color=colour, tooltip=[alt.Tooltip("date:T", format="%-d %b %Y"), "voucher:N"]
        ),
        data=drawn,
    ).properties(width=300, height=alt.Step(13))
    order = rows["panel"].drop_duplicates().tolist()
    panels = alt.Facet("panel:N", sort=order, title=None, header=alt.Header(labelLimit=280))
    return apply_theme(chart.facet(panels, columns=2).resolve_scale(y="independent"))


def plot_refunds(rows: pd.DataFrame) -> AnyChart:
    """Customers by orders and refunded orders; those beyond chance stand out.

    ``rows``: ``n_orders``, ``n_refunded``, ``kind`` ("beyond chance" or "as chance has it"), ``n``.
    """
    drawn = slim(rows, "n_orders", "n_refunded", "kind", "n")
    scale = alt.Scale(domain=["beyond chance", "as chance has it"], range=[WORSE, CONTEXT])
    most = int(max(drawn["n_refunded"].max(), 2))
    x = alt.X("n_orders:Q", title="orders of the customer", scale=alt.Scale(type="log", nice=False))
    y = alt.Y("n_refunded:Q", title="of them refunded", axis=alt.Axis(format="d", tickCount=min(most, 8)))
    size = alt.Size("n:Q", legend=None, scale=alt.Scale(range=[25, 260]))
    tooltip = ["n_orders:Q", "n_refunded:Q", alt.Tooltip("n:Q", title="customers"), "kind:N"]
    chart = alt.Chart(drawn).mark_point(filled=True, opacity=0.75).encode(
        x=x, y=y, size=size, tooltip=tooltip,
        color=alt.Color("kind:N", scale=scale, legend=alt.Legend(title=None, orient="top")),
    )  # fmt: skip
    return apply_theme(alt.layer(chart).properties(width="container", height=260))


def plot_budget(curve: pd.DataFrame) -> AnyChart:
    """Dollars taken by the cases looked at, and what looking costs, by how many are looked at.

    ``curve``: ``reviews``, ``dollars``, ``cost``.
    """
    drawn = slim(curve, "reviews", "dollars", "cost")
    long = drawn.melt("reviews", ["dollars", "cost"], "which", "amount")
    long["which"] = long["which"].map({"dollars": "taken by these cases", "cost": "cost of looking"})
    scale = alt.Scale(domain=["taken by these cases", "cost of looking"], range=[ACCENT, CONTEXT])
    chart = alt.Chart(long).mark_line(point=len(curve) < 3).encode(
        x=alt.X("reviews:Q", title="cases looked at, those that took most first", axis=alt.Axis(format="d")),
        y=alt.Y("amount:Q", title=None, axis=alt.Axis(format="$,.0f")),
        color=alt.Color("which:N", scale=scale, legend=alt.Legend(title=None, orient="top")),
        tooltip=["reviews:Q", "which:N", alt.Tooltip("amount:Q", format="$,.2f")],
    )  # fmt: skip
    return apply_theme(alt.layer(chart).properties(width="container", height=240))
