/* The site what-if: map and panel. Everything drawn comes from one answer of Python. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put, money, signed, percent, number, interval, lines, bars } = app;
  const MOST = 12;
  const letter = (index) => String.fromCharCode(65 + index);
  const range = (low, high) => `${money(low)} to ${money(high)}`;

  function months(site, lease, name) {
    const value = site[name], low = site[`${name}_low`], high = site[`${name}_high`], most = lease.horizon_months;
    if (low === null) return `not within ${most} months`;
    if (high === null) return `cannot be said (${number(low)} months at best, perhaps not within ${most})`;
    return `${number(value)} months (${number(low)} to ${number(high)})`;
  }

  app.views.site_scoring = (frame) => {
    const told = frame.context;
    let selected = null, shade = "net", map = null, found = null, foundFor = "", held = 0, isSetOpen = false;

    /* ---- what a reader does ---- */
    const unitOf = (name) => told.shades.find((each) => each[0] === name)[2];
    const freeName = (state) => { let n = state.candidates.length + 1; while (state.candidates.some((c) => c[0] === `Site ${n}`)) n += 1; return `Site ${n}`; };
    const place = (lat, lon, name) => {
      if (frame.state.candidates.length >= MOST) { frame.say(`At most ${MOST} sites at a time.`, "problem"); return; }
      frame.change((state) => { const called = name || freeName(state); selected = called; state.candidates.push([called, +lat.toFixed(5), +lon.toFixed(5)]); });
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
      if (!site || !from || /^(Site|Proposal) \d+$/.test(name)) return;
      const metres = Math.hypot((site[1] - from[0]) * 111200, (site[2] - from[1]) * 84300);
      if (metres > FAR) rename(name, freeName(frame.state), `move-${name}`);
    };
    const askStore = (name) => {
      if (!frame.state.left_out.includes(name) && !globalThis.confirm(`Leave our store ${name} out of this scenario?`)) return;
      toggleStore(name);
    };
    const toggleStore = (name) => frame.change((state) => { state.left_out = state.left_out.includes(name) ? state.left_out.filter((n) => n !== name) : [...state.left_out, name]; });
    const select = (name) => { if (selected !== name) { selected = name; draw(frame.result); } };
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
    const toggle = (name, label, isOn, note) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: isOn, disabled: !!note, onchange: (event) => map.show(name, event.target.checked) }), h("span", { class: `spot ${name}`, "aria-hidden": "true" }), label, note ? h("span", { class: "note" }, ` ${note}`) : null);
    const mapTools = h("div", { class: "map-tools" }, shades,
      toggle("stations", "Subway", true),
      toggle("competitors", "Competitors", false, told.competitors ? null : "not loaded"));
    const header = frame.header("Where should the next store open?",
      h("button", { type: "button", id: "pin-scenario", onclick: () => pin() }, "Compare"),
      h("details", { class: "menu" }, h("summary", {}, "Export"), h("div", {},
        h("button", { type: "button", id: "export-csv", onclick: () => exportCsv() }, "Sites as CSV"),
        h("button", { type: "button", id: "export-geojson", onclick: () => exportGeojson() }, "Sites and stores as GeoJSON"))));
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
    const levers = frame.levers(told.levers, true);
    const storeList = h("div", { class: "store-list" });
    const stores = h("details", { class: "card" }, h("summary", {}, h("h2", {}, "Our stores")), h("p", { class: "note" }, "Untick a store to see the island without it."), storeList);
    const k = h("select", { id: "search-k", "aria-label": "How many" }, [1, 2, 3, 4, 5].map((n) => h("option", { value: n, selected: n === 2 }, `${n} ${n === 1 ? "site" : "sites"}`)));
    const objective = h("select", { id: "search-objective", "aria-label": "Objective" }, told.objectives.map(([name, text]) => h("option", { value: name }, text)));
    const searchNote = h("p", { class: "note", role: "status" });
    const search = h("details", { class: "card" }, h("summary", {}, h("h2", {}, "Propose the next sites")),
      h("div", { class: "row" }, k, h("span", {}, "for"), objective, h("button", { type: "button", id: "search-run", onclick: () => runSearch() }, "Search")),
      searchNote, h("div", { class: "row", id: "search-actions" }));
    const compared = h("section", { class: "card compare", hidden: true, "aria-label": "Scenarios compared" });
    const panel = h("main", { class: "panel" }, summary, list, add, levers, search, stores, compared, h("footer", {}, frame.provenance()));
    const element = h("div", { class: "app-shell" }, header, h("section", { class: "map-side", "aria-label": "Map" }, mapElement, mapTools, legend), panel);

    const paint = () => {
      if (!map || !frame.result) return;
      const values = shade === "net" || shade === "density" ? frame.result.areas[shade] : told.values[shade];
      map.shade(shade, values, unitOf(shade));
    };
    const drawLegend = ({ ramp, loss, cuts }) => {
      const [, label, unit] = found ? ["", "A first site here would add", `USD a month, ${told.objectives.find((each) => each[0] === found.objective)[1]}`] : told.shades.find((each) => each[0] === shade);
      const show = (v) => (unit.startsWith("USD") ? money(v, 0) : number(v));
      const source = { residents: told.vintages.residents, jobs: told.vintages.jobs, income: told.vintages.income, age: told.vintages.areas }[found ? "" : shade] || "model of this app; see its assumptions";
      put(legend, h("b", {}, label), h("span", {}, ` ${unit}`),
        h("div", { class: "swatches" }, loss ? h("span", { style: `background:${loss}`, title: "below zero" }) : null, ramp.map((colour) => h("span", { style: `background:${colour}` }))),
        h("div", { class: "cuts" }, h("span", {}, loss ? "below 0" : "low"), cuts.length ? h("span", {}, show(cuts[0])) : null, cuts.length ? h("span", {}, show(cuts[4])) : null, h("span", {}, "high")),
        h("div", { class: "vintage" }, source));
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
      drawSummary(result, good);
      // Squares of another scenario would be read as of this one.
      if (found && result.query !== foundFor) clear();
      const domain = good.length ? [Math.min(0, ...good.map((s) => s.profit_low)), Math.max(0, ...good.map((s) => s.profit_high))] : [0, 1];
      // A reader who is typing in a card keeps it.
      if (!list.contains(document.activeElement) || document.activeElement.tagName !== "INPUT") list.replaceChildren(...sites.map((site, index) => card(site, index, result, domain)));
      drawStoreList(result);
      drawCompared();
      if (map && !isFramed) {
        isFramed = true;
        map.frame([...sites, ...result.stores].map((each) => [each.latitude, each.longitude]));
      }
      if (map) { map.drawStores(result.stores); map.drawSites(sites, selected); paint(); }
      frame.root.dataset.net = result.together ? result.together.net : "";
      frame.root.dataset.profit = result.together ? result.together.profit : "";
    }

    function drawSummary(result, good) {
      const all = result.together;
      if (!all) {
        const text = result.sites.length ? "Nothing is predicted for these places: see why at each." : "Click the map, or type a coordinate below. Drag a site to move it; arrow keys work too.";
        put(summary, h("h2", {}, "Place a site"), h("p", {}, text));
        return;
      }
      const level = Math.round(100 * result.level), closed = result.closed;
      put(summary, 
        h("h2", {}, good.length === 1 ? good[0].site : `${good.length} sites together`),
        h("p", { class: `big ${all.profit < 0 ? "worse" : ""}`, id: "profit" }, signed(all.profit), h("small", {}, " profit a month")),
        interval(all.profit, all.profit_low, all.profit_high, [Math.min(0, all.profit_low), Math.max(0, all.profit_high)], `Profit ${money(all.profit)}, ${level} % interval ${range(all.profit_low, all.profit_high)}`),
        h("p", { class: "note" }, `${level} % interval ${range(all.profit_low, all.profit_high)}${good.length > 1 ? "; ends of the sites added up, which is cautious" : ""}`),
        h("dl", { class: "sum" },
          h("div", {}, h("dt", {}, "Own revenue"), h("dd", {}, money(all.gross))),
          h("div", {}, h("dt", {}, "\u2212 from our stores"), h("dd", {}, money(all.taken))),
          h("div", {}, h("dt", {}, "= net revenue"), h("dd", { id: "net" }, money(all.net))),
          h("div", {}, h("dt", {}, `\u00d7 margin of ${percent(result.set.lease.margin_rate)}`), h("dd", {}, money(all.net * result.set.lease.margin_rate))),
          h("div", {}, h("dt", {}, "\u2212 rent and other bills"), h("dd", {}, money(result.set.lease.rent_dollars_month + result.set.lease.fixed_dollars_month))),
          h("div", {}, h("dt", {}, `\u2212 build-out over ${result.set.lease.horizon_months} months`), h("dd", {}, money(result.set.lease.build_out_dollars / result.set.lease.horizon_months)))),
        all.taken_from_each_other > 0.5 ? h("p", { class: "note" }, `They would also take ${money(all.taken_from_each_other)} a month from each other; that is already off their own revenue.`) : null,
        good.length > 1 ? together(result, good) : null,
        result.scenario.left_out.length ? h("p", { class: "note" }, `Without ${result.scenario.left_out.join(", ")}: ${money(closed.lost)} a month is lost there, at most ${money(closed.regained)} comes back at its neighbours. Not part of the net above.`) : null,
        h("p", { class: "note" }, `At the plateau, tax included. ${result.basis} A store that was left out is missed by ${percent(result.error)} on average (${result.n_stores} stores).`));
    }

    /* What the sites do together beyond their revenue. */
    function together(result, good) {
      const all = result.set, lease = all.lease, ramp = all.ramp, level = Math.round(100 * result.level);
      const lost = result.stores.map((store) => ({ name: store.name, value: store.lost ?? 0 })).filter((row) => row.value > 50).sort((a, b) => b.value - a.value).slice(0, 8);
      return [
        h("dl", { class: "facts", id: "set-facts" },
          result.is_ranked ? fact("Score", `${number(result.together.score)} of 100`, `${number(result.together.score_low)} to ${number(result.together.score_high)}; share of ${number(result.n_sets)} random sets of ${good.length} tracts that would earn less`) : null,
          fact("Taken from our stores", `${percent(result.together.taken / result.together.gross)}`, `of what the sites sell; ${range(result.together.taken_low, result.together.taken_high)} a month`),
          fact("All pay back", months(all, lease, "payback"), `chance within ${lease.horizon_months} months: ${percent(all.p_payback)}; build-outs ${money(lease.build_out_dollars, 0)}, rents ${money(lease.rent_dollars_month, 0)} a month`),
          fact("Rents they can bear", all.bearable_rent > 0 ? `${money(all.bearable_rent)} a month` : "none", all.bearable_rent > 0 ? `all together; ${range(all.bearable_rent_low, all.bearable_rent_high)}` : `build-outs not back even rent-free; at best ${money(Math.max(all.bearable_rent_high, 0))}`)),
        h("details", { class: "more", id: "set-more", open: isSetOpen, ontoggle: (event) => { isSetOpen = event.target.open; } }, h("summary", {}, "First year, and who loses what"),
          h("h3", {}, "First year, all opened in the same week"), h("p", { class: "note" }, `Own revenue, dollars a month; band: the middle ${level} % of draws, in which sites miss independently of each other`),
          lines([{ values: ramp.y }], { unit: "$", low: ramp.low, high: ramp.high, label: `Ramp of ${good.length} sites together: ${money(ramp.y[0])} in month 1, ${money(ramp.y[11])} in month 12` }),
          h("h3", {}, "Taken from our stores"), h("p", { class: "note" }, `${money(result.together.taken)} a month (${range(result.together.taken_low, result.together.taken_high)}), by store`),
          lost.length ? bars(lost, (v) => money(v), "loss") : h("p", {}, "Hardly anything.")),
      ];
    }

    function card(site, index, result, domain) {
      const isOpen = site.site === selected;
      const head = h("button", { type: "button", class: "site-head", "aria-expanded": isOpen, onclick: () => select(isOpen ? null : site.site) },
        h("span", { class: "badge" }, letter(index)), h("span", { class: "site-name" }, site.site),
        site.refused ? h("span", { class: "muted" }, "not predicted") : h("span", { class: `site-net ${site.profit < 0 ? "worse" : ""}` }, signed(site.profit)));
      const must = site.needed ? fact("Must sell to pay back", `${money(site.needed)} a month`, `${range(site.needed_low, site.needed_high)}; ${number(site.needed_rate, 1)} orders a week for 1,000 people in reach, our best store has ${number(site.best_rate, 1)}`) : null;
      const body = site.refused ? (must ? h("dl", { class: "facts" }, must) : null) : [
        interval(site.profit, site.profit_low, site.profit_high, domain, `${site.site}: profit ${money(site.profit)}, ${range(site.profit_low, site.profit_high)}`),
        h("dl", { class: "facts" },
          must,
          fact("Net revenue", money(site.net), `${range(site.net_low, site.net_high)}; own ${money(site.gross)} less ${money(site.taken)} from our stores`),
          result.is_ranked ? fact("Score", `${number(site.score)} of 100`, `${number(site.score_low)} to ${number(site.score_high)}; share of ${result.n_reference} tracts that would earn less`) : null,
          !result.is_ranked ? null : rankFact(site, result.sites.filter((s) => !s.refused).length),
          fact("Pays back", months(site, result.lease, "payback"), `chance within ${result.lease.horizon_months} months: ${percent(site.p_payback)}`),
          fact("Rent it can bear", site.bearable_rent > 0 ? `${money(site.bearable_rent)} a month` : "none", site.bearable_rent > 0 ? range(site.bearable_rent_low, site.bearable_rent_high) : `build-out not back even rent-free; at best ${money(Math.max(site.bearable_rent_high, 0))}`))];
      const all = h("article", { class: `card site ${isOpen ? "open" : ""}`, "data-site": site.site }, head, body, isOpen ? detail(site, result) : null,
        site.warnings.length ? h("ul", { class: "warnings" }, site.warnings.map((text) => h("li", {}, text))) : null);
      return all;
    }
    /* Of three sites or fewer every one is among the first three: what is open is which is the best. */
    function rankFact(site, n) {
      if (n === 1) return fact("Rank", "\u2013", "place another site to compare it with");
      if (n <= 3) return fact("Rank", `${site.rank} of ${n}`, `the best of them in ${percent(site.p_first)} of draws`);
      return fact("Among the first three", percent(site.p_top3), `of draws; rank ${site.rank} of ${n}, middle 80 %: ${site.rank_low} to ${site.rank_high}`);
    }
    const fact = (label, value, note) => h("div", {}, h("dt", {}, label), h("dd", {}, value, h("span", { class: "note" }, note)));

    function detail(site, result) {
      const at = h("input", { type: "text", value: `${site.latitude}, ${site.longitude}`, "aria-label": "Coordinate", onchange: (event) => {
        const parts = event.target.value.split(",").map(Number);
        if (parts.length === 2 && parts.every(Number.isFinite)) { event.target.blur(); move(site.site, parts[0], parts[1]); } } });
      const name = h("input", { type: "text", value: site.site, maxlength: 60, "aria-label": "Name", onchange: (event) => { event.target.blur(); rename(site.site, event.target.value); } });
      const edit = h("div", { class: "row edit" }, name, at, h("button", { type: "button", class: "remove", onclick: () => remove(site.site) }, "Remove"));
      if (site.refused) return edit;
      const losses = Object.entries(site.losses).map(([n, value]) => ({ name: n, value })).filter((row) => row.value > 50).sort((a, b) => b.value - a.value).slice(0, 6);
      const radius = result.scenario.levers.radius * 1000;
      const drivers = Object.entries(site.drivers).map(([n, value]) => ({ name: n.replace("400 m", `${radius} m`), value }));
      const active = drivers.filter((row) => Math.abs(row.value) > 0.001);
      return h("div", { class: "detail" }, edit,
        h("h3", {}, "First year"), h("p", { class: "note" }, `Own revenue, dollars a month; plateau ${money(site.gross)} (${range(site.gross_low, site.gross_high)})`),
        lines([{ values: site.ramp }], { unit: "$", low: site.ramp.map((v) => (v * site.gross_low) / site.gross), high: site.ramp.map((v) => (v * site.gross_high) / site.gross), label: `Ramp of ${site.site}: ${money(site.ramp[0])} in month 1, ${money(site.ramp[11])} in month 12` }),
        h("h3", {}, "Taken from our stores"), h("p", { class: "note" }, `${money(site.taken)} a month (${range(site.taken_low, site.taken_high)}), by store`),
        losses.length ? bars(losses, (v) => money(v), "loss") : h("p", {}, "Hardly anything."),
        h("h3", {}, "What drives it"),
        active.length ? bars(active, (v) => (v > 0 ? "+" : "") + percent(v)) : h("p", {}, "Nothing sets it apart from the mean store."),
        drivers.length > active.length ? h("p", { class: "note" }, `No effect kept: ${drivers.filter((row) => !active.includes(row)).map((row) => row.name).join(", ")}.`) : null,
        h("p", {}, `Most like ${site.comparables}.`),
        h("p", { class: "note" }, `${site.area_name}. Within ${radius} m: ${number(site.jobs)} jobs, ${number(site.residents)} residents, ${number(site.stations)} ${site.stations === 1 ? "station" : "stations"}${site.competitors !== undefined && site.competitors !== null ? `, ${number(site.competitors)} competitors` : ""}.`));
    }

    function drawStoreList(result) {
      storeList.replaceChildren(...result.stores.map((store) => h("label", { class: "check" },
        h("input", { type: "checkbox", checked: !store.is_out, onchange: () => toggleStore(store.name) }),
        h("span", { class: "store-name" }, store.name), h("span", { class: "muted" }, store.is_out ? "left out" : `${money(store.sold)} a month${store.lost > 0.5 ? `, ${app.MINUS}${money(store.lost)}` : ""}`))));
    }

    /* ---- search, comparison, files ---- */
    async function runSearch() {
      const asked = (held += 1);
      searchNote.textContent = "Searching\u2026";
      try {
        const answer = await frame.ask("search", { scenario: frame.state, objective: objective.value, k: +k.value });
        if (asked !== held) return;
        if (answer.refused) { put(searchNote, `Nothing is proposed. ${answer.refused}`); return; }
        found = answer;
        foundFor = frame.result.query;
        map.drawSurface(found);
        put(searchNote, found.sites.length ? `${found.sites.map((s) => `${s[1].toFixed(4)}, ${s[2].toFixed(4)}: ${signed(s[3])}`).join("; ")}. ` : "No place is left within what the model has seen. ",
          `${number(found.n_places)} places ${found.step_km * 1000} m apart, chosen one after the other${found.is_complete ? "" : "; the time was up"}. Squares: what a first site there would add a month. Places unlike every store learned from are not proposed.`);
        document.getElementById("search-actions").replaceChildren(
          h("button", { type: "button", class: "primary", id: "search-take", onclick: () => { const taken = found.sites; clear(); isFramed = false; frame.change((state) => { for (const s of taken) if (state.candidates.length < MOST) { const name = freeName(state); state.candidates.push([name, +s[1].toFixed(5), +s[2].toFixed(5)]); selected = name; } }); } }, "Place them"),
          h("button", { type: "button", onclick: clear }, "Clear"));
      } catch (error) { searchNote.textContent = error.message; }
    }
    const clear = () => { found = null; map.drawSurface(null); searchNote.textContent = ""; document.getElementById("search-actions").replaceChildren(); };

    const pin = () => { if (!frame.result.together) { frame.say("Place a site first.", "problem"); return; } frame.pinned.push({ name: `Scenario ${frame.pinned.length + 1}`, result: frame.result }); drawCompared(); compared.scrollIntoView({ behavior: "smooth", block: "nearest" }); };
    function drawCompared() {
      compared.hidden = !frame.pinned.length;
      if (!frame.pinned.length) return;
      const columns = [...frame.pinned, ...(frame.result.together && !frame.pinned.some((p) => p.result.query === frame.result.query) ? [{ name: "Now", result: frame.result }] : [])];
      const moved = (r) => told.levers.filter((l) => r.scenario.levers[l.name] !== l.default).map((l) => `${l.label} ${app.leverText(l, r.scenario.levers[l.name])}`).join("; ") || "at rest";
      const row = (label, read) => h("tr", {}, h("th", { scope: "row" }, label), columns.map((c) => h("td", {}, read(c.result))));
      put(compared, h("h2", {}, "Scenarios side by side"), h("div", { class: "scroll" }, h("table", {},
        h("thead", {}, h("tr", {}, h("th", {}, "dollars a month"), columns.map((c) => h("th", { scope: "col" }, c.name)))),
        h("tbody", {},
          row("Sites", (r) => r.sites.map((site) => site.site).join(", ")), row("Profit", (r) => money(r.together.profit)), row("Interval", (r) => range(r.together.profit_low, r.together.profit_high)), row("Chance to pay back", (r) => percent(r.set.p_payback)), row("Net revenue", (r) => money(r.together.net)),
          row("Own revenue", (r) => money(r.together.gross)), row("From our stores", (r) => money(r.together.taken)), row("Score", (r) => r.is_ranked ? `${number(r.together.score)} of 100` : "not ranked"), row("All pay back", (r) => months(r.set, r.set.lease, "payback")), row("From each other", (r) => money(r.together.taken_from_each_other)),
          row("Stores left out", (r) => r.scenario.left_out.join(", ") || "none"), row("Assumptions", moved),
          row("", (r) => h("button", { type: "button", onclick: () => frame.change((state) => Object.assign(state, structuredClone(r.scenario))) }, "Open"))))),
        h("button", { type: "button", onclick: () => { frame.pinned = []; drawCompared(); } }, "Clear"));
    }

    const FIELDS = ["profit", "profit_low", "profit_high", "needed", "needed_low", "needed_high", "net", "net_low", "net_high", "gross", "gross_low", "gross_high", "taken", "taken_low", "taken_high", "score", "score_low", "score_high", "p_top3", "payback", "payback_low", "payback_high", "bearable_rent", "jobs", "residents", "stations"];
    const stamp = () => `${told.as_of}-${told.snapshot.slice(-8)}`;
    function exportCsv() {
      const units = (f) => ({ p_top3: "p_top3", jobs: "jobs", residents: "residents", stations: "stations" }[f] || (f.startsWith("score") ? `${f}_of_100` : f.startsWith("payback") ? `${f}_months` : `${f}_usd_month`));
      const rows = frame.result.sites.map((s) => [s.site, s.latitude, s.longitude, s.refused ?? "", ...FIELDS.map((f) => s[f])]);
      if (frame.result.together) rows.push(["together", "", "", "", ...FIELDS.map((f) => frame.result.together[f])]);
      frame.download(`sites-${stamp()}.csv`, "text/csv", frame.csv(["site", "latitude", "longitude", "refused", ...FIELDS.map(units)], rows));
    }
    function exportGeojson() {
      const feature = (lat, lon, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });
      const features = [...frame.result.sites.map((s) => feature(s.latitude, s.longitude, { kind: "candidate", site: s.site, unit: "USD a month", ...Object.fromEntries(FIELDS.map((f) => [f, s[f] ?? null])) })),
        ...frame.result.stores.map((s) => feature(s.latitude, s.longitude, { kind: "store", store: s.name, is_out: s.is_out, sold: s.sold ?? null, lost: s.lost ?? null }))];
      frame.download(`sites-${stamp()}.geojson`, "application/geo+json", JSON.stringify({ type: "FeatureCollection", as_of: told.as_of, snapshot: told.snapshot, scenario: frame.result.scenario, features }, null, 1));
    }

    return {
      element,
      draw,
      mounted: () => {
        map = new app.SiteMap(mapElement, told, { place, move, settle, remove, select, toggleStore: askStore, legend: drawLegend });
        frame.map = map;
        map.show("stations", true);
        if (frame.result) draw(frame.result);
        else map.shade("jobs", told.values.jobs, unitOf("jobs"));
        const narrow = matchMedia("(max-width: 760px)").matches;
        if (narrow) levers.open = false;
      },
    };
  };
})();
