// Draws the charts of a report from the JSON in the page, as wide as the reader's screen. Classic script, no
// network: it works from file://. suite.js comes first and gives `lucky.element`.
(() => {
  "use strict";

  const { element } = window.lucky;
  const SANS = getComputedStyle(document.documentElement).getPropertyValue("--sans").trim();
  const ROWS_SHOWN = 200;
  const PHONE = 480; // px
  const LETTER = 6.6; // px, of a label's letter, in wide fonts too
  const LINE = 12; // px, of a broken label
  const FILLED = 0.8; // of a line, on average, when words stay whole
  const LABEL_SHARE = 0.42; // of a chart's width, at most, goes to the labels of its axis
  const COLUMN_MIN = 150; // px: a small multiple narrower than this cannot be read

  const FIT = { type: "fit-x", contains: "padding" }; // the rows of a chart say how high it is

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
      if (spec.height && spec.height.step) Object.assign(spec, { width, autosize: "pad" }); // FIT comes later: here it is warned of
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
        patch: (vega) => (spec.autosize === "pad" ? { ...vega, autosize: FIT } : vega),
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
    const own = figure.querySelector("details.behind"); // where the page says its source
    const details = own || element("details", "", { className: "behind" });
    if (!own) details.append(element("summary", "Data behind this chart"));
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector("table")) return;
      for (const rows of sets) {
        const scroll = element("div", "", { className: "table-scroll", tabIndex: 0 });
        scroll.setAttribute("role", "group");
        scroll.setAttribute("aria-label", "Data behind this chart");
        scroll.append(dataTable(rows));
        details.append(scroll);
        if (rows.length > ROWS_SHOWN) details.append(element("p", `The first ${ROWS_SHOWN} of ${rows.length.toLocaleString("en-US")} rows.`));
      }
    });
    if (!own) figure.append(details);
  };

  const drawings = [];
  const draw = async (figures) => {
    for (const figure of figures) {
      const holder = figure.querySelector(".chart");
      if (!holder || figure.dataset.drawn) continue;
      figure.dataset.drawn = "true";
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
  };

  const drawAll = async () => {
    // A folded chart has no width to be drawn for: it waits for its reader.
    for (const details of document.querySelectorAll(".folded > details:not([open])")) {
      details.addEventListener("toggle", () => draw(details.querySelectorAll("figure.picture")), { once: true });
    }
    await draw([...document.querySelectorAll("figure.picture")].filter((figure) => !figure.closest("details:not([open])")));
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

  if (window.vegaEmbed && document.body.classList.contains("withheld")) window.addEventListener("shown", drawAll, { once: true });
  else if (window.vegaEmbed) drawAll();
  else for (const figure of document.querySelectorAll("figure.picture")) if (figure.querySelector(".chart")) showStill(figure);
})();
