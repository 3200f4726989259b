// The reporting grid: the state of each box's saving, and what happens without a network or a session.
// Without this script the grid is a form with a button that saves.
"use strict";

(() => {
  const form = document.querySelector("form[data-report]");
  const isGrid = form?.id === "grid";
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);
  const saver = (event) => closest(event, "[data-box], [data-autosave]");
  const stateOf = (box) => box.querySelector("[data-save-state]");
  const setState = (box, state) => {
    const element = stateOf(box);
    const all = document.getElementById("save-states");
    // A box at rest carries no words; they come from the page's one template.
    if (all && element.childElementCount < 2) {
      element.replaceChildren(...all.content.firstElementChild.cloneNode(true).children);
    }
    portal.saveState(element, state);
  };

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
  // A box is kept under its article's name, the texts and the notes of the review page under their own.
  const nameOf = (box) => box.dataset.keep || box.closest("article")?.id || "";
  const boxOf = (name) =>
    document.querySelector(`[data-keep="${CSS.escape(name)}"]`) || document.getElementById(name)?.querySelector("[data-box]");
  const fields = (box) => [...box.querySelectorAll("input[name], textarea[name]")].filter((field) => field.type !== "file");
  const typed = (box) => Object.fromEntries(
    fields(box)
      .filter((field) => field.type !== "radio" || field.checked)
      .map((field) => [field.name, field.type === "checkbox" ? field.checked : field.value]),
  );
  const remember = (box) => {
    if (KEY && nameOf(box)) keep({ ...waiting(), [nameOf(box)]: typed(box) });
  };
  const forget = (box) => {
    if (!KEY || !nameOf(box)) return;
    const all = waiting();
    delete all[nameOf(box)];
    keep(all);
  };
  const fill = (box, values) => {
    for (const field of fields(box)) {
      if (!(field.name in values)) continue;
      if (field.type === "checkbox") field.checked = values[field.name];
      else if (field.type === "radio") field.checked = values[field.name] === field.value;
      else field.value = values[field.name];
      if (field.value && field.closest("details")) field.closest("details").open = true;
    }
  };
  // What went along with the whole form arrived, if the page that answered is the next one.
  const POSTED = `posted:${KEY}`;
  const arrived = () => {
    const posted = JSON.parse(sessionStorage.getItem(POSTED) || "{}");
    sessionStorage.removeItem(POSTED);
    if (isGrid) return;
    const all = waiting();
    for (const [name, values] of Object.entries(posted)) {
      if (JSON.stringify(all[name]) === JSON.stringify(values)) delete all[name];
    }
    keep(all);
  };
  const isThere = (box, values) => {
    const shown = typed(box);
    return Object.entries(values).every(([name, value]) => name.endsWith("-version") || (shown[name] ?? "") === value);
  };
  const restore = () => {
    arrived();
    const all = waiting();
    let count = 0;
    for (const [name, values] of Object.entries(all)) {
      const box = boxOf(name);
      if (box?.matches("[data-box]") && isThere(box, values)) {
        delete all[name];
        continue;
      }
      if (!box) {
        if (isGrid && name.startsWith("o")) delete all[name]; // its box is closed: nothing can take it any more
        continue;
      }
      fill(box, values);
      if (!box.matches("[data-box], [data-autosave]")) continue;
      count += 1;
      setState(box, "waiting");
      htmx.trigger(box, "box:save");
    }
    keep(all);
    if (count) say(form.dataset.restored);
    else if (!isGrid && Object.keys(all).some((name) => name.startsWith("o"))) say(form.dataset.unsent);
  };
  const say = (words) => {
    const line = document.getElementById("grid-state");
    if (!line) return;
    line.textContent = words;
    line.hidden = !words;
  };

  // ---- the state of saving
  const edits = new WeakMap(); // how often a box was typed in, and how often when its last request left
  const sent = new WeakMap();
  const answered = new WeakMap(); // the edit the portal has last answered, whatever it said
  const unanswered = new Map(); // what may have reached the portal although its answer did not reach us
  const figure = (box) => {
    const values = typed(box);
    const of = (ending) => Object.entries(values).find(([name]) => name.endsWith(`-${ending}`))?.[1] ?? "";
    return [of("typed"), of("numerator"), of("denominator"), of("note")].join("|");
  };
  document.addEventListener("input", (event) => {
    const box = saver(event);
    if (box) {
      edits.set(box, (edits.get(box) || 0) + 1);
      setState(box, navigator.onLine ? "saving" : "waiting");
      remember(box);
      return;
    }
    const kept = closest(event, "[data-keep]");
    if (kept) remember(kept);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const box = saver(event);
    if (!box || box !== event.detail.elt) return;
    // Leaving a field repeats what its pause has already sent: its answer would replace what is being clicked on.
    const { triggeringEvent } = event.detail.requestConfig;
    if (["input", "change"].includes(triggeringEvent?.type) && answered.get(box) === (edits.get(box) || 0)) {
      event.preventDefault();
      return;
    }
    sent.set(box, [edits.get(box) || 0, figure(box)]);
    setState(box, "saving");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const box = saver(event);
    if (!box || box !== event.detail.elt) return;
    const { xhr, requestConfig } = event.detail;
    const signedOut = xhr.status === 403 || (xhr.status > 0 && elsewhere(xhr, requestConfig));
    const [edit, content] = sent.get(box) || [0, ""];
    const busy = xhr.status === 409 && xhr.getResponseHeader("Retry-After"); // somebody else is saving: not saved yet
    if (!signedOut && !busy && ([409, 422].includes(xhr.status) || (xhr.status >= 200 && xhr.status < 300))) {
      const state = box.querySelector(".box-state");
      const before = unanswered.get(nameOf(box));
      answered.set(box, edit);
      unanswered.delete(nameOf(box));
      if (before && state?.dataset.own && before.has(state.dataset.own)) {
        htmx.trigger(box, "box:save"); // the one who was first is this very page: its answer was lost
        return;
      }
      if ((edits.get(box) || 0) === edit) forget(box);
      else setState(box, "saving");
      if (!Object.keys(waiting()).length) say("");
      return;
    }
    if (!signedOut && !busy) {
      if (!unanswered.has(nameOf(box))) unanswered.set(nameOf(box), new Set());
      unanswered.get(nameOf(box)).add(content);
    }
    const lost = signedOut || busy || xhr.status === 0 || xhr.status >= 500;
    setState(box, lost ? "waiting" : "failed");
    remember(box);
    if (!form) return;
    if (!busy) say(signedOut ? form.dataset.signedOut : form.dataset.lost);
    if (signedOut) renew();
    else again(busy ? 1000 * busy : 20_000);
  });
  // Tried again when the network is back, and every twenty seconds until then.
  let timer = 0;
  const again = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(retry, delay);
  };
  const retry = () => {
    clearTimeout(timer);
    for (const name of KEY ? Object.keys(waiting()) : []) {
      const box = boxOf(name);
      if (box?.matches("[data-box], [data-autosave]")) htmx.trigger(box, "box:save");
    }
  };
  window.addEventListener("online", retry);

  // ---- signed out: a new sign-in, in this tab or another, brings a fresh token; then what waits is sent,
  //      but only in the name of the person who typed it
  let asked = 0;
  let later = 0;
  const renew = async () => {
    const signIn = document.getElementById("grid-sign-in");
    if (signIn) signIn.hidden = false;
    clearTimeout(later);
    const since = Date.now() - asked;
    if (since < 3_000) {
      later = setTimeout(renew, 3_000 - since); // not more often, but not forgotten either
      return;
    }
    asked = Date.now();
    let page;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok || new URL(answer.url).pathname !== location.pathname) return;
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      again();
      return;
    }
    const fresh = page.querySelector("form[data-report]");
    if (fresh?.dataset.report !== form.dataset.report) {
      say(form.dataset.other);
      return;
    }
    const token = page.querySelector("form[data-report] input[name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    document.body.setAttribute("data-hx-headers", page.body.getAttribute("data-hx-headers"));
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
    if (signIn) signIn.hidden = true;
    retry();
  };
  const signedOutNow = () => document.getElementById("grid-sign-in")?.hidden === false;
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && form && signedOutNow()) renew();
  });
  window.addEventListener("focus", () => {
    if (form && signedOutNow()) renew();
  });

  // ---- in a box: one way of filling it, the two readings of a number, unchanged, mine or theirs
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
  const unchanged = (button) => {
    const box = button.closest("[data-box]");
    const done = box.querySelector(`.milestone input[value="${CSS.escape(button.dataset.keepValue)}"]`);
    if (done) done.checked = true;
    else box.querySelector(".number-field input").value = button.dataset.keepValue;
    const date = box.querySelector(".date-field input");
    if (date && button.dataset.keepDate) date.value = button.dataset.keepDate;
    const nothing = box.querySelector(".nothing input");
    if (nothing) nothing.checked = false;
    edits.set(box, (edits.get(box) || 0) + 1);
    remember(box);
    htmx.trigger(box, "box:save");
  };
  document.addEventListener("click", (event) => {
    const same = closest(event, "[data-keep-value]");
    if (same && !("keepFiles" in same.dataset)) {
      event.preventDefault();
      unchanged(same);
      return;
    }
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
    (box) => ["idle", "saved"].includes(stateOf(box).dataset.state) && !(nameOf(box) in waiting()),
  );
  form?.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !isGrid) return;
    sessionStorage.setItem(POSTED, JSON.stringify(waiting()));
    for (const box of resting()) for (const field of fields(box)) field.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const field of form?.querySelectorAll("[data-box] :disabled") ?? []) field.disabled = false;
  });

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    if (form) restore();
  });
})();
