// What changes from left to right, drawn: each change by a tone and a sign of its own, each fate of a station by a shape.

const CHANGE_COLORS = ["#0072b2", "#d55e00", "#a5d0ec", "#f4c08f", "#d2d6da", "#6b737c", "#8fc7a9", "#b9a3cf"];
// the last ones lie above
const CHANGE_ORDER = [SAME, FASTER, SLOWER, ONLY_LATER, ONLY_FIRST, UNCOVERED, GAINED, LOST];
const ADDED_COLOR = "#0072b2";
const REMOVED_COLOR = "#b34a00";

function isChangeShown(change, visible) {
  return change === LOST || change === UNCOVERED || change === ONLY_FIRST ? visible.uncovered : visible.demand;
}

// Of a cell's points the one that wholeFigure most gives it its change; else whether drives are longer or shorter in all.
function changeOfCell(demand, cell) {
  const has = new Set(cell.points.map((i) => demand.change[i]));
  for (const change of [LOST, GAINED, UNCOVERED, ONLY_FIRST, ONLY_LATER]) if (has.has(change)) return change;
  if (!has.has(FASTER)) return has.has(SLOWER) ? SLOWER : SAME;
  if (!has.has(SLOWER)) return FASTER;
  const { pair } = demand;
  let more = 0;
  for (const i of cell.points) more += (demand.weight[i] || 1e-9) * (pair.time(1, i) - pair.time(0, i));
  return more < 0 ? FASTER : SLOWER;
}

function drawChangedCells(demand, ctx, frame, visible) {
  const grid = demand.cellsAt(frame);
  if (!grid.isChanged) {
    for (const cell of grid.cells) cell.step = changeOfCell(demand, cell);
    grid.isChanged = true;
  }
  const size = ((grid.apart * frame.scale) / Math.sqrt(3)) * 0.97;
  const corners = [0, 1, 2, 3, 4, 5].map((k) => {
    const angle = (Math.PI / 3) * k + Math.PI / 6;
    return [Math.cos(angle) * size, Math.sin(angle) * size];
  });
  for (const change of CHANGE_ORDER) {
    if (!isChangeShown(change, visible)) continue;
    ctx.globalAlpha = change === GAINED || change === LOST ? 1 : 0.9;
    ctx.fillStyle = CHANGE_COLORS[change];
    demand.fillCells(ctx, frame, change, corners);
    ctx.globalAlpha = 1;
    if (change === LOST || change === UNCOVERED) {
      ctx.fillStyle = hatching(ctx, change === LOST ? OVER : CUT_OFF);
      demand.fillCells(ctx, frame, change, corners);
    } else if (change === GAINED) {
      drawPluses(demand, ctx, frame, size);
    }
  }
}

// A plus in each cell that gains cover.
function drawPluses(demand, ctx, frame, size) {
  const arm = size * 0.5;
  ctx.beginPath();
  for (const cell of demand.cells.cells) {
    if (cell.step !== GAINED) continue;
    plusSign(ctx, cell.x * frame.scale + frame.dx, cell.y * frame.scale + frame.dy, arm);
  }
  ctx.lineWidth = Math.max(0.9, size * 0.22);
  ctx.strokeStyle = "#fff";
  ctx.stroke();
}

function plusSign(ctx, x, y, arm) {
  ctx.moveTo(x - arm, y);
  ctx.lineTo(x + arm, y);
  ctx.moveTo(x, y - arm);
  ctx.lineTo(x, y + arm);
}

function crossSign(ctx, x, y, arm) {
  ctx.moveTo(x - arm, y - arm);
  ctx.lineTo(x + arm, y + arm);
  ctx.moveTo(x - arm, y + arm);
  ctx.lineTo(x + arm, y - arm);
}

function drawChangedDots(demand, ctx, frame, visible) {
  const radius = Math.min(7, 3.5 + (frame.zoom - 13) * 0.5);
  for (const change of CHANGE_ORDER) {
    if (!isChangeShown(change, visible)) continue;
    for (let i = 0; i < demand.n; i++) {
      if (demand.change[i] !== change) continue;
      const x = demand.x[i] * frame.scale + frame.dx, y = demand.y[i] * frame.scale + frame.dy;
      if (x < -9 || y < -9 || x > frame.width + 9 || y > frame.height + 9) continue;
      drawChangedDot(ctx, x, y, change, radius);
    }
  }
}

// A dot with the sign of its change: plus, cross, an arrow up or down.
function drawChangedDot(ctx, x, y, change, radius) {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = CHANGE_COLORS[change];
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = change === SAME ? "#8a929b" : change === FASTER ? "#2f7fb5" : change === SLOWER ? "#b06a2c" : "#fff";
  ctx.stroke();
  const arm = radius * 0.55;
  ctx.beginPath();
  if (change === GAINED || change === ONLY_LATER) plusSign(ctx, x, y, arm);
  else if (change === LOST || change === UNCOVERED || change === ONLY_FIRST) crossSign(ctx, x, y, arm * 0.9);
  else if (change === FASTER || change === SLOWER) {
    const way = change === FASTER ? 1 : -1;
    ctx.moveTo(x - arm, y - way * arm * 0.4);
    ctx.lineTo(x, y + way * arm * 0.6);
    ctx.lineTo(x + arm, y - way * arm * 0.4);
  }
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = change === FASTER ? "#0b4f7d" : change === SLOWER ? "#7d3f0b" : "#fff";
  ctx.stroke();
}

// A new station: a full diamond with a plus. One that goes: an empty square, crossed out. One that stays: a plain disc.
function drawFate(ctx, x, y, radius, fate, isSelected) {
  const shape = (r) => {
    ctx.beginPath();
    if (fate === ADDED) {
      ctx.moveTo(x, y - 1.3 * r);
      ctx.lineTo(x + 1.3 * r, y);
      ctx.lineTo(x, y + 1.3 * r);
      ctx.lineTo(x - 1.3 * r, y);
      ctx.closePath();
    } else if (fate === KEPT) {
      ctx.arc(x, y, r, 0, 2 * Math.PI);
    } else {
      ctx.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
    }
  };
  const color = [ADDED_COLOR, REMOVED_COLOR, INK][fate];
  if (isSelected) {
    shape(radius + 6);
    ctx.fillStyle = SELECTED;
    ctx.fill();
  }
  shape(radius + 2);
  ctx.fillStyle = "#fff";
  ctx.fill();
  shape(radius);
  ctx.fillStyle = fate === REMOVED ? "#fff" : color;
  ctx.fill();
  if (fate === KEPT) return;
  ctx.lineWidth = 2;
  ctx.strokeStyle = color;
  ctx.stroke();
  ctx.beginPath();
  if (fate === ADDED) plusSign(ctx, x, y, radius * 0.6);
  else crossSign(ctx, x, y, radius * 0.55);
  ctx.strokeStyle = fate === ADDED ? "#fff" : color;
  ctx.lineWidth = 2.2;
  ctx.stroke();
}

// The same as small pictures for the legend and the tables.
function changePicture(change) {
  return pictureOn((ctx) => {
    ctx.fillStyle = CHANGE_COLORS[change];
    ctx.fillRect(1, 1, 14, 14);
    ctx.lineWidth = 1.5;
    ctx.strokeStyle = "#fff";
    if (change === LOST || change === UNCOVERED) {
      ctx.fillStyle = hatching(ctx, change === LOST ? OVER : CUT_OFF);
      ctx.fillRect(1, 1, 14, 14);
    } else if (change === GAINED) {
      ctx.beginPath();
      plusSign(ctx, 8, 8, 4);
      ctx.stroke();
    } else if (change === FASTER || change === SLOWER) {
      drawChangedDot(ctx, 8, 8, change, 6);
    }
  });
}

function fatePicture(fate) {
  return pictureOn((ctx) => drawFate(ctx, 8, 8, fate === KEPT ? 4.5 : 5.5, fate, false));
}

// A canvas of 16 by 16, sharp on fine screens.
function pictureOn(paint) {
  const canvas = document.createElement("canvas");
  const dots = 2;
  canvas.width = canvas.height = 16 * dots;
  canvas.className = "mark";
  canvas.setAttribute("aria-hidden", "true");
  const ctx = canvas.getContext("2d");
  ctx.scale(dots, dots);
  paint(ctx);
  return canvas;
}
