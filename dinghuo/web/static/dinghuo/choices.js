// A field that offers choices while somebody types: the chosen one's code goes into the field, its id into a hidden one.
"use strict";
function shutChoices() {
  document.querySelectorAll(".choices").forEach((list) => list.replaceChildren());
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-choose]");
  if (!choice) { shutChoices(); return; }
  const field = choice.closest(".picker").querySelector("input");
  field.value = choice.dataset.choose;
  if (field.dataset.chosen) {
    document.querySelector(field.dataset.chosen).value = choice.dataset.id;
    document.querySelector(`${field.dataset.chosen}-name`).textContent = choice.dataset.name;
  }
  shutChoices();
  field.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
});

document.addEventListener("input", (event) => {
  if (!event.target.dataset.chosen) return;
  document.querySelector(event.target.dataset.chosen).value = "";
  document.querySelector(`${event.target.dataset.chosen}-name`).textContent = "";
});

// Choices that come when the field has been left are too late to be shown.
document.addEventListener("htmx:beforeSwap", (event) => {
  const picker = event.target.matches(".choices") && event.target.closest(".picker");
  if (picker && !picker.contains(document.activeElement)) event.detail.shouldSwap = false;
});

document.addEventListener("focusout", (event) => {
  const picker = event.target.closest(".picker");
  if (picker && !picker.contains(event.relatedTarget)) picker.querySelector(".choices").replaceChildren();
});

document.addEventListener("keydown", (event) => {
  const picker = event.target.closest(".picker");
  if (event.key === "Escape") { shutChoices(); return; }
  if (!picker || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const stops = [...picker.querySelectorAll("input, [data-choose]")];
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) { next.focus(); event.preventDefault(); }
});
