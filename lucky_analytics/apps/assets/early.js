/* What Voila calls while the page is still arriving. */
globalThis.voila_heartbeat = () => {};
globalThis.display_cells = () => {};
