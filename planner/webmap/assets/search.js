// One box to find stations, places and districts.

const finding = { hits: [], at: -1 };

function startSearch() {
  const input = byId("search");
  input.addEventListener("input", () => find(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const n = finding.hits.length;
      if (n) moveTo((finding.at + (event.key === "ArrowDown" ? 1 : n - 1 + (finding.at < 0))) % n);
    } else if (event.key === "Enter" && finding.hits.length) {
      take(finding.hits[Math.max(0, finding.at)]);
    } else if (event.key === "Escape") {
      input.value = "";
      find("");
    }
  });
  input.addEventListener("blur", () => setTimeout(() => { byId("found").hidden = true; input.setAttribute("aria-expanded", "false"); }, 150));
  input.addEventListener("focus", () => find(input.value));
}

function saySearch() {
  byId("search").placeholder = word("search");
  byId("search").setAttribute("aria-label", word("search_label"));
}

function find(text) {
  const wanted = text.trim().toLowerCase();
  const { stations, demand } = app;
  const hits = [];
  const fits = (candidate) => candidate && candidate.toLowerCase().includes(wanted);
  if (wanted) {
    for (let i = 0; i < stations.n && hits.length < 5; i++) {
      if (fits(stations.name[i]) || fits(stations.id[i])) hits.push({ kind: stations.isOn[i] ? "is_station" : "is_site", text: stations.text(i), go: () => select({ station: i, show: true }) });
    }
    for (const place of demand.places) {
      if (hits.length >= 7) break;
      if (fits(place.text)) hits.push({ kind: "is_district", text: place.text, go: () => showDistrict(place) });
    }
    for (let k = 0; k < demand.n && hits.length < 10; k++) {
      const i = demand.byWeight[k];
      if (demand.together(i)[0] !== i) continue;
      if (fits(demand.name[i]) || fits(demand.id[i])) hits.push({ kind: "is_place", text: demand.text(i), go: () => select({ place: i, show: true }) });
    }
  }
  finding.hits = hits;
  finding.at = -1;
  const list = byId("found");
  list.replaceChildren(...hits.map((hit, k) => make("li", { role: "option", id: `found-${k}`, onmousedown: () => take(hit) },
    nameOf(hit.text), make("small", {}, word(hit.kind)))));
  if (wanted && !hits.length) list.append(make("li", { class: "none" }, word("search_none")));
  list.hidden = !wanted;
  byId("search").setAttribute("aria-expanded", String(!list.hidden));
  byId("search").removeAttribute("aria-activedescendant");
}

function moveTo(k) {
  finding.at = k;
  [...byId("found").children].forEach((item, j) => item.setAttribute("aria-selected", String(j === k)));
  byId("search").setAttribute("aria-activedescendant", `found-${k}`);
}

function take(hit) {
  hit.go();
  byId("found").hidden = true;
  byId("search").setAttribute("aria-expanded", "false");
}

function showDistrict(place) {
  const { demand, map } = app;
  const box = L.latLngBounds([]);
  const district = demand.districts.indexOf(place.text);
  for (let i = 0; i < demand.n; i++) if (demand.district[i] === district) box.extend([demand.lat[i] / 1e5, demand.lon[i] / 1e5]);
  select({});
  map.fitBounds(box, { padding: [20, 20], maxZoom: 15 });
}
