"""Executed notebook to page: order, escaping, reproducibility, what a failed run may say."""

from __future__ import annotations

import copy
import dataclasses
import json
import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from lucky_analytics import report
from lucky_analytics.pages import RunFacts, render
from tests.example_pages import FACTS, HOSTILE, example_notebook, failed_notebook, record


def page(node=None, facts: RunFacts = FACTS) -> str:
    node = node or example_notebook()
    return render(node, name="store_ramp_curves", department="operations", run=facts)


@pytest.fixture(scope="module")
def whole() -> str:
    return page()


def test_parts_stand_in_the_readers_order(whole):
    landmarks = [
        "<h1>How fast does a new store",
        "Generated data, calibrated",
        'class="answer-text"',
        '<h3>Decision: <strong class="strength">Act</strong></h3>',
        'class="tiles"',
        'id="figure-ramps"',
        'id="figure-plateaus"',
        'id="table-plateaus"',
        'id="limits"',
        'id="data"',
        'id="checks"',
        'id="method"',
        'id="provenance"',
        "lucky verify a1b2c3d4e5f60718",
    ]
    positions = [whole.find(landmark) for landmark in landmarks]
    assert -1 not in positions
    assert positions == sorted(positions)
    assert whole.count("<h1") == 1


def test_all_but_the_first_two_depths_is_folded_in_one_part(whole):
    opened, folded = re.split(r'<details><summary><h2 id="details">Details</h2>', whole)
    for part in ("answer", "figure-ramps", "table-plateaus"):
        assert f'id="{part}"' in opened
    for part in ("limits", "data", "checks", "method"):
        assert f'id="{part}"' in folded
    assert re.search(r'<section[^>]*>\s*<h2 id="limits">Limits</h2>\s*<ul class="caveats">', whole)
    assert "21st &amp; 3rd has one week" in whole


def test_from_the_fifth_figure_and_the_fourth_table_on_they_are_details():
    node = example_notebook()
    figures, table = (next(c for c in node.cells if c.source == name) for name in ("figures", "table"))
    figures.outputs, table.outputs = figures.outputs * 3, table.outputs * 4
    opened, folded = page(node).split('id="details"')
    assert [part.count("<figure ") for part in (opened, folded)] == [4, 2]
    # each figure and each table has its files
    assert [part.count('<p class="downloads">') for part in (opened, folded)] == [4 + 3, 2 + 1]


def test_the_finding_is_the_title_and_the_question_stands_above_it():
    node = example_notebook()
    node.cells.insert(-2, new_code_cell("title", outputs=record(report.title, "Seven stores level off")))
    made = page(node)
    assert '<h1 class="finding">Seven stores level off</h1>' in made and made.count("<h1") == 1
    assert '<p class="question">How fast does a new store' in made
    assert "<title>Seven stores level off</title>" in made


def test_a_decision_says_what_it_is_worth_why_and_what_would_change_it(whole):
    block = whole[whole.index('<div class="decision do">') :].split("</div>")[0]
    assert "<b>Expansion:</b> budget nine weeks" in block and "Worth $1,900 a month" in block
    assert "What would change this advice:</b> The next store grows up in five weeks." in block


def test_a_tile_shows_value_interval_count_and_query(whole):
    tile = whole[whole.index('data-headline="plateau"') :].split("</li>")[0]
    assert "$57.9K" in tile
    assert "a month</span>" in tile
    assert "$50.2K to $66.9K, 90\u00a0%\u00a0interval" in tile
    assert "n = 9 store-weeks" in tile
    assert "SUM(pay_cents)" in tile
    assert "516,280 rows, newest 2026-02-14 04:58 UTC" in tile


def test_a_value_that_cannot_be_known_says_why_in_the_open(whole):
    tile = whole[whole.index('data-headline="newest"') :].split("<details>")[0]
    assert "One week of trading cannot show a plateau." in tile


def test_code_never_reaches_a_reader(whole):
    assert "weekly.head(3)" not in whole
    assert "parameters" not in re.sub(r"<[^>]*>", "", whole).lower().split("provenance")[0]


def test_the_same_notebook_gives_the_same_bytes(whole):
    again = copy.deepcopy(example_notebook())
    for cell in again.cells:
        cell["id"] = f"x{id(cell):x}"[:8]
    again.metadata["papermill"] = {"start_time": "2026-11-22T01:26:06", "duration": 3.1}
    assert page(again) == whole


def test_random_ids_of_table_libraries_are_dropped(whole):
    # great-tables made the example anew, with other random ids, in each call
    assert page(example_notebook()) == whole
    assert "<style" not in whole


def test_text_from_the_database_stays_text():
    hostile = page(example_notebook(store_name=HOSTILE))
    assert "<script>document" not in hostile
    assert "document.title=" in hostile
    specs = re.findall(r'<script type="application/json">(.*?)</script>', hostile, re.DOTALL)
    assert len(specs) == 2
    assert HOSTILE in {row["store"] for spec in specs for rows in datasets(json.loads(spec)) for row in rows}


def datasets(spec: dict) -> list[list[dict]]:
    return [rows for rows in spec["datasets"].values() if "store" in rows[0]]


def test_hostile_markdown_and_html_outputs_are_harmless():
    node = example_notebook()
    html = '<p onclick="x()">ok</p><script>alert(1)</script><img src="https://tracker.example/p.png">'
    position = next(i for i, cell in enumerate(node.cells) if cell.source.startswith("## Data")) + 1
    node.cells.insert(position, new_code_cell("x", outputs=[new_output("display_data", {"text/html": html})]))
    node.cells.insert(
        position, new_markdown_cell("<iframe src='https://example.org'></iframe>\n\n[go](javascript:x)")
    )
    made = page(node)
    assert "alert(1)" not in made
    assert "onclick" not in made
    assert "<iframe" not in made
    assert "javascript:" not in made


def test_a_failed_run_says_what_failed_and_carries_no_number():
    facts = dataclasses.replace(FACTS, failed="ValueError: plateau <0>")
    failed = page(failed_notebook(), facts)
    assert "ValueError: plateau &lt;0&gt;" in failed
    assert "57.9K" not in failed
    assert "tiles" not in failed
    assert "<h1>How fast" in failed


def test_data_with_a_problem_stands_in_place_of_the_number():
    broken = {"luckyus_sales_order.t_order": {"rows": 1, "problem": "no rows since 1 Feb"}}
    withheld = page(facts=dataclasses.replace(FACTS, tables=broken))
    assert "57.9K" not in withheld
    assert "luckyus_sales_order.t_order: no rows since 1 Feb" in withheld
    assert "3 charts and tables are not shown" in withheld
    assert '<strong class="strength">Wait<' in withheld and "budget nine weeks" not in withheld
    for part in ("<figure", "tables/plateaus", "Seven of ten stores level off", "Plateau and ramp by store"):
        assert part not in withheld


def test_a_formula_is_shown_without_dollar_signs_and_money_with_them():
    node = example_notebook()
    money = "Prices rose from $4.71 to $5.03 a cup, $$a_i + b$$ and `$x$` aside."
    position = next(i for i, cell in enumerate(node.cells) if cell.source.startswith("## Limits"))
    node.cells.insert(position + 1, new_markdown_cell(money))
    made = page(node)
    assert "<code>y = a(1 - e^{-t/b})</code>" in made
    assert "Prices rose from $4.71 to $5.03 a cup, <code>a_i + b</code> and <code>$x$</code> aside." in made


def test_an_empty_table_says_so():
    assert "There are no rows for this period" in page(example_notebook(empty_table=True))
    assert "There are no rows" not in page()


def test_a_section_that_raised_says_that_it_is_not_available():
    node = example_notebook()
    error = new_output("error", ename="ZeroDivisionError", evalue="secret path", traceback=["/home/x"])
    node.cells.append(new_markdown_cell("## Method"))
    node.cells.append(new_code_cell("1/0", outputs=[error]))
    made = page(node)
    assert "not available: ZeroDivisionError" in made
    assert "/home/x" not in made


def test_logs_of_ten_megabytes_do_not_reach_the_page(whole):
    node = example_notebook()
    node.cells.insert(
        4, new_code_cell("noisy", outputs=[new_output("stream", text="log line\n" * 1_100_000)])
    )
    assert page(node) == whole


def test_cells_end_where_the_next_one_begins(whole):
    assert re.search(r"<tr>\s*<td[^>]*>8th &amp; Broadway<td>97,000<td>", whole)
    assert "</td></td>" not in whole


def test_page_without_chart_data_is_light(whole):
    bare = re.sub(
        r'<script type="application/json">.*?</script>|<noscript>.*?</noscript>', "", whole, flags=re.S
    )
    assert len(bare.encode()) < 150_000


def test_nothing_in_the_page_points_to_the_network(whole):
    text = re.sub(r'<script type="application/json">.*?</script>|base64,[^"]*', "", whole, flags=re.DOTALL)
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)


def test_period_is_half_open_in_parameters_and_inclusive_for_readers():
    parameters = {"start": "2025-06-30", "end": "2026-02-14"}
    assert dataclasses.replace(FACTS, parameters=parameters).period == "30 Jun 2025 to 13 Feb 2026"
    assert (
        dataclasses.replace(FACTS, parameters={"start": "2025-06-30"}).period == "30 Jun 2025 to 13 Feb 2026"
    )
    assert FACTS.period == ""


def test_parameters_read_as_they_would_be_typed():
    parameters = {"sites": ["A; 1", "B; 2"], "file": "", "level": 0.9, "as_of": "2026-02-13"}
    shown = page(facts=dataclasses.replace(FACTS, parameters=parameters)).split('id="provenance"')[1]
    assert "<dt>Sites</dt><dd><code>A; 1, B; 2</code></dd>" in shown
    assert "<dt>File</dt><dd><code>–</code></dd>" in shown
    assert "As of" not in shown
