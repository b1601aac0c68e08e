// What pages need beyond htmx: selects that send their form, and buttons that ask first.
"use strict";
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  // A second click must not send the form again; coming back to the page makes it usable once more.
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post") form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));
// Tables whose rows are ticked: one box for all of them, the arrow keys from box to box, and how many are ticked.
const boxesOf = (table) => [...table.querySelectorAll("tbody input[type=checkbox]")];
document.addEventListener("change", (event) => {
  const table = event.target.closest("table[data-rows]");
  if (!table) return;
  if (event.target.matches("[data-check-all]")) boxesOf(table).forEach((box) => { box.checked = event.target.checked; });
  const count = document.querySelector("[data-checked-count]");
  if (count) count.textContent = String(boxesOf(table).filter((box) => box.checked).length);
});
document.addEventListener("keydown", (event) => {
  const table = event.target.matches("input[type=checkbox]") && event.target.closest("table[data-rows]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!table || !step) return;
  const boxes = boxesOf(table);
  const next = boxes[boxes.indexOf(event.target) + step];
  if (next) { next.focus(); event.preventDefault(); }
});
