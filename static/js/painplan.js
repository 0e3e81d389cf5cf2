// What lies over the page: toasts, dialogs, the menu, the side panel. Everything works without it.

const TOAST_MS = 8000;

function watchToast(toast) {
  if (toast.dataset.toast === "stays") return;
  let timer = 0;
  const start = () => {
    timer = window.setTimeout(() => toast.remove(), TOAST_MS);
  };
  const stop = () => window.clearTimeout(timer);
  toast.addEventListener("mouseenter", stop);
  toast.addEventListener("mouseleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

function startToasts() {
  const box = document.getElementById("toasts");
  if (!box) return;
  box.querySelectorAll("[data-toast]").forEach(watchToast);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node instanceof HTMLElement && node.matches("[data-toast]")) watchToast(node);
      }
    }
  }).observe(box, { childList: true });
}

/** Ask before something that is hard to undo: data-confirm on a form, button or link. */
function ask(question, onYes) {
  const dialog = document.getElementById("confirm");
  const yes = dialog.querySelector("[data-yes]");
  const usual = (yes.dataset.usual ??= yes.textContent);
  dialog.querySelector("#confirm-title").textContent = question.confirm;
  const text = dialog.querySelector("[data-text]");
  text.textContent = question.confirmText || "";
  text.hidden = !question.confirmText;
  yes.textContent = question.confirmVerb || usual;
  yes.classList.toggle("pp-btn-danger", "confirmDanger" in question);
  yes.classList.toggle("pp-btn-primary", !("confirmDanger" in question));
  yes.onclick = () => {
    dialog.close();
    onYes();
  };
  dialog.showModal();
}

function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;

  // The address stays as it is: a form that is sent from it leads to its errors, not to the main part again.
  const skip = target.closest(".pp-skip");
  if (skip) {
    event.preventDefault();
    document.querySelector(skip.hash)?.focus();
  }
  const closer = target.closest("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  if (target.closest("[data-print]")) window.print();
  target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();

  const opener = target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }

  const link = target.closest("a[data-confirm]");
  if (link) {
    event.preventDefault();
    ask(link.dataset, () => window.location.assign(link.href));
  }

  const menuButton = target.closest("[data-menu-button]");
  if (menuButton) {
    const open = menuButton.closest("[data-menu]").classList.toggle("is-open");
    menuButton.setAttribute("aria-expanded", String(open));
  }

  for (const details of document.querySelectorAll("details[data-closes][open]")) {
    if (!details.contains(target)) details.open = false;
  }
}

function onSubmitAsk(event) {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || form.dataset.agreed || form.dataset.reachable) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  ask(source.dataset, () => {
    form.dataset.agreed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.agreed;
  });
}

/** The staff's menu with words or as icons only, as somebody left it (js/theme.js sets it before the first paint). */
function startRail() {
  const button = document.querySelector("[data-rail-fold]");
  if (!button) return;
  const root = document.documentElement;
  const show = () => button.setAttribute("aria-pressed", String(root.dataset.rail === "folded"));
  button.addEventListener("click", () => {
    const folded = root.dataset.rail !== "folded";
    if (folded) root.dataset.rail = "folded";
    else delete root.dataset.rail;
    try {
      localStorage.setItem("painplan-rail", folded ? "folded" : "open");
    } catch {
      // folded for this page only
    }
    show();
  });
  show();
}

/** Below 1280 px the side panel lies over the list: then it is a dialog that keeps the focus. */
function startPanel() {
  const narrow = window.matchMedia("(max-width: 79.99875em)");
  const panel = () => document.querySelector("[data-panel]");
  const close = () => panel()?.querySelector("[data-panel-close]");

  function arrange() {
    const current = panel();
    const modal = Boolean(current && narrow.matches && close());
    for (const other of document.querySelectorAll("#main, .pp-rail")) other.inert = modal;
    if (!current) return;
    if (modal) {
      current.setAttribute("role", "dialog");
      current.setAttribute("aria-modal", "true");
      close().focus({ preventScroll: true });
    } else {
      current.setAttribute("role", "complementary");
      current.removeAttribute("aria-modal");
    }
  }

  narrow.addEventListener("change", arrange);
  document.addEventListener("htmx:afterSettle", arrange);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const details = document.querySelector("details[data-closes][open]");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    } else if (narrow.matches || !event.target.closest?.("input, textarea, select")) {
      close()?.click();
    }
  });
  arrange();
}

document.addEventListener("click", onClick);
document.addEventListener("submit", onSubmitAsk, true);
startToasts();
startPanel();
startRail();
