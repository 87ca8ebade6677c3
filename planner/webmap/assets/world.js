// Where things are: the plane of Web Mercator in pixels of zoom 0, from the middle of the data.

const world = { x0: 0, y0: 0, metres: 1 };

function centreWorld({ lng, lat }) {
  [world.x0, world.y0] = mercator(lng, lat);
  // of a pixel at zoom 0
  world.metres = 156543 * Math.cos((lat * Math.PI) / 180);
}

function mercator(lon, lat) {
  const sine = Math.sin((lat * Math.PI) / 180);
  return [(lon / 360 + 0.5) * 256, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256];
}

function project(lons, lats) {
  const n = lons.length;
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const sine = Math.sin((lats[i] * Math.PI) / 180e5);
    x[i] = (lons[i] / 360e5 + 0.5) * 256 - world.x0;
    y[i] = (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256 - world.y0;
  }
  return { x, y };
}

// What of the world a canvas shows: screen = world * scale + (dx, dy).
function frameOf(map, topLeft, size) {
  const zoom = map.getZoom();
  const scale = Math.pow(2, zoom);
  const corner = map.getPixelOrigin().add(topLeft);
  const dx = world.x0 * scale - corner.x;
  const dy = world.y0 * scale - corner.y;
  const left = map.containerPointToLayerPoint([0, 0]).x - topLeft.x;
  return {
    sight: [left, left + map.getSize().x], // a canvas is wider than what is seen of it
    zoom, scale, dx, dy, width: size.x, height: size.y,
    west: -dx / scale, north: -dy / scale, east: (size.x - dx) / scale, south: (size.y - dy) / scale,
  };
}

// Boxes that are taken, so that labels don't cover each other.
class Boxes {
  constructor() {
    this.cells = new Map();
    // what has been written: nothing has to be read twice
    this.texts = new Set();
  }

  // Takes the box and says true if nothing was in its way.
  take(left, top, right, bottom) {
    for (const key of this.keys(left, top, right, bottom)) {
      for (const box of this.cells.get(key) || []) {
        if (left < box[2] && right > box[0] && top < box[3] && bottom > box[1]) return false;
      }
    }
    this.put(left, top, right, bottom);
    return true;
  }

  put(...box) {
    for (const key of this.keys(...box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  keys(left, top, right, bottom) {
    const keys = [];
    for (let i = Math.floor(left / 64); i <= Math.floor(right / 64); i++) {
      for (let j = Math.floor(top / 64); j <= Math.floor(bottom / 64); j++) keys.push(i * 4096 + j);
    }
    return keys;
  }
}

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", system-ui, sans-serif';

// A text with a light edge; long ones are cut.
function label(ctx, text, x, y, color, halo = "rgba(250,249,246,.92)", width = 3) {
  ctx.strokeStyle = halo;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
}

// A text on one line and at most so wide: a Chinese letter counts 2, others 1. Marks of direction are left out.
function shortened(text, most = 30) {
  let out = "";
  let width = 0;
  for (const letter of text.slice(0, 4 * most)) {
    if (/[\u0000-\u001f\u007f\u200e\u200f\u2028-\u202e\u2066-\u2069]/.test(letter)) continue;
    width += letter > "\u1100" ? 2 : 1;
    if (width > most) return `${out}…`;
    out += letter;
  }
  return text.length > 4 * most ? `${out}…` : out;
}
