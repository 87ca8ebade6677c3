// Any spot of the map: the road nearest to it, and from there the nearest station.

function hasSpots() {
  return Boolean(app.roads && app.drives instanceof RoadDrives);
}

// Where a spot meets the roads that are drawn: the road, the share along it, metres to it; null where none is near.
function roadNear([lat, lng]) {
  const { roads, data } = app;
  const [sx, sy] = mercator(lng, lat);
  const [wx, wy] = [sx - world.x0, sy - world.y0];
  // metres of a pixel at zoom 0, here
  const metres = 156543 * Math.cos((lat * Math.PI) / 180);
  let best = null;
  let least = data.drives.max_access_m / metres;
  for (let i = 0; i < roads.rank.length; i++) {
    const b = 4 * i;
    if (roads.box[b] > wx + least || roads.box[b + 2] < wx - least || roads.box[b + 1] > wy + least || roads.box[b + 3] < wy - least) continue;
    let along = 0;
    for (let k = roads.start[i]; k < roads.start[i + 1] - 1; k++) {
      const [ax, ay] = [roads.x[k], roads.y[k]];
      const [dx, dy] = [roads.x[k + 1] - ax, roads.y[k + 1] - ay];
      const size = Math.hypot(dx, dy);
      const share = size > 0 ? Math.min(1, Math.max(0, ((wx - ax) * dx + (wy - ay) * dy) / (size * size))) : 0;
      const [x, y] = [ax + share * dx, ay + share * dy];
      const far = Math.hypot(x - wx, y - wy);
      if (far < least || (far === least && !best)) {
        least = far;
        best = { road: i, x, y, along: along + share * size };
      }
      along += size;
    }
  }
  if (!best) return null;
  let length = 0;
  for (let k = roads.start[best.road]; k < roads.start[best.road + 1] - 1; k++) length += Math.hypot(roads.x[k + 1] - roads.x[k], roads.y[k + 1] - roads.y[k]);
  return { ...best, share: length > 0 ? best.along / length : 0, metres: least * metres };
}

// The nearest station of a spot: its row, and the seconds there with the way to the road.
function nearestOfSpot(spot) {
  const { drives, stations, data } = app;
  if (!drives.label) drives.nearest(stations.isOn);
  const at = roadNear(spot);
  if (!at) return null;
  const { row, ticks } = drives.nearestOnRoad(at.road, at.share);
  const { access_kph: kph } = data.drives;
  const access = kph > 0 ? (TICKS * at.metres) / (kph / 3.6) : 0;
  return { ...at, row, time: shownSeconds(ticks + access, drives.standard) };
}

function spotCard(spot) {
  const found = nearestOfSpot(spot);
  const { roads, data, stations } = app;
  if (!found) {
    return [cardHead(word("card_spot"), word("card_spot_off"), "#5a6570"), make("p", {}, word("card_spot_no_road", { m: number(data.drives.max_access_m) }))];
  }
  const isCovered = found.time >= 0 && found.time <= data.figures.standard_s;
  const name = roads.names[roads.name[found.road]];
  return [
    cardHead(`${word("card_spot")} · ${word(isCovered ? "card_covered" : "card_uncovered")}`, name || word("card_spot_unnamed"), isCovered ? "#0072b2" : "#b34a00"),
    make("div", { class: "card-figures" }, cardFigure(duration(found.time), "card_drive")),
    rows([
      ["nearest_station", found.row >= 0 ? stationButton(found.row) : word("no_road")],
      ["card_spot_to_road", word("card_spot_metres", { m: number(found.metres) })],
    ]),
    zoomButton(() => zoomTo(...spot)),
  ];
}

// The spot, its way to the road, and a line to its station.
function paintSpot(ctx, frame, spot) {
  const [mx, my] = mercator(spot[1], spot[0]);
  const at = (x, y) => [x * frame.scale + frame.dx, y * frame.scale + frame.dy];
  const [x, y] = at(mx - world.x0, my - world.y0);
  const found = nearestOfSpot(spot);
  if (found) {
    const [rx, ry] = at(found.x, found.y);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(rx, ry);
    if (found.row >= 0) ctx.lineTo(...at(app.stations.x[found.row], app.stations.y[found.row]));
    ctx.setLineDash([6, 4]);
    ctx.lineWidth = 2;
    ctx.strokeStyle = "#a04a7a";
    ctx.stroke();
    ctx.setLineDash([]);
  }
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.bezierCurveTo(x - 4, y - 10, x - 9, y - 12, x - 9, y - 19);
  ctx.arc(x, y - 19, 9, Math.PI, 0);
  ctx.bezierCurveTo(x + 9, y - 12, x + 4, y - 10, x, y);
  ctx.fillStyle = "#a04a7a";
  ctx.strokeStyle = "#fff";
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(x, y - 19, 3.2, 0, 2 * Math.PI);
  ctx.fillStyle = "#fff";
  ctx.fill();
}
