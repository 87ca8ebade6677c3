// Where roads meet: each end is told once, and roads say which two are theirs, counted back from the newest.

// The first and the last end of each road, one road after the other.
function endsOfRoads(data) {
  const ends = Int32Array.from(data.road_back);
  let known = 0;
  for (let i = 0; i < ends.length; i++) {
    ends[i] = known - ends[i];
    if (ends[i] === known) known++;
  }
  return ends;
}

// All points of the roads, and where those of each start.
function pointsOfRoads(data) {
  const start = sums(data.road_n);
  const ends = endsOfRoads(data);
  const n = data.road_n.length;
  const lon = new Int32Array(start[n]);
  const lat = new Int32Array(start[n]);
  for (let i = 0, between = 0; i < n; i++) {
    const last = start[i + 1] - 1;
    lon[start[i]] = data.end_x[ends[2 * i]];
    lat[start[i]] = data.end_y[ends[2 * i]];
    for (let k = start[i] + 1; k < last; k++, between++) {
      lon[k] = lon[k - 1] + data.road_dx[between];
      lat[k] = lat[k - 1] + data.road_dy[between];
    }
    lon[last] = data.end_x[ends[2 * i + 1]];
    lat[last] = data.end_y[ends[2 * i + 1]];
  }
  return { lon, lat, start };
}
