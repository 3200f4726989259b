// The briefing board by keyboard: arrows or J and K go from unit to unit; Enter opens the link as everywhere.
"use strict";

(() => {
  const list = document.querySelector("[data-briefing]");
  if (!list) return;
  const links = [...list.querySelectorAll("[data-briefing-unit]")];
  const steps = { ArrowDown: 1, j: 1, J: 1, ArrowUp: -1, k: -1, K: -1 };

  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || links.length === 0) return;
    if (event.target instanceof Element && event.target.closest("input, select, textarea, [role=region]")) return;
    const unit = document.activeElement && document.activeElement.closest(".meeting-unit");
    const here = links.findIndex((link) => unit && unit.contains(link));
    const next = Math.min(Math.max(here + step, 0), links.length - 1);
    event.preventDefault();
    links[next].focus({ preventScroll: true });
    links[next].closest(".meeting-unit").scrollIntoView({ block: "center" });
  });
})();
