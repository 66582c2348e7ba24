/* The staffing what-if: a store's week by half-hour, roster above plan; levers; who works when, on paper too. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, s, put, money, number, percent } = app;
  const WORDS = ["under-staffed", "tight", "well staffed"];
  const plus = (value, say) => `${value > 0 ? "+" : value < 0 ? app.MINUS : ""}${say(Math.abs(value))}`;
  const hours = (value) => `${number(value, value % 1 ? 1 : 0)} h`;

  app.views.staffing = (frame) => {
    const told = frame.context, nameOf = (id) => told.stores.find((each) => each.store_id === id).store_name;
    let day = -1;  // until one is chosen: the day with most orders
    const rows = (result) => [
      { label: "Store", text: nameOf(result.scenario.store) },
      { label: "Orders", text: plus(result.scenario.levers.orders, percent) }, { label: "Heads", text: plus(result.scenario.levers.heads, number) },
      { label: "Longest wait", text: `${result.scenario.levers.wait} seconds` },
      { label: "Hours for the target", value: result.hours_target, text: hours(result.hours_target), apart: (d) => plus(d, hours) },
      { label: "Under-staffed, roster", value: result.red_today, text: percent(result.red_today), apart: (d) => plus(d, percent) },
      { label: "Under-staffed, plan", value: result.red_plan, text: percent(result.red_plan), apart: (d) => plus(d, percent) },
      { label: "Plan against roster, a week", value: result.cost, text: app.signed(result.cost), apart: app.signed },
    ];
    const compared = new app.Comparison(frame, rows);
    const header = frame.header("Who should work when?", compared.button,
      h("button", { type: "button", id: "export-csv", onclick: () => exportCsv() }, "Export CSV"),
      h("button", { type: "button", id: "export-page", onclick: () => frame.download(fileName("html"), "text/html", paper()) }, "Page for the store"));
    const store = h("label", { class: "field" }, h("span", {}, "Store"), h("select", { id: "store", onchange: (event) => frame.change((state) => { state.store = event.target.value; }) },
      told.stores.map((each) => h("option", { value: each.store_id }, each.store_name))));
    const levers = told.levers.map((lever) => frame.lever(lever));
    const decided = h("section", { class: "card", id: "decided", "aria-label": "Decision" }), tiles = h("section", { class: "tiles", "aria-label": "The week" });
    const weeks = h("section", { class: "card", id: "weeks" }), demand = h("section", { class: "card", id: "demand" }), who = h("section", { class: "card", id: "who" });
    const words = h("p", { class: "note", id: "words" });
    const element = h("div", { class: "app-page" }, header, h("main", { class: "app-main" }, h("section", { class: "card" }, store, levers), tiles, weeks, demand, words, who,
      decided, compared.element, h("footer", {}, frame.provenance())));

    const tile = (id, label, text, note) => h("article", { class: "card tile" }, h("h2", {}, label), h("p", { class: "big", id }, text), h("p", { class: "note" }, note));

    /* Days down, half-hours across: heads, coloured by whether they are enough. */
    function week(result, heads, lights, caption) {
      const head = result.times.filter((_, i) => i % 2 === firstHour(result)).map((time) => h("th", { scope: "col", colspan: 2 }, String(+time.slice(0, 2))));
      const lead = firstHour(result) ? [h("th", { scope: "col" }, h("span", { "aria-hidden": true }, "\u00b7"))] : [];
      const cell = (i, j) => lights[i][j] < 0 ? h("td", {}, "") : h("td", { class: `light${lights[i][j]}`, title: `${result.days[i]}, ${result.times[j]}: ${heads[i][j]} of ${result.need[i][j]} heads, ${WORDS[lights[i][j]]}` }, `${heads[i][j]}${lights[i][j] ? "" : "!"}`);
      return h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption }, h("table", { class: "week" }, h("caption", { class: "note" }, caption), h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Day"), lead, head)),
        h("tbody", {}, result.days.map((name, i) => h("tr", {}, h("th", { scope: "row" }, h("button", { type: "button", class: "link", onclick: () => { day = i; drawDay(frame.result); } }, name)), result.times.map((_, j) => cell(i, j)))))));
    }
    const firstHour = (result) => (result.times.length && result.times[0].endsWith("30") ? 1 : 0);

    function draw(result) {
      store.querySelector("select").value = result.scenario.store;
      frame.showLevers(result.scenario);
      compared.draw();
      put(decided, app.decision(result.decision));
      const more = result.hours_target - result.hours_rest;
      put(tiles,
        tile("red", "Under-staffed half-hours", `${percent(result.red_today)} \u2192 ${percent(result.red_plan)}`, `with last week's roster, and with the plan for ${result.is_within ? "no more paid hours" : "the target"}`),
        tile("target", "Hours for the target everywhere", hours(result.hours_target), `${hours(result.hours_today)} were paid last week; ${more ? `${plus(more, hours)} against the levers at rest` : "levers are at rest"}`),
        tile("cost", "Plan against roster", `${app.signed(result.cost)} a week`, `roster ${money(result.cost_today)}; plan ${hours(result.hours_plan)}, at most ${percent(result.gap, 1)} from the best`));
      put(weeks, h("h2", {}, `${nameOf(result.scenario.store)}, the next seven days`), h("p", { class: "key note" }, WORDS.map((word, i) => h("span", { class: `light${i}` }, i ? word : `${word} (!)`)).reverse()),
        week(result, result.today, result.lights_today, "Heads of last week's roster, by half-hour"), week(result, result.plan, result.lights_plan, "Heads of the plan, by half-hour"));
      drawDay(result);
      words.textContent = `By Erlang's formula ${number(result.late_today)} orders of the week wait too long with the roster, ${number(result.late_plan)} with the plan. How long an order keeps hands busy was never timed: move its lever.` +
        (result.missed.length ? ` Skills that are missing: ${result.missed.slice(0, 3).join("; ")}.` : "");
      put(who, h("h2", {}, "The plan, shift by shift"), h("p", { class: "note" }, "People are numbers within the store; no name leaves it."),
        h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Shifts" }, h("table", {}, h("thead", {}, h("tr", {}, ["Day", "Who", "From", "To", "Hours"].map((text) => h("th", { scope: "col" }, text)))),
          h("tbody", {}, result.shifts.map((each) => h("tr", {}, h("th", { scope: "row" }, each.day), [each.who, each.begins, each.ends, number(each.hours, 1)].map((text) => h("td", {}, text))))))));
      frame.root.dataset.target = result.hours_target;
    }

    /* One day: orders as bars, heads as two lines of steps. */
    function drawDay(result) {
      const busiest = () => { const sums = result.orders.map((own) => own.reduce((all, v) => all + v, 0)); return sums.indexOf(Math.max(...sums)); };
      if (day < 0) day = busiest();
      const orders = result.orders[day], n = orders.length || 1, most = Math.max(...orders, 1), top = Math.max(...result.plan[day], ...result.today[day], 1) + 0.5;
      const x = (i) => 34 + (i * 640) / n, y = (v) => 128 - (v * 110) / top;
      const path = (heads) => heads.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}L${x(i + 1).toFixed(1)} ${y(v).toFixed(1)}`).join("");
      put(demand, h("h2", {}, `${result.days[day]}: orders (bars) and heads`), h("p", { class: "note" }, "Blue: the plan. Orange: last week's roster. A day's name above shows that day."),
        s("svg", { class: "chart demand", viewBox: "0 0 690 150", role: "img", "aria-label": `${result.days[day]}: at most ${number(most, 1)} orders in a half-hour; heads by half-hour of roster and plan are in the tables above` },
          orders.map((v, i) => s("rect", { x: x(i) + 1, width: Math.max(640 / n - 2, 1), y: 128 - (v * 100) / most, height: (v * 100) / most })),
          s("path", { class: "today", d: path(result.today[day]) }), s("path", { class: "plan", d: path(result.plan[day]) }),
          [1, 2, 3, 4].filter((v) => v < top).map((v) => s("text", { x: 8, y: y(v) + 4 }, String(v))),
          result.times.map((time, i) => (time.endsWith("00") && +time.slice(0, 2) % 2 === 0 ? s("text", { x: x(i), y: 144 }, time) : null))));
    }

    const fileName = (kind) => `staffing-${nameOf(frame.state.store).toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${told.as_of}.${kind}`;
    function exportCsv() {
      const { result } = frame, lines = result.days.flatMap((name, i) => result.times.map((time, j) => [nameOf(result.scenario.store), name, time, result.orders[i][j], result.need[i][j], result.today[i][j], result.plan[i][j], WORDS[result.lights_today[i][j]] ?? "closed", WORDS[result.lights_plan[i][j]] ?? "closed"]));
      frame.download(fileName("csv"), "text/csv", frame.csv(["store", "day", "from", "orders", "needed", "roster", "plan", "roster_is", "plan_is"], lines));
    }
    /* A plain page that any browser prints: everything in it is text that was escaped. */
    function paper() {
      const { result } = frame, place = document.implementation.createHTMLDocument(`${nameOf(result.scenario.store)}: shifts`), make = (tag, ...children) => { const node = place.createElement(tag); node.append(...children.flat()); return node; };
      const people = [...new Set(result.shifts.map((each) => each.who))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
      const at = (who, name) => result.shifts.filter((each) => each.who === who && each.day === name).map((each) => `${each.begins}\u2013${each.ends}`).join(", ");
      const sum = (who) => number(result.shifts.filter((each) => each.who === who).reduce((all, each) => all + each.hours, 0), 1);
      const row = (cells, tag = "td") => make("tr", cells.map((text) => make(tag, text)));
      place.head.append(make("style", "body{font:11pt sans-serif;margin:1.5cm}table{border-collapse:collapse;width:100%;margin:8pt 0}td,th{border:1px solid #999;padding:3pt;text-align:left;font-size:9.5pt}h2+table td,h2+table th{padding:1pt;font-size:6.5pt}@page{size:landscape}"));
      place.documentElement.lang = "en";
      place.body.append(make("h1", `${nameOf(result.scenario.store)}: shifts from ${result.days[0] ?? ""}`), make("p", `A proposal from data as of ${told.as_of}. ${told.is_generated ? "Generated data. " : ""}People are numbers within the store. Last week's roster leaves ${percent(result.red_today)} of half-hours under-staffed, this plan ${percent(result.red_plan)}; ${hours(result.hours_plan)}, ${app.signed(result.cost)} a week.`),
        make("table", row(["Who", ...result.days, "Hours"], "th"), people.map((who) => row([who, ...result.days.map((name) => at(who, name)), sum(who)]))),
        make("h2", "Heads needed and planned, by half-hour"), make("table", row(["", ...result.times], "th"), result.days.map((name, i) => row([name, ...result.times.map((_, j) => (result.lights_plan[i][j] < 0 ? "" : `${result.plan[i][j]}/${result.need[i][j]}`))]))),
        make("p", "Planned/needed. Told less than 14 days ahead, changes would cost premiums where Fair Workweek binds."));
      return `<!doctype html>\n${place.documentElement.outerHTML}`;
    }
    return { element, draw };
  };
})();
