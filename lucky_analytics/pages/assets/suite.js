// What a page does in the browser besides its charts (charts.js): long tables, ages, folded parts and, inside
// the portal, what history.js knows. Classic script, no network: it works from file://.
(() => {
  "use strict";

  const element = (tag, text, properties) => Object.assign(document.createElement(tag), { textContent: text ?? "" }, properties);
  window.lucky = { element, stale: new Set() }; // stale: reports whose numbers are withheld here

  // --- long tables -----------------------------------------------------------------------------------

  const ROWS_OPEN = 12; // of a table with more than twice as many; without scripts and on paper all show

  const foldTables = () => {
    for (const scroll of document.querySelectorAll(".part > .table-scroll")) {
      const rows = [...scroll.querySelectorAll("tbody tr")];
      if (rows.length <= 2 * ROWS_OPEN) continue;
      for (const row of rows.slice(ROWS_OPEN)) row.classList.add("rest");
      const more = element("button", `Show all ${rows.length} rows`, { type: "button", className: "more", ariaExpanded: "false" });
      more.addEventListener("click", () => {
        const isOpen = scroll.classList.toggle("all-rows");
        more.ariaExpanded = String(isOpen);
        more.textContent = isOpen ? `Show the first ${ROWS_OPEN} rows` : `Show all ${rows.length} rows`;
      });
      scroll.after(more);
    }
  };

  // --- what the portal knows ------------------------------------------------------------------------

  const sparkline = (values) => {
    const known = values.filter((value) => value !== null);
    if (known.length < 3) return null;
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const x = (index) => 2 + (index * 96) / (values.length - 1);
    const y = (value) => (high === low ? 12 : 22 - (20 * (value - low)) / (high - low));
    const points = values.map((value, index) => (value === null ? null : [x(index), y(value)])).filter(Boolean);
    const make = (tag, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      return node;
    };
    const svg = make("svg", { viewBox: "0 0 100 24", class: "spark", "aria-hidden": "true", preserveAspectRatio: "none" });
    const line = { fill: "none", stroke: "currentColor", "stroke-width": 1.5, "vector-effect": "non-scaling-stroke" };
    svg.append(make("polyline", { ...line, points: points.map((point) => point.join(",")).join(" ") }));
    const [x1, y1] = points[points.length - 1]; // the newest, as a dot: a line of no length with round ends
    svg.append(make("line", { ...line, x1, y1, x2: x1, y2: y1, "stroke-width": 5, "stroke-linecap": "round" }));
    return svg;
  };

  // Beside each number with an interval, where those of its question have failed.
  const markInterval = (interval, history) => {
    const mark = element("p", "", { className: "interval-mark" });
    mark.append(element("a", "Such intervals have failed", { href: history.record[1], title: history.mark }));
    interval.after(mark);
  };

  // What was decided on this page, and what came after it.
  const showDecided = (decided) => {
    const answer = document.getElementById("answer");
    for (const [what, after] of answer ? decided : []) {
      const part = element("div", "", { className: "decided" });
      part.append(element("p", what), element("p", after, { className: "why" }));
      answer.append(part);
    }
  };

  const fillHistory = (history) => {
    const run = document.body.dataset.run;
    const bar = element("div");
    bar.append(element("a", "All reports", { href: history.home }));
    for (const [name, address] of window.luckyNav || []) bar.append(element("a", name, { href: `../../${address}` }));
    const nEarlier = history.n_runs - 1; // this one aside
    if (nEarlier > 0) bar.append(element("a", `Earlier runs (${nEarlier})`, { href: history.list }));
    const isNewest = run === history.shown_run;
    if (isNewest) for (const [name, href] of history.forms) bar.append(element("a", name, { href }));
    const byHand = history.beside[run];
    const earlier = byHand ? `Made by hand ${byHand}. It is not the report itself.` : "This is an earlier run.";
    const note = isNewest ? history.note : earlier;
    if (isNewest && history.sound.length) bar.append(element("a", history.sound[0], { href: history.sound[1] }));
    if (note) bar.append(element("p", note, { className: "note" }));
    if (!isNewest) bar.append(element("a", byHand ? "The report" : "Newest report", { href: history.newest }));
    const frame = document.getElementById("portal-bar");
    frame.append(bar);
    frame.hidden = false;
    if ((history.record || []).length) bar.append(element("a", history.record[0], { href: history.record[1] }));
    if (history.mark) bar.append(element("p", history.mark, { className: "note" }));
    showDecided(history.decided || []);
    const headlines = (history.runs[run] || {}).headlines || {};
    for (const tile of document.querySelectorAll(".tile")) {
      const interval = tile.querySelector(".interval.ends");
      if (history.mark && interval) markInterval(interval, history);
      const known = headlines[tile.dataset.headline];
      const place = tile.querySelector(".change");
      if (!known || !place) continue;
      if (known.change) place.textContent = known.change;
      const line = sparkline(known.values);
      if (line) place.append(line);
      place.hidden = !place.hasChildNodes();
    }
  };

  // A name of a store or a product in a table leads to its page. names.js is there only inside the portal.
  const linkNames = (names) => {
    for (const cell of document.querySelectorAll(".table-scroll :is(td, th)")) {
      const address = Object.hasOwn(names, cell.textContent) && names[cell.textContent];
      if (!address || cell.querySelector("a")) continue;
      cell.replaceChildren(element("a", cell.textContent, { href: `../../${address}` }));
    }
  };

  // Its apps, beside the decision that they let a reader try otherwise.
  const linkApps = (apps) => {
    const links = Object.hasOwn(apps, document.body.dataset.notebook) ? apps[document.body.dataset.notebook] : [];
    const answer = document.getElementById("answer");
    for (const [title, href] of answer ? links : []) {
      const line = element("p", "Try it yourself: ", { className: "app-link" });
      line.append(element("a", title, { href }));
      answer.append(line);
    }
  };

  // The page of the portal that has all reports on its topic.
  const linkTopic = (topics) => {
    const topic = Object.hasOwn(topics, document.body.dataset.notebook) && topics[document.body.dataset.notebook];
    const answer = document.getElementById("answer");
    if (!topic || !answer) return;
    const line = element("p", "All pages on this, with one verdict: ", { className: "app-link" });
    line.append(element("a", topic[0], { href: `../../${topic[1]}` }));
    answer.append(line);
  };

  // --- how old the data is --------------------------------------------------------------------------

  // Not in the page itself, which says the same on every day. Generated data has no age: no mark asks for it.
  const sayAges = () => {
    const now = new Date();
    const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
    for (const time of document.querySelectorAll("time[data-age]")) {
      const days = Math.round((today - Date.parse(time.getAttribute("datetime"))) / 86400000);
      if (Number.isNaN(days) || days < 0) continue;
      const words = ["today", "yesterday"][days] || `${days} days ago`;
      const limit = Number(time.dataset.age); // days after its last one for which the numbers are shown
      time.after(element("span", ` (${words})`, { className: days > limit ? "age stale" : "age" }));
      if (days > limit) withhold(time, `Not shown, because of its data: ${whyStale(time, limit)}`);
    }
  };

  // The words of describe_stale (pages/facts.py): they stay true as the data grows older.
  const whyStale = (time, limit) => `stale, the last day is ${time.textContent}, more than ${limit} ${limit === 1 ? "day" : "days"} ago`;

  // The portal may have been published while the data was fresh: what it says as the newest is withheld now.
  const withhold = (time, why) => {
    const answer = document.getElementById("answer");
    if (answer && isNewest() && !answer.querySelector(".problems")) withholdPage(answer, time, why);
    const entry = time.closest(".report-entry");
    const said = entry && entry.querySelector(".said:not(.status)");
    if (!said) return;
    Object.assign(said, { textContent: why, className: "said status" });
    window.lucky.stale.add(entry.dataset.key);
    for (const move of document.querySelectorAll("[data-about]")) if (move.dataset.about === entry.dataset.key) move.remove();
    const moves = document.querySelector(".changes ul");
    if (moves && !moves.children.length) moves.replaceWith(element("p", "The reports behind what changed are stale.", { className: "quiet" }));
  };

  const isNewest = () => !window.luckyHistory || window.luckyHistory.shown_run === document.body.dataset.run;

  const withholdPage = (answer, time, why) => {
    document.body.classList.add("withheld");
    const said = element("p", `${why}.`, { className: "answer-text withheld" });
    const show = element("button", `Show the numbers of ${time.textContent}`, { type: "button", className: "more" });
    answer.firstElementChild.after(said, show);
    for (const tile of document.querySelectorAll(".tile > div")) tile.prepend(element("p", "Not shown", { className: "value withheld" }));
    show.addEventListener("click", () => {
      document.body.classList.remove("withheld");
      for (const note of document.querySelectorAll(".tile .withheld")) note.remove();
      said.textContent = `Shown on request. The data is ${why.split(": ").pop()}.`;
      said.tabIndex = -1;
      said.focus();
      show.remove();
      window.dispatchEvent(new Event("shown"));
    });
  };

  // --- cards: rows of wide tables on a phone -----------------------------------------------------------

  const PHONE = "(max-width: 40rem)";

  // Beside the row's name, what opens the columns that do not decide. Without scripts all of them stand open.
  const foldCards = () => {
    for (const table of document.querySelectorAll("table.cards.fold:not(.folding)")) {
      const place = [...table.classList].map((name) => /^n(\d+)$/.exec(name)).find(Boolean);
      for (const row of table.tBodies.length && place ? table.tBodies[0].rows : []) {
        const name = row.cells[place[1] - 1];
        if (!name || row.cells.length < 4) continue;
        const button = element("button", "", { type: "button", className: "unfold", ariaExpanded: "false", ariaLabel: `More of ${name.textContent}` });
        button.addEventListener("click", () => {
          button.ariaExpanded = String(row.classList.toggle("open"));
        });
        name.append(button);
      }
      table.classList.add("folding");
    }
  };

  // --- folded parts ---------------------------------------------------------------------------------

  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details");
    if (folded) folded.open = true;
  };

  window.addEventListener("hashchange", openTarget);

  openTarget();
  sayAges();
  if (document.body.classList.contains("report")) foldTables();
  if (window.luckyHistory) fillHistory(window.luckyHistory);
  if (window.luckyNames && document.body.classList.contains("report")) linkNames(window.luckyNames);
  if (window.luckyApps && document.body.classList.contains("report")) linkApps(window.luckyApps);
  if (window.luckyTopics && document.body.classList.contains("report")) linkTopic(window.luckyTopics);
  const phone = matchMedia(PHONE);
  if (phone.matches) foldCards();
  else phone.addEventListener("change", foldCards, { once: true });
})();
