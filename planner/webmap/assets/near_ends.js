// Ends of roads by how near they are to a place, as near_ends.py ranks them: a grid of squares, the nearest of nine first.

class NearEnds {
  constructor(x, y, side) {
    Object.assign(this, { x, y, side });
    const n = x.length;
    const columns = Int32Array.from(x, (value) => Math.floor(value / side));
    const rows = Int32Array.from(y, (value) => Math.floor(value / side));
    this.west = columns.reduce((least, k) => Math.min(least, k), Infinity);
    this.south = rows.reduce((least, k) => Math.min(least, k), Infinity);
    this.nColumns = n ? columns.reduce((most, k) => Math.max(most, k), this.west) - this.west + 1 : 0;
    this.nRows = n ? rows.reduce((most, k) => Math.max(most, k), this.south) - this.south + 1 : 0;
    const cellOf = (i) => (rows[i] - this.south) * this.nColumns + columns[i] - this.west;
    const count = new Int32Array(this.nColumns * this.nRows);
    for (let i = 0; i < n; i++) count[cellOf(i)]++;
    this.start = sums(count);
    const next = this.start.slice();
    this.end = new Int32Array(n);
    for (let i = 0; i < n; i++) this.end[next[cellOf(i)]++] = i;
    this.near = new Int32Array(n);
    this.far = new Float64Array(n);
    this.n = 0;
  }

  // Looks round a place, for `ranked` to tell about.
  lookRound(px, py) {
    const { x, y, side, start, end, near, far } = this;
    const column = Math.floor(px / side) - this.west;
    const row = Math.floor(py / side) - this.south;
    this.n = 0;
    for (let r = Math.max(0, row - 1); r <= Math.min(this.nRows - 1, row + 1); r++) {
      for (let c = Math.max(0, column - 1); c <= Math.min(this.nColumns - 1, column + 1); c++) {
        const cell = r * this.nColumns + c;
        for (let k = start[cell]; k < start[cell + 1]; k++) {
          const i = end[k];
          near[this.n] = i;
          far[this.n++] = (x[i] - px) * (x[i] - px) + (y[i] - py) * (y[i] - py);
        }
      }
    }
  }

  // The end of a rank: the nearest but so many, of equally near ones the first.
  ranked(rank) {
    const { near, far, n } = this;
    // those before it to the front, one after the other
    for (let k = 0; k <= rank; k++) {
      let best = k;
      for (let m = k + 1; m < n; m++) {
        if (far[m] < far[best] || (far[m] === far[best] && near[m] < near[best])) best = m;
      }
      [near[k], near[best]] = [near[best], near[k]];
      [far[k], far[best]] = [far[best], far[k]];
    }
    return near[rank];
  }
}
