// Words, numbers and times in the language that is on; and elements made without any HTML of data.

const words = { language: "zh", ui: {} };

function word(key, values) {
  const text = words.ui[words.language][key];
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

function number(value, digits = 0) {
  const [whole, part = ""] = value.toFixed(digits).split(".");
  const end = part.replace(/0+$/, "");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (end && `.${end}`);
}

// A weight with its unit, if it has one: whole where it is large, one digit where it is small and not whole.
function weightText(value) {
  return word("weight", { n: weightNumber(value) });
}

// The same where the unit stands in the heading.
function weightNumber(value) {
  return number(value, Math.abs(value) < 100 ? 1 : 0);
}

// A share as a percentage of one digit; only all is 100, and only nothing is 0. As share in texts.py.
function shareText(value) {
  let tenths = Math.round(value * 1000);
  if (value < 1) tenths = Math.min(tenths, 999);
  if (value > 0) tenths = Math.max(tenths, 1);
  return tenths % 1000 ? `${(tenths / 10).toFixed(1)}%` : `${tenths / 10}%`;
}

// Minutes and seconds in words; -1 stands for "no road leads there".
function duration(seconds) {
  if (seconds < 0) return word("no_road");
  const m = Math.floor(seconds / 60);
  const s = Math.round(seconds % 60);
  if (m === 0) return word("s", { s });
  return s === 0 ? word("min", { m: number(m) }) : word("min_s", { m: number(m), s });
}

// The same, short: 5:51.
function clock(seconds) {
  if (seconds < 0) return "–";
  const s = String(Math.round(seconds % 60)).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${s}`;
}

// A step boundary in minutes: 2, or 2:24 where it isn't whole.
function minutesText(seconds) {
  return seconds % 60 === 0 ? String(seconds / 60) : clock(seconds);
}

function stepText(step, steps) {
  if (step === 4) return word("no_road");
  if (step === 3) return word("minutes_over", { b: minutesText(steps[2]) });
  return word("minutes_range", { a: step ? minutesText(steps[step - 1]) : "0", b: minutesText(steps[step]) });
}

// make("p", {class: "x"}, "text", child): texts are only ever texts.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A text of the data: its own direction of writing, cut off with an ellipsis where it is too long.
function nameOf(text, attributes = {}) {
  const kind = text.length > 20 ? "name is-long" : "name";
  return make("bdi", { class: kind, title: text.length > 12 ? text.slice(0, 500) : null, ...attributes }, text);
}

function byId(id) {
  return document.getElementById(id);
}

// Words that stand in the page.
function sayWords() {
  document.documentElement.lang = words.language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
    if (element.tagName === "BUTTON") element.title = word(element.dataset.label);
  }
}
