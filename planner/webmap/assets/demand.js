// Demand coloured by its drive: as cells, as dots when close.

const STEP_COLORS = ["#0072b2", "#62aedb", "#c3dcea", "#d55e00", "#7a3b1d"];
const OVER = 3;
const CUT_OFF = 4;

class Demand {
  constructor(data) {
    this.id = data.demand.id;
    this.name = data.demand.name;
    this.districts = data.districts;
    this.district = data.demand_district;
    this.weight = Float64Array.from(data.demand_weight, (w) => w / data.weight_unit);
    this.time = data.demand_time;
    this.step = data.demand_step;
    this.station = data.demand_station;
    this.lon = data.demand_x;
    this.lat = data.demand_y;
    const { x, y } = project(this.lon, this.lat);
    this.x = x;
    this.y = y;
    this.n = x.length;
    this.spacing = (data.spacing / 360) * 256;
    this.byWeight = Array.from(this.weight.keys()).sort((a, b) => this.weight[b] - this.weight[a] || a - b);
    this.ofStation = null;
    this.cells = null;
    // points that are shown together have the number of the first of them
    this.group = data.demand_group || Int32Array.from(this.weight.keys());
    this.members = data.demand_group ? membersOf(this.group) : new Map();
    this.places = this.districtPlaces();
  }

  text(i) {
    if (this.isGroup(i) && !this.name[i]) return word("places_together", { n: number(this.together(i).length) });
    return this.name[i] || this.id[i];
  }

  isGroup(i) {
    return this.members.has(this.group[i]);
  }

  // All points that are shown where this one is.
  together(i) {
    return this.members.get(this.group[i]) || [i];
  }

  isCovered(i) {
    return this.step[i] < OVER;
  }

  isClose(frame) {
    return this.spacing * frame.scale > 11 || frame.zoom >= 17;
  }

  // What was worked out from drives is no longer so.
  forget() {
    this.ofStation = null;
    this.cells = null;
  }

  // The points whose nearest station this is.
  of(station) {
    if (!this.ofStation) {
      this.ofStation = new Map();
      for (let i = 0; i < this.n; i++) {
        if (!this.ofStation.has(this.station[i])) this.ofStation.set(this.station[i], []);
        this.ofStation.get(this.station[i]).push(i);
      }
    }
    return (this.ofStation.get(station) || []).filter((i) => this.isCovered(i));
  }

  // Hexagons fixed to the ground, at each zoom so large that neighbours mostly touch, 6 to 16 pixels.
  cellsAt(frame) {
    if (this.cells && this.cells.zoom === frame.zoom) return this.cells;
    const apart = Math.min(16, Math.max(6, this.spacing * frame.scale * 2.2)) / frame.scale;
    const rowApart = (apart * Math.sqrt(3)) / 2;
    const found = new Map();
    for (let i = 0; i < this.n; i++) {
      let row = Math.round(this.y[i] / rowApart);
      let column = Math.round(this.x[i] / apart - (row & 1) / 2);
      const fromY = this.y[i] / rowApart - row;
      if (Math.abs(fromY) * 3 > 1) {
        // near the edge to the next row the other row's centre may be nearer
        const fromX = this.x[i] / apart - (row & 1) / 2 - column;
        const otherRow = row + Math.sign(fromY);
        const otherColumn = Math.round(this.x[i] / apart - (otherRow & 1) / 2);
        const otherX = this.x[i] / apart - (otherRow & 1) / 2 - otherColumn;
        const otherY = this.y[i] / rowApart - otherRow;
        if (fromX * fromX + 0.75 * fromY * fromY > otherX * otherX + 0.75 * otherY * otherY) {
          row = otherRow;
          column = otherColumn;
        }
      }
      const key = (row + 65536) * 131072 + column + 65536;
      let cell = found.get(key);
      if (!cell) {
        cell = { x: (column + (row & 1) / 2) * apart, y: row * rowApart, weight: 0, sum: 0, worst: 0, points: [] };
        found.set(key, cell);
      }
      const w = this.weight[i] || 1e-9;
      cell.points.push(i);
      if (this.isCovered(i)) {
        cell.weight += w;
        cell.sum += w * this.time[i];
      }
      if (this.step[i] > cell.worst) cell.worst = this.step[i];
    }
    const steps = app.data.figures.steps_s;
    const cells = [...found.values()];
    for (const cell of cells) {
      // covered demand by its mean drive; a single point without cover shows
      const mean = cell.sum / cell.weight;
      cell.step = cell.worst >= OVER ? cell.worst : mean <= steps[0] ? 0 : mean <= steps[1] ? 1 : 2;
    }
    this.cells = { zoom: frame.zoom, apart, cells, byKey: found, rowApart };
    return this.cells;
  }

  drawCells(ctx, frame, visible) {
    const { apart } = this.cellsAt(frame);
    const size = ((apart * frame.scale) / Math.sqrt(3)) * 0.97;
    const corners = [0, 1, 2, 3, 4, 5].map((k) => {
      const angle = (Math.PI / 3) * k + Math.PI / 6;
      return [Math.cos(angle) * size, Math.sin(angle) * size];
    });
    for (let step = 0; step < STEP_COLORS.length; step++) {
      if (step < OVER ? !visible.demand : !visible.uncovered) continue;
      ctx.globalAlpha = step < OVER ? 0.82 : 1;
      ctx.fillStyle = STEP_COLORS[step];
      this.fillCells(ctx, frame, step, corners);
      ctx.globalAlpha = 1;
      if (step < OVER) continue;
      ctx.fillStyle = hatching(ctx, step);
      this.fillCells(ctx, frame, step, corners);
    }
  }

  fillCells(ctx, frame, step, corners) {
    const edge = 2 * corners[0][0];
    let n = 0;
    ctx.beginPath();
    for (const cell of this.cells.cells) {
      if (cell.step !== step) continue;
      const x = cell.x * frame.scale + frame.dx, y = cell.y * frame.scale + frame.dy;
      if (x < -edge || y < -edge || x > frame.width + edge || y > frame.height + edge) continue;
      ctx.moveTo(x + corners[0][0], y + corners[0][1]);
      for (let k = 1; k < 6; k++) ctx.lineTo(x + corners[k][0], y + corners[k][1]);
      if (++n % 50 === 0) {
        // many short paths are filled quicker than one long one
        ctx.fill();
        ctx.beginPath();
      }
    }
    ctx.fill();
  }

  drawDots(ctx, frame, visible) {
    const base = Math.min(6, 3 + (frame.zoom - 13) * 0.5);
    for (let i = 0; i < this.n; i++) {
      const x = this.x[i] * frame.scale + frame.dx, y = this.y[i] * frame.scale + frame.dy;
      if (x < -9 || y < -9 || x > frame.width + 9 || y > frame.height + 9) continue;
      if (this.isCovered(i) ? !visible.demand : !visible.uncovered) continue;
      if (!this.isGroup(i)) drawDot(ctx, x, y, this.step[i], base);
      else if (this.worstOf(i, visible) === i) drawDot(ctx, x, y, this.step[i], base + 2);
    }
  }

  // Of the points that are shown together and switched on the one with the slowest drive.
  worstOf(i, visible) {
    const seen = this.together(i).filter((k) => (this.isCovered(k) ? visible.demand : visible.uncovered));
    return seen.reduce((worst, k) => (this.step[k] > this.step[worst] ? k : worst), seen[0]);
  }

  // Names of the districts in the middle of their demand, or where they are given.
  drawDistricts(ctx, frame, boxes, places = this.places) {
    if (frame.zoom >= 15) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `600 ${frame.zoom < 11 ? 13 : 15}px ${FONT}`;
    for (const place of places) {
      const x = place.x * frame.scale + frame.dx, y = place.y * frame.scale + frame.dy;
      if (x < -80 || y < -20 || x > frame.width + 80 || y > frame.height + 20) continue;
      const text = shortened(place.text, 24);
      const half = ctx.measureText(text).width / 2 + 8;
      // beside its middle where something stands there already
      for (const away of [0, -22, 22, -40, 40]) {
        if (!boxes.take(x - half, y + away - 12, x + half, y + away + 12)) continue;
        label(ctx, text, x, y + away, "#26333f", "rgba(255,255,255,.9)", 4);
        boxes.texts.add(place.text);
        break;
      }
    }
  }

  // Names of places, the heaviest first, more of them the closer.
  drawNames(ctx, frame, boxes) {
    if (frame.zoom < 12.5) return;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.font = `11px ${FONT}`;
    const above = this.isClose(frame) ? 11 : 0;
    const air = frame.zoom < 14 ? 34 : frame.zoom < 15 ? 20 : 8;
    let tried = 0;
    for (const i of this.byWeight) {
      if (!this.name[i] || boxes.texts.has(this.name[i])) continue;
      const x = this.x[i] * frame.scale + frame.dx, y = this.y[i] * frame.scale + frame.dy - above;
      if (x < 0 || y < 0 || x > frame.width || y > frame.height) continue;
      if (++tried > 200) break;
      const text = shortened(this.name[i], 22);
      const half = ctx.measureText(text).width / 2 + air;
      if (boxes.take(x - half, y - 7 - air / 2, x + half, y + 7 + air / 2)) label(ctx, text, x, y, "#465462");
    }
  }

  districtPlaces() {
    const sums = this.districts.map((text) => ({ text, x: 0, y: 0, weight: 0 }));
    for (let i = 0; i < this.n; i++) {
      const sum = sums[this.district[i]];
      const w = this.weight[i] || 1e-9;
      sum.x += w * this.x[i];
      sum.y += w * this.y[i];
      sum.weight += w;
    }
    const places = sums.filter((sum) => sum.text && sum.weight > 0);
    for (const place of places) {
      place.x /= place.weight;
      place.y /= place.weight;
    }
    return places.sort((a, b) => b.weight - a.weight);
  }

  // The point under the pointer, -1 for none; of a cell the one that gave it its colour.
  at(x, y, frame, visible) {
    const close = this.isClose(frame);
    const reach = (close ? 9 : 7) / frame.scale;
    const wx = (x - frame.dx) / frame.scale, wy = (y - frame.dy) / frame.scale;
    let best = -1, least = reach;
    for (let i = 0; i < this.n; i++) {
      if (this.isCovered(i) ? !visible.demand : !visible.uncovered) continue;
      const far = Math.hypot(this.x[i] - wx, this.y[i] - wy);
      // points without cover win over their neighbours
      const rank = this.isCovered(i) ? far : far * 0.6;
      if (rank < least && far < reach) {
        least = rank;
        best = i;
      }
    }
    return best;
  }
}

// The members of each group of several, by its number; a group of one is not in it.
function membersOf(group) {
  const members = new Map();
  group.forEach((first, i) => {
    if (!members.has(first)) members.set(first, []);
    members.get(first).push(i);
  });
  for (const [first, all] of members) if (all.length < 2) members.delete(first);
  return members;
}

function drawDot(ctx, x, y, step, radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = step === CUT_OFF ? "#fff" : STEP_COLORS[step];
  ctx.fill();
  ctx.lineWidth = step === CUT_OFF ? 2 : 1;
  ctx.strokeStyle = step === CUT_OFF ? STEP_COLORS[CUT_OFF] : step === 2 ? "#5f8ba6" : "rgba(255,255,255,.9)";
  ctx.stroke();
  if (step < OVER) return;
  // a cross, so that it isn't colour alone
  const arm = radius * 0.5;
  ctx.beginPath();
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x - arm, y + arm);
  ctx.lineTo(x + arm, y - arm);
  ctx.lineWidth = 1.6;
  ctx.strokeStyle = step === CUT_OFF ? STEP_COLORS[CUT_OFF] : "#fff";
  ctx.stroke();
}

const hatchings = new Map();

// Slanted lines over what is not covered; crossed where no road leads.
function hatching(ctx, step) {
  if (!hatchings.has(step)) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const pen = tile.getContext("2d");
    pen.strokeStyle = step === CUT_OFF ? "rgba(255,255,255,.55)" : "rgba(255,255,255,.75)";
    pen.lineWidth = step === CUT_OFF ? 1.1 : 1.6;
    pen.beginPath();
    for (const k of [-4, 0, 4, 8, 12]) {
      pen.moveTo(k - 4, 8);
      pen.lineTo(k + 4, 0);
      if (step === CUT_OFF) {
        pen.moveTo(k - 4, 0);
        pen.lineTo(k + 4, 8);
      }
    }
    pen.stroke();
    hatchings.set(step, ctx.createPattern(tile, "repeat"));
  }
  return hatchings.get(step);
}
