// What is selected comes into sight, clear of the card, the sheet and the bar of what is tried; what has room in the frame.

// Whether the card lies over what was selected, or over its name.
function isUnderCard() {
  const at = placeOfSelected();
  const card = byId("card").getBoundingClientRect();
  if (!at || !card.width) return false;
  const stage = byId("stage").getBoundingClientRect();
  const { x, y } = app.map.latLngToContainerPoint(at);
  const [left, top] = [x + stage.left, y + stage.top];
  return left > card.left - 16 && left < card.right + 16 && top > card.top - 40 && top < card.bottom + 16;
}

// Where what is selected stands; null for nothing.
function placeOfSelected() {
  const { station, place, spot } = app.selected;
  if (spot) return L.latLng(spot);
  if (station < 0 && place < 0) return null;
  const [from, i] = station >= 0 ? [app.stations, station] : [app.demand, place];
  return L.latLng(from.lat[i] / 1e5, from.lon[i] / 1e5);
}

function bringIntoSight() {
  const { map } = app;
  const at = placeOfSelected();
  if (!at) return;
  // what the card and the sheet cover is out of sight too
  const card = byId("card").getBoundingClientRect();
  const stage = byId("stage").getBoundingClientRect();
  const bar = byId("what-if").getBoundingClientRect();
  const isBelow = card.width > 0.7 * stage.width;
  const top = bar.height ? bar.bottom - stage.top + 24 : 60;
  const below = isBelow ? card.top : isPhone() ? byId("panel").getBoundingClientRect().top : stage.bottom;
  const bottom = Math.max(0, stage.bottom - below) + 16;
  const right = isBelow ? 16 : stage.right - card.left + 24;
  const size = map.getSize();
  const { x, y } = map.latLngToContainerPoint(at);
  if (x > 40 && y > top && x < size.x - right && y < size.y - bottom - 40) return;
  // to the middle of what is free
  map.panBy([x - (size.x - right) / 2, y - (top + size.y - bottom) / 2]);
}

// In a low frame it would hide the map.
function hasRoomForLegend() {
  return !isPhone() && window.innerHeight >= 700;
}

// A frame that becomes small, as that of a phone that is turned, has no room for the legend any more.
function watchRoom() {
  let hadRoom = hasRoomForLegend();
  window.addEventListener("resize", () => {
    if (hadRoom && !hasRoomForLegend()) byId("legend").open = false;
    hadRoom = hasRoomForLegend();
  });
}
