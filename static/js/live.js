// Keeps the counts of an open page up to date: asks every 20 seconds, never while the page is out of sight.

const EVERY_MS = 20000;
const LOST_AFTER_MS = 60000;
let answered = Date.now();

const asker = () => document.querySelector("[data-live]");

function ask() {
  if (!document.hidden) asker()?.dispatchEvent(new CustomEvent("poll"));
}

function tell(lost) {
  const notice = document.querySelector("[data-live-lost]");
  if (notice) notice.hidden = !lost;
}

function onAnswer(event) {
  const { elt, xhr, successful } = event.detail;
  if (!elt.matches?.("[data-live]")) return;
  // Whoever is signed out is sent to another page: that is no answer either.
  const here = successful && new URL(xhr.responseURL, location.href).pathname === new URL(elt.getAttribute("hx-get"), location.href).pathname;
  if (here) answered = Date.now();
  tell(!here && Date.now() - answered > LOST_AFTER_MS);
}

if (asker()) {
  window.setInterval(ask, EVERY_MS);
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("htmx:afterRequest", onAnswer);
}
