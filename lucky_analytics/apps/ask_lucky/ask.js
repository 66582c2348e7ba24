/* Ask Lucky: a question, one sentence, a table and a picture, how it was read; what was asked stays in this browser. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, s, put } = app;
  const KEPT = "lucky-asked", MOST = 30;
  const kept = () => { try { return JSON.parse(localStorage.getItem(KEPT)) ?? []; } catch { return []; } };
  const keep = (list) => { try { localStorage.setItem(KEPT, JSON.stringify(list)); } catch { /* private window */ } };

  app.views.ask_lucky = (frame) => {
    const told = frame.context;
    let shownAs = "";
    const named = (report) => report.split("/")[1].replaceAll("_", " ");
    const field = h("input", { type: "text", id: "question", autocomplete: "off", maxlength: "300", enterkeyhint: "send", "aria-describedby": "question-note", placeholder: "Orders by store last week" });
    const send = (question, context = null) => frame.change((state) => Object.assign(state, { question, request: null, context }));
    const open = (request, question = "") => frame.change((state) => Object.assign(state, { question, request, context: null }));
    const form = h("form", { class: "card", role: "search", "aria-label": "Question", onsubmit: (event) => { event.preventDefault(); send(field.value, going()); } },
      h("label", { class: "field", for: "question" }, h("span", {}, "Your question"), h("div", { class: "ask-row" }, field, h("button", { type: "submit", class: "primary", id: "ask" }, "Ask"))),
      h("p", { class: "note", id: "question-note" }, "In plain words. What is not understood is not answered. What was read is logged, what you typed is not. No names or numbers of people are shown."));
    const going = () => (/^\s*(and|what about|how about|same|now|but|only)\b/i.test(field.value) ? frame.result?.scenario.request || null : null);
    const answer = h("section", { class: "card", id: "answer", "aria-label": "Answer", "aria-live": "polite" });
    const past = h("section", { class: "card", id: "past", "aria-label": "Asked before" });
    const examples = h("details", { class: "card", id: "examples" }, h("summary", {}, h("h2", {}, "What can be asked")),
      h("p", { class: "note" }, "Try one:"), h("div", { class: "row" }, told.examples.map((text) => h("button", { type: "button", class: "chip", onclick: () => { field.value = text; send(text); } }, text))),
      h("p", {}, h("b", {}, "Figures: "), told.metrics.join(", "), "."), h("p", {}, h("b", {}, "Rows of: "), told.tables.join(", "), "."),
      h("p", { class: "note" }, "By store, product, category, channel, kind, status, hour, weekday, day, week, month; with top 10, more than 3, January vs February, since Christmas."));
    const header = frame.header("Ask Lucky", h("button", { type: "button", id: "export-csv", onclick: () => exportCsv() }, "Export CSV"));
    const element = h("div", { class: "app-page" }, header, h("main", { class: "app-main" }, form, answer, past, examples,
      h("footer", {}, told.audience ? h("p", { class: "note" }, `Shown is what the audience ${told.audience} may see.`) : null, frame.provenance())));

    async function exportCsv() {
      const request = frame.result?.scenario.request;
      if (!request || !Object.keys(request).length) { frame.say("There is no answer to export.", "problem"); return; }
      try { frame.download(`ask-lucky-${told.as_of}.csv`, "text/csv", (await frame.ask("export", { request })).text); } catch (error) { frame.say(error.message, "problem"); }
    }

    const bars = (found) => {
      const rows = found.rows.slice(0, 15), top = Math.max(...rows.map((row) => Math.abs(row.values[0] ?? 0)), 1e-12);
      return h("ul", { class: "bars", role: "img", "aria-label": found.sentence }, rows.map((row) => h("li", {}, h("span", { class: "bar-name", title: row.labels.join(", ") }, row.labels.join(", ")),
        h("span", { class: "bar-track" }, h("span", { class: "bar-fill", style: `width:${(100 * Math.abs(row.values[0] ?? 0)) / top}%` })), h("span", { class: "bar-value" }, row.shown[0].split(" ")[0] + (row.shown[0].includes(" %") ? " %" : "")))));
    };
    const line = (found) => {
      const values = found.rows.map((row) => row.values[0] ?? 0), top = Math.max(...values, 1e-12), n = Math.max(values.length - 1, 1);
      const x = (i) => 8 + (i * 624) / n, y = (v) => 120 - (v * 104) / top;
      return s("svg", { class: "chart", viewBox: "0 0 640 146", role: "img", "aria-label": found.sentence }, s("line", { class: "grid", x1: 8, x2: 632, y1: 120, y2: 120 }),
        s("path", { class: "line", d: values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("") }),
        s("text", { x: 8, y: 140 }, found.rows[0].labels[0]), s("text", { x: 632, y: 140, "text-anchor": "end" }, found.rows.at(-1).labels[0]), s("text", { x: 8, y: 12 }, `most: ${found.rows[values.indexOf(Math.max(...values))].shown[0]}`));
    };
    const table = (found) => h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Table" }, h("table", {}, h("thead", {}, h("tr", {}, found.heads.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, found.rows.slice(0, 200).map((row) => h("tr", {}, row.labels.map((text, i) => (i ? h("td", {}, text) : h("th", { scope: "row" }, text))), row.shown.map((text) => h("td", {}, text)))))));
    const fact = (name, value) => (value ? h("div", {}, h("dt", {}, name), h("dd", {}, value)) : null);

    function explain(found) {
      return h("details", { class: "more", id: "explain" }, h("summary", {}, "Explain this data"),
        found.meaning.map((each) => h("p", {}, h("b", {}, `${each.label}: `), each.definition, ` Unit: ${each.unit}. Kept by ${each.owner}. Rows: ${each.rows}.`, each.fills_later ? " Rows that come later still change it." : "")),
        h("dl", { class: "facts" }, fact("Tables", found.sources.join(", ")), fact("Freshness", found.fresh), fact("Contracts", found.contracts), fact("n", `${found.n.toLocaleString("en-US")} ${found.n_of}`)),
        h("details", { class: "more" }, h("summary", {}, "The query"), h("pre", { class: "sql scroll", tabindex: 0 }, found.sql)));
    }

    function draw(result) {
      const found = result.answer, request = result.scenario.request;
      if (found?.outcome === "answered") { shownAs = found.read_as; remember(request, shownAs); }
      if (document.activeElement !== field || !field.value) field.value = result.scenario.question || (found?.outcome === "answered" ? found.read_as : "");
      frame.root.dataset.outcome = found?.outcome ?? "";
      answer.hidden = !found;
      if (found) {
        put(answer, h("h2", { class: found.outcome === "answered" ? "said" : "said doubt" }, found.sentence),
          found.read_as ? h("p", { class: "note", id: "read-as" }, `I read this as: ${found.read_as}.`) : null,
          found.notes.map((text) => h("p", { class: "note" }, text)),
          found.choices.map((each) => h("p", {}, h("button", { type: "button", class: "chip", onclick: () => open(each.request, each.read_as) }, each.read_as), h("span", { class: "note" }, ` ${each.sentence}`))),
          found.chart === "line" ? line(found) : found.chart === "bar" ? bars(found) : null,
          found.rows.length > 1 ? table(found) : null,
          found.next.length ? h("div", { class: "row", id: "next" }, h("span", { class: "note" }, "Go on:"), found.next.map((text) => h("button", { type: "button", class: "chip", onclick: () => send(text, request) }, text))) : null,
          found.report ? h("p", { class: "note", id: "report" }, "The report that says more: ", told.site ? h("a", { href: `${told.site}/${found.report}/index.html` }, named(found.report)) : named(found.report)) : null,
          found.sql ? explain(found) : null);
      }
      drawPast();
    }

    function remember(request, text) {
      const key = JSON.stringify(request), list = kept(), was = list.find((each) => JSON.stringify(each.request) === key);
      const rest = list.filter((each) => each !== was), now = { text, request, saved: was?.saved ?? false };
      keep([now, ...rest].filter((each, i) => each.saved || i < MOST));
    }
    function drawPast() {
      const list = kept();
      past.hidden = !list.length;
      const row = (each) => h("li", { class: "row" }, h("button", { type: "button", class: "star", "aria-pressed": each.saved, title: each.saved ? "Saved" : "Save", "aria-label": `${each.saved ? "Saved" : "Save"}: ${each.text}`, onclick: () => { keep(list.map((one) => (one === each ? { ...one, saved: !one.saved } : one))); drawPast(); } }, each.saved ? "\u2605" : "\u2606"),
        h("button", { type: "button", class: "link", onclick: () => open(each.request, each.text) }, each.text));
      put(past, h("h2", {}, "Asked before"), h("p", { class: "note" }, "In this browser only; saved ones stay on top."), h("ul", {}, [...list.filter((each) => each.saved), ...list.filter((each) => !each.saved)].slice(0, 12).map(row)),
        h("button", { type: "button", id: "forget", onclick: () => { keep(list.filter((each) => each.saved)); drawPast(); } }, "Forget what is not saved"));
    }
    return { element, draw, mounted: () => field.focus() };
  };
})();
