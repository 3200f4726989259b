// Small helpers every page may use. Everything here makes a page nicer; nothing needs it to work.
"use strict";

(() => {
  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // ---- navigation on a phone, and menus that close like menus
  document.addEventListener("click", (event) => {
    const toggle = closest(event, "[data-nav-toggle]");
    if (toggle) {
      const open = document.getElementById(toggle.getAttribute("aria-controls")).classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // ---- confirm before a form is sent: <form data-confirm="…" data-confirm-yes="…" data-confirm-tone="danger">
  // The pressed button's own attributes come before the form's.
  const confirmed = new WeakSet();
  const confirmation = (form, submitter) =>
    [submitter, form].find((element) => element && element.hasAttribute("data-confirm"));
  const ask = (source, form, submitter) => {
    const dialog = document.getElementById("confirm-dialog");
    const yes = dialog.querySelector("button[value=yes]");
    yes.dataset.label ??= yes.textContent;
    dialog.querySelector("#confirm-text").textContent = source.dataset.confirm;
    yes.textContent = source.dataset.confirmYes || yes.dataset.label;
    yes.className = `btn btn-${source.dataset.confirmTone === "danger" ? "danger" : "primary"}`;
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      confirmed.add(form);
      form.requestSubmit(submitter);
    }, { once: true });
    dialog.showModal();
  };

  // ---- one click, one submission; and confirmation first
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.closest("dialog#confirm-dialog")) return;
    const source = confirmation(form, event.submitter);
    if (source && !confirmed.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(source, form, event.submitter);
      return;
    }
    confirmed.delete(form);
    if (form.method === "get" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    form.setAttribute("aria-busy", "true");
    delete form.dataset.dirty;
  }, true);
  const release = (form) => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  };
  // Back from the next page, or an htmx form that stays on the page: it may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = closest(event, "form");
    if (form) release(form);
  });

  // ---- forms with unsent changes: <form data-guard>
  document.addEventListener("input", (event) => {
    const form = closest(event, "form[data-guard]");
    if (form) form.dataset.dirty = "true";
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-guard][data-dirty]")) event.preventDefault();
  });

  // ---- names of the chosen files below the box
  document.addEventListener("change", (event) => {
    const input = closest(event, "input[type=file]");
    if (!input) return;
    let list = input.parentElement.querySelector(".file-names");
    if (!list) {
      list = document.createElement("ul");
      list.className = "file-names";
      list.setAttribute("aria-live", "polite");
      input.after(list);
    }
    const size = new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 1 });
    list.replaceChildren(...Array.from(input.files, (file) => {
      const item = document.createElement("li");
      item.textContent = `${file.name} (${size.format(Math.max(file.size, 103) / 1024)} KB)`;
      return item;
    }));
    list.hidden = input.files.length < 2 && input.files.length === 0;
  });

  // ---- copy: <button data-copy="#id-of-the-text">
  document.addEventListener("click", async (event) => {
    const button = closest(event, "[data-copy]");
    if (!button) return;
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    button.dataset.copied = "true";
    if (button.dataset.copiedLabel) button.lastElementChild.textContent = button.dataset.copiedLabel;
  });

  // ---- "/" goes to the search, "?" shows the keys of the portal, unless something is being typed
  document.addEventListener("keydown", async (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (closest(event, "input, textarea, select, [contenteditable]")) return;
    const box = document.querySelector("[data-search]");
    if (event.key === "/" && box) {
      event.preventDefault();
      if (box.offsetParent) box.focus();
      else window.location.assign(box.form.action);
    }
    const dialog = document.getElementById("keys-dialog");
    if (event.key !== "?" || !dialog) return;
    event.preventDefault();
    const room = dialog.querySelector("[data-keys]");
    if (!room.hasChildNodes()) {
      const answer = await fetch(dialog.dataset.keysUrl);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      room.replaceChildren(...(page.getElementById("keys")?.childNodes ?? []));
    }
    dialog.showModal();
  });

  // ---- print: <button data-print>
  document.addEventListener("click", (event) => {
    if (closest(event, "[data-print]")) window.print();
  });

  // ---- boxes in a table: arrow keys, Enter and Shift+Enter move between rows (data-grid on the table)
  document.addEventListener("keydown", (event) => {
    const box = closest(event, "table[data-grid] input, table[data-grid] select");
    if (!box || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const vertical = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (!vertical || (box.tagName === "SELECT" && event.key !== "Enter")) return;
    if (box.type === "submit" || box.type === "checkbox" && event.key === "Enter") return;
    const cell = box.closest("td, th");
    const column = cell.cellIndex;
    let row = cell.parentElement;
    do {
      row = vertical > 0 ? row.nextElementSibling : row.previousElementSibling;
      const target = row?.cells?.[column]?.querySelector("input:not([type=hidden]):not(:disabled), select:not(:disabled)");
      if (target) {
        event.preventDefault();
        target.focus();
        target.select?.();
        return;
      }
    } while (row);
    if (event.key === "Enter") event.preventDefault();
  });

  // ---- all boxes of a list at once: <input type=checkbox data-check-all="name">; an indicator with the number chosen
  const countChosen = (name) => {
    const boxes = [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)];
    const chosen = boxes.filter((box) => box.checked).length;
    for (const all of document.querySelectorAll(`[data-check-all="${CSS.escape(name)}"]`)) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    for (const out of document.querySelectorAll(`[data-chosen="${CSS.escape(name)}"]`)) out.textContent = String(chosen);
    for (const box of boxes) box.closest("tr")?.classList.toggle("selected", box.checked);
  };
  document.addEventListener("change", (event) => {
    const box = closest(event, "input[type=checkbox]");
    if (!box) return;
    const name = box.dataset.checkAll;
    if (name) {
      for (const other of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)) {
        if (!other.disabled) other.checked = box.checked;
      }
    }
    if (name || box.name) countChosen(name || box.name);
  });

  // ---- after a refused form: go to the summary, whose links lead to the boxes
  const focusSummary = (root) => root.querySelector?.("[data-error-summary]")?.focus();
  document.addEventListener("DOMContentLoaded", () => focusSummary(document));
  document.addEventListener("htmx:afterSwap", (event) => focusSummary(event.target));

  // ---- somebody else is saving the same rows (409), the database is away (503), the disk is full (507):
  //      the page stays as it is and says so
  document.addEventListener("portal:refused", (event) => {
    let note = document.getElementById("refused-note");
    if (!note) {
      note = document.createElement("p");
      note.id = "refused-note";
      note.className = "refused-note";
      note.setAttribute("role", "alert");
      document.body.append(note);
    }
    note.textContent = event.detail.sentence;
  });

  // until something is sent again
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") document.getElementById("refused-note")?.remove();
  });

  // ---- state of automatic saving, for the pages that save box by box:
  //      portal.saveState(element, "saving" | "saved" | "failed")
  window.portal = Object.freeze({
    saveState(element, state) {
      element.dataset.state = state;
    },
    csrf() {
      return JSON.parse(document.body.getAttribute("data-hx-headers") || "{}")["X-CSRFToken"] || "";
    },
  });
})();
