// The verification queue by keyboard, while a value of the list has the focus: j/k move, a accepts, d adjusts, t returns, x shows the evidence.
"use strict";

(() => {
  const list = document.querySelector("[data-verify-list]");
  if (!list) return;
  const items = () => [...list.querySelectorAll("[data-verify-item]")];
  const open = (item) => item.hasAttribute("data-open");
  const itemOf = (node) => (node instanceof Element ? node.closest("[data-verify-item]") : null);

  const select = (item) => {
    if (!item) return;
    item.focus({ preventScroll: true });
    const box = item.getBoundingClientRect();
    if (box.top < 0 || box.bottom > window.innerHeight) item.scrollIntoView({ block: box.height > window.innerHeight ? "start" : "center" });
  };
  const neighbour = (item, step) => items()[items().indexOf(item) + step];
  const nextOpen = (item) => {
    const all = items();
    const from = all.indexOf(item);
    return [...all.slice(from + 1), ...all.slice(0, Math.max(from, 0))].find(open);
  };

  const unfold = (item, act) => {
    const box = item.querySelector(`[data-act-box="${act}"]`);
    if (!box) return false;
    for (const other of item.querySelectorAll("[data-act-box][open]")) if (other !== box) other.open = false;
    box.open = true;
    const field = box.querySelector("input:not([type=hidden]), select, textarea");
    field.focus();
    return true;
  };
  const acts = {
    j: (item) => select(neighbour(item, 1)),
    k: (item) => select(neighbour(item, -1)),
    a: (item) => {
      const form = item.querySelector('[data-act="accept"]');
      if (form) form.requestSubmit(form.querySelector("button"));
      else unfold(item, "accept");
    },
    d: (item) => unfold(item, "adjust"),
    t: (item) => unfold(item, "return"),
    x: (item) => {
      const files = [...item.querySelectorAll("[data-preview]")];
      const shown = files.some((file) => file.open);
      files.forEach((file) => (file.open = !shown));
    },
  };

  list.addEventListener("keydown", (event) => {
    const item = itemOf(event.target);
    if (!item || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (event.key === "Escape") {
      const box = event.target.closest("[data-act-box][open]");
      if (box) box.open = false;
      select(item);
      return;
    }
    if (event.target.matches("input, textarea, select")) return;
    const act = acts[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act(item);
  });
  // One box of an item at a time, and the field at hand.
  list.addEventListener("toggle", (event) => {
    const box = event.target;
    if (!box.matches?.("[data-act-box]") || !box.open) return;
    for (const other of itemOf(box).querySelectorAll("[data-act-box][open]")) if (other !== box) other.open = false;
  }, true);

  // A refusal (422) or a verdict somebody else gave first (409) comes back as the value's card as well.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  const status = document.querySelector("[data-verify-status]");
  const left = document.querySelector("[data-verify-left]");
  document.addEventListener("htmx:afterSettle", (event) => {
    const item = itemOf(event.detail.elt) || itemOf(event.target);
    if (!item || !list.contains(item)) return;
    if (open(item)) {
      (item.querySelector("[data-act-box][open] .form-control, [data-verify-error]") || item).focus();
      return;
    }
    if (left) left.textContent = String(Math.max(Number(left.textContent) - 1, 0));
    if (status) status.textContent = item.querySelector(".verify-verdict").textContent.trim();
    const next = nextOpen(item);
    // The last one of this page: the values that wait behind it come up by themselves.
    if (!next && left && Number(left.textContent) > 0) {
      const address = new URL(window.location.href);
      address.searchParams.delete("page");
      window.location.assign(address);
      return;
    }
    select(next || item);
  });

  // The keys work at once on a desk; a phone keeps its place.
  if (window.matchMedia("(pointer: fine)").matches) (items().find(open) || items()[0])?.focus({ preventScroll: true });
})();
