// The targets' grid: a row saves itself when it is left; arrows and Enter move; a block from Excel can be pasted.
"use strict";

(() => {
  const grid = document.querySelector("table.target-grid");
  if (!grid) return;
  const rowOf = (node) => (node instanceof Element ? node.closest("[data-target-row]") : null);
  const boxesOf = (row) => [...row.querySelectorAll("td input")];
  const unit = (box) => box.name.slice(box.name.indexOf("-") + 1);
  const column = (box) => [...grid.querySelectorAll(`td input[name$="-${CSS.escape(unit(box))}"]`)];
  const status = document.querySelector("[data-target-status]");

  const state = (row, word) => {
    const place = row.querySelector("[data-save-state]");
    if (place) place.dataset.state = word;
  };
  const typed = (row) => {
    row.dataset.dirty = "true";
    state(row, "idle");
  };
  const save = (row) => {
    if (!row.dataset.dirty) return;
    if (row.dataset.sending) {
      row.dataset.again = "true"; // what was typed meanwhile follows the answer
      return;
    }
    row.dataset.sending = "true";
    state(row, "saving");
    row.sent = new Map(boxesOf(row).map((box) => [box.name, box.value]));
    row.dispatchEvent(new CustomEvent("row:save", { bubbles: true }));
  };

  grid.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row) typed(row);
  });
  grid.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (row && rowOf(event.relatedTarget) !== row) save(row);
  });
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const row = rowOf(button);
    if (!row) return;
    if (button.type === "submit") {
      event.preventDefault();
      row.dataset.dirty = "true";
      save(row);
    } else if (button.hasAttribute("data-fill")) {
      const line = [...button.closest("tr").querySelectorAll("td input")];
      const first = line.find((box) => box.value.trim() !== "");
      if (!first) return;
      for (const box of line) if (box.value.trim() === "") box.value = first.value;
      typed(row);
      first.focus();
    }
  });
  for (const button of grid.querySelectorAll("[data-fill]")) button.hidden = false;

  // ---- moving: up and down within a unit's column, left and right at the ends of a text
  const go = (box) => {
    if (!box) return false;
    box.focus();
    box.select();
    box.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  };
  grid.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!box.matches?.("td input") || event.altKey || event.metaKey || event.isComposing) return;
    if (event.ctrlKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      save(rowOf(box));
      return;
    }
    if (event.key === "Escape") {
      box.value = box.defaultValue;
      return;
    }
    if (event.ctrlKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = column(box);
      go(all[all.indexOf(box) + step]);
      return;
    }
    const sideways = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!sideways || event.shiftKey) return;
    const whole = box.selectionStart === 0 && box.selectionEnd === box.value.length;
    const atEnd = sideways > 0 ? box.selectionStart === box.value.length : box.selectionEnd === 0;
    if (!whole && !atEnd) return;
    const line = [...box.closest("tr").querySelectorAll("td input")];
    if (go(line[line.indexOf(box) + sideways])) event.preventDefault();
  });

  // ---- paste: rows of the block go down the lines, columns across the units
  grid.addEventListener("paste", (event) => {
    const box = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!box.matches?.("td input") || !/[\t\n]/.test(text.trimEnd())) return;
    event.preventDefault();
    const lines = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    const start = column(box).indexOf(box);
    const across = [...box.closest("tr").querySelectorAll("td input")];
    const from = across.indexOf(box);
    const rows = new Set();
    let filled = 0;
    lines.forEach((cells, down) => {
      const first = column(box)[start + down];
      const line = first ? [...first.closest("tr").querySelectorAll("td input")] : [];
      cells.forEach((cell, index) => {
        const target = line[from + index];
        if (!target) return;
        target.value = cell.trim();
        rows.add(rowOf(target));
        filled += 1;
      });
    });
    rows.forEach(typed);
    rows.forEach((row) => { if (row !== rowOf(box)) save(row); });
    if (status) status.textContent = String(filled);
  });

  // ---- the answer: the row as stored; what was typed while it was under way stays typed
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    const row = rowOf(event.detail.target);
    if (!row || !event.detail.shouldSwap) return;
    const sent = row.sent ?? new Map();
    const later = boxesOf(row).filter((box) => sent.has(box.name) && sent.get(box.name) !== box.value);
    const focus = document.activeElement;
    grid.pending = {
      id: row.id,
      later: later.map((box) => [box.name, box.value]),
      focus: row.contains(focus) && focus.name ? focus.name : "",
      again: row.dataset.again === "true" || !row.contains(focus),
    };
  });
  // After settling: until then htmx keeps the old row's attributes on the new one.
  document.addEventListener("htmx:afterSettle", () => {
    const pending = grid.pending;
    if (!pending) return;
    grid.pending = null;
    const row = document.getElementById(pending.id);
    if (!row) return;
    for (const button of row.querySelectorAll("[data-fill]")) button.hidden = false;
    for (const [name, value] of pending.later) {
      const box = row.querySelector(`input[name="${CSS.escape(name)}"]`);
      if (box) box.value = value;
    }
    if (pending.later.length) {
      typed(row);
      if (pending.again) save(row);
    }
    if (pending.focus) row.querySelector(`input[name="${CSS.escape(pending.focus)}"]`)?.focus();
  });
  const failed = (event) => {
    const row = rowOf(event.detail.elt);
    if (!row) return;
    delete row.dataset.sending;
    delete row.dataset.again;
    state(row, "failed");
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:responseError", failed);
  window.addEventListener("online", () => grid.querySelectorAll("[data-target-row][data-dirty]").forEach(save));
  window.addEventListener("beforeunload", (event) => {
    if (grid.querySelector("[data-target-row][data-dirty]")) event.preventDefault();
  });
})();
