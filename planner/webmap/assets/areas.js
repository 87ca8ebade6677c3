// Isochrones: the areas within minutes, those of all stations together under the roads, that of the selected one above the veil.

const ISOCHRONES = {
  together: "0,112,84",
  own: "153,51,112",
  // how much an area adds to what it lies on: the outermost one, and each one inside
  outermost: 0.15,
  inside: 0.26,
  // from this zoom on the outermost one has an outline; from afar blocks are too small for it
  outlined: 12.75,
};

class Areas extends Polygons {
  constructor(data) {
    super(data.area_rings, data.area_n, data.area_x, data.area_y);
    this.minutes = data.areas.minutes;
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
    this.draw(ctx, frame, -1, ISOCHRONES.together, frame.zoom >= ISOCHRONES.outlined ? 1 : 0);
  }

  drawOwn(ctx, frame, station) {
    this.draw(ctx, frame, station, ISOCHRONES.own, 1.4);
  }

  // The largest first. Areas lie in each other, so that each adds to the tone below.
  draw(ctx, frame, station, color, width) {
    for (const area of (this.of.get(station) || []).slice().reverse()) {
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
