// The panel: the answer, the figures, switches, the table of stations, and where there is no cover.

const SWITCHES = ["stations", "sites", "demand", "uncovered", "isochrones", "roads", "cover", "names", "districts", "tiles"];

function showPanel() {
  const { data } = app;
  const language = words.language;
  byId("title").replaceChildren(nameOf(data.title[language], { class: "title-name" }));
  document.title = shortened(data.title[language], 80);
  byId("language").textContent = word("language_other");
  byId("language").setAttribute("aria-label", word("language_switch"));
  byId("notice").hidden = !data.notice[language];
  byId("notice").replaceChildren(make("bdi", {}, data.notice[language]));
  showAnswer();
  showWhatIf();
  showFigures();
  showSplit();
  showCurve();
  showSwitches();
  showKinds();
  showTable();
  showDistricts();
  showLists();
  showLegend();
  showFoot();
}

function sentence(pieces) {
  return pieces.map((piece) => (typeof piece === "string" ? piece : nameOf(piece.name)));
}

function showAnswer() {
  const { says, reasons } = app.data;
  for (const part of ["answer", "proof", "rest"]) {
    byId(`says-${part}`).replaceChildren(...sentence(says[words.language][part]));
    byId(`says-${part}`).hidden = says[words.language][part].length === 0;
  }
  byId("reasons").hidden = reasons.length === 0;
  byId("reasons").replaceChildren(...reasons.map((reason) => make("li", {}, make("bdi", {}, reason[words.language]))));
}

function showFigures() {
  const f = app.data.figures;
  byId("figures").hidden = app.data.is_plain;
  if (app.data.is_plain) return;
  if (app.cover && app.data.road_cover.is_alone) {
    showRoadFigures();
    return;
  }
  const split = f.n_existing ? word("stations_split", { new: number(f.n_stations - f.n_existing), existing: number(f.n_existing) }) : null;
  const places = f.n_uncovered ? word("not_covered_places", { n: number(f.n_uncovered), all: number(f.n_points) }) : null;
  byId("figures").replaceChildren(
    figure("share", f.share, word("share_covered"), null),
    figure("count", number(f.n_stations), word("stations"), split),
    figure("uncovered", weightNumber(f.uncovered_weight), word("not_covered"), places),
    figure("mean", timed(f.mean_s), word("mean"), null),
    figure("p95", timed(f.p95_s), word("p95"), null),
    figure("longest", timed(f.longest_s), word("longest"), null),
  );
}

// The figures where roads alone are demand.
function showRoadFigures() {
  const { figures: f, road_cover: r } = app.data;
  const split = f.n_existing ? word("stations_split", { new: number(f.n_stations - f.n_existing), existing: number(f.n_existing) }) : null;
  const km = (metres) => [number(metres / 1000, metres < 1e5 ? 1 : 0), make("i", {}, "\u2009km")];
  byId("figures").replaceChildren(
    figure("share", r.share, word("roads_covered"), word("roads_of", { km: number(r.length_m / 1000) })),
    figure("count", number(f.n_stations), word("stations"), split),
    figure("uncovered", km(r.uncovered_m), word("roads_uncovered"), null),
    figure("coverable", km(r.coverable_m), word("roads_coverable"), null),
    figure("longest", timed(r.worst_s), word("worst_point"), null),
  );
}

// A figure is its term's value; the value stands first to the eye.
function figure(name, value, term, more) {
  return make("div", { class: `figure figure-${name}`, "data-figure": name },
    make("dt", {}, term), make("dd", {}, ...(Array.isArray(value) ? value : [value])), more ? make("dd", { class: "more" }, more) : null);
}

// Minutes and seconds with small units.
function timed(seconds) {
  if (seconds < 0) return "–";
  return duration(seconds).split(/(\d[\d,]*)/).filter((part) => part.trim()).map((part) => (
    /\d/.test(part) ? part : make("i", {}, `\u2009${part.trim()}\u2009`)));
}

function showSplit() {
  const { steps_s: steps, weight_by_step: weights } = app.data.figures;
  byId("split").hidden = app.data.is_plain || app.demand.n === 0;
  if (app.data.is_plain) return;
  const all = weights.reduce((a, b) => a + b, 0) || 1;
  const shown = weights.map((w, step) => ({ w, step })).filter(({ w }) => w > 0);
  const percent = (w) => (w / all < 0.001 ? "<0.1%" : `${number((100 * w) / all, 1)}%`);
  byId("split-bar").replaceChildren(...shown.map(({ w, step }) => make("span", { class: `step-${step}`, style: `flex-grow:${w / all}` })));
  byId("split-bar").setAttribute("aria-label", shown.map(({ w, step }) => `${stepText(step, steps)} ${percent(w)}`).join(", "));
  byId("split-key").replaceChildren(...shown.map(({ w, step }) => make("li", {},
    make("i", { class: `swatch step-${step}` }), make("span", {}, stepText(step, steps)), make("b", {}, percent(w)))));
}

// Whether there is anything to switch.
function isThere(name) {
  const plain = app.data.is_plain;
  const there = {
    sites: app.whatIf, tiles: app.data.tiles, districts: app.surroundings && app.surroundings.districts.length, roads: app.roads, cover: app.cover,
    isochrones: app.areas, demand: app.demand.n, uncovered: !plain && app.demand.n, stations: !plain || app.stations.n,
  };
  return !(name in there) || Boolean(there[name]);
}

function showSwitches() {
  const box = byId("switches");
  box.replaceChildren(box.firstElementChild);
  for (const name of SWITCHES) {
    if (!isThere(name)) continue;
    const input = make("input", { type: "checkbox", id: `layer-${name}`, checked: app.visible[name] });
    input.addEventListener("change", () => {
      app.visible[name] = input.checked;
      if (name === "sites") sitesToTry.areOurs = false;
      showLegend();
      app.redraw();
      keepAddress();
    });
    box.append(make("label", {}, input, make("span", {}, word(`layer_${name}`))));
  }
}

// ------------------------------------------------------------------------------------------
// Table
// ------------------------------------------------------------------------------------------

const sorting = { by: "served", down: true };

const COLUMNS = {
  kind: (i) => app.stations.kind[i],
  name: (i) => app.stations.text(i),
  served: (i) => app.stations.weight[i],
  mean: (i) => app.stations.mean[i],
  farthest: (i) => app.stations.longest[i],
  road: (i) => app.stations.onlyRoad[i],
};

// Of roads alone nobody is served: there a station is told by the road that only it covers.
function columns() {
  if (app.demand.n && !app.data.is_plain) return ["kind", "name", "served", "mean", "farthest"];
  return app.stations.onlyRoad ? ["kind", "name", "road"] : ["kind", "name"];
}

function sortedStations() {
  if (!columns().includes(sorting.by)) {
    sorting.by = columns()[columns().length - 1];
    sorting.down = sorting.by !== "name";
  }
  const value = COLUMNS[sorting.by];
  const isText = sorting.by === "name" || sorting.by === "kind";
  const collator = isText ? new Intl.Collator(words.language === "zh" ? "zh-CN" : "en", { numeric: true }) : null;
  const order = app.stations.on.filter((i) => app.stations.isShown(i));
  order.sort((a, b) => {
    const [p, q] = [value(a), value(b)];
    const less = collator ? collator.compare(p, q) : p - q;
    return (sorting.down ? -less : less) || a - b;
  });
  return order;
}

function showTable() {
  const table = byId("stations");
  table.closest(".stations").hidden = app.data.is_plain && app.stations.n === 0;
  const head = make("tr", {});
  const order = sortedStations();
  for (const name of columns()) {
    const isSorted = sorting.by === name;
    const units = { mean: word("col_time_unit"), farthest: word("col_time_unit"), road: "km", served: word("weight_unit") };
    const unit = units[name] ? make("small", {}, units[name]) : null;
    head.append(make("th", { scope: "col", class: `col-${name}`, "aria-sort": isSorted ? (sorting.down ? "descending" : "ascending") : "none" },
      make("button", { type: "button", "data-sort": name, onclick: () => sortBy(name) }, word(`col_${name}`), unit)));
  }
  table.tHead.replaceChildren(head);
  table.setAttribute("aria-label", `${word("table")}. ${word("table_hint")}`);
  table.tBodies[0].replaceChildren(...order.map(stationRow));
  const { on } = app.stations;
  const n = order.length < on.length ? `${number(order.length)} / ${number(on.length)}` : number(order.length);
  byId("station-count").textContent = word("station_of_n", { n });
  markRow(false);
}

const CELLS = {
  served: (i) => make("td", {}, weightNumber(app.stations.weight[i])),
  mean: (i) => make("td", { title: duration(app.stations.mean[i]) }, clock(app.stations.mean[i])),
  farthest: (i) => make("td", { title: duration(app.stations.longest[i]) }, clock(app.stations.longest[i])),
  road: (i) => make("td", {}, number(app.stations.onlyRoad[i] / 1000, 1)),
};

function sortBy(name) {
  sorting.down = sorting.by === name ? !sorting.down : name !== "name" && name !== "kind";
  sorting.by = name;
  showTable();
  byId("stations").querySelector(`[data-sort="${name}"]`).focus({ preventScroll: true });
}

function stationRow(i, position) {
  const { stations } = app;
  const open = make("button", { type: "button", class: "row-button", tabindex: position === 0 ? 0 : -1 }, nameOf(stations.text(i)));
  return make("tr", { "data-station": i, onclick: () => select({ station: i, show: true }) },
    make("td", { class: "col-kind" }, pictogram(i)),
    make("th", { scope: "row", class: "col-name" }, open),
    ...columns().slice(2).map((name) => CELLS[name](i)));
}

const SVG = "http://www.w3.org/2000/svg";

function pictogram(i) {
  const { stations } = app;
  const text = stations.kindText[i] ? shortened(stations.kindText[i], 40) : word(`kind_${stations.kind[i]}`);
  return picture(stations.kind[i], word(`kind_${stations.kind[i]}`) === text ? text : `${word(`kind_${stations.kind[i]}`)} (${text})`, stations.isExisting[i]);
}

// A picture of a kind; without a text of its own it is there for the eye only, beside words that say the same.
function picture(kind, text, isExisting) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", isExisting ? "pictogram is-existing" : "pictogram");
  if (text) {
    const title = document.createElementNS(SVG, "title");
    title.textContent = text;
    svg.setAttribute("role", "img");
    svg.append(title);
  } else svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PICTOGRAMS[kind]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

// Arrow keys walk through the rows; only one of them is a stop of the Tab key.
function walkRows(event) {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!move || !event.target.classList.contains("row-button")) return;
  const row = event.target.closest("tr");
  const next = move > 0 ? row.nextElementSibling : row.previousElementSibling;
  if (!next) return;
  event.preventDefault();
  const button = next.querySelector(".row-button");
  event.target.tabIndex = -1;
  button.tabIndex = 0;
  button.focus();
}

// Marks the row of the selected station and brings it into sight.
function markRow(scroll) {
  const body = byId("stations").tBodies[0];
  for (const row of body.querySelectorAll(".is-selected")) {
    row.classList.remove("is-selected");
    row.querySelector(".row-button").removeAttribute("aria-current");
  }
  const row = app.selected.station < 0 ? null : body.querySelector(`tr[data-station="${app.selected.station}"]`);
  if (!row) return;
  row.classList.add("is-selected");
  row.querySelector(".row-button").setAttribute("aria-current", "true");
  if (!scroll) return;
  const frame = row.closest(".table-frame");
  const top = row.offsetTop - frame.firstElementChild.tHead.offsetHeight;
  if (top < frame.scrollTop || row.offsetTop + row.offsetHeight > frame.scrollTop + frame.clientHeight) {
    frame.scrollTop = top - frame.clientHeight / 3;
  }
}

// ------------------------------------------------------------------------------------------
// Where there is no cover, legend, foot
// ------------------------------------------------------------------------------------------

const LISTED = 200;

function showLists() {
  const { data } = app;
  const lists = listedPoints();
  const box = byId("lists");
  const isOpen = new Set(Array.from(box.querySelectorAll("details[open]"), (d) => d.dataset.list));
  box.replaceChildren(box.firstElementChild);
  for (const name of ["coverable", "too_far", "cut_off", "off_network"]) {
    const points = lists[name];
    if (!points.length) continue;
    const details = make("details", { "data-list": name, open: isOpen.has(name) },
      make("summary", {}, word(`list_${name}`), make("span", { class: "count" }, number(points.length))));
    const fill = () => {
      if (details.querySelector("ol")) return;
      const items = listed(points);
      details.append(make("ol", {}, ...items.slice(0, LISTED).map((item) => listItem(name, item))));
      if (items.length > LISTED) details.append(make("p", {}, word("list_more", { n: number(items.length - LISTED) })));
    };
    if (isOpen.has(name)) fill();
    details.addEventListener("toggle", fill);
    box.append(details);
  }
  box.hidden = app.data.is_plain || app.demand.n === 0;
  if (box.children.length === 1) box.append(make("p", {}, word("list_all_covered")));
}

// The points without cover under their reasons, the heaviest first. Only which could be covered depends on the stations.
function listedPoints() {
  const { data, demand, whatIf } = app;
  const lists = { coverable: data.list_coverable, too_far: data.list_too_far, cut_off: data.list_cut_off, off_network: data.list_off_network };
  if (!whatIf || !whatIf.isChanged) return lists;
  const others = new Set([...lists.too_far, ...lists.cut_off, ...lists.off_network]);
  const open = demand.byWeight.filter((i) => demand.weight[i] > 0 && !demand.isCovered(i) && !others.has(i));
  return { ...lists, coverable: Int32Array.from(open) };
}

// What a list shows of some points: those that are shown together are one item.
function listed(points) {
  const { demand } = app;
  const items = new Map();
  points.forEach((i, k) => {
    const item = items.get(demand.group[i]);
    if (item) item.weight += demand.weight[i];
    else items.set(demand.group[i], { i, k, weight: demand.weight[i] });
  });
  return [...items.values()];
}

function listItem(name, { i, k, weight }) {
  const { data, demand, stations } = app;
  const about = [];
  if (demand.isGroup(i)) return make("li", {}, placeButton(i), make("span", { class: "weight" }, weightText(weight)));
  if (name === "off_network" && data.off_network_m && data.off_network_m[k] >= 0) {
    about.push(word("off_by", { m: number(data.off_network_m[k]) }));
  }
  if (name === "too_far") about.push(`${word("nearest_site")} `, nameOf(data.nearest_sites[k]), ` ${duration(data.too_far_time[k])}`);
  else if (demand.station[i] >= 0) about.push(`${word("nearest_station")} `, nameOf(stations.text(demand.station[i])), ` ${duration(demand.time[i])}`);
  return make("li", {}, placeButton(i), make("span", { class: "weight" }, weightText(weight)),
    about.length ? make("small", {}, ...about) : null);
}

function showLegend() {
  const { data, stations } = app;
  const f = data.figures;
  const item = (mark, text) => make("li", {}, mark, make("span", {}, text));
  const swatch = (step) => make("i", { class: `swatch step-${step}` });
  const list = make("ul", {});
  if (data.is_plain) list.append(item(swatch(0), word("legend_plain_demand")));
  for (let step = 0; step <= CUT_OFF && !data.is_plain; step++) {
    if (step < OVER || f.weight_by_step[step] > 0) list.append(item(swatch(step), stepText(step, f.steps_s)));
  }
  const kinds = [...new Set(stations.on.map((i) => stations.kind[i]))].sort((a, b) => Object.keys(PICTOGRAMS).indexOf(a) - Object.keys(PICTOGRAMS).indexOf(b));
  const marks = make("ul", {});
  for (const kind of kinds) marks.append(item(picture(kind, ""), word(`kind_${kind}`)));
  if (f.n_existing) marks.append(item(make("i", { class: "ring" }), word("legend_existing")));
  if (app.visible.sites) marks.append(item(make("i", { class: "other" }), word("legend_site")));
  if (app.whatIf && app.whatIf.nClosed) marks.append(item(make("i", { class: "closed" }), word("legend_closed")));
  if (stations.on.some((i) => stations.isAlways[i])) marks.append(item(make("i", { class: "moon" }), word("legend_always")));
  const drives = data.is_plain ? [list] : [make("h3", {}, word(data.direction === "from_station" ? "legend_drive_from" : "legend_drive_to")), list];
  byId("legend").hidden = data.is_plain && !app.demand.n && !app.areas && !stations.n;
  byId("legend-body").replaceChildren(
    ...(app.demand.n ? drives : []), ...legendOfAreas(item), ...roadLegend(item),
    ...(data.is_plain && !stations.n ? [] : [make("h3", {}, word(app.demand.n ? "legend_station" : "stations_on_map")), marks]));
}

function roadLegend(item) {
  if (!app.cover || !app.visible.cover) return [];
  const standard = duration(app.data.figures.standard_s);
  const line = (color) => make("i", { class: "line", style: `background:${color}` });
  return [make("h3", {}, word("legend_roads")), make("ul", {},
    item(line(COVER.covered), word("legend_road_covered", { standard })),
    item(line(COVER.open), word("legend_road_open", { standard })))];
}

function legendOfAreas(item) {
  const { areas, visible, data } = app;
  if (!areas || !visible.isochrones) return [];
  const swatch = (level, color) => make("i", { class: "swatch swatch-area", style: `background:${areas.tone(level, color)}` });
  const list = make("ul", { id: "legend-areas" });
  areas.minutes.forEach((minutes, level) => list.append(item(swatch(level), word("minutes_within", { n: minutesText(60 * minutes) }))));
  if (areas.knowsOwn) list.append(item(swatch(0, ISOCHRONES.own), word("legend_own_area")));
  return [make("h3", {}, word(data.direction === "from_station" ? "legend_isochrones_from" : "legend_isochrones_to")), list];
}

function showFoot() {
  const { roads, approval } = app.data;
  for (const draft of [byId("draft"), byId("credit-draft")]) {
    draft.replaceChildren(approval ? make("bdi", {}, word("approval", { number: shortened(approval, 60) })) : word("draft"));
    draft.classList.toggle("is-approved", approval !== "");
  }
  const date = roads && roads.date ? word("data_of", { date: shortened(roads.date, 24) }) : "";
  byId("data-date").textContent = roads ? date : word("no_roads");
  byId("credit-date").textContent = date;
  byId("credit").hidden = !roads;
  showCreditOfTiles();
  showPlainFoot();
}

// Nothing is drafted where there is no result, and nothing can be found where there are no points.
function showPlainFoot() {
  if (!app.data.is_plain) return;
  for (const element of [byId("draft"), byId("credit-draft")]) element.hidden = true;
  document.querySelector(".search").hidden = !app.demand.n && !app.stations.n;
}
