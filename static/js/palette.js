// Going somewhere by name (Ctrl K), and the list of keys (?). The rail's link leads to the same as a page.

import { elsewhere, lettersOff } from "./letters.js";

const palette = document.getElementById("palette");
const input = palette?.querySelector("input");

function open() {
  if (palette.open || document.querySelector("dialog[open]")) return;
  palette.showModal();
  input.select();
  input.dispatchEvent(new CustomEvent("look"));
}

const hits = () => [...palette.querySelectorAll("[data-hit]")];

function move(step) {
  const all = [input, ...hits()];
  const at = Math.max(all.indexOf(document.activeElement), 0);
  all[Math.min(Math.max(at + step, 0), all.length - 1)].focus();
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
  } else if (palette.open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "?" && !lettersOff() && !elsewhere(event)) {
    event.preventDefault();
    // A page with keys of its own shows its own list.
    (document.querySelector("dialog[data-keys]:not(#keys)") ?? document.getElementById("keys")).showModal();
  }
}

if (palette) {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-palette]")) return;
    event.preventDefault();
    open();
  });
  // Enter goes to the first hit, once the list answers the words that stand there.
  palette.querySelector("[data-palette-form]").addEventListener("submit", (event) => {
    const first = hits()[0];
    if (!first || palette.dataset.shows !== input.value) return;
    event.preventDefault();
    window.location.assign(first.href);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "palette-found") {
      palette.dataset.shows = new URL(event.detail.xhr.responseURL).searchParams.get("q") ?? "";
    }
  });
}
