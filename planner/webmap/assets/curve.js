// The curve: the share covered over the number of stations, what no plan can beat as a band above it, and the plan's place.
// It is read by the pointer or the arrow keys, number by number.

const CURVE = { width: 308, height: 150, left: 34, right: 8, top: 10, bottom: 26 };
const curveReading = { at: -1 };

class CurveChart {
  constructor({ first, share, bound, chosen }) {
    Object.assign(this, { first, share, bound });
    this.last = share.length - 1;
    this.isOpen = bound.some((most, i) => most - share[i] >= 0.0005);
    this.chosen = Math.min(this.last, Math.max(0, chosen - first));
  }

  x(i) {
    return CURVE.left + ((CURVE.width - CURVE.left - CURVE.right) * i) / Math.max(1, this.last);
  }

  y(share) {
    return CURVE.height - CURVE.bottom - (CURVE.height - CURVE.bottom - CURVE.top) * share;
  }

  // The position nearest to where the pointer is, as a part of the width.
  nearest(part) {
    const at = ((part * CURVE.width - CURVE.left) / (CURVE.width - CURVE.left - CURVE.right)) * this.last;
    return Math.min(this.last, Math.max(0, Math.round(at)));
  }

  draw() {
    const line = (values) => values.map((share, i) => `${this.x(i).toFixed(1)},${this.y(share).toFixed(1)}`);
    const picture = svgElement("svg", { viewBox: `0 0 ${CURVE.width} ${CURVE.height}`, "aria-hidden": "true" });
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const y = this.y(share);
      picture.append(svgElement("line", { class: share ? "grid" : "axis", x1: CURVE.left, x2: CURVE.width - CURVE.right, y1: y, y2: y }));
      if (share % 0.5 === 0) picture.append(svgElement("text", { x: CURVE.left - 4, y: y + 3, "text-anchor": "end" }, `${100 * share}%`));
    }
    for (const i of this.ticks()) {
      picture.append(svgElement("text", { x: this.x(i), y: CURVE.height - CURVE.bottom + 12, "text-anchor": "middle" }, String(this.first + i)));
    }
    picture.append(
      svgElement("text", { x: CURVE.width - CURVE.right, y: CURVE.height - 2, "text-anchor": "end" }, word("curve_axis")),
      svgElement("polygon", { class: "band", points: [...line(this.bound), ...line(this.share).reverse()].join(" ") }),
      svgElement("polyline", { class: "best", points: line(this.share).join(" ") }),
      ...this.mark(this.chosen, "plan"), this.planName());
    if (curveReading.at >= 0 && curveReading.at !== this.chosen) picture.append(...this.mark(curveReading.at, "at"));
    return picture;
  }

  mark(i, kind) {
    const [x, y] = [this.x(i), this.y(this.share[i])];
    return [
      svgElement("line", { class: kind, x1: x, x2: x, y1: y, y2: this.y(0) }),
      svgElement("circle", { class: `${kind}-dot`, cx: x, cy: y, r: 4 }),
    ];
  }

  planName() {
    const x = this.x(this.chosen);
    const isRight = x > CURVE.width / 2;
    return svgElement("text", { class: "plan-name", x: x + (isRight ? -6 : 6), y: this.y(0) - 6, "text-anchor": isRight ? "end" : "start" }, word("curve_plan"));
  }

  // Round numbers of stations, some five of them, as positions.
  ticks() {
    const n = this.last + 1;
    const rough = Math.max(1, n / 5);
    const tens = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map((k) => k * tens).find((s) => s >= rough);
    const out = [];
    for (let m = Math.ceil(this.first / step) * step; m <= this.first + this.last; m += step) out.push(m - this.first);
    return out;
  }

  text(i) {
    const n = this.first + i;
    const isOpen = this.bound[i] - this.share[i] >= 0.0005;
    let text = word(n === 1 ? "curve_reads_one" : "curve_reads", { n: number(n), share: shareText(this.share[i]) });
    if (isOpen) text += word("curve_bound", { share: shareText(Math.ceil(this.bound[i] * 1000) / 1000) });
    if (i === this.last) return text;
    const points = 100 * (this.share[i + 1] - this.share[i]);
    return text + (points > 0 ? word("curve_next", { points: points < 0.1 ? "<0.1" : number(points, 1) }) : word("curve_next_none"));
  }
}

function svgElement(tag, attributes, text = "") {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

function showCurve() {
  const told = app.data.curve;
  const box = byId("curve");
  if (!box) return;
  box.hidden = !told;
  if (!told) return;
  const chart = new CurveChart(told);
  const area = byId("curve-chart");
  byId("curve-key").hidden = !chart.isOpen;
  byId("curve-key").replaceChildren(...["best", "bound"].map((name) => make("li", {},
    make("i", { class: `curve-swatch curve-swatch-${name}` }), make("span", {}, word(`curve_key_${name}`)))));
  const show = () => {
    const at = curveReading.at < 0 ? chart.chosen : curveReading.at;
    area.replaceChildren(chart.draw());
    byId("curve-reading").textContent = chart.text(at);
    area.setAttribute("aria-valuemin", String(chart.first));
    area.setAttribute("aria-valuemax", String(chart.first + chart.last));
    area.setAttribute("aria-valuenow", String(chart.first + at));
    area.setAttribute("aria-valuetext", chart.text(at));
  };
  const read = (i) => {
    if (i === curveReading.at) return;
    curveReading.at = i;
    show();
  };
  area.onpointermove = area.onpointerdown = (event) => {
    const { left, width } = area.getBoundingClientRect();
    read(chart.nearest((event.clientX - left) / width));
  };
  area.onpointerleave = () => read(-1);
  area.onblur = () => read(-1);
  area.onkeydown = (event) => {
    const at = curveReading.at < 0 ? chart.chosen : curveReading.at;
    const to = {
      ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1,
      PageDown: at - 10, PageUp: at + 10, Home: 0, End: chart.last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    read(Math.min(chart.last, Math.max(0, to)));
  };
  show();
}
