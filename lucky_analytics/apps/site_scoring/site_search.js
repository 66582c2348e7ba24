/* Where the next sites could be: asked, named by neighbourhood, shown on the map, and placed only on a click. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const sites = (app.sites = app.sites || {});
  const { h, put, signed, number } = app;

  sites.search = (frame, does) => {
    const told = frame.context;
    let asked = 0, found = null, foundFor = "";
    const k = h("select", { id: "search-k", "aria-label": "How many" }, [1, 2, 3, 4, 5].map((n) => h("option", { value: n, selected: n === 2 }, `${n} ${n === 1 ? "site" : "sites"}`)));
    const objective = h("select", { id: "search-objective", "aria-label": "Objective" }, told.objectives.map(([name, text]) => h("option", { value: name }, text)));
    const note = h("div", { role: "status" }), actions = h("div", { class: "row", id: "search-actions" });
    const element = h("details", { class: "card" }, h("summary", {}, h("h2", {}, "Propose the next sites")),
      h("div", { class: "row" }, k, h("span", {}, "for"), objective, h("button", { type: "button", id: "search-run", onclick: () => run() }, "Search")), note, actions);

    async function run() {
      const mine = (asked += 1);
      put(note, h("p", { class: "note" }, "Searching\u2026"));
      try {
        const answer = await frame.ask("search", { scenario: frame.state, objective: objective.value, k: +k.value });
        if (mine !== asked) return;
        if (answer.refused) { clear(); put(note, h("p", { class: "note" }, `Nothing is proposed. ${answer.refused}`)); return; }
        found = answer;
        foundFor = frame.result.query;
        does.drawSurface(found);
        put(note, found.sites.length
          ? h("ol", { class: "proposals" }, found.sites.map(([name, , , adds]) => h("li", {}, h("b", {}, name), ` ${signed(adds)} a month`)))
          : h("p", {}, "No place is left within what the model has seen."),
        h("p", { class: "note" }, `${number(found.n_places)} places ${found.step_km * 1000} m apart, chosen one after the other${found.is_complete ? "" : "; the time was up"}. Squares: what a first site there would add a month. Places unlike every one of our stores, or where hardly anybody lives or works, are not proposed.`));
        put(actions, found.sites.length ? h("button", { type: "button", class: "primary", id: "search-take", onclick: () => { const taken = found.sites; clear(); does.take(taken); } }, "Place them") : null,
          h("button", { type: "button", onclick: clear }, "Clear"));
      } catch (error) { put(note, h("p", {}, error.message)); }
    }
    function clear() {
      found = null;
      does.drawSurface(null);
      put(note);
      put(actions);
    }
    /* Squares of another scenario would be read as of this one. */
    const follow = (result) => { if (found && result.query !== foundFor) clear(); };
    return { element, follow, found: () => found };
  };
})();
