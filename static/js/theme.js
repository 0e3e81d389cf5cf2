// Sets light or dark, and a folded menu, before the first paint: the person's choice, else the system. Small and blocking on purpose.
// Whoever is signed in has their choice on <html data-theme> (accounts/account.py); others keep theirs in this browser.
(function () {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function stored() {
    try {
      return localStorage.getItem("painplan-theme");
    } catch {
      return null; // storage can be switched off; then the system decides
    }
  }

  function chosen() {
    const mine = root.dataset.theme;
    return mine === undefined ? stored() : mine === "auto" ? null : mine;
  }

  function keep(theme, form) {
    if (form) {
      root.dataset.theme = theme;
      const body = new FormData(form);
      body.set("theme", theme);
      // Kept for this page when it cannot be sent; the redirect that answers leads to the page of choices.
      fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
      return;
    }
    try {
      localStorage.setItem("painplan-theme", theme);
    } catch {
      // kept for this page only
    }
  }

  function apply() {
    root.dataset.bsTheme = root.dataset.fixedTheme || chosen() || (system.matches ? "dark" : "light");
  }

  root.classList.add("js");
  if (window.PublicKeyCredential) root.classList.add("passkeys");
  try {
    if (localStorage.getItem("painplan-rail") === "folded") root.dataset.rail = "folded";
  } catch {
    // without storage the menu keeps its words
  }
  apply();
  system.addEventListener("change", apply);

  document.addEventListener("DOMContentLoaded", function () {
    const buttons = document.querySelectorAll("[data-theme-toggle]");
    function show() {
      for (const button of buttons) {
        button.hidden = false;
        for (const word of button.querySelectorAll("[data-theme-word]")) {
          word.hidden = word.dataset.themeWord !== root.dataset.bsTheme;
        }
      }
    }
    for (const button of buttons) {
      button.addEventListener("click", function () {
        const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
        keep(next, button.form);
        root.dataset.bsTheme = next;
        show();
      });
    }
    system.addEventListener("change", show);
    show();
  });
})();
