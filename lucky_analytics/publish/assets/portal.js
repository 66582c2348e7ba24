// The portal's home: search as you type over search.js. Classic script, no network: works from file://.
(() => {
  "use strict";
  const box = document.getElementById("search");
  const index = window.luckySearch;
  if (!box || !index) return;

  const entries = [...document.querySelectorAll(".report-entry")];
  const groups = [...document.querySelectorAll(".department-list")];
  const found = document.getElementById("found");

  const search = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const entry of entries) {
      const text = index[entry.dataset.key] || "";
      entry.hidden = !words.every((word) => text.includes(word));
      count += entry.hidden ? 0 : 1;
    }
    for (const group of groups) group.hidden = !group.querySelector(".report-entry:not([hidden])");
    found.textContent = words.length ? `${count} of ${entries.length} reports` : "";
  };

  box.closest(".search").hidden = false;
  box.addEventListener("input", search);
  search(); // a browser may restore what was typed before
})();
