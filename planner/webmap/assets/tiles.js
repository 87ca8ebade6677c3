// A base map from elsewhere, under all that is ours; only where the scenario names one.

const tiles = { layer: null };

// Puts the tiles on the map or takes them away, as they are switched.
function showTiles() {
  const { map, data, visible } = app;
  if (!data.tiles) return;
  if (!tiles.layer) tiles.layer = L.tileLayer(data.tiles.url, { maxZoom: 18, referrerPolicy: "no-referrer" });
  if (visible.tiles) tiles.layer.addTo(map);
  else tiles.layer.remove();
}

function showCreditOfTiles() {
  const { tiles: told } = app.data;
  byId("credit-tiles").hidden = !told;
  byId("credit-tiles").replaceChildren(...(told ? [make("bdi", {}, shortened(told.credit, 120))] : []));
}
