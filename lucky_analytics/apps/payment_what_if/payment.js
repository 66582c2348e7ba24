/* The payment what-if: from one method to another, a discount, a basket; the decision first, then what it saves. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put, money, percent, interval } = app;
  const plus = (value) => (value === null ? "\u2013" : app.signed(value));
  const cents = (value) => (value === null ? "\u2013" : `${value < 0 ? app.MINUS : ""}${Math.abs(value).toFixed(1)} cents`);
  const span = (found, say) => (say(found.low) === say(found.high) ? "" : `${say(found.low)} to ${say(found.high)}`);
  const dollars = (value) => `$${value.toFixed(2)}`;

  app.views.payment_what_if = (frame) => {
    const told = frame.context, level = Math.round(100 * told.level);
    const named = (id) => told.methods.find((each) => each.channel_id === id);
    const rows = (result) => {
      const { scenario } = result, amount = (label, name) => ({ label, value: result[name].value, apart: plus, text: `${plus(result[name].value)} ${span(result[name], plus) && `(${span(result[name], plus)})`}` });
      return [
        { label: "From", text: named(scenario.source).label }, { label: "To", text: named(scenario.target).label },
        { label: "Who switches", text: percent(scenario.levers.take_up) }, { label: "Discount", text: cents(scenario.levers.incentive) },
        { label: "Average order", text: dollars(scenario.levers.basket) },
        amount("All of it, a year", "together"), amount("Shift less discounts", "net"), amount("Shift without a discount", "steering"), amount("Basket", "basket"),
      ];
    };
    const choose = (id, label, key) => h("label", { class: "field" }, h("span", {}, label),
      h("select", { id, onchange: (event) => frame.change((state) => {
        const other = key === "source" ? "target" : "source";
        // The same method on both sides is no shift: the two change places.
        if (state[other] === event.target.value) state[other] = state[key];
        state[key] = event.target.value;
      }) }, told.methods.map((each) => h("option", { value: each.channel_id }, each.label))));
    const compared = new app.Comparison(frame, rows);
    const header = frame.header("What would another way to pay save?", compared.button,
      h("button", { type: "button", id: "export-csv", onclick: () => exportCsv() }, "Export CSV"));
    const from = choose("from-method", "From", "source"), to = choose("to-method", "To", "target");
    const levers = told.levers.map((lever) => frame.lever(lever));
    const decided = h("section", { class: "card", id: "decided", "aria-label": "Decision" });
    const tiles = h("section", { class: "tiles", "aria-label": "A year" }), chart = h("section", { class: "card" }), words = h("p", { class: "note", id: "words" });
    const all = h("section", { class: "card", id: "all-methods", "aria-label": "All methods" });
    const element = h("div", { class: "app-page" }, header, h("main", { class: "app-main" }, decided,
      h("section", { class: "card" }, h("div", { class: "fields" }, from, to), levers), compared.element, tiles, chart, words, all, h("footer", {}, frame.provenance())));

    function tile(id, label, found, say, note) {
      const domain = [Math.min(0, found.low), Math.max(0, found.high)];
      return h("article", { class: "card tile" }, h("h2", {}, label), h("p", { class: "big", id }, say(found.value), h("small", {}, say === plus ? " a year" : "")),
        found.low === found.high ? null : interval(found.value, found.low, found.high, domain, `${label}: ${say(found.value)}`),
        h("p", { class: "note" }, [span(found, say), note].filter(Boolean).join("; ")));
    }

    function draw(result) {
      const { scenario } = result, { take_up, incentive, basket } = scenario.levers, source = named(scenario.source), target = named(scenario.target);
      from.querySelector("select").value = scenario.source;
      to.querySelector("select").value = scenario.target;
      frame.showLevers(scenario);
      compared.draw();
      put(decided, app.decision(result.decision));
      put(tiles,
        tile("net", basket === told.basket ? "Shift less discounts" : "All of it", result.together, plus, `half to twice as many switch`),
        tile("steering", "Shift without a discount", result.steering, plus, `${cents(result.difference.value)} a payment`),
        tile("break-even", "Largest discount that pays", result.break_even, cents, result.needed === null ? "at no share does this one pay" : incentive ? `this one pays from ${percent(result.needed)} on` : ""),
        tile("basket", "Larger basket alone", result.basket, plus, basket === told.basket ? "today's basket: nothing changes" : `${dollars(basket)} an order`));
      const c = result.curve, points = c.take_up.map((x, i) => ({ x, y: c.net[i], low: c.low[i], high: c.high[i] }));
      put(chart, h("h2", {}, incentive ? `Saved a year with ${incentive} cents off, by who switches` : "Saved a year by who switches"), app.curve(points, {
        width: Math.min(Math.max(chart.clientWidth - 30, 300), 920), at: take_up, xText: (v) => `${Math.round(100 * v)} % switch`, yText: plus,
        marks: result.reach === null ? [] : [{ x: Math.min(result.reach, points[points.length - 1].x), text: `${percent(result.reach, 1)} have it on file` }],
        label: `Saved a year by the share that switches, with its ${level} % interval over weeks` }));
      words.textContent = `${source.label}: ${cents(source.fixed)} and ${percent(source.rate, 2)}; ${target.label}: ${cents(target.fixed)} and ${percent(target.rate, 2)}. ` +
        `Fees today ${money(result.fees.value)} a year (${span(result.fees, money)}), in a year of weeks like the last ${told.n_weeks}. ` +
        "Orders that a discount may bring are not counted. " + (told.methods.some((each) => each.is_guess) ? "Names of methods are guesses; the data has the numbers." : "");
      drawAll(result);
      frame.root.dataset.net = result.together.value;
    }

    /* Every method: its schedule, and what an order of this basket costs by it; a click sends the shift there. */
    function drawAll(result) {
      const { scenario } = result;
      const listed = told.methods.map((each, place) => ({ ...each, cost: result.costs[place] })).sort((a, b) => b.cost - a.cost);
      const line = (each) => h("tr", { class: each.channel_id === scenario.target ? "here" : null },
        h("th", { scope: "row" }, each.channel_id === scenario.source ? each.label : h("button", { type: "button", class: "link", onclick: () => frame.change((state) => { state.target = each.channel_id; }) }, each.label)),
        h("td", {}, percent(each.share, 1)), h("td", {}, cents(each.fixed)), h("td", {}, percent(each.rate, 2)), h("td", {}, cents(each.cost)));
      put(all, h("h2", {}, "All methods, the dearest for this order first"), h("div", { class: "scroll" }, h("table", {},
        h("thead", {}, h("tr", {}, ["Method", "Share of payments", "Fixed part", "Rate", `An order of ${dollars(scenario.levers.basket)} costs`].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, listed.map(line)))));
    }
    function exportCsv() {
      const c = frame.result.curve, names = Object.keys(c), { source, target, levers: set } = frame.state;
      frame.download(`payments-${told.as_of}.csv`, "text/csv", frame.csv(["from", "to", "incentive_cents", "basket_usd", ...names.map((n) => (n === "take_up" ? n : `${n}_usd_year`))],
        c.take_up.map((_, i) => [source, target, set.incentive, set.basket, ...names.map((n) => c[n][i])])));
    }
    return { element, draw };
  };
})();
