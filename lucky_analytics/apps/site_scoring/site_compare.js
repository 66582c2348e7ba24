/* What of two scenarios is set side by side, and which assumption moves the profit most. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const sites = (app.sites = app.sites || {});
  const { h, put, money, signed, percent, number, s } = app;

  const dollars = (label, value, note) => ({ label, value, text: `${money(value)}${note ? ` ${note}` : ""}`, apart: signed });
  const points = (difference) => `${difference > 0 ? "+" : app.MINUS}${number(Math.abs(100 * difference))} points`;

  function rows(told, result) {
    const all = result.together, set = result.set, { range, months } = app.sites;
    if (!all) return null;
    const moved = told.levers.filter((lever) => result.scenario.levers[lever.name] !== lever.default)
      .map((lever) => `${lever.label} ${app.leverText(lever, result.scenario.levers[lever.name])}`);
    const bearable = "Break-even rent a month, all together", now = `; now ${money(set.lease.rent_dollars_month)}`;
    return [
      { label: "Sites", text: result.sites.map((site) => site.site).join(", ") },
      dollars("Profit a month", all.profit, `(${range(all.profit_low, all.profit_high)})`),
      { label: `Chance to pay back within ${set.lease.horizon_months} months`, value: set.p_payback, text: percent(set.p_payback), apart: points },
      { label: "All pay back", text: months(set, set.lease, "payback") },
      set.bearable_rent > 0 ? dollars(bearable, set.bearable_rent, `(${range(set.bearable_rent_low, set.bearable_rent_high)})${now}`)
        : { label: bearable, value: null, text: `none, not even rent-free${now}` },
      dollars("Net revenue a month", all.net),
      dollars("Own revenue a month", all.gross),
      dollars("Taken from our stores a month", all.taken),
      ...(result.is_ranked ? [{ label: "Score of 100", value: all.score, text: number(all.score), apart: (d) => `${d > 0 ? "+" : app.MINUS}${number(Math.abs(d))}` }] : []),
      { label: "Stores left out", text: result.scenario.left_out.join(", ") || "none" },
      { label: "Assumptions", text: moved.join("; ") || "at rest" },
    ];
  }

  /* Bars from the profit at one end of a lever to that at the other, on one scale, the widest first. */
  function tornado(told, result, moved) {
    const all = result.together;
    const own = { label: "How far the prediction may miss", said: `${Math.round(100 * result.level)} % interval`, profits: [all.profit_low, all.profit_high] };
    const say = (each, place) => { const lever = told.levers.find((l) => l.name === each.lever); return app.leverText(lever, each.values[place]); };
    const list = [own, ...moved.map((each) => ({ ...each, said: `${say(each, 0)} to ${say(each, 1)}` }))];
    const spread = (each) => Math.abs(each.profits[1] - each.profits[0]);
    list.sort((a, b) => spread(b) - spread(a));
    const every = list.flatMap((each) => each.profits).concat(0), from = Math.min(...every), to = Math.max(...every);
    const x = (v) => (300 * (v - from)) / (to - from || 1);
    return h("ul", { class: "tornado" }, list.map((each) => {
      const [a, b] = [...each.profits].sort((p, q) => p - q);
      return h("li", {}, h("b", {}, each.label), h("span", { class: "note" }, ` ${each.said}`),
        s("svg", { viewBox: "0 0 300 12", preserveAspectRatio: "none", class: "interval", role: "img", "aria-label": `${each.label}: profit ${money(a)} to ${money(b)}` },
          s("rect", { x: x(a), y: 2, width: Math.max(x(b) - x(a), 2), height: 8, class: each === own ? "context" : "mark" }),
          s("line", { x1: x(0), x2: x(0), y1: 0, y2: 12, class: "zero" }), s("line", { x1: x(all.profit), x2: x(all.profit), y1: 0, y2: 12, class: "here" })),
        h("span", { class: "note" }, `${money(a)} to ${money(b)} a month`));
    }));
  }

  /* A fold that asks when it is open, and again when the scenario changed; the latest wins. */
  function weighing(frame) {
    let shownFor = null, asked = 0, timer = 0;
    const inside = h("div", { id: "weighed" });
    const fold = h("details", { class: "card", id: "weigh", ontoggle: () => follow() }, h("summary", {}, h("h2", {}, "Which assumption matters most?")),
      h("p", { class: "note" }, "Profit a month with one of them moved at a time, the others as they are; thin line: now, dashed: nothing earned, grey: what the prediction itself may miss."), inside);
    async function ask() {
      const mine = (asked += 1), result = frame.result;
      inside.classList.add("old");
      try {
        const answer = await frame.ask("weigh", { scenario: result.scenario });
        if (mine !== asked || result.query !== frame.result.query) return;
        put(inside, result.together ? tornado(frame.context, result, answer.moved) : h("p", {}, "Place a site first."));
        inside.classList.remove("old");
      } catch (error) { shownFor = null; inside.textContent = error.message; }
    }
    function follow() {
      if (!fold.open || !frame.result || shownFor === frame.result.query) return;
      shownFor = frame.result.query;
      clearTimeout(timer);
      timer = setTimeout(ask, 250);
    }
    return { element: fold, follow };
  }

  Object.assign(sites, { rows, weighing });
})();
