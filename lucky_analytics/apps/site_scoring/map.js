/* The map: vector layers that came with the page, no tiles. Markers can be dragged, and moved by arrow keys. */
(() => {
  "use strict";
  const app = (globalThis.luckyApp = globalThis.luckyApp || { views: {} });
  const L = globalThis.L;
  const RAMP = { light: ["#eef2f6", "#cfdcea", "#a5c0de", "#739dcb", "#4377b0", "#1f4f8a"], dark: ["#222d38", "#263b52", "#2b527b", "#3a6ea6", "#5f95d0", "#9cc3f2"] };
  const RIVAL = { light: "#8a2f9e", dark: "#d88ae6" }; // neither of the ramp nor of what is below zero
  const LOSS = { light: "#e2a373", dark: "#9a5a2c" };
  const NUDGE = 25 / 111200; // degrees north in 25 metres
  const sixths = (known) => { known.sort((a, b) => a - b); return known.length ? [1, 2, 3, 4, 5].map((i) => known[Math.floor((i * (known.length - 1)) / 6)]) : []; };
  const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

  class SiteMap {
    constructor(element, context, on) {
      this.on = on;
      this.context = context;
      this.markers = new Map();
      this.stores = new Map();
      this.map = L.map(element, { zoomSnap: 0.25, attributionControl: false, preferCanvas: true, minZoom: 10.5, maxZoom: 17, zoomControl: false, tapHold: false });
      L.control.zoom({ position: "topright" }).addTo(this.map);
      L.control.scale({ imperial: true, maxWidth: 120, position: "bottomright" }).addTo(this.map);
      this.map.createPane("land").style.zIndex = 300;
      this.land = L.geoJSON(context.land, { pane: "land", interactive: false, renderer: L.canvas({ pane: "land" }) }).addTo(this.map);
      this.tracts = L.geoJSON(context.tracts, { interactive: true, bubblingMouseEvents: true }).addTo(this.map);
      this.tracts.bindTooltip((layer) => this.tip(layer), { sticky: true, className: "tract-tip", direction: "top", offset: [0, -12] });
      this.stations = L.layerGroup(context.stations.map(([name, lat, lon]) => this.dot(lat, lon, 2.4, `${name} (subway)`)));
      this.rivals = L.layerGroup((context.competitors || []).map(([name, lat, lon]) => this.dot(lat, lon, 3, `${name} (competitor)`, true)));
      this.surface = L.layerGroup();
      this.map.createPane("names").style.zIndex = 450;
      this.map.getPane("names").style.pointerEvents = "none";
      this.names = L.layerGroup((context.places || []).map(([name, lat, lon, kind]) => L.marker([lat, lon], { pane: "names", interactive: false, keyboard: false, icon: this.pin(name, `place ${kind}`) })));
      this.layers = { stations: this.stations, competitors: this.rivals, names: this.names };
      this.map.on("zoomend", () => element.classList.toggle("far", this.map.getZoom() < 12.75));
      this.map.on("click", (event) => on.place(event.latlng.lat, event.latlng.lng));
      new ResizeObserver(() => this.map.invalidateSize({ animate: false })).observe(element);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => (this.found ? this.drawSurface(this.found) : this.repaint()));
      this.map.fitBounds([[40.698, -74.02], [40.772, -73.962]], { animate: false });
    }

    dot(lat, lon, radius, text, isRival) {
      const circle = L.circleMarker([lat, lon], { radius, weight: 0.8, fillOpacity: 1, isRival });
      circle.bindTooltip(document.createTextNode(text).textContent, { className: "tract-tip" });
      circle.getTooltip().setContent(app.h("span", {}, text));
      return circle;
    }

    show(name, isOn) { if (isOn) this.layers[name].addTo(this.map); else this.layers[name].remove(); }

    shade(name, values, unit) {
      this.shadeName = name;
      this.values = values;
      this.unit = unit;
      this.repaint();
    }

    /* Six classes of equal count; net revenue below zero has a colour of its own. */
    classes() {
      return sixths(this.values.filter((v) => v !== null && (this.shadeName !== "net" || v >= 0)));
    }

    repaint() {
      if (!this.values) return;
      const tone = isDark() ? "dark" : "light", cuts = this.classes();
      const colour = (v) => (this.shadeName === "net" && v < 0 ? LOSS[tone] : RAMP[tone][cuts.filter((cut) => v > cut).length]);
      const line = isDark() ? "#14171b" : "#ffffff";
      const empty = isDark() ? "#2a3037" : "#e3e6e9", isSearched = this.map.hasLayer(this.surface);
      let place = 0;
      this.tracts.eachLayer((layer) => {
        const value = this.values[place];
        layer.luckyValue = value;
        place += 1;
        // Under the squares of a search the areas are blank: one scale at a time.
        const isBlank = value === null || isSearched;
        layer.setStyle({ weight: 0.5, color: line, fillOpacity: isBlank ? 0.35 : 0.92, fillColor: isBlank ? empty : colour(value) });
      });
      this.land.setStyle({ weight: 0, fillOpacity: 1, fillColor: isDark() ? "#20252b" : "#eceeed" });
      const dots = { color: line, fillColor: isDark() ? "#c9ced6" : "#3d434b" };
      this.stations.eachLayer((dot) => dot.setStyle(dots));
      this.rivals.eachLayer((dot) => dot.setStyle({ color: line, fillColor: RIVAL[tone] }));
      if (isSearched) return;
      this.on.legend({ ramp: RAMP[tone], loss: this.shadeName === "net" && this.values.some((v) => v !== null && v < 0) ? LOSS[tone] : null, cuts });
    }

    tip(layer) {
      const value = layer.luckyValue, area = layer.feature.properties.area_name;
      const text = value === null || value === undefined ? "not known" : this.unit.startsWith("USD") ? app.money(value) : app.number(value, this.unit.startsWith("years") ? 1 : 0);
      return app.h("span", {}, area, app.h("br"), app.h("b", {}, text), ` ${this.unit.replace(/^USD ?/, "")}`);
    }

    pin(text, className) {
      return L.divIcon({ className: "", html: app.h("span", { class: className }, text), iconSize: null });
    }

    /* Candidates: letters; each marker is a button for the keyboard. */
    drawSites(sites, selected) {
      const seen = new Set();
      sites.forEach((site, index) => {
        seen.add(site.site);
        let marker = this.markers.get(site.site);
        if (!marker) {
          marker = L.marker([site.latitude, site.longitude], { icon: this.pin("", "pin"), draggable: true, keyboard: true, autoPan: true, riseOnHover: true, zIndexOffset: 1000 });
          marker.on("dragstart", () => { marker.isDragged = true; this.on.select(marker.siteName); });
          marker.on("drag", () => { this.age(marker); this.on.move(marker.siteName, marker.getLatLng().lat, marker.getLatLng().lng); });
          marker.on("dragend", () => { marker.isDragged = false; this.on.settle(marker.siteName); });
          marker.on("click", () => this.on.select(marker.siteName));
          marker.addTo(this.map);
          this.markers.set(site.site, marker);
        }
        marker.siteName = site.site;
        const look = `pin ${site.refused ? "refused" : ""} ${site.site === selected ? "selected" : ""}`;
        const letter = String.fromCharCode(65 + index), text = site.refused ? `${letter} \u2715` : `${letter} ${app.money(site.profit, 0)}`;
        if (marker.luckyLook !== look + text) {
          marker.luckyLook = look + text;
          if (marker.isDragged || document.activeElement === marker.getElement()) {
            const inner = marker.getElement().firstChild;
            inner.className = look;
            inner.textContent = text;
          } else marker.setIcon(this.pin(text, look));
        }
        // The number is of the place that was asked for: while the pin is ahead of it, it is an old one.
        if (marker.isDragged && Math.abs(site.latitude - marker.getLatLng().lat) + Math.abs(site.longitude - marker.getLatLng().lng) > 2e-5) this.age(marker);
        if (!marker.isDragged) marker.setLatLng([site.latitude, site.longitude]);
        const element = marker.getElement();
        element.setAttribute("aria-label", `${site.site}: ${site.refused ? "not predicted" : `${app.money(site.profit)} profit a month`}. Arrow keys move it, Delete removes it.`);
        element.onkeydown = (event) => this.keyed(event, marker);
      });
      for (const [name, marker] of this.markers) if (!seen.has(name)) { marker.remove(); this.markers.delete(name); }
    }

    age(marker) {
      marker.getElement().firstChild.classList.add("old");
      marker.luckyLook = null;
    }

    rename(from, to) {
      const marker = this.markers.get(from);
      if (!marker) return;
      this.markers.delete(from);
      marker.siteName = to;
      this.markers.set(to, marker);
    }

    keyed(event, marker) {
      const step = NUDGE * (event.shiftKey ? 4 : 1), { lat, lng } = marker.getLatLng();
      const moves = { ArrowUp: [step, 0], ArrowDown: [-step, 0], ArrowLeft: [0, -1.32 * step], ArrowRight: [0, 1.32 * step] };
      if (moves[event.key]) {
        event.preventDefault();
        event.stopPropagation();
        marker.setLatLng([lat + moves[event.key][0], lng + moves[event.key][1]]);
        this.on.move(marker.siteName, ...Object.values(marker.getLatLng()).slice(0, 2));
        this.on.settle(marker.siteName);
      } else if (event.key === "Delete" || event.key === "Backspace") this.on.remove(marker.siteName);
      else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.on.select(marker.siteName); }
    }

    drawStores(stores) {
      for (const store of stores) {
        let marker = this.stores.get(store.name);
        if (!marker) {
          marker = L.marker([store.latitude, store.longitude], { icon: this.pin("", "store"), keyboard: true, zIndexOffset: 100 });
          marker.on("click", () => this.on.toggleStore(store.name));
          marker.on("keypress", (event) => ["Enter", " "].includes(event.originalEvent.key) && this.on.toggleStore(store.name));
          marker.bindTooltip("", { className: "tract-tip", direction: "top", offset: [0, -10] });
          marker.addTo(this.map);
          this.stores.set(store.name, marker);
        }
        const grade = store.compared > 0.15 ? "above" : store.compared < -0.15 ? "below" : "near";
        const look = `store ${grade} ${store.is_out ? "out" : ""}`;
        const text = store.is_out ? "\u2715" : `${{ above: "\u25b2", below: "\u25bc", near: "" }[grade]}${app.money(store.sold, 0)}`;
        const named = [app.h("i", {}, store.name), text];
        if (marker.luckyLook !== look + text) {
          const hadFocus = document.activeElement === marker.getElement();
          marker.luckyLook = look + text;
          marker.setIcon(this.pin(named, look));
          if (hadFocus) marker.getElement().focus();
        }
        marker.getElement().setAttribute("aria-label", `Our store ${store.name}${store.is_out ? ", left out" : ""}. Enter leaves it out or takes it back.`);
        marker.setTooltipContent(app.h("span", {}, app.h("b", {}, store.name), app.h("br"),
          store.is_out ? "left out of this scenario" : `${app.money(store.sold)} a month, ${store.compared >= 0 ? "+" : ""}${app.percent(store.compared)} against the median store`,
          store.lost > 0.5 ? [app.h("br"), `loses ${app.money(store.lost)} to these sites`] : null, app.h("br"), `open since ${store.opened}`));
      }
    }

    drawSurface(found) {
      this.surface.clearLayers();
      this.found = found;
      if (!found) { this.surface.remove(); this.repaint(); return; }
      const values = found.surface.map((p) => p[2]), tone = isDark() ? "dark" : "light", cuts = sixths(values.filter((v) => v >= 0));
      const half = found.step_km / 2, north = half / 111.2, east = half / 84.3;
      for (const [lat, lon, value] of found.surface) {
        const colour = value < 0 ? LOSS[tone] : RAMP[tone][cuts.filter((cut) => value > cut).length];
        L.rectangle([[lat - north, lon - east], [lat + north, lon + east]], { weight: 0, fillOpacity: 0.92, fillColor: colour, interactive: false }).addTo(this.surface);
      }
      found.sites.forEach(([name, lat, lon, adds], place) => L.marker([lat, lon], { interactive: false, keyboard: false, icon: this.pin(`${place + 1} ${name} ${app.signed(adds)}`, "pin proposed") }).addTo(this.surface));
      this.surface.addTo(this.map);
      this.repaint();
      for (const layer of [this.stations, this.rivals]) if (this.map.hasLayer(layer)) layer.eachLayer((dot) => dot.bringToFront());
      this.on.legend({ ramp: RAMP[tone], loss: values.some((v) => v < 0) ? LOSS[tone] : null, cuts });
    }

    /* Moves the map only where the place cannot be seen. */
    reveal(lat, lon) {
      if (!this.map.getBounds().pad(-0.06).contains([lat, lon])) this.map.panTo([lat, lon], { animate: false });
    }

    frame(places) {
      if (places.length) this.map.fitBounds(L.latLngBounds(places), { maxZoom: 14, animate: false, paddingTopLeft: [30, 95], paddingBottomRight: [30, 40] }); // the tools lie over its top
    }
  }
  app.SiteMap = SiteMap;
})();
