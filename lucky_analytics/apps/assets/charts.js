/* Small pieces of page and small charts. Text only ever becomes text: nothing here parses markup. */
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const app = (globalThis.luckyApp = globalThis.luckyApp || { views: {} });

  function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "value") node.value = value;
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children.flat(Infinity)) {
      if (child === null || child === undefined || child === false) continue;
      node.append(child.nodeType ? child : document.createTextNode(String(child)));
    }
    return node;
  }
  const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  /* Like replaceChildren, but nothing where a part is absent. */
  const put = (node, ...children) => { node.replaceChildren(); return fill(node, {}, children); };
  const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

  function compact(value, decimals) {
    const size = Math.abs(value);
    if (size >= 1e6) return `${(size / 1e6).toFixed(2)}M`;
    if (size >= 1e3) return `${(size / 1e3).toFixed(decimals ?? 1)}K`;
    return size.toFixed(0);
  }
  const MINUS = "\u2212";
  function money(value, decimals) {
    if (value === null || value === undefined) return "\u2013";
    return `${value < -0.5 ? MINUS : ""}$${compact(value, decimals)}`;
  }
  const signed = (value) => (value > 0.5 ? "+" : "") + money(value);
  const percent = (value, digits = 0) =>
    value === null || value === undefined
      ? "\u2013"
      : `${value < 0 ? MINUS : ""}${Math.abs(100 * value).toFixed(digits)} %`;
  const number = (value, digits = 0) =>
    value === null || value === undefined
      ? "\u2013"
      : value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });

  /* A value with its interval on a shared scale; zero is marked. */
  function interval(value, low, high, domain, label) {
    const [from, to] = domain;
    const x = (v) => 2 + (296 * (Math.min(Math.max(v, from), to) - from)) / (to - from || 1);
    return s(
      "svg",
      { viewBox: "0 0 300 18", class: "interval", role: "img", "aria-label": label, preserveAspectRatio: "none" },
      s("line", { x1: x(0), x2: x(0), y1: 1, y2: 17, class: "zero" }),
      s("line", { x1: x(low), x2: x(high), y1: 9, y2: 9, class: "whisker" }),
      s("rect", { x: x(value) - 2.5, y: 3, width: 5, height: 12, rx: 1.5, class: value < 0 ? "worse" : "mark" }),
    );
  }

  /* Lines over months, named at their ends. */
  function lines(series, { unit, low, high, label }) {
    const width = 340, height = 150, left = 44, right = 10, top = 8, bottom = 24;
    const n = series[0].values.length;
    const most = Math.max(...series.flatMap((each) => each.values), ...(high || [0])) * 1.06 || 1;
    const x = (i) => left + ((width - left - right) * i) / Math.max(n - 1, 1);
    const y = (v) => height - bottom - ((height - top - bottom) * v) / most;
    const path = (values) => values.map((v, i) => `${i ? "L" : "M"}${x(i).toFixed(1)},${y(v).toFixed(1)}`).join("");
    const ticks = [0, most / 2, most].map((v) => v / 1.06);
    return s(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", "aria-label": label },
      ticks.map((v) => [
        s("line", { x1: left, x2: width - right, y1: y(v), y2: y(v), class: "grid" }),
        s("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, unit === "$" ? money(v, 0) : number(v)),
      ]),
      [1, 3, 6, 9, 12].filter((m) => m <= n).map((m) =>
        s("text", { x: x(m - 1), y: height - 6, "text-anchor": "middle" }, m === 1 ? "month 1" : m)),
      low && s("path", { class: "band", d: `${path(high)}${[...low].reverse().map((v, i) => `L${x(n - 1 - i)},${y(v)}`).join("")}Z` }),
      series.map((each) => s("path", { d: path(each.values), class: `line ${each.className || ""}` })),
    );
  }

  /* Bars from the largest, with name and value beside. */
  function bars(rows, format, className = "") {
    const most = Math.max(...rows.map((row) => Math.abs(row.value)), 1e-9);
    return h("ul", { class: `bars ${className}` }, rows.map((row) =>
      h("li", {}, h("span", { class: "bar-name" }, row.name),
        h("span", { class: "bar-track" }, h("span", { class: `bar-fill ${row.value < 0 ? "worse" : ""}`, style: `width:${(100 * Math.abs(row.value)) / most}%` })),
        h("span", { class: "bar-value" }, format(row.value)))));
  }

  /* Round numbers between two ends: at most `most` of them, a step of 1, 2 or 5 times a power of ten apart. */
  function ticks(from, to, most = 6) {
    const rough = (to - from) / most || 1, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((each) => each * power >= rough * (1 - 1e-9));
    const first = Math.ceil(from / step - 1e-9);
    return Array.from({ length: Math.floor(to / step + 1e-9) - first + 1 }, (_, place) => (first + place) * step);
  }

  /* A curve over a lever with its band and the chosen point. */
  function curve(points, { width, at, label, xText, yText, marks = [] }) {
    const height = 270, left = 62, right = 14, top = 34, bottom = 34;
    const xs = points.map((p) => p.x), all = points.flatMap((p) => [p.low, p.high, p.y, 0]).filter((v) => v !== null);
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...all), Math.max(...all)];
    const x = (v) => left + ((width - left - right) * (v - x0)) / (x1 - x0 || 1);
    const y = (v) => height - bottom - ((height - top - bottom) * (v - y0)) / (y1 - y0 || 1);
    const path = (key) => points.map((p, i) => `${i ? "L" : "M"}${x(p.x).toFixed(1)},${y(p[key]).toFixed(1)}`).join("");
    const back = [...points].reverse().map((p) => `L${x(p.x).toFixed(1)},${y(p.low).toFixed(1)}`).join("");
    const here = points.reduce((a, b) => (Math.abs(b.x - at) < Math.abs(a.x - at) ? b : a));
    return s(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, class: "chart large", role: "img", "aria-label": label },
      ticks(y0, y1).map((v) => [
        s("line", { x1: left, x2: width - right, y1: y(v), y2: y(v), class: "grid" }),
        s("text", { x: left - 6, y: y(v) + 4, "text-anchor": "end" }, yText(v)),
      ]),
      s("line", { x1: left, x2: width - right, y1: y(0), y2: y(0), class: "zero" }),
      ticks(x0, x1, width < 480 ? 3 : 6).map((v) => s("text", { x: x(v), y: height - 10, "text-anchor": v <= x0 ? "start" : v >= x1 - 1e-9 ? "end" : "middle" }, xText(v))),
      s("path", { class: "band", d: `${path("high")}${back}Z` }),
      s("path", { class: "line", d: path("y") }),
      marks.map((mark, place) => [
        s("line", { x1: x(mark.x), x2: x(mark.x), y1: 14 + 12 * place, y2: height - bottom, class: "marked" }),
        s("text", { x: x(mark.x) + (mark.x > (x0 + x1) / 2 ? -5 : 5), y: 12 + 12 * place, "text-anchor": mark.x > (x0 + x1) / 2 ? "end" : "start" }, mark.text)]),
      s("line", { x1: x(here.x), x2: x(here.x), y1: top, y2: height - bottom, class: "here" }),
      s("circle", { cx: x(here.x), cy: y(here.y), r: 5, class: "dot" }),
    );
  }

  Object.assign(app, { h, s, put, money, signed, percent, number, interval, lines, bars, ticks, curve, MINUS });
})();
