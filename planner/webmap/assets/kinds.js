// Kinds of host, each with a button that takes its stations off the map and out of the table.

// The kinds that there are, in the order of their pictograms.
function kindsThere() {
  const { on, kind } = app.stations;
  const there = new Set(on.map((i) => kind[i]));
  return Object.keys(PICTOGRAMS).filter((kind) => there.has(kind));
}

function showKinds() {
  const { stations } = app;
  const kinds = kindsThere();
  byId("kinds").hidden = kinds.length < 2;
  byId("kinds").setAttribute("aria-label", word("kinds"));
  byId("kinds").replaceChildren(...kinds.map((kind) => make("button", {
    type: "button", class: "kind", "data-kind": kind, "aria-pressed": String(!stations.hidden.has(kind)), onclick: () => switchKind(kind),
  }, picture(kind, ""), make("span", {}, word(`kind_${kind}`)), make("small", {}, number(stations.on.filter((i) => stations.kind[i] === kind).length)))));
}

function switchKind(kind) {
  const { hidden } = app.stations;
  if (!hidden.delete(kind)) hidden.add(kind);
  showKinds();
  showTable();
  app.redraw();
  keepAddress();
  byId("kinds").querySelector(`[data-kind="${kind}"]`).focus({ preventScroll: true });
}
