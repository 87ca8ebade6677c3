// Stations: a disc as large as the demand it serves, with a pictogram of its host.

const INK = "#0b3c5d";
const SELECTED = "#cc79a7";
const EXISTING = "#56b4e9";
const STATION_FONT = `600 12px ${FONT}`;

// Pictograms on a field of 16 by 16, as outlines.
const PICTOGRAMS = {
  bank: "M8 2 14 5.5V7H2V5.5zM3.5 8h1.8v4H3.5zM7.1 8h1.8v4H7.1zM10.7 8h1.8v4h-1.8zM2 13h12v1.5H2z",
  shop: "M3 2.5h10l1.5 4a2 2 0 0 1-3.2 1.3 2.2 2.2 0 0 1-3.3 0 2.2 2.2 0 0 1-3.3 0A2 2 0 0 1 1.5 6.5zM3 9.5h10V14H9.8v-3H7v3H3z",
  supermarket: "M1.2 2.2h2.2l.5 2H15l-1.6 5.6H5.6l.3 1.2h7.6v1.3H4.9L2.5 3.5H1.2zM6 12.9a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4zM12 12.9a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4z",
  community: "M8 1.8 15 7.6l-1 1.2L8 3.9 2 8.8 1 7.6zM8 5.3l5 4.1V14H9.5v-3.2h-3V14H3V9.4z",
  post: "M1.8 4h12.4L8 8.8zM1.5 5.6 8 10.6l6.5-5V12.5h-13z",
  fuel: "M3 2h6.5v5.2h1.2c.9 0 1.4.6 1.4 1.4v2.6c0 .9 1.1.9 1.1 0V6.6l-1.7-1.8.9-.9 2.1 2.3v5.1c0 2.4-3.6 2.4-3.6 0V8.7H9.5V14H3zM4.4 3.4v2.8h3.7V3.4z",
  food: "M4 2v4.2c0 .5.4 1 .9 1.1V14h1.6V7.3c.5-.1.9-.6.9-1.1V2H6.6v3.6h-.5V2h-.8v3.6h-.5V2zM11.8 2c-1.6.5-2.3 2.4-2.3 4.5 0 1.4.5 2.2 1.3 2.5V14h1.6V2z",
  health: "M6.2 2.5h3.6v3.7h3.7v3.6H9.8v3.7H6.2V9.8H2.5V6.2h3.7z",
  school: "M8 2.8 15.2 6.2 8 9.6 2 6.8V11H.8V6.2zM4 9l4 1.9L12 9v2.6c-2 2-6 2-8 0z",
  junction: "M6.5 1.5h3v5h5v3h-5v5h-3v-5h-5v-3h5z",
  other: "M8 4.2a3.8 3.8 0 1 1 0 7.6 3.8 3.8 0 0 1 0-7.6z",
};

// What a host is, by the words its kind is given in; the first that fits.
const KINDS = [
  ["junction", /^junction$|路口/i],
  ["bank", /bank|atm|银行|信用社|农商/i],
  ["post", /post|courier|express|parcel|locker|邮|快递|物流|菜鸟/i],
  ["fuel", /fuel|petrol|gas_station|charging|加油|充电/i],
  ["food", /restaurant|cafe|food|canteen|餐|饭|食堂|茶/i],
  ["health", /hospital|clinic|health|pharmacy|doctor|医|药|卫生/i],
  ["school", /school|college|university|kindergarten|library|学校|小学|中学|幼儿|图书/i],
  ["community", /hub|communit|village|town|civic|service_?cent|party|social|union|police|station|社区|村|党|政|服务中心|便民|工会|居委|街道/i],
  ["supermarket", /super|hyper|\bmall\b|超市|商场|百货/i],
  ["shop", /shop|store|market|convenience|商|便利|店/i],
];

function kindOf(text) {
  const found = KINDS.find(([, pattern]) => pattern.test(text));
  return found ? found[0] : "other";
}

function isAlwaysOpen(hours) {
  return /24\s*\/\s*7|24\s*(h|小时)|00:00\s*-\s*24:00|全天/i.test(hours);
}

// The sites that the page knows: those of the plan first. Which of them are stations is isOn, and their rows are `on`.
class Stations {
  constructor(data) {
    const s = data.stations;
    Object.assign(this, { id: s.id, name: s.name, kindText: s.kind, services: s.services, hours: s.hours });
    this.onlyRoad = data.station_only_m || null;
    this.lon = data.station_x;
    this.lat = data.station_y;
    this.isExisting = data.station_existing;
    const { x, y } = project(this.lon, this.lat);
    this.x = x;
    this.y = y;
    this.n = x.length;
    this.named = [];
    this.kind = this.kindText.map(kindOf);
    // kinds of host that are switched off
    this.hidden = new Set();
    this.isAlways = this.hours.map(isAlwaysOpen);
    this.outlines = {};
    for (const kind of Object.keys(PICTOGRAMS)) this.outlines[kind] = new Path2D(PICTOGRAMS[kind]);
    this.tell(Uint8Array.from(x, (_, i) => i < data.station_n.length), {
      weight: s.weight, only: s.only, served: data.station_n, mean: data.station_mean, longest: data.station_longest, farthest: data.station_farthest,
    });
  }

  // Which sites are stations, and what each of them serves.
  tell(isOn, told) {
    this.isOn = isOn.slice();
    Object.assign(this, told);
    this.on = Array.from(this.x.keys()).filter((i) => isOn[i]);
    this.heaviest = Math.max(1e-9, ...this.on.map((i) => this.weight[i]));
    this.order = this.on.slice().sort((a, b) => this.weight[a] - this.weight[b] || a - b);
    this.apart = this.typicalGap();
  }

  told() {
    const { weight, only, served, mean, longest, farthest } = this;
    return { weight, only, served, mean, longest, farthest };
  }

  text(i) {
    return this.name[i] || this.id[i];
  }

  isShown(i) {
    return !this.hidden.has(this.kind[i]);
  }

  // By the root, so that areas compare; smaller where stations crowd.
  radius(i, frame) {
    const room = Math.min(1.3, Math.max(0.65, (this.apart * frame.scale) / 50));
    return (6.5 + 4.5 * Math.sqrt(this.weight[i] / this.heaviest)) * room;
  }

  // How far a station typically is from the next one.
  typicalGap() {
    const { on, x, y } = this;
    const gaps = on.map((i) => {
      let least = Infinity;
      for (const j of on) if (j !== i) least = Math.min(least, Math.hypot(x[j] - x[i], y[j] - y[i]));
      return least;
    });
    gaps.sort((a, b) => a - b);
    return on.length > 1 ? gaps[on.length >> 1] : 1;
  }

  // Whether a station, or a site that is none, is on the map; stations that are switched off to try are always.
  isSeen(i, visible) {
    if (!this.isShown(i)) return false;
    return this.isOn[i] || this.isClosed(i) ? visible.stations : visible.sites;
  }

  isClosed(i) {
    return Boolean(app.whatIf && app.whatIf.isPlanned[i] && !this.isOn[i]);
  }

  // Sites that are no stations: small and grey.
  drawOthers(ctx, frame, selected, visible) {
    const radius = this.otherRadius(frame);
    for (let i = 0; i < this.n; i++) {
      if (this.isOn[i] || !(i === selected || this.isSeen(i, visible))) continue;
      const x = this.x[i] * frame.scale + frame.dx, y = this.y[i] * frame.scale + frame.dy;
      if (x < -9 || y < -9 || x > frame.width + 9 || y > frame.height + 9) continue;
      drawOther(ctx, x, y, radius, i === selected, this.isClosed(i));
    }
  }

  otherRadius(frame) {
    return Math.max(1.8, Math.min(6, frame.zoom - 9.4));
  }

  draw(ctx, frame, selected) {
    if (selected >= 0 && !this.isOn[selected]) selected = -1;
    for (const i of this.order) if (i !== selected && this.isShown(i)) this.drawOne(ctx, frame, i, selected >= 0 ? 0.4 : 1, false);
    if (selected >= 0) this.drawOne(ctx, frame, selected, 1, true);
  }

  drawOne(ctx, frame, i, alpha, isSelected) {
    const x = this.x[i] * frame.scale + frame.dx, y = this.y[i] * frame.scale + frame.dy;
    if (x < -30 || y < -30 || x > frame.width + 30 || y > frame.height + 30) return;
    drawStation(ctx, x, y, this.radius(i, frame) + (isSelected ? 3 : 0), this.outlines[this.kind[i]], {
      isExisting: this.isExisting[i], isAlways: this.isAlways[i], isSelected, alpha,
    });
  }

  // Takes the room that stations need, and finds those whose names have room too.
  takeRoom(ctx, frame, boxes) {
    const inSight = [];
    for (const i of this.order) {
      if (!this.isShown(i)) continue;
      const x = this.x[i] * frame.scale + frame.dx, y = this.y[i] * frame.scale + frame.dy;
      if (x < -80 || y < -40 || x > frame.width + 80 || y > frame.height + 40) continue;
      const r = this.radius(i, frame) + 3;
      boxes.put(x - r, y - r, x + r, y + r);
      inSight.push({ i, x, y: y + r + 9 });
    }
    this.named = [];
    const room = (frame.width * frame.height) / (inSight.length + 1);
    if (room < 26000) return;
    ctx.font = STATION_FONT;
    for (const { i, x, y } of inSight.reverse()) {
      const half = ctx.measureText(shortened(this.text(i), 26)).width / 2 + 4;
      if (boxes.take(x - half, y - 9, x + half, y + 9)) this.named.push(i);
    }
  }

  drawNames(ctx, frame, selected) {
    ctx.font = STATION_FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const i of selected >= 0 ? [selected] : this.named) {
      const y = this.y[i] * frame.scale + frame.dy + this.radius(i, frame) + (i === selected ? 19 : 12);
      label(ctx, shortened(this.text(i), 26), this.x[i] * frame.scale + frame.dx, y, INK, "#fff", 4);
    }
  }

  // The station under the pointer, or another site where those are shown; -1 for none.
  at(x, y, frame, visible) {
    let best = -1, least = Infinity;
    for (let i = 0; i < this.n; i++) {
      if (!this.isSeen(i, visible)) continue;
      const far = Math.hypot(this.x[i] * frame.scale + frame.dx - x, this.y[i] * frame.scale + frame.dy - y);
      // stations win over the sites around them
      const reach = this.isOn[i] ? this.radius(i, frame) + 5 : this.otherRadius(frame) + 3;
      if (far < reach && far < least) {
        least = far;
        best = i;
      }
    }
    return best;
  }
}

function drawStation(ctx, x, y, radius, outline, { isExisting, isAlways, isSelected, alpha = 1 }) {
  ctx.globalAlpha = alpha;
  const disc = (r, color) => {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.fillStyle = color;
    ctx.fill();
  };
  if (isSelected) disc(radius + 6, SELECTED);
  disc(radius + (isExisting ? 4 : 2), "#fff");
  if (isExisting) disc(radius + 2.6, EXISTING);
  if (isExisting) disc(radius + 0.4, "#fff");
  disc(isExisting ? radius - 0.6 : radius, INK);
  const size = (radius * 1.25) / 16;
  ctx.save();
  ctx.translate(x - 8 * size, y - 8 * size);
  ctx.scale(size, size);
  ctx.fillStyle = "#fff";
  ctx.fill(outline, "evenodd");
  ctx.restore();
  if (isAlways) drawMoon(ctx, x + radius * 0.85, y - radius * 0.85, Math.max(4, radius * 0.5));
  ctx.globalAlpha = 1;
}

// A site that is no station; one that the plan had, crossed out.
function drawOther(ctx, x, y, radius, isSelected, wasStation) {
  const r = wasStation ? radius + 3 : radius;
  const disc = (size, color) => {
    ctx.beginPath();
    ctx.arc(x, y, size, 0, 2 * Math.PI);
    ctx.fillStyle = color;
    ctx.fill();
  };
  if (isSelected) disc(r + 5, SELECTED);
  disc(r + (r < 3 ? 0.7 : 1.3), "#fff");
  disc(r, wasStation ? "#fff" : "#77828c");
  if (!wasStation) return;
  ctx.lineWidth = 2;
  ctx.strokeStyle = "#b34a00";
  ctx.beginPath();
  ctx.arc(x, y, r - 1, 0, 2 * Math.PI);
  const arm = (r - 1) * Math.SQRT1_2;
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.stroke();
}

function drawMoon(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r + 1, 0, 2 * Math.PI);
  ctx.fillStyle = "#fff";
  ctx.fill();
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = "#2b2d6e";
  ctx.fill();
  ctx.beginPath();
  ctx.arc(x, y, r * 0.62, 0.5, 0.5 + 1.5 * Math.PI);
  ctx.quadraticCurveTo(x - r * 0.25, y + r * 0.1, x + r * 0.54, y + r * 0.3);
  ctx.fillStyle = "#ffd75e";
  ctx.fill();
}

// Where a flag lies over its place: to the side where it would be cut off by the edge of what is seen.
function flagBox(ctx, frame, x, y, text) {
  ctx.font = STATION_FONT;
  const width = ctx.measureText(text).width + 14;
  const [first, last] = frame.sight;
  const isInSight = x > first && x < last && width < last - first;
  const left = isInSight ? Math.min(Math.max(x - width / 2, first + 4), last - width - 4) : x - width / 2;
  return { left, width, top: y - 34 };
}

function takeRoomForFlag(ctx, frame, boxes, x, y, text) {
  const { left, width, top } = flagBox(ctx, frame, x, y, text);
  boxes.put(left - 3, top - 2, left + width + 3, y + 8);
}

// The farthest demand: a flag, and what it says.
function drawFlag(ctx, frame, x, y, text, isOver) {
  const color = isOver ? "#a84300" : "#1f2933";
  ctx.beginPath();
  ctx.arc(x, y, 6, 0, 2 * Math.PI);
  ctx.lineWidth = 2.5;
  ctx.strokeStyle = "#fff";
  ctx.stroke();
  ctx.lineWidth = 2;
  ctx.strokeStyle = color;
  ctx.beginPath();
  ctx.arc(x, y, 5, 0, 2 * Math.PI);
  ctx.stroke();
  const { left, width, top } = flagBox(ctx, frame, x, y, text);
  const foot = (side) => Math.min(Math.max(x + side, left), left + width);
  ctx.beginPath();
  ctx.moveTo(x, y - 7);
  ctx.lineTo(foot(-5), top + 21);
  ctx.lineTo(left, top + 21);
  ctx.lineTo(left, top);
  ctx.lineTo(left + width, top);
  ctx.lineTo(left + width, top + 21);
  ctx.lineTo(foot(5), top + 21);
  ctx.closePath();
  ctx.lineJoin = "round";
  ctx.lineWidth = 5;
  ctx.strokeStyle = "#fff";
  ctx.stroke();
  ctx.lineWidth = 2;
  ctx.strokeStyle = color;
  ctx.stroke();
  ctx.fillStyle = color;
  ctx.fill();
  ctx.fillStyle = "#fff";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, left + width / 2, top + 11);
}
