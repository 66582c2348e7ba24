"""Charts of the compliance page: what fails, the score, shares beside their limits."""

from __future__ import annotations

import altair as alt
import pandas as pd

from lucky_analytics.figures.theme import ACCENT, CONTEXT, WORSE, apply_theme, slim
from lucky_analytics.formats import format_value

__all__ = ["plot_failed", "plot_scores", "plot_shares"]

AnyChart = alt.LayerChart | alt.FacetChart


def plot_failed(failed: pd.DataFrame) -> AnyChart:
    """What fails, the severest first: dollars at stake, and beside them how many exceptions.

    ``failed``: ``exceptions``, ``owner``, ``n_all``, ``at_stake`` (US dollars, null where a rule has no
    money), in their order.
    """
    rows = slim(failed, "at_stake")
    rows["at_stake"] = rows["at_stake"].fillna(0.0)
    rows["label"] = failed["exceptions"] + ", " + failed["owner"]
    rows["shown"] = [
        f"{n:,}" if pd.isna(money) else f"{n:,}, {format_value(money, 'USD')}"
        for n, money in zip(failed["n_all"], failed["at_stake"], strict=True)
    ]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=320)
    base = alt.Chart(rows).encode(y=alt.Y("label:N", sort=None, axis=names))
    top = float(rows["at_stake"].max()) if len(rows) else 1.0
    x = alt.X("at_stake:Q", axis=None, scale=alt.Scale(domain=[0, 1.9 * (top or 1.0)]))
    tooltip = ["label:N", "shown:N", alt.Tooltip("at_stake:Q", format="$,.2f")]
    chart = alt.layer(
        base.mark_bar(color=WORSE, height=16).encode(x=x, tooltip=tooltip),
        base.mark_text(align="left", dx=5).encode(x=x, text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(26)))


def plot_scores(scores: pd.DataFrame, total_weight: int) -> AnyChart:
    """The score by month, and in grey what it would be if all that was not tested had passed.

    ``scores``: ``month``, ``score``, ``failed_weight``. ``total_weight``: of all declared controls.
    """
    rows = slim(scores.dropna(subset="score"), "month", "score", "failed_weight")
    rows["month"] = pd.to_datetime(rows["month"]).dt.strftime("%Y-%m-%d")
    rows["percent"] = 100 * rows["score"]
    rows["naive"] = 100 * (1 - rows["failed_weight"] / max(total_weight, 1))
    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y"))
    scale = alt.Scale(domain=[0, 100])
    base = alt.Chart(rows).encode(x=x)
    tooltip = [alt.Tooltip("month:T", format="%b %Y")]
    tooltip += [
        alt.Tooltip("percent:Q", title="score, %", format=".0f"),
        alt.Tooltip("naive:Q", title="naive, %", format=".0f"),
    ]
    last = rows.tail(1)
    ends = pd.concat(
        [
            last.assign(at=last["percent"], said="score"),
            last.assign(at=last["naive"], said="if untested were passed"),
        ]
    )
    labels = alt.Chart(ends).mark_text(align="right", dy=-10).encode(x=x, y="at:Q", text="said:N")
    chart = alt.layer(
        base.mark_line(color=CONTEXT, strokeDash=[4, 3]).encode(y=alt.Y("naive:Q", title=None, scale=scale)),
        base.mark_line(color=ACCENT, point=alt.OverlayMarkDef(color=ACCENT)).encode(
            y=alt.Y("percent:Q", title=None, scale=scale), tooltip=tooltip
        ),
        labels,
    )
    return apply_theme(chart.properties(width="container", height=220))


def plot_shares(shares: pd.DataFrame) -> AnyChart:
    """Shares of exceptions with their intervals, each as a part of its limit: 1 is the limit.

    ``shares``: ``exceptions``, ``percent``, ``low``, ``high``, ``most`` (limit, percent), ``outcome``.
    """
    rows = slim(shares, "exceptions", "percent", "low", "high", "most", "outcome")
    for name in ("percent", "low", "high"):
        rows[f"of_{name}"] = rows[name] / rows["most"].where(rows["most"] > 0)
    rows["shown"] = [f"{row.percent:.2g} %, limit {row.most:g} %" for row in rows.itertuples()]
    names = alt.Axis(domain=False, ticks=False, title=None, labelLimit=190)
    base = alt.Chart(rows).encode(y=alt.Y("exceptions:N", sort=None, axis=names))
    top = max(float(rows["of_high"].max()) if len(rows) else 1.0, 1.0)
    scale = alt.Scale(domain=[0, 1.1 * top])
    x = alt.X("of_percent:Q", title="times the limit", scale=scale)
    outcomes = ["failed", "passed", "too few to say"]
    colour = alt.Color(
        "outcome:N", scale=alt.Scale(domain=outcomes, range=[WORSE, ACCENT, CONTEXT]), legend=None
    )
    limit = alt.Chart(pd.DataFrame({"at": [1.0]})).mark_rule(color=CONTEXT, strokeDash=[4, 3])
    chart = alt.layer(
        limit.encode(x=alt.X("at:Q", scale=scale)),
        base.mark_rule(strokeWidth=3, opacity=0.5).encode(
            x=alt.X("of_low:Q", scale=scale), x2="of_high:Q", color=colour
        ),
        base.mark_point(size=60).encode(x=x, color=colour, tooltip=["exceptions:N", "shown:N", "outcome:N"]),
        base.mark_text(align="left", dy=-11, fontSize=11).encode(x=alt.value(4), text="shown:N"),
    )
    return apply_theme(chart.properties(width="container", height=alt.Step(40)))
