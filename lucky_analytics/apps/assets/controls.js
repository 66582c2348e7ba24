/* What every app has around its own view: the bar on top, levers, links, files, reports. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const { h } = app;
  const base = () => document.body.dataset.luckyBase;

  Object.assign(app.Frame.prototype, {
    /* ---- the bar ---- */
    header(title, ...own) {
      const button = (text, does, given) => h("button", { type: "button", onclick: does, ...given }, text), told = this.context;
      this.undoButton = button("Undo", () => this.undo(), { title: "Undo (Ctrl+Z)" });
      this.redoButton = button("Redo", () => this.redo(), { title: "Redo (Ctrl+Shift+Z)" });
      return h("header", { class: "bar" },
        h("div", {}, h("h1", {}, title),
          h("p", { class: "sub" }, `Data as of ${told.as_of}`, told.is_generated ? " \u00b7 generated data, calibrated to published figures" : "")),
        h("nav", { "aria-label": "Scenario" }, this.undoButton, this.redoButton,
          button("Copy link", (event) => this.share(event.target)), own, this.presenter(),
          document.body.dataset.luckyReport ? button("Save as report", (event) => this.save(event.target), { class: "primary", id: "save-report" }) : null));
    },
    /* For a room: everything that is text grows, and the panel with it. */
    presenter() {
      const root = document.documentElement, isOn = () => root.classList.contains("presenting");
      const button = h("button", { type: "button", class: "present", "aria-pressed": isOn(), onclick: () => {
        root.classList.toggle("presenting");
        button.setAttribute("aria-pressed", isOn());
        if (this.result) this.view.draw(this.result);
      } }, "Present");
      return button;
    },
    showHistory() {
      if (!this.undoButton) return;
      this.undoButton.disabled = !this.past.length;
      this.redoButton.disabled = !this.future.length;
    },

    /* ---- keeping and sharing ---- */
    async share(button) {
      const address = location.origin + location.pathname + (this.result.query ? `?${this.result.query}` : "");
      try { await navigator.clipboard.writeText(address); this.flash(button, "Link copied"); }
      catch { history.replaceState(null, "", address); this.flash(button, "Link is in the address bar"); }
    },
    flash(button, text) {
      const before = button.textContent;
      button.textContent = text;
      setTimeout(() => { button.textContent = before; }, 1800);
    },
    async save(button) {
      if (this.saving) return;
      this.saving = true;
      const before = button.textContent;
      button.textContent = "Saving\u2026";
      button.disabled = true;
      this.say("The report notebook runs with this scenario; about half a minute. You can go on meanwhile.");
      try {
        const cookie = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
        const answer = await fetch(`${base()}lucky/report`, {
          method: "POST", headers: { "Content-Type": "application/json", "X-XSRFToken": cookie ? cookie[1] : "" },
          body: JSON.stringify({ scenario: this.result.scenario, snapshot: this.context.snapshot }),
        });
        const saved = await answer.json().catch(() => ({}));
        if (!answer.ok) throw new Error(saved.error || saved.message || `The server answered ${answer.status}.`);
        this.live.className = "quiet has-text";
        this.live.replaceChildren("Saved with these numbers: ",
          h("a", { href: `${base()}lucky/portal/${saved.page}`, target: "_blank", id: "saved-report", "data-run": saved.run }, "open the report"));
      } catch (error) { this.say(error.message, "problem"); }
      this.saving = false;
      button.textContent = before;
      button.disabled = false;
    },
    download(name, type, text) {
      const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 5000);
    },
    csv(header, rows) {
      // A name that starts like a formula must not become one in a spreadsheet.
      const cell = (value) => {
        if (value === null || value === undefined) return "";
        const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
        return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      };
      return [header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    },

    /* ---- levers, the same in every app ---- */
    levers(list, isOpen, title = "Assumptions") {
      return h("details", { class: "card levers", open: isOpen }, h("summary", {}, h("h2", {}, title)),
        list.map((lever) => this.lever(lever)));
    },
    lever(lever) {
      const id = `lever-${lever.name}`, places = lever.choices;
      const shown = h("output", { for: id });
      const input = h("input", {
        id, type: "range", "aria-describedby": `${id}-note`,
        min: places.length ? 0 : lever.low, max: places.length ? places.length - 1 : lever.high, step: places.length ? 1 : lever.step,
        oninput: () => this.change((state) => { state.levers[lever.name] = read(); }, id),
      });
      const read = () => (places.length ? places[+input.value] : Math.round(+input.value * 1e6) / 1e6);
      const reset = h("button", { type: "button", class: "reset", title: "Back to rest",
        "aria-label": `${lever.label} back to rest`, onclick: () => this.change((state) => { state.levers[lever.name] = lever.default; }) }, "\u21ba");
      this.sliders[lever.name] = (value) => {
        const place = places.length ? places.indexOf(value) : value;
        if (+input.value !== place) input.value = place;
        shown.textContent = app.leverText(lever, value);
        input.setAttribute("aria-valuetext", shown.textContent);
        reset.hidden = value === lever.default;
      };
      return h("div", { class: "lever" }, h("label", { for: id }, lever.label), shown, reset, input,
        h("p", { class: "note", id: `${id}-note` }, lever.note));
    },
    showLevers(state) { for (const [name, value] of Object.entries(state.levers)) this.sliders[name]?.(value); },

    provenance() {
      const told = this.context;
      return h("p", { class: "provenance" }, `Data as of ${told.as_of}, snapshot ${told.snapshot}. `,
        told.is_generated ? "Generated data, calibrated to published figures. " : "",
        told.vintages ? `Layers: ${Object.values(told.vintages).join("; ")}. Outlines: NYC Department of City Planning. Map: Leaflet.` : "");
    },
  });

  /* A decision as the reports say it: how strongly first, then who does what, why, and what would change it. */
  app.decision = (made) => h("div", { class: `decision ${made.strength.startsWith("do not") ? "wait" : made.strength}` },
    h("p", {}, h("b", {}, `${made.call}. `), `${made.owner}: ${made.action}.`),
    h("p", { class: "note" }, made.worth ? h("b", {}, `Worth ${made.worth.shown}. `) : null, made.because),
    made.doubts.length ? h("p", { class: "note" }, h("b", {}, "What makes us less sure: "), `${made.doubts.join("; ")}.`) : null,
    made.would_change_if ? h("p", { class: "note" }, h("b", {}, "What would change this advice: "), made.would_change_if) : null);

  app.leverText = (lever, value) => {
    if (lever.unit.startsWith("USD")) return app.money(value, value < 1e5 ? 1 : 0) + lever.unit.slice(3).replace(" a month", " a month");
    if (lever.unit.startsWith("share")) return `${Math.round(100 * value)} %`;
    if (lever.unit.startsWith("x")) return `${value.toFixed(2)} ${lever.unit}`;
    return `${value < 0 ? app.MINUS : ""}${Math.abs(value)} ${lever.unit}`;
  };
})();
