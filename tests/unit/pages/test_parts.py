"""The small parts of a page: cleaning, sections, assets."""

from __future__ import annotations

import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lucky_analytics.errors import PublishError
from lucky_analytics.pages import remove_unused_assets, write_assets
from lucky_analytics.pages.assets_folder import name_assets
from lucky_analytics.pages.charts import format_json, format_picture
from lucky_analytics.pages.clean import clean_html, name_missing
from lucky_analytics.pages.sections import read_sections


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<div style='width: 40%; position: fixed'>1</div>", '<div style="width:40%">1</div>'),
        ("<table><tr><th></th></tr></table>", "<table><tbody><tr><td></td></tr></tbody></table>"),
        ('<p class="gt_row gt_right x">1</p>', '<p class="gt_right">1</p>'),
        ('<p class="cell">1</p>', "<p>1</p>"),
        (
            '<div style="width:6%;height:3px;margin-left:auto;background:#3b7dd8"></div>',
            '<div class="bar" style="width:6%"></div>',
        ),
        ("<p id='a' headers='b'>1</p>", "<p>1</p>"),
        (
            "<img src='https://tracker.example/p.png' alt='a'>",
            '<span class="unavailable">[A picture that is not stored in the notebook (a)]</span>',
        ),
        ("<img src='data:image/png;base64,aa'>", '<img src="data:image/png;base64,aa">'),
        ("<style>#x{color:red}</style><p>1</p>", "<p>1</p>"),
        ("<form action='/x'><p>1</p></form>", "<p>1</p>" + name_missing("a form")),
        ("<p>1</p><script>draw()</script>", "<p>1</p>" + name_missing("what a script draws")),
        ("<div style='background: url(https://x.example/p)'>1</div>", "<div>1</div>"),
        (
            "<svg viewBox='0 0 1 1'><foreignObject><p>1</p></foreignObject></svg>",
            '<svg viewBox="0 0 1 1"></svg>',
        ),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
    ],
)
def test_clean_html(markup, expected):
    assert clean_html(markup) == expected


def test_json_in_a_script_element_is_the_same_json():
    data = {"name": "</script><!-- & \u2028 é"}
    text = format_json(data)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == data


def test_picture_prefers_svg_and_may_be_missing():
    assert format_picture({"image/svg+xml": "<svg/>", "image/png": "aa"}).startswith(
        "data:image/svg+xml;base64,"
    )
    assert format_picture({"image/png": "a\na\n"}) == "data:image/png;base64,aa"
    assert format_picture({"text/plain": "x"}) == ""


def test_sections_keep_notebook_order_and_split_cells_at_headings():
    shown = [new_output("display_data", data={"text/plain": "1"})]
    cells = [
        new_markdown_cell("# Question\n\nWho decides."),
        new_code_cell("setup", outputs=shown),
        new_markdown_cell("## Data\nA\n## Method\nB\n```\n## no heading\n```"),
        new_code_cell("m", outputs=shown),
        new_code_cell("silent"),
        new_markdown_cell("## Extra\nC"),
    ]
    text = read_sections(new_notebook(cells=cells))
    assert (text.title, text.lead) == ("Question", "Who decides.")
    assert [cell["source"] for cell in text.cells["Data"]] == ["A"]
    method = [cell["source"] for cell in text.cells["Method"]]
    assert method == ["B\n```\n## no heading\n```", "m", "### Extra\n\nC"]


def test_assets_are_written_once_and_repaired(tmp_path):
    folder = tmp_path / "assets"
    assert write_assets(folder)
    assert not write_assets(folder)
    names = name_assets()
    assert {file.name for file in folder.iterdir()} == set(names.values())
    assert set(names) == {"charts.js", "suite.css", "suite.js", "vega.js"}
    (folder / names["vega.js"]).write_text("half")
    assert write_assets(folder)
    assert "vegaEmbed" in (folder / names["vega.js"]).read_text()


def test_assets_that_cannot_be_written_are_a_named_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PublishError, match="can be written"):
        write_assets(tmp_path / "file" / "assets")


def test_assets_stay_while_a_page_refers_to_them(tmp_path):
    folder = tmp_path / "assets"
    write_assets(folder)
    for name in ("suite-0ld00000.css", "charts-older000.js"):
        (folder / name).write_text("of another version")
    page = tmp_path / "report.html"
    page.write_text('<link rel="stylesheet" href="../../assets/suite-0ld00000.css">')
    assert remove_unused_assets(folder, [page]) == ["charts-older000.js"]
    assert {file.name for file in folder.iterdir()} == {*name_assets().values(), "suite-0ld00000.css"}
