/* What is said of one site and of all together: every number of it comes from one answer of Python. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const sites = (app.sites = app.sites || {});
  const { h, put, money, signed, percent, number, interval, lines, bars } = app;
  const range = (low, high) => `${money(low)} to ${money(high)}`;
  const letter = (index) => String.fromCharCode(65 + index);

  function months(site, lease, name) {
    const value = site[name], low = site[`${name}_low`], high = site[`${name}_high`], most = lease.horizon_months;
    if (low === null) return `not within ${most} months`;
    if (high === null) return `cannot be said (${number(low)} months at best, perhaps not within ${most})`;
    return `${number(value)} months (${number(low)} to ${number(high)})`;
  }

  const fact = (label, value, note) => h("div", {}, h("dt", {}, label), h("dd", {}, value, h("span", { class: "note" }, note)));

  /* Of three sites or fewer every one is among the first three: what is open is which is the best. */
  function rankFact(site, n) {
    if (n === 1) return fact("Rank", "\u2013", "place another site to compare it with");
    if (n <= 3) return fact("Rank", `${site.rank} of ${n}`, `the best of them in ${percent(site.p_first)} of draws`);
    return fact("Among the first three", percent(site.p_top3), `of draws; rank ${site.rank} of ${n}, middle 80 %: ${site.rank_low} to ${site.rank_high}`);
  }

  function summarise(summary, result, fold) {
    const good = result.sites.filter((site) => !site.refused);
    const all = result.together;
    if (!all) {
      const text = result.sites.length ? "Nothing is predicted for these places: see why at each." : "Click the map, or type a coordinate below. Drag a site to move it; arrow keys work too.";
      put(summary, h("h2", {}, "Place a site"), h("p", {}, text), result.decision ? app.decision(result.decision) : null);
      return;
    }
    const level = Math.round(100 * result.level), closed = result.closed;
    put(summary, 
      h("h2", {}, good.length === 1 ? good[0].site : `${good.length} sites together`),
      h("p", { class: `big ${all.profit < 0 ? "worse" : ""}`, id: "profit" }, signed(all.profit), h("small", {}, " profit a month")),
      interval(all.profit, all.profit_low, all.profit_high, [Math.min(0, all.profit_low), Math.max(0, all.profit_high)], `Profit ${money(all.profit)}, ${level} % interval ${range(all.profit_low, all.profit_high)}`),
      h("p", { class: "note" }, `${level} % interval ${range(all.profit_low, all.profit_high)}${good.length > 1 ? "; ends of the sites added up, which is cautious" : ""}`),
      app.decision(result.decision),
      h("dl", { class: "sum" },
        h("div", {}, h("dt", {}, "Own revenue"), h("dd", {}, money(all.gross))),
        h("div", {}, h("dt", {}, "\u2212 from our stores"), h("dd", {}, money(all.taken))),
        h("div", {}, h("dt", {}, "= net revenue"), h("dd", { id: "net" }, money(all.net))),
        h("div", {}, h("dt", {}, `\u00d7 margin of ${percent(result.set.lease.margin_rate)}`), h("dd", {}, money(all.net * result.set.lease.margin_rate))),
        h("div", {}, h("dt", {}, "\u2212 rent and other bills"), h("dd", {}, money(result.set.lease.rent_dollars_month + result.set.lease.fixed_dollars_month))),
        h("div", {}, h("dt", {}, `\u2212 build-out over ${result.set.lease.horizon_months} months`), h("dd", {}, money(result.set.lease.build_out_dollars / result.set.lease.horizon_months)))),
      all.taken_from_each_other > 0.5 ? h("p", { class: "note" }, `They would also take ${money(all.taken_from_each_other)} a month from each other; that is already off their own revenue.`) : null,
      good.length > 1 ? together(result, good, fold) : null,
      result.scenario.left_out.length ? h("p", { class: "note" }, `Without ${result.scenario.left_out.join(", ")}: ${money(closed.lost)} a month is lost there, at most ${money(closed.regained)} comes back at its neighbours. Not part of the net above.`) : null,
      h("p", { class: "note" }, `At the plateau, tax included. ${result.basis} A store that was left out is missed by ${percent(result.error)} on average (${result.n_stores} stores).`));
  }

  /* What the sites do together beyond their revenue. */
  function together(result, good, fold) {
    const all = result.set, lease = all.lease, ramp = all.ramp, level = Math.round(100 * result.level);
    const lost = result.stores.map((store) => ({ name: store.name, value: store.lost ?? 0 })).filter((row) => row.value > 50).sort((a, b) => b.value - a.value).slice(0, 8);
    return [
      h("dl", { class: "facts", id: "set-facts" },
        result.is_ranked ? fact("Score", `${number(result.together.score)} of 100`, `${number(result.together.score_low)} to ${number(result.together.score_high)}; share of ${number(result.n_sets)} random sets of ${good.length} tracts that would earn less`) : null,
        fact("Taken from our stores", `${percent(result.together.taken / result.together.gross)}`, `of what the sites sell; ${range(result.together.taken_low, result.together.taken_high)} a month`),
        fact("All pay back", months(all, lease, "payback"), `chance within ${lease.horizon_months} months: ${percent(all.p_payback)}; build-outs ${money(lease.build_out_dollars, 0)}, rents ${money(lease.rent_dollars_month, 0)} a month`),
        fact("Rents they can bear", all.bearable_rent > 0 ? `${money(all.bearable_rent)} a month` : "none", all.bearable_rent > 0 ? `all together; ${range(all.bearable_rent_low, all.bearable_rent_high)}` : `build-outs not back even rent-free; at best ${money(Math.max(all.bearable_rent_high, 0))}`)),
      h("details", { class: "more", id: "set-more", open: fold.isOpen, ontoggle: (event) => { fold.isOpen = event.target.open; } }, h("summary", {}, "First year, and who loses what"),
        h("h3", {}, "First year, all opened in the same week"), h("p", { class: "note" }, `Own revenue, dollars a month; band: the middle ${level} % of draws, in which sites miss independently of each other`),
        lines([{ values: ramp.y }], { unit: "$", low: ramp.low, high: ramp.high, label: `Ramp of ${good.length} sites together: ${money(ramp.y[0])} in month 1, ${money(ramp.y[11])} in month 12` }),
        h("h3", {}, "Taken from our stores"), h("p", { class: "note" }, `${money(result.together.taken)} a month (${range(result.together.taken_low, result.together.taken_high)}), by store`),
        lost.length ? bars(lost, (v) => money(v), "loss") : h("p", {}, "Hardly anything.")),
    ];
  }

  function card(site, index, result, domain, isOpen, does) {
    const head = h("button", { type: "button", class: "site-head", "aria-expanded": isOpen, onclick: () => does.select(isOpen ? null : site.site) },
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
    const all = h("article", { class: `card site ${isOpen ? "open" : ""}`, "data-site": site.site }, head, body, isOpen ? detail(site, result, does) : null,
      site.warnings.length ? h("ul", { class: "warnings" }, site.warnings.map((text) => h("li", {}, text))) : null);
    return all;
  }
  function detail(site, result, does) {
    const at = h("input", { type: "text", value: `${site.latitude}, ${site.longitude}`, "aria-label": "Coordinate", onchange: (event) => {
      const parts = event.target.value.split(",").map(Number);
      if (parts.length === 2 && parts.every(Number.isFinite)) { event.target.blur(); does.move(site.site, parts[0], parts[1]); } } });
    const name = h("input", { type: "text", value: site.site, maxlength: 60, "aria-label": "Name", onchange: (event) => { event.target.blur(); does.rename(site.site, event.target.value); } });
    const edit = h("div", { class: "row edit" }, name, at, h("button", { type: "button", class: "remove", onclick: () => does.remove(site.site) }, "Remove"));
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

  Object.assign(sites, { summarise, card, months, range });
})();
