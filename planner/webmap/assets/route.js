// One drive, above the roads and below the stations. This script comes along only where there is a drive to show.

const ROUTE = { line: "#a0266f", casing: "#ffffff", width: 5 };

class Route {
  constructor(data) {
    Object.assign(this, data.route);
    this.lon = data.route_end_x;
    this.lat = data.route_end_y;
    this.line = project(data.route_x, data.route_y);
    this.ends = project(data.route_end_x, data.route_end_y);
    this.delays = project(data.route_delay_x, data.route_delay_y);
    this.box = L.latLngBounds([]);
    for (const [xs, ys] of [[data.route_x, data.route_y], [data.route_end_x, data.route_end_y]]) {
      for (let i = 0; i < xs.length; i++) this.box.extend([ys[i] / 1e5, xs[i] / 1e5]);
    }
  }

  word(key, values) {
    return this.ui[words.language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  }

  draw(ctx, frame) {
    const at = ({ x, y }, i) => [x[i] * frame.scale + frame.dx, y[i] * frame.scale + frame.dy];
    const { line, ends } = this;
    const last = line.x.length - 1;
    ctx.lineCap = ctx.lineJoin = "round";
    ctx.beginPath();
    for (let i = 0; i <= last; i++) ctx.lineTo(...at(line, i));
    ctx.lineWidth = ROUTE.width + 4;
    ctx.strokeStyle = ROUTE.casing;
    ctx.stroke();
    ctx.lineWidth = ROUTE.width;
    ctx.strokeStyle = ROUTE.line;
    ctx.stroke();
    // the ways between the points and the road
    ctx.beginPath();
    ctx.moveTo(...at(ends, 0));
    ctx.lineTo(...at(line, 0));
    ctx.moveTo(...at(line, last));
    ctx.lineTo(...at(ends, 1));
    ctx.lineWidth = 3;
    ctx.setLineDash([1, 6]);
    ctx.stroke();
    ctx.setLineDash([]);
    for (let i = 0; i < this.delays.x.length; i++) this.drawDisc(ctx, at(this.delays, i), 4, "#ffffff", ROUTE.line, 2);
    this.drawDisc(ctx, at(ends, 0), 7, "#ffffff", ROUTE.line, 4);
    this.drawDisc(ctx, at(ends, 1), 7, ROUTE.line, "#ffffff", 2);
  }

  // Plates with the names of both ends, but where the station there has its name already.
  drawNames(ctx, frame) {
    const { stations, visible } = app;
    ctx.font = STATION_FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    [this.begin, this.end].forEach((name, k) => {
      const isHere = (i) => stations.lon[i] === this.lon[k] && stations.lat[i] === this.lat[k];
      if (visible.stations && visible.names && stations.named.some(isHere)) return;
      const text = shortened(name);
      const x = this.ends.x[k] * frame.scale + frame.dx, y = this.ends.y[k] * frame.scale + frame.dy - 19;
      const half = ctx.measureText(text).width / 2 + 6;
      ctx.fillStyle = "#ffffff";
      ctx.fillRect(x - half, y - 11, 2 * half, 22);
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = ROUTE.line;
      ctx.strokeRect(x - half, y - 11, 2 * half, 22);
      ctx.fillStyle = ROUTE.line;
      ctx.fillText(text, x, y);
    });
  }

  drawDisc(ctx, [x, y], radius, fill, edge, width) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.lineWidth = width;
    ctx.strokeStyle = edge;
    ctx.stroke();
  }

  legend() {
    const mark = (name) => make("i", { class: "swatch", style: name });
    const item = (style, text) => make("li", {}, mark(style), make("span", {}, ...text));
    const line = `background:${ROUTE.line};height:5px;border-radius:3px`;
    const dot = `background:#fff;border:2px solid ${ROUTE.line};width:8px;height:8px;margin:0 2px;border-radius:50%`;
    const ends = [nameOf(this.begin), " → ", nameOf(this.end)];
    return [
      make("h3", { id: "legend-route" }, this.word("legend_route", { time: duration(this.time_s) })),
      make("ul", {}, item(line, ends), this.delays.x.length ? item(dot, [this.word("legend_delay")]) : null),
    ];
  }
}

// What is drawn, listed and shown on the plain page, with the drive besides.
const routeOf = () => app.route || (app.route = new Route(app.data));
const plain = { paintMarks, showLegend, showAll };

paintMarks = (ctx, frame) => {
  routeOf().draw(ctx, frame);
  plain.paintMarks(ctx, frame);
  if (app.selected.station < 0) routeOf().drawNames(ctx, frame);
};

showLegend = () => {
  plain.showLegend();
  byId("legend-body").prepend(...routeOf().legend());
};

// The view fits the drive at first, and everything on demand.
showAll = (animate) => {
  if (animate) {
    plain.showAll(animate);
    return;
  }
  const { box } = routeOf();
  const [left, bottom] = roomForLegend(box);
  app.map.fitBounds(box, { paddingTopLeft: [left, 56], paddingBottomRight: [RIGHT, bottom], maxZoom: 17, animate });
};
