/* What every app shares: the scenario and its history, the way to Python and back, the address, the banner. */
(() => {
  "use strict";
  const app = (globalThis.luckyApp = globalThis.luckyApp || { views: {} });
  const { h } = app;
  const base = () => document.body.dataset.luckyBase;
  const SLOW_MS = 4000;

  class Frame {
    constructor(root, first, isHeld) {
      Object.assign(this, first, { root, past: [], future: [], waiting: new Map(), next: 1, timings: [], pinned: [], sliders: {} });
      this.state = structuredClone(first.first.scenario);
      this.result = null;
      this.view = app.views[first.view](this);
      root.classList.remove("is-waiting");
      root.removeAttribute("aria-busy");
      root.replaceChildren(this.banner(), this.view.element);
      if (!isHeld) this.show(first.first);
      this.view.mounted?.();
      addEventListener("keydown", (event) => this.key(event));
    }

    banner() {
      this.message = h("div", { class: "banner", role: "alert", hidden: true });
      this.live = h("div", { class: "quiet", role: "status", "aria-live": "polite" });
      return h("div", {}, this.message, this.live);
    }

    key(event) {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      if (/^(INPUT|TEXTAREA)$/.test(event.target.tagName) && event.target.type === "text") return;
      event.preventDefault();
      if (event.shiftKey) this.redo(); else this.undo();
    }

    /* ---- the way to Python ---- */
    attach(model) {
      this.model = model;
      model.on("msg:custom", (reply) => this.receive(reply));
      this.root.dataset.connected = "yes";
      this.watch();
      const query = location.search.replace(/^\?/, "").split("&").filter((part) => !/^(token=|$)/.test(part)).join("&");
      // A login that came in the address is a cookie by now, and must not be shared with a link.
      if (/[?&]token=/.test(location.search)) history.replaceState(null, "", query ? `?${query}` : location.pathname);
      if (query) this.evaluate({ query });
      else if (this.queued) { this.queued = false; this.evaluate({ scenario: this.state }); }
    }

    ask(kind, body) {
      const id = this.next++;
      return new Promise((resolve, reject) => {
        this.waiting.set(id, { resolve, reject, since: performance.now() });
        this.model.send({ id, kind, body });
        setTimeout(() => this.waiting.has(id) && this.checkAlive(), SLOW_MS);
      });
    }

    receive(reply) {
      const asked = this.waiting.get(reply.id);
      if (!asked) return;
      this.waiting.delete(reply.id);
      if (reply.error) asked.reject(new Error(reply.error));
      else asked.resolve(reply.result);
    }

    /* Latest wins: while one scenario is being computed only the newest of those that follow is kept. */
    async evaluate(body) {
      if (!this.model) { this.queued = true; return; }
      if (this.busy) { this.later = body; return; }
      this.busy = true;
      this.root.classList.add("is-computing");
      const began = performance.now();
      try {
        const result = await this.ask("evaluate", body);
        if (!this.later) {
          this.show(result);
          this.timings.push(performance.now() - began);
          requestAnimationFrame(() => this.timings.length && (this.root.dataset.answers = this.timings.length));
        }
        this.say("");
      } catch (error) {
        this.say(error.message, "problem");
        if (body.query && !this.result) this.show(this.first);
        else if (this.result && !this.later) { this.state = structuredClone(this.result.scenario); this.show(this.result); }
      } finally {
        this.busy = false;
        this.root.classList.remove("is-computing");
        if (this.later) { const body = this.later; this.later = null; this.evaluate(body); }
      }
    }

    show(result) {
      this.result = result;
      this.state = structuredClone(result.scenario);
      this.view.draw(result);
      const isStart = result.query === this.first.query && !location.search;
      if (this.model && !isStart) history.replaceState(null, "", result.query ? `?${result.query}` : location.pathname);
    }

    /* ---- scenario and history ---- */
    change(edit, name = "") {
      const before = JSON.stringify(this.state);
      edit(this.state);
      if (JSON.stringify(this.state) === before) return;
      // One drag or one slide is one step back.
      if (!name || this.lastName !== name || performance.now() - this.lastAt > 1200) this.past.push(before);
      this.lastName = name;
      this.lastAt = performance.now();
      this.future = [];
      if (this.past.length > 100) this.past.shift();
      this.view.sketch?.(this.state);
      this.evaluate({ scenario: structuredClone(this.state) });
    }
    undo() { this.step(this.past, this.future); }
    redo() { this.step(this.future, this.past); }
    step(from, to) {
      if (!from.length) return;
      to.push(JSON.stringify(this.state));
      this.state = JSON.parse(from.pop());
      this.lastName = "";
      this.view.sketch?.(this.state);
      this.evaluate({ scenario: structuredClone(this.state) });
    }

    say(text, kind = "") {
      this.live.textContent = text;
      this.live.className = `quiet ${text ? "has-text" : ""} ${kind}`;
    }

    /* ---- staying alive ---- */
    watch() {
      clearInterval(this.watcher);
      this.watcher = setInterval(() => document.visibilityState === "visible" && this.checkAlive(), 8000);
    }
    async checkAlive() {
      const kernel = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}").kernelId;
      if (!kernel || this.isLost) return;
      try {
        const answer = await fetch(`${base()}lucky/health/${kernel}`, { cache: "no-store" });
        const health = answer.ok ? await answer.json() : { alive: false };
        if (health.alive) this.message.hidden = true;
        else this.lost("This session has ended on the server (it was idle, or was stopped). Your scenario is kept in the address.");
      } catch {
        this.warn("The server does not answer. Your scenario is kept in the address; this page keeps trying.");
      }
    }
    warn(text) {
      this.message.replaceChildren(h("span", {}, text));
      this.message.hidden = false;
    }
    lost(text) {
      this.isLost = true;
      clearInterval(this.watcher);
      this.root.classList.remove("is-computing");
      this.warn(text);
      this.message.append(h("button", { type: "button", class: "primary", onclick: () => this.restart() }, "Connect again"));
      this.message.querySelector("button").focus();
    }
    restart() {
      // What was asked last may not have been answered: the address carries the last answer, the store the rest.
      sessionStorage.setItem("lucky-unanswered", JSON.stringify(this.state));
      location.reload();
    }

    /* ---- keeping and sharing ---- */
    async share(button) {
      const address = location.origin + location.pathname + (this.result.query ? `?${this.result.query}` : "");
      try { await navigator.clipboard.writeText(address); this.flash(button, "Link copied"); }
      catch { history.replaceState(null, "", address); this.flash(button, "Link is in the address bar"); }
    }
    flash(button, text) {
      const before = button.textContent;
      button.textContent = text;
      setTimeout(() => { button.textContent = before; }, 1800);
    }
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
    }
    download(name, type, text) {
      const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 5000);
    }
    csv(header, rows) {
      // A name that starts like a formula must not become one in a spreadsheet.
      const cell = (value) => {
        if (value === null || value === undefined) return "";
        const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
        return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      };
      return [header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
    }

    /* ---- levers, the same in every app ---- */
    levers(list, isOpen) {
      return h("details", { class: "card levers", open: isOpen }, h("summary", {}, h("h2", {}, "Assumptions")),
        list.map((lever) => this.lever(lever)));
    }
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
    }
    showLevers(state) { for (const [name, value] of Object.entries(state.levers)) this.sliders[name]?.(value); }

    provenance() {
      const told = this.context;
      return h("p", { class: "provenance" }, `Data as of ${told.as_of}, snapshot ${told.snapshot}. `,
        told.is_generated ? "Generated data, calibrated to published figures. " : "",
        told.vintages ? `Layers: ${Object.values(told.vintages).join("; ")}. Outlines: NYC Department of City Planning. Map: Leaflet.` : "");
    }
  }

  app.leverText = (lever, value) => {
    if (lever.unit.startsWith("USD")) return app.money(value, value < 1e5 ? 1 : 0) + lever.unit.slice(3).replace(" a month", " a month");
    if (lever.unit.startsWith("share")) return `${Math.round(100 * value)} %`;
    if (lever.unit.startsWith("x")) return `${value.toFixed(2)} ${lever.unit}`;
    return `${value < 0 ? app.MINUS : ""}${Math.abs(value)} ${lever.unit}`;
  };

  app.boot = (root, first) => {
    let unanswered = null;
    try { unanswered = JSON.parse(sessionStorage.getItem("lucky-unanswered")); sessionStorage.removeItem("lucky-unanswered"); } catch { /* none */ }
    const isHeld = /[?&](?!token=)[a-z_]+=/.test(location.search);
    app.frame = new Frame(root, first, isHeld);
    if (unanswered) { app.frame.unanswered = unanswered; }
    if (app.model) app.frame.attach(app.model);
    return app.frame;
  };

  /* Called with the widget: in Voila the page stands already, in JupyterLab it is built in the cell. */
  app.connect = ({ model, el }) => {
    const root = document.getElementById("lucky-app");
    if (root) {
      app.model = model;
      if (app.frame) app.frame.attach(model);
      if (app.frame?.unanswered) { const state = app.frame.unanswered; app.frame.unanswered = null; app.frame.change((now) => Object.assign(now, state)); }
      return;
    }
    const inside = h("div", { class: "lucky-app in-lab" });
    el.append(inside);
    model.on("msg:custom", function once(reply) {
      if (reply.kind !== "context") return;
      app.frame = new Frame(inside, reply.result, false);
      app.frame.attach(model);
    });
    model.send({ id: 0, kind: "context", body: null });
  };
})();
