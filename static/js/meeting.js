// The meeting's screen by keyboard: ← and → (Page Up and Down, as a presenter's remote sends them) change the nominee, f fills the screen.
"use strict";

(() => {
  const screen = document.querySelector("[data-meeting]");
  if (!screen) return;
  const go = (rel) => {
    const link = screen.querySelector(`a[rel=${rel}]`);
    if (link) link.click();
  };
  const full = screen.querySelector("[data-fullscreen]");
  const fill = () => (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen());
  if (full && document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", fill);
  }
  const keys = { ArrowLeft: () => go("prev"), PageUp: () => go("prev"), ArrowRight: () => go("next"), PageDown: () => go("next"), f: () => full && !full.hidden && fill() };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input, textarea, select, .meeting-report")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
