// Roads as demand: the parts of each road that are covered and those that are not, and the worst point of all.

const COVER = { covered: "#2a8a82", open: "#d55e00" };

// Covered and open road in their colours.
class Cover {
  constructor(covered, open) {
    this.covered = covered;
    this.open = open;
  }

  draw(ctx, frame) {
    for (const [lines, color] of [[this.covered, COVER.covered], [this.open, COVER.open]]) {
      for (let rank = 0; rank < 6; rank++) {
        const width = frame.zoom < 11 ? 1 : Math.max(1.5, 0.6 * roadWidth(rank, frame.zoom));
        if (frame.zoom >= ROADS.from[rank]) lines.stroke(ctx, frame, rank, width, color);
      }
    }
  }
}

class RoadCover extends Cover {
  constructor(data, roads) {
    const { covered, open } = partsOf(data, roads);
    super(linesOf(roads, covered), linesOf(roads, open));
    const { x, y } = project(data.worst_x, data.worst_y);
    this.worst = x.length ? { x: x[0], y: y[0] } : null;
    this.worstTime = data.road_cover.worst_s;
    this.isOver = this.worstTime > data.figures.standard_s;
  }

  text() {
    return word("worst", { time: duration(this.worstTime) });
  }

  takeRoomForWorst(ctx, frame, boxes) {
    if (!this.worst) return;
    takeRoomForFlag(ctx, frame, boxes, this.worst.x * frame.scale + frame.dx, this.worst.y * frame.scale + frame.dy, this.text());
  }

  drawWorst(ctx, frame) {
    if (!this.worst) return;
    drawFlag(ctx, frame, this.worst.x * frame.scale + frame.dx, this.worst.y * frame.scale + frame.dy, this.text(), this.isOver);
  }
}

// The parts of all roads as [road, from, to] in shares of it: those covered, and those between them.
function partsOf(data, roads) {
  const covered = [];
  const open = [];
  const all = data.road_cover.per_line;
  let k = 0;
  for (let i = 0; i < roads.rank.length; i++) {
    let at = 0;
    for (const end = k + data.cover_n[i]; k < end; k++) {
      const [from, to] = [data.cover_begin[k], data.cover_end[k]];
      if (from > at) open.push([i, at / all, from / all]);
      if (to > from) covered.push([i, from / all, to / all]);
      at = to;
    }
    if (at < all) open.push([i, at / all, 1]);
  }
  return { covered, open };
}

// Parts of roads as lines.
function linesOf(roads, parts) {
  const x = [];
  const y = [];
  const start = new Int32Array(parts.length + 1);
  const rank = new Uint8Array(parts.length);
  parts.forEach(([i, from, to], row) => {
    const [first, last] = [roads.start[i], roads.start[i + 1] - 1];
    const step = (k) => Math.hypot(roads.x[k + 1] - roads.x[k], roads.y[k + 1] - roads.y[k]);
    let length = 0;
    if (from > 0 || to < 1) for (let k = first; k < last; k++) length += step(k);
    const [begin, end] = [from * length, to * length];
    let at = 0;
    const put = (k, part) => {
      x.push(roads.x[k] + part * (roads.x[Math.min(k + 1, last)] - roads.x[k]));
      y.push(roads.y[k] + part * (roads.y[Math.min(k + 1, last)] - roads.y[k]));
    };
    if (from === 0) put(first, 0);
    for (let k = first; k < last; k++) {
      const size = length ? step(k) : 0;
      if (from > 0 && at <= begin && begin < at + size) put(k, (begin - at) / size);
      if (to < 1 && at < end && end <= at + size) put(k, (end - at) / size);
      at += size;
      const isInner = k + 1 < last && (from === 0 || at > begin) && (to === 1 || at < end);
      if (isInner) put(k + 1, 0);
    }
    if (to === 1) put(last, 0);
    start[row + 1] = x.length;
    rank[row] = roads.rank[i];
  });
  return new Lines(Float32Array.from(x), Float32Array.from(y), start, rank);
}
