// The portal's home: search as you type over search.js. Classic script, no network: works from file://.
(() => {
  "use strict";
  const box = document.getElementById("search");
  const index = window.luckySearch;
  if (!box || !index) return;

  const { element, stale } = window.lucky;
  const MOST = 24; // results shown; the count says how many there are
  const KINDS = ["Store", "Product", "Report", "Number", "Metric", "Chart", "Table", "App", "Data"]; // of equal matches
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const folded = index.map(([kind, title, , words]) => [title.toLowerCase(), `${kind} ${title} ${words}`.toLowerCase()]);

  // 0 where the title begins with what was typed, 1 where it holds every word, 2 where only the rest does.
  const rank = (place, typed, words) => {
    const [title, all] = folded[place];
    if (!words.every((word) => all.includes(word))) return -1;
    if (title.startsWith(typed)) return 0;
    return words.every((word) => title.includes(word)) ? 1 : 2;
  };

  const search = () => {
    const typed = box.value.toLowerCase().trim();
    const words = typed.split(/\s+/).filter(Boolean);
    const hits = !words.length ? [] : index
      .map((entry, place) => ({ entry, rank: rank(place, typed, words) }))
      .filter((hit) => hit.rank >= 0 && !stale.has(hit.entry[4]))
      .sort((a, b) => a.rank - b.rank || KINDS.indexOf(a.entry[0]) - KINDS.indexOf(b.entry[0]));
    results.replaceChildren(...hits.slice(0, MOST).map(({ entry: [kind, title, href] }) => {
      const item = element("li");
      item.append(element("span", kind, { className: "kind" }), " ", element("a", title, { href }));
      return item;
    }));
    const shown = hits.length > MOST ? `, the first ${MOST} shown` : "";
    found.textContent = words.length ? `${hits.length || "Nothing"} found${shown}` : "";
  };

  box.closest(".search").hidden = false;
  box.addEventListener("input", search);
  search(); // a browser may restore what was typed before
})();
