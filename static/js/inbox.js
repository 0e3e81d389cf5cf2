// Keys of the inbox. Everything they do can be done by links and buttons as well.

const OFF = "painplan-inbox-keys-off";
const MOVES = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

const rows = () => [...document.querySelectorAll("[data-row]")];
const dialog = () => document.getElementById("inbox-keys");

function isOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false;
  }
}

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
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const { key } = event;
  const letter = key.length === 1;
  if (letter && isOff()) return;
  // The arrows scroll the page as everywhere, unless a row has the focus.
  if (key in MOVES && (letter || document.activeElement?.closest("[data-row]"))) {
    move(MOVES[key]);
  } else if (key === "?") {
    dialog()?.showModal();
  } else {
    const row = current();
    const does = row && { a: "acknowledge", s: "snooze", r: "resolve" }[key];
    if (does && row.dataset[does]) {
      if (does === "acknowledge") send(row.dataset[does]);
      else follow(row.dataset[does]);
    } else if (key === "x" && row) {
      row.parentElement.querySelector("input[type=checkbox]")?.click();
    } else {
      return;
    }
  }
  event.preventDefault();
}

document.addEventListener("keydown", onKey);
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  try {
    localStorage.setItem(OFF, event.target.checked ? "no" : "yes");
  } catch {
    // Without storage the choice holds until the page is left.
  }
});

function start() {
  const box = document.querySelector("[data-keys-on]");
  if (box) box.checked = !isOff();
}

document.addEventListener("htmx:afterSettle", () => {
  start();
  // Beside the panel the list is narrower and longer: the row that was opened stays in sight.
  document.activeElement?.closest("[data-row]")?.scrollIntoView({ block: "nearest" });
});
start();
