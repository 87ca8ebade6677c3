// Road that is reached, worked out in the page where the stations are no longer those of the plan: isochrones and cover.

const reach = {
  made: null,

  // Whether what was drawn in the library no longer fits.
  isNeeded() {
    return Boolean(app.whatIf && app.whatIf.isChanged && app.roads && app.drives instanceof RoadDrives);
  },

  // The parts of all drawn roads within a time of a station, and those beyond it.
  parts(seconds) {
    const covered = [];
    const open = [];
    for (let i = 0; i < app.roads.rank.length; i++) {
      let at = 0;
      for (const [from, to] of app.drives.reachedParts(i, seconds * TICKS)) {
        if (from > at) open.push([i, at, from]);
        if (to > from) covered.push([i, from, to]);
        at = to;
      }
      if (at < 1) open.push([i, at, 1]);
    }
    return { covered, open };
  },

  // Made once for each change of the stations.
  lines() {
    const key = Array.from(app.whatIf.isOn).join("");
    if (this.made && this.made.key === key) return this.made;
    this.made = { key, minutes: new Map(), cover: null };
    return this.made;
  },

  within(minutes) {
    const { minutes: made } = this.lines();
    if (!made.has(minutes)) made.set(minutes, linesOf(app.roads, this.parts(60 * minutes).covered));
    return made.get(minutes);
  },

  cover() {
    const made = this.lines();
    if (!made.cover) {
      const { covered, open } = this.parts(app.data.figures.standard_s);
      made.cover = new Cover(linesOf(app.roads, covered), linesOf(app.roads, open));
    }
    return made.cover;
  },

  // The road within minutes of one site alone, whether it is a station or not.
  own: new Map(),

  ownLines(row, minutes) {
    const key = `${row}/${minutes}`;
    if (!this.own.has(key)) {
      const alone = new Uint8Array(app.stations.n);
      alone[row] = 1;
      app.drives.nearest(alone);
      const { covered } = this.parts(60 * minutes);
      this.own.set(key, linesOf(app.roads, covered));
      // the search stands for the stations again
      app.drives.nearest(app.stations.isOn);
    }
    return this.own.get(key);
  },

  // Whether the library drew no area of a site that can be drawn here.
  isOwnNeeded(row) {
    return Boolean(app.roads && app.areas && !app.areas.of.has(row) && app.drives instanceof RoadDrives && app.whatIf);
  },

  drawOwn(ctx, frame, row) {
    const { minutes, width } = app.areas;
    const wide = Math.max(3, (2 * width * frame.scale) / world.metres);
    for (let level = minutes.length - 1; level >= 0; level--) {
      const lines = this.ownLines(row, minutes[level]);
      paintTone(ctx, app.areas.alpha(level), ISOCHRONES.own, (pen) => {
        for (let rank = 0; rank < 6; rank++) lines.stroke(pen, frame, rank, wide, pen.strokeStyle);
      });
    }
  },

  // As the areas of the library look: road that is reached, as wide as the areas are.
  drawTogether(ctx, frame) {
    if (!this.isNeeded() || !app.areas) return;
    const { minutes, width } = app.areas;
    const least = frame.zoom >= ISOCHRONES.outlined ? 2 : ISOCHRONES.least;
    const wide = Math.max(least, (2 * width * frame.scale) / world.metres);
    for (let level = minutes.length - 1; level >= 0; level--) {
      const lines = this.within(minutes[level]);
      paintTone(ctx, app.areas.alpha(level), ISOCHRONES.together, (pen) => {
        for (let rank = 0; rank < 6; rank++) lines.stroke(pen, frame, rank, wide, pen.strokeStyle);
      });
    }
  },
};
