// A safety question answered yes must arrive: it is sent by itself shortly after the tap, when the page is left, and
// again until it is through. The words on what to do are on the page already and need no network.

const AFTER_MS = 6000;
const AGAIN_MS = 5000;
const SENT_WITH = ["csrfmiddlewaretoken", "entry", "time_zone"];

function start(box) {
  const form = box.closest("form");
  let timer = 0;
  let arrived = "";

  const chosen = () => Array.from(box.querySelectorAll("[name=happened]:checked"), (input) => input.value);
  const show = (name, shown) => {
    const notice = box.querySelector(`[data-safety-${name}]`);
    if (notice) notice.hidden = !shown;
  };

  function content() {
    const data = new FormData();
    for (const name of SENT_WITH) data.set(name, form.elements[name]?.value ?? "");
    for (const slug of chosen()) data.append("happened", slug);
    data.set("sent", "background");
    return data;
  }

  async function send() {
    const now = chosen().join(" ");
    if (!now || now === arrived) return;
    try {
      const answer = await fetch(box.dataset.safety, { method: "POST", body: content(), keepalive: true, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      arrived = now;
      show("told", true);
      show("waiting", false);
    } catch {
      show("waiting", true);
      timer = window.setTimeout(send, AGAIN_MS);
    }
  }

  function leaving() {
    const now = chosen().join(" ");
    if (now && now !== arrived && navigator.sendBeacon(box.dataset.safety, content())) arrived = now;
  }

  box.addEventListener("change", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(send, AFTER_MS);
  });
  form.addEventListener("submit", () => window.clearTimeout(timer));
  window.addEventListener("online", send);
  window.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => document.hidden && leaving());
}

document.querySelectorAll("[data-safety]").forEach(start);
