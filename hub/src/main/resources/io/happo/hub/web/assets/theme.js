// Before anything is drawn: light or dark as was chosen here, else as the system has it.
"use strict";
(() => {
  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Nothing may be kept here.
    }
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    const theme = chosen() || (system.matches ? "dark" : "light");
    document.documentElement.dataset.theme = theme;
    for (const button of document.querySelectorAll("button.theme")) {
      button.textContent = theme === "dark" ? "Light" : "Dark";
    }
    document.dispatchEvent(new Event("theme"));
  };
  set();
  system.addEventListener("change", set);
  document.addEventListener("DOMContentLoaded", set);
  addEventListener("pageshow", set);
  document.addEventListener("click", (event) => {
    if (event.target.closest("button.theme")) {
      const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("theme", theme);
      } catch {
        document.documentElement.dataset.theme = theme;
        return;
      }
      set();
    }
  });
})();
