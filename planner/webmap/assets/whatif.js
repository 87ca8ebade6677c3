// What if other sites were stations: the plan as it stands in the page, and all numbers that follow from it.

// Seconds as they are shown: whole; what is over the standard stays over it; -1 for none. As whole_seconds in answer.py.
function shownSeconds(ticks, standard) {
  if (ticks === Infinity) return -1;
  if (ticks > standard) return Math.ceil(ticks / TICKS);
  const seconds = ticks / TICKS;
  const whole = Math.round(seconds);
  return whole - seconds === 0.5 && whole % 2 ? whole - 1 : whole;
}

class WhatIf {
  constructor(data, drives, demand, stations) {
    Object.assign(this, { data, drives, demand, stations });
    this.isOn = stations.isOn.slice();
    this.isPlanned = stations.isOn.slice();
    this.steps = [];
    // how things were, to go back to and to compare with
    this.planned = { figures: data.figures, time: demand.time, step: demand.step, station: demand.station, stations: stations.told() };
    this.ticks = null;
  }

  get changes() {
    return Array.from(this.isOn.keys()).filter((row) => this.isOn[row] !== this.isPlanned[row]);
  }

  get nClosed() {
    return this.changes.filter((row) => this.isPlanned[row]).length;
  }

  get isChanged() {
    return this.changes.length > 0;
  }

  toggle(row) {
    this.steps.push([row]);
    this.flip([row]);
  }

  undo() {
    const step = this.steps.pop();
    if (step) this.flip(step);
  }

  reset() {
    this.steps = [];
    this.flip(this.changes);
  }

  // What the address says: these stations closed, those sites opened.
  set(rows) {
    this.steps = rows.map((row) => [row]);
    this.flip([...this.changes, ...rows]);
  }

  flip(rows) {
    for (const row of rows) this.isOn[row] ^= 1;
    if (this.isChanged) this.follow(this.drives.nearest(this.isOn));
    else this.goBack();
  }

  goBack() {
    const { planned, demand, stations } = this;
    Object.assign(demand, { time: planned.time, step: planned.step, station: planned.station });
    stations.tell(this.isOn, planned.stations);
    app.data.figures = planned.figures;
    this.ticks = null;
    // the search is that of the plan again, for those who ask about a place on the map
    if (this.drives instanceof RoadDrives && this.drives.graph) this.drives.nearest(this.isOn);
    demand.forget();
  }

  follow({ row, ticks }) {
    const { demand, stations, drives } = this;
    const { standard } = drives;
    const ends = this.planned.figures.steps_s.map((s) => s * TICKS);
    this.ticks = ticks;
    demand.station = row;
    demand.time = Int32Array.from(ticks, (t) => shownSeconds(t, standard));
    demand.step = Int32Array.from(ticks, (t) => {
      if (t > standard) return t === Infinity ? CUT_OFF : OVER;
      return t <= ends[0] ? 0 : t <= ends[1] ? 1 : 2;
    });
    demand.forget();
    stations.tell(this.isOn, this.served(row, ticks));
    app.data.figures = this.figures(row, ticks);
  }

  // What each station serves: as _stations in content.py.
  served(row, ticks) {
    const { demand, drives, stations } = this;
    const n = stations.n;
    const told = {
      weight: new Array(n).fill(0), served: new Int32Array(n), mean: new Int32Array(n).fill(-1),
      longest: new Int32Array(n).fill(-1), farthest: new Int32Array(n).fill(-1), only: null,
    };
    const sum = new Float64Array(n);
    const longest = new Float64Array(n).fill(-1);
    for (let i = 0; i < demand.n; i++) {
      if (ticks[i] > drives.standard) continue;
      const [at, w] = [row[i], demand.weight[i]];
      told.served[at]++;
      told.weight[at] += w;
      sum[at] += w * ticks[i];
      if (w > 0 && ticks[i] > longest[at]) {
        longest[at] = ticks[i];
        told.farthest[at] = i;
      }
    }
    for (let at = 0; at < n; at++) {
      if (told.weight[at] > 0) told.mean[at] = shownSeconds(sum[at] / told.weight[at], Infinity);
      if (longest[at] >= 0) told.longest[at] = shownSeconds(longest[at], Infinity);
    }
    return told;
  }

  // The figures of the panel: as figures.py.
  figures(row, ticks) {
    const { demand, drives, stations, planned } = this;
    const reached = Array.from(row.keys()).filter((i) => row[i] >= 0 && demand.weight[i] > 0);
    const byTime = reached.slice().sort((a, b) => ticks[a] - ticks[b] || a - b);
    const all = byTime.reduce((sum, i) => sum + demand.weight[i], 0);
    let [sum, so_far, p95, farthest] = [0, 0, Infinity, -1];
    for (const i of byTime) {
      sum += demand.weight[i] * ticks[i];
      so_far += demand.weight[i];
      if (p95 === Infinity && so_far >= 0.95 * all) p95 = ticks[i];
    }
    for (const i of reached) if (farthest < 0 || ticks[i] > ticks[farthest]) farthest = i;
    const byStep = [0, 0, 0, 0, 0];
    let missed = 0;
    let nMissed = 0;
    for (let i = 0; i < demand.n; i++) {
      byStep[demand.step[i]] += demand.weight[i];
      if (demand.isCovered(i)) continue;
      missed += demand.weight[i];
      if (demand.weight[i] > 0) nMissed++;
    }
    const on = stations.on;
    return {
      ...planned.figures,
      uncovered_weight: missed,
      share: shareText(planned.figures.weight ? 1 - missed / planned.figures.weight : 1),
      n_uncovered: nMissed,
      n_stations: on.length,
      n_existing: on.filter((at) => stations.isExisting[at]).length,
      mean_s: all > 0 ? shownSeconds(sum / all, drives.standard) : -1,
      p95_s: shownSeconds(p95, drives.standard),
      longest_s: farthest < 0 ? -1 : shownSeconds(ticks[farthest], drives.standard),
      weight_by_step: byStep,
      farthest,
    };
  }

  // The weight covered once a site is switched, less what is covered now.
  gainOf(at) {
    const { drives, demand } = this;
    const covered = (isOn) => {
      const { ticks } = drives.nearest(isOn);
      return ticks.reduce((sum, t, i) => (t <= drives.standard ? sum + demand.weight[i] : sum), 0);
    };
    const other = this.isOn.slice();
    other[at] ^= 1;
    const there = covered(other);
    // last the plan as it is, so that the search stands for it
    return there - covered(this.isOn);
  }

  // The stations as a table that `assess --stations` reads.
  csv() {
    const { stations } = this;
    const lines = [["id", "name", "kind", "lon", "lat"].join(",")];
    for (const at of stations.on) {
      const place = [stations.lon[at] / 1e5, stations.lat[at] / 1e5].map((d) => d.toFixed(5));
      lines.push([csvText(stations.id[at]), csvText(stations.name[at]), csvText(stations.kindText[at]), ...place].join(","));
    }
    return `\ufeff${lines.join("\n")}\n`;
  }
}

// A text as a cell: no spreadsheet takes it for a formula, and it ends where it should.
function csvText(told) {
  const text = told.replace(/\r\n?/g, "\n");
  const isNumber = /^[+-]?\d+(\.\d+)?$/.test(text);
  const harmless = /^[=+\-@＝＋－＠\t\n]/.test(text) && !isNumber ? `'${text}` : text;
  return /[",\n]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}

// ------------------------------------------------------------------------------------------
// What is seen of it
// ------------------------------------------------------------------------------------------

function switchSite(row) {
  app.whatIf.toggle(row);
  showChanges();
  bringIntoSight();
}

const sitesToTry = { isTrying: false, areOurs: false };

// Other sites are shown while something is tried, but as they are wanted once somebody switches them.
function showSitesToTry() {
  const { whatIf, visible } = app;
  if (!whatIf || whatIf.isChanged === sitesToTry.isTrying) return;
  sitesToTry.isTrying = whatIf.isChanged;
  if (whatIf.isChanged) {
    sitesToTry.areOurs = !visible.sites;
    visible.sites = true;
  } else if (sitesToTry.areOurs) visible.sites = false;
}

// Everything that follows from which sites are stations, anew.
function showChanges() {
  showSitesToTry();
  showPanel();
  showCard();
  app.redraw();
  keepAddress();
}

function showWhatIf() {
  const bar = byId("what-if");
  const { whatIf } = app;
  const isChanged = Boolean(whatIf && whatIf.isChanged);
  document.body.classList.toggle("is-changed", isChanged);
  const hadFocus = bar.contains(document.activeElement) && document.activeElement.id;
  bar.hidden = !isChanged;
  byId("answer-before").hidden = !isChanged;
  bar.replaceChildren();
  if (!isChanged) {
    if (hadFocus) app.map.getContainer().focus({ preventScroll: true });
    return;
  }
  const now = app.data.figures;
  const was = whatIf.planned.figures;
  const closed = whatIf.nClosed;
  const opened = whatIf.changes.length - closed;
  const button = (id, onclick) => make("button", { type: "button", id, class: "bar-button", onclick }, word(id.replace(/-/g, "_")));
  bar.append(
    make("p", { class: "what-if-title" }, make("b", {}, word("what_if")), make("span", {}, ` ${word("what_if_changes", { closed, opened })}`)),
    make("dl", {},
      change("what_if_share", now.share, shareOf(now) - shareOf(was), (d) => word("points", { d }), 1, true),
      changedTime("what_if_longest", now.longest_s, was.longest_s, now.farthest >= 0 ? nameOf(app.demand.text(now.farthest)) : null),
      changedTime("what_if_mean", now.mean_s, was.mean_s),
      change("what_if_stations", number(now.n_stations), now.n_stations - was.n_stations, (d) => d, 0, null)),
    make("div", { class: "what-if-buttons" },
      button("what-if-undo", () => { whatIf.undo(); showChanges(); }),
      button("what-if-reset", () => { whatIf.reset(); showChanges(); }),
      button("what-if-export", exportStations)));
  if (hadFocus && byId(hadFocus)) byId(hadFocus).focus({ preventScroll: true });
}

function shareOf(figures) {
  return figures.weight ? 100 * (1 - figures.uncovered_weight / figures.weight) : 100;
}

// A time and how it changed; where nobody drives there is none, and that is no gain.
function changedTime(key, now, was, more = null) {
  if (now >= 0 && was >= 0) return change(key, duration(now), now - was, null, 0, false, more);
  return make("div", {}, make("dt", {}, word(key)), make("dd", {}, make("b", {}, now < 0 ? "–" : duration(now)), more && make("small", {}, more)));
}

// A figure and how it changed: with a sign and an arrow, so that it isn't colour alone.
function change(key, value, difference, told, digits, moreIsBetter, more = null) {
  const size = number(Math.abs(difference), digits);
  const isSame = Number(size.replace(/,/g, "")) === 0;
  const sign = difference > 0 ? "+" : "\u2212";
  const text = isSame ? word("what_if_same") : `${difference > 0 ? "▲" : "▼"} ${sign}${told ? told(size) : duration(Math.abs(difference))}`;
  const kind = isSame || moreIsBetter === null ? "" : (difference > 0) === moreIsBetter ? "is-better" : "is-worse";
  return make("div", {}, make("dt", {}, word(key)), make("dd", {}, make("b", {}, value), make("span", { class: kind }, text), more && make("small", {}, more)));
}

function exportStations() {
  const link = make("a", { href: URL.createObjectURL(new Blob([app.whatIf.csv()], { type: "text/csv" })), download: "stations.csv" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
