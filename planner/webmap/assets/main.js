// The page comes to life: data in, map and panel out, and what happens on a click.

const app = {
  map: null, data: null, roads: null, cover: null, areas: null, surroundings: null, demand: null, stations: null, drives: null, whatIf: null,
  ground: null, marks: null,
  // what is switched on, and what was when the page was opened
  visible: { roads: true, cover: false, isochrones: true, demand: true, uncovered: true, stations: true, sites: false, names: true, districts: true },
  usual: {},
  selected: { station: -1, place: -1, spot: null },
  address: "",
  redraw() {
    showTiles();
    this.ground.redraw();
    this.marks.redraw();
  },
};

// Selects a station, a place, a spot of the map, or nothing; `show` moves the map if it is out of sight.
function select({ station = -1, place = -1, spot = null, show = false }) {
  rememberOpener();
  byId("hover").hidden = true;
  app.selected = { station, place, spot };
  app.marks.redraw();
  markRow(true);
  showCard();
  focusCard();
  if (show) openSheet(false);
  if (show || isUnderCard()) bringIntoSight();
  keepAddress();
}

function zoomTo(lat, lng) {
  app.map.setView([lat, lng], Math.max(15, app.map.getZoom()));
}

function isPhone() {
  return window.matchMedia("(max-width: 720px)").matches;
}

// Pixels to the right that the zoom buttons need.
const RIGHT = 64;

function showAll(animate) {
  const { map, demand, stations } = app;
  const box = L.latLngBounds([]);
  if (app.data.box) box.extend(app.data.box);
  else {
    for (let i = 0; i < demand.n; i++) box.extend([demand.lat[i] / 1e5, demand.lon[i] / 1e5]);
    for (const i of stations.on) box.extend([stations.lat[i] / 1e5, stations.lon[i] / 1e5]);
    // where roads alone are demand, all of them
    if (!demand.n && app.roads) box.extend(app.roads.corners());
  }
  if (!box.isValid()) return;
  const [left, bottom] = roomForLegend(box);
  map.fitBounds(box, { paddingTopLeft: [left, 40], paddingBottomRight: [RIGHT, bottom], maxZoom: 16, animate });
}

// How far to keep the map from the left and from below: off the legend, unless that makes it much smaller.
function roomForLegend(box) {
  const legend = byId("legend");
  if (isPhone()) return [24, byId("panel").offsetHeight + 24];
  const zoom = ([left, bottom]) => app.map.getBoundsZoom(box, false, L.point(RIGHT + left, 40 + bottom));
  const choices = [[24, 24]];
  if (legend.open) choices.push([legend.offsetWidth + 40, 24], [24, legend.offsetHeight + 48]);
  const [plain, beside, above] = choices.map(zoom);
  if (beside >= plain - 0.25 && beside >= above) return choices[1];
  return above >= plain - 0.25 ? choices[2] : choices[0];
}

function speak() {
  sayWords();
  saySearch();
  showPanel();
  showCard();
  showScale();
}

function showScale() {
  const { map } = app;
  const y = map.getSize().y / 2;
  const metres = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([100, y]));
  const round = roundMetres(metres);
  const scale = byId("scale");
  scale.style.width = `${(100 * round) / metres}px`;
  scale.textContent = metresText(round);
}

// The longest round length of at most some metres.
function roundMetres(metres) {
  const tens = Math.pow(10, Math.floor(Math.log10(metres)));
  return [5, 3, 2, 1].map((k) => k * tens).find((m) => m <= metres) || tens;
}

function metresText(metres) {
  return metres >= 1000 ? `${number(metres / 1000)} km` : `${number(metres)} m`;
}

function listen() {
  const { map } = app;
  startSearch();
  watchKeys();
  watchRoom();
  byId("language").addEventListener("click", () => {
    words.language = words.language === "zh" ? "en" : "zh";
    speak();
    app.redraw();
    keepAddress();
  });
  byId("print").addEventListener("click", () => printing.start());
  byId("zoom-in").addEventListener("click", () => map.zoomIn());
  byId("zoom-out").addEventListener("click", () => map.zoomOut());
  byId("whole").addEventListener("click", () => showAll(true));
  listenToSheet();
  byId("panel-body").addEventListener("keydown", walkRows);
  document.addEventListener("keydown", obeyKey);
  map.on("click", (event) => {
    const found = under(event.layerPoint);
    const isFree = found.station < 0 && found.place < 0;
    select({ ...found, spot: isFree && hasSpots() ? [event.latlng.lat, event.latlng.lng] : null });
  });
  map.on("mousemove", (event) => hover(event));
  map.on("mouseout movestart", () => { byId("hover").hidden = true; });
  map.on("moveend", () => {
    showScale();
    keepAddress();
  });
  window.addEventListener("beforeprint", () => printing.begin());
  window.addEventListener("afterprint", () => printing.end());
  window.addEventListener("hashchange", () => {
    if (location.hash === app.address) return;
    followAddress();
    speak();
    app.redraw();
  });
  new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(byId("stage"));
}

// Escape closes the card; what is tried is undone by the usual keys, but not while somebody writes.
function obeyKey(event) {
  if (event.key === "Escape") select({});
  const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey) && event.target.id !== "search";
  if (isUndo && app.whatIf && app.whatIf.isChanged) {
    event.preventDefault();
    app.whatIf.undo();
    showChanges();
  }
}

// On a phone: the grip opens and closes the sheet by a tap or a swipe, and what gets the focus is shown.
function listenToSheet() {
  const grip = byId("grip");
  const isOpen = () => byId("panel").classList.contains("is-open");
  let from = 0;
  let swiped = false;
  grip.addEventListener("pointerdown", (event) => {
    from = event.clientY;
    swiped = false;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener("pointerup", (event) => {
    const way = event.clientY - from;
    swiped = Math.abs(way) > 24;
    if (swiped) openSheet(way < 0);
  });
  grip.addEventListener("click", () => {
    if (!swiped) openSheet(!isOpen());
    swiped = false;
  });
  byId("panel-body").addEventListener("focusin", () => {
    if (isPhone() && !isOpen()) openSheet(true);
  });
}

function openSheet(open) {
  byId("panel").classList.toggle("is-open", open);
  if (isPhone() && !open) byId("panel-body").scrollTop = 0;
  byId("grip").setAttribute("aria-expanded", String(open));
  byId("grip").setAttribute("aria-label", word(open ? "sheet_close" : "sheet_open"));
}

// What is under a point of the map: a station before a place.
function under(layerPoint) {
  const frame = app.marks.frame;
  const at = layerPoint.subtract(app.marks._bounds.min);
  const { stations, demand, visible } = app;
  const station = stations.at(at.x, at.y, frame, visible);
  return { station, place: station < 0 ? demand.at(at.x, at.y, frame, visible) : -1 };
}

// Where on the map's frame a station or a place is drawn, in pixels.
function positionOf(kind, i) {
  const from = kind === "station" ? app.stations : app.demand;
  const { x, y } = app.map.latLngToContainerPoint([from.lat[i] / 1e5, from.lon[i] / 1e5]);
  return [x, y];
}

function hover(event) {
  const { station, place } = under(event.layerPoint);
  const { stations, demand, map } = app;
  const box = byId("hover");
  box.hidden = station < 0 && place < 0;
  map.getContainer().style.cursor = box.hidden ? "" : "pointer";
  if (box.hidden) return;
  const text = station >= 0 ? stations.text(station) : demand.text(place);
  box.replaceChildren(nameOf(text), make("span", {}, station >= 0 ? stationHint(station) : placeHint(place)));
  const { x, y } = event.containerPoint;
  const left = Math.min(x + 14, map.getSize().x - box.offsetWidth - 8);
  box.style.transform = `translate(${left}px, ${Math.max(4, y - 34)}px)`;
}

function stationHint(i) {
  const { data, stations } = app;
  if (data.is_plain) return "";
  if (!stations.isOn[i]) return word(stations.isClosed(i) ? "card_closed" : "card_site");
  return `${word("card_served")} ${weightNumber(stations.weight[i])}`;
}

function placeHint(i) {
  const { demand } = app;
  if (app.data.is_plain) return weightText(demand.weight[i]);
  return demand.isGroup(i) ? rangeText(timesOf(i)) : duration(demand.time[i]);
}

// What the map is about, out of the data.
function build() {
  app.demand = new Demand(app.data);
  app.stations = new Stations(app.data);
  app.roads = app.data.roads ? new Roads(app.data) : null;
  app.cover = app.data.road_cover ? new RoadCover(app.data, app.roads) : null;
  app.areas = app.data.areas ? new Areas(app.data) : null;
  app.surroundings = app.data.surroundings ? new Surroundings(app.data) : null;
  app.drives = drivesOf(app.data);
  app.whatIf = app.drives && app.data.drives.knows_points ? new WhatIf(app.data, app.drives, app.demand, app.stations) : null;
  app.visible.cover = app.cover !== null && app.data.road_cover.is_demand;
  app.visible.isochrones = !app.visible.cover;
  app.visible.tiles = Boolean(app.data.tiles);
}

function addLayers() {
  app.ground = addLayer("ground", 250, paintGround);
  app.marks = addLayer("marks", 450, paintMarks);
}

function addLayer(name, z, paint) {
  const pane = app.map.createPane(name);
  pane.style.zIndex = z;
  pane.style.pointerEvents = "none";
  return new CanvasLayer(paint, { pane: name }).addTo(app.map);
}

async function start() {
  app.data = await unpack(byId("packed").textContent);
  words.ui = app.data.ui;
  words.language = app.data.language;
  app.map = window.map_stations;
  centreWorld(app.map.getCenter());
  build();
  app.usual = { ...app.visible };
  openSheet(false);
  byId("legend").open = hasRoomForLegend();
  const isTold = followAddress();
  speak();
  if (!isTold) showAll(false);
  showScale();
  addLayers();
  showTiles();
  markRow(true);
  listen();
  app.address = addressNow();
  // for tests, and for scripts that analysts add
  window.stationMap = { app, map: app.map, positionOf, isAtRest: () => app.address === addressNow() };
  requestAnimationFrame(() => { document.documentElement.dataset.ready = "true"; });
}

document.documentElement.dataset.begun = "true";
if (!document.documentElement.dataset.trouble) {
  start().catch((error) => {
    byId("damaged").hidden = false;
    throw error;
  });
}
