// The reporting grid by keyboard, a column pasted from Excel, finding a unit, files with progress.
"use strict";

(() => {
  const form = document.querySelector("form#grid");
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // ---- from box to box: Enter and the arrows; Alt+arrows from anywhere in a box
  const shown = (field) => field.offsetParent !== null;
  const entry = (box) =>
    [...box.querySelectorAll(".number-field input, .share input")].filter(shown).find((field) => field.value) ||
    box.querySelector(".number-field input, .milestone input:checked") ||
    box.querySelector(".milestone input");
  const boxes = () => [...form.querySelectorAll("[data-box]")].filter(shown);
  const go = (box, step) => {
    const all = boxes();
    const next = all[all.indexOf(box) + step];
    if (!next) {
      if (step > 0) form.querySelector(".sticky-actions button")?.focus();
      return;
    }
    const field = entry(next);
    field.focus();
    if (field.type === "text") field.select();
    next.closest("article").scrollIntoView({ block: "nearest" });
  };
  const open = (box, selector) => {
    const part = box.querySelector(selector);
    if (!part) return;
    part.open = true;
    part.querySelector("textarea, input")?.focus();
  };
  const shortcuts = {
    KeyG: (box) => box.querySelector("[data-keep-value]")?.click(),
    KeyK: (box) => box.querySelector(".nothing input")?.click(),
    KeyN: (box) => open(box, "details.note"),
    KeyM: (box) => box.closest("article").querySelector(".box-evidence a, .box-evidence input")?.click(),
    ArrowDown: (box) => go(box, 1),
    ArrowUp: (box) => go(box, -1),
  };
  form?.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      form.querySelector(".sticky-actions button")?.click();
      return;
    }
    const box = closest(event, "article")?.querySelector("[data-box]");
    if (!box || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      if (!(event.code in shortcuts)) return;
      event.preventDefault();
      shortcuts[event.code](box);
      return;
    }
    const field = closest(event, "[data-box] input");
    if (!field) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (event.key !== "Enter" && field.type !== "text")) return; // arrows choose among a milestone's two answers
    event.preventDefault();
    if (event.key === "Enter" && step > 0 && field.name.endsWith("-numerator")) {
      box.querySelector("[name$='-denominator']").focus();
      return;
    }
    if (event.key === "Enter" && step > 0 && field.type === "radio" && field.value === "1" && field.checked) {
      box.querySelector(".date-field input").focus();
      return;
    }
    go(box, step);
  });

  // ---- a column copied in Excel: shown first, box by box
  form?.addEventListener("paste", (event) => {
    const field = closest(event, "input.number");
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!field || !/[\r\n\t]./.test(text.trim())) return;
    event.preventDefault();
    const paste = document.getElementById("paste-form");
    paste.elements.text.value = text;
    paste.elements.start.value = field.closest("article").id.slice(1);
    paste.requestSubmit();
  });

  // ---- one indicator over many units: find one, or only those still empty
  const narrow = (section) => {
    const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
    const words = plain(section.querySelector("[data-find-unit]").value.trim());
    const onlyEmpty = section.querySelector("[data-only-empty]").checked;
    for (const article of section.querySelectorAll("article[data-unit]")) {
      const number = article.querySelector(".number-field input");
      const isEmpty = !number?.value && !article.querySelector(".nothing input:checked, .milestone input:checked, .box-sent");
      article.hidden = !plain(article.dataset.unit).includes(words) || (onlyEmpty && !isEmpty && !article.contains(document.activeElement));
    }
  };
  document.addEventListener("input", (event) => {
    const control = closest(event, "[data-find-unit], [data-only-empty]");
    if (control) narrow(control.closest("section"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && closest(event, "[data-find-unit]")) event.preventDefault();
  });

  // ---- files: no more than the portal takes at once; how far the sending is
  document.addEventListener("change", (event) => {
    const input = closest(event, "input[data-upload]");
    if (!input) return;
    const tooMany = input.files.length > 10;
    input.setCustomValidity(tooMany ? input.closest(".upload").dataset.tooMany : "");
    if (!tooMany) return;
    event.stopImmediatePropagation(); // before htmx sends them
    input.reportValidity();
    input.value = "";
  }, true);
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = closest(event, "[data-upload]")?.closest(".upload").querySelector("progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = Math.round((100 * event.detail.loaded) / event.detail.total);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const bar = closest(event, "[data-upload]")?.closest(".upload").querySelector("progress");
    if (bar) bar.hidden = true;
  });
})();
