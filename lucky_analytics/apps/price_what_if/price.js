/* The price what-if: a category, its customers, a discount; what changes against today, and all categories. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put, money, number, percent, interval } = app;
  const NAMES = { volume: "Volume", revenue: "Revenue", margin: "Margin" };
  const say = (name, value) => (name === "volume" ? number(value) : money(value));
  const plus = (name, value) => (value > 0.5 ? "+" : "") + (name === "volume" ? (value < -0.5 ? app.MINUS : "") + number(Math.abs(value)) : money(value));
  const price = (value) => `$${value.toFixed(2)}`;
  const fixed = (value) => `${value < 0 ? app.MINUS : ""}${Math.abs(value).toFixed(2)}`;

  // At today's price nothing is uncertain.
  const ends = (say, name, low, high) => (say(name, low) === say(name, high) ? "" : ` (${say(name, low)} to ${say(name, high)})`);

  function rows(result) {
    const amount = (name) => ({ label: `${NAMES[name]}${name === "volume" ? ", units" : ""} a month`, value: result[name].value, apart: (d) => plus(name, d),
      text: `${say(name, result[name].value)}${ends(say, name, result[name].low, result[name].high)}` });
    const gain = result.margin;
    return [
      { label: "Category", text: result.scenario.category },
      { label: "Customers", text: result.scenario.segment === "all" ? "all" : result.scenario.segment },
      { label: "Price", text: `${price(result.price)}, ${percent(result.scenario.levers.depth)} off` },
      ...["margin", "revenue", "volume"].map(amount),
      { label: "Margin against today's price", value: gain.change, apart: (d) => plus("margin", d), text: `${plus("margin", gain.change)}${ends(plus, "margin", gain.change_low, gain.change_high)}` },
    ];
  }

  app.views.price_what_if = (frame) => {
    const told = frame.context, level = Math.round(100 * told.level);
    let shown = "margin";
    const goTo = (category, depth) => frame.change((state) => { state.category = category; state.levers.depth = depth; });
    const choose = (id, label, names, does) => h("label", { class: "field" }, h("span", {}, label),
      h("select", { id, onchange: (event) => does(event.target.value) }, names.map((n) => h("option", { value: n }, n === "all" ? "all customers" : n))));
    const compared = new app.Comparison(frame, rows);
    const header = frame.header("What would a discount do?", compared.button,
      h("button", { type: "button", id: "export-csv", onclick: () => exportCsv() }, "Export CSV"));
    // Another category opens at its own price of today.
    const category = choose("category", "Category", told.categories.map((each) => each.category), (name) => goTo(name, told.categories.find((each) => each.category === name).today));
    const segment = choose("segment", "Customers", told.segments, (name) => frame.change((state) => { state.segment = name; }));
    const levers = told.levers.map((lever) => frame.lever(lever));
    const tiles = h("section", { class: "tiles", "aria-label": "A month" }), chart = h("section", { class: "card" }), words = h("p", { class: "note" }), today = h("p", { id: "today" });
    const all = h("section", { class: "card", id: "all-categories", "aria-label": "All categories" });
    const tabs = h("div", { class: "row", role: "group", "aria-label": "Curve" }, Object.entries(NAMES).map(([name, label]) => h("button", { type: "button", "data-tab": name, "aria-pressed": name === shown, onclick: () => { shown = name; draw(frame.result); } }, label)));
    const element = h("div", { class: "app-page" }, header, h("main", { class: "app-main" },
      h("section", { class: "card", id: "advice", "aria-label": "Decision" }, app.decision(told.decision)),
      h("section", { class: "card" }, h("div", { class: "fields" }, category, segment), levers, today), compared.element, tiles, chart, words, all, h("footer", {}, frame.provenance())));

    function draw(result) {
      const { scenario } = result, depth = scenario.levers.depth, isToday = Math.abs(depth - result.today) < 0.005;
      category.querySelector("select").value = scenario.category;
      segment.querySelector("select").value = scenario.segment;
      told.levers[0].default = told.categories.find((each) => each.category === scenario.category).today;
      frame.showLevers(scenario);
      compared.draw();
      put(tiles, Object.keys(NAMES).map((name) => {
        const found = result[name];
        return h("article", { class: "card tile" }, h("h2", {}, NAMES[name]),
          h("p", { class: "big", id: name === "margin" ? "net" : null }, isToday ? say(name, found.value) : plus(name, found.change), h("small", {}, isToday ? `${name === "volume" ? " units" : ""} a month now` : `${name === "volume" ? " units" : ""} a month`)),
          isToday ? null : interval(found.change, found.change_low, found.change_high, [Math.min(0, found.change_low), Math.max(0, found.change_high)], `${NAMES[name]} changes by ${plus(name, found.change)}`),
          h("p", { class: "note" }, isToday ? "Today's price: nothing changes." : `${level} % interval ${plus(name, found.change_low)} to ${plus(name, found.change_high)}; then ${say(name, found.value)} a month`));
      }));
      const c = result.curves, points = c.depth.map((x, i) => ({ x, y: c[shown][i], low: c[`${shown}_low`][i], high: c[`${shown}_high`][i] }));
      for (const tab of tabs.children) tab.setAttribute("aria-pressed", tab.dataset.tab === shown);
      put(chart, h("h2", {}, `${NAMES[shown]} a month against today's price`), tabs, app.curve(points, {
        width: Math.min(Math.max(chart.clientWidth - 30, 300), 920), at: depth, xText: (v) => `${Math.round(100 * v)} % off`, yText: (v) => plus(shown, v),
        marks: [{ x: result.today, text: `today ${price(result.paid_price)}` }, ...nextMark(scenario.category), ...(shown === "margin" && result.best ? [{ x: result.best.discount, text: `most margin of all tried: ${price(result.best.value)}` }] : [])],
        label: `Change of ${NAMES[shown].toLowerCase()} a month by discount, with its ${level} % interval` }));
      const customers = scenario.segment === "all" ? "all customers" : `${scenario.segment} customers (${percent(result.share)} of its units)`;
      words.textContent = `${scenario.category}, ${customers}: list price ${price(result.list_price)}, unit cost ${price(result.unit_cost)}. ` +
        `1 % dearer changes units by ${fixed(result.elasticity.estimate)} % (${fixed(result.elasticity.low)} to ${fixed(result.elasticity.high)}), from ${number(told.n_shown)} coupons of random depth. ` +
        (told.pulled.value === null ? "What part of it would have been bought later cannot be said: the intervals allow for all and for none."
          : `${percent(told.pulled.value)} of what a discount adds would have been bought later; the margin takes it off.`);
      const way = depth < result.today - 0.005 ? " This would be dearer." : depth > result.today + 0.005 ? " This would be cheaper." : "";
      const asked = way ? `${percent(depth)} off the list price is ${price(result.price)}. ` : "";
      put(today, `${asked}Today customers pay ${price(result.paid_price)} on average, ${percent(result.today)} off${way ? "" : " the list price"}.${way} `,
        h("span", { class: "note" }, `${percent(result.beyond_share)} of units sell today at less than any price that was tried (${percent(told.deepest)} off): nothing is said of prices below it.`));
      drawAll(scenario);
      frame.root.dataset.net = result.margin.value;
    }

    /* The step that the report decides for in this category, if it does. */
    const nextMark = (category) => told.categories.filter((each) => each.category === category && each.stance !== "wait")
      .map((each) => ({ x: each.next_discount, text: `next step: ${price(each.next_price)}` }));

    /* Every category with its next step and its best price among those tried; a click opens it at the step. */
    function drawAll(scenario) {
      const line = (each) => h("tr", { class: each.category === scenario.category ? "here" : null },
        h("th", { scope: "row" }, h("button", { type: "button", class: "link", onclick: () => goTo(each.category, each.next_depth) }, each.category)),
        h("td", {}, each.verdict),
        h("td", {}, `${price(each.paid_price)}`, h("span", { class: "apart" }, `${percent(each.today)} off`)),
        h("td", {}, each.step_gain === null ? "\u2013" : price(each.next_price), each.step_gain === null ? null : h("span", { class: "apart" }, `${percent(each.next_discount)} off`)),
        h("td", {}, each.step_gain === null ? "\u2013" : plus("margin", each.step_gain), each.step_gain === null ? null : h("span", { class: "apart" }, `${plus("margin", each.step_gain_low)} to ${plus("margin", each.step_gain_high)}`)),
        h("td", {}, each.responds ? price(each.best) : "\u2013", h("span", { class: "apart" }, each.responds ? each.edge || `${price(each.best_low)} to ${price(each.best_high)}` : "units do not clearly answer to price")),
        h("td", {}, price(each.list_price)), h("td", {}, percent(each.beyond_share)));
      put(all, h("h2", {}, "All categories, all customers"), h("div", { class: "scroll" }, h("table", {},
        h("thead", {}, h("tr", {}, ["Category", "Decision", "Paid today", "One step", "Margin of the step, a month", "Most margin at", "List price", "Units below all prices tried"].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, told.categories.map(line)))),
        h("p", { class: "note" }, `One step is one level of discount. Prices that were tried: from ${percent(told.deepest)} off to the list price. ${level} % intervals. The decision is that of the report on prices: a gain counts where it is clear of 0 also as one of the ${told.categories.length} categories that were looked at.`));
    }
    function exportCsv() {
      const c = frame.result.curves, names = Object.keys(c);
      frame.download(`price-${told.as_of}.csv`, "text/csv", frame.csv(["category", "segment", ...names.map((n) => (n === "depth" ? n : `${n}_change_${n.startsWith("volume") ? "units" : "usd"}_month`))],
        c.depth.map((_, i) => [frame.state.category, frame.state.segment, ...names.map((n) => c[n][i])])));
    }
    return { element, draw };
  };
})();
