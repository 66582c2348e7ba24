/* What every app shares: the scenario and its history, the way to Python and back, the address, the banner. */
(() => {
  "use strict";
  const app = (globalThis.luckyApp = globalThis.luckyApp || { views: {} });
  const { h } = app;
  const base = () => document.body.dataset.luckyBase;
  const SLOW_MS = 4000;

  class Frame {
    constructor(root, first, isHeld) {
      Object.assign(this, first, { root, past: [], future: [], waiting: new Map(), next: 1, timings: [], sliders: {} });
      this.state = structuredClone(first.first.scenario);
      this.result = null;
      const draw = app.views[first.name];
      if (!draw) throw new Error(`no script of the app ${first.name} sets app.views.${first.name}`);
      this.view = draw(this);
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
      this.showLevers(this.state);
      this.showHistory();
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
      this.sketch();
    }
    sketch() {
      this.showLevers(this.state);
      this.showHistory();
      this.evaluate({ scenario: structuredClone(this.state) });
    }
    undo() { this.step(this.past, this.future); }
    redo() { this.step(this.future, this.past); }
    step(from, to) {
      if (!from.length) return;
      to.push(JSON.stringify(this.state));
      this.state = JSON.parse(from.pop());
      this.lastName = "";
      this.sketch();
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
  }
  app.Frame = Frame;

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
