// Two runs side by side: canvases of both, one above the other, parted by a line that can be dragged.

const divider = { share: 0.5 };

addLayers = () => {
  const isSwipe = () => compared.view === "swipe";
  const paintSide = (side, paint) => (ctx, frame) => {
    if (isSwipe()) onSide(side, () => paint(ctx, frame));
    else if (side === 1) paint(ctx, frame);
  };
  // the left one is drawn above, and only left of the line
  app.ground = addLayer("ground", 250, paintSide(1, paintGround));
  app.groundLeft = addLayer("ground-left", 260, paintSide(0, paintGround));
  app.marks = addLayer("marks", 450, paintSide(1, paintMarks));
  app.marksLeft = addLayer("marks-left", 460, paintSide(0, paintMarks));
  app.redraw = () => {
    for (const layer of [app.ground, app.groundLeft, app.marks, app.marksLeft]) layer.redraw();
    placeSides();
  };
  app.map.on("move moveend zoomend viewreset resize", placeSides);
  listenToDivider();
  placeSides();
};

select = (what) => {
  ofOne.select(what);
  app.marksLeft.redraw();
  placeSides();
};

// Cuts the canvases at the line, and puts it in its place.
function placeSides() {
  const isSwipe = compared.view === "swipe";
  const width = app.map.getSize().x;
  const x = divider.share * width;
  for (const [layer, side] of [[app.ground, 1], [app.marks, 1], [app.groundLeft, 0], [app.marksLeft, 0]]) {
    const canvas = layer._container;
    canvas.style.visibility = isSwipe || side === 1 ? "" : "hidden";
    const at = app.map.containerPointToLayerPoint([x, 0]).x - layer._bounds.min.x;
    const right = layer._bounds.getSize().x - at;
    canvas.style.clipPath = !isSwipe ? "" : side === 0 ? `inset(0 ${right}px 0 0)` : `inset(0 0 0 ${at}px)`;
  }
  const line = byId("divider");
  const percent = Math.round(100 * divider.share);
  line.hidden = !isSwipe;
  line.style.left = `${100 * divider.share}%`;
  line.setAttribute("aria-valuenow", String(percent));
  line.setAttribute("aria-valuetext", word("divider_at", { n: percent }));
}

function moveDivider(share) {
  divider.share = Math.min(1, Math.max(0, share));
  placeSides();
  keepAddress();
}

function listenToDivider() {
  const line = byId("divider");
  const share = (event) => {
    const stage = byId("stage").getBoundingClientRect();
    return (event.clientX - stage.left) / stage.width;
  };
  // where on the line it was taken, so that it doesn't jump
  let from = null;
  line.addEventListener("pointerdown", (event) => {
    from = share(event) - divider.share;
    line.setPointerCapture(event.pointerId);
    line.focus({ preventScroll: true });
    event.preventDefault();
  });
  line.addEventListener("pointermove", (event) => {
    if (from !== null) moveDivider(share(event) - from);
  });
  for (const end of ["pointerup", "pointercancel"]) line.addEventListener(end, () => { from = null; });
  line.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 0.1 : 0.02;
    const to = {
      ArrowLeft: divider.share - step, ArrowDown: divider.share - step, ArrowRight: divider.share + step, ArrowUp: divider.share + step,
      PageDown: divider.share - 0.1, PageUp: divider.share + 0.1, Home: 0, End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    moveDivider(to);
  });
}

listen = () => {
  ofOne.listen();
  listenToSides();
};

// On paper what changes is told by its tables: their marks are those of the map, and rows of stations have the room of the legend.
hasPaperLegend = () => compared.view === "swipe";

paperMark = (i) => (compared.view === "swipe" ? ofOne.paperMark(i) : fatePicture(app.stations.fate[i]));

// On paper the line stands where it stands on the ground.
paintPaper = (ctx, frame, layers) => {
  if (compared.view !== "swipe") return ofOne.paintPaper(ctx, frame, layers);
  const seen = seenFrame();
  const at = (seen.west + divider.share * (seen.east - seen.west)) * frame.scale + frame.dx;
  const cut = Math.min(frame.width, Math.max(0, at));
  const { ground, marks, groundLeft, marksLeft } = app;
  for (const [side, from, to] of [[[groundLeft, marksLeft], 0, cut], [[ground, marks], cut, frame.width]]) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, 0, to - from, frame.height);
    ctx.clip();
    for (const layer of side) layer._paint(ctx, frame);
    ctx.restore();
  }
  const dark = "#1f2933";
  ctx.fillStyle = dark;
  ctx.fillRect(cut - 1, 0, 2, frame.height);
  ctx.font = `600 15px ${FONT}`;
  ctx.textBaseline = "middle";
  const [left, right] = compared.pair.runs.map((run) => shortened(run.name, 24));
  const room = (text) => ctx.measureText(text).width + 24;
  ctx.textAlign = "right";
  // clear of the arrow to the north
  if (room(left) < cut) label(ctx, left, Math.min(cut, frame.width - 40) - 12, 24, dark, "#fff", 4);
  ctx.textAlign = "left";
  if (room(right) < frame.width - 40 - cut) label(ctx, right, cut + 12, 24, dark, "#fff", 4);
};
