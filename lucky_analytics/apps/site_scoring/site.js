/* The site what-if: map and panel. Everything drawn comes from one answer of Python. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put, money, number } = app;
  const MOST = 12;

  app.views.site_scoring = (frame) => {
    const told = frame.context;
    const fold = { isOpen: false };
    let selected = null, shade = "net", map = null;

    /* ---- what a reader does ---- */
    const unitOf = (name) => told.shades.find((each) => each[0] === name)[2];
    const freeName = (state) => { let n = state.candidates.length + 1; while (state.candidates.some((c) => c[0] === `Site ${n}`)) n += 1; return `Site ${n}`; };
    const place = (lat, lon, name) => {
      if (frame.state.candidates.length >= MOST) { frame.say(`At most ${MOST} sites at a time.`, "problem"); return; }
      frame.change((state) => { const called = name || freeName(state); selected = called; state.candidates.push([called, +lat.toFixed(5), +lon.toFixed(5)]); });
      map.reveal(lat, lon);
    };
    const move = (name, lat, lon) => frame.change((state) => {
      const site = state.candidates.find((c) => c[0] === name);
      if (site) { site[1] = +lat.toFixed(5); site[2] = +lon.toFixed(5); }
    }, `move-${name}`);
    const remove = (name) => frame.change((state) => { state.candidates = state.candidates.filter((c) => c[0] !== name); if (selected === name) selected = state.candidates[0]?.[0] ?? null; });
    /* A name says a place: a pin that was moved away from it is another place. */
    const FAR = 150, named = new Map();
    const settle = (name) => {
      const site = frame.state.candidates.find((c) => c[0] === name), from = named.get(name);
      if (!site || !from || /^Site \d+$/.test(name)) return;
      const metres = Math.hypot((site[1] - from[0]) * 111200, (site[2] - from[1]) * 84300);
      if (metres > FAR) rename(name, freeName(frame.state), `move-${name}`);
    };
    const askStore = (name) => {
      if (!frame.state.left_out.includes(name) && !globalThis.confirm(`Leave our store ${name} out of this scenario?`)) return;
      toggleStore(name);
    };
    const toggleStore = (name) => frame.change((state) => { state.left_out = state.left_out.includes(name) ? state.left_out.filter((n) => n !== name) : [...state.left_out, name]; });
    const take = (places) => {
      frame.change((state) => {
        for (const [name, lat, lon] of places) if (state.candidates.length < MOST) { state.candidates.push([name, +lat.toFixed(5), +lon.toFixed(5)]); selected = name; }
      });
      for (const [, lat, lon] of places) map.reveal(lat, lon);
    };
    const select = (name) => { if (selected !== name) { selected = name; draw(frame.result); } };
    const pick = (name) => { select(name); const site = frame.result.sites.find((each) => each.site === name); if (site) map.reveal(site.latitude, site.longitude); };
    const moveTo = (name, lat, lon) => { move(name, lat, lon); settle(name); map.reveal(lat, lon); };
    const rename = (from, to, step) => {
      const name = to.trim().slice(0, 60);
      if (!name || name === from || frame.state.candidates.some((c) => c[0] === name)) return;
      if (selected === from) selected = name;
      map.rename(from, name);
      named.delete(from);
      frame.change((state) => { state.candidates.find((c) => c[0] === from)[0] = name; }, step);
    };

    /* ---- the page ---- */
    const mapElement = h("div", { class: "map", role: "application", "aria-label": "Map of Manhattan. Click to place a site." });
    const legend = h("div", { class: "legend" });
    const shades = h("select", { id: "shade", "aria-label": "Shade areas by", onchange: (event) => { shade = event.target.value; paint(); } },
      told.shades.map(([name, label]) => h("option", { value: name }, label)));
    const toggle = (name, label, isOn) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: isOn, onchange: (event) => map.show(name, event.target.checked) }), name === "names" ? null : h("span", { class: `spot ${name}`, "aria-hidden": "true" }), label);
    const mapTools = h("div", { class: "map-tools" }, shades, toggle("stations", "Subway", true), toggle("names", "Names", true),
      told.competitors ? toggle("competitors", "Competitors", false) : null);
    const compared = new app.Comparison(frame, (result) => app.sites.rows(told, result));
    const header = frame.header("Where should the next store open?", compared.button, app.sites.menu(frame));
    const summary = h("section", { class: "card summary", "aria-label": "All sites together" });
    const list = h("section", { class: "sites", "aria-label": "Sites" });
    const typed = h("input", { type: "text", id: "typed", placeholder: "40.7527, \u221273.9772", "aria-label": "Latitude, longitude", autocomplete: "off" });
    const add = h("form", { class: "add", onsubmit: (event) => {
      event.preventDefault();
      const parts = typed.value.replaceAll("\u2212", "-").match(/^\s*(-?\d+(?:\.\d+)?)\s*[,; ]\s*(-?\d+(?:\.\d+)?)\s*$/);
      if (!parts) { frame.say("Write a place as latitude, longitude: 40.7527, -73.9772", "problem"); return; }
      typed.value = "";
      place(+parts[1], +parts[2]);
    } }, typed, h("button", { type: "submit" }, "Add site"));
    const levers = frame.levers(told.levers.filter((lever) => lever.group === "lease"), true, "Assumptions of the lease");
    const model = frame.levers(told.levers.filter((lever) => lever.group === "model"), false, "Model");
    const weighing = app.sites.weighing(frame);
    const storeList = h("div", { class: "store-list" });
    const stores = h("details", { class: "card" }, h("summary", {}, h("h2", {}, "Our stores")), h("p", { class: "note" }, "Untick a store to see the island without it."), storeList);
    const search = app.sites.search(frame, { take, drawSurface: (found) => map.drawSurface(found) });
    const panel = h("main", { class: "panel" }, summary, list, add, levers, weighing.element, model, search.element, stores, h("footer", {}, frame.provenance()));
    const element = h("div", { class: "app-shell" }, header, h("section", { class: "map-side", "aria-label": "Map" }, mapElement, mapTools, legend), compared.element, panel);

    const paint = () => {
      if (!map || !frame.result) return;
      const values = shade === "net" || shade === "density" ? frame.result.areas[shade] : told.values[shade];
      map.shade(shade, values, unitOf(shade));
    };
    const drawLegend = ({ ramp, loss, cuts }) => {
      const found = search.found();
      const [, label, unit] = found ? ["", "A first site here would add", `USD a month, ${told.objectives.find((each) => each[0] === found.objective)[1]}`] : told.shades.find((each) => each[0] === shade);
      const show = (v) => (unit.startsWith("USD") ? money(v, 0) : number(v));
      const source = { residents: told.vintages.residents, jobs: told.vintages.jobs, income: told.vintages.income, age: told.vintages.areas }[found ? "" : shade] || "model of this app; see its assumptions";
      put(legend, h("b", {}, label), h("span", {}, ` ${unit}`),
        h("div", { class: "swatches" }, loss ? h("span", { style: `background:${loss}`, title: "below zero" }) : null, ramp.map((colour) => h("span", { style: `background:${colour}` }))),
        h("div", { class: "cuts" }, h("span", {}, loss ? "below 0" : cuts.length ? `under ${show(cuts[0])}` : "low"), h("span", {}, cuts.length ? `over ${show(cuts[4])}` : "high")),
        h("div", { class: "vintage" }, source),
        h("div", { class: "vintage" }, "Our stores: revenue a month; \u25b2 15 % or more above our median store's orders, \u25bc below"));
    };

    /* ---- drawing an answer ---- */
    let isFramed = false;
    function draw(result) {
      const sites = result.sites, good = sites.filter((site) => !site.refused);
      if (!sites.some((site) => site.site === selected)) selected = sites[0]?.site ?? null;
      for (const site of sites) if (!named.has(site.site)) named.set(site.site, [site.latitude, site.longitude]);
      for (const name of named.keys()) if (!sites.some((site) => site.site === name)) named.delete(name);
      shades.querySelector("[value=net]").disabled = !result.is_ranked;
      if (!result.is_ranked && shade === "net") { shade = "density"; shades.value = shade; }
      app.sites.summarise(summary, result, fold);
      search.follow(result);
      weighing.follow();
      const domain = good.length ? [Math.min(0, ...good.map((s) => s.profit_low)), Math.max(0, ...good.map((s) => s.profit_high))] : [0, 1];
      // A reader who is typing in a card keeps it.
      if (!list.contains(document.activeElement) || document.activeElement.tagName !== "INPUT") list.replaceChildren(...sites.map((site, index) => app.sites.card(site, index, result, domain, site.site === selected, { select: pick, move: moveTo, rename, remove })));
      drawStoreList(result);
      compared.draw();
      if (map && !isFramed) {
        isFramed = true;
        map.frame([...sites, ...result.stores].map((each) => [each.latitude, each.longitude]));
      }
      if (map) { map.drawStores(result.stores); map.drawSites(sites, selected); paint(); }
      frame.root.dataset.net = result.together ? result.together.net : "";
      frame.root.dataset.profit = result.together ? result.together.profit : "";
    }

    function drawStoreList(result) {
      storeList.replaceChildren(...result.stores.map((store) => h("label", { class: "check" },
        h("input", { type: "checkbox", checked: !store.is_out, onchange: () => toggleStore(store.name) }),
        h("span", { class: "store-name" }, store.name), h("span", { class: "muted" }, store.is_out ? "left out" : `${money(store.sold)} a month${store.lost > 0.5 ? `, ${app.MINUS}${money(store.lost)}` : ""}`))));
    }

    return {
      element,
      draw,
      mounted: () => {
        map = new app.SiteMap(mapElement, told, { place, move, settle, remove, select, toggleStore: askStore, legend: drawLegend });
        frame.map = map;
        for (const name of ["stations", "names"]) map.show(name, true);
        if (frame.result) draw(frame.result);
        else map.shade("jobs", told.values.jobs, unitOf("jobs"));
        const narrow = matchMedia("(max-width: 760px)").matches;
        if (narrow) levers.open = false;
        if (narrow) element.querySelector(".bar nav").prepend(element.querySelector("#save-report"));
      },
    };
  };
})();
