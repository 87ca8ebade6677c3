// Areas as rings, filled by turns: what is inside a second ring is a hole.

class Polygons {
  constructor(ringsOfEach, pointsOfEach, lon, lat) {
    this.firstRing = sums(ringsOfEach);
    this.start = sums(pointsOfEach);
    const { x, y } = project(lon, lat);
    this.x = x;
    this.y = y;
    this.box = boxesOf(x, y, this.start);
  }

  path(area, { scale, dx, dy, west, east, north, south }) {
    const { x, y, start, box } = this;
    const tiny = 1 / scale;
    const step = 0.8 / scale;
    const path = new Path2D();
    for (let ring = this.firstRing[area]; ring < this.firstRing[area + 1]; ring++) {
      const b = 4 * ring;
      if (box[b] > east || box[b + 2] < west || box[b + 1] > south || box[b + 3] < north) continue;
      if (box[b + 2] - box[b] < tiny && box[b + 3] - box[b + 1] < tiny) continue;
      let px = x[start[ring]], py = y[start[ring]];
      path.moveTo(px * scale + dx, py * scale + dy);
      for (let k = start[ring] + 1; k < start[ring + 1]; k++) {
        if (Math.abs(x[k] - px) < step && Math.abs(y[k] - py) < step) continue;
        px = x[k];
        py = y[k];
        path.lineTo(px * scale + dx, py * scale + dy);
      }
      path.closePath();
    }
    return path;
  }
}

// Where each of some rows begins, given how long they are; and behind them where the last one ends.
function sums(lengths) {
  const start = new Int32Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i++) start[i + 1] = start[i] + lengths[i];
  return start;
}
