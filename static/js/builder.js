// The builder with htmx: one change after the other, every form with the newest state, nothing typed gets lost.
// Without it each form is a plain POST.

import { elsewhere, lettersOff } from "./letters.js";

let waiting = 0;
let leaveFor = "";
let focusFor = "";

const builder = document.getElementById("builder");

function newestLock() {
  const lock = document.getElementById("saved")?.dataset.lock;
  if (lock === undefined) return;
  for (const input of document.querySelectorAll("input[name=lock]")) input.value = lock;
}

function showNotSaved() {
  const saved = document.getElementById("saved");
  if (saved) saved.textContent = saved.dataset.notSaved;
}

/** While the whole builder is about to be replaced nobody can type into what will be gone. */
function hold() {
  if (builder.inert) return;
  focusFor = document.activeElement?.id || "";
  builder.inert = true;
}

function allArrived() {
  if (waiting > 0) return;
  if (leaveFor) window.location.assign(leaveFor);
  const held = builder.inert;
  builder.inert = false;
  if (!held && document.activeElement !== document.body) return;
  const before = held && focusFor && document.getElementById(focusFor);
  const changed = builder.querySelector("[data-focus]");
  (before || changed || builder.querySelector("main"))?.focus({ preventScroll: true });
  if (changed && !before) changed.scrollIntoView({ block: "nearest" });
  changed?.removeAttribute("data-focus");
}

document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.verb !== "post") return;
  // A search that arrives now would take away the form that is being sent.
  for (const form of builder.querySelectorAll("form[role=search]")) {
    form.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: { elt: form } }));
  }
  if (event.detail.target === builder) hold();
  window.setTimeout(allArrived, 50);
});

/** A refused change (422) and a conflict (409) are answers to show, not errors to swallow. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb === "post") waiting += 1;
  else if (builder.inert) event.preventDefault();
});

// Should an answer find no place, the server knows the truth.
for (const trouble of ["htmx:targetError", "htmx:swapError"]) {
  document.addEventListener(trouble, () => window.location.reload());
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  waiting = Math.max(0, waiting - 1);
  const status = event.detail.xhr.status;
  if (status === 0 || status >= 500) {
    leaveFor = "";
    showNotSaved();
  } else if (status === 409 || status === 422) {
    leaveFor = "";
  }
  // The next change of the queue starts right after this event; only then is it known whether one waits.
  window.setTimeout(allArrived, 50);
});

document.addEventListener("htmx:afterSwap", newestLock);
document.addEventListener("htmx:afterSettle", newestLock);

// A link to another page waits until what was changed a moment ago has arrived.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-after-saving]") : null;
  if (!link || waiting === 0 || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  leaveFor = link.href;
});

// "/" goes to the library's search.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || builder.inert || lettersOff() || elsewhere(event)) return;
  event.preventDefault();
  const search = builder.querySelector("form[role=search] input[type=search]");
  search?.focus();
  search?.select();
});

// Ctrl+Z takes the last change of the plan back; inside a text it is the text's own.
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog")) return;
  const undo = document.getElementById("undo-button");
  if (!undo || builder.inert) return;
  event.preventDefault();
  undo.click();
});
