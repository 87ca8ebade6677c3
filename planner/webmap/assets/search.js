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
    } else if (event.key === "Escape" && input.value) {
      event.stopPropagation(); // what is selected stays
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

// How many hits of each kind are listed; of the others the number is told.
const HITS_SHOWN = { station: 12, district: 6, place: 12 };

// A text as it is compared: small letters without accents, of one width, without spaces.
function lettersOf(text) {
  return text.normalize("NFKD").replace(/[\u0300-\u036f\s]/g, "").toLowerCase();
}

const knownLetters = new WeakMap();

// The same of all texts of a list; worked out once, for a list may have many.
function lettersIn(texts) {
  if (!knownLetters.has(texts)) knownLetters.set(texts, texts.map((text) => (text ? lettersOf(text) : "")));
  return knownLetters.get(texts);
}

function find(text) {
  const wanted = lettersOf(text);
  const hits = wanted ? [...stationHits(wanted), ...districtHits(wanted), ...placeHits(wanted)] : [];
  const shown = [];
  const counts = { station: 0, district: 0, place: 0 };
  for (const hit of hits) if (counts[hit.of]++ < HITS_SHOWN[hit.of]) shown.push(hit);
  finding.hits = shown;
  finding.at = -1;
  const list = byId("found");
  list.replaceChildren(...shown.map((hit, k) => make("li", { role: "option", id: `found-${k}`, onmousedown: () => take(hit) },
    nameOf(hit.text), make("small", {}, ...(hit.id ? [nameOf(hit.id), " · "] : []), word(hit.kind)))));
  const more = hits.length - shown.length;
  const say = (words) => list.append(make("li", { class: "none", role: "option", "aria-disabled": "true" }, words));
  if (more > 0) say(word("search_more", { n: number(more) }));
  if (wanted && !hits.length) say(word("search_none"));
  list.scrollTop = 0;
  list.hidden = !wanted;
  const frame = byId("panel-body");
  const below = list.getBoundingClientRect().bottom + 8 - frame.getBoundingClientRect().bottom;
  if (wanted && below > 0) frame.scrollTop += below;
  byId("search").setAttribute("aria-expanded", String(!list.hidden));
  byId("search").removeAttribute("aria-activedescendant");
}

// What fits by its name, and what fits by its id alone: that is told with it.
function hitOf(wanted, of, kind, { text, letters, id, idLetters, go }) {
  const isNamed = letters.includes(wanted);
  if (!isNamed && !idLetters.includes(wanted)) return [];
  return [{ of, kind, text, id: isNamed || text === id ? null : id, go }];
}

// Stations before sites that are none.
function stationHits(wanted) {
  const { stations } = app;
  const [names, ids] = [lettersIn(stations.name), lettersIn(stations.id)];
  const hitOfSite = (i) => hitOf(wanted, "station", stations.isOn[i] ? "is_station" : "is_site", {
    text: stations.text(i), letters: names[i], id: stations.id[i], idLetters: ids[i], go: () => select({ station: i, show: true }),
  });
  const others = Array.from(stations.x.keys()).filter((i) => !stations.isOn[i]);
  return [...stations.on, ...others].flatMap(hitOfSite);
}

function districtHits(wanted) {
  return app.demand.places.flatMap((place) => hitOf(wanted, "district", "is_district", {
    text: place.text, letters: lettersOf(place.text), id: "", idLetters: "", go: () => showDistrict(place),
  }));
}

// The heaviest places first; those that are shown together are one, without an id.
function placeHits(wanted) {
  const { demand } = app;
  const [names, ids] = [lettersIn(demand.name), lettersIn(demand.id)];
  const hitOfPlace = (i) => hitOf(wanted, "place", "is_place", {
    text: demand.text(i), letters: names[i], id: demand.id[i], idLetters: demand.isGroup(i) ? "" : ids[i], go: () => select({ place: i, show: true }),
  });
  const fits = (i) => names[i].includes(wanted) || ids[i].includes(wanted);
  return demand.byWeight.filter((i) => fits(i) && demand.together(i)[0] === i).flatMap(hitOfPlace);
}

function moveTo(k) {
  finding.at = k;
  finding.hits.forEach((_, j) => byId(`found-${j}`).setAttribute("aria-selected", String(j === k)));
  byId("search").setAttribute("aria-activedescendant", `found-${k}`);
  byId(`found-${k}`).scrollIntoView({ block: "nearest" });
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
