/* The price what-if: a category, a segment, a depth; volume, revenue and margin with their intervals. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put, money, number, percent, curve, interval } = app;
  const NAMES = { volume: "Volume", revenue: "Revenue", margin: "Margin" };

  app.views.price_what_if = (frame) => {
    const told = frame.context, level = Math.round(100 * told.level);
    let shown = "margin";
    const fixed = (value) => `${value < 0 ? app.MINUS : ""}${Math.abs(value).toFixed(2)}`;
    const say = (name, value) => (name === "volume" ? number(value) : money(value));
    const plus = (name, value) => (value > 0.5 ? "+" : "") + (name === "volume" ? (value < 0 ? app.MINUS : "") + number(Math.abs(value)) : money(value));
    const choose = (id, label, names, key) => h("label", { class: "field" }, h("span", {}, label),
      h("select", { id, onchange: (event) => frame.change((state) => { state[key] = event.target.value; }) }, names.map((n) => h("option", { value: n }, n === "all" ? "all customers" : n))));
    const header = frame.header("What would a discount do?", h("button", { type: "button", id: "export-csv", onclick: () => exportCsv() }, "Export CSV"));
    const category = choose("category", "Category", told.categories, "category"), segment = choose("segment", "Customers", told.segments, "segment");
    const levers = told.levers.map((lever) => frame.lever(lever));
    const tiles = h("section", { class: "tiles", "aria-label": "A month" }), chart = h("section", { class: "card" }), words = h("p", { class: "note" }), today = h("p", { id: "today" });
    const tabs = h("div", { class: "row", role: "group", "aria-label": "Curve" }, Object.entries(NAMES).map(([name, label]) => h("button", { type: "button", "data-tab": name, "aria-pressed": name === shown, onclick: () => { shown = name; draw(frame.result); } }, label)));
    const element = h("div", { class: "app-page" }, header, h("main", { class: "app-main" },
      h("section", { class: "card" }, h("div", { class: "fields" }, category, segment), levers, today), tiles, chart, words, h("footer", {}, frame.provenance())));

    function draw(result) {
      const { scenario } = result;
      category.querySelector("select").value = scenario.category;
      segment.querySelector("select").value = scenario.segment;
      put(tiles, Object.keys(NAMES).map((name) => {
        const found = result[name];
        return h("article", { class: "card tile" }, h("h2", {}, NAMES[name]),
          h("p", { class: "big", id: name === "margin" ? "net" : null }, say(name, found.value), h("small", {}, name === "volume" ? " units a month" : " a month")),
          h("p", { class: "note" }, `${level} % interval ${say(name, found.low)} to ${say(name, found.high)}`),
          interval(found.change, found.change_low, found.change_high, [Math.min(0, found.change_low), Math.max(0, found.change_high)], `${NAMES[name]} changes by ${plus(name, found.change)}`),
          h("p", {}, `${plus(name, found.change)} against today's price`, h("span", { class: "note" }, ` (${plus(name, found.change_low)} to ${plus(name, found.change_high)})`)));
      }));
      const c = result.curves, points = c.depth.map((x, i) => ({ x, y: c[shown][i], low: c[`${shown}_low`][i], high: c[`${shown}_high`][i] }));
      for (const tab of tabs.children) tab.setAttribute("aria-pressed", tab.dataset.tab === shown);
      put(chart, tabs, curve(points, { width: Math.min(Math.max(chart.clientWidth - 30, 300), 920), at: scenario.levers.depth, xText: (v) => `${Math.round(100 * v)} % off`, yText: (v) => say(shown, v), label: `${NAMES[shown]} a month by discount, with its ${level} % interval` }));
      const customers = scenario.segment === "all" ? "all customers" : `${scenario.segment} customers (${percent(result.share)} of its units)`;
      words.textContent = `${scenario.category}, ${customers}: list price $${result.list_price.toFixed(2)}, unit cost $${result.unit_cost.toFixed(2)}. ` +
        `Elasticity ${fixed(result.elasticity.estimate)} (${fixed(result.elasticity.low)} to ${fixed(result.elasticity.high)}), from ${number(told.n_shown)} coupons of random depth. ` +
        (told.pulled.value === null ? "What part of it would have been bought later cannot be said: the intervals allow for all and for none."
          : `${percent(told.pulled.value)} of what a discount adds would have been bought later; the margin takes it off.`);
      // A discount below today's makes coffee dearer: said where the discount is chosen.
      const now = 1 - result.paid_price / result.list_price;
      today.textContent = `At this discount $${result.price.toFixed(2)}. Today customers pay $${result.paid_price.toFixed(2)} on average, ${percent(now)} off${scenario.levers.depth < now - 0.005 ? ": this would be dearer" : ""}.`;
      frame.root.dataset.net = result.margin.value;
    }
    function exportCsv() {
      const c = frame.result.curves, names = Object.keys(c);
      frame.download(`price-${told.as_of}.csv`, "text/csv", frame.csv(["category", "segment", ...names.map((n) => (n === "depth" ? n : `${n}_${n.startsWith("volume") ? "units" : "usd"}_month`))],
        c.depth.map((_, i) => [frame.state.category, frame.state.segment, ...names.map((n) => c[n][i])])));
    }
    return { element, draw };
  };
})();
