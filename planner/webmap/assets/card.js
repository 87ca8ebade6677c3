// The card of what is selected.

// What had the focus when the card was opened: it gets it back from a card that is closed.
let cardOpener = null;

// Whether the last thing done was done by keys: then the focus goes where something opens.
let isByKeys = false;

function watchKeys() {
  const tell = (isKeys) => {
    isByKeys = isKeys;
    document.documentElement.classList.toggle("is-by-pointer", !isKeys);
  };
  document.addEventListener("keydown", () => tell(true), true);
  document.addEventListener("pointerdown", () => tell(false), true);
  // screen readers click without a pointer
  document.addEventListener("click", (event) => tell(event.detail === 0), true);
}

function rememberOpener() {
  if (!byId("card").contains(document.activeElement)) cardOpener = document.activeElement;
}

// The rows of a table may have been made anew. On a phone the panel would rise over the map once something in it gets the focus.
function afterCard() {
  const row = cardOpener && !cardOpener.isConnected && cardOpener.closest("tr[data-station]");
  const opener = row ? byId("stations").querySelector(`tr[data-station="${row.dataset.station}"] .row-button`) : cardOpener;
  const isThere = opener && opener !== document.body && opener.isConnected && opener.offsetParent !== null;
  return isThere && !isPhone() ? opener : app.map.getContainer();
}

// By keys one goes on in the card that is opened.
function focusCard() {
  if (isByKeys && !byId("card").hidden) byId("card").focus({ preventScroll: true });
}

function showCard() {
  const card = byId("card");
  const { station, place, spot } = app.selected;
  const hadFocus = card.contains(document.activeElement);
  card.hidden = station < 0 && place < 0 && !spot;
  card.replaceChildren();
  if (station >= 0) card.append(...stationCard(station));
  else if (place >= 0) card.append(...placeCard(place));
  else if (spot) card.append(...spotCard(spot));
  if (hadFocus) (card.hidden ? afterCard() : card).focus({ preventScroll: true });
}

function cardHead(kind, text, color) {
  return make("div", { class: "card-head" },
    make("span", { class: "card-kind", style: `background:${color}` }, kind),
    make("button", { type: "button", class: "card-close", "aria-label": word("card_close"), title: word("card_close"), onclick: () => select({}) }, "×"),
    make("h2", { id: "card-name" }, nameOf(text)));
}

function rows(pairs) {
  const list = make("dl", {});
  for (const [key, value] of pairs) {
    if (value === null || value === "") continue;
    list.append(make("dt", {}, word(key)), make("dd", {}, value));
  }
  return list;
}

function stationCard(i) {
  const { stations, demand } = app;
  if (!stations.isOn[i]) return siteCard(i);
  const served = demand.n && !app.data.is_plain;
  const tags = [word(stations.isExisting[i] ? "card_existing" : "card_new")];
  if (stations.isAlways[i]) tags.push(word("card_always"));
  return [
    cardHead([word("card_station"), ...tags].join(" · "), stations.text(i), INK),
    ...(served ? [servedFigures(i)] : []),
    rows([
      ["card_only_road", stations.onlyRoad && stations.only ? onlyRoadText(stations.onlyRoad[i]) : null],
      ...(served ? servedRows(i) : []),
      ["card_kind", kindWords(i)],
      ["card_services", stations.services[i] ? make("bdi", { class: "long-text" }, shortened(serviceWords(stations.services[i]), 200)) : null],
      ["card_hours", stations.hours[i] ? nameOf(stations.hours[i]) : null],
      ["card_id", nameOf(stations.id[i])],
    ]),
    ...cardButtons(i, "card_close_station"),
  ];
}

// A site that is no station: what it would add.
function siteCard(i) {
  const { stations, demand, whatIf } = app;
  const was = whatIf && whatIf.isPlanned[i];
  return [
    cardHead(word(was ? "card_closed" : "card_site"), stations.text(i), was ? "#b34a00" : "#5a6570"),
    rows([
      ["card_would_add", demand.n ? signedWeight(whatIf.gainOf(i)) : null],
      ["card_kind", kindWords(i)],
      ["card_services", stations.services[i] ? make("bdi", { class: "long-text" }, shortened(serviceWords(stations.services[i]), 200)) : null],
      ["card_hours", stations.hours[i] ? nameOf(stations.hours[i]) : null],
      ["card_id", nameOf(stations.id[i])],
    ]),
    ...cardButtons(i, was ? "card_reopen" : "card_open"),
  ];
}

function signedWeight(weight) {
  return weight > 0 ? `+${weightText(weight)}` : weightText(weight);
}

// Switch a site, and zoom to it; or why none can be switched.
function cardButtons(i, key) {
  const { stations, whatIf, data } = app;
  const toggle = whatIf ? make("button", { type: "button", class: "card-button is-main", id: "card-switch", onclick: () => switchSite(i) }, word(key)) : null;
  const zoom = zoomButton(() => zoomTo(stations.lat[i] / 1e5, stations.lon[i] / 1e5));
  const why = data.why_no_what_if ? [make("p", { class: "card-note" }, word(`no_what_if_${data.why_no_what_if}`))] : [];
  return [make("div", { class: "card-buttons" }, toggle, zoom), ...why];
}

function onlyRoadText(metres) {
  return metres > 0 ? `${number(metres / 1000, 1)} km` : word("card_only_none");
}

function servedRows(i) {
  const { stations, whatIf } = app;
  const farthest = stations.farthest[i];
  const only = stations.only ? stations.only[i] : -whatIf.gainOf(i);
  return [
    ["card_places", word("card_places_value", { n: number(stations.served[i]) })],
    ["card_farthest_place", farthest >= 0 ? placeButton(farthest) : null],
    ["card_only", only > 0 ? weightText(only) : word("card_only_none")],
  ];
}

function servedFigures(i) {
  const { stations } = app;
  return make("div", { class: "card-figures" },
    cardFigure(weightNumber(stations.weight[i]), "card_served"),
    cardFigure(duration(stations.mean[i]), "card_mean", stations.mean[i] < 0),
    cardFigure(duration(stations.longest[i]), "card_farthest", stations.longest[i] < 0));
}

function cardFigure(text, key, isNone) {
  return make("div", {}, make("b", {}, isNone ? "–" : text), make("span", {}, word(key)));
}

function kindWords(i) {
  const { kind, kindText } = app.stations;
  const known = word(`kind_${kind[i]}`);
  if (!kindText[i]) return null;
  return kind[i] === "other" || /[^\u0000-\u007f]/.test(kindText[i]) ? nameOf(kindText[i]) : known;
}

// Services by their words where we know them, else as they are given.
function serviceWords(services) {
  return services.split(/[;,；，]/).map((service) => word(`service_${service.trim()}`) || service.trim()).join(" · ");
}

// A place where no drive is known.
function plainPlaceCard(i) {
  const { demand } = app;
  return [
    cardHead(word("card_demand"), demand.text(i), "#0072b2"),
    rows([
      ["card_weight", weightText(demand.weight[i])],
      ["card_district", demand.districts[demand.district[i]] ? nameOf(demand.districts[demand.district[i]]) : null],
      ["card_id", nameOf(demand.id[i])],
    ]),
    zoomButton(() => zoomTo(demand.lat[i] / 1e5, demand.lon[i] / 1e5)),
  ];
}

function placeCard(i) {
  if (app.data.is_plain) return plainPlaceCard(i);
  const { demand, stations } = app;
  if (demand.isGroup(i)) return groupCard(i);
  const covered = demand.isCovered(i);
  const station = demand.station[i];
  return [
    cardHead(`${word("card_demand")} · ${word(covered ? "card_covered" : "card_uncovered")}`, demand.text(i), covered ? "#0072b2" : "#b34a00"),
    make("div", { class: "card-figures" },
      cardFigure(duration(demand.time[i]), "card_drive"),
      cardFigure(weightNumber(demand.weight[i]), "card_weight")),
    rows([
      [covered ? "card_served_by" : "nearest_station", station >= 0 ? stationButton(station) : word("no_road")],
      ["card_district", demand.districts[demand.district[i]] ? nameOf(demand.districts[demand.district[i]]) : null],
      ["card_id", nameOf(demand.id[i])],
    ]),
    zoomButton(() => zoomTo(demand.lat[i] / 1e5, demand.lon[i] / 1e5)),
  ];
}

function zoomButton(zoom) {
  return make("button", { type: "button", class: "card-button", onclick: zoom }, word("card_zoom"));
}

function stationButton(i) {
  return make("button", { type: "button", class: "link", onclick: () => select({ station: i, show: true }) }, nameOf(app.stations.text(i)));
}

function placeButton(i) {
  return make("button", { type: "button", class: "link", onclick: () => select({ place: i, show: true }) }, nameOf(app.demand.text(i)));
}
