// What is covered by district: a table made of the demand as it is now.

const districtSorting = { by: "demand", down: true };

const DISTRICT_COLUMNS = {
  name: (row) => row.text,
  demand: (row) => row.weight,
  share: (row) => row.covered / row.weight,
  open: (row) => row.weight - row.covered,
  farthest: (row) => row.longest,
};

// Of each district that has demand: how much, how much of it is covered, and its longest drive (-1 for none).
function demandByDistrict() {
  const { demand } = app;
  const found = demand.districts.map((text) => ({ text, weight: 0, covered: 0, longest: -1 }));
  for (let i = 0; i < demand.n; i++) {
    const row = found[demand.district[i]];
    row.weight += demand.weight[i];
    if (demand.isCovered(i)) row.covered += demand.weight[i];
    if (demand.weight[i] > 0) row.longest = Math.max(row.longest, demand.time[i]);
  }
  return found.filter(({ weight }) => weight > 0);
}

// Call it again whenever the demand on the page changes.
function showDistricts() {
  byId("districts").hidden = !app.demand.districts.some((text) => text !== "");
  if (byId("districts").hidden) return;
  const table = byId("district-table");
  const { by, down } = districtSorting;
  const collator = new Intl.Collator(words.language === "zh" ? "zh-CN" : "en", { numeric: true });
  const value = DISTRICT_COLUMNS[by];
  const found = demandByDistrict().sort((a, b) => {
    const less = by === "name" ? collator.compare(a.text, b.text) : value(a) - value(b);
    return (down ? -less : less) || collator.compare(a.text, b.text);
  });
  const units = { demand: word("weight_unit"), open: word("weight_unit"), farthest: word("col_time_unit") };
  table.tHead.replaceChildren(make("tr", {}, ...Object.keys(DISTRICT_COLUMNS).map((name) => make("th", {
    scope: "col", class: `col-${name}`, "aria-sort": by === name ? (down ? "descending" : "ascending") : "none",
  }, make("button", { type: "button", "data-sort": name, onclick: () => sortDistricts(name) },
    word(`district_${name}`), units[name] ? make("small", {}, units[name]) : null)))));
  table.setAttribute("aria-label", `${word("by_district")}. ${word("table_hint")}`);
  table.tBodies[0].replaceChildren(...found.map(districtRow));
}

function sortDistricts(name) {
  districtSorting.down = districtSorting.by === name ? !districtSorting.down : name !== "name" && name !== "share";
  districtSorting.by = name;
  showDistricts();
  byId("district-table").querySelector(`[data-sort="${name}"]`).focus({ preventScroll: true });
}

function districtRow(row, position) {
  const open = row.weight - row.covered;
  const name = row.text ? nameOf(row.text) : make("span", {}, word("district_none"));
  return make("tr", { onclick: () => goToDistrict(row.text) },
    make("th", { scope: "row", class: "col-name" }, make("button", { type: "button", class: "row-button", tabindex: position === 0 ? 0 : -1 }, name)),
    make("td", {}, weightNumber(row.weight)),
    make("td", {}, shareText(row.covered / row.weight)),
    make("td", { class: open > 0 ? "is-open" : "" }, weightNumber(open)),
    make("td", { title: duration(row.longest) }, clock(row.longest)));
}

function goToDistrict(text) {
  openSheet(false);
  showDistrict({ text });
}
