// What a report page does in the browser: draws its charts from the JSON in the page, and, inside the
// portal, fills in what history.js knows. Classic script, no network: it works from file://.
(() => {
  "use strict";

  const SANS = getComputedStyle(document.documentElement).getPropertyValue("--sans").trim();
  const ROWS_SHOWN = 200;
  const PHONE = 480; // px
  const LETTER = 6.6; // px, of a label's letter, in wide fonts too
  const LINE = 12; // px, of a broken label
  const FILLED = 0.8; // of a line, on average, when words stay whole
  const LABEL_SHARE = 0.42; // of a chart's width, at most, goes to the labels of its axis
  const COLUMN_MIN = 150; // px: a small multiple narrower than this cannot be read

  // Names of style-sheet variables: the chart follows light, dark and print without being drawn again.
  const PAGE_CONFIG = {
    background: "transparent",
    font: SANS,
    view: { stroke: null },
    text: { font: SANS, color: "var(--ink)" },
    rule: { color: "var(--soft)" },
    axis: {
      domainColor: "var(--soft)", tickColor: "var(--line)", gridColor: "var(--line)",
      labelColor: "var(--soft)", titleColor: "var(--soft)",
      labelFont: SANS, titleFont: SANS, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
    },
    axisX: { labelOverlap: true },
    legend: {
      labelColor: "var(--ink)", titleColor: "var(--soft)", labelFont: SANS, titleFont: SANS,
      labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal",
    },
    header: {
      labelColor: "var(--ink)", titleColor: "var(--soft)", labelFont: SANS, titleFont: SANS,
      labelFontSize: 12, titleFontSize: 12, labelFontWeight: 600, titleFontWeight: "normal",
    },
    title: { color: "var(--ink)", subtitleColor: "var(--soft)", font: SANS, subtitleFont: SANS },
  };

  const element = (tag, text, properties) => Object.assign(document.createElement(tag), { textContent: text ?? "" }, properties);

  const merge = (base, over) => {
    const merged = { ...base };
    for (const [key, value] of Object.entries(over)) {
      const both = value && typeof value === "object" && merged[key] && typeof merged[key] === "object";
      merged[key] = both ? merge(merged[key], value) : value;
    }
    return merged;
  };

  // --- charts ---------------------------------------------------------------------------------------

  // A chart of several views: how many stand beside each other, and where their width is written.
  const grid = (spec, width) => {
    const fitting = Math.max(2, Math.floor(width / COLUMN_MIN));
    if (spec.facet && spec.spec) {
      if (!spec.facet.column) spec.columns = Math.min(spec.columns || fitting, fitting);
      return { columns: spec.columns || 1, views: [spec.spec] };
    }
    if (spec.encoding && spec.encoding.facet) {
      const facet = spec.encoding.facet;
      facet.columns = Math.min(facet.columns || fitting, fitting);
      return { columns: facet.columns, views: [spec] };
    }
    if (spec.hconcat) {
      if (width >= 2 * 260 && spec.hconcat.length <= 3) return { columns: spec.hconcat.length, views: spec.hconcat };
      spec.vconcat = spec.hconcat;
      delete spec.hconcat;
    }
    if (spec.vconcat) return { columns: 1, views: spec.vconcat };
    if (spec.concat) {
      spec.columns = Math.min(spec.columns || fitting, fitting);
      return { columns: spec.columns, views: spec.concat };
    }
    return null;
  };

  const rowsOf = (spec) => [...Object.values(spec.datasets || {}), (spec.data && spec.data.values) || []]
    .filter((rows) => Array.isArray(rows) && rows.length);

  // Names that are written for a wide screen must not take the plot's place on a narrow one.
  const limitLabels = (node, most) => {
    for (const [key, value] of Object.entries(node)) {
      if (key === "labelLimit" && typeof value === "number" && (value > most || value === 0)) node[key] = most;
      else if (key !== "datasets" && key !== "values" && value && typeof value === "object") limitLabels(value, most);
    }
  };

  // On a phone long names break into lines instead of being cut, and the rows grow with them. Only where
  // the height is given by row; elsewhere the lines would run into each other. No name has a bar (¦).
  const wrapNames = (spec, most) => {
    const rows = rowsOf(spec).flat();
    let lines = 1;
    for (const { encoding } of [spec, ...(spec.layer || [])]) {
      const y = encoding && encoding.y;
      if (!y || y.type !== "nominal" || y.axis === null || (y.axis || {}).labelExpr) continue;
      const longest = Math.max(0, ...rows.map((row) => String(row[y.field] ?? "").length));
      if (longest <= most) continue;
      lines = Math.max(lines, Math.ceil(longest / (most * FILLED)));
      const broken = `replace(datum.label, regexp('(.{1,${most}})(?: +|$)', 'g'), '$1¦')`;
      y.axis = { ...y.axis, labelExpr: `split(replace(${broken}, regexp('¦$'), ''), '¦')`, labelLineHeight: LINE, labelFontSize: 11 };
    }
    if (lines > 1) spec.height = { step: Math.max(spec.height.step, LINE * lines + 6) };
  };

  const prepare = (source, width, correction) => {
    const spec = structuredClone(source);
    spec.config = merge(spec.config || {}, PAGE_CONFIG);
    if (width < PHONE) spec.config = merge(spec.config, { header: { labelFontSize: 11 }, legend: { columns: 2 } });
    delete spec.background;
    const views = grid(spec, width);
    if (views) {
      const cell = width / views.columns - 24 - correction / views.columns;
      for (const view of views.views) view.width = Math.max(60, Math.floor(cell));
      limitLabels(spec, Math.max(60, Math.floor(cell)));
    } else {
      const room = Math.floor(width * LABEL_SHARE);
      limitLabels(spec, room);
      if (width < PHONE && spec.height && spec.height.step) wrapNames(spec, Math.floor(room / LETTER));
      spec.width = "container";
      delete spec.autosize; // with a container's width it is to fit that width, padding included
    }
    return { spec, isGrid: Boolean(views) };
  };

  const embed = async (holder, source) => {
    const width = holder.clientWidth;
    // The holder is one image with one text; what is inside would be read aloud mark by mark.
    if (!holder.firstChild) holder.append(element("div", "", { ariaHidden: "true" }));
    const inside = holder.firstChild;
    let correction = 0;
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { spec, isGrid } = prepare(source, width, correction);
      const result = await window.vegaEmbed(inside, spec, {
        mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, logLevel: 1,
        tooltip: { disableDefaultStyle: true },
        loader: { http: () => Promise.reject(new Error("pages are offline")) },
      });
      if (holder.view) holder.view.finalize();
      holder.view = result.view;
      const drawn = holder.querySelector("svg").width.baseVal.value;
      const excess = drawn - width;
      if (!isGrid || (excess <= 0 && excess > -8)) break;
      correction += excess + 2;
    }
    holder.dataset.width = width;
    holder.dataset.drawn = "yes";
  };

  // The still picture inside noscript is text to a browser with scripts: read the image out of it.
  const showStill = (figure) => {
    const still = figure.querySelector("noscript");
    if (!still) return;
    const image = new DOMParser().parseFromString(still.textContent, "text/html").querySelector("img");
    if (image) still.replaceWith(document.importNode(image, true));
    figure.querySelector(".chart").remove();
  };

  // The same decimals down a column: none for thousands, more for small numbers; null for text.
  const decimalsOf = (rows, name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
    if (!values.length || values.some((value) => typeof value !== "number")) return null;
    if (values.every(Number.isInteger)) return 0;
    const largest = Math.max(...values.map(Math.abs));
    return largest >= 1000 ? 0 : largest >= 10 ? 1 : 3;
  };

  const dataTable = (rows) => {
    const names = Object.keys(rows[0]).filter((name) => !name.startsWith("__"));
    const decimals = Object.fromEntries(names.map((name) => [name, decimalsOf(rows, name)]));
    const kind = (name) => (decimals[name] === null ? "" : "number");
    const table = element("table");
    const head = table.createTHead().insertRow();
    for (const name of names) head.append(element("th", name.replaceAll("_", " "), { scope: "col", className: kind(name) }));
    const body = table.createTBody();
    for (const row of rows.slice(0, ROWS_SHOWN)) {
      const line = body.insertRow();
      for (const name of names) {
        const digits = { minimumFractionDigits: decimals[name] ?? 0, maximumFractionDigits: decimals[name] ?? 3 };
        const value = row[name] ?? "–";
        const cell = line.insertCell();
        cell.textContent = typeof value === "number" ? value.toLocaleString("en-US", digits) : value;
        cell.className = kind(name);
      }
    }
    return table;
  };

  const addData = (figure, spec) => {
    const sets = rowsOf(spec);
    if (!sets.length) return;
    const details = element("details", "", { className: "behind" });
    details.append(element("summary", "Data behind this chart"));
    details.addEventListener("toggle", () => {
      if (!details.open || details.children.length > 1) return;
      for (const rows of sets) {
        const scroll = element("div", "", { className: "table-scroll", tabIndex: 0 });
        scroll.setAttribute("role", "group");
        scroll.setAttribute("aria-label", "Data behind this chart");
        scroll.append(dataTable(rows));
        details.append(scroll);
        if (rows.length > ROWS_SHOWN) details.append(element("p", `The first ${ROWS_SHOWN} of ${rows.length.toLocaleString("en-US")} rows.`));
      }
    });
    figure.append(details);
  };

  const drawAll = async () => {
    const drawings = [];
    for (const figure of document.querySelectorAll("figure.picture")) {
      const holder = figure.querySelector(".chart");
      if (!holder) continue;
      try {
        const source = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
        await embed(holder, source);
        if (!drawings.length) performance.mark("first chart");
        addData(figure, source);
        drawings.push([holder, source]);
      } catch (error) {
        console.error(`chart ${figure.id}: ${error.message}`);
        showStill(figure);
      }
    }
    let waiting;
    window.addEventListener("resize", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        for (const [holder, source] of drawings) {
          if (Math.abs(holder.clientWidth - holder.dataset.width) > 4) embed(holder, source);
        }
      }, 150);
    });
  };

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
    return svg;
  };

  const fillHistory = (history) => {
    const run = document.body.dataset.run;
    const bar = element("div");
    bar.append(element("a", "All reports", { href: history.home }));
    bar.append(element("a", `Earlier runs (${history.n_runs})`, { href: history.list }));
    const isNewest = run === history.shown_run;
    if (isNewest) for (const [name, href] of history.forms) bar.append(element("a", name, { href }));
    const note = isNewest ? history.note : run === history.newest_run ? "" : "This is an earlier run.";
    if (note) bar.append(element("p", note, { className: "note" }));
    if (!isNewest) bar.append(element("a", "Newest report", { href: "index.html" }));
    const frame = document.getElementById("portal-bar");
    frame.append(bar);
    frame.hidden = false;
    const headlines = (history.runs[run] || {}).headlines || {};
    for (const tile of document.querySelectorAll(".tile")) {
      const known = headlines[tile.dataset.headline];
      const place = tile.querySelector(".change");
      if (!known || !place) continue;
      if (known.change) place.textContent = known.change;
      const line = sparkline(known.values);
      if (line) place.append(line);
      place.hidden = !place.hasChildNodes();
    }
  };

  // --- how old the data is --------------------------------------------------------------------------

  const DAYS_EXPECTED = 2; // yesterday's close arrives today, and a reader may be a zone ahead

  // Not in the page itself, which says the same on every day. Generated data has no age: no mark asks for it.
  const sayAges = () => {
    const now = new Date();
    const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
    for (const time of document.querySelectorAll("time[data-age]")) {
      const days = Math.round((today - Date.parse(time.getAttribute("datetime"))) / 86400000);
      if (Number.isNaN(days) || days < 0) continue;
      const words = ["today", "yesterday"][days] || `${days} days ago`;
      time.after(element("span", ` (${words})`, { className: days > DAYS_EXPECTED ? "age stale" : "age" }));
    }
  };

  // --- folded parts ---------------------------------------------------------------------------------

  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details");
    if (folded) folded.open = true;
  };

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".folded details:not([open])")];
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
  window.addEventListener("hashchange", openTarget);

  openTarget();
  sayAges();
  if (document.body.classList.contains("report")) foldTables();
  if (window.luckyHistory) fillHistory(window.luckyHistory);
  if (window.vegaEmbed) drawAll();
  else for (const figure of document.querySelectorAll("figure.picture")) if (figure.querySelector(".chart")) showStill(figure);
})();
