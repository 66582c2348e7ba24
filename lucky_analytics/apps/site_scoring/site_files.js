/* What a reader takes away: sites as CSV, sites and stores as GeoJSON. */
(() => {
  "use strict";
  const app = globalThis.luckyApp;
  const sites = (app.sites = app.sites || {});

  const FIELDS = ["profit", "profit_low", "profit_high", "needed", "needed_low", "needed_high", "net", "net_low", "net_high", "gross", "gross_low", "gross_high", "taken", "taken_low", "taken_high", "score", "score_low", "score_high", "p_top3", "payback", "payback_low", "payback_high", "bearable_rent", "jobs", "residents", "stations"];
  const stamp = (told) => `${told.as_of}-${told.snapshot.slice(-8)}`;
  function sitesCsv(frame) {
    const units = (f) => ({ p_top3: "p_top3", jobs: "jobs", residents: "residents", stations: "stations" }[f] || (f.startsWith("score") ? `${f}_of_100` : f.startsWith("payback") ? `${f}_months` : `${f}_usd_month`));
    const rows = frame.result.sites.map((s) => [s.site, s.latitude, s.longitude, s.refused ?? "", ...FIELDS.map((f) => s[f])]);
    if (frame.result.together) rows.push(["together", "", "", "", ...FIELDS.map((f) => frame.result.together[f])]);
    frame.download(`sites-${stamp(frame.context)}.csv`, "text/csv", frame.csv(["site", "latitude", "longitude", "refused", ...FIELDS.map(units)], rows));
  }
  function sitesGeojson(frame) {
    const told = frame.context;
    const feature = (lat, lon, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });
    const features = [...frame.result.sites.map((s) => feature(s.latitude, s.longitude, { kind: "candidate", site: s.site, unit: "USD a month", ...Object.fromEntries(FIELDS.map((f) => [f, s[f] ?? null])) })),
      ...frame.result.stores.map((s) => feature(s.latitude, s.longitude, { kind: "store", store: s.name, is_out: s.is_out, sold: s.sold ?? null, lost: s.lost ?? null }))];
    frame.download(`sites-${stamp(frame.context)}.geojson`, "application/geo+json", JSON.stringify({ type: "FeatureCollection", as_of: told.as_of, snapshot: told.snapshot, scenario: frame.result.scenario, features }, null, 1));
  }

  Object.assign(sites, { menu: (frame) => app.h("details", { class: "menu" }, app.h("summary", {}, "Export"), app.h("div", {},
    app.h("button", { type: "button", id: "export-csv", onclick: () => sitesCsv(frame) }, "Sites as CSV"),
    app.h("button", { type: "button", id: "export-geojson", onclick: () => sitesGeojson(frame) }, "Sites and stores as GeoJSON"))) });
})();
