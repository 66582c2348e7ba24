/* What Voila calls while the page is still arriving; and the first script that failed, for start.js to say. */
globalThis.voila_heartbeat = () => {};
globalThis.display_cells = () => {};
addEventListener("error", (event) => {
  // A file that was not found has no message, but an element.
  const what = event.message || `${event.target?.src || event.target?.href || "a file"} did not load`;
  const where = event.filename ? ` (${event.filename.split("/").pop()}, line ${event.lineno})` : "";
  globalThis.luckyFault ||= `${what}${where}`;
}, true);
