// Drives worked out in the page: who is nearest to each place when other sites are stations. Times are whole
// ticks (2^-20 s), so that they add up to the same as in the library.

const TICKS = 1048576;

// Whole seconds and the ticks beside them, put together.
function ticksOf(data, name) {
  const seconds = data[`${name}_s`];
  const rest = data[`${name}_ticks`];
  const ticks = new Float64Array(seconds.length);
  for (let i = 0; i < ticks.length; i++) ticks[i] = seconds[i] * TICKS + rest[i];
  return ticks;
}

function drivesOf(data) {
  if (!data.drives || !data.drives.kind) return null;
  return data.drives.kind === "roads" ? new RoadDrives(data) : new TableDrives(data);
}

// Ticks rounded as the library rounds: from the middle between two to the even one.
function nearestTick(ticks) {
  const up = Math.round(ticks);
  return up - ticks === 0.5 && up % 2 === 1 ? up - 1 : up;
}

// The nearest station of each point, being made: of equally near ones the first.
class NearestStation {
  constructor(n) {
    this.source = new Int32Array(n).fill(-1);
    this.ticks = new Float64Array(n).fill(Infinity);
  }

  offer(point, source, ticks) {
    if (ticks > this.ticks[point] || (ticks === this.ticks[point] && source > this.source[point])) return;
    this.source[point] = source;
    this.ticks[point] = ticks;
  }
}

class Drives {
  constructor(data) {
    const { standard } = data.drives;
    this.standard = standard[0] * TICKS + standard[1];
    this.n = data.demand_x.length;
    this.rowOf = data.source_row;
  }

  // For each point the row of its nearest station (-1: none) and the ticks there, given which rows are stations.
  nearest(isOn) {
    const found = this.search(Uint8Array.from(this.rowOf, (row) => isOn[row]));
    return { row: found.source.map((source) => (source < 0 ? -1 : this.rowOf[source])), ticks: found.ticks };
  }
}

class TableDrives extends Drives {
  constructor(data) {
    super(data);
    this.point = data.pair_point;
    this.source = data.pair_source;
    this.ticks = ticksOf(data, "pair");
  }

  search(isOn) {
    const found = new NearestStation(this.n);
    this.point.forEach((point, k) => {
      if (isOn[this.source[k]]) found.offer(point, this.source[k], this.ticks[k]);
    });
    return found;
  }
}

class RoadDrives extends Drives {
  constructor(data) {
    super(data);
    this.data = data;
    this.isToStation = data.drives.to_station;
    this.graph = null;
  }

  // Arcs as rows, turned round where drives lead to the station; made when first asked for.
  prepare() {
    if (this.graph) return;
    const { data } = this;
    this.readGraph();
    const { edgeTicks, arcTail, arcHead } = this;
    const delay = this.arcDelay = ticksOf(data, "arc_delay");
    const n = data.drives.n_states;
    const [from, to] = this.isToStation ? [arcHead, arcTail] : [arcTail, arcHead];
    const edgeOf = data.arc_edge;
    const start = new Int32Array(n + 1);
    for (let arc = 0; arc < from.length; arc++) if (arcHead[arc] >= 0) start[from[arc] + 1]++;
    for (let s = 0; s < n; s++) start[s + 1] += start[s];
    const next = start.slice(0, n);
    const head = new Int32Array(start[n]);
    const ticks = new Float64Array(start[n]);
    for (let arc = 0; arc < from.length; arc++) {
      if (arcHead[arc] < 0) continue;
      const k = next[from[arc]]++;
      head[k] = to[arc];
      ticks[k] = delay[arc] + edgeTicks[edgeOf[arc]];
    }
    this.graph = { n, start, head, ticks };
    this.firstArc = new Int32Array(edgeTicks.length + 1).fill(from.length);
    const { firstArc } = this;
    for (let arc = from.length - 1; arc >= 0; arc--) firstArc[edgeOf[arc]] = arc;
    for (let edge = edgeTicks.length - 1; edge >= 0; edge--) firstArc[edge] = Math.min(firstArc[edge], firstArc[edge + 1]);
    this.seedStart = sums(data.seed_n);
    this.seedTicks = ticksOf(data, "seed");
    if (data.drives.knows_points) {
      this.targetState = this.statesOfTargets();
      this.targetTicks = ticksOf(data, "target");
      this.ownTicks = ticksOf(data, "own");
    }
    this.legTicks = ticksOf(data, "leg");
    this.fromTail = ticksOf(data, "site_from_tail");
    this.sitesOnEdge = new Map();
    data.site_on_edge.forEach((edge, k) => {
      if (!this.sitesOnEdge.has(edge)) this.sitesOnEdge.set(edge, []);
      this.sitesOnEdge.get(edge).push(k);
    });
    this.queue = new Queue(n);
  }

  // Edges in the order of the roads, and the states of their arcs: told as what differs from the usual, as _graph in drives.py has it.
  readGraph() {
    const { data } = this;
    const ends = endsOfRoads(data);
    const firstState = this.firstState = sums(data.end_states);
    const stateAt = (k) => firstState[k < ends.length ? ends[k] : 0];
    const ways = data.road_ways;
    this.firstEdge = sums(Array.from(ways, (way) => (way === 3 ? 2 : way ? 1 : 0)));
    const n = this.firstEdge[ways.length];
    const along = ticksOf(data, "edge");
    const longer = ticksOf(data, "back");
    const edgeTicks = this.edgeTicks = new Float64Array(n);
    const tail = new Int32Array(n);
    const head = this.startState = new Int32Array(n);
    for (let road = 0, first = 0, back = 0; road < ways.length; road++) {
      const edge = this.firstEdge[road];
      if (!ways[road]) continue;
      edgeTicks[edge] = along[first++];
      const isAgainst = ways[road] === 2 ? 1 : 0;
      tail[edge] = stateAt(2 * road + isAgainst);
      head[edge] = stateAt(2 * road + 1 - isAgainst);
      if (ways[road] < 3) continue;
      edgeTicks[edge + 1] = edgeTicks[edge] + longer[back++];
      tail[edge + 1] = head[edge];
      head[edge + 1] = tail[edge];
    }
    const { arc_edge: edgeOf, arc_tail: fromTail, arc_head: fromHead, arc_leads_on: leadsOn, edge_start: start } = data;
    const arcTail = this.arcTail = Int32Array.from(edgeOf);
    const arcHead = this.arcHead = Int32Array.from(edgeOf);
    for (let arc = 0; arc < edgeOf.length; arc++) {
      const edge = edgeOf[arc];
      arcTail[arc] = tail[edge] + fromTail[arc];
      arcHead[arc] = leadsOn[arc] ? head[edge] + fromHead[arc] : -1;
    }
    for (let edge = 0; edge < n; edge++) head[edge] += start[edge];
  }

  // The states that demand points hang on: told by how near their ends are, as _points in drives.py has it.
  statesOfTargets() {
    const { data, firstState } = this;
    const { target_point: pointOf, target_rank: rank, demand_x: x, demand_y: y } = data;
    const states = Int32Array.from(data.target_state);
    const ends = new NearEnds(data.end_x, data.end_y, data.drives.side);
    for (let k = 0; k < states.length; k++) {
      if (rank[k] < 0) continue;
      const point = pointOf[k];
      if (k === 0 || rank[k - 1] < 0 || point !== pointOf[k - 1]) ends.lookRound(x[point], y[point]);
      states[k] += firstState[ends.ranked(rank[k])];
    }
    return states;
  }

  search(isOn) {
    this.prepare();
    const { data, queue, graph, seedStart, seedTicks } = this;
    this.isOn = isOn;
    const label = this.label = new Float64Array(graph.n).fill(Infinity);
    const owner = this.owner = new Int32Array(graph.n).fill(-1);
    queue.label = label;
    for (let source = 0; source < isOn.length; source++) {
      if (!isOn[source]) continue;
      for (let k = seedStart[source]; k < seedStart[source + 1]; k++) {
        const state = data.seed_state[k];
        if (seedTicks[k] >= label[state]) continue;
        label[state] = seedTicks[k];
        owner[state] = source;
        queue.offer(state);
      }
    }
    while (queue.n) {
      const here = queue.take();
      const whose = owner[here];
      for (let k = graph.start[here]; k < graph.start[here + 1]; k++) {
        const state = graph.head[k];
        const ticks = label[here] + graph.ticks[k];
        // one that is as near counts where it comes first
        if (ticks > label[state] || (ticks === label[state] && whose >= owner[state])) continue;
        label[state] = ticks;
        owner[state] = whose;
        queue.offer(state);
      }
    }
    return data.drives.knows_points ? this.ofPoints() : new NearestStation(0);
  }

  ofPoints() {
    const { data, label, owner, isOn } = this;
    const found = new NearestStation(this.n);
    const { own_point: ownPoint, own_source: ownSource, target_point: point } = data;
    for (let k = 0; k < ownPoint.length; k++) {
      if (isOn[ownSource[k]]) found.offer(ownPoint[k], ownSource[k], this.ownTicks[k]);
    }
    for (let k = 0; k < point.length; k++) {
      const state = this.targetState[k];
      if (owner[state] >= 0) found.offer(point[k], owner[state], label[state] + this.targetTicks[k]);
    }
    return found;
  }

  // The directions in which a drawn road is driven: the edge, and whether it leads along the line.
  edgesOf(road) {
    const first = this.firstEdge[road];
    const ways = this.data.road_ways[road];
    if (ways === 3) return [[first, true], [first + 1, false]];
    return ways ? [[first, ways === 1]] : [];
  }

  // The state at the end of an edge from which a station was searched, and ticks beside its label.
  endsOf(edge) {
    const { firstArc } = this;
    if (this.isToStation) return [[this.startState[edge], 0]];
    const ends = [];
    for (let arc = firstArc[edge]; arc < firstArc[edge + 1]; arc++) ends.push([this.arcTail[arc], this.arcDelay[arc]]);
    return ends;
  }

  // The nearest station of a place on a drawn road, a share along its line: its row (-1: none), and ticks.
  nearestOnRoad(road, share) {
    const found = new NearestStation(1);
    for (const [edge, isAlong] of this.edgesOf(road)) {
      // measured from the last point of the line, as the library does
      const last = nearestTick((1 - share) * this.edgeTicks[edge]);
      const done = isAlong ? this.edgeTicks[edge] - last : last;
      const between = this.isToStation ? this.edgeTicks[edge] - done : done;
      for (const [state, delay] of this.endsOf(edge)) {
        if (this.owner[state] >= 0) found.offer(0, this.owner[state], this.label[state] + delay + between);
      }
      for (const k of this.sitesOnEdge.get(edge) || []) {
        const source = this.data.site_on_edge_source[k];
        const ahead = this.isToStation ? this.fromTail[k] - done : done - this.fromTail[k];
        if (this.isOn[source] && ahead >= 0) found.offer(0, source, this.legTicks[source] + ahead);
      }
    }
    return { row: found.source[0] < 0 ? -1 : this.rowOf[found.source[0]], ticks: found.ticks[0] };
  }

  // The parts of a drawn road from which, or to which, a drive takes at most so long: pairs of shares, from 0 to 1.
  reachedParts(road, limit) {
    const parts = [];
    // from share a to share b, told along the edge
    const add = (isAlong, a, b) => parts.push(isAlong ? [a, b] : [1 - b, 1 - a]);
    for (const [edge, isAlong] of this.edgesOf(road)) {
      const all = this.edgeTicks[edge];
      const shareOf = (ticks) => (all > 0 ? Math.min(1, ticks / all) : 1);
      let left = -1;
      for (const [state, delay] of this.endsOf(edge)) left = Math.max(left, limit - this.label[state] - delay);
      if (left >= 0) add(isAlong, ...(this.isToStation ? [1 - shareOf(left), 1] : [0, shareOf(left)]));
      for (const k of this.sitesOnEdge.get(edge) || []) {
        const source = this.data.site_on_edge_source[k];
        const rest = limit - this.legTicks[source];
        if (!this.isOn[source] || rest < 0) continue;
        const at = shareOf(this.fromTail[k]);
        add(isAlong, ...(this.isToStation ? [Math.max(0, at - shareOf(rest)), at] : [at, Math.min(1, at + shareOf(rest))]));
      }
    }
    return unionOf(parts);
  }
}

// Intervals that overlap, or meet but for rounding, made one; in order.
function unionOf(parts) {
  parts.sort((a, b) => a[0] - b[0]);
  const out = [];
  for (const [from, to] of parts) {
    const last = out[out.length - 1];
    if (last && from <= last[1] + 1e-9) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

// States by their labels, the lowest first: a heap that knows where each state stands.
class Queue {
  constructor(n) {
    this.at = new Int32Array(n).fill(-1);
    this.heap = new Int32Array(n);
    this.n = 0;
    this.label = null;
  }

  // Takes a state in, or moves it up: its label is lower than before.
  offer(state) {
    const { at, heap, label } = this;
    let k = at[state] >= 0 ? at[state] : this.n++;
    const ticks = label[state];
    while (k > 0) {
      const above = (k - 1) >> 1;
      if (label[heap[above]] <= ticks) break;
      heap[k] = heap[above];
      at[heap[k]] = k;
      k = above;
    }
    heap[k] = state;
    at[state] = k;
  }

  take() {
    const { at, heap, label } = this;
    const first = heap[0];
    at[first] = -1;
    const moved = heap[--this.n];
    if (!this.n) return first;
    const ticks = label[moved];
    let k = 0;
    for (;;) {
      let below = 2 * k + 1;
      if (below >= this.n) break;
      if (below + 1 < this.n && label[heap[below + 1]] < label[heap[below]]) below++;
      if (label[heap[below]] >= ticks) break;
      heap[k] = heap[below];
      at[heap[k]] = k;
      k = below;
    }
    heap[k] = moved;
    at[moved] = k;
    return first;
  }
}
