// Places with too few persons to be told apart: one card for all of them.

function groupCard(i) {
  const { demand } = app;
  const all = demand.together(i);
  const sum = (some) => some.reduce((weight, k) => weight + demand.weight[k], 0);
  const open = all.filter((k) => !demand.isCovered(k));
  const serving = [...new Set(all.filter((k) => demand.isCovered(k)).map((k) => demand.station[k]))];
  const links = serving.slice(0, SERVING_SHOWN).map(stationButton);
  return [
    cardHead(`${word("card_demand")} · ${word(open.length ? "card_uncovered" : "card_covered")}`, demand.text(i), open.length ? "#b34a00" : "#0072b2"),
    make("div", { class: "card-figures" },
      cardFigure(rangeText(timesOf(i)), "card_drive"),
      cardFigure(weightNumber(sum(all)), "card_weight")),
    rows([
      ["card_group", word("card_places_value", { n: number(all.length) })],
      ["not_covered", open.length ? weightText(sum(open)) : null],
      ["card_served_by", links.length ? make("span", {}, ...links.flatMap((link, k) => (k ? [" · ", link] : [link]))) : null],
      ["card_district", demand.districts[demand.district[i]] ? nameOf(demand.districts[demand.district[i]]) : null],
    ]),
    zoomButton(() => zoomTo(demand.lat[i] / 1e5, demand.lon[i] / 1e5)),
  ];
}

const SERVING_SHOWN = 4;

// The drives from all that is shown where this point is, the shortest first.
function timesOf(i) {
  const { demand } = app;
  return demand.together(i).map((k) => demand.time[k]).filter((time) => time >= 0).sort((a, b) => a - b);
}

// The shortest and the longest of some drives, in order.
function rangeText(times) {
  if (!times.length) return word("no_road");
  const [least, most] = [clock(times[0]), clock(times[times.length - 1])];
  return least === most ? duration(times[0]) : word("card_group_drive", { least, most });
}
