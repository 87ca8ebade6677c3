// The map on paper: a sheet of its own, drawn anew for the paper's shape and as fine as printers are.

// The sheet in pixels of A3 without its margins; it grows and shrinks with the paper.
const PAPER = { width: 1512, height: 1036, bar: 58, notice: 28, foot: 26, gap: 14, column: 376, dots: 2, margin: 36 };

const paper = { isFresh: false };
const printing = { begin: drawPaper, end: clearPaper, start: printPaper };

// Draws the sheet, if it isn't there; called when printing begins.
function drawPaper() {
  if (paper.isFresh) return;
  const { data } = app;
  const language = words.language;
  const notice = data.notice[language];
  const height = PAPER.height - PAPER.bar - PAPER.foot - PAPER.gap - (notice ? PAPER.notice : 0);
  const status = data.is_plain ? "" : document.querySelector(".credit-draft").textContent;
  const body = make("div", { class: "print-sheet" },
    make("div", { class: "print-bar", style: `height:${PAPER.bar}px` },
      make("h1", {}, shortened(data.title[language], 90)), make("span", {}, status)),
    notice ? make("p", { class: "print-notice", style: `height:${PAPER.notice}px` }, shortened(notice, 160)) : null,
    make("div", { class: "print-body", style: `height:${height}px;margin-top:${PAPER.gap}px` },
      paperColumn(), paperMap(PAPER.width - PAPER.column - 20, height)),
    make("p", { class: "print-foot", style: `height:${PAPER.foot}px` }, make("span", {}, paperStatus(status)), make("span", {}, paperCredit())));
  const holder = document.createElementNS(SVG, "foreignObject");
  const svg = document.createElementNS(SVG, "svg");
  holder.setAttribute("width", PAPER.width);
  holder.setAttribute("height", PAPER.height);
  svg.setAttribute("viewBox", `0 0 ${PAPER.width} ${PAPER.height}`);
  holder.append(body);
  svg.append(holder);
  byId("print-sheet").replaceChildren(svg);
  document.documentElement.dataset.sheet = "true";
  paper.isFresh = true;
}

function clearPaper() {
  if (!paper.isFresh) return;
  byId("print-sheet").replaceChildren();
  delete document.documentElement.dataset.sheet;
  paper.isFresh = false;
  app.redraw(); // names and cells were placed for paper
}

// By the button there is time to make canvases pictures, which every browser prints.
async function printPaper() {
  drawPaper();
  await Promise.all([...byId("print-sheet").querySelectorAll("canvas")].map(async (canvas) => {
    const picture = make("img", { alt: "", src: canvas.toDataURL(), style: canvas.getAttribute("style") || "", class: canvas.className });
    await picture.decode();
    canvas.replaceWith(picture);
  }));
  window.print();
}

function paperStatus(status) {
  const now = new Date();
  const two = (n) => String(n).padStart(2, "0");
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return [status, word("printed", { date })].filter((part) => part).join(" · ");
}

function paperCredit() {
  const said = [byId("data-date").textContent, byId("credit").hidden ? "" : byId("credit").textContent];
  return said.filter((part) => part).join(" · ");
}

// What the panel says, and as many rows of its table as fit.
function paperColumn() {
  const changes = app.whatIf && app.whatIf.isChanged ? ["what-if"] : [];
  const copies = ["answer", ...changes, "figures", "split"].map(copyOf);
  return make("div", { class: "print-column", style: `width:${PAPER.column}px` },
    ...copies,
    ...(hasPaperLegend() ? [make("h2", {}, word("legend")), make("div", { class: "legend print-legend" }, paperLegend())] : []),
    ...(app.stations.on.length ? [paperTable()] : []));
}

function hasPaperLegend() {
  return !byId("legend").hidden;
}

// What stands before a station in the table.
function paperMark(i) {
  return pictogram(i);
}

// The heading stays with the first row.
function paperTable() {
  const shown = columns().slice(2);
  const [first, ...rest] = sortedStations().slice(0, 60).map((i) => paperRow("print-row", paperMark(i),
    shortened(app.stations.text(i), 40), shown.map((name) => CELLS[name](i).textContent)));
  return make("div", { class: "print-rows" },
    make("div", {},
      make("h2", {}, word("table"), make("small", {}, ` ${byId("station-count").textContent}`)),
      paperRow("print-row print-head", "", word("col_name"), shown.map((name) => word(`col_${name}`) + (name === "road" ? " km" : ""))),
      ...(first ? [first] : [])),
    ...rest);
}

function paperRow(kind, mark, name, values) {
  return make("div", { class: kind }, make("i", {}, mark), make("span", {}, name), ...values.map((value) => make("b", {}, value)));
}

// The legend without what paper doesn't show: no area of a station where none is selected, and the colours of drives
// not once more below the bars that have them.
function paperLegend() {
  const own = byId("legend-body").querySelector("#legend-areas li:last-child");
  const hidden = app.areas && app.areas.knowsOwn && app.selected.station < 0 ? own : null;
  if (hidden) hidden.hidden = true;
  const legend = copyOf("legend-body");
  if (hidden) hidden.hidden = false;
  const step = byId("split").querySelector(".step-0") ? legend.querySelector(".step-0") : null;
  if (step) {
    const drives = step.closest("ul");
    drives.previousElementSibling.remove();
    drives.remove();
  }
  return legend;
}

// A part of the page once more, without the ids that only one may have.
function copyOf(id) {
  const copy = byId(id).cloneNode(true);
  // what was drawn on canvases isn't copied with them
  const drawn = byId(id).querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, k) => canvas.getContext("2d").drawImage(drawn[k], 0, 0));
  for (const element of [copy, ...copy.querySelectorAll("[id]")]) element.removeAttribute("id");
  return copy;
}

function paperMap(width, height) {
  const frame = paperFrame(width, height);
  const canvas = make("canvas", { width: width * PAPER.dots, height: height * PAPER.dots, style: `width:${width}px;height:${height}px` });
  const ctx = canvas.getContext("2d");
  ctx.setTransform(PAPER.dots, 0, 0, PAPER.dots, 0, 0);
  ctx.fillStyle = BEYOND;
  ctx.fillRect(0, 0, width, height);
  paintPaper(ctx, frame, canvasLayers());
  const perPixel = world.metres / frame.scale;
  const metres = roundMetres(160 * perPixel);
  return make("div", { class: "print-map", style: `width:${width}px;height:${height}px` }, canvas, northArrow(),
    make("div", { class: "print-scale", style: `width:${metres / perPixel}px` }, metresText(metres)));
}

function paintPaper(ctx, frame, layers) {
  for (const layer of layers) layer._paint(ctx, frame);
}

// Our canvases from the lowest to the highest.
function canvasLayers() {
  const found = [];
  app.map.eachLayer((layer) => { if (layer instanceof CanvasLayer) found.push(layer); });
  const height = (layer) => Number(layer.getPane().style.zIndex);
  return found.sort((a, b) => height(a) - height(b));
}

function seenFrame() {
  const { map } = app;
  return frameOf(map, map.containerPointToLayerPoint([0, 0]), map.getSize());
}

// What is seen, in the shape of the paper; where all is seen, all as large as it fits.
function paperFrame(width, height) {
  const seen = seenFrame();
  const all = boxOfAll();
  const sees = all && all.west >= seen.west && all.east <= seen.east && all.north >= seen.north && all.south <= seen.south;
  const [box, margin] = sees ? [all, PAPER.margin] : [seen, 0];
  const fits = (room, part) => (room - 2 * margin) / Math.max(part, 1e-9);
  const scale = Math.min(fits(width, box.east - box.west), fits(height, box.south - box.north), Math.pow(2, 16));
  const dx = width / 2 - ((box.west + box.east) / 2) * scale;
  const dy = height / 2 - ((box.north + box.south) / 2) * scale;
  return {
    isPaper: true, sight: [0, width], zoom: Math.log2(scale), scale, dx, dy, width, height,
    west: -dx / scale, north: -dy / scale, east: (width - dx) / scale, south: (height - dy) / scale,
  };
}

// The world's box that holds all demand and stations; null where there are none.
function boxOfAll() {
  const box = { west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
  for (const { x, y, n } of [app.demand, app.stations]) {
    for (let i = 0; i < n; i++) {
      box.west = Math.min(box.west, x[i]);
      box.east = Math.max(box.east, x[i]);
      box.north = Math.min(box.north, y[i]);
      box.south = Math.max(box.south, y[i]);
    }
  }
  return box.west <= box.east ? box : null;
}

function northArrow() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 24");
  svg.setAttribute("class", "print-north");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M8 1 14 21 8 17 2 21z");
  svg.append(path);
  return svg;
}
