// What lies around the roads: land and sea, water, borders and names of districts, names of places.

const WATER = { fill: "#dbe9f4", shore: "#b4cfe4" };
const BORDER = { line: "rgba(94,79,115,.75)", halo: "rgba(255,255,255,.55)" };
// names of places by rank, from cities to hamlets: from which zoom on, and how
const PLACE_NAMES = {
  from: [4, 8.5, 10.75, 13],
  font: [`600 15px ${FONT}`, `600 13px ${FONT}`, `12px ${FONT}`, `11px ${FONT}`],
  color: ["#1f2933", "#26333f", "#3a4856", "#465462"],
  air: [10, 8, 10, 12],
  most: 120,
};

class Surroundings {
  constructor(data) {
    const told = data.surroundings;
    this.isCoastKnown = told.is_coast_known;
    this.water = new Polygons(data.water_rings, data.water_n, data.water_x, data.water_y);
    this.seaBox = project(data.sea_box_x, data.sea_box_y);
    this.names = told.names;
    this.rank = data.name_rank;
    this.at = project(data.name_x, data.name_y);
    this.borders = new Polygons(data.district_rings, data.district_n, data.district_x, data.district_y);
    const { x, y } = project(data.district_name_x, data.district_name_y);
    this.districts = told.districts.map((text, i) => ({ text, x: x[i], y: y[i] })).filter(({ text }) => text);
  }

  // Where it is known what is land and what is sea, on the screen: left, top, right, bottom.
  known(frame) {
    const { x, y } = this.seaBox;
    return [x[0] * frame.scale + frame.dx, y[0] * frame.scale + frame.dy, x[1] * frame.scale + frame.dx, y[1] * frame.scale + frame.dy];
  }

  drawLand(ctx, frame) {
    const [left, top, right, bottom] = this.known(frame);
    ctx.fillStyle = LAND;
    ctx.fillRect(left, top, right - left, bottom - top);
  }

  // Land and sea fade where the extract ends: what comes behind it, nobody knows.
  fadeOut(ctx, frame) {
    const [left, top, right, bottom] = this.known(frame);
    const wide = Math.min(48, 0.12 * (right - left), 0.12 * (bottom - top));
    const sides = [[left, 0, 1], [right, 0, -1], [top, 1, 1], [bottom, 1, -1]];
    for (const [edge, isAcross, inwards] of sides) {
      // a pixel farther out, so that no line is left at the edge
      const [from, to] = [edge - 2 * inwards, edge + wide * inwards];
      const fade = isAcross ? ctx.createLinearGradient(0, from, 0, to) : ctx.createLinearGradient(from, 0, to, 0);
      fade.addColorStop(0, BEYOND);
      fade.addColorStop(0.1, BEYOND);
      fade.addColorStop(1, `${BEYOND}00`);
      ctx.fillStyle = fade;
      const [begin, size] = [Math.min(from, to), Math.abs(to - from)];
      if (isAcross) ctx.fillRect(left - 2, begin, right - left + 4, size);
      else ctx.fillRect(begin, top - 2, size, bottom - top + 4);
    }
  }

  drawWater(ctx, frame) {
    ctx.fillStyle = WATER.fill;
    ctx.strokeStyle = WATER.shore;
    ctx.lineWidth = 2;
    ctx.lineJoin = "round";
    for (const area of [0, 1]) {
      const path = this.water.path(area, frame);
      // filled after its outline, so that none is left where lakes overlap; holes turn the other way round
      if (frame.zoom >= 10) ctx.stroke(path);
      ctx.fill(path, "nonzero");
    }
  }

  drawBorders(ctx, frame) {
    const close = frame.zoom >= 12;
    for (let area = 0; area < this.borders.firstRing.length - 1; area++) {
      const path = this.borders.path(area, frame);
      ctx.lineJoin = "round";
      ctx.lineWidth = close ? 5 : 3.5;
      ctx.strokeStyle = BORDER.halo;
      ctx.stroke(path);
      ctx.setLineDash(close ? [9, 4, 2, 4] : [6, 3]);
      ctx.lineWidth = close ? 1.8 : 1.3;
      ctx.strokeStyle = BORDER.line;
      ctx.stroke(path);
      ctx.setLineDash([]);
    }
  }

  // Names of places, the most important first, where nothing else has the room.
  drawNames(ctx, frame, boxes) {
    const names = this.names[words.language];
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    let n = 0;
    for (let i = 0; i < names.length && n < PLACE_NAMES.most; i++) {
      const rank = this.rank[i];
      if (frame.zoom < PLACE_NAMES.from[rank]) break;
      const x = this.at.x[i] * frame.scale + frame.dx, y = this.at.y[i] * frame.scale + frame.dy;
      if (x < 0 || y < 0 || x > frame.width || y > frame.height || boxes.texts.has(names[i])) continue;
      const text = shortened(names[i], 24);
      ctx.font = PLACE_NAMES.font[rank];
      // fewer of them where they have only just come up
      const air = PLACE_NAMES.air[rank] + Math.max(0, 12 * (PLACE_NAMES.from[rank] + 2 - frame.zoom));
      const half = ctx.measureText(text).width / 2 + air;
      for (const away of [0, -18, 18]) {
        if (!boxes.take(x - half, y + away - 8 - air / 2, x + half, y + away + 8 + air / 2)) continue;
        label(ctx, text, x, y + away, PLACE_NAMES.color[rank], "rgba(255,255,255,.9)", 3.5);
        boxes.texts.add(names[i]);
        n++;
        break;
      }
    }
  }
}
