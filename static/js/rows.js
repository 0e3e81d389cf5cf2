// Keys of the inbox and the caseload. Everything they do can be done by links and buttons as well.

import { elsewhere, lettersOff } from "./letters.js";

const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

const rows = () => [...document.querySelectorAll("[data-row]")];

function current() {
  return document.activeElement?.closest?.("[data-row]") ?? document.querySelector("[data-row][aria-current=true]");
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const next = at < 0 ? all[0] : all[Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function send(url) {
  const form = document.getElementById("key-form");
  form.action = url;
  form.requestSubmit();
}

function follow(url) {
  const target = new URL(url, location.href);
  target.searchParams.set("next", document.querySelector("#key-form [name=next]").value);
  location.assign(target);
}

function onKey(event) {
  if (elsewhere(event)) return;
  const { key } = event;
  const letter = key.length === 1;
  if (letter && lettersOff()) return;
  // The arrows scroll the page as everywhere, unless a row has the focus.
  if (key in MOVES && (letter || document.activeElement?.closest("[data-row]"))) {
    move(MOVES[key]);
  } else {
    const row = current();
    const does = row && { a: "acknowledge", s: "snooze", r: "resolve" }[key];
    if (does && row.dataset[does]) {
      if (does === "acknowledge") send(row.dataset[does]);
      else follow(row.dataset[does]);
    } else if (key === "o" && row?.dataset.record) {
      location.assign(row.dataset.record);
    } else if (key === "n" || key === "p") {
      document.querySelector(`a[rel=${key === "n" ? "next" : "prev"}]`)?.click();
    } else if (key === "/") {
      document.querySelector("#main input[type=search]")?.focus();
    } else if (key === "x" && row) {
      row.parentElement.querySelector("input[type=checkbox]")?.click();
    } else {
      return;
    }
  }
  event.preventDefault();
}

// Whoever closes the panel goes on with the row it belongs to.
let opened = "";

document.addEventListener("keydown", onKey);
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const panel = document.querySelector("[data-panel]");
  if (panel && detail.target.contains(panel)) opened = panel.dataset.panel;
});
document.addEventListener("htmx:afterSettle", () => {
  // Beside the panel the list is narrower and longer: the row that was opened stays in sight.
  if (opened && !document.querySelector("[data-panel]")) {
    document.getElementById(opened)?.focus();
    opened = "";
  }
  document.activeElement?.closest("[data-row]")?.scrollIntoView({ block: "nearest" });
});
