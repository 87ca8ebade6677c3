// The view in the address bar (#), so that it can be sent: zoom/lat/lon, and what is selected, switched, and spoken.

let addressTimer = 0;

function keepAddress() {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(writeAddress, 250);
}

function addressNow() {
  const { map, selected, visible, usual, stations, demand, data, whatIf } = app;
  const { lat, lng } = map.getCenter();
  const parts = [`at=${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`];
  if (selected.station >= 0) parts.push(`station=${encodeURIComponent(wellFormed(stations.id[selected.station]))}`);
  else if (selected.place >= 0) parts.push(`place=${encodeURIComponent(wellFormed(demand.id[selected.place]))}`);
  if (selected.spot) parts.push(`spot=${selected.spot.map((d) => d.toFixed(5)).join("/")}`);
  if (whatIf && whatIf.isChanged) parts.push(`try=${whatIf.changes.map((row) => encodeURIComponent(wellFormed(stations.id[row]))).join(",")}`);
  const switched = (on) => SWITCHES.filter((name) => visible[name] === on && usual[name] !== on).join(",");
  if (switched(false)) parts.push(`off=${switched(false)}`);
  if (switched(true)) parts.push(`on=${switched(true)}`);
  if (stations.hidden.size) parts.push(`without=${[...stations.hidden].sort().join(",")}`);
  if (words.language !== data.language) parts.push(`lang=${words.language}`);
  return `#${parts.join("&")}`;
}

function writeAddress() {
  app.address = addressNow();
  try {
    history.replaceState(null, "", app.address);
  } catch (error) {
    // a notebook's frame has no address of its own
  }
}

// Half of a surrogate pair alone can't be encoded.
function wellFormed(text) {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(^|[^\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

function readAddress() {
  const said = {};
  for (const part of location.hash.slice(1).split("&")) {
    const [key, value = ""] = part.split("=");
    said[`raw_${key}`] = value;
    said[key] = decoded(value);
  }
  return said;
}

// A part of the address as it was before it was written there; nothing where we didn't write it.
function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch (error) {
    return "";
  }
}

function spotIn(text) {
  const [lat, lng, ...more] = (text || "").split("/").map(Number);
  const isPlace = text && !more.length && Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
  return isPlace && app.roads && app.drives ? [lat, lng] : null;
}

// Does what the address says; returns whether it told where to look.
function followAddress() {
  const said = readAddress();
  const { map, stations, demand, visible, data, whatIf } = app;
  if (said.lang === "zh" || said.lang === "en") words.language = said.lang;
  const [off, on] = [said.off, said.on].map((names) => (names || "").split(","));
  for (const name of SWITCHES) visible[name] = on.includes(name) || (app.usual[name] && !off.includes(name));
  stations.hidden = new Set((said.without || "").split(",").filter((kind) => stations.kind.includes(kind)));
  app.selected = { station: said.station ? stations.id.indexOf(said.station) : -1, place: said.place ? demand.id.indexOf(said.place) : -1, spot: spotIn(said.spot) };
  if (whatIf) whatIf.set((said.raw_try || "").split(",").map((id) => stations.id.indexOf(decoded(id))).filter((row) => row >= 0));
  const [zoom, lat, lng] = (said.at || "").split("/").map(Number);
  if (![zoom, lat, lng].every(Number.isFinite)) return false;
  map.setView([lat, lng], zoom, { animate: false });
  return true;
}
