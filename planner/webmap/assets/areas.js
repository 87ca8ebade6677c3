// Isochrones: the areas within minutes, those of all stations together under the roads, that of the selected one above the veil.

const ISOCHRONES = {
  together: "0,112,84",
  own: "153,51,112",
  // how much an area adds to what it lies on: the outermost one, and each one inside
  outermost: 0.2,
  inside: 0.22,
  // from this zoom on the outermost one has an outline; from afar blocks are too small for it
  outlined: 12.75,
  // from afar areas are drawn at least so wide, in pixels, so that they are seen
  least: 9,
};

class Areas extends Polygons {
  constructor(data) {
    super(data.area_rings, data.area_n, data.area_x, data.area_y);
    this.minutes = data.areas.minutes;
    this.width = data.areas.width_m;
    this.station = data.area_station;
    this.level = data.area_minutes;
    // the areas of each station, and of all together (-1)
    this.of = new Map();
    this.station.forEach((station, area) => {
      if (!this.of.has(station)) this.of.set(station, []);
      this.of.get(station).push(area);
    });
  }

  get knowsOwn() {
    return this.of.size > 1;
  }

  drawTogether(ctx, frame) {
    if (frame.zoom >= ISOCHRONES.outlined) {
      this.draw(ctx, frame, -1, ISOCHRONES.together, 1);
      return;
    }
    const more = ISOCHRONES.least - (2 * this.width * frame.scale) / world.metres;
    for (const area of this.levelsOf(-1)) {
      const path = this.path(area, frame);
      paintTone(ctx, this.alpha(this.level[area]), ISOCHRONES.together, (pen) => {
        pen.fill(path, "evenodd");
        pen.lineWidth = Math.max(0.1, more);
        pen.stroke(path);
      });
    }
  }

  // The areas of a station, the largest first.
  levelsOf(station) {
    return (this.of.get(station) || []).slice().reverse();
  }

  drawOwn(ctx, frame, station) {
    this.draw(ctx, frame, station, ISOCHRONES.own, 1.4);
  }

  // Areas lie in each other, so that each adds to the tone below.
  draw(ctx, frame, station, color, width) {
    for (const area of this.levelsOf(station)) {
      const path = this.path(area, frame);
      ctx.fillStyle = `rgba(${color},${this.alpha(this.level[area])})`;
      ctx.fill(path, "evenodd");
      if (!width || this.level[area] < this.minutes.length - 1) continue;
      ctx.lineWidth = width;
      ctx.strokeStyle = `rgba(${color},.5)`;
      ctx.lineJoin = "round";
      ctx.stroke(path);
    }
  }

  alpha(level) {
    return level === this.minutes.length - 1 ? ISOCHRONES.outermost : ISOCHRONES.inside;
  }

  // The tone that all areas from a level outwards add up to.
  tone(level, color = ISOCHRONES.together) {
    let rest = 1;
    for (let k = level; k < this.minutes.length; k++) rest *= 1 - this.alpha(k);
    return `rgba(${color},${(1 - rest).toFixed(3)})`;
  }
}

// Lays an even tone on a canvas, however what is painted overlaps.
function paintTone(ctx, alpha, color, paint) {
  const canvas = document.createElement("canvas");
  canvas.width = ctx.canvas.width;
  canvas.height = ctx.canvas.height;
  const pen = canvas.getContext("2d");
  pen.setTransform(ctx.getTransform());
  pen.fillStyle = pen.strokeStyle = `rgb(${color})`;
  pen.lineJoin = "round";
  paint(pen);
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.globalAlpha = alpha;
  ctx.drawImage(canvas, 0, 0);
  ctx.restore();
}
