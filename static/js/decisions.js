/* The chairman's dashboard: a refused verdict (403, 409, 422) comes back as the card with the reason in it. */
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if ([403, 409, 422].includes(detail.xhr.status) && detail.target.matches(".decision-card") && detail.serverResponse.includes("decision-card")) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const card = document.getElementById(event.detail.target.id);
  const said = card && (card.querySelector("[role=alert], [role=status]") || (card.matches(".decided") ? card : null));
  if (said) { said.setAttribute("tabindex", "-1"); said.focus(); }
});

/* A summary or a comparison opens over the list; what is chosen is counted anew when cards come and go. */
document.body.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.detail.target.closest("dialog");
  if (dialog && !dialog.open) dialog.showModal();
  if (dialog) dialog.querySelector(".together-done")?.focus();
});
document.body.addEventListener("htmx:afterSettle", () => {
  const chosen = document.querySelectorAll("input[name=chosen]:checked").length;
  for (const out of document.querySelectorAll("[data-chosen=chosen]")) out.textContent = String(chosen);
});
