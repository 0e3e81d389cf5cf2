// Sets light or dark before the first paint: the person's choice, else the system. Small and blocking on purpose.
(function () {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("painplan-theme");
    } catch {
      return null; // storage can be switched off; then the system decides
    }
  }

  function apply() {
    root.dataset.bsTheme = root.dataset.fixedTheme || chosen() || (system.matches ? "dark" : "light");
  }

  root.classList.add("js");
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
        try {
          localStorage.setItem("painplan-theme", next);
        } catch {
          // kept for this page only
        }
        root.dataset.bsTheme = next;
        show();
      });
    }
    system.addEventListener("change", show);
    show();
  });
})();
