"""The map and the pins of the site app: what is shown, placed, dragged, nudged, refused."""

from __future__ import annotations

from tests.browser.app_server import until
from tests.browser.site_walk import SQUARES, cards, changed, net


def test_what_the_map_shows_areas_by_six_measures_stations_stores_and_competitors(page):
    colours = "new Set(Object.values(luckyApp.frame.map.tracts._layers).map((t) => t.options.fillColor)).size"
    for name, unit in (
        ("residents", "a km\N{SUPERSCRIPT TWO}"),
        ("jobs", "CTPP 2012-16"),
        ("income", "USD"),
        ("age", "years"),
        ("density", "modelled"),
    ):
        page.locator("#shade").select_option(name)
        assert unit in page.locator(".legend").inner_text()
        assert page.evaluate(colours) >= 5, name
    # Places cannot be told apart on this estate, so no map of what a new store would bring.
    assert page.locator("#shade option[value=net]").is_disabled()
    assert page.locator(".store", has_text="221 Grand").count() == 1 and page.locator(".store").count() == 10
    assert page.locator(".place", has_text="Hudson River").count() == 1
    assert page.locator(".place.area").count() > 20
    assert "15 % or more above our median" in page.locator(".legend").inner_text()
    shown = "luckyApp.frame.map.map.hasLayer(luckyApp.frame.map.%s)"
    assert page.evaluate(shown % "stations") and not page.evaluate(shown % "rivals")
    page.locator(".map-tools .check", has_text="Competitors").click()
    assert page.evaluate(shown % "rivals")
    assert page.evaluate("luckyApp.frame.map.rivals.getLayers().length") == 2
    page.locator('[data-site="180 Varick"] .site-head').click()
    until(page, "document.querySelector('[data-site=\"180 Varick\"]').textContent.includes('1 competitors')")
    assert "competitors: coffee and tea shops" in page.locator(".provenance").inner_text()
    page.evaluate("void luckyApp.frame.map.rivals.getLayers()[0].openTooltip()")
    assert page.locator(".tract-tip", has_text="JOE'S <b>COFFEE</b> (competitor)").count() == 1
    assert page.seen == []


def test_place_type_drag_nudge_remove_and_undo(page):
    start = net(page)
    spot = page.evaluate("luckyApp.frame.map.map.latLngToContainerPoint([40.7185, -73.9830])")
    page.locator(".map").click(position={"x": spot["x"], "y": spot["y"]})
    placed = changed(page, start)
    assert len(cards(page)) == 3
    page.locator("#typed").fill("40.7681, -73.9819")
    page.keyboard.press("Enter")
    typed = changed(page, placed)
    assert len(cards(page)) == 4 and "40.7681" in page.url
    first = page.locator(".site").first.inner_text()
    assert "Must sell to pay back" in first and "Score" not in first and "Among the first" not in first
    pin = page.locator(".pin", has_text="A ").bounding_box()
    page.mouse.move(pin["x"] + 10, pin["y"] + 8)
    page.mouse.down()
    page.mouse.move(pin["x"] + 70, pin["y"] + 60, steps=8)
    page.mouse.up()
    dragged = changed(page, typed)
    # Half a kilometre on it is another place.
    until(page, "!luckyApp.frame.state.candidates.some((c) => c[0] === '180 Varick')")
    marker = page.locator(".leaflet-marker-icon", has=page.locator(".pin", has_text="B "))
    marker.focus()
    page.keyboard.press("Shift+ArrowUp")
    changed(page, dragged)
    page.keyboard.press("Delete")
    until(page, "document.querySelectorAll('.site').length === 3")
    assert "Grand Central" not in cards(page)
    for _ in range(5):
        page.get_by_role("button", name="Undo").click()
        until(page, "!luckyApp.frame.busy")
    assert net(page) == start and page.get_by_role("button", name="Undo").is_disabled()
    page.get_by_role("button", name="Redo").click()
    assert changed(page, start) == placed
    assert page.seen == []


# A function of no value: what Leaflet returns is the whole map, which no browser can hand over.
CLICK_ON_OUR_STORE = "() => { luckyApp.frame.map.stores.get('221 Grand').fire('click') }"


def test_leaving_out_a_store_on_the_map_asks_first(page):
    start = net(page)
    asked = []
    page.once("dialog", lambda box: (asked.append(box.message), box.dismiss()))
    page.evaluate(CLICK_ON_OUR_STORE)
    assert "221 Grand" in asked[0] and net(page) == start
    page.once("dialog", lambda box: box.accept())
    page.evaluate(CLICK_ON_OUR_STORE)
    until(page, "luckyApp.frame.result.scenario.left_out.length === 1")
    page.evaluate(CLICK_ON_OUR_STORE)  # taken back without a question
    until(page, "luckyApp.frame.result.scenario.left_out.length === 0")


def test_a_place_unlike_our_stores_has_no_number_and_nothing_is_proposed(page):
    page.evaluate(
        "luckyApp.frame.evaluate({ query: 'at=40.8700,-73.9250,Inwood&at=40.7275,-74.0054,Varick' })"
    )
    until(page, "!luckyApp.frame.busy && luckyApp.frame.result.sites[0].site === 'Inwood'")
    card = page.locator('[data-site="Inwood"]').inner_text()
    assert "not predicted" in card and "farther from our stores" in card and "profit" not in card
    page.get_by_text("Propose the next sites").click()
    page.locator("#search-run").click()
    page.get_by_text("Nothing is proposed").wait_for()
    assert page.evaluate(SQUARES) == 0 and page.locator("#search-take").count() == 0


def test_a_site_outside_the_view_moves_the_map_and_one_inside_does_not(page):
    where = "luckyApp.frame.map.map.getCenter().lat"
    page.evaluate("void luckyApp.frame.map.map.setView([40.72, -74.0], 14, { animate: false })")
    before = page.evaluate(where)
    for place, has_moved in (("40.7201, -74.0001", False), ("40.7681, -73.9819", True)):
        page.locator("#typed").fill(place)
        page.keyboard.press("Enter")
        until(page, "!luckyApp.frame.busy")
        assert (abs(page.evaluate(where) - before) > 0.01) == has_moved
    page.evaluate("void luckyApp.frame.map.frame(luckyApp.frame.state.candidates.map((c) => [c[1], c[2]]))")


def test_a_dragged_pin_says_that_its_number_is_an_old_one(page):
    look = "luckyApp.frame.map.markers.get('180 Varick').getElement().firstChild.className"
    assert "old" not in page.evaluate(look)
    page.evaluate("() => { luckyApp.frame.map.age(luckyApp.frame.map.markers.get('180 Varick')) }")
    assert "old" in page.evaluate(look)
    page.locator("#lever-rent").fill("20000")  # the next answer for where it stands makes it new
    until(page, f"!({look}).includes('old')")
