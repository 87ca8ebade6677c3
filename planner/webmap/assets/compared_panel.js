// The panel of two runs: which ones, their figures side by side, what changes for demand, stations, districts; legend and cards.

function listenToSides() {
  for (const side of ["a", "b"]) {
    byId(`choose-${side}`).addEventListener("change", () => {
      const { pair } = compared;
      const other = side === "a" ? pair.b : pair.a;
      const chosen = Number(byId(`choose-${side}`).value);
      // who is chosen twice changes sides
      if (chosen === other) showPair(pair.b, pair.a);
      else showPair(...(side === "a" ? [chosen, pair.b] : [pair.a, chosen]));
    });
  }
  byId("swap").addEventListener("click", () => showPair(compared.pair.b, compared.pair.a));
}

function showPair(a, b) {
  choosePair(a, b);
  speak();
  app.redraw();
  keepAddress();
}

function showView(view) {
  compared.view = view;
  showLegend();
  app.redraw();
  keepAddress();
}

// The parts of the panel that stand above and below the figures go with them.
showFigures = () => {
  showSides();
  showViews();
  showRemarks();
  showCompared();
};

function showSides() {
  const { runs, pair } = compared;
  for (const [side, chosen] of [["a", pair.a], ["b", pair.b]]) {
    const select = byId(`choose-${side}`);
    select.replaceChildren(...runs.map((run, k) => make("option", { value: k, selected: k === chosen }, shortened(run.name, 60))));
    select.value = String(chosen);
    byId(`name-${side}`).replaceChildren(nameOf(pair.runs[side === "a" ? 0 : 1].name));
  }
  if (app.ground) placeSides();
}

function showViews() {
  const box = byId("views");
  box.replaceChildren(box.firstElementChild);
  for (const view of ["changes", "swipe"]) {
    const input = make("input", { type: "radio", name: "view", id: `view-${view}`, checked: compared.view === view });
    input.addEventListener("change", () => showView(view));
    box.append(make("label", {}, input, make("span", {}, word(`view_${view}`))));
  }
}

function showRemarks() {
  const remarks = compared.pair.told.remarks[words.language];
  byId("not-alike").hidden = remarks.length === 0;
  byId("remarks").replaceChildren(...remarks.map((remark) => make("li", {}, make("bdi", {}, remark))));
}

// ------------------------------------------------------------------------------------------
// Side by side
// ------------------------------------------------------------------------------------------

// Two digits; only all is 100, and only nothing is 0.
function percentOf(share) {
  const percent = 100 * shownShare(share);
  return `${percent === 0 || percent === 100 ? percent : percent.toFixed(2)}%`;
}

// A difference of shares in percentage points.
function pointsText(share) {
  return word("points_of", { n: (100 * share).toFixed(2) });
}

function shownShare(share) {
  return share === 0 || share === 1 ? share : Math.min(0.9999, Math.max(0.0001, roundedTo(4)(share)));
}

// Whole seconds as the map of one run shows them: what is over the standard stays over it.
function secondsOf(seconds, run) {
  return seconds > run.data.figures.standard_s ? Math.ceil(seconds) : Math.round(seconds);
}

function signedText(value, text) {
  return value === 0 ? word("no_change") : `${value < 0 ? "−" : "+"}${text(Math.abs(value))}`;
}

const roundedTo = (digits) => (value) => Number(value.toFixed(digits));
const wholeFigure = { shown: roundedTo(0), text: (v) => number(v), good: 0 };

// How each figure is shown; `good` tells whether more is better (1), worse (-1), or neither.
const COMPARED_FIGURES = {
  stations: { key: "n_stations", ...wholeFigure },
  new: { key: "n_new", ...wholeFigure },
  share: { key: "share_covered", shown: shownShare, text: percentOf, change: pointsText, good: 1 },
  uncovered_n: { key: "uncovered_n", ...wholeFigure, good: -1 },
  uncovered_weight: { key: "uncovered_weight", shown: roundedTo(1), text: weightText, good: -1 },
  mean: { key: "mean_s", shown: secondsOf, text: clock, isTime: true, good: -1 },
  p95: { key: "p95_s", shown: secondsOf, text: clock, isTime: true, good: -1 },
  longest: { key: "longest_s", shown: secondsOf, text: clock, isTime: true, good: -1 },
  roads: { key: "roads_share_covered", shown: shownShare, text: percentOf, change: pointsText, good: 1 },
};

function comparedHead(...cells) {
  return make("tr", {}, ...cells.map((cell) => (cell ? make("th", { scope: "col" }, cell) : make("td", {}))));
}

// The names of the sides as headings.
function sideNames() {
  return compared.pair.runs.map((run) => nameOf(run.name));
}

function showCompared() {
  const { pair } = compared;
  const table = byId("figures");
  table.tHead.replaceChildren(comparedHead(word("col_figure"), ...sideNames(), word("col_change")));
  const rows = [];
  for (const [name, { key, shown, text, change, isTime, good }] of Object.entries(COMPARED_FIGURES)) {
    const values = pair.runs.map((run) => (run.figures[key] === null ? null : shown(run.figures[key], run)));
    const isAbout = name === "stations" || name === "new" || name === "roads" || app.demand.n > 0;
    if (!isAbout || values.every((value) => value === null)) continue;
    rows.push(make("tr", { "data-figure": name }, make("th", { scope: "row" }, word(`row_${name}`), isTime ? make("small", {}, ` ${word("col_time_unit")}`) : null),
      ...values.map((value) => make("td", {}, value === null ? "–" : text(value))),
      changeCell(values, change || text, good)));
  }
  rows.push(make("tr", { "data-figure": "status" }, make("th", { scope: "row" }, word("row_status")),
    ...pair.runs.map((run) => make("td", {}, word(`status_${run.figures.status}`))), make("td", {})));
  table.tBodies[0].replaceChildren(...rows);
}

function changeCell([before, after], text, good) {
  if (before === null || after === null) return make("td", {}, "–");
  const more = Number((after - before).toFixed(4));
  const tone = more * good > 0 ? "is-better" : more * good < 0 ? "is-worse" : "";
  return make("td", { class: tone }, signedText(more, text));
}

// What changes for demand: the legend of the map, with how many and how much.
showSplit = () => {
  const { pair } = compared;
  byId("split").hidden = app.demand.n === 0;
  const table = byId("totals");
  table.tHead.replaceChildren(comparedHead("", word("col_places"), word("col_weight")));
  table.tBodies[0].replaceChildren(...changesThere().map((change) => {
    const name = compared.told.change_names[change];
    const { n, weight } = pair.told.totals[name];
    return make("tr", { "data-change": name },
      make("th", { scope: "row" }, changePicture(change), make("span", {}, word(`change_${name}`))),
      make("td", {}, number(n)), make("td", {}, weightText(weight)));
  }));
};

// The changes that are told: who wins and loses cover in any case, others where there are some.
function changesThere() {
  const { pair, told } = compared;
  const there = [GAINED, LOST, FASTER, SLOWER, SAME, UNCOVERED, ONLY_LATER, ONLY_FIRST];
  return there.filter((change) => change <= LOST || pair.told.totals[told.change_names[change]].n > 0);
}

// ------------------------------------------------------------------------------------------
// Stations
// ------------------------------------------------------------------------------------------

COLUMNS.fate = (i) => app.stations.fate[i];
COLUMNS.before = (i) => servedOn(0, i);
COLUMNS.after = (i) => servedOn(1, i);

function servedOn(side, i) {
  const served = app.stations.served[side][i];
  return served === null ? -1 : served;
}

function servedCell(side, i) {
  return make("td", {}, servedOn(side, i) < 0 ? "–" : weightText(servedOn(side, i)));
}

function fateText(fate) {
  return word(`fate_${compared.told.fate_names[fate]}`);
}

CELLS.fate = (i) => make("td", { class: "col-fate" }, fatePicture(app.stations.fate[i]), make("span", {}, fateText(app.stations.fate[i])));
CELLS.before = (i) => servedCell(0, i);
CELLS.after = (i) => servedCell(1, i);

columns = () => (app.demand.n ? ["kind", "name", "fate", "before", "after"] : ["kind", "name", "fate"]);

const plainTable = showTable;

showTable = () => {
  plainTable();
  const count = Object.fromEntries(Object.entries(compared.pair.told.fates).map(([fate, n]) => [fate, number(n)]));
  byId("station-count").textContent = word("fates", count);
};

// ------------------------------------------------------------------------------------------
// Districts and lists
// ------------------------------------------------------------------------------------------

showLists = () => {
  showComparedDistricts();
  const { pair } = compared;
  const box = byId("lists");
  const isOpen = new Set(Array.from(box.querySelectorAll("details[open]"), (d) => d.dataset.list));
  const changed = (change) => app.demand.byWeight.filter((i) => pair.change[i] === change);
  const lists = [
    ["gained", changed(GAINED), changedItem], ["lost", changed(LOST), changedItem],
    ["shorter", pair.told.shorter, changedItem], ["longer", pair.told.longer, changedItem],
    ["asked", pair.told.asked, askedItem],
  ];
  box.replaceChildren(...lists.filter(([, rows]) => rows.length).map(([name, rows, item]) => {
    const count = name === "shorter" || name === "longer" ? null : make("span", { class: "count" }, number(rows.length));
    const details = make("details", { "data-list": name, open: isOpen.has(name) },
      make("summary", {}, word(`list_${name}`), count), make("ol", {}, ...rows.slice(0, LISTED).map(item)));
    if (rows.length > LISTED) details.append(make("p", {}, word("list_more", { n: number(rows.length - LISTED) })));
    return details;
  }));
};

function changedItem(i) {
  const { pair, demand } = { pair: compared.pair, demand: app.demand };
  const times = [0, 1].map((side) => pair.time(side, i));
  const known = times.every((time) => time !== null && time >= 0);
  const more = known ? signedText(times[1] - times[0], duration) : "";
  return make("li", {}, placeButton(i), make("span", { class: "weight" }, more || weightText(demand.weight[i])),
    make("small", {}, `${timeText(0, i)} → ${timeText(1, i)}`));
}

// A drive of a point on one side in words.
function timeText(side, i) {
  const time = compared.pair.time(side, i);
  return time === null ? word("not_in_run") : duration(time);
}

function askedItem([setting, before, after]) {
  const value = (text) => (text === null ? word("nothing_set") : nameOf(text));
  return make("li", {}, make("code", {}, setting), "", make("small", {}, value(before), " → ", value(after)));
}

function showComparedDistricts() {
  const { districts } = compared.pair.told;
  byId("compared-districts").hidden = districts.length === 0;
  const table = byId("compared-districts-table");
  table.tHead.replaceChildren(comparedHead(word("col_district"), word("col_cover"), make("span", {}, word("col_drive"), make("small", {}, ` ${word("col_time_unit")}`))));
  table.tBodies[0].replaceChildren(...districts.map(comparedDistrictRow));
}

function comparedDistrictRow(row) {
  const place = app.demand.places.find(({ text }) => text === row.district);
  const name = nameOf(row.district || word("no_district"));
  const cell = (before, after, shown, text, change, good) => {
    const values = [before, after].map((value) => (value === null ? null : shown(value)));
    const more = changeCell(values, change, good);
    return make("td", {}, values[1] === null ? "–" : text(values[1]), make("small", { class: more.className }, more.textContent));
  };
  return make("tr", {},
    make("th", { scope: "row" }, place ? make("button", { type: "button", class: "link", onclick: () => showDistrict(place) }, name) : name),
    cell(row.share_covered_first, row.share_covered_later, shownShare, percentOf, pointsText, 1),
    cell(row.mean_drive_time_s_first, row.mean_drive_time_s_later, roundedTo(0), clock, clock, -1));
}

// ------------------------------------------------------------------------------------------
// Legend, hints and cards
// ------------------------------------------------------------------------------------------

showLegend = () => {
  if (compared.view === "changes") showChangeLegend();
  else showSideLegend();
};

function showChangeLegend() {
  const item = (mark, text) => make("li", {}, mark, make("span", {}, text));
  const { pair, told } = compared;
  const there = changesThere().filter((change) => pair.told.totals[told.change_names[change]].n > 0);
  const list = make("ul", {}, ...there.map((change) => item(changePicture(change), word(`change_${told.change_names[change]}`))));
  const isThere = (fate) => pair.told.fates[told.fate_names[fate]] > 0;
  const fates = make("ul", {}, ...[ADDED, REMOVED, KEPT].filter(isThere).map((fate) => item(fatePicture(fate), fateText(fate))));
  byId("legend-body").replaceChildren(
    ...(app.demand.n ? [make("h3", {}, word("changes")), list] : []),
    make("h3", {}, word("legend_stations")), fates);
}

// As on the map of one run: with the kinds of hosts of both, and all steps that are on either side.
function showSideLegend() {
  const { pair } = compared;
  const { data, cover } = app;
  const both = pair.runs.map((run) => run.data.figures);
  const bySteps = (figures) => {
    app.data = { ...pair.right.data, figures };
    app.cover = pair.right.cover || pair.left.cover;
    ofOne.showLegend();
    return [...byId("legend-body").childNodes];
  };
  const weights = both[0].weight_by_step.map((weight, step) => weight + both[1].weight_by_step[step]);
  const shown = bySteps({ ...both[1], weight_by_step: weights, n_existing: both[0].n_existing + both[1].n_existing });
  if (app.demand.n && both[0].steps_s.join() !== both[1].steps_s.join()) {
    // other standards: other steps
    const of = (side) => [make("h3", {}, nameOf(pair.runs[side].name)), bySteps(both[side])[1]];
    byId("legend-body").replaceChildren(shown[0], ...of(0), ...of(1), ...shown.slice(2));
  }
  Object.assign(app, { data, cover });
}

stationHint = (i) => `${fateText(app.stations.fate[i])} ${[0, 1].map((side) => servedCell(side, i).textContent).join(" → ")}`;

placeHint = (i) => `${timeText(0, i)} → ${timeText(1, i)}`;

stationCard = (i) => {
  const { stations } = app;
  const fate = stations.fate[i];
  const served = (side) => (stations.served[side][i] === null ? word("not_in_run") : weightText(stations.served[side][i]));
  return [
    cardHead(`${word("card_station")} · ${fateText(fate)}`, stations.text(i), fate === REMOVED ? REMOVED_COLOR : fate === ADDED ? ADDED_COLOR : INK),
    rows([
      ["card_serves_left", app.demand.n ? served(0) : null],
      ["card_serves_right", app.demand.n ? served(1) : null],
      ["card_kind", kindWords(i)],
      ["card_services", stations.services[i] ? make("bdi", { class: "long-text" }, shortened(serviceWords(stations.services[i]), 200)) : null],
      ["card_hours", stations.hours[i] ? nameOf(stations.hours[i]) : null],
      ["card_id", nameOf(stations.id[i])],
    ]),
    zoomButton(() => zoomTo(stations.lat[i] / 1e5, stations.lon[i] / 1e5)),
  ];
};

placeCard = (i) => {
  const { demand } = app;
  const { pair, told } = compared;
  const change = pair.change[i];
  const side = (k) => {
    const station = pair.stationOf(k, i);
    const isThere = pair.points[k][i] >= 0;
    return make("div", { class: `card-side card-side-${"ab"[k]}` },
      make("h3", {}, nameOf(pair.runs[k].name)),
      make("b", {}, timeText(k, i)),
      isThere ? make("span", {}, word(pair.isCovered(k, i) ? "card_covered" : "is_uncovered")) : null,
      station >= 0 ? stationButton(station) : null);
  };
  return [
    cardHead(`${word("card_demand")} · ${word(`change_${told.change_names[change]}`)}`, demand.text(i), change === LOST || change === UNCOVERED ? "#b34a00" : "#0b4f7d"),
    make("div", { class: "card-sides" }, side(0), side(1)),
    rows([
      ["card_weight", weightText(demand.weight[i])],
      ["card_district", demand.districts[demand.district[i]] ? nameOf(demand.districts[demand.district[i]]) : null],
      ["card_id", nameOf(demand.id[i])],
    ]),
    zoomButton(() => zoomTo(demand.lat[i] / 1e5, demand.lon[i] / 1e5)),
  ];
};
