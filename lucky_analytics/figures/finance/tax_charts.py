"""Charts of the tax page: what returns carry, what was charged wrongly, why revenue times rate misleads."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim
from lucky_analytics.formats import format_value

__all__ = ["plot_gaps", "plot_naive", "plot_returns"]


AnyChart = alt.LayerChart | alt.FacetChart


def plot_gaps(bars: pd.DataFrame) -> AnyChart:
    """What was charged wrongly, most first. ``bars``: ``label``, ``kind``, ``amount`` (USD), ``n``."""
    rows = slim(bars, "kind", "amount", "n")
    counts = [format_value(n, "lines") for n in bars["n"]]
    rows["label"] = [f"{label}|{n}" for label, n in zip(bars["label"], counts, strict=True)]
    rows["shown"] = [format_value(amount, "USD") for amount in bars["amount"]]
    kinds = ["due, not charged", "charged, not due"]
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=[WORSE, CONTEXT]),
        legend=alt.Legend(title=None, orient="top", columns=1, labelLimit=280),
    )
    return _bars(rows, "label", "amount", colour, ["label:N", "kind:N", "n:Q"])


def plot_naive(bridge: pd.DataFrame) -> AnyChart:
    """What rate times revenue says beside what was due, charged and not charged. ``step``, ``amount``."""
    is_main = ~bridge["step"].str.startswith(("less", "rounding"))
    rows = slim(bridge[is_main], "step", "amount")
    rows["shown"] = [format_value(amount, "USD") for amount in rows["amount"]]
    rows["kind"] = ["naive" if number == 0 else "so" for number in range(len(rows))]
    colour = alt.Color(
        "kind:N", scale=alt.Scale(domain=["naive", "so"], range=[CONTEXT, ACCENT]), legend=None
    )
    return _bars(rows, "step", "amount", colour, ["step:N"])


def plot_returns(returns: pd.DataFrame) -> AnyChart:
    """What each return has to carry, in order of its date. ``returns``: ``period``, ``due_date``,
    ``to_pay`` (USD), ``remitted`` (null: not known), ``is_due``."""
    rows = slim(returns, "to_pay")
    rows["label"] = [f"{row.period}|due {row.due_date:%-d %b %Y}" for row in returns.itertuples()]
    rows["shown"] = [format_value(money, "USD") for money in returns["to_pay"]]
    states = ["fallen due, no payment on record", "not due yet", "payment on record"]
    known = returns["remitted"].notna()
    rows["state"] = [
        states[2] if is_known else states[0] if is_due else states[1]
        for is_known, is_due in zip(known, returns["is_due"], strict=True)
    ]
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=states, range=[WORSE, CONTEXT, ACCENT]),
        legend=alt.Legend(title=None, orient="top", columns=1, labelLimit=280),
    )
    return _bars(rows, "label", "to_pay", colour, ["label:N", "state:N"])


def _bars(rows: pd.DataFrame, label: str, amount: str, colour: alt.Color, tooltip: list[str]) -> AnyChart:
    """Horizontal bars in the order of the rows, each with its text; a label breaks at ``|``."""
    names = alt.Axis(
        domain=False, ticks=False, title=None, labelLimit=190, labelExpr="split(datum.label, '|')"
    )
    base = alt.Chart(rows).encode(y=alt.Y(f"{label}:N", sort=None, axis=names))
    top = float(rows[amount].max()) if len(rows) else 1.0
    x = alt.X(f"{amount}:Q", axis=None, scale=alt.Scale(domain=[0, 1.4 * (top or 1.0)]))
    money = alt.Tooltip(f"{amount}:Q", format="$,.2f")
    chart = alt.layer(
        base.mark_bar(height=16).encode(x=x, color=colour, tooltip=[*tooltip, money]),
        base.mark_text(align="left", dx=5).encode(x=x, text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(34)))
