/* Scenarios side by side: named, and each against the first of them. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h, put } = app;

  /* What ``rows(result)`` gives: label, text, and where it is an amount its value and how a difference is said. */
  app.Comparison = class {
    constructor(frame, rows) {
      Object.assign(this, { frame, rows, kept: [] });
      frame.compared = this;
      this.element = h("section", { class: "compare", hidden: true, "aria-label": "Scenarios compared" });
      this.button = h("button", { type: "button", id: "pin-scenario", onclick: () => this.keep() }, "Compare");
    }

    keep() {
      const result = this.frame.result;
      if (!this.rows(result)) { this.frame.say("There is nothing to compare yet.", "problem"); return; }
      if (this.kept.some((each) => each.result.query === result.query)) { this.frame.say("This scenario is kept already. Change something, then compare."); this.draw(); return; }
      this.kept.push({ name: `Scenario ${this.kept.length + 1}`, result });
      this.draw();
      this.element.scrollIntoView({ behavior: "smooth", block: "nearest" });
    }

    draw() {
      this.element.hidden = !this.kept.length;
      // A reader who is typing a name keeps the field.
      if (this.element.hidden || (this.element.contains(document.activeElement) && document.activeElement.tagName === "INPUT")) return;
      const now = this.frame.result, isKept = this.kept.some((each) => each.result.query === now.query);
      const columns = [...this.kept, ...(this.rows(now) && !isKept ? [{ name: "Now", result: now, isNow: true }] : [])];
      const read = columns.map((each) => this.rows(each.result));
      const cell = (column, row) => {
        const mine = read[column][row], first = read[0][row];
        const apart = column && mine.value !== undefined && mine.value !== null && first.value !== null ? mine.value - first.value : null;
        return h("td", {}, mine.text, apart === null ? null : h("span", { class: "apart" }, apart ? mine.apart(apart) : "the same"));
      };
      put(this.element,
        h("div", { class: "row" }, h("h2", {}, "Scenarios side by side"), h("span", { class: "note" }, columns.length > 1 ? "differences are against the first" : "change something, and it stands beside this one"),
          h("button", { type: "button", onclick: () => { this.kept = []; this.draw(); } }, "Close")),
        h("div", { class: "scroll" }, h("table", {},
          h("thead", {}, h("tr", {}, h("td", {}), columns.map((each) => h("th", { scope: "col" }, this.head(each))))),
          h("tbody", {}, read[0].map((row, place) => h("tr", {}, h("th", { scope: "row" }, row.label), columns.map((_, column) => cell(column, place))))))));
    }

    head(each) {
      if (each.isNow) return [h("b", {}, "Now"), h("div", { class: "row" }, h("button", { type: "button", onclick: () => this.keep() }, "Keep"))];
      return [
        h("input", { type: "text", class: "scenario-name", value: each.name, maxlength: 40, "aria-label": "Name of the scenario",
          onchange: (event) => { each.name = event.target.value.trim() || each.name; event.target.blur(); } }),
        h("div", { class: "row" },
          h("button", { type: "button", onclick: () => this.frame.change((state) => Object.assign(state, structuredClone(each.result.scenario))) }, "Open"),
          h("button", { type: "button", "aria-label": `Remove ${each.name}`, onclick: () => { this.kept = this.kept.filter((other) => other !== each); this.draw(); } }, "\u00d7")),
      ];
    }
  };
})();
