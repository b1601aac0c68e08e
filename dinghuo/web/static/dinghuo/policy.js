// A policy's form: rows that are added, moved and removed; the order of the rows is the order that counts.
"use strict";
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-row]");
  if (add) {
    const section = add.closest("section");
    const row = section.querySelector("template").content.firstElementChild.cloneNode(true);
    section.querySelector("[data-rows]").append(row);
    row.querySelector("select, input").focus();
    return;
  }
  const move = event.target.closest("[data-move]");
  if (!move) return;
  const row = move.closest("tr");
  if (move.dataset.move === "out") { row.remove(); return; }
  if (move.dataset.move === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  move.focus();
});
