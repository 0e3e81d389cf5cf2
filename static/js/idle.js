// Asks "Are you still there?" some minutes before somebody is signed out, and covers the page afterwards, so that what
// they were writing is not lost. Asking keeps nobody signed in; only the button does. Without scripts nothing changes.

const CHECK_MS = 5000;
const ASK_AGAIN_MS = 20000;
const dialog = document.querySelector("[data-idle]");
const data = dialog?.dataset;
let endsAt = 0;
let mayStay = true;
let asked = 0;
let over = false;

function learn(seconds, stays) {
  endsAt = Date.now() + seconds * 1000;
  mayStay = stays;
}

function show(face) {
  for (const part of dialog.querySelectorAll("[data-face]")) part.hidden = part.dataset.face !== face;
  dialog.classList.toggle("is-over", face === "over");
  if (!dialog.open) {
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    dialog.showModal();
  }
}

function count() {
  const minutes = Math.ceil((endsAt - Date.now()) / 60000);
  const words = minutes > 1 ? data.minutes.replace("%n", String(minutes)) : endsAt - Date.now() > 10000 ? data.minute : data.moment;
  for (const place of dialog.querySelectorAll("[data-count]")) if (place.textContent !== words) place.textContent = words;
}

/** Whether something on this page was changed and not sent. */
function isWriting() {
  const changed = (field) =>
    field.matches("select")
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && field.value !== "")
      : field.matches("[type=checkbox], [type=radio]")
        ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue;
  return [...document.querySelectorAll("form[method=post] :is(input:not([type=hidden]), textarea, select)")].some(changed);
}

/** What the server says of the session; null when it has ended, undefined when nobody answers. */
async function ask(url, options) {
  try {
    const answer = await fetch(url, { ...options, redirect: "manual", cache: "no-store", headers: { "X-CSRFToken": token() } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return undefined;
  }
}

const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

function end() {
  if (over) return; // several questions of this page may bring the same answer: one way to the sign-in page is enough
  over = true;
  if (isWriting()) show("over");
  else window.location.assign(`${data.signIn}?next=${encodeURIComponent(location.pathname + location.search)}&away=1`);
}

/** Take over what the server said: the time, and the token that forms need after somebody signed in anew. */
function goOn(told) {
  if (told.who !== data.who) {
    window.location.reload(); // somebody else is signed in now: nothing of this page is theirs
    return;
  }
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = told.token;
  const headers = document.body.getAttribute("hx-headers");
  if (headers) document.body.setAttribute("hx-headers", JSON.stringify({ ...JSON.parse(headers), "X-CSRFToken": told.token }));
  learn(told.seconds, told.may_stay);
  over = false;
  dialog.querySelector("[data-idle-said]").hidden = true;
  if (endsAt - Date.now() > data.warn * 1000 && dialog.open) dialog.close();
}

async function look() {
  if (over) return;
  const soon = endsAt - Date.now() <= data.warn * 1000;
  if (!soon) return;
  if (Date.now() - asked > ASK_AGAIN_MS || endsAt <= Date.now()) {
    asked = Date.now();
    const told = await ask(data.ask);
    if (told === null) return end();
    if (told && told.who === data.who) {
      const before = dialog.open;
      learn(told.seconds, told.may_stay);
      if (endsAt - Date.now() > data.warn * 1000) {
        if (before) dialog.close(); // something was done in another tab
        return undefined;
      }
    }
  }
  count();
  if (mayStay) show("warning");
  else if (!data.understood) show("last");
  return undefined;
}

async function stay() {
  const told = await ask(data.stay, { method: "POST" });
  if (told === null) end();
  else if (told) goOn(told);
}

async function comeBack() {
  const told = await ask(data.ask);
  if (told) goOn(told);
  else dialog.querySelector("[data-idle-said]").hidden = false;
}

if (dialog) {
  learn(Number(data.seconds), data.mayStay === "yes");
  window.setInterval(look, CHECK_MS);
  document.addEventListener("visibilitychange", look);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!over && mayStay) stay();
  });
  dialog.addEventListener("close", () => {
    if (!mayStay) data.understood = "yes";
  });
  dialog.querySelector("[data-idle-stay]").addEventListener("click", stay);
  dialog.querySelector("[data-idle-go]").addEventListener("click", comeBack);
  // What a page asks by itself is told to go to the sign-in page; that would take along what is being written.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { elt, xhr } = event.detail;
    if (!elt.matches?.("[data-live]") || !xhr.getResponseHeader("HX-Redirect")?.startsWith(data.signIn)) return;
    event.preventDefault();
    end();
  });
}
