/* In Voila: draw the first numbers from the page itself, before the widget machinery has loaded. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const root = document.getElementById("lucky-app");
  const first = document.getElementById("lucky-first");
  const failed = document.querySelector(".lucky-failed");
  /* Plain elements: what failed may be the file that makes them easy. */
  const say = (text) => {
    const banner = document.createElement("div"), words = document.createElement("span"), again = document.createElement("button");
    Object.assign(again, { type: "button", className: "primary", textContent: "Try again", onclick: () => location.reload() });
    banner.className = "banner";
    banner.setAttribute("role", "alert");
    words.textContent = text;
    banner.append(words, again);
    root.removeAttribute("aria-busy");
    root.replaceChildren(banner);
  };
  if (failed) {
    const said = JSON.parse(failed.textContent);
    const ours = /^(LuckyError|SnapshotError|ParameterError|UnknownNameError|RunError)$/.test(said.kind || "");
    say(ours ? said.text : "The app could not start. What happened is in the server's log.");
    return;
  }
  try {
    if (!first) throw new Error("the page ended before its numbers");
    app.boot(root, JSON.parse(first.textContent));
  } catch (error) {
    const fault = globalThis.luckyFault || error.message;
    say(`The page could not be drawn: ${fault}.`);
    const cookie = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
    fetch(`${document.body.dataset.luckyBase}lucky/fault`, {
      method: "POST", headers: { "Content-Type": "application/json", "X-XSRFToken": cookie ? cookie[1] : "" },
      body: JSON.stringify({ text: fault }),
    }).catch(() => {});
  }
})();
