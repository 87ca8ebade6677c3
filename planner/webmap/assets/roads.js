// Roads as the base map: by rank, with casing, as wide as the zoom allows, named when close.

const ROADS = {
  // by rank, from paths to motorways: width in pixels at zoom 14, and how much it grows with each zoom
  width: [1, 1.7, 2.6, 3.6, 4.6, 5.4],
  growth: [1.5, 1.5, 1.42, 1.4, 1.38, 1.38],
  // the zoom from which a rank is drawn at all, and from which it is wide enough for casing
  from: [13, 0, 0, 0, 0, 0],
  cased: [16, 15, 14, 13, 11, 10.5],
  thin: ["#e3ddd2", "#ddd6c9", "#c9c0b0", "#b9ae9b", "#a89c88", "#a89c88"],
  casing: ["#d8d1c5", "#d0c8ba", "#c4baa9", "#b5aa98", "#a3977f", "#9a8c70"],
  fill: ["#ffffff", "#ffffff", "#ffffff", "#ffffff", "#fffaf0", "#fff1cc"],
};

function roadWidth(rank, zoom) {
  return Math.max(1.6, ROADS.width[rank] * Math.pow(ROADS.growth[rank], zoom - 14));
}

// Lines in order of their rank, with where the points of each start.
class Lines {
  constructor(x, y, start, rank) {
    this.x = x;
    this.y = y;
    this.start = start;
    this.rank = rank;
    this.box = boxesOf(x, y, start);
    // those of rank r are from rankStart[r] to rankStart[r + 1]
    const n = rank.length;
    this.rankStart = new Int32Array(7).fill(n);
    for (let i = n - 1; i >= 0; i--) this.rankStart[rank[i]] = i;
    for (let r = 5; r >= 0; r--) this.rankStart[r] = Math.min(this.rankStart[r], this.rankStart[r + 1]);
  }

  stroke(ctx, frame, rank, width, color) {
    const { x, y, start, box } = this;
    const { scale, dx, dy } = frame;
    const margin = width / scale;
    const west = frame.west - margin, east = frame.east + margin;
    const north = frame.north - margin, south = frame.south + margin;
    const tiny = 0.7 / scale;
    const step = 1.1 / scale;
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.lineCap = width > 1 ? "round" : "butt";
    ctx.lineJoin = width > 1 ? "round" : "bevel";
    ctx.beginPath();
    let n = 0;
    for (let i = this.rankStart[rank], end = this.rankStart[rank + 1]; i < end; i++) {
      const b = 4 * i;
      if (box[b] > east || box[b + 2] < west || box[b + 1] > south || box[b + 3] < north) continue;
      if (box[b + 2] - box[b] < tiny && box[b + 3] - box[b + 1] < tiny) continue;
      const last = start[i + 1] - 1;
      let px = x[start[i]], py = y[start[i]];
      ctx.moveTo(px * scale + dx, py * scale + dy);
      for (let k = start[i] + 1; k <= last; k++) {
        if (k < last && Math.abs(x[k] - px) < step && Math.abs(y[k] - py) < step) continue;
        px = x[k];
        py = y[k];
        ctx.lineTo(px * scale + dx, py * scale + dy);
        n++;
      }
      if (n > 200) {
        // many short paths are filled quicker than one long one
        ctx.stroke();
        ctx.beginPath();
        n = 0;
      }
    }
    ctx.stroke();
  }
}

class Roads extends Lines {
  constructor(data) {
    const { lon, lat, start } = pointsOfRoads(data);
    const { x, y } = project(lon, lat);
    super(x, y, start, data.road_rank);
    this.lon = lon;
    this.lat = lat;
    this.name = data.road_name;
    this.names = data.roads.names;
  }

  // South-western and north-eastern corner of all roads, in degrees.
  corners() {
    const ends = (values) => [values.reduce((a, b) => Math.min(a, b), Infinity) / 1e5, values.reduce((a, b) => Math.max(a, b), -Infinity) / 1e5];
    const [south, north] = ends(this.lat);
    const [west, east] = ends(this.lon);
    return [[south, west], [north, east]];
  }

  isCased(rank, zoom) {
    return zoom >= ROADS.cased[rank];
  }

  // Hairlines: a pixel wide, which canvases draw many times quicker than two.
  drawThin(ctx, frame) {
    for (let rank = 0; rank < 6; rank++) {
      if (frame.zoom < ROADS.from[rank] || this.isCased(rank, frame.zoom)) continue;
      this.stroke(ctx, frame, rank, 1, ROADS.thin[rank]);
    }
  }

  drawCased(ctx, frame) {
    const ranks = [0, 1, 2, 3, 4, 5].filter((rank) => this.isCased(rank, frame.zoom));
    for (const rank of ranks) this.stroke(ctx, frame, rank, roadWidth(rank, frame.zoom) + 1.8, ROADS.casing[rank]);
    for (const rank of ranks) this.stroke(ctx, frame, rank, roadWidth(rank, frame.zoom), ROADS.fill[rank]);
  }

  // Names along the straightest long piece of each road, main roads first.
  drawNames(ctx, frame, boxes) {
    if (frame.zoom < 13.5) return;
    const least = frame.zoom >= 16.5 ? 0 : frame.zoom >= 15.5 ? 1 : frame.zoom >= 14.5 ? 2 : 4;
    const drawn = new Map();
    ctx.font = `11px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    let tried = 0;
    for (let i = this.rank.length - 1; i >= this.rankStart[least] && tried < 300; i--) {
      if (!this.name[i]) continue;
      const place = this.piece(i, frame);
      if (!place) continue;
      const text = shortened(this.names[this.name[i]]);
      const half = ctx.measureText(text).width / 2;
      if (place.length < 2 * half + 8) continue;
      tried++;
      const others = drawn.get(text) || [];
      if (others.some(([x, y]) => Math.hypot(x - place.x, y - place.y) < 260)) continue;
      const w = Math.abs(Math.cos(place.angle)) * half + 7;
      const h = Math.abs(Math.sin(place.angle)) * half + 7;
      if (!boxes.take(place.x - w, place.y - h, place.x + w, place.y + h)) continue;
      others.push([place.x, place.y]);
      drawn.set(text, others);
      ctx.save();
      ctx.translate(place.x, place.y);
      ctx.rotate(place.angle);
      label(ctx, text, 0, 0, "#6b6252");
      ctx.restore();
    }
  }

  // The longest straight piece of a road that is in sight, on the screen.
  piece(i, { scale, dx, dy, width, height }) {
    const { x, y, start, box } = this;
    const b = 4 * i;
    if (box[b + 2] * scale + dx < 0 || box[b] * scale + dx > width) return null;
    if (box[b + 3] * scale + dy < 0 || box[b + 1] * scale + dy > height) return null;
    let best = null;
    for (let k = start[i]; k < start[i + 1] - 1; k++) {
      const ax = x[k] * scale + dx, ay = y[k] * scale + dy;
      // pieces that hardly turn belong together
      let m = k + 1;
      const heading = Math.atan2(y[m] - y[k], x[m] - x[k]);
      while (m < start[i + 1] - 1) {
        const turn = Math.atan2(y[m + 1] - y[m], x[m + 1] - x[m]) - heading;
        if (Math.abs(Math.sin(turn)) > 0.2 || Math.cos(turn) < 0) break;
        m++;
      }
      const bx = x[m] * scale + dx, by = y[m] * scale + dy;
      const mx = (ax + bx) / 2, my = (ay + by) / 2;
      const length = Math.hypot(bx - ax, by - ay);
      if (mx > 0 && mx < width && my > 0 && my < height && (!best || length > best.length)) {
        let angle = Math.atan2(by - ay, bx - ax);
        if (angle > Math.PI / 2) angle -= Math.PI;
        if (angle < -Math.PI / 2) angle += Math.PI;
        best = { x: mx, y: my, length, angle };
      }
      k = m - 1;
    }
    return best;
  }
}

function boxesOf(x, y, start) {
  const n = start.length - 1;
  const box = new Float32Array(4 * n);
  for (let i = 0; i < n; i++) {
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    for (let k = start[i]; k < start[i + 1]; k++) {
      if (x[k] < west) west = x[k];
      if (x[k] > east) east = x[k];
      if (y[k] < north) north = y[k];
      if (y[k] > south) south = y[k];
    }
    box[4 * i] = west;
    box[4 * i + 1] = north;
    box[4 * i + 2] = east;
    box[4 * i + 3] = south;
  }
  return box;
}
