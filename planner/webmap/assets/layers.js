// Two canvases on the map: the ground (roads, demand, names) and the marks (stations, what is selected).

const CanvasLayer = L.Renderer.extend({
  options: { padding: 0.15 },

  initialize(paint, options) {
    L.setOptions(this, options);
    this._layers = {};
    this._paint = paint;
  },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
  },

  _destroyContainer() {
    this._container.remove();
    delete this._container;
  },

  _updatePaths() {},

  _update() {
    if (this._map._animatingZoom && this._bounds) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize();
    const dots = Math.min(2, window.devicePixelRatio || 1);
    const canvas = this._container;
    L.DomUtil.setPosition(canvas, this._bounds.min);
    if (canvas.width !== Math.round(size.x * dots) || canvas.height !== Math.round(size.y * dots)) {
      canvas.width = Math.round(size.x * dots);
      canvas.height = Math.round(size.y * dots);
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
    }
    const ctx = canvas.getContext("2d");
    ctx.setTransform(dots, 0, 0, dots, 0, 0);
    ctx.clearRect(0, 0, size.x, size.y);
    this.frame = frameOf(this._map, this._bounds.min, size);
    this._paint(ctx, this.frame);
  },

  redraw() {
    if (this._map) this._update();
  },
});

const BEYOND = "#edebe5";
const LAND = "#faf8f3";
const LAND_REACH_M = 300;
const VEIL = "rgba(247,245,240,.78)";

function paintGround(ctx, frame) {
  const { roads, cover, areas, demand, stations, surroundings, visible } = app;
  const isClose = demand.isClose(frame);
  const isOnTiles = visible.tiles && !frame.isPaper; // they are not printed
  if (!isOnTiles) paintLandAndWater(ctx, frame);
  if (visible.isochrones) (reach.isNeeded() ? reach : areas || reach).drawTogether(ctx, frame);
  if (roads && visible.roads) roads.drawThin(ctx, frame);
  if (!isClose) demand.drawCells(ctx, frame, visible);
  if (roads && visible.roads) roads.drawCased(ctx, frame);
  if (cover && visible.cover) (reach.isNeeded() ? reach.cover() : cover).draw(ctx, frame);
  if (surroundings && visible.districts) surroundings.drawBorders(ctx, frame);
  if (isClose) demand.drawDots(ctx, frame, visible);
  // who comes first has room: what is worst, stations, districts, places, roads
  const boxes = new Boxes();
  if (visible.uncovered) takeRoomForWorst(ctx, frame, boxes);
  if (cover && visible.cover && !reach.isNeeded()) cover.takeRoomForWorst(ctx, frame, boxes);
  stations.named = [];
  if (visible.stations) stations.takeRoom(ctx, frame, boxes);
  if (!visible.names) return;
  demand.drawDistricts(ctx, frame, boxes, surroundings && surroundings.districts.length ? surroundings.districts : undefined);
  if (surroundings && !isOnTiles) surroundings.drawNames(ctx, frame, boxes);
  demand.drawNames(ctx, frame, boxes);
  if (roads && visible.roads) roads.drawNames(ctx, frame, boxes);
}

function paintLandAndWater(ctx, frame) {
  const { surroundings } = app;
  if (surroundings && surroundings.isCoastKnown) surroundings.drawLand(ctx, frame);
  else paintLand(ctx, frame);
  if (surroundings) surroundings.drawWater(ctx, frame);
  if (surroundings && surroundings.isCoastKnown) surroundings.fadeOut(ctx, frame);
}

// Lighter ground around roads and demand, so that where people live stands out from what lies beyond.
// Drawn small and shown large, which makes its edge soft.
function paintLand(ctx, frame) {
  const { roads, demand } = app;
  // from afar only there, when close everywhere
  ctx.globalAlpha = Math.min(1, Math.max(0, (frame.zoom - 13) / 1.5));
  ctx.fillStyle = LAND;
  ctx.fillRect(0, 0, frame.width, frame.height);
  ctx.globalAlpha = 1;
  if (frame.zoom >= 14.5) return;
  const by = frame.isPaper ? 3 : 10; // paper shows the edges of pixels
  const small = document.createElement("canvas");
  small.width = Math.ceil(frame.width / by);
  small.height = Math.ceil(frame.height / by);
  const pen = small.getContext("2d");
  const part = { ...frame, scale: frame.scale / by, dx: frame.dx / by, dy: frame.dy / by, width: small.width, height: small.height };
  const width = Math.max(24 / by, (2 * LAND_REACH_M * part.scale) / world.metres);
  if (roads) for (let rank = 0; rank < 6; rank++) roads.stroke(pen, part, rank, width, LAND);
  pen.fillStyle = LAND;
  for (const cell of demand.cellsAt(frame).cells) {
    const x = cell.x * part.scale + part.dx, y = cell.y * part.scale + part.dy;
    if (x < -width || y < -width || x > part.width + width || y > part.height + width) continue;
    pen.beginPath();
    pen.arc(x, y, width / 2, 0, 2 * Math.PI);
    pen.fill();
  }
  ctx.drawImage(small, 0, 0, small.width * by, small.height * by);
}

function paintMarks(ctx, frame) {
  const { areas, stations, visible, selected } = app;
  if (selected.station >= 0) {
    ctx.fillStyle = VEIL;
    ctx.fillRect(0, 0, frame.width, frame.height);
    if (areas && visible.isochrones) (reach.isOwnNeeded(selected.station) ? reach : areas).drawOwn(ctx, frame, selected.station);
    paintServed(ctx, frame, selected.station);
  }
  stations.drawOthers(ctx, frame, selected.station, visible);
  if (visible.stations || selected.station >= 0) {
    stations.draw(ctx, frame, selected.station);
    if (visible.names || selected.station >= 0) stations.drawNames(ctx, frame, selected.station);
  }
  if (selected.station < 0 && visible.uncovered) paintWorst(ctx, frame);
  if (selected.station < 0 && app.cover && visible.cover && !reach.isNeeded()) app.cover.drawWorst(ctx, frame);
  if (selected.place >= 0) paintPlace(ctx, frame, selected.place);
  if (selected.spot) paintSpot(ctx, frame, selected.spot);
}

// Lines from a station to whom it serves.
function paintServed(ctx, frame, station) {
  const { demand, stations } = app;
  const served = demand.of(station);
  const sx = stations.x[station] * frame.scale + frame.dx, sy = stations.y[station] * frame.scale + frame.dy;
  const at = (i) => [demand.x[i] * frame.scale + frame.dx, demand.y[i] * frame.scale + frame.dy];
  ctx.beginPath();
  for (const i of served) {
    ctx.moveTo(sx, sy);
    ctx.lineTo(...at(i));
  }
  ctx.lineWidth = 1.3;
  ctx.strokeStyle = "rgba(160,74,122,.55)";
  ctx.stroke();
  const radius = demand.isClose(frame) ? 5.5 : 4;
  for (const i of served) drawDot(ctx, ...at(i), demand.step[i], radius);
}

function worstText() {
  return word("worst", { time: duration(app.data.figures.longest_s) });
}

function takeRoomForWorst(ctx, frame, boxes) {
  const i = app.data.figures.farthest;
  if (i < 0) return;
  takeRoomForFlag(ctx, frame, boxes, app.demand.x[i] * frame.scale + frame.dx, app.demand.y[i] * frame.scale + frame.dy, worstText());
}

function paintWorst(ctx, frame) {
  const { demand, data } = app;
  const i = data.figures.farthest;
  if (i < 0) return;
  drawFlag(ctx, frame, demand.x[i] * frame.scale + frame.dx, demand.y[i] * frame.scale + frame.dy, worstText(), !demand.isCovered(i));
}

function paintPlace(ctx, frame, i) {
  const { demand, stations, selected } = app;
  const x = demand.x[i] * frame.scale + frame.dx, y = demand.y[i] * frame.scale + frame.dy;
  const station = demand.station[i];
  if (station >= 0 && selected.station < 0) {
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(stations.x[station] * frame.scale + frame.dx, stations.y[station] * frame.scale + frame.dy);
    ctx.setLineDash([6, 4]);
    ctx.lineWidth = 2;
    ctx.strokeStyle = "#a04a7a";
    ctx.stroke();
    ctx.setLineDash([]);
  }
  drawDot(ctx, x, y, demand.step[i], 6);
  ctx.beginPath();
  ctx.arc(x, y, 10, 0, 2 * Math.PI);
  ctx.lineWidth = 3;
  ctx.strokeStyle = SELECTED;
  ctx.stroke();
}
