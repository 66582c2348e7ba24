"""What a page draws of plain outputs, and what it names because it cannot."""

from __future__ import annotations

import re

import altair as alt
import pandas as pd
import pytest
from IPython.display import Latex
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from lucky_analytics.pages import render
from lucky_analytics.pages.carried import MOST_COLUMNS, MOST_ROWS, cap_table
from lucky_analytics.report_charts import VEGA_LITE
from lucky_analytics.tables.render import Column
from lucky_analytics.tables.render import render as render_table
from tests.example_pages import FACTS, example_notebook

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def page_with(*cells) -> str:
    node = example_notebook()
    position = next(i for i, cell in enumerate(node.cells) if cell.source.startswith("## Data"))
    node.cells[position + 1 : position + 1] = cells
    return render(node, name="store_ramp_curves", department="operations", run=FACTS)


def shown(data) -> str:
    return page_with(new_code_cell("x", outputs=[new_output("execute_result", data)]))


def test_a_plain_chart_is_drawn():
    chart = alt.Chart(pd.DataFrame({"x": [1, 2]}), title="Sold <out>").mark_point().encode(x="x:Q")
    data = {VEGA_LITE: chart.to_dict(), "text/plain": "A chart"}
    assert 'src="data:image/svg+xml;base64,' in shown(data)
    assert 'alt="Sold &lt;out&gt;"' in shown(data)
    broken = {VEGA_LITE: {**chart.to_dict(), "mark": "nonsense"}}
    assert "a page cannot carry it: a chart (" in shown(broken)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {
                "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
                "text/plain": "IntSlider(value=1)",
            },
            "a page cannot carry it: a widget (IntSlider).",
        ),
        ({"application/javascript": "alert(1)"}, "a page cannot carry it: application/javascript."),
        ({"text/html": "<div id='v'></div><script>draw()</script>"}, "cannot carry it: what a script draws."),
        (
            {"text/html": "<video src='x.mp4'></video><iframe src='y'></iframe>"},
            "a video and an embedded page.",
        ),
        (
            {"text/html": "<img src='https://x.example/p.png' alt='a map'>"},
            "not stored in the notebook (a map)",
        ),
        (
            {"text/latex": Latex(r"$\displaystyle x^2 < 4$").data, "text/plain": "<Latex>"},
            "<code>x^2 &lt; 4</code>",
        ),
        ({"image/svg+xml": "<svg onload='x()'></svg>"}, 'src="data:image/svg+xml;base64,'),
        ({"image/png": PIXEL}, "data:image/png;base64,"),
        ({"text/plain": "plain <words>"}, "plain &lt;words&gt;"),
    ],
)
def test_other_outputs_are_shown_or_named(data, words):
    made = shown(data)
    assert words in made
    assert "onload" not in made and "alert(1)" not in made


def test_a_plain_frame_is_a_table_without_a_word_about_looks():
    made = shown({"text/html": pd.DataFrame({"n": [1, 2]})._repr_html_()})
    assert "<td" in made and "cannot carry" not in made


def test_a_styled_table_keeps_its_colours():
    frame = pd.DataFrame({"n": [1, 2]})
    styled = frame.style.apply(lambda column: ["background-color: red; color: white", ""]).to_html()
    made = shown({"text/html": styled})
    assert 'style="background-color:red;color:white"' in made
    assert "#T_" not in made


def test_a_styled_table_keeps_the_looks_of_its_rows_and_headers_and_names_the_others():
    frame = pd.DataFrame({"n": [1, 2, 3], "m": [4, 5, 6]})
    looks = [
        {"selector": "th", "props": "background-color: navy; border: 1px solid"},
        {"selector": "tbody tr:nth-child(even)", "props": "background: silver"},
        {"selector": ".col1", "props": "font-weight: bold"},
        {"selector": "td:hover", "props": "color: red"},
        {"selector": "caption", "props": "font-style: italic"},
    ]
    made = shown({"text/html": frame.style.set_table_styles(looks).set_caption("Sold").to_html()})
    table = made[made.rindex("<table", 0, made.index("Sold</caption>")) :]
    assert '<caption style="font-style:italic">Sold' in table
    assert table.count("background-color:navy") >= 5  # two columns' headers and three rows'
    rows = re.findall(r"<tr([^>]*)>", table)
    assert [("silver" in row) for row in rows[:4]] == [False, False, True, False]
    assert len(re.findall(r"<td[^>]*font-weight:bold[^>]*>[456]", table)) == 3
    assert "cannot carry it: some looks of a styled table (border, td:hover)" in made


def test_pictures_of_a_notebook_are_inside_its_page_and_others_are_named():
    stored = {"my plan.png": {"image/png": PIXEL}, "pasted.png": {"image/png": PIXEL}}
    text = "![the plan](<my plan.png>) ![pasted](attachment:pasted.png) ![gone](gone.png)"
    made = page_with(new_markdown_cell(text, attachments=stored))
    assert made.count(f'src="data:image/png;base64,{PIXEL}"') == 2
    assert "[A picture that is not stored in the notebook (gone)]" in made
    node = example_notebook()
    node.cells[1] = new_markdown_cell("Decides. ![p](attachment:pasted.png)", attachments=stored)
    lead = render(node, name="n", department="operations", run=FACTS).split('class="lead"')[1]
    assert f'src="data:image/png;base64,{PIXEL}"' in lead


def test_a_long_table_is_capped_and_says_so_whoever_made_it():
    frame = pd.DataFrame({"n": range(MOST_ROWS + 5)})
    made = shown({"text/html": frame.to_html()})
    assert f"The first {MOST_ROWS:,} of {MOST_ROWS + 5:,} rows." in made
    assert f"<td>{MOST_ROWS - 1}<" in made and f"<td>{MOST_ROWS + 1}<" not in made
    noted = render_table(frame, {"n": Column("N")}, "long")  # one row more, of notes, is no row of the table
    assert cap_table(noted) == noted
    assert f"The first {MOST_ROWS:,} of {MOST_ROWS + 5:,} rows; the downloads hold all." in noted
    whole = frame.head(MOST_ROWS).to_html()
    assert cap_table(whole) == whole


def test_a_wide_table_is_capped_and_says_so_whoever_made_it():
    frame = pd.DataFrame([range(2_000)] * 3).add_prefix("c")
    made = shown({"text/html": frame.style.to_html()})  # its row numbers are a column, too
    assert "The first 50 of 2,001 columns." in made
    assert ">c48<" in made and ">c49<" not in made
    assert (made.count(">48<"), made.count(">49<")) == (3, 0)
    noted = render_table(frame, {name: Column(name) for name in frame}, "wide")
    assert "The first 50 of 2,000 columns; the downloads hold all." in noted
    assert cap_table(noted) == noted
    whole = frame.iloc[:, : MOST_COLUMNS - 1].to_html()
    assert cap_table(whole) == whole
