"""Pages of stores and products: what is gathered, what is not, and who may read it."""

from __future__ import annotations

import json
import re
import types
from dataclasses import replace

import pytest

from lucky_analytics.publish import audiences, morning, publish
from lucky_analytics.publish.entities import KINDS, gather
from lucky_analytics.publish.entity_pages import write_names
from lucky_analytics.publish.morning import StoreWeek
from lucky_analytics.publish.shelf import read_shelf
from tests.example_runs import make_settings, write_portal_runs, write_run, write_store_week

STORE, PRODUCT = KINDS


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = make_settings(tmp_path_factory.mktemp("entities"))
    write_portal_runs(settings)
    write_store_week(settings)
    return settings


@pytest.fixture(scope="module")
def found(settings):
    return gather(read_shelf(settings))


@pytest.fixture(scope="module")
def site(settings):
    return publish(settings).folder


def test_columns_of_tables_say_which_stores_and_products_there_are(found):
    assert [entity.name for entity in found.of(STORE)] == ["8th & Broadway", "221 Grand"]
    assert [entity.name for entity in found.of(PRODUCT)] == ["Iced Latte"]
    assert found.link("221 Grand") == "stores/221-grand.html"
    assert found.link("No such place") == ""


def test_rows_are_shown_as_their_report_shows_them(found):
    (week,) = (rows for rows in found.rows["8th & Broadway"] if rows.table == "stores")
    assert (week.labels, week.lines, week.n_rows) == (("Revenue",), (("$7,872",),), 1)


def test_a_name_inside_a_longer_name_is_not_named(found):
    said = [mention.text for mention in found.mentions["Iced Latte"]]
    assert said == ["Latte is not Iced Latte, nor is 221 Grand."]
    sentences = [m.text for m in found.mentions["8th & Broadway"] if m.run.notebook == "store_week"]
    assert sentences == ["Operations: look at 8th & Broadway."]


def test_a_run_for_one_store_is_its_own_report(found):
    assert [run.variant for run in found.own["221 Grand"]] == ["store=221 Grand"]
    assert found.own["8th & Broadway"] == []


def test_products_take_the_rows_of_their_category(tmp_path):
    import pandas as pd
    from nbformat.v4 import new_code_cell, new_notebook

    from lucky_analytics import report
    from lucky_analytics.tables.render import Column
    from tests.example_pages import record

    products = pd.DataFrame({"product_name": ["Latte", "Muffin"], "category": ["Drinks", "Food"]})
    prices = pd.DataFrame({"category": ["Drinks", "Food"], "best": [4.95, None]})
    looks = {"category": Column("Category"), "best": Column("Best price", "USD", 2)}
    said = [
        record(report.table, products, "products", "Products"),
        record(report.table, prices, "prices", "Best prices", looks),
    ]
    node = new_notebook(cells=[new_code_cell("said", outputs=outputs) for outputs in said])
    settings = make_settings(tmp_path)
    write_run(settings, node)
    rows = {name: found[1] for name, found in gather(read_shelf(settings)).rows.items()}
    assert (rows["Latte"].of_category, rows["Latte"].labels, rows["Latte"].lines) == (
        "Drinks",
        ("Best price",),
        (("$4.95",),),
    )
    assert rows["Muffin"].labels == ()  # what is not known of it is not listed


def test_each_page_has_its_own_title_and_leads_to_the_reports(site):
    titles = [
        re.search("<title>(.*)</title>", page.read_text())[1]
        for kind in ("stores", "products")
        for page in (site / kind).glob("*.html")
    ]
    assert len(titles) == len(set(titles)) == 5
    page = (site / "stores" / "8th-broadway.html").read_text()
    assert "8th &amp; Broadway" in page
    assert "fewer orders \u2212$1,274" in page
    for address in re.findall(r'href="([^"#]+)', page):
        assert (site / "stores" / address).exists(), address


def test_a_question_answered_for_one_store_alone_is_not_told_again_from_all_stores(settings, found, site):
    told = {table.run.variant for table in found.rows["221 Grand"] if table.run.notebook == "store_week"}
    assert "store=221 Grand" not in told and told  # the report on all stores has a row of it
    page = (site / "stores" / "221-grand.html").read_text()
    assert "made for this store alone" in page and "The week of each store" not in page
    assert "The week of each store" in (site / "stores" / "8th-broadway.html").read_text()


def test_reports_are_told_the_names_that_lead_somewhere(site):
    said = (site / "names.js").read_text().splitlines()[0]
    names = json.loads(said.removeprefix("window.luckyNames = ").rstrip(";"))
    assert set(names) == {"221 Grand", "8th & Broadway", "Iced Latte"}
    assert all((site / address).is_file() for address in names.values())


def test_an_audience_reads_of_a_store_only_what_its_runs_say(tmp_path):
    settings = make_settings(tmp_path)
    write_store_week(settings)
    only = audiences.Audience("grand", notebooks=("store_week",), parameters={"store": "221 Grand"})
    built = publish(settings, tmp_path / "grand", only).folder
    assert [page.name for page in (built / "stores").glob("[!i]*")] == ["221-grand.html"]
    assert "8th" not in (built / "names.js").read_text()
    assert "The week of each store" not in (built / "stores" / "221-grand.html").read_text()


def test_withheld_reports_say_nothing_of_a_store(tmp_path):
    settings = make_settings(tmp_path)
    write_store_week(settings)
    shelf = read_shelf(settings)
    for run in shelf.shown:
        run.results["problems"] = ["orders: keys not unique"]
    assert gather(shelf).found == []


def test_details_name_nobody_and_are_linked_instead_of_repeated(tmp_path):
    import pandas as pd
    from nbformat.v4 import new_code_cell, new_notebook

    from lucky_analytics import report
    from lucky_analytics.tables.render import Column
    from tests.example_pages import record

    looks = {"category": Column("Category"), "method": Column("Method")}
    methods = pd.DataFrame({"category": ["Drinks", "Drinks"], "method": ["by weeks", "by trial"]})
    products = pd.DataFrame({"product_name": ["Latte"], "category": ["Drinks"]})
    plain = pd.DataFrame({"product": ["Latte"]})
    errors = pd.DataFrame({"product_name": ["Latte", "Mean of products"], "error": [0.1, 0.2]})
    said = [
        record(report.table, products, "products", "Products"),
        record(report.table, plain, "second", "Second"),
        record(report.table, plain, "third", "Third"),
        record(report.table, methods, "methods", "Every method", looks),
        record(report.table, errors, "errors", "Error of the forecast"),
    ]
    settings = make_settings(tmp_path)
    write_run(settings, new_notebook(cells=[new_code_cell("said", outputs=outputs) for outputs in said]))
    assert [entity.name for entity in gather(read_shelf(settings)).of(PRODUCT)] == ["Latte"]
    page = (publish(settings).folder / "products" / "latte.html").read_text()
    assert "#table-errors" in page
    assert not re.search("Every method|0\\.1|Mean of products", page)


def listed(tmp_path, frame, looks, beside=None):
    """The page of a kind's list, of one report with this table, and with another one ``beside`` it."""
    from nbformat.v4 import new_code_cell, new_notebook

    from lucky_analytics import report
    from tests.example_pages import record

    settings = make_settings(tmp_path)
    said = record(report.table, frame, "every", "Every one", looks)
    cells = [new_code_cell("said", outputs=said)]
    if beside is not None:
        said = record(report.table, beside, "other", "Another table")
        cells.append(new_code_cell("said", outputs=said))
    write_run(settings, new_notebook(cells=cells))
    kind = "products" if "product_name" in frame else "stores"
    return (publish(settings).folder / kind / "index.html").read_text()


def order_in(page, *names):
    return sorted(names, key=lambda name: page.index(f">{name}</a>"))


def test_products_are_listed_by_what_their_next_price_gains_with_what_the_first_gains(tmp_path):
    import pandas as pd

    from lucky_analytics.tables import menu_columns

    names = [
        "product_name",
        "action",
        "margin",
        "net_price",
        "new_price",
        "new_gain",
        "new_gain_low",
        "new_gain_high",
    ]
    rows = [
        ("Latte", "less discount", 9000.0, 3.0, 3.5, 20.0, 5.0, 35.0),
        ("Muffin", "show it more", 10.0, 2.0, *[None] * 4),
        ("Mocha", "less discount", 100.0, 4.0, 4.5, 50.0, 40.0, 60.0),
        ("Bagel", "retire", 20.0, 2.0, *[None] * 4),
    ]
    looks = {name: look for name, look in menu_columns.PRODUCT.items() if name in names}
    page = listed(tmp_path / "some", pd.DataFrame(rows, columns=names), looks)
    assert "Mocha would gain most from its next price: $50.00 a month ($40.00 to $60.00)." in page
    assert order_in(page, "Latte", "Muffin", "Mocha", "Bagel") == ["Mocha", "Latte", "Bagel", "Muffin"]
    assert '<th scope="col" class="wide">To consider</th>' in page and 'class="number">Gain a month' in page
    assert "What it hangs on" not in page and ">Reports<" not in page and "Generated data" in page
    page = listed(tmp_path / "none", pd.DataFrame(rows[1::2], columns=names), looks)
    assert "No price has a next step whose gain is clear." in page


def test_the_list_of_stores_names_those_that_sell_less_than_usual():
    tones = ["down", "up", "down", "down", "", "down"]
    weeks = [
        StoreWeek(name, "$9K", "", "\u22129 %", "", tone, "", -ord(name))
        for name, tone in zip("ABCDEF", tones, strict=True)
    ]
    assert morning.name_fallen(weeks) == "F (\u22129 %), D (\u22129 %), C (\u22129 %) and 1 more"
    outside = [replace(week, is_outside=week.name in "AB") for week in weeks]
    assert morning.name_fallen(outside) == "A (\u22129 %)"
    assert morning.name_fallen(weeks[1:3]) == "C (\u22129 %)" and morning.name_fallen([]) == ""


def test_stores_are_listed_by_revenue_an_hour_and_the_first_and_last_are_named(tmp_path):
    import pandas as pd

    from lucky_analytics.tables import store_columns

    names = ["store_name", "revenue_hour", "orders_hour", "aov", "making", "fulfilled"]
    rows = [("8th & Broadway", 96.0, 18.7, 5.14, 3.1, 0.968), ("221 Grand", 228.0, 44.2, 5.15, 3.7, 0.983)]
    looks = {name: look for name, look in store_columns.GRID.items() if name in names}
    page = listed(tmp_path / "two", pd.DataFrame(rows, columns=names), looks)
    assert "221 Grand takes most an hour ($228), 8th &amp; Broadway least ($96)." in page
    assert order_in(page, "8th &amp; Broadway", "221 Grand")[0] == "221 Grand"
    alone = listed(tmp_path / "one", pd.DataFrame(rows[:1], columns=names), looks)
    assert "takes most" not in alone
    more = pd.DataFrame(
        {"store_name": ["8th & Broadway", "221 Grand", "54th & 8th"], "share": [0.1, 0.2, 0.3]}
    )
    beside = listed(tmp_path / "beside", pd.DataFrame(rows, columns=names), looks, more)
    assert "221 Grand takes most an hour" in beside  # not the table that has more stores


def test_names_of_servers_lead_to_the_report_on_them_where_the_portal_has_it(settings, site):
    frame = types.SimpleNamespace(site=site)
    shown = [types.SimpleNamespace(notebook="database_health", variant=name, link="platform/database_health")
             for name in ("", "server=salesorder")]  # fmt: skip
    entities = types.SimpleNamespace(found=[])
    kept = (site / "names.js").read_text()
    try:
        for runs, n in ((shown, 140), (shown[1:], 0), ([], 0)):
            write_names(frame, entities, [], shown=runs)
            said = (site / "names.js").read_text().splitlines()[0]
            names = json.loads(said.removeprefix("window.luckyNames = ").rstrip(";"))
            assert len(names) == n and set(names.values()) <= {"platform/database_health/index.html"}
    finally:
        (site / "names.js").write_text(kept)
