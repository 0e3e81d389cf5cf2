// Helps people fill things in: busy buttons, no double sending, lost connections, counters, steppers.

const PING_MS = 3000;
const body = document.body;

function markBusy(form, submitter) {
  const button = submitter instanceof HTMLButtonElement ? submitter : form.querySelector("button:not([type=button])");
  if (!button || button.hasAttribute("aria-busy")) return;
  form.dataset.sending = "yes";
  button.dataset.words = button.innerHTML;
  button.setAttribute("aria-busy", "true");
  const words = button.dataset.saving || body.dataset.saving;
  if (button.classList.contains("pp-btn") && !button.classList.contains("pp-btn-icon")) {
    const spin = document.createElement("span");
    spin.className = "pp-spin";
    spin.setAttribute("aria-hidden", "true");
    button.replaceChildren(spin, words);
  }
}

function markReady(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-busy=true]")) {
    button.removeAttribute("aria-busy");
    if (button.dataset.words) {
      // These are the button's own contents, put aside a moment ago; no text from elsewhere gets in here.
      button.innerHTML = button.dataset.words;
      delete button.dataset.words;
    }
  }
}

function showOffline(lost) {
  const notice = document.querySelector("[data-offline]");
  if (notice) notice.hidden = !lost;
}

async function reachable() {
  if (!navigator.onLine) return false;
  try {
    const signal = AbortSignal.timeout(PING_MS);
    const answer = await fetch(body.dataset.ping, { method: "HEAD", cache: "no-store", signal });
    await answer.text();
    return true;
  } catch {
    return false;
  }
}

/** A form with data-keep is sent only when the server can be reached; otherwise it stays, with a notice. */
async function sendWhenReachable(form, submitter) {
  if (await reachable()) {
    showOffline(false);
    form.dataset.reachable = "yes";
    markReady(form);
    form.requestSubmit(submitter);
    delete form.dataset.reachable;
  } else {
    markReady(form);
    showOffline(true);
  }
}

function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  if (form.method !== "post") return;
  if ("keep" in form.dataset && !form.dataset.reachable) {
    event.preventDefault();
    markBusy(form, button);
    sendWhenReachable(form, button);
    return;
  }
  markBusy(form, button);
}

function countLeft(counter) {
  const input = document.getElementById(counter.dataset.counter);
  if (!input) return;
  const update = () => {
    const left = Number(counter.dataset.max) - input.value.length;
    counter.hidden = left > Number(counter.dataset.max) / 4;
    counter.textContent = body.dataset.left.replace("%n", String(left));
  };
  input.addEventListener("input", update);
  update();
}

function onStep(event) {
  const button = event.target instanceof Element ? event.target.closest("[data-step]") : null;
  const input = button?.closest("[data-stepper]")?.querySelector("input");
  if (!input) return;
  if (Number(button.dataset.step) > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A link of the error summary leads to the control itself, not only to its frame. */
function onSummaryLink(event) {
  const link = event.target instanceof Element ? event.target.closest("[data-summary] a[href^='#']") : null;
  const place = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const control = place?.matches("input, select, textarea") ? place : place?.querySelector("input, select, textarea");
  if (!control) return;
  event.preventDefault();
  control.focus();
  place.scrollIntoView({ block: "center" });
}

document.addEventListener("submit", onSubmit);
document.addEventListener("click", onSummaryLink);
document.addEventListener("click", onStep);
document.querySelectorAll("[data-counter]").forEach(countLeft);
const summary = document.querySelector("[data-summary]");
if (summary) {
  summary.focus();
  // An address that names a part of the page gives the focus to it once more when all is loaded.
  window.addEventListener("load", () => {
    if (location.hash && document.activeElement?.matches("body, main")) summary.focus();
  });
}

// Coming back with the browser's own button must not show a page that is still "Saving…".
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(markReady));
window.addEventListener("online", () => showOffline(false));

document.addEventListener("htmx:beforeRequest", (event) => {
  showOffline(false);
  const form = event.detail.elt.closest?.("form");
  if (form && event.detail.requestConfig.verb === "post") markBusy(form, event.detail.requestConfig.triggeringEvent?.submitter);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) markReady(form);
});
document.addEventListener("htmx:sendError", () => showOffline(true));
document.addEventListener("htmx:timeout", () => showOffline(true));
