/* One customer by number: what was ordered and is expected, coupons, states, labels and experiments. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put, money, percent } = app;
  const NONE = "\u2013";
  const dollars = (value) => (value === null ? NONE : `$${value.toFixed(2)}`);
  const ago = (card) => (card.days_since_last ? `last ${card.days_since_last} day${card.days_since_last > 1 ? "s" : ""} before ${card.as_of}` : `last on ${card.as_of}`);
  const words = (text) => String(text ?? NONE).replaceAll("_", " ");

  app.views.customer_card = (frame) => {
    const told = frame.context;
    const field = h("input", { type: "text", id: "customer-number", autocomplete: "off", spellcheck: "false", maxlength: "64", "aria-describedby": "customer-note" });
    const form = h("form", { class: "card", role: "search", "aria-label": "Customer", onsubmit: (event) => {
      event.preventDefault();
      frame.state.customer = field.value;
      frame.evaluate({ scenario: { customer: field.value } });
    } },
      h("div", { class: "fields" }, h("label", { class: "field", for: "customer-number" }, h("span", {}, "Customer number"), field),
        h("div", { class: "row" }, h("button", { type: "submit", class: "primary", id: "look-up" }, "Look up"))),
      h("p", { class: "note", id: "customer-note" }, "The number that systems know a customer by. Each look-up is logged with who made it, also one that finds nobody; it is never part of the address."));
    const shown = h("div", { class: "app-main", id: "card", style: "padding:0" });
    const element = h("div", { class: "app-page" }, frame.header("One customer"), h("main", { class: "app-main" }, form, shown, h("footer", {}, frame.provenance())));

    const fact = (name, value, note) => h("div", {}, h("dt", {}, name), h("dd", {}, value, note ? h("span", { class: "note" }, note) : null));
    const section = (title, ...inside) => h("section", { class: "card", "aria-label": title }, h("h2", {}, title), ...inside);
    const table = (heads, rows, none) => (rows === null ? h("p", { class: "note" }, "Not in this snapshot.") : !rows.length ? h("p", { class: "note" }, none) :
      h("div", { class: "scroll", tabindex: "0" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((text, i) => (i ? h("td", {}, text) : h("th", { scope: "row" }, text)))))))));

    function draw(result) {
      const card = result.card;
      field.value = result.scenario.customer;
      frame.root.dataset.customer = card ? card.customer : "";
      if (!card) { put(shown, h("p", { class: "note" }, "Nobody is looked up.")); return; }
      const ordered = card.n_orders > 0;
      put(shown,
        section(`Customer ${card.customer}`, h("dl", { class: "facts" },
          fact("Registered", card.registered, `${words(card.origin)}${card.is_deleted ? "; account deleted" : ""}`),
          fact("Orders", String(card.n_orders), ordered ? ago(card) : "none yet"),
          fact("Paid so far", dollars(card.paid), "items, before tax"),
          fact("Favourite store", card.stores.map((each) => each.name).join(", ") || NONE, ordered ? `${card.stores[0].n} order${card.stores[0].n > 1 ? "s" : ""}${card.stores.length > 1 ? " each" : ""}` : ""),
          fact("Buys most", card.products.map((each) => `${each.name} (${each.n})`).join(", ") || NONE))),
        section("What is expected", h("dl", { class: "facts" },
          fact("Margin in the next 12 months", dollars(card.year), told.why ? "cannot be told yet" : "one customer's is uncertain: the page on lifetime value has intervals by class"),
          fact("Class", card.class ?? NONE), fact("Still here", card.p_alive === null ? NONE : percent(card.p_alive, 1)),
          fact("Churn score", card.score === null ? NONE : `${card.score} of 100`, card.score === null ? (told.is_scored ? "only active customers have one" : "no scores yet") : `raised most by: ${card.reason}`),
          fact("Stands at", card.where ?? NONE),
          fact("Lately, often, much", card.scores ? card.scores.join(" \u00b7 ") : NONE, card.scores ? `1 to 5 each; ${card.rfm}` : ""))),
        section("Coupons that are good still", h("p", { class: "note" }, card.coupons === null ? "" : `${card.n_coupons} open, ${card.n_used} used`),
          table(["Campaign", "For", "Off", "Until"], card.coupons?.map((each) => [each.campaign, each.category ?? "anything", each.depth === null ? NONE : percent(each.depth), each.until]) ?? null, "None.")),
        section("What the customer platform says", table(["State", "Value", "Since"], card.states?.map((each) => [words(each.kind), each.value, each.since_date]) ?? null, "Nothing.")),
        section("Labels", table(["Kind", "Label", "Given"], card.labels?.map((each) => [each.kind, words(each.label), each.given_date]) ?? null, "None.")),
        section("Experiments", table(["Experiment", "Branch", "Since"], card.experiments?.map((each) => [each.experiment_name ?? each.experiment_id, each.branch, each.assigned_date]) ?? null, "In none.")));
    }
    return { element, draw };
  };
})();
