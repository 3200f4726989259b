// The reporting grid: the state of each box's saving, what happens without a network, files with progress.
// Without this script the grid is a form with a button that saves.
"use strict";

(() => {
  const form = document.querySelector("form[data-report]");
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
  const saver = (event) => closest(event, "[data-box], [data-autosave]");
  const stateOf = (box) => box.querySelector("[data-save-state]");

  // ---- answers that carry a message are shown: 409 (somebody else was first), 413, 422 (to be mended), 507
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (elsewhere(xhr, requestConfig)) {
      event.detail.shouldSwap = false;
      return;
    }
    if ([409, 413, 422, 507].includes(xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  // Signed out, the answer is another page: the sign-in.
  const elsewhere = (xhr, config) =>
    Boolean(xhr.responseURL) && new URL(xhr.responseURL).pathname !== new URL(config.path, location.href).pathname;

  // ---- what is typed and not yet saved, kept on this device under the person's own key
  const KEY = form && `report:${form.dataset.report}`;
  const waiting = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  };
  const keep = (all) => {
    try {
      if (Object.keys(all).length) localStorage.setItem(KEY, JSON.stringify(all));
      else localStorage.removeItem(KEY);
    } catch {
      // a full or forbidden store: the box still says that it is not saved
    }
  };
  const fields = (box) => [...box.querySelectorAll("input[name], textarea[name]")].filter((field) => field.type !== "file");
  const typed = (box) => Object.fromEntries(
    fields(box)
      .filter((field) => field.type !== "radio" || field.checked)
      .map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]),
  );
  const remember = (box) => {
    if (!KEY || !box.matches("[data-box]")) return;
    keep({ ...waiting(), [box.closest("article").id]: typed(box) });
  };
  const forget = (box) => {
    if (!KEY || !box.matches("[data-box]")) return;
    const all = waiting();
    delete all[box.closest("article").id];
    keep(all);
  };
  const restore = () => {
    const all = waiting();
    let count = 0;
    for (const [id, values] of Object.entries(all)) {
      const box = document.getElementById(id)?.querySelector("[data-box]");
      if (!box) {
        delete all[id];
        continue;
      }
      for (const field of fields(box)) {
        if (!(field.name in values)) continue;
        if (field.type === "checkbox") field.checked = values[field.name];
        else if (field.type === "radio") field.checked = values[field.name] === field.value;
        else field.value = values[field.name];
      }
      count += 1;
      htmx.trigger(box, "box:save");
    }
    keep(all);
    if (count) say(form.dataset.restored);
  };
  const say = (words) => {
    const line = document.getElementById("grid-state");
    if (!line) return;
    line.textContent = words;
    line.hidden = !words;
  };

  // ---- the state of saving
  document.addEventListener("input", (event) => {
    const box = saver(event);
    if (!box) return;
    portal.saveState(stateOf(box), "saving");
    remember(box);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const box = saver(event);
    if (box && box === event.detail.elt) portal.saveState(stateOf(box), "saving");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const box = saver(event);
    if (!box || box !== event.detail.elt) return;
    const { xhr, requestConfig } = event.detail;
    const signedOut = xhr.status > 0 && elsewhere(xhr, requestConfig);
    const busy = xhr.status === 409 && xhr.getResponseHeader("Retry-After"); // somebody else is saving: not saved yet
    if (!signedOut && !busy && ([409, 422].includes(xhr.status) || (xhr.status >= 200 && xhr.status < 300))) {
      forget(box);
      if (!Object.keys(waiting()).length) say("");
      return;
    }
    portal.saveState(stateOf(box), "failed");
    remember(box);
    if (form && !busy) say(signedOut || xhr.status === 403 ? form.dataset.signedOut : form.dataset.lost);
    if (!signedOut && xhr.status !== 403) again(busy ? 1000 * busy : 20_000);
  });
  // Tried again when the network is back, and every twenty seconds until then.
  let timer = 0;
  const again = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(retry, delay);
  };
  const retry = () => {
    clearTimeout(timer);
    for (const id of KEY ? Object.keys(waiting()) : []) {
      const box = document.getElementById(id)?.querySelector("[data-box]");
      if (box) htmx.trigger(box, "box:save");
    }
  };
  window.addEventListener("online", retry);

  // ---- in a box: one way of filling it, the two readings of a number, mine or theirs
  document.addEventListener("change", (event) => {
    const nothing = closest(event, ".nothing input");
    if (nothing?.checked) {
      for (const field of nothing.closest("[data-box]").querySelectorAll(".number-field input, .share input")) field.value = "";
    }
  }, true);
  document.addEventListener("input", (event) => {
    const number = closest(event, ".number-field input, .share input");
    if (!number?.value) return;
    const box = number.closest("[data-box]");
    const nothing = box.querySelector(".nothing input");
    if (nothing) nothing.checked = false;
    const others = number.closest(".share") ? ".number-field input" : ".share input";
    for (const field of box.querySelectorAll(others)) field.value = "";
  }, true);
  document.addEventListener("click", (event) => {
    const choice = closest(event, "[data-choose]");
    if (choice) {
      event.preventDefault();
      const field = document.getElementsByName(choice.dataset.for)[0];
      field.value = choice.dataset.choose;
      field.focus();
      htmx.trigger(choice.closest("[data-box]"), "box:save");
      return;
    }
    const mine = closest(event, "[data-save-box]");
    if (mine) {
      event.preventDefault();
      htmx.trigger(mine.closest("[data-box]"), "box:save");
      return;
    }
    const theirs = closest(event, "[data-reload-box]");
    if (theirs) {
      event.preventDefault();
      const article = theirs.closest("article");
      forget(article.querySelector("[data-box]"));
      htmx.ajax("GET", theirs.dataset.reloadBox, { target: `#${article.id}`, swap: "outerHTML" });
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const state = event.target instanceof Element && event.target.closest(".box-state[data-asks-note]");
    const note = state && state.closest("[data-box]")?.querySelector("details.note");
    if (note) note.open = true;
  });

  // ---- the whole form carries only what is not saved yet: a provider's page has more boxes than a form may have fields
  const resting = () => [...form.querySelectorAll("[data-box]")].filter(
    (box) => ["idle", "saved"].includes(stateOf(box).dataset.state) && !(box.closest("article").id in waiting()),
  );
  form?.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    for (const box of resting()) for (const field of fields(box)) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of form?.querySelectorAll("[data-box] :disabled") ?? []) field.disabled = false;
  });

  // ---- files: how far the sending is
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = closest(event, "[data-upload]")?.closest(".upload").querySelector("progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
  });

  // ---- keyboard: Enter goes to the next box instead of sending the form
  document.addEventListener("keydown", (event) => {
    const number = closest(event, "form[data-report] input.number");
    if (!number || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const all = [...form.querySelectorAll(".number-field input")].filter((field) => field.offsetParent);
    const next = all[all.indexOf(number) + (event.shiftKey ? -1 : 1)];
    next?.focus();
    next?.select();
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    if (form) restore();
  });
})();
