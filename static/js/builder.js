// The builder with htmx: one change after the other, every form with the newest state, nothing typed gets lost.
// Without it each form is a plain POST.

let waiting = 0;
let leaveFor = "";

function newestLock() {
  const lock = document.getElementById("saved")?.dataset.lock;
  if (lock === undefined) return;
  for (const input of document.querySelectorAll("input[name=lock]")) input.value = lock;
}

function showNotSaved() {
  const saved = document.getElementById("saved");
  if (saved) saved.textContent = saved.dataset.notSaved;
}

function focusOnChanged(root) {
  const changed = root.querySelector?.("[data-focus]");
  if (!changed || root.contains(document.activeElement)) return;
  changed.focus({ preventScroll: true });
  changed.scrollIntoView({ block: "nearest" });
}

/** A refused change (422) and a conflict (409) are answers to show, not errors to swallow. */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb === "post") waiting += 1;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb !== "post") return;
  waiting = Math.max(0, waiting - 1);
  const status = event.detail.xhr.status;
  if (status === 0 || status >= 500) {
    leaveFor = "";
    showNotSaved();
  } else if (status === 409 || status === 422) {
    leaveFor = "";
  } else if (waiting === 0 && leaveFor) {
    window.location.assign(leaveFor);
  }
});

document.addEventListener("htmx:afterSwap", newestLock);
document.addEventListener("htmx:afterSettle", (event) => {
  newestLock();
  focusOnChanged(event.detail.target);
});

// A link to another page waits until what was changed a moment ago has arrived.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-after-saving]") : null;
  if (!link || waiting === 0 || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  leaveFor = link.href;
});
