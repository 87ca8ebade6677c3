// Several runs on one page: the data of each as its own map has them, and of two of them what is the same and what changes.

const GAINED = 0, LOST = 1, FASTER = 2, SLOWER = 3, SAME = 4, UNCOVERED = 5, ONLY_LATER = 6, ONLY_FIRST = 7;
const ADDED = 0, REMOVED = 1, KEPT = 2;

// What each change of a point, and each fate of a station, is the other way round.
const TURNED = [LOST, GAINED, SLOWER, FASTER, SAME, UNCOVERED, ONLY_FIRST, ONLY_LATER];
const TURNED_FATE = [REMOVED, ADDED, KEPT];

const compared = { told: null, runs: [], pair: null, view: "changes" };

// A run with all that its own map would have.
class Run {
  constructor(told, k) {
    const { texts, arrays } = told.runs[k];
    const data = {};
    for (const [name, key] of Object.entries(texts)) data[name] = told.pool[key];
    for (const [name, key] of Object.entries(arrays)) data[name] = told[key];
    this.data = data;
    this.figures = data.run;
    this.demand = new Demand(data);
    this.stations = new Stations(data);
    this.roads = data.roads ? roadsOf(data, arrays) : null;
    this.cover = data.road_cover && data.road_cover.is_demand ? new RoadCover(data, this.roads) : null;
  }

  get name() {
    return this.figures.name;
  }
}

const roadsByKey = new Map();

// Roads that several runs share are made once.
function roadsOf(data, arrays) {
  const key = ["end_x", "end_y", "road_back", "road_dx", "road_dy", "road_n", "road_rank", "road_name"].map((name) => arrays[name]).join();
  if (!roadsByKey.has(key)) roadsByKey.set(key, new Roads(data));
  return roadsByKey.get(key);
}

// Two runs, left and right: their points and stations together, by id, and what happens to each from left to right.
class Pair {
  constructor(told, runs, a, b) {
    Object.assign(this, { a, b, left: runs[a], right: runs[b] });
    this.told = told.pairs.find((pair) => pair.a === a && pair.b === b);
    const turned = a > b;
    const array = (name) => told[`pair_${Math.min(a, b)}_${Math.max(a, b)}_${name}`];
    const sides = turned ? ["b", "a"] : ["a", "b"];
    // of each point and station its row on either side, -1 where it isn't there
    this.points = sides.map((side) => array(`point_${side}`));
    this.places = sides.map((side) => array(`station_${side}`));
    this.change = turned ? array("change").map((c) => TURNED[c]) : array("change");
    this.fate = turned ? array("fate").map((c) => TURNED_FATE[c]) : array("fate");
    // and the other way: the row here of each station of a side, -1 for none
    this.placeOf = this.places.map((rows, side) => {
      const out = new Int32Array([this.left, this.right][side].stations.n + 1).fill(-1);
      rows.forEach((row, i) => { if (row >= 0) out[row] = i; });
      return (row) => (row < 0 ? -1 : out[row]);
    });
    this.pointOf = this.points.map((rows) => {
      const out = new Map();
      rows.forEach((row, i) => { if (row >= 0) out.set(row, i); });
      return (row) => (out.has(row) ? out.get(row) : -1);
    });
    this.stations = new PairStations(this);
    this.demand = new PairDemand(this);
    this.data = this.asData();
  }

  get runs() {
    return [this.left, this.right];
  }

  // The right side where it has a row, else the left one: which run, and which row of it.
  newest(rows, i) {
    return rows[1][i] >= 0 ? [this.right, rows[1][i], 1] : [this.left, rows[0][i], 0];
  }

  // Seconds of a point's drive on a side; null where the point isn't there.
  time(side, i) {
    const row = this.points[side][i];
    return row < 0 ? null : this.runs[side].demand.time[row];
  }

  isCovered(side, i) {
    const row = this.points[side][i];
    return row >= 0 && this.runs[side].demand.isCovered(row);
  }

  // The station of a point on a side, by its row here.
  stationOf(side, i) {
    const row = this.points[side][i];
    return row < 0 ? -1 : this.placeOf[side](this.runs[side].demand.station[row]);
  }

  // What the parts of the page that know nothing of comparing are told.
  asData() {
    const [a, b] = this.runs.map((run) => run.data);
    const notice = {};
    const title = {};
    for (const language of ["zh", "en"]) {
      notice[language] = b.notice[language] || a.notice[language];
      title[language] = words.ui[language].compare_title
        .replace(/\{(a|b)\}/g, (_, side) => (side === "a" ? this.left.name : this.right.name));
    }
    return { ...b, title, notice, says: this.told.says, reasons: [], figures: { ...b.figures, farthest: -1 }, language: compared.told.language };
  }
}

// The stations of both sides; each as the right one has it, where it does.
class PairStations extends Stations {
  constructor(pair) {
    const rows = pair.fate.length;
    const from = Array.from({ length: rows }, (_, i) => pair.newest(pair.places, i));
    const texts = {};
    for (const name of ["id", "name", "kind", "services", "hours", "weight", "only"]) {
      texts[name] = from.map(([run, row]) => run.data.stations[name][row]);
    }
    const data = { stations: texts };
    for (const name of ["x", "y", "existing", "n", "mean", "longest"]) {
      data[`station_${name}`] = Int32Array.from(from, ([run, row]) => run.data[`station_${name}`][row]);
    }
    data.station_farthest = Int32Array.from(from, ([run, row, side]) => pair.pointOf[side](run.data.station_farthest[row]));
    super(data);
    this.pair = pair;
    this.fate = pair.fate;
    // what each serves on either side; null where it doesn't stand
    this.served = pair.places.map((rows, side) => Array.from(rows, (row) => (row < 0 ? null : pair.runs[side].stations.weight[row])));
  }

  // Those that stay are small, so that the others stand out, and below them.
  radius(i, frame) {
    return super.radius(i, frame) * (this.fate[i] === KEPT ? 0.6 : 1);
  }

  draw(ctx, frame, selected) {
    const { order } = this;
    this.order = [...order.filter((i) => this.fate[i] === KEPT), ...order.filter((i) => this.fate[i] !== KEPT)];
    super.draw(ctx, frame, selected);
    this.order = order;
  }

  drawOne(ctx, frame, i, alpha, isSelected) {
    const x = this.x[i] * frame.scale + frame.dx, y = this.y[i] * frame.scale + frame.dy;
    if (x < -30 || y < -30 || x > frame.width + 30 || y > frame.height + 30) return;
    ctx.globalAlpha = alpha;
    drawFate(ctx, x, y, this.radius(i, frame) + (isSelected ? 3 : 0), this.fate[i], isSelected);
    ctx.globalAlpha = 1;
  }
}

// The points of both sides; each as the right one has it, where it does.
class PairDemand extends Demand {
  constructor(pair) {
    const n = pair.change.length;
    const from = Array.from({ length: n }, (_, i) => pair.newest(pair.points, i));
    const pick = (name) => Int32Array.from(from, ([run, row]) => run.data[name][row]);
    const districts = [...new Set(pair.runs.flatMap((run) => run.data.districts))];
    const place = new Map(districts.map((text, k) => [text, k]));
    super({
      demand: { id: from.map(([run, row]) => run.demand.id[row]), name: from.map(([run, row]) => run.demand.name[row]) },
      districts,
      demand_district: Int32Array.from(from, ([run, row]) => place.get(run.demand.districts[run.demand.district[row]])),
      // as the left side weighs them, where it has them
      demand_weight: Float64Array.from(from, ([run, row], i) => (pair.points[0][i] >= 0 ? pair.left.demand.weight[pair.points[0][i]] : run.demand.weight[row])),
      weight_unit: 1,
      demand_time: pick("demand_time"),
      demand_step: pick("demand_step"),
      demand_station: Int32Array.from(from, ([run, row, side]) => pair.placeOf[side](run.demand.station[row])),
      demand_x: pick("demand_x"),
      demand_y: pick("demand_y"),
      spacing: Math.min(...pair.runs.map((run) => run.data.spacing)),
    });
    this.pair = pair;
    this.change = pair.change;
  }

  // Whom a station serves: on the right where it stands there, else on the left.
  of(station) {
    const side = this.pair.places[1][station] >= 0 ? 1 : 0;
    return this.pair.runs[side].demand.of(this.pair.places[side][station]).map(this.pair.pointOf[side]);
  }

  drawCells(ctx, frame, visible) {
    drawChangedCells(this, ctx, frame, visible);
  }

  drawDots(ctx, frame, visible) {
    drawChangedDots(this, ctx, frame, visible);
  }
}

// Shows two runs, left and right.
function choosePair(a, b) {
  const { told, runs } = compared;
  const pair = new Pair(told, runs, a, b);
  compared.pair = pair;
  Object.assign(app, {
    data: pair.data, demand: pair.demand, stations: pair.stations,
    roads: pair.right.roads || pair.left.roads, cover: null, areas: null,
    selected: { station: -1, place: -1 },
  });
}

// Paints with what one side has in place of the two together.
function onSide(side, paint) {
  const { pair } = compared;
  const run = pair.runs[side];
  const { data, demand, stations, roads, cover, selected } = app;
  Object.assign(app, {
    data: run.data, demand: run.demand, stations: run.stations, roads: run.roads, cover: run.cover,
    selected: {
      station: selected.station < 0 ? -1 : pair.places[side][selected.station],
      place: selected.place < 0 ? -1 : pair.points[side][selected.place],
    },
  });
  paint();
  Object.assign(app, { data, demand, stations, roads, cover, selected });
}

// ------------------------------------------------------------------------------------------
// In place of what the map of one run does
// ------------------------------------------------------------------------------------------

const ofOne = { select, addressNow, followAddress, stationRow, showLegend, listen, paintPaper, paperMark };

build = () => {
  compared.told = app.data;
  compared.runs = app.data.runs.map((_, k) => new Run(app.data, k));
  choosePair(0, 1);
  const [{ data }] = compared.runs;
  app.surroundings = data.surroundings ? new Surroundings(data) : null;
  compared.view = app.demand.n ? "changes" : "swipe";
  const hasCover = compared.runs.some((run) => run.cover);
  app.visible.cover = hasCover;
  app.visible.isochrones = false;
  sorting.by = "fate";
  sorting.down = false;
};

// What the panel of several runs has none of.
showWhatIf = showKinds = showDistricts = () => {};

isThere = (name) => {
  const { runs } = compared;
  const there = {
    sites: false, tiles: false, districts: app.surroundings && app.surroundings.districts.length,
    roads: runs.some((run) => run.roads), cover: runs.some((run) => run.cover), isochrones: false,
    demand: app.demand.n, uncovered: app.demand.n,
  };
  return !(name in there) || Boolean(there[name]);
};

addressNow = () => {
  const { pair, view } = compared;
  const parts = [`left=${encodeURIComponent(wellFormed(pair.left.name))}`, `right=${encodeURIComponent(wellFormed(pair.right.name))}`, `view=${view}`];
  if (view === "swipe") parts.push(`split=${Math.round(divider.share * 100)}`);
  return `${ofOne.addressNow()}&${parts.join("&")}`;
};

followAddress = () => {
  const said = readAddress();
  const [a, b] = [said.left, said.right].map((name) => compared.runs.findIndex((run) => wellFormed(run.name) === name));
  if (a >= 0 && b >= 0 && a !== b) choosePair(a, b);
  if (said.view === "changes" || said.view === "swipe") compared.view = said.view;
  const share = Number(said.split) / 100;
  if (said.split && share >= 0 && share <= 1) divider.share = share;
  return ofOne.followAddress();
};
