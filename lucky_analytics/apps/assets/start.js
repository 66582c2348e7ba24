/* In Voila: draw the first numbers from the page itself, before the widget machinery has loaded. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const root = document.getElementById("lucky-app");
  const first = document.getElementById("lucky-first");
  if (first) {
    app.boot(root, JSON.parse(first.textContent));
    return;
  }
  const failed = document.querySelector(".lucky-failed");
  const said = failed ? JSON.parse(failed.textContent) : {};
  const ours = /^(LuckyError|SnapshotError|ParameterError|UnknownNameError|RunError)$/.test(said.kind || "");
  root.querySelector(".skeleton")?.replaceWith(
    app.h("div", { class: "banner", role: "alert" },
      app.h("span", {}, ours ? said.text : "The app could not start. What happened is in the server's log."),
      app.h("button", { type: "button", class: "primary", onclick: () => location.reload() }, "Try again")),
  );
})();
