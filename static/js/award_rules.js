// A criterion's form: only the parts its kind asks for are shown; without script all are, and the form says which fit.
"use strict";

(() => {
  const kind = document.querySelector("[data-rule-kind]");
  const parts = document.getElementById("rule-parts");
  if (!kind || !parts) return;
  const names = ["figure", "area", "codes", "score_class", "day"];
  const row = (name) => document.querySelector(`.form-row.field-${name}`);
  const show = () => {
    const asked = parts.content.querySelector(`[data-kind="${kind.value}"]`)?.dataset.parts.split(" ") ?? names;
    for (const name of names) {
      const box = document.getElementById(`id_${name}`);
      const needed = asked.includes(name) || row(name)?.querySelector(".errorlist");
      row(name)?.toggleAttribute("data-not-asked", !needed);
      if (!needed && box) box.value = "";
    }
  };
  kind.addEventListener("change", show);
  show();
  document.getElementById("preview-heading")?.focus();
})();
